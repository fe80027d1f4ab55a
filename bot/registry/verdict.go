// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the verdict: what the claims about an item add up to. It is
// pure, and imports nothing that is not.

package registry

import (
	"cmp"
	"slices"
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

// Opinion is a verdict with its reason in words. Both texts name pages, users
// and teams as they were written: escape them before they enter wikitext.
type Opinion struct {
	Verdict Verdict `json:"verdict"`
	// Reason is for people who ask now: it tells how long ago each source was
	// read, and how long somebody has been silent.
	Reason string `json:"reason"`
	// Ground is for pages: the reason without ages. It stays the same, letter
	// for letter, while the claims, the accounts and the verdict do.
	Ground string `json:"-"`
}

// Judge gives the verdict on an item from its claims in force, in any order,
// and from the accounts that were looked up, by name. The first of these that
// holds counts:
//
//  1. Disputed: a name that its owner had put in was taken out by somebody else,
//     and the owner has not answered. Until then every other answer would take
//     sides.
//  2. Owned: a steward has confirmed it or a source states one, and at least one
//     of those is a team or may still answer. That another source says
//     "unassigned" does not undo it; the reason has both.
//  3. Inactive: there are such stewards, and nobody can tell whether any of them
//     still answers.
//  4. Unassigned: a source says that there is no steward, or that nobody
//     maintains the item, and none states a maintainer. A name that somebody
//     else put in does not outrank that: anybody could take an item off the list
//     of those that need somebody by naming a bystander. The reason has the name,
//     and the moment its owner confirms it the item is owned.
//  5. Unconfirmed: somebody is named as steward who has not confirmed it, or who
//     confirmed it long ago and was reminded twice since.
//  6. Individual-only: no steward, but a maintainer whom a source states.
//  7. Unconfirmed, too: no more than a maintainer who has not confirmed it, such
//     as one whom the head of a script names.
//  8. Unknown: no source says anything about who looks after it. Who is only
//     consulted or informed does not.
func Judge(claims []Claim, accounts map[string]Account, limits Limits, now time.Time) Opinion {
	if len(claims) == 0 {
		return unknown
	}
	return hear(claims, accounts, limits, now).decide().opinion()
}

// Reasons gives the verdict with the phrases of its Ground, which point to claims.
func Reasons(claims []Claim, accounts map[string]Account, limits Limits, now time.Time) (Verdict, []Phrase) {
	d := decision{verdict: Unknown, opening: "no-source"}
	if len(claims) > 0 {
		d = hear(claims, accounts, limits, now).decide()
	}
	return d.verdict, d.phrases(nil, false)
}

// decision is a verdict with what speaks for it and against it.
type decision struct {
	*hearing
	verdict          Verdict
	opening, closing string // names of phrases before and after the claims, "" for none
	groups           [5][]Claim
}

func (h *hearing) decide() decision {
	disputed, held, named, nobody := h.sorts[dispute], h.sorts[holds], h.sorts[names], h.sorts[denies]
	maintainers, hinted := h.sorts[maintains], h.sorts[hints]
	switch {
	case len(disputed) > 0:
		return h.decision(InDispute, "", disputed, held, named, nobody)
	case slices.ContainsFunc(held, h.answers):
		return h.decision(Owned, "", held, nobody)
	case len(held) > 0:
		return h.decision(Inactive, "", held, named, maintainers, hinted, nobody)
	case len(nobody) > 0 && len(maintainers) == 0:
		return h.decision(Unassigned, "", nobody, named, hinted)
	case len(named) > 0:
		return h.decision(UnconfirmedOnly, "", named, maintainers, hinted, nobody)
	case len(maintainers) > 0:
		return h.decision(IndividualOnly, "no-steward", maintainers, hinted, nobody)
	case len(hinted) > 0:
		return h.decision(UnconfirmedOnly, "", hinted)
	}
	return decision{hearing: h, verdict: Unknown, opening: "no-source"}
}

// unknown is the opinion where there are no claims.
var unknown = decision{verdict: Unknown, opening: "no-source"}.opinion()

// worth is what a claim is worth to a verdict.
type worth int

// The worths: a steward who was taken out, one who holds, one whom somebody
// named, a maintainer whom a source states, one whom somebody named, a source's
// word that there is no steward or no maintainer, and nothing.
const (
	dispute worth = iota
	holds
	names
	maintains
	hints
	denies
	nothing
)

// hearing is the claims about one item, by what they are worth.
type hearing struct {
	sorts [nothing + 1][]Claim
	// alone says that all claims, those that are worth nothing too, are of one
	// source.
	alone  bool
	people people
	limits Limits
	now    time.Time
}

func hear(claims []Claim, accounts map[string]Account, limits Limits, now time.Time) *hearing {
	h := &hearing{alone: true, people: peopleIn(claims, accounts), limits: limits, now: now}
	if len(claims) > 1 {
		all := claims
		claims = slices.Clone(claims)
		slices.SortFunc(claims, func(a, b Claim) int {
			return cmp.Or(cmp.Compare(h.worth(&a, all), h.worth(&b, all)), compareClaims(&a, &b))
		})
	}
	for start, i := 0, 1; i <= len(claims); i++ {
		w := h.worth(&claims[start], claims)
		if i == len(claims) || h.worth(&claims[i], claims) != w {
			h.sorts[w] = claims[start:i]
			start = i
		}
	}
	for i := range claims {
		h.alone = h.alone && claims[i].Evidence.Source == claims[0].Evidence.Source
	}
	return h
}

func (h *hearing) worth(c *Claim, all []Claim) worth {
	switch {
	case c.Role != Steward && c.Role != Maintainer:
		return nothing
	case c.HolderKind == Nobody:
		return denies
	case c.Role == Maintainer && (c.Standing == Unconfirmed || c.Standing == Suggested || h.limits.lapsed(c, h.now)):
		return hints
	case c.Role == Maintainer:
		return maintains
	case c.Standing == Stated, c.Standing == Confirmed && !h.limits.lapsed(c, h.now):
		return holds
	case c.Standing != Disputed:
		return names
	case h.answered(c, all):
		return nothing
	}
	return dispute
}

// answered reports whether the owner of a disputed claim has spoken since,
// under the name that they have now, or on another page.
func (h *hearing) answered(disputed *Claim, all []Claim) bool {
	now := cmp.Or(h.people.of(disputed).RenamedTo, disputed.Holder)
	return slices.ContainsFunc(all, func(c Claim) bool {
		return c.Role == Steward && c.HolderKind == User && c.Standing == Confirmed && c.Holder == now &&
			!c.Evidence.Time.Before(disputed.Evidence.Time)
	})
}

// answers reports whether a holder may still answer. Teams always may.
func (h *hearing) answers(c Claim) bool {
	return c.HolderKind != User || !h.people.of(&c).inactive(h.limits, h.now)
}

func (h *hearing) decision(v Verdict, opening string, groups ...[]Claim) decision {
	d := decision{hearing: h, verdict: v, opening: opening}
	copy(d.groups[:], groups)
	switch {
	case v == Unassigned && h.alone:
		d.closing = "no-other-source"
	case h.disagree():
		d.closing = "disagree"
	}
	return d
}

func (d decision) phrases(to []Phrase, ages bool) []Phrase {
	return telling{d.hearing, d.verdict, ages}.phrases(to, d.opening, d.groups[:], d.closing)
}

// opinion puts the decision in words.
func (d decision) opinion() Opinion {
	var room [8]Phrase
	b := make([]byte, 0, sentenceLength)
	reason := string(inEnglish.sentence(b, d.phrases(room[:0], true)))
	return Opinion{d.verdict, reason, string(inEnglish.sentence(b, d.phrases(room[:0], false)))}
}

// disagree reports whether two sources name quite different stewards, or one of
// them nobody. One that names more than another does not contradict it.
func (h *hearing) disagree() bool {
	if len(h.sorts[holds])+len(h.sorts[denies]) < 2 {
		return false
	}
	says := slices.Concat(h.sorts[holds], h.sorts[denies])
	for i, a := range says {
		if slices.ContainsFunc(says[i+1:], func(b Claim) bool {
			return a.Evidence.Source != b.Evidence.Source && !h.overlap(a.Evidence.Source, b.Evidence.Source, says)
		}) {
			return true
		}
	}
	return false
}

// overlap reports whether two sources name somebody in common.
func (h *hearing) overlap(source, other string, says []Claim) bool {
	for _, a := range says {
		if a.Evidence.Source == source && slices.ContainsFunc(says, func(b Claim) bool {
			return b.Evidence.Source == other && a.HolderKind == b.HolderKind && h.nameNow(&a) == h.nameNow(&b)
		}) {
			return true
		}
	}
	return false
}

// nameNow is the holder's name, or the one that the account has now.
func (h *hearing) nameNow(c *Claim) string {
	if c.HolderKind == User {
		return cmp.Or(h.people.of(c).RenamedTo, c.Holder)
	}
	return c.Holder
}
