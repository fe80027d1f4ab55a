// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how what the bot writes is put together in its language: lists,
// numbers, days, and names from elsewhere.

package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// kindIn, verdictIn, standingIn and columnIn name what rules and the
// registry name, in the middle of a sentence.
func kindIn(w *messages.Set, kind detect.Kind) string { return w.Text("words-kind-" + string(kind)) }

func verdictIn(w *messages.Set, v registry.Verdict) string {
	return w.Text("words-verdict-" + string(v))
}

func standingIn(w *messages.Set, s registry.Standing) string {
	return w.Text("words-standing-" + string(s))
}

func columnIn(w *messages.Set, column string) string { return w.Text(columnMessage(column)) }

func columnMessage(column string) string {
	return "words-column-" + strings.ReplaceAll(column, "_", "-")
}

// sourceIn names a source of what is known. Those that nobody has named in any
// language have their own names.
func sourceIn(w *messages.Set, source string) string {
	if name := "words-source-" + source; messages.Has(name) {
		return w.Text(name)
	}
	return nameIn(w, source)
}

// numeral writes a number as wikitext; the wiki groups the digits of long ones.
func numeral[N int | int64](n N) string {
	if n > 999 {
		return fmt.Sprintf("{{formatnum:%d}}", n)
	}
	return strconv.FormatInt(int64(n), 10)
}

// nameIn escapes a text from elsewhere and keeps its direction from the words
// around it.
func nameIn(w *messages.Set, text string) string { return isolated(w, wikitext.Escape(text)) }

// isolated keeps the direction of a piece of wikitext from the words around it,
// where one of them is written from right to left: numbers and signs at its edges
// would otherwise be shown at the wrong end.
func isolated(w *messages.Set, text string) string {
	if text == "" || !w.RTL() && !strings.ContainsFunc(text, writtenLeft) {
		return text
	}
	return "<bdi>" + text + "</bdi>"
}

// writtenLeft reports whether a letter is written from right to left.
func writtenLeft(r rune) bool {
	return r >= 0x590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam, unicode.Mandaic, unicode.Samaritan)
}

// numeralIn is numeral where numbers stand below each other: in languages that may
// have digits of their own, short ones too are for the wiki to write.
func numeralIn[N int | int64](w *messages.Set, n N) string {
	if w.RTL() {
		return fmt.Sprintf("{{formatnum:%d}}", n)
	}
	return numeral(n)
}

// dayIn is a day as ISO 8601 writes it. Broken over two lines it would not be
// understood where the words go from right to left.
func dayIn(w *messages.Set, t time.Time) string {
	day := t.UTC().Format(time.DateOnly)
	if w.RTL() {
		return `<bdi style="white-space:nowrap">` + day + `</bdi>`
	}
	return day
}

// momentIn is a time to the minute.
func momentIn(w *messages.Set, t time.Time) string { return isolated(w, since(t)) }

// enumerate joins texts as people do: "a, b and c".
func enumerate(w *messages.Set, texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	return w.Text("words-list-end", commas(w, texts[:last]), texts[last])
}

// commas joins texts with commas.
func commas(w *messages.Set, texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	all := texts[0]
	for _, text := range texts[1:] {
		all = w.Text("words-list-more", all, text)
	}
	return all
}

// clauses joins parts of a sentence.
func clauses(w *messages.Set, texts []string) string {
	all := texts[0]
	for _, text := range texts[1:] {
		all = w.Text("words-clauses", all, text)
	}
	return all
}

// upTo joins texts with commas, up to a limit.
func upTo(w *messages.Set, texts []string) string {
	if more := len(texts) - namesShown; more > 0 {
		return w.Text("words-list-rest", commas(w, texts[:namesShown]), numeral(more))
	}
	return commas(w, texts)
}

// inEnglish escapes what the checks of rules and the gate say, which they say in
// English.
func inEnglish(w *messages.Set, text string) string {
	text = wikitext.Escape(text)
	if base, _, _ := strings.Cut(w.Language(), "-"); base == "en" || text == "" {
		return text
	}
	return `<span lang="en" dir="ltr">` + text + `</span>`
}

// inAttribute makes a text fit for the value of an attribute in double quotes.
func inAttribute(text string) string { return wikitext.Escape(wikitext.Plain(text)) }

// speech is the language of a text on a page in another one; the zero says that it
// is the page's own.
type speech struct{ Language, Direction string }

// speechOn tells the language of words on a wiki's pages.
func speechOn(site Site, w *messages.Set) speech {
	if w.Language() == cmp.Or(site.Language, "en") {
		return speech{}
	}
	if w.RTL() {
		return speech{w.Language(), "rtl"}
	}
	return speech{w.Language(), "ltr"}
}

// attributes say it on an element.
func (s speech) attributes() string {
	return fmt.Sprintf(`class="mw-content-%s" lang="%s" dir="%[1]s"`, s.Direction, s.Language)
}

// span marks a piece of a line where it is not in the language of the page.
func (s speech) span(text string) string {
	if s == (speech{}) {
		return text
	}
	return fmt.Sprintf(`<span lang="%s" dir="%s">%s</span>`, s.Language, s.Direction, text)
}

// within returns the body of a region, marked where it is not in the language of
// the page.
func (s speech) within(body string) string {
	if s == (speech{}) {
		return body
	}
	return "<div " + s.attributes() + ">\n" + body + "\n</div>"
}

// reasons is how reasons are put in words on a wiki, with links to what they rest
// on and the days of that.
func reasons(in Input) registry.Language {
	w := in.Words
	texts := make(map[string]string, len(registry.English))
	for phrase := range registry.English {
		texts[phrase] = w.Text("words-why-" + phrase)
	}
	isolate := func(text string) string { return isolated(w, text) }
	return registry.Language{
		Text:   func(phrase string) string { return texts[phrase] },
		Name:   func(text string) string { return nameIn(w, text) },
		Source: func(source string) string { return sourceIn(w, source) },
		Number: isolate,
		Place: func(c *registry.Claim, written string) string {
			e := c.Evidence
			prefix, ok := in.Site.prefixOf(e.Wiki)
			if e.Revision == 0 || !ok {
				return isolate(written)
			}
			link := isolate(fmt.Sprintf("[[%sSpecial:PermanentLink/%d|%s]]", prefix, e.Revision, written))
			if e.Time.IsZero() {
				return link
			}
			return w.Text("words-dated", link, dayIn(w, e.Time))
		},
	}
}

// prefixOf is what links to another wiki begin with, "" for the wiki itself; ok is
// false where none is known.
func (s Site) prefixOf(wiki string) (prefix string, ok bool) {
	if wiki == s.Wiki {
		return "", true
	}
	prefix = detect.PrefixTo(wiki)
	first, _, _ := strings.Cut(prefix, ":")
	if prefix == "" || !slices.Contains(s.Prefixes, first) {
		return "", false
	}
	return ":" + prefix + ":", true
}
