// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the rules that find links, addresses, templates that link,
// and script calls.

package detect

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func localLinks(p *page) []reference     { return p.linked(false) }
func interwikiLinks(p *page) []reference { return p.linked(true) }

// linked returns the links with or without an interwiki prefix.
func (p *page) linked(interwiki bool) []reference {
	var refs []reference
	for _, l := range p.links {
		to, other := linkTo(p.wiki, l.Target)
		if other != interwiki {
			continue
		}
		name := wikitext.Span{Start: l.Start + len("[["), End: l.Start + len("[[") + len(l.Target)}
		refs = append(refs, reference{Span: wikitext.Span{Start: l.Start, End: l.End}, name: name, to: to})
	}
	return refs
}

func urls(p *page) []reference {
	var refs []reference
	for _, u := range p.urls {
		address := u.Target
		if u.Start > 0 && p.text[u.Start-1] == '\'' { // a string in code
			address, _, _ = strings.Cut(address, "'")
		}
		if to, ok := parseAddress(address); ok {
			span := wikitext.Span{Start: u.Start, End: u.Start + len(address)}
			refs = append(refs, reference{Span: span, name: span, to: to})
		}
	}
	return refs
}

// fullURLs finds {{fullurl:toolforge:TOOL|query}}, the documented way to give an
// interwiki link a query.
func fullURLs(p *page) []reference {
	var refs []reference
	for _, t := range p.templates {
		function, target, ok := strings.Cut(t.Name, ":")
		if function = strings.ToLower(function); !ok || function != "fullurl" && function != "canonicalurl" {
			continue
		}
		to, _ := linkTo(p.wiki, target)
		span := wikitext.Span{Start: t.Start, End: t.End}
		refs = append(refs, reference{Span: span, name: span, to: to})
	}
	return refs
}

// linkTemplates finds {{ll|Page}}, which links the translation of a page on
// mediawiki.org. Elsewhere the name may mean anything.
func linkTemplates(p *page) []reference {
	return p.templated("ll", func(value string) reference {
		to, _ := linkTo(p.wiki, value)
		return reference{to: to}
	})
}

// extensionTemplates finds {{ext|X}} on mediawiki.org. Elsewhere its parameter
// may be the end of a file's name.
func extensionTemplates(p *page) []reference {
	return p.templated("ext", func(value string) reference {
		return reference{items: named(Extension, pageTitle(wikitext.DecodeTitle(value)))}
	})
}

// templated makes a reference of the first or the name argument of each template
// of a name, on mediawiki.org.
func (p *page) templated(name string, read func(value string) reference) []reference {
	if p.wiki != mediawiki {
		return nil
	}
	var refs []reference
	for _, t := range p.templates {
		if templateName(t) != name {
			continue
		}
		for a := range t.Args() {
			if a.Name != "1" && a.Name != "name" {
				continue
			}
			ref := read(a.Value)
			ref.Span = wikitext.Span{Start: t.Start, End: t.End}
			ref.name = wikitext.Span{Start: a.Start, End: a.End}
			refs = append(refs, ref)
			break
		}
	}
	return refs
}

// calls load scripts; true: the argument is a page title, not an address.
var calls = []struct {
	name  string
	title bool
}{
	{"importScript(", true},
	{"importScriptURI(", false},
	{"mw.loader.load(", false},
	{"mw.loader.getScript(", false},
	{"$.getScript(", false},
}

// longestArgument bounds the strings in calls, in bytes.
const longestArgument = 512

// scriptCalls finds the string argument of the calls that load a script.
func scriptCalls(p *page) []reference {
	var refs []reference
	text := p.doc.Masked()
	for _, call := range calls {
		for i := 0; ; {
			n := strings.Index(text[i:], call.name)
			if n < 0 {
				break
			}
			start := i + n
			i = start + len(call.name)
			if start > 0 && (isLetter(text[start-1]) || text[start-1] == '.') {
				continue
			}
			value, at := quoted(text, i)
			if value == "" {
				continue
			}
			var to place
			if call.title {
				to = p.imported(value, text[at+len(value)+1:])
			} else {
				to = p.loaded(value)
			}
			name := wikitext.Span{Start: at, End: at + len(value)}
			refs = append(refs, reference{Span: name, name: name, to: to})
		}
	}
	return refs
}

// imported is the page that importScript loads; a second argument is the
// language of another wiki of the project.
func (p *page) imported(title, rest string) place {
	title = strings.TrimPrefix(title, "/wiki/")
	to := place{wiki: p.wiki, title: pageTitle(wikitext.DecodeTitle(title))}
	rest = strings.TrimLeft(rest[:min(len(rest), longestPrefix)], " ")
	if second, ok := strings.CutPrefix(rest, ","); ok {
		language, _ := quoted(second, 0)
		if languages[language] {
			to.wiki, _ = wikiOfPrefix(language, p.wiki)
		}
	}
	return to
}

// loaded is what an address in a call leads to; one without a host is on the
// wiki itself.
func (p *page) loaded(address string) place {
	if to, ok := parseAddress(address); ok {
		return to
	}
	if path, ok := strings.CutPrefix(address, "/"); ok {
		var to place
		path, to.fragment, _ = strings.Cut(path, "#")
		to.path, to.query, _ = strings.Cut(path, "?")
		to.onWiki(p.wiki)
		return to
	}
	return place{}
}

// quoted returns the string in quotation marks that begins at i, after blanks,
// and where it begins; "" if there is none on the line.
func quoted(text string, i int) (value string, at int) {
	for i < len(text) && text[i] == ' ' {
		i++
	}
	if i == len(text) || strings.IndexByte("'\"`", text[i]) < 0 {
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
