// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison of links and sections.

package wikitext

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// linkSet has links as words that both sides use, such as "link Talk:A" or "url https://example.org", and the place of
// the first of each, -1 where it is not known.
type linkSet map[string]int

func (s linkSet) add(at int, kind, to string) {
	key := kind + " " + to
	if _, ok := s[key]; !ok {
		s[key] = at
	}
}

// bounds are the links that MediaWiki must have and those that it may have. They are the same in plain text. Where
// templates stand, which MediaWiki expands before it looks for links, what is in them or around them is only possible,
// and what stands before them may be a link that we do not see.
type bounds struct{ certain, possible linkSet }

// linkDifference compares the links of all kinds and the sections.
func (r *reference) linkDifference(a *answer) string {
	d := r.site.Parse(a.Wikitext)
	theirs := theirLinks(a)
	dynamic := newDynamic(d)
	ours, open := ourLinks(d, dynamic)
	var differences []fact
	for _, key := range slices.Sorted(maps.Keys(ours.certain)) {
		if _, ok := theirs[key]; !ok {
			differences = append(differences, fact{ours.certain[key], 0, fmt.Sprintf("we have the %s, MediaWiki does not", key)})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(theirs)) {
		if _, ok := ours.possible[key]; ok || open.allows(key) {
			continue
		}
		if at := placeOf(key, d.src); !open.templates || at > 0 && !dynamic.touches(max(0, at-20), min(len(d.src), at+500)) {
			differences = append(differences, fact{at, 0, fmt.Sprintf("MediaWiki has the %s, we do not", key)})
		}
	}
	if len(differences) > 0 {
		slices.SortFunc(differences, func(a, b fact) int { return a.start - b.start })
		f := differences[0]
		return fmt.Sprintf("byte %d: %s; at %s", f.start, f.what, excerpt(d.src, f.start))
	}
	return sectionDifference(d, a)
}

// theirLinks are those of MediaWiki.
func theirLinks(a *answer) linkSet {
	set := linkSet{}
	for _, l := range a.Links {
		set.add(-1, "link", l.Title)
	}
	for _, name := range a.Images {
		set.add(-1, "file", strings.ReplaceAll(name, "_", " "))
	}
	for _, c := range a.Categories {
		if !strings.HasPrefix(c.Category, "Pages_with_") && !strings.HasPrefix(c.Category, "Pages_using_") { // made by extensions
			set.add(-1, "category", strings.ReplaceAll(c.Category, "_", " "))
		}
	}
	for _, l := range a.LangLinks {
		set.add(-1, "language", l.Lang+":"+strings.ReplaceAll(l.Title, "_", " "))
	}
	for _, l := range a.IwLinks {
		set.add(-1, "interwiki", strings.ReplaceAll(l.Title, "_", " "))
	}
	for _, u := range a.ExternalLinks {
		set.add(-1, "url", cleanURL(u))
	}
	return set
}

// loose says which links MediaWiki may have beyond ours.
type loose struct {
	templates bool     // red links to templates
	files     bool     // a gallery or an image map names files without brackets
	relative  bool     // links to subpages
	anything  bool     // a target or an address is made by a template, or a file links to something
	urls      []string // beginnings of addresses that go on with a template
}

func (l loose) allows(key string) bool {
	switch {
	case l.anything:
		return true
	case l.templates && strings.HasPrefix(key, "link "): // also {{Talk:A}} and {{:A}}
		return true
	case l.files && (strings.HasPrefix(key, "file ") || strings.HasPrefix(key, "link ") || strings.HasPrefix(key, "url ")):
		return true
	case l.relative && strings.HasPrefix(key, "link Agree/"):
		return true
	}
	for _, u := range l.urls {
		if strings.HasPrefix(key, "url "+u) {
			return true
		}
	}
	return false
}

// placeOf returns where a link to what a key names may stand, 0 if it is not to be seen.
func placeOf(key, text string) int {
	_, name, _ := strings.Cut(key, " ")
	name = strings.TrimSuffix(name, "/")
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	_, size := utf8.DecodeRuneInString(name)
	return max(0, strings.Index(text, name[size:]))
}

func ourLinks(d *Document, dynamic dynamic) (bounds, loose) {
	ours, open := bounds{linkSet{}, linkSet{}}, loose{}
	languages := map[string]bool{}
	open.templates = dynamic.any
	for t := range d.Tags("") {
		open.files = open.files || t.Name == "gallery" || t.Name == "imagemap"
		// The message about a footnote that went wrong has its name as wikitext.
		open.anything = open.anything || t.Name == "ref" && strings.ContainsAny(d.src[t.Attrs.Start:t.Attrs.End], "[{:")
	}
	add := func(start, end int, kind, to string) {
		ours.possible.add(start, kind, to)
		if !dynamic.touches(start, end) {
			ours.certain.add(start, kind, to)
		}
	}
	for l := range d.Links() {
		if l.File && strings.Contains(l.Label, "link") {
			open.files = true
		}
		target := strings.TrimSpace(l.Target)
		if strings.HasPrefix(target, "/") || strings.HasPrefix(target, "../") {
			open.relative = true
			continue
		}
		t, err := l.Title()
		if err != nil {
			if dynamic.touches(l.Start, l.End) {
				open.anything = true
			} else {
				add(l.Start, l.End, "link", fmt.Sprintf("that is no title: %v", err))
			}
			continue
		}
		switch kind, to := ourKind(d.site, l, t); {
		case kind == "":
		case kind == "language" && languages[t.Interwiki]: // only the first in each language counts
			ours.possible.add(l.Start, kind, to)
		default:
			add(l.Start, l.End, kind, to)
			languages[t.Interwiki] = true
		}
	}
	for u := range d.URLs() {
		if dynamic.touches(u.Start, u.End) {
			before, _, _ := strings.Cut(u.Target, "{{")
			open.urls = append(open.urls, strings.TrimSuffix(cleanURL(before), "/"))
		}
		add(u.Start, u.End, "url", cleanURL(u.Target))
	}
	return ours, open
}

// ourKind says what MediaWiki calls a link; "" is one that it does not list.
func ourKind(s *Site, l Link, t Title) (kind, to string) {
	colon := strings.HasPrefix(strings.TrimLeft(l.Target, " "), ":")
	switch {
	case t.Interwiki != "" && !colon && s.interwikis[t.Interwiki].language:
		to = t.Interwiki + ":" + t.Name
		if t.Fragment != "" {
			to += "#" + strings.ReplaceAll(t.Fragment, "_", " ")
		}
		return "language", to
	case t.Interwiki != "":
		return "interwiki", strings.TrimSuffix(t.Interwiki+":"+t.Name, " ")
	case t.Namespace == -1 || t.Name == "" || t.String() == "Agree":
		return "", ""
	case t.Namespace == 6 && !colon, t.Namespace == -2:
		return "file", t.Name
	case t.Namespace == 14 && !colon:
		return "category", t.Name
	}
	return "link", t.String()
}

// cleanURL writes an address so that both sides' look the same: MediaWiki decodes character references, drops marks
// that do not show from the host, and percent-encodes in one way.
func cleanURL(u string) string {
	u = PercentDecode(html.UnescapeString(u))
	scheme, rest, ok := strings.Cut(u, "//")
	if !ok {
		scheme, rest, _ = strings.Cut(u, ":")
		return strings.ToLower(scheme) + ":" + rest
	}
	host, path, _ := strings.Cut(rest, "/")
	host = strings.Map(func(r rune) rune {
		if r == 0xad || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xfe00 && r <= 0xfe0f || r == 0xfeff {
			return -1
		}
		return unicode.ToLower(r)
	}, host)
	return strings.ToLower(scheme) + "//" + host + "/" + path
}

// dynamic knows the places where templates, arguments and functions stand, and others whose links MediaWiki may leave
// out: footnotes with a name, of which it shows one.
type dynamic struct {
	inside []bool // of every byte
	any    bool
}

func newDynamic(d *Document) dynamic {
	x := dynamic{inside: make([]bool, len(d.src)+1)}
	mark := func(start, end int) {
		for i := start; i < end; i++ {
			x.inside[i] = true
		}
	}
	done := 0
	for i := range d.nodes {
		n := &d.nodes[i]
		switch n.kind {
		case TemplateNode, FunctionNode, ParameterNode:
			x.any = true
		case TagNode:
			// Of footnotes with the same name MediaWiki shows one, and none that holds another.
			t := d.tag(n)
			named := strings.TrimSpace(d.src[t.Attrs.Start:t.Attrs.End]) != "" || strings.Contains(d.src, "<references")
			if t.Name == "imagemap" { // without its picture it shows nothing
				break
			}
			if t.Name != "ref" || !named && !strings.Contains(strings.ToLower(d.src[t.Inner.Start:t.Inner.End]), "<ref") {
				continue
			}
		default:
			continue
		}
		if int(n.end) > done {
			mark(max(done, int(n.start)), int(n.end))
			done = int(n.end)
		}
	}
	return x
}

// touches reports whether anything dynamic stands inside, around or right beside a stretch.
func (x dynamic) touches(start, end int) bool {
	return slices.Contains(x.inside[max(0, start-1):min(end+1, len(x.inside))], true)
}

// sectionDifference compares the headings that begin sections with those of MediaWiki that can be edited; of the others,
// such as HTML headings and those of templates, we know nothing.
func sectionDifference(d *Document, a *answer) string {
	headings := map[string]Heading{}
	for h := range d.Headings() {
		headings[strconv.Itoa(h.Index)] = h
	}
	at, characters := 0, 0
	for _, s := range a.Sections {
		if s.Index == "" || strings.HasPrefix(s.Index, "T-") {
			continue
		}
		h, ok := headings[s.Index]
		if !ok {
			return fmt.Sprintf("MediaWiki has a section %s, %q, we do not", s.Index, s.Line)
		}
		if h.Start < at {
			at, characters = 0, 0
		}
		characters += utf8.RuneCountInString(d.src[at:h.Start])
		at = h.Start
		says, said := fmt.Sprintf("level %d, character %d", h.Level, characters), "level "+s.Level
		if s.ByteOffset != nil {
			said += fmt.Sprintf(", character %d", *s.ByteOffset)
		}
		if !strings.ContainsAny(d.src[h.Start:h.End], "[]{}<>'&_~-|:/") {
			says += ", " + strconv.Quote(strings.Join(strings.Fields(h.Title), " "))
			said += ", " + strconv.Quote(strings.Join(strings.Fields(html.UnescapeString(s.Line)), " "))
		}
		if said != says {
			return fmt.Sprintf("byte %d: section %s: MediaWiki says %s; we say %s; at %s", at, s.Index, said, says, excerpt(d.src, at))
		}
	}
	return ""
}
