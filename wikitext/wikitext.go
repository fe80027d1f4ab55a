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
	src   string
	site  *Site
	nodes []node // in order of start, outer before inner

	maskOnce    sync.Once
	masked      string
	sectionOnce sync.Once
	sections    []section
}

// Parse reads a text as DefaultSite().Parse does.
func Parse(src string) *Document { return DefaultSite().Parse(src) }

// Parse reads a text as readers of the page get it: what stands in noinclude is
// part of it, what stands in includeonly is not. Every text, also one that is no
// valid UTF-8, has a document: what is not closed is plain text.
func (s *Site) Parse(src string) *Document {
	return &Document{src: src, site: s, nodes: scan(s, src, false)}
}

// ParseTransclusion is Parse for what a page gets that transcludes the text:
// includeonly is part of it, noinclude is not, and if anything stands in
// onlyinclude, nothing else is.
func (s *Site) ParseTransclusion(src string) *Document {
	return &Document{src: src, site: s, nodes: scan(s, src, true)}
}

// String returns the text as it was given.
func (d *Document) String() string { return d.src }

// Site returns the wiki as which the text was read.
func (d *Document) Site() *Site { return d.site }

// Span is a range of bytes: Start is its first byte, End the one after its
// last.
type Span struct{ Start, End int }
