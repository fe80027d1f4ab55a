// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what reasons consist of: phrases, which are data without a
// language. It is pure, as the verdict is.

package registry

import (
	"cmp"
	"strings"
	"time"
)

// mostPhrases is how many claims of one sort a reason spells out.
const mostPhrases = 5

// Phrase is a part of a reason: what one claim says, or what is true of all.
type Phrase struct {
	// Name says what the phrase is; one of the keys of English.
	Name string
	// Claim is what it tells, nil where it is about no single claim.
	Claim *Claim
	// Page is the title of the claim's page, with the prefix of its wiki if
	// readers know one. Wiki names it where there is none and they need it.
	Page, Wiki string
	// Remarks tell what a reader should know of the person whom the claim names.
	Remarks []Remark
	// Read is how long ago the source was read; the zero of Age says nothing.
	Read Age
	// More is how many claims are left out.
	More int
}

// Remark is something about a person whom a claim names.
type Remark struct {
	// Name says what it is; one of the keys of English.
	Name string
	// User is the name that the person has now.
	User string
	// Day is when something ends or was last seen, Ago how long ago that was; only
	// one of them is given, if any.
	Day time.Time
	Ago Age
}

// Age is how long ago something was, in one unit.
type Age struct {
	// Name is the unit; one of the keys of English, "" for no age at all.
	Name string
	N    int64
}

// telling makes phrases of the claims of a hearing.
type telling struct {
	*hearing
	verdict Verdict
	// ages adds how long ago each source was read and how long people have been
	// silent. Without them a silent steward has a date, and only where that is
	// what the verdict is about.
	ages bool
}

// phrases adds what the claims say, in groups, between what is said before and
// after them; "" for nothing.
func (t telling) phrases(to []Phrase, opening string, groups [][]Claim, closing string) []Phrase {
	if opening != "" {
		to = append(to, Phrase{Name: opening})
	}
	for _, group := range groups {
		for i := range group[:min(len(group), mostPhrases)] {
			to = append(to, t.phrase(&group[i]))
		}
		if more := len(group) - mostPhrases; more > 0 {
			to = append(to, Phrase{Name: "more", More: more})
		}
	}
	if closing != "" {
		to = append(to, Phrase{Name: closing})
	}
	return to
}

// said are the names of the phrases that tell who has which role, by the
// standing of the claim; where it matters who made the edit, with "-by".
var said = map[Role]map[Standing]string{
	Steward: {
		Stated: "steward", Confirmed: "steward-confirmed", Unconfirmed: "steward-named", Suggested: "steward-suggested", Disputed: "steward-removed",
	},
	Maintainer: {
		Stated: "maintainer", Confirmed: "maintainer-confirmed", Unconfirmed: "maintainer-named", Suggested: "maintainer-suggested", Disputed: "maintainer-removed",
	},
}

// by are those that name who made the edit.
var by = map[string]string{
	"steward-named": "steward-named-by", "steward-removed": "steward-removed-by",
	"maintainer-named": "maintainer-named-by", "maintainer-removed": "maintainer-removed-by",
}

// phrase tells one claim, with the page and the revision it comes from.
func (t telling) phrase(c *Claim) Phrase {
	p := Phrase{Claim: c}
	p.Page, p.Wiki = pageOn(&c.Evidence, t.limits.Wiki)
	if t.ages && !c.Evidence.Read.IsZero() {
		p.Read = age(t.now.Sub(c.Evidence.Read))
	}
	switch {
	case c.HolderKind == Nobody && c.Role == Maintainer:
		p.Name = "unmaintained"
		return p
	case c.HolderKind == Nobody:
		p.Name = "unassigned"
		return p
	case c.HolderKind == User:
		p.Remarks = t.remarks(c)
	}
	p.Name = said[c.Role][c.Standing]
	if t.limits.lapsed(c, t.now) {
		p.Name = string(c.Role) + "-lapsed"
	}
	if named := by[p.Name]; named != "" && c.Evidence.User != "" {
		p.Name = named
	}
	return p
}

// remarks are what a reader should know of a person: the name they have now, and
// what keeps them from answering. When they were last active is said of silent
// ones alone; of others it is nobody's business.
func (t telling) remarks(c *Claim) []Remark {
	p := t.people.of(c)
	if !p.known {
		return nil
	}
	var out []Remark
	if p.RenamedTo != "" {
		out = append(out, Remark{Name: "renamed", User: p.RenamedTo})
	}
	bar := p.bar()
	if bar != "" {
		out = append(out, Remark{Name: bar})
	}
	silent := t.verdict == Inactive && t.worth(c, nil) == holds
	if t.ages {
		silent = p.inactive(t.limits, t.now)
	}
	if silent && bar == "" && p.current() && p.Blocked {
		out = append(out, Remark{Name: "blocked-until", Day: p.BlockedUntil})
	}
	switch last := p.last(); {
	case !silent, bar == noAccount:
	case last.IsZero():
		out = append(out, Remark{Name: "never-active"})
	case t.ages:
		out = append(out, Remark{Name: "last-active", Ago: age(t.now.Sub(last))})
	default:
		out = append(out, Remark{Name: "last-active", Day: last})
	}
	return out
}

// wikiPrefixes are what links to pages of a wiki begin with on every other one
// of Wikimedia's.
var wikiPrefixes = map[string]string{
	"mediawikiwiki": "mw:", "metawiki": "m:", "commonswiki": "c:", "wikidatawiki": "d:", "labswiki": "wikitech:",
}

// pageOn names a page for the readers of a wiki, "" if nobody knows which that
// is: then pages stand alone, but for those of mediawiki.org. on is the wiki
// where that has to be said.
func pageOn(e *Evidence, home string) (page, on string) {
	prefix, known := wikiPrefixes[e.Wiki]
	switch {
	case e.Wiki == "", e.Wiki == home, home == "" && e.Wiki != "mediawikiwiki", known && strings.HasPrefix(e.Page, prefix):
		return e.Page, ""
	case !known:
		return e.Page, e.Wiki
	}
	return prefix + e.Page, ""
}

// compareClaims orders claims for people: by source, then page, then what they
// say. Only claims that are alike in all that a verdict reads are equal.
func compareClaims(a, b *Claim) int {
	x, y := &a.Evidence, &b.Evidence
	return cmp.Or(
		strings.Compare(x.Source, y.Source),
		strings.Compare(x.Page, y.Page),
		strings.Compare(string(a.Role), string(b.Role)),
		strings.Compare(string(a.HolderKind), string(b.HolderKind)),
		strings.Compare(a.Holder, b.Holder),
		strings.Compare(string(a.Standing), string(b.Standing)),
		strings.Compare(x.Wiki, y.Wiki),
		cmp.Compare(x.Revision, y.Revision),
		strings.Compare(x.User, y.User),
		x.Time.Compare(y.Time),
		x.Read.Compare(y.Read),
	)
}
