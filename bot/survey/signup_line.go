// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the grammar of the lines of the sign-up page.

package survey

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// maxParts is how many parts of a line are read.
const maxParts = 100

// The options, as they are compared: in lower case, with spaces for dashes.
var (
	signUpDigests = map[string]string{"at once": "at-once", "immediately": "at-once", "daily": "daily", "weekly": "weekly"}
	signUpWays    = map[string]string{
		"noticeboard": "noticeboard", "ping": "ping", "talk": "talk", "talk page": "talk", "item": "item", "item talk": "item",
	}
	signUpRoles = map[string]registry.Role{
		"steward": registry.Steward, "as steward": registry.Steward, "maintainer": registry.Maintainer, "as maintainer": registry.Maintainer,
	}
	signUpOnly    = []string{"only", "only these"}
	signUpSeeking = []string{
		"looking for a co maintainer", "looking for co maintainers", "looking for a comaintainer", "looking for comaintainers",
	}
	// Dates, and words that go with them, are no more than a reason to save the
	// line again.
	signUpDate  = regexp.MustCompile(`\b\d{4}-\d{2}(-\d{2})?\b|\b\d{1,2}\.? \p{L}+ \d{4}\b|\b\p{L}+ \d{1,2}, \d{4}\b`)
	signUpStill = []string{"confirmed", "still here", "here", "still active", "active", "still"}
	signUpWikis = regexp.MustCompile(`^(?i:wikis?)\s*[: ]\s*(.+)$`)
	wikiName    = regexp.MustCompile(`^[a-z0-9_]+$`)
)

// signUpKinds are the words before the colon of an item.
var signUpKinds = map[string]detect.Kind{
	"extension": detect.Extension, "skin": detect.Skin, "gadget": detect.Gadget, "userscript": detect.UserScript, "user script": detect.UserScript, "tool": detect.Tool,
}

// SignUpLine is one line of the sign-up page.
type SignUpLine struct {
	User  string
	Role  registry.Role
	Items []registry.Key
	// Preference is what the line says of messages.
	Preference registry.Preference
	text       string
}

// SignUpPage reads a sign-up page: a list in plain wikitext, a line for a user.
//
//   - [[User:Ana]]: extension:Foo, gadget:Bar; weekly; talk; wikis metawiki, commonswiki; looking for a co-maintainer
//   - {{user|Ben}}: tool:guc; maintainer
//   - [[User:Cleo]]: daily
//
// A line of the list begins with the user: a link to the user or talk page, or a
// template such as {{user|Ana}} or {{u|Ana}}. Behind it stand parts in any order,
// divided by commas or semicolons:
//
//   - items: a key (extension:Name, skin:Name, gadget:Name or gadget:wiki:Name,
//     userscript:User:Name/script.js, tool:NAME), a link to the item's page, or a
//     name that means one item;
//   - how often: at once, daily, weekly;
//   - in which way, one or more: noticeboard, ping, talk, item;
//   - for which role the line is: steward, as without a word, or maintainer;
//   - "only these": messages about the items of the line and no others;
//   - wikis NAME, NAME: which wikis' mentions count, by their database names;
//   - "looking for a co-maintainer": the items of the line are listed so;
//   - a date such as 2026-05-20, anywhere, which says nothing: it is a way to save
//     the line again.
//
// A line without items is about all that its user looks after. Further links to
// user pages and a signature are passed over, and so are lines that are not of
// the list. A part that is none of these is a problem, and all others of its line
// count; a line that does not begin with a user counts for nothing.
type SignUpPage struct {
	// On is how the wiki reads titles; nil stands for an English one. Wiki is its
	// database name.
	On   *wikitext.Site
	Wiki string
	// Resolve returns the items that a name means, as registry.Resolver does; nil
	// knows none.
	Resolve func(kind detect.Kind, wiki, raw string) []registry.Key
	// KnownWiki reports whether a wiki can be named; nil: any can.
	KnownWiki func(name string) bool
}

// Lines reads all lines of a text, and what is wrong with them.
func (p SignUpPage) Lines(text string) (lines []SignUpLine, problems []registry.LineProblem) {
	if p.On == nil {
		p.On = wikitext.DefaultSite()
	}
	for _, l := range linesOf(p.On, text) {
		if !l.item {
			continue
		}
		if !l.begins() {
			problems = append(problems, l.problem(registry.NoUser, ""))
			continue
		}
		s := signUpReader{page: p, line: l, out: SignUpLine{User: l.who[0].name, Role: registry.Steward, text: strings.Join(strings.Fields(l.text), " ")}}
		s.read()
		lines, problems = append(lines, s.out), append(problems, s.problems...)
	}
	return lines, problems
}

// signUpReader reads one line.
type signUpReader struct {
	page     SignUpPage
	line     listLine
	out      SignUpLine
	problems []registry.LineProblem
	wikis    bool // the part before named wikis
	only     bool
	seeking  bool
}

func (s *signUpReader) wrong(why, about string, means ...registry.Key) {
	s.problems = append(s.problems, s.line.problem(why, about, means...))
}

func (s *signUpReader) read() {
	all := parts(s.page.On, s.rest())
	if len(all) > maxParts {
		s.wrong(registry.TooMany, "")
		all = all[:maxParts]
	}
	for _, part := range all {
		s.part(part)
	}
	pref := &s.out.Preference
	pref.User = s.out.User
	// What nobody can read as it was meant must not mean everything.
	if s.only {
		if pref.Items = slices.Clone(s.out.Items); len(pref.Items) == 0 {
			pref.Items = []registry.Key{""}
		}
	}
	if s.wikis && len(pref.Wikis) == 0 {
		pref.Wikis = []string{""}
	}
	if s.seeking {
		pref.Seeking = slices.Clone(s.out.Items)
	}
}

// rest is the line without the names of users and times.
func (s *signUpReader) rest() string {
	b := []byte(s.line.text)
	blank := func(start, end int) {
		for i := start; i < end; i++ {
			b[i] = ' '
		}
	}
	for _, u := range s.line.who {
		blank(u.start, u.end)
	}
	for t := range s.line.doc.Timestamps() {
		blank(t.Start, t.End)
	}
	for _, span := range signUpDate.FindAllStringIndex(s.line.text, -1) {
		if s.free(span[0], span[1]) {
			blank(span[0], span[1])
		}
	}
	for l := range s.line.doc.Links() {
		if t, err := l.Title(); err == nil && t.Interwiki == "" && t.Namespace == spaceSpecial {
			blank(l.Start, l.End)
		}
	}
	return string(b)
}

// free reports whether a piece of the line stands alone, in no link and no name.
func (s *signUpReader) free(start, end int) bool {
	for l := range s.line.doc.Links() {
		if l.Start < end && start < l.End {
			return false
		}
	}
	text := s.line.text
	return (start == 0 || strings.ContainsRune(" (,;–—", lastRune(text[:start]))) &&
		(end == len(text) || strings.ContainsAny(text[end:end+1], " ):,;."))
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// part reads one part.
func (s *signUpReader) part(raw string) {
	written := s.written(raw)
	word := strings.ToLower(strings.Join(strings.FieldsFunc(written, func(r rune) bool { return r == ' ' || r == '-' || r == '_' || r == '‑' }), " "))
	pref := &s.out.Preference
	wikis := s.wikis
	s.wikis = false
	switch {
	case word == "":
		s.wikis = wikis
	case signUpDigests[word] != "":
		if pref.Digest != "" && pref.Digest != signUpDigests[word] {
			s.wrong(registry.Contradicted, written)
			return
		}
		pref.Digest = signUpDigests[word]
	case signUpWays[word] != "":
		if way := signUpWays[word]; !slices.Contains(pref.Ways, way) {
			pref.Ways = append(pref.Ways, way)
		}
	case signUpRoles[word] != "":
		s.out.Role = signUpRoles[word]
	case slices.Contains(signUpOnly, word):
		s.only = true
	case slices.Contains(signUpSeeking, word):
		s.seeking = true
	case slices.Contains(signUpStill, word):
	case signUpWikis.MatchString(written):
		s.wikis = true
		s.wiki(strings.TrimSpace(signUpWikis.FindStringSubmatch(written)[1]), true)
	case wikis && wikiName.MatchString(written):
		s.wikis = true
		s.wiki(written, false)
	default:
		s.item(written)
	}
}

// written is a part as plain text, or what its link leads to.
func (s *signUpReader) written(raw string) string {
	for l := range s.page.On.Parse(raw).Links() {
		if t, err := l.Title(); err == nil {
			if t.Interwiki != "" {
				return t.Name
			}
			return t.String()
		}
	}
	return strings.Trim(oneLine(wikitext.Plain(raw)), " \t:.()[]|–—-·•/'\"!")
}

// wiki takes in the name of a wiki; several may stand together.
func (s *signUpReader) wiki(names string, several bool) {
	words := []string{names}
	if several {
		words = strings.Fields(names)
	}
	pref := &s.out.Preference
	for _, name := range words {
		name = strings.ToLower(name)
		switch {
		case !wikiName.MatchString(name), s.page.KnownWiki != nil && !s.page.KnownWiki(name):
			s.wrong(registry.UnknownWiki, name)
		case !slices.Contains(pref.Wikis, name):
			pref.Wikis = append(pref.Wikis, name)
		}
	}
}

// item takes in the name of an item.
func (s *signUpReader) item(written string) {
	key, ok := s.key(written)
	if !ok {
		return
	}
	if !slices.Contains(s.out.Items, key) {
		s.out.Items = append(s.out.Items, key)
	}
}

// key is the item that a part names. One with its kind is taken as it is written,
// whether it is known yet or not.
func (s *signUpReader) key(written string) (key registry.Key, ok bool) {
	head, rest, found := strings.Cut(written, ":")
	kind, known := signUpKinds[strings.ToLower(strings.TrimSpace(strings.ReplaceAll(head, "_", " ")))]
	rest = strings.TrimSpace(rest)
	if !found || !known || rest == "" {
		return s.named(written)
	}
	wiki := ""
	if kind == detect.Gadget || kind == detect.UserScript {
		wiki = s.page.Wiki
		if first, name, more := strings.Cut(rest, ":"); more && wikiName.MatchString(first) && !isUserSpace(first, s.page.On) {
			wiki, rest = first, strings.TrimSpace(name)
		}
	}
	key = registry.NewKey(kind, wiki, rest)
	if s.page.Resolve != nil && len(s.page.Resolve(kind, wiki, rest)) == 0 {
		s.wrong(registry.UnknownItem, written)
	}
	return key, true
}

// named is the item that a name without a kind means, if it is one.
func (s *signUpReader) named(written string) (key registry.Key, ok bool) {
	var keys []registry.Key
	if s.page.Resolve != nil {
		keys = s.page.Resolve("", s.page.Wiki, written)
	}
	switch len(keys) {
	case 0:
		s.wrong(registry.UnknownWord, written)
	case 1:
		return keys[0], true
	default:
		s.wrong(registry.ManyItems, written, slices.Clone(keys[:min(len(keys), 5)])...)
	}
	return "", false
}
