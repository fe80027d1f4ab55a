// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tasks of Phabricator and changes of Gerrit, which tell more
// about a mention beside them.

package detect

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Aux is a task of Phabricator or a change of Gerrit named in a text.
type Aux struct {
	// Name is "T123" for a task, "gerrit:456" for a change.
	Name       string
	Start, End int
}

// auxTemplates have tasks or changes for arguments.
var auxTemplates = map[string]string{"phab": "T", "phabricator": "T", "tracked": "T", "t": "T", "task": "T", "gerrit": "gerrit:"}

// auxiliaries returns the tasks and changes in the added text, in its order. The
// search has noted those that are places.
func (p *page) auxiliaries() []Aux {
	if p.hasAux {
		return p.aux
	}
	p.hasAux = true
	add := func(name string, at, span wikitext.Span) {
		if name != "" && p.isNew(at) {
			p.aux = append(p.aux, Aux{name, span.Start, span.End})
		}
	}
	spaces := p.templateSpaces()
	for _, t := range p.templates() {
		prefix := auxTemplates[templateName(t, spaces)]
		if prefix == "" {
			continue
		}
		for a := range t.Args() {
			number := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(a.Value), "T"), "t")
			if isNumber(number, 1) {
				add(prefix+number, wikitext.Span{Start: a.Start, End: a.End}, wikitext.Span{Start: t.Start, End: t.End})
			}
		}
	}
	p.bareTasks(add)
	slices.SortStableFunc(p.aux, func(a, b Aux) int { return cmp.Compare(a.Start, b.Start) })
	last := map[string]int{}
	p.aux = slices.DeleteFunc(p.aux, func(a Aux) bool { // a link has its own name in it
		end, seen := last[a.Name]
		last[a.Name] = max(end, a.End)
		return seen && a.Start < end
	})
	return p.aux
}

// bareTasks finds tasks such as T264817 in plain text.
func (p *page) bareTasks(add func(name string, at, span wikitext.Span)) {
	text := p.masked()
	for i := 0; ; {
		n := strings.IndexByte(text[i:], 'T')
		if n < 0 {
			return
		}
		start := i + n
		end := start + 1
		for end < len(text) && text[end] >= '0' && text[end] <= '9' {
			end++
		}
		i = end
		before, after := start == 0 || !isNameByte(text[start-1]), end == len(text) || !isNameByte(text[end])
		if before && after && isNumber(text[start+1:end], 5) {
			span := wikitext.Span{Start: start, End: end}
			add(text[start:end], span, span)
		}
	}
}

func isNameByte(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == '=' || c == '/' || c >= 0x80
}

// auxOf returns the task or change that a place is, "" if it is none.
func auxOf(to *place) string {
	switch to.host {
	case "phabricator.wikimedia.org":
		if number, ok := strings.CutPrefix(after(to.path, ""), "T"); ok && isNumber(number, 1) {
			return "T" + number
		}
	case "gerrit.wikimedia.org":
		path := strings.TrimPrefix(strings.TrimPrefix(to.path, "r/"), "c/")
		if rest, ok := strings.CutPrefix(to.fragment, "/c/"); ok {
			path = rest
		}
		if strings.HasPrefix(path, "q/") {
			return ""
		}
		path = wikitext.PercentDecode(path)
		if _, change, ok := strings.Cut(path, "/+/"); ok {
			path = change
			if strings.HasPrefix(to.path, "g/") || strings.HasPrefix(to.path, "r/plugins/") {
				return ""
			}
		}
		if number, _, _ := strings.Cut(path, "/"); isNumber(number, 1) {
			return "gerrit:" + number
		}
	}
	return ""
}

func isNumber(s string, digits int) bool {
	if len(s) < digits || len(s) > 9 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// auxIn returns the names of the tasks and changes in the section that begins
// with a heading, each once; 0 is what stands above the first.
func (p *page) auxIn(section int) []string {
	if names, ok := p.auxNames[section]; ok {
		return names
	}
	headings, all := p.headings(), p.auxiliaries()
	from, to := 0, len(p.text)
	if section > 0 {
		from = headings[section-1].Start
	}
	if section < len(headings) {
		to = headings[section].Start
	}
	var names []string
	for _, a := range all[sort.Search(len(all), func(i int) bool { return all[i].Start >= from }):] {
		if a.Start >= to || len(names) == maxAux {
			break
		}
		if !slices.Contains(names, a.Name) {
			names = append(names, a.Name)
		}
	}
	if p.auxNames == nil {
		p.auxNames = map[int][]string{}
	}
	p.auxNames[section] = names
	return names
}

// maxAux bounds the tasks and changes of a mention.
const maxAux = 20
