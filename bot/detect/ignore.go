// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the mentions that a wiki does not want.

package detect

import "strings"

// Ignores reports whether a mention that was found before, on a page with that
// title, is on the wiki's list. Of its line only the snippet is known.
func (d *Detector) Ignores(m Mention, title string) bool {
	if len(d.o.Ignore) == 0 {
		return false
	}
	p := &page{wiki: d.o.Wiki, title: title, text: m.Snippet, lexicon: d.o.Lexicon, ignore: d.o.Ignore}
	m.Start, m.End = 0, 0
	return p.ignored(m)
}

// ignored reports whether a mention, with its snippet, is on the wiki's list.
func (p *page) ignored(m Mention) bool {
	for _, i := range p.ignore {
		if i == (Ignored{}) || i.Page != "" && !samePage(i.Page, p.title) || i.Phrase != "" && !p.lineHas(m, i.Phrase) {
			continue
		}
		if i.Item == "" || p.means(i.Item, m) {
			return true
		}
	}
	return false
}

// samePage reports whether a title is the one on a list, or below it if that
// ends in "/*".
func samePage(listed, title string) bool {
	listed, title = fold(listed), fold(title)
	if parent, ok := strings.CutSuffix(listed, "/*"); ok {
		return strings.HasPrefix(title, parent+"/")
	}
	return listed == title
}

// lineHas reports whether the line of a mention has a phrase.
func (p *page) lineHas(m Mention, phrase string) bool {
	if l := &p.line; l.folded == "" || m.Start < l.Start || m.End > l.End { // mentions come in their order
		l.Start = strings.LastIndexByte(p.text[:m.Start], '\n') + 1
		l.End = len(p.text)
		if n := strings.IndexByte(p.text[m.End:], '\n'); n >= 0 {
			l.End = m.End + n
		}
		l.folded, l.has = fold(p.text[l.Start:l.End]), map[string]bool{}
	}
	has, ok := p.line.has[phrase]
	if !ok {
		has = strings.Contains(p.line.folded, fold(phrase))
		p.line.has[phrase] = has
	}
	return has
}

// means reports whether a name or a key on the list is that of a mention's item.
func (p *page) means(listed string, m Mention) bool {
	listed = fold(listed)
	names := []string{m.Name, m.Alias}
	if a, ok := p.lexicon.one(m.Kind, m.Wiki, m.Name); ok {
		names = append(names, a.Item)
	}
	for _, name := range names {
		if name = fold(name); name == "" {
			continue
		}
		kind := string(m.Kind) + ":"
		if listed == name || listed == kind+name || m.Wiki != "" && listed == kind+strings.ToLower(m.Wiki)+":"+name {
			return true
		}
	}
	return false
}
