// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the sections that a change adds to a page, for pages on which
// people propose things.

package detect

import (
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// LongestProposal is how many bytes of the text of a section are kept.
const LongestProposal = 2000

// Proposal is a section that a change added.
type Proposal struct {
	// Section is its heading as plain text, never empty.
	Section string
	// Text is what stands below it, as written, cut off when it is long.
	Text string
}

// Proposals returns the sections of the second level that a change added, in
// their order: those whose headings the page did not have before. A section that
// is only renamed is none, as far as its text was there.
func Proposals(c Change) []Proposal {
	had, all := map[string]bool{}, map[string]bool{}
	for _, p := range proposalsIn(c.Before) {
		had[p.Section], all[p.Text] = true, true
	}
	var added []Proposal
	for _, p := range proposalsIn(c.After) {
		if p.Section != "" && !had[p.Section] && (p.Text == "" || !all[p.Text]) {
			added = append(added, p)
		}
	}
	return added
}

func proposalsIn(text string) []Proposal {
	var all []Proposal
	begin := 0
	end := func(at int) {
		if len(all) > 0 {
			all[len(all)-1].Text = cutText(text[begin:at])
		}
	}
	open := false
	for h := range wikitext.Parse(text).Headings() {
		if h.Level > 2 {
			continue
		}
		if open {
			end(h.Start)
		}
		if open = h.Level == 2; open {
			all = append(all, Proposal{Section: wikitext.Plain(h.Title)})
			begin = h.End
		}
	}
	if open {
		end(len(text))
	}
	return all
}

// cutText shortens a text between two characters.
func cutText(text string) string {
	if len(text) <= LongestProposal {
		return text
	}
	n := LongestProposal
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n]
}
