// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds calls in JavaScript that load something, as people write them
// in a text.

package detect

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// titleCalls take a page title, addressCalls an address.
var (
	titleCalls   = []string{"importScript(", "importScriptPage("}
	addressCalls = []string{"importScriptURI(", "mw.loader.load(", "mw.loader.getScript(", "mediaWiki.loader.load(", "$.getScript(", "jQuery.getScript("}
)

// call is a call of a function: inner is behind its bracket and those of a list.
type call struct{ start, inner int }

// calls finds calls of functions in the text that is read as such.
func (p *page) calls(names []string) []call {
	text := p.masked()
	var found []call
	for _, name := range names {
		for i := 0; ; {
			n := strings.Index(text[i:], name)
			if n < 0 {
				break
			}
			start := i + n
			i = start + len(name)
			if start > 0 && (isLetter(text[start-1]) || text[start-1] == '.') {
				continue
			}
			inner := i
			for inner < len(text) && inner < i+longestPrefix && (text[inner] == ' ' || text[inner] == '[' || text[inner] == '\n' || text[inner] == '\t') {
				inner++
			}
			found = append(found, call{start, inner})
		}
	}
	return found
}

// longestArgument bounds the strings in calls, in bytes.
const longestArgument = 512

// scriptCalls finds the string argument of the calls that load a script.
func (p *page) scriptCalls() []reference {
	if !p.words().js {
		return nil
	}
	var refs []reference
	add := func(c call, read func(value, rest string) place) {
		if value, at := quoted(p.masked(), c.inner); value != "" {
			name := wikitext.Span{Start: at, End: at + len(value)}
			refs = append(refs, reference{Span: name, name: name, to: read(value, p.masked()[at+len(value)+1:])})
		}
	}
	for _, c := range p.calls(titleCalls) {
		add(c, p.imported)
	}
	for _, c := range p.calls(addressCalls) {
		add(c, p.loaded)
	}
	return refs
}

// imported is the page that importScript loads; a second argument is the
// language of another wiki of the project, or the beginning of its host.
func (p *page) imported(title, rest string) (to place) {
	wiki := p.wiki
	title = strings.TrimPrefix(title, "/wiki/")
	rest = strings.TrimLeft(rest[:min(len(rest), longestPrefix)], " ")
	if second, ok := strings.CutPrefix(rest, ","); ok {
		second, _ = quoted(second, 0)
		if languages[second] {
			wiki, _ = wikiOfPrefix(second, p.wiki)
		} else if other, ok := wikiOfHost(strings.TrimSuffix(strings.ToLower(second), ".org") + ".org"); ok {
			wiki = other
		}
	}
	p.titles.onPage(&to, wiki, wikitext.DecodeTitle(title))
	return to
}

// loaded is what an address in a call leads to; one without a host is on the
// wiki itself.
func (p *page) loaded(address, _ string) (to place) {
	if to, ok := p.titles.address(address); ok {
		return to
	}
	if path, ok := strings.CutPrefix(address, "/"); ok {
		path, to.fragment, _ = strings.Cut(path, "#")
		to.path, to.query, _ = strings.Cut(path, "?")
		p.titles.onWiki(&to, p.wiki)
	}
	return to
}

// quoted returns the string in quotation marks that begins at i, after blanks,
// and where it begins; "" if there is none on the line.
func quoted(text string, i int) (value string, at int) {
	for limit := i + longestPrefix; i < len(text) && i < limit && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n'); {
		i++
	}
	if i >= len(text) || strings.IndexByte("'\"`", text[i]) < 0 {
		return "", i
	}
	at = i + 1
	line := text[at:min(len(text), at+longestArgument)]
	end := strings.IndexByte(line, text[i])
	if end < 0 || strings.IndexByte(line[:end], '\n') >= 0 {
		return "", i
	}
	return line[:end], at
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
