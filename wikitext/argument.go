// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds edits of the arguments of templates.

package wikitext

import (
	"maps"
	"strconv"
	"strings"
)

// SetArgument is the edit that gives an argument of a template another value,
// or adds it. White space and line breaks around the value stay as they are.
type SetArgument struct {
	// Template is the name of a template that stands on the page once; case,
	// underscores and the namespace do not count where MediaWiki does not count
	// them.
	Template string
	// Which tells several templates of that name apart, from 1; 0 demands that
	// there is only one.
	Which int
	// Name is the argument's name; those without one have numbers from "1".
	Name string
	// Value is wikitext. White space around it does not count, but that of
	// arguments without a name does.
	Value string
}

func (e SetArgument) refusal(format string, args ...any) error {
	return refuse("argument "+e.Name+" of template "+e.Template, format, args...)
}

func (e SetArgument) splice(d *Document) (splice, error) {
	t, err := e.find(d)
	if err != nil {
		return splice{}, err
	}
	name, value := trimSpace(e.Name), trimSpace(e.Value)
	if name == "" || strings.ContainsAny(name, "|={}[]<>\n") {
		return splice{}, e.refusal("no argument can have this name")
	}
	arg, ok := t.Arg(name)
	c := splice{frame: "{{x|x=%s", noHeadings: true}
	switch {
	case !ok:
		c.start, c.end = t.End-2, t.End-2
		c.text = e.added(d, t, name, value)
	case arg.Named && arg.Value == "":
		// With the sign before it, so that the argument grows; a line break
		// belongs behind the value.
		c.start, c.end = arg.Start+len(strings.TrimRight(d.src[arg.Start:arg.End], trimmed))-1, arg.End
		space := d.src[c.start+1 : c.end]
		if n := strings.IndexByte(space, '\n'); n >= 0 {
			c.text = "=" + space[:n] + value + space[n:]
		} else {
			c.text = "=" + space + value
		}
	case arg.Named:
		c.start, c.end, c.text = arg.ValueStart, arg.ValueEnd, value
	default:
		value = e.Value
		c.start, c.end, c.text = arg.ValueStart, arg.ValueEnd, value
	}
	if openQuotes(value) && !openQuotes(arg.Value) {
		return splice{}, e.refusal("the new value begins bold or italic type and does not end it")
	}
	want := argumentsOf(t)
	want[name] = value
	c.check = func(after *Document) error {
		if !maps.Equal(argumentsOf(templateAt(after, t.Start)), want) {
			return e.refusal("the new value would end the argument or begin another; write {{!}} for a pipe and {{=}} for an equals sign")
		}
		return nil
	}
	return c, nil
}

// find returns the template.
func (e SetArgument) find(d *Document) (Template, error) {
	name := templateTitle(d.site, e.Template)
	var found Template
	n := 0
	for t := range d.Templates() {
		if t.Name != e.Template && templateTitle(d.site, t.Name) != name {
			continue
		}
		if n++; n == max(e.Which, 1) {
			found = t
		}
	}
	switch {
	case n == 0:
		return found, e.refusal("the page has no such template")
	case e.Which == 0 && n > 1:
		return found, e.refusal("the page has this template %d times", n)
	case e.Which < 0 || e.Which > n:
		return found, e.refusal("the page has this template only %d times", n)
	}
	return found, nil
}

// templateTitle returns the page that a template's name stands for, the name
// itself if it can be none.
func templateTitle(s *Site, name string) string {
	const templates = 10
	if len(name) > longestName {
		return name
	}
	title, err := s.ParseTitle(name)
	if err == nil && title.Namespace == 0 && title.Interwiki == "" && !strings.HasPrefix(trimSpace(name), ":") {
		title, err = s.ParseTitle(s.spaces[templates].name + ":" + name)
	}
	if err != nil {
		return name
	}
	return title.String()
}

// added returns how a new argument is written: like the last one that has a
// name.
func (e SetArgument) added(d *Document, t Template, name, value string) string {
	unnamed := 0
	var last Arg
	for a := range t.Args() {
		if a.Named {
			last = a
		} else {
			unnamed++
		}
	}
	if name == strconv.Itoa(unnamed+1) && e.Value == value && !strings.Contains(value, "=") {
		return "|" + value
	}
	before, equals, after := "", "=", ""
	if last.Named {
		text := d.src[last.Start:last.End]
		written := trimSpace(text[:max(0, strings.IndexByte(text, '='))])
		if i := strings.Index(text, written); written != "" && !strings.Contains(written, "<") {
			before = text[:i]
			equals = text[i+len(written) : last.ValueStart-last.Start]
			after = d.src[last.ValueEnd:last.End]
		}
		if last.Value == "" && strings.Contains(equals, "\n") { // the line break belongs behind the value
			n := strings.IndexByte(equals, '\n')
			equals, after = equals[:n], equals[n:]
		}
		if trimSpace(before+after) != "" || trimSpace(equals) != "=" {
			before, equals, after = "", "=", ""
		}
	}
	return "|" + before + name + equals + value + after
}

// templateAt returns the template that begins at an offset, none if there is
// none.
func templateAt(d *Document, start int) Template {
	for t := range d.Templates() {
		if t.Start == start {
			return t
		}
	}
	return Template{}
}

// argumentsOf returns the arguments of a template that count.
func argumentsOf(t Template) map[string]string {
	values := map[string]string{}
	if t.d != nil {
		for a := range t.Args() {
			values[a.Name] = a.Value
		}
	}
	return values
}

// openQuotes reports whether apostrophes in a line of the text begin bold or
// italic type that does not end in it.
func openQuotes(s string) bool {
	if !strings.Contains(s, "''") {
		return false
	}
	for line := range strings.SplitSeq(Parse(s).Masked(), "\n") {
		bold, italic := false, false
		for i := 0; i < len(line); i++ {
			n := run(line[i:], '\'')
			switch {
			case n == 2:
				italic = !italic
			case n == 3 || n == 4:
				bold = !bold
			case n >= 5:
				bold, italic = !bold, !italic
			}
			i += max(0, n-1)
		}
		if bold || italic {
			return true
		}
	}
	return false
}
