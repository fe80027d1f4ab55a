// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the references that lead to a place: links, addresses,
// templates that link, and calls that load a script.

package detect

import (
	"iter"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// references returns what leads to a place.
func (p *page) references() iter.Seq[reference] {
	return func(yield func(reference) bool) {
		for _, l := range p.links {
			to := p.titles.linkTo(l.Target)
			if !to.somewhere() {
				continue
			}
			name := wikitext.Span{Start: l.Start + len("[["), End: l.Start + len("[[") + len(l.Target)}
			if !yield(reference{Span: wikitext.Span{Start: l.Start, End: l.End}, name: name, to: to}) {
				return
			}
		}
		for _, u := range p.ourURLs() {
			if ref, ok := p.url(u); ok && !yield(ref) {
				return
			}
		}
		for _, ref := range p.scriptCalls() {
			if !yield(ref) {
				return
			}
		}
		for _, ref := range p.linkTemplates() {
			if !yield(ref) {
				return
			}
		}
	}
}

// somewhere reports whether a place can be that of an item.
func (to *place) somewhere() bool {
	return to.name != "" || to.host != "" || to.local && to.query != ""
}

func (p *page) url(u wikitext.URL) (reference, bool) {
	address := u.Target
	if !ourHost(address) {
		return reference{}, false
	}
	if u.Start > 0 && p.text[u.Start-1] == '\'' { // a string in code
		address, _, _ = strings.Cut(address, "'")
	}
	if n := strings.IndexByte(address, '|'); n >= 0 { // as in [https://example.org|label]
		address = address[:n]
	}
	if !u.Bracketed && len(address) <= longestTarget {
		address = bareAddress(address)
	}
	to, ok := p.titles.address(address)
	span := wikitext.Span{Start: u.Start, End: min(u.Start+len(address), u.End)}
	return reference{Span: span, name: span, to: to}, ok && span.Start < span.End
}

// closingMarks end quotes, and sentences in Chinese and Japanese. With no space
// before they belong to an address for MediaWiki, and for nobody else.
const closingMarks = "。，、；：！？（）「」『』《》【】…»”’›"

// bareAddress takes from an address in a sentence what is not part of it: such
// signs, a bracket that was opened before it, an "'s" behind a host.
func bareAddress(address string) string {
	if n := strings.IndexAny(address, closingMarks); n >= 0 {
		address = address[:n]
	}
	for strings.HasSuffix(address, ")") && strings.Count(address, ")") > strings.Count(address, "(") {
		address = strings.TrimRight(address[:len(address)-1], ",;.:!?")
	}
	if n := strings.IndexByte(address, '\''); n >= 0 && strings.Count(address[:n], "/") == strings.Count("https://", "/") {
		address = address[:n]
	}
	return address
}

// ourURLs returns the addresses of a text if there is any that a rule can know.
func (p *page) ourURLs() []wikitext.URL {
	for i := 0; ; {
		n := strings.Index(p.text[i:], "//")
		if n < 0 {
			return nil
		}
		i += n + len("//")
		near := p.text[i:min(len(p.text), i+longestHost)]
		if n := strings.IndexAny(near, " \n\t"); n >= 0 {
			near = near[:n]
		}
		if ourHost("//" + near) {
			return p.urls()
		}
	}
}

// longestHost is more than the bytes of any host of an address.
const longestHost = 256

// ourHost reports whether an address can be one that a rule knows: most are not,
// and are not taken apart.
func ourHost(address string) bool {
	_, host, ok := strings.Cut(address, "//")
	if !ok {
		return false
	}
	if n := strings.IndexAny(host, "/?#"); n >= 0 {
		host = host[:n]
	}
	for i := range len(host) {
		if c := host[i]; c >= 'A' && c <= 'Z' || c == '&' || c == '%' {
			host = strings.ToLower(host)
			break
		}
	}
	for _, part := range []string{"wiki", "wm", "toolforge", "github"} {
		if strings.Contains(host, part) {
			return true
		}
	}
	return false
}

// linkTemplates finds {{fullurl:toolforge:TOOL|query}}, the documented way to
// give an interwiki link a query, and on mediawiki.org {{ll|Page}}, which links
// the translation of a page. Elsewhere that name may mean anything.
func (p *page) linkTemplates() []reference {
	var refs []reference
	for _, t := range p.templates() {
		span := wikitext.Span{Start: t.Start, End: t.End}
		function, target, ok := strings.Cut(t.Name, ":")
		if function = strings.ToLower(function); ok && (function == "fullurl" || function == "canonicalurl" || function == "fullurle") {
			to := p.titles.linkTo(target)
			for a := range t.Args() {
				if to.query == "" && !to.interwiki {
					to.query = strings.TrimSpace(p.text[a.Start:a.End])
				}
			}
			refs = append(refs, reference{Span: span, name: span, to: to})
			continue
		}
		if p.wiki != mediawiki || templateName(t, p.templateSpaces()) != "ll" {
			continue
		}
		if a, ok := t.Arg("1"); ok {
			refs = append(refs, reference{Span: span, name: wikitext.Span{Start: a.Start, End: a.End}, to: p.titles.linkTo(a.Value)})
		}
	}
	return refs
}
