// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds comments: who signed the one that a mention stands in, and
// whether it is older than the edit, as one that was moved or copied is.

package detect

import (
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// comment is what ends with a signature. It begins behind the one before it or
// at the heading above.
type comment struct {
	start     int
	line      int // one more than where the line of the signature begins, 0 until it is asked for
	signature wikitext.Signature
	added     bool // the edit added its time
}

// staleAfter is how much older than the edit a comment's time must be for the
// comment to be a copy. MediaWiki writes the time when the edit is saved.
const staleAfter = time.Hour

// signed returns the comments of the text in order. If the edit added comments
// and all of them are older than it, all of what it added is a copy.
func (p *page) signed() []comment {
	if p.hasComments {
		return p.comments
	}
	p.hasComments = true
	headings, next, start := p.headings(), 0, 0
	added, fresh := 0, 0
	for s := range p.doc.Signatures() {
		for next < len(headings) && headings[next].Start < s.Start {
			start = max(start, headings[next].Start)
			next++
		}
		start = min(start, s.Start)
		c := comment{start: start, signature: s, added: p.added.overlap(s.TimeSpan)}
		p.comments = append(p.comments, c)
		start = s.End
		if c.added {
			added++
			if !p.stale(c) {
				fresh++
			}
		}
	}
	p.copied = added > 0 && fresh == 0
	return p.comments
}

// stale reports whether a comment is much older than the edit.
func (p *page) stale(c comment) bool {
	return !p.time.IsZero() && c.added && p.time.Sub(c.signature.Time) > staleAfter
}

// around returns the comment that a place in the text stands in.
func (p *page) around(start int) (*comment, bool) {
	all := p.signed()
	i := sort.Search(len(all), func(i int) bool { return all[i].signature.End > start })
	if i == len(all) || all[i].start > start {
		return nil, false
	}
	return &all[i], true
}

// author returns who signed the comment that a mention stands in. An unsigned
// remark above somebody's comment is not theirs: the signature stands on the
// same line, or came with the edit.
func (p *page) author(start, end int) string {
	c, ok := p.around(start)
	if !ok {
		return ""
	}
	if c.line == 0 {
		c.line = c.start + strings.LastIndexByte(p.text[c.start:c.signature.Start], '\n') + 2
	}
	if !c.added && end < c.line {
		return ""
	}
	return c.signature.User
}

// isCopy reports whether a reference was written long before the edit.
func (p *page) isCopy(at wikitext.Span) bool {
	if p.time.IsZero() {
		return false
	}
	if c, ok := p.around(at.Start); ok && c.added {
		return p.stale(*c)
	}
	return p.copied
}

// inSignature reports whether a stretch of text is in somebody's signature: what
// that links to is no part of what they say.
func (p *page) inSignature(at wikitext.Span) bool {
	c, ok := p.around(at.Start)
	return ok && at.End > c.signature.Start && at.End > p.signatureStart(c.signature)
}

// A gap of that many words between two links of a signature, or of that many
// signs, is a sentence about the user who then signs.
const (
	sentenceWords = 4
	sentenceSigns = 25
)

// signatureStart returns where the last of the stretches of text begins that
// begin with a link to the user, hold only links and decoration, and end with
// the signature.
func (p *page) signatureStart(s wikitext.Signature) int {
	i := sort.Search(len(p.links), func(i int) bool { return p.links[i].Start >= s.Start })
	start, end := s.Start, -1
	for ; i < len(p.links) && p.links[i].Start < s.TimeSpan.Start; i++ {
		l := p.links[i]
		if end >= 0 && l.Start > end {
			gap := strings.TrimSpace(wikitext.Plain(p.text[end:l.Start]))
			if len(strings.Fields(gap)) >= sentenceWords || utf8.RuneCountInString(gap) >= sentenceSigns && strings.Contains(gap, " ") {
				start = s.TimeSpan.Start
			}
		}
		if title, err := l.Title(); start == s.TimeSpan.Start && err == nil && title.Interwiki == "" && signingSpaces[title.Namespace] {
			start = l.Start
		}
		end = l.End
	}
	return start
}

// signingSpaces are the namespaces that the links of a signature lead to.
var signingSpaces = map[int]bool{specialNamespace: true, userNamespace: true, userTalkNamespace: true}
