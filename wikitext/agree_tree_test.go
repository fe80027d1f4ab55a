// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds MediaWiki's parse tree and ours as lists that can be compared.

package wikitext

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// fact is one thing that a text is said to hold: a template, an argument, a comment, an extension tag, a heading.
type fact struct {
	start, end int // bytes of the text
	what       string
}

func (f fact) String() string { return fmt.Sprintf("%d–%d %s", f.start, f.end, f.what) }

func sortFacts(list []fact) {
	slices.SortFunc(list, func(a, b fact) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.what, b.what))
	})
}

// The facts, in the words of both sides.
func templateFact(start, end int, name string) fact {
	return fact{start, end, fmt.Sprintf("template %q", name)}
}

func parameterFact(start, end int, name string) fact {
	return fact{start, end, fmt.Sprintf("parameter %q", name)}
}

func argumentFact(start, end int, name string, named bool, valueStart int, value string) fact {
	sign := "at"
	if named {
		sign = "="
	}
	return fact{start, end, fmt.Sprintf("argument %q %s %d %q", name, sign, valueStart, value)}
}

func commentFact(start, end int) fact { return fact{start, end, "comment"} }
func ignoredFact(start, end int) fact { return fact{start, end, "ignored"} }

// tagFact is of an extension tag; inner and innerEnd are equal to end if it closes itself.
func tagFact(start, end int, name string, inner, innerEnd int) fact {
	return fact{start, end, fmt.Sprintf("tag %s with %d–%d", name, inner, innerEnd)}
}

func headingFact(start, end, level, index int, section bool) fact {
	kind := "heading"
	if !section {
		kind = "heading inside something"
	}
	return fact{start, end, fmt.Sprintf("%s of level %d, number %d", kind, level, index)}
}

// element is an element of MediaWiki's tree that is open.
type element struct {
	name  string
	start int
	// Attributes: index of a name, level and i of a heading.
	index, level, number int
	// Where the parts of an extension tag, and the title of a template, begin and end; dropped are the comments
	// and ignored things in a title or name.
	inner, innerEnd int
	hasInner        bool
	tag             string
	dropped         []Span
	nameStart       int
	nameEnd         int
	nameText        string
	named           bool
}

// mediaWikiFacts reads a parse tree of MediaWiki's. Such a tree holds every byte of its text, so it gives their places.
func mediaWikiFacts(tree, text string) ([]fact, error) {
	var (
		facts   []fact
		stack   []element
		at      int
		failure error
	)
	// eat moves over signs that stand in the text and not in the tree.
	eat := func(sign string) {
		if !strings.HasPrefix(text[min(at, len(text)):], sign) && failure == nil {
			failure = fmt.Errorf("the tree has %q at byte %d, the text does not: %s", sign, at, excerpt(text, at))
		}
		at += len(sign)
	}
	// The decoder would make \n of \r.
	decoder := xml.NewDecoder(strings.NewReader(strings.ReplaceAll(tree, "\r", "&#13;")))
	for failure == nil {
		token, err := decoder.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read tree: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local}
			for _, a := range token.Attr {
				n, _ := strconv.Atoi(a.Value)
				switch a.Name.Local {
				case "index":
					e.index = n
				case "level":
					e.level = n
				case "i":
					e.number = n
				}
			}
			e.start = at
			switch e.name {
			case "template":
				eat("{{")
			case "tplarg":
				eat("{{{")
			case "part":
				eat("|")
			case "ext":
				eat("<")
			case "inner":
				eat(">")
			}
			if e.name == "title" || e.name == "name" || e.name == "inner" {
				e.start = at
			}
			stack = append(stack, e)
		case xml.CharData:
			eat(string(token))
		case xml.EndElement:
			e := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			var outer *element
			if len(stack) > 0 {
				outer = &stack[len(stack)-1]
			}
			switch e.name {
			case "title", "name":
				if outer.name == "ext" {
					outer.tag = text[e.start:at]
					break
				}
				outer.nameStart, outer.nameEnd = e.start, at
				outer.nameText = phpTrim(without(text, e.start, at, e.dropped))
				if e.index > 0 {
					outer.nameText = strconv.Itoa(e.index)
				}
			case "equals":
				if outer.name == "part" {
					outer.named = true
				}
			case "part":
				start, value, valueStart := e.start+1, text[e.start+1:at], e.start+1
				if e.named {
					value = text[e.nameEnd+1 : at]
					valueStart = at - len(strings.TrimLeft(value, phpSpace))
					value = phpTrim(value)
					if value == "" {
						valueStart = at
					}
				}
				facts = append(facts, argumentFact(start, at, e.nameText, e.named, valueStart, value))
			case "template":
				eat("}}")
				facts = append(facts, templateFact(e.start, at, e.nameText))
			case "tplarg":
				eat("}}}")
				facts = append(facts, parameterFact(e.start, at, e.nameText))
			case "inner":
				outer.hasInner, outer.inner, outer.innerEnd = true, e.start, at
			case "ext":
				if !e.hasInner {
					eat("/>")
					e.inner, e.innerEnd = at, at
				}
				facts = append(facts, tagFact(e.start, at, strings.ToLower(e.tag), e.inner, e.innerEnd))
			case "comment", "ignore":
				if e.name == "comment" {
					facts = append(facts, commentFact(e.start, at))
				} else {
					facts = append(facts, ignoredFact(e.start, at))
				}
				for i := len(stack) - 1; i >= 0; i-- {
					if name := stack[i].name; name != "h" && name != "possible-h" {
						stack[i].dropped = append(stack[i].dropped, Span{e.start, at})
						break
					}
				}
			case "h", "possible-h":
				facts = append(facts, headingFact(e.start, at, e.level, e.number, e.name == "h"))
			}
		}
	}
	if failure == nil && at != len(text) {
		failure = fmt.Errorf("the tree ends at byte %d of %d", at, len(text))
	}
	sortFacts(facts)
	return facts, failure
}

const phpSpace = " \t\n\r\x00\v"

func phpTrim(s string) string { return strings.Trim(s, phpSpace) }

// without returns a stretch of the text without some spans of it.
func without(text string, start, end int, spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(text[start:s.Start])
		start = s.End
	}
	b.WriteString(text[start:end])
	return b.String()
}

// excerpt shows the text around a place.
func excerpt(text string, at int) string {
	from, to := max(0, min(at, len(text))-50), min(len(text), at+70)
	return strings.ToValidUTF8(fmt.Sprintf("%q⟨here⟩%q", text[from:min(at, len(text))], text[min(at, len(text)):to]), "?")
}

// ourFacts reads the same off a document. What stands inside an extension tag is left out: MediaWiki's tree does not go
// into them.
func ourFacts(d *Document) []fact {
	var facts []fact
	sections := map[int]bool{}
	for h := range d.Headings() {
		sections[h.Start] = true
	}
	arguments := func(i int) {
		for a := range d.template(i, &d.nodes[i], false).Args() {
			if a.Value != d.src[a.ValueStart:a.ValueEnd] {
				facts = append(facts, fact{a.Start, a.End, fmt.Sprintf("argument whose value is %q, but its place is %d–%d", a.Value, a.ValueStart, a.ValueEnd)})
			}
			facts = append(facts, argumentFact(a.Start, a.End, a.Name, a.Named, a.ValueStart, a.Value))
		}
	}
	for i := 0; i < len(d.nodes); {
		n := &d.nodes[i]
		switch start, end := int(n.start), int(n.end); n.kind {
		case TemplateNode:
			facts = append(facts, templateFact(start, end, d.template(i, n, false).Name))
			arguments(i)
		case ParameterNode:
			facts = append(facts, parameterFact(start, end, d.template(i, n, false).Name))
			arguments(i)
		case CommentNode:
			facts = append(facts, commentFact(start, end))
		case IgnoredNode:
			facts = append(facts, ignoredFact(start, end))
		case HeadingNode:
			h := d.heading(i, n)
			facts = append(facts, headingFact(start, end, h.Level, h.Index, sections[start]))
		case TagNode:
			t := d.tag(n)
			facts = append(facts, tagFact(start, end, t.Name, t.Inner.Start, t.Inner.End))
			i = int(n.link)
			continue
		}
		i++
	}
	sortFacts(facts)
	return facts
}
