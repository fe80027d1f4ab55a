// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds edits of sections. Their text and the empty lines around it
// are those that MediaWiki makes of section=new and section=N
// (WikitextContent::replaceSection).

package wikitext

import "strings"

// AppendSection is the edit that adds a section at the end of a page. It is
// there already, and the page stays as it is, if a section has its title and
// level and begins with its text: people may have answered below. A text with a
// signature, ~~~~, is stored as another one and never found again.
type AppendSection struct {
	// Title is the wikitext between the signs of the heading, Text what stands
	// below it. Of the headings in Text none may be as high as this one.
	Title, Text string
	// Level is 1 to 6; 0 stands for 2.
	Level int
}

func (e AppendSection) refusal(format string, args ...any) error {
	return refuse("new section "+e.Title, format, args...)
}

func (e AppendSection) splice(d *Document) (splice, error) {
	s := newSection{e, d, headingsOf(d)}
	return s.at(len(d.src))
}

// InsertSection is the edit that adds a section in front of or behind another
// one, with the subsections of that, or without one of both above the first
// section of the page. It is there already under the same terms as for
// AppendSection.
type InsertSection struct {
	// Before or After is the title of a section that is there once, as readers
	// see it.
	Before, After string
	Title, Text   string
	// Level is 1 to 6; 0 stands for that of the section before or after which
	// it goes, or else for 2. It cannot be so high that sections below would
	// become its own.
	Level int
}

func (e InsertSection) refusal(format string, args ...any) error {
	return refuse("new section "+e.Title, format, args...)
}

func (e InsertSection) splice(d *Document) (splice, error) {
	s := newSection{AppendSection{Title: e.Title, Text: e.Text, Level: e.Level}, d, headingsOf(d)}
	if e.Before != "" && e.After != "" {
		return splice{}, e.refusal("it can be put before or after another section, not both")
	}
	i, at := 0, len(d.src)
	if title := e.Before + e.After; title != "" {
		var why string
		if i, why = findSection(s.headings, title); why != "" {
			return splice{}, e.refusal("%s", why)
		}
		if s.edit.Level == 0 {
			s.edit.Level = s.headings[i].Level
		}
		if e.After != "" {
			i = sectionEnd(s.headings, i)
		}
	}
	if i < len(s.headings) {
		at = s.headings[i].Start
		if next := s.headings[i]; next.Level > s.edit.level() {
			return splice{}, e.refusal("section %s, which follows, would become a part of it", next.Title)
		}
	}
	return s.at(at)
}

// SetSection is the edit that replaces all that stands below the heading of a
// section, with its subsections. The heading stays.
type SetSection struct {
	// Title is that of a section that is there once, as readers see it; ""
	// stands for what is above the first heading.
	Title string
	// Text is the new text. White space at its end does not count. Of the
	// headings in it none may be as high as that of the section.
	Text string
}

func (e SetSection) refusal(format string, args ...any) error {
	what := "section " + e.Title
	if e.Title == "" {
		what = "the text above the first section"
	}
	return refuse(what, format, args...)
}

func (e SetSection) splice(d *Document) (splice, error) {
	headings := headingsOf(d)
	start, next, level, index := 0, 0, 7, -1
	if e.Title != "" {
		i, why := findSection(headings, e.Title)
		if why != "" {
			return splice{}, e.refusal("%s", why)
		}
		index, level, start, next = i, headings[i].Level, headings[i].End, sectionEnd(headings, i)
	}
	end := len(d.src)
	if next < len(headings) {
		end = headings[next].Start
	}
	text := strings.TrimRight(e.Text, trimmed)
	old := d.src[start:end]
	body := strings.Trim(old, trimmed)
	if strings.Trim(text, trimmed) == body {
		return unchanged(start), nil
	}
	c := splice{start: start, end: end, text: text}
	if text != "" && index >= 0 {
		lead := "\n" // the empty lines below the heading
		if body != "" {
			lead = old[:strings.Index(old, body)]
		}
		c.text = lead + strings.TrimLeft(text, "\n")
	}
	if next < len(headings) && (text != "" || index >= 0) {
		c.text += "\n\n"
	}
	c.check = func(after *Document) error {
		now := headingsOf(after)
		for i := index + 1; i < len(now) && now[i].Start < c.start+len(c.text); i++ {
			if index < 0 || now[i].Level <= level {
				return e.refusal("the new text holds the heading %q, which would begin another section", now[i].Title)
			}
		}
		return nil
	}
	return c, nil
}

// trimmed is what PHP's trim cuts off.
const trimmed = " \t\n\r\v\x00"

// newSection is a section that is to be added.
type newSection struct {
	edit     AppendSection
	d        *Document
	headings []Heading
}

func (e AppendSection) level() int {
	if e.Level == 0 {
		return 2
	}
	return e.Level
}

// at adds the section at an offset, where another one begins or the page ends.
func (s newSection) at(at int) (splice, error) {
	e, src := s.edit, s.d.src
	title, text := strings.Trim(e.Title, trimmed), strings.TrimRight(e.Text, trimmed)
	switch {
	case title == "":
		return splice{}, e.refusal("it has no title")
	case strings.Contains(title, "\n"):
		return splice{}, e.refusal("its title has a line break")
	case e.level() < 1 || e.level() > 6:
		return splice{}, e.refusal("there are no headings of level %d", e.level())
	case s.isThere(title, text):
		return unchanged(at), nil
	}
	for _, p := range s.d.tables() {
		if int(p.start) < at && int(p.end) >= at && !p.closed && p.kind == TableNode {
			return splice{}, e.refusal("it would stand in the table that begins with “%s”, which has no end; put \"|}\" on a line of its own below the table", quoted(src, int(p.start)))
		}
	}
	signs := strings.Repeat("=", e.level())
	before := gap(src[:at])
	block := before + signs + " " + title + " " + signs
	if text != "" {
		block += "\n\n" + text
	}
	if at < len(src) {
		block += "\n\n"
	}
	start := at + len(before)
	return splice{start: at, end: at, text: block, check: func(after *Document) error {
		found := false
		for _, h := range headingsOf(after) {
			switch {
			case h.Start == start:
				found = h.Level == e.level() && h.Title == title
			case h.Start > start && h.Start < at+len(block) && h.Level <= e.level():
				return e.refusal("its text holds the heading %q, which would begin another section", h.Title)
			}
		}
		if !found {
			return e.refusal("its heading would be none where it is to stand; the title may hold what cannot stand in one, or a comment or a tag is open above")
		}
		return nil
	}}, nil
}

// isThere reports whether the page has the section.
func (s newSection) isThere(title, text string) bool {
	text = strings.TrimLeft(text, "\n")
	for i, h := range s.headings {
		if h.Level != s.edit.level() || !sameTitle(h, title) {
			continue
		}
		end := len(s.d.src)
		if next := sectionEnd(s.headings, i); next < len(s.headings) {
			end = s.headings[next].Start
		}
		rest, ok := strings.CutPrefix(strings.TrimLeft(s.d.src[h.End:end], trimmed), strings.TrimLeft(text, trimmed))
		if ok && (text == "" || rest == "" || rest[0] == '\n') {
			return true
		}
	}
	return false
}

// sectionEnd returns the index of the heading that ends section i.
func sectionEnd(headings []Heading, i int) int {
	level := headings[i].Level
	for i++; i < len(headings) && headings[i].Level > level; i++ {
	}
	return i
}

// findSection returns the index of the one section with a title, or why there
// is none.
func findSection(headings []Heading, title string) (index int, why string) {
	index = -1
	for i, h := range headings {
		switch {
		case !sameTitle(h, title):
		case index >= 0:
			return -1, "there is more than one section " + title
		default:
			index = i
		}
	}
	if index < 0 {
		return -1, "there is no section " + title
	}
	return index, ""
}

// sameTitle reports whether a heading has the title, as written or as readers
// see it.
func sameTitle(h Heading, title string) bool {
	if h.Title == title {
		return true
	}
	shown := Plain(h.Title)
	return shown != "" && shown == Plain(title)
}
