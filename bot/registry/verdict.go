// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the verdict: what the claims about an item add up to. It is
// pure, and imports nothing that is not.

package registry

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Verdict is what the claims about an item add up to.
type Verdict string

// The verdicts, from most to least looked after. Unknown is not Unassigned:
// nobody has said anything about the item.
const (
	Owned           Verdict = "owned"
	IndividualOnly  Verdict = "individual-only"
	UnconfirmedOnly Verdict = "unconfirmed"
	Inactive        Verdict = "inactive"
	InDispute       Verdict = "disputed"
	Unassigned      Verdict = "unassigned"
	Unknown         Verdict = "unknown"
)

// Verdicts lists every verdict in that order.
var Verdicts = []Verdict{Owned, IndividualOnly, UnconfirmedOnly, Inactive, InDispute, Unassigned, Unknown}

// Opinion is a verdict with its reason in words.
type Opinion struct {
	Verdict Verdict `json:"verdict"`
	// Reason names pages, revisions and holders as they were written: escape it
	// before it enters wikitext. It holds no ages, so that it stays the same
	// while the claims do.
	Reason string `json:"reason"`
}

// Limits are the thresholds of a verdict.
type Limits struct {
	// Inactive is how long a steward who is a user may be silent on every wiki
	// before nobody can tell whether they still answer; 0 is for ever.
	Inactive time.Duration
}

// Judge gives the verdict on an item from its claims in force. A dispute comes
// first, then a steward's own word or a source's, then names that nobody
// confirmed, then maintainers, then a source's word that there is nobody.
func Judge(claims []Claim, accounts map[string]Account, limits Limits, now time.Time) Opinion {
	claims = slices.Clone(claims)
	slices.SortStableFunc(claims, compareClaims)
	var disputed, held, named, maintainers, nobody []Claim
	for _, c := range claims {
		switch {
		case c.HolderKind == Nobody:
			if c.Role == Steward {
				nobody = append(nobody, c)
			}
		case c.Role == Maintainer:
			maintainers = append(maintainers, c)
		case c.Role != Steward:
		case c.Standing == Disputed:
			disputed = append(disputed, c)
		case c.Standing == Confirmed || c.Standing == Stated:
			held = append(held, c)
		default:
			named = append(named, c)
		}
	}

	switch {
	case len(disputed) > 0:
		return Opinion{InDispute, reason(disputed, held, named, nobody)}
	case len(held) > 0:
		return Opinion{Owned, reason(held, nobody)}
	case len(named) > 0:
		return Opinion{UnconfirmedOnly, reason(named, nobody)}
	case len(maintainers) > 0:
		return Opinion{IndividualOnly, "No steward; " + phrases(maintainers, nobody)}
	case len(nobody) > 0:
		if len(nobody) == 1 {
			return Opinion{Unassigned, reason(nobody) + "; no other source"}
		}
		return Opinion{Unassigned, reason(nobody)}
	}
	return Opinion{Unknown, "No source mentions it"}
}

// reason joins what the claims say to one sentence without a full stop.
func reason(groups ...[]Claim) string {
	text := phrases(groups...)
	if strings.HasPrefix(text, "unassigned ") || strings.HasPrefix(text, "steward ") {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

func phrases(groups ...[]Claim) string {
	var parts []string
	for _, group := range groups {
		for _, c := range group {
			parts = append(parts, phrase(c))
		}
	}
	return strings.Join(parts, "; ")
}

// phrase says one claim in words, with the page and the revision it comes from.
func phrase(c Claim) string {
	where := "in " + place(c.Evidence)
	switch {
	case c.HolderKind == Nobody:
		return "unassigned " + where
	case c.Standing == Disputed:
		return "steward " + c.Holder + " was taken out" + by(c) + " " + where + ", and has not answered yet"
	case c.Standing == Unconfirmed:
		return "steward " + c.Holder + " was named" + by(c) + " " + where + ", and has not confirmed it yet"
	case c.Standing == Suggested:
		return "steward " + c.Holder + " was suggested without an account " + where
	case c.Standing == Confirmed:
		return string(c.Role) + " " + c.Holder + ", confirmed " + where
	}
	return string(c.Role) + " " + c.Holder + " " + where
}

func by(c Claim) string {
	if c.Evidence.User == "" {
		return ""
	}
	return " by " + c.Evidence.User
}

func place(e Evidence) string {
	switch {
	case e.Page == "":
		return "source " + e.Source
	case e.Revision == 0:
		return e.Page
	}
	return e.Page + ", revision " + strconv.FormatInt(e.Revision, 10)
}

// compareClaims orders claims for people: by source, then page, then holder.
func compareClaims(a, b Claim) int {
	for _, pair := range [...][2]string{
		{a.Evidence.Source, b.Evidence.Source},
		{a.Evidence.Page, b.Evidence.Page},
		{string(a.Role), string(b.Role)},
		{string(a.HolderKind), string(b.HolderKind)},
		{a.Holder, b.Holder},
	} {
		if n := strings.Compare(pair[0], pair[1]); n != 0 {
			return n
		}
	}
	return 0
}
