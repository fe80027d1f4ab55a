// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the literal text Extension:X in prose, and the list of the
// rules for prose.

package detect

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

var proseRules = []rule{
	{
		name: "literal-name", kinds: []Kind{Extension},
		doc:  "The text `Extension:X` in a sentence, of a name in one word, or of a known one in several.",
		find: literalNames,
		yes: []example{
			{text: "We lost Extension:Long_Name. Also (mw:Extension:CodeThing).", want: "extension Long Name, extension CodeThing"},
			{text: "Кто отвечает за Extension:Kartographer?", want: "extension Kartographer", wiki: "ruwiki"},
			{text: "Extension:Page Forms ist alt", want: "extension Page Forms", wiki: "dewiki", known: []Alias{{Kind: Extension, Name: "Page Forms", Item: "PageForms"}}},
		},
		no: []example{
			{text: "the Extension: namespace, [[Extension:Foo]], {{tl|Extension:Foo}}, example.org/Extension:Foo"},
			{text: "<!-- Extension:Foo --> <code>Extension:Foo</code>"},
		},
	},
	{
		name: "plain-name", kinds: Kinds,
		doc:  "Known names in a sentence: unmistakable ones anywhere, ordinary words only with a capital and beside a word that says what they are.",
		find: plainNames,
		yes: []example{
			{text: "No team is in charge of the Upload Wizard, and UploadWizard has bugs.", want: "extension UploadWizard", known: knownNames},
			{text: "Мы не можем без расширения Math.", want: "extension Math", wiki: "ruwiki", known: knownNames},
			{text: "Math (the extension) and cat-a-lot", want: "extension Math, gadget Cat-a-lot commonswiki", known: knownNames},
			{text: "الخطأ في امتداد Math", want: "extension Math", wiki: "arwiki", known: knownNames},
			{text: "拡張機能UploadWizardについて", want: "extension UploadWizard", wiki: "jawiki", known: knownNames},
		},
		no: []example{
			{text: "No team is in charge of the Upload Wizard, and UploadWizard has bugs."},
			{text: "Math is fun, and so is uploading; an extension of the deadline.", known: knownNames},
			{text: "The browser extension Math does it drag-and-drop, with a cat, a lot.", known: knownNames},
			{text: "see uploadwizard.php and \"campaign=UploadWizard\"", known: knownNames},
		},
	},
}

// knownNames are those of the examples.
var knownNames = []Alias{
	{Kind: Extension, Name: "UploadWizard", Item: "UploadWizard"}, {Kind: Extension, Name: "Upload Wizard", Item: "UploadWizard"},
	{Kind: Extension, Name: "Math", Item: "Math"}, {Kind: Gadget, Name: "Cat-a-lot", Item: "Cat-a-lot", Wiki: "commonswiki"},
}

const literalPrefix = "Extension:"

// literalWords is how many words a name may have that is known.
const literalWords = 5

// literalNames finds the text Extension:X where it is no part of a link, an
// address or a script call, nor all of a template's argument.
func literalNames(p *page) []reference {
	if !p.words().extension {
		return nil
	}
	text := p.masked()
	links, urls := sync.OnceValue(p.linkSpans), sync.OnceValue(p.urlSpans)
	taken := sync.OnceValue(func() spans { return p.taken(literalPrefix) })
	var refs []reference
	for i := 0; ; {
		n := strings.Index(text[i:], literalPrefix)
		if n < 0 {
			return refs
		}
		start := i + n
		i = start + len(literalPrefix)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		first, _ := utf8.DecodeRuneInString(text[i:])
		if start > 0 && (isNameRune(before) || strings.ContainsRune("/=%", before)) || !unicode.IsUpper(first) && !unicode.IsDigit(first) {
			continue
		}
		end := wordEnd(text, i)
		name, alias := withoutSuffix(strings.TrimRight(text[i:end], "-._")), ""
		if longer, known := p.longestKnown(text, i, end); longer > end {
			name, end, alias = text[i:longer], longer, known
		}
		span := wikitext.Span{Start: start, End: i + len(name)}
		if !links().overlap(span) && !(p.mayBeInURL(start) && urls().overlap(span)) && !taken().overlap(span) {
			items := named(Extension, wikitext.DecodeTitle(name))
			for k := range items {
				items[k].alias = alias
			}
			refs = append(refs, reference{Span: span, name: span, items: items})
		}
		i = end
	}
}

// suffixes follow names with a dash, and are no part of them.
var suffixes = set("like based related specific style enabled powered only wide side")

// withoutSuffix takes "-based" from a name, and cues such as "-Erweiterung".
func withoutSuffix(name string) string {
	if n := strings.LastIndexByte(name, '-'); n > 0 && (suffixes[name[n+1:]] || cueOf(name[n+1:]) != 0) {
		return name[:n]
	}
	return name
}

// wordEnd returns where the word ends that begins at i.
func wordEnd(text string, i int) int {
	if n := strings.IndexFunc(text[i:], func(c rune) bool { return !isNameRune(c) }); n >= 0 {
		return i + n
	}
	return len(text)
}

// longestKnown returns where the longest known name of several words ends, whose
// first word is text[i:end].
func (p *page) longestKnown(text string, i, end int) (longest int, alias string) {
	if p.lexicon == nil {
		return end, ""
	}
	for range literalWords - 1 {
		if end-i > longestPrefix || end+1 >= len(text) || text[end] != ' ' {
			break
		}
		next := wordEnd(text[:min(len(text), end+longestPrefix)], end+1)
		if next == end+1 {
			break
		}
		end = next
		name := strings.TrimRight(text[i:end], "-._")
		if a, ok := p.lexicon.one(Extension, "", name); ok {
			longest, alias = i+len(name), a.Name
		}
	}
	return longest, alias
}

// linkSpans returns the outermost links of a text, urlSpans the addresses.
func (p *page) linkSpans() (links spans) {
	for _, l := range p.links { // those in the caption of a file follow it
		if k := len(links) - 1; k < 0 || l.Start >= links[k].End {
			links = append(links, wikitext.Span{Start: l.Start, End: l.End})
		}
	}
	return links
}

func (p *page) urlSpans() (urls spans) {
	for _, u := range p.urls() {
		urls = append(urls, wikitext.Span{Start: u.Start, End: u.End})
	}
	return urls
}

// mayBeInURL reports whether an address may reach to a place.
func (p *page) mayBeInURL(i int) bool {
	before := p.text[max(0, i-longestTarget):i]
	return strings.Contains(before[strings.LastIndexByte(before, '\n')+1:], "//")
}

// taken returns where a literal name belongs to a call or a template.
func (p *page) taken(prefix string) spans {
	var taken []wikitext.Span
	for _, ref := range p.scriptCalls() {
		taken = append(taken, ref.Span)
	}
	for _, t := range p.templates() {
		if strings.Contains(t.Name, prefix) {
			taken = append(taken, wikitext.Span{Start: t.Start, End: min(t.Start+len("{{")+len(t.Name), t.End)})
		}
		for a := range t.Args() {
			if value := strings.TrimSpace(a.Value); len(value) <= longestArgument && strings.HasPrefix(value, prefix) && !strings.ContainsAny(value, " \n") {
				taken = append(taken, wikitext.Span{Start: a.Start, End: a.End})
			}
		}
	}
	return merge(taken)
}
