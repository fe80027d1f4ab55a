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

// comment is what ends with a timestamp, if that is one of a signature. It begins
// behind the one before it or at the heading above.
type comment struct {
	stamp     wikitext.Timestamp
	added     bool // the edit added its time
	state     commentState
	signature *wikitext.Signature
	line      int // where the line of the signature begins
	next      int // before this one no other is signed, as far as is known
}

type commentState uint8

const (
	unread commentState = iota
	signed
	unsigned
)

// staleAfter is how much older than the edit a comment's time must be for the
// comment to be a copy. MediaWiki writes the time when the edit is saved.
const staleAfter = time.Hour

// timestamps returns what may be comments. Most texts have many of them, and few
// that anybody asks for: who signed them is read later.
func (p *page) timestamps() []comment {
	if !p.hasComments {
		p.hasComments = true
		for t := range p.doc.Timestamps() {
			p.comments = append(p.comments, comment{stamp: t, added: p.added.overlap(t.Span)})
		}
	}
	return p.comments
}

const (
	// signatureRoom is how many bytes before a timestamp a signature may have.
	signatureRoom = 2048
	// manySignatures is the number from which on all are read at once.
	manySignatures = 100
)

// isSigned reports whether a timestamp is one of a signature, and reads that.
func (p *page) isSigned(c *comment) bool {
	if c.state != unread {
		return c.state == signed
	}
	at := c.stamp.Start
	if p.signaturesRead++; p.signaturesRead >= manySignatures {
		p.readSignatures(p.doc, 0)
		for i := range p.comments {
			if p.comments[i].state == unread {
				p.comments[i].state = unsigned
			}
		}
	} else {
		from := max(0, at-signatureRoom)
		from += strings.LastIndexByte(p.text[from:at], '\n') + 1
		to := min(len(p.text), c.stamp.End+len("]]"))
		p.readSignatures(p.doc.Site().Parse(p.text[from:to]), from)
		if c.state == unread {
			c.state = unsigned
		}
	}
	return c.state == signed
}

// readSignatures reads the signatures of a part of the text: of the last one
// alone, if it is not all of it, since what the others begin with may be cut off.
func (p *page) readSignatures(part *wikitext.Document, from int) {
	end := len(part.String())
	for s := range part.Signatures() {
		if part != p.doc && s.TimeSpan.End < end-len("]]") {
			continue
		}
		s.Start, s.End, s.TimeSpan = s.Start+from, s.End+from, wikitext.Span{Start: s.TimeSpan.Start + from, End: s.TimeSpan.End + from}
		i := sort.Search(len(p.comments), func(i int) bool { return p.comments[i].stamp.Start >= s.TimeSpan.Start })
		if i == len(p.comments) || p.comments[i].stamp.Start != s.TimeSpan.Start {
			continue
		}
		c := &p.comments[i]
		c.state, c.signature = signed, &s
		c.line = max(0, s.Start-signatureRoom)
		c.line += strings.LastIndexByte(p.text[c.line:s.Start], '\n') + 1
	}
}

// stale reports whether a comment is much older than the edit.
func (p *page) stale(c *comment) bool {
	return !p.time.IsZero() && c.added && p.time.Sub(c.stamp.Time) > staleAfter
}

// around returns the comment that a place in the text stands in.
func (p *page) around(start int) (*comment, bool) {
	all := p.timestamps()
	headings := p.headings()
	next := len(p.text)
	if i := sort.Search(len(headings), func(i int) bool { return headings[i].Start > start }); i < len(headings) {
		next = headings[i].Start
	}
	i := p.signedFrom(sort.Search(len(all), func(i int) bool { return all[i].stamp.End > start }), next)
	if i == len(all) || all[i].stamp.Start > next {
		return nil, false
	}
	return &all[i], all[i].signature.Start <= next
}

// signedFrom returns the number of the first comment from one on that is signed,
// or of the first timestamp behind a place.
func (p *page) signedFrom(first, end int) int {
	all, i := p.comments, first
	for i < len(all) && all[i].stamp.Start <= end && !p.isSigned(&all[i]) {
		i = max(i+1, all[i].next)
	}
	for k := first; k < i; { // nobody goes this way again
		k, all[k].next = max(k+1, all[k].next), i
	}
	return i
}

// author returns who signed the comment that a mention stands in. An unsigned
// remark above somebody's comment is not theirs: the signature stands on the
// same line, or came with the edit.
func (p *page) author(start, end int) string {
	c, ok := p.around(start)
	if !ok || !c.added && end <= c.line {
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
		return p.stale(c)
	}
	return p.addsOnlyCopies()
}

// addsOnlyCopies reports whether the edit added comments and all of them are
// older than it: then all of what it added is a copy.
func (p *page) addsOnlyCopies() bool {
	if p.copied == nil {
		all := p.timestamps()
		signed := func(stale bool) bool {
			for i := range all {
				if c := &all[i]; c.added && p.stale(c) == stale && p.isSigned(c) {
					return true
				}
			}
			return false
		}
		copied := !signed(false) && signed(true)
		p.copied = &copied
	}
	return *p.copied
}

// inSignature reports whether a stretch of text is in somebody's signature: what
// that links to is no part of what they say.
func (p *page) inSignature(at wikitext.Span) bool {
	c, ok := p.around(at.Start)
	return ok && at.End > c.signature.Start && at.End > p.signatureStart(*c.signature)
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
