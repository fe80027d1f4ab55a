// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what a detector says when it is asked why.

package detect

import (
	"cmp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Explanation is what an edit names, and what it nearly does.
type Explanation struct {
	// Mentions are those of Detector.Mentions.
	Mentions []Mention
	// Near are those that something speaks against, sorted by Start.
	Near []NearMiss
	// Aux are the tasks and changes that the added text names, such as "T123"
	// and "gerrit:456", in the order of the text. They are no mentions.
	Aux []Aux
}

// NearMiss is a stretch of text that looks like a mention and is none.
type NearMiss struct {
	// Kind and Name say of what; Kind is "" where that cannot be told.
	Kind Kind
	Name string
	Wiki string
	// Rule is the name of the rule that all but found it.
	Rule string
	// Reason says what speaks against it, such as "inside a citation".
	Reason string
	// Start and End are byte offsets in the text after the edit.
	Start, End int
}

// Explain returns the mentions in an edit and what is nearly one, with the
// reason why it is not.
func (d *Detector) Explain(c Change) Explanation {
	d = d.on(c)
	var ex Explanation
	added := addedBy(c)
	p := d.page(c)
	p.near, p.silence, p.titles.all = &ex.Near, d.silence(c), true
	ex.Mentions = p.once(p.search(added))
	if p.silence == "" {
		ex.Aux = slices.Clone(p.auxiliaries())
	}
	d.hidden(c, p)
	slices.SortStableFunc(ex.Near, func(a, b NearMiss) int { return cmp.Compare(a.Start, b.Start) })
	ex.Near = slices.Compact(ex.Near)
	return ex
}

// hidden notes what would be mentions if comments, nowiki and the like were
// text.
func (d *Detector) hidden(c Change, shown *page) {
	bare := *d
	bare.site = d.site.WithTags()
	c.After = strings.NewReplacer("<!--", "    ", "-->", "   ").Replace(c.After)
	p := bare.page(c)
	for _, m := range p.search(shown.added) {
		at := wikitext.Span{Start: m.Start, End: m.End}
		if masked := shown.masked()[at.Start:at.End]; strings.TrimSpace(masked) == "" {
			shown.missed(m.Mention, "inside a comment, nowiki or code")
		}
	}
}
