// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the text of an edit as the rules see it. Much of it is only
// made when a rule asks.

package detect

import (
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// page is the text of an edit.
type page struct {
	wiki    string
	title   string
	time    time.Time // of the edit, zero if nobody said
	text    string
	doc     *wikitext.Document
	links   []wikitext.Link
	titles  *titles
	lexicon *Lexicon
	naming  templateIndex
	ignore  []Ignored

	added spans
	// near is nil unless somebody asks why; silence is why nothing counts at
	// all. Rule and ref are those being looked at.
	near    *[]NearMiss
	silence string
	rule    *rule
	ref     reference

	blanked      string
	hasWords     bool
	has          words
	hasURLs      bool
	allURLs      []wikitext.URL
	hasTemplates bool
	allTemplates []wikitext.Template
	hasHeadings  bool
	allHeadings  []wikitext.Heading
	quiet        *quiet
	hasComments  bool
	comments     []comment
	copied       *bool // nil before anybody asked
	// signaturesRead counts those that were looked for one by one.
	signaturesRead int
	hasAux         bool
	aux            []Aux
	auxNames       map[int][]string // by section
	spaceNames     map[string]int
	// line is the one of the last mention that was held against the ignore list.
	line struct {
		wikitext.Span
		folded string
		has    map[string]bool // by phrase
	}
}

// expected is how many bytes of text there are to a link.
const expected = 160

// page parses the text after an edit.
func (d *Detector) page(c Change) *page {
	wiki, site := d.o.Wiki, d.site
	p := &page{
		wiki: wiki, title: c.Title, time: c.Time, text: c.After, doc: site.Parse(c.After), titles: &titles{wiki: wiki, site: site, accounts: d.o.Lexicon.hasAccounts()},
		lexicon: d.o.Lexicon, naming: d.naming, ignore: d.o.Ignore,
	}
	few := len(c.After)/expected + 8
	p.links = slices.AppendSeq(make([]wikitext.Link, 0, few), p.doc.Links())
	return p
}

// masked returns the text with spaces in place of comments, nowiki and the like.
func (p *page) masked() string {
	if p.blanked == "" {
		p.blanked = p.doc.Masked()
	}
	return p.blanked
}

// words are texts without which some rules have nothing to do.
type words struct{ js, gadget, extension bool }

// words looks for all of them by their rarest letters.
func (p *page) words() words {
	if p.hasWords {
		return p.has
	}
	p.hasWords = true
	text := p.text
	for i := 0; !p.has.js; i++ {
		n := strings.IndexByte(text[i:], 'j')
		if n < 0 {
			break
		}
		i += n
		p.has.js = i > 0 && text[i-1] == '.' && strings.HasPrefix(text[i:], "js")
	}
	for i := 0; !p.has.gadget || !p.has.extension; i++ {
		n := strings.IndexByte(text[i:], 'x')
		if n < 0 {
			break
		}
		if i += n; i > 0 {
			p.has.gadget = p.has.gadget || strings.HasPrefix(text[i-1:], modulePrefix)
			p.has.extension = p.has.extension || strings.HasPrefix(text[i-1:], literalPrefix)
		}
	}
	return p.has
}

func (p *page) urls() []wikitext.URL {
	if !p.hasURLs {
		p.allURLs, p.hasURLs = slices.Collect(p.doc.URLs()), true
	}
	return p.allURLs
}

func (p *page) templates() []wikitext.Template {
	if !p.hasTemplates {
		p.allTemplates, p.hasTemplates = slices.Collect(p.doc.Templates()), true
	}
	return p.allTemplates
}

func (p *page) headings() []wikitext.Heading {
	if !p.hasHeadings {
		p.allHeadings, p.hasHeadings = slices.Collect(p.doc.Headings()), true
	}
	return p.allHeadings
}

// templateSpaces returns the names of the wiki's namespaces.
func (p *page) templateSpaces() map[string]int {
	if p.spaceNames == nil {
		p.spaceNames = spacesOf(p.wiki)
		if p.spaceNames == nil {
			p.spaceNames = canonicalSpaces
		}
	}
	return p.spaceNames
}

// nearly notes that the reference being looked at is no mention.
func (p *page) nearly(kind Kind, wiki, name, reason string) {
	if p.near == nil {
		return
	}
	p.missed(Mention{Kind: kind, Wiki: wiki, Name: name, Rule: p.rule.name, Start: p.ref.Start, End: p.ref.End}, reason)
}

func (p *page) missed(m Mention, reason string) {
	*p.near = append(*p.near, NearMiss{Kind: m.Kind, Name: m.Name, Wiki: m.Wiki, Rule: m.Rule, Reason: reason, Start: m.Start, End: m.End})
}
