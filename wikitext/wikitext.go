// SPDX-License-Identifier: GPL-3.0-or-later

// Package wikitext reads and edits the source text of wiki pages without
// losing a byte of it. It is pure: it takes text and returns spans, rows and
// new text.
//
// Its rule is that MediaWiki is right. What its preprocessor does not take for
// a template, a comment or a heading is none here either. One scan from left to
// right with an explicit stack finds everything; nothing is retried and nothing
// recurses, so the time is proportional to the length of the text, whatever the
// text is. Every offset is a byte offset in the text as given.
package wikitext

import "sync"

// Document is a parsed text. It is safe for concurrent use.
type Document struct {
	src string
	tree
	masked   func() string
	inner    func() *index
	headings func() []Heading
}

// Parse reads a text. Every text, also one that is no valid UTF-8, has a
// document: what is not closed is plain text.
func Parse(src string) *Document {
	d := &Document{src: src, tree: scan(src)}
	d.masked = sync.OnceValue(d.mask)
	d.inner = sync.OnceValue(d.index)
	d.headings = sync.OnceValue(d.findHeadings)
	return d
}

// String returns the text as it was given.
func (d *Document) String() string { return d.src }

// Span is a range of bytes: Start is its first byte, End the one after its
// last.
type Span struct{ Start, End int }

// Link is an internal link, [[Target]] or [[Target|Label]].
type Link struct {
	// Start and End span the link with its brackets.
	Start, End int
	// Target and Label are as written, with white space. The label is all
	// after the first pipe.
	Target, Label string
	// HasLabel tells [[a|b]] from [[a]].
	HasLabel bool
}

// URL is an external link.
type URL struct {
	// Start and End span the address alone, without brackets and label.
	Start, End int
	// Target is the address as written; in brackets it may begin with "//".
	Target string
	// Label is the text after the address in brackets, "" without one.
	Label string
	// Bracketed tells [https://example.org x] from a bare address.
	Bracketed bool
}

// Heading is a line such as == Title ==.
type Heading struct {
	// Start and End span the line without its line break.
	Start, End int
	// Level is 1 to 6.
	Level int
	// Title is what stands between the signs, as written, without comments
	// and outer white space.
	Title string
}

// Template is anything in double braces: a template, a parser function or a
// variable.
type Template struct {
	// Start and End span it with its braces.
	Start, End int
	// Name is what stands before the first pipe, without comments and outer
	// white space.
	Name string
	Args []Arg
}

// Arg is an argument of a template.
type Arg struct {
	// Name is the name of the argument, trimmed; a positional one has its
	// number, counted from 1.
	Name string
	// Value is as written; MediaWiki trims the values of named arguments
	// only, and so does Value.
	Value string
	// Start and End span the argument from after its pipe.
	Start, End int
}
