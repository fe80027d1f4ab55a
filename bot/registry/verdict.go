// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the verdict: what the claims about an item add up to. It is
// pure, and imports nothing that is not.

package registry

import (
	"slices"
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
//  4. Unassigned: a source says that there is no steward, and no maintainer is
//     named. A name that somebody else put in does not outrank that: anybody
//     could take an item off the list of those that need somebody by naming a
//     bystander. The reason has the name, and the moment its owner confirms it
//     the item is owned.
//  5. Unconfirmed: somebody is named as steward who has not confirmed it.
//  6. Individual-only: no steward, but a maintainer.
//  7. Unknown: no source says anything about who looks after it. Who is only
//     consulted or informed does not.
func Judge(claims []Claim, accounts map[string]Account, limits Limits, now time.Time) Opinion {
	if len(claims) == 0 {
		return unknown
	}
	h := hear(claims, accounts, limits, now)
	switch {
	case len(h.disputed) > 0:
		return h.opinion(InDispute, "", h.disputed, h.held, h.named, h.nobody)
	case slices.ContainsFunc(h.held, h.answers):
		return h.opinion(Owned, "", h.held, h.nobody)
	case len(h.held) > 0:
		return h.opinion(Inactive, "", h.held, h.named, h.maintainers, h.nobody)
	case len(h.nobody) > 0 && len(h.maintainers) == 0:
		return h.opinion(Unassigned, "", h.nobody, h.named)
	case len(h.named) > 0:
		return h.opinion(UnconfirmedOnly, "", h.named, h.maintainers, h.nobody)
	case len(h.maintainers) > 0:
		return h.opinion(IndividualOnly, "No steward; ", h.maintainers, h.nobody)
	}
	return unknown
}

var unknown = Opinion{Unknown, "No source mentions it", "No source mentions it"}

// hearing is the claims about one item, by what they are worth.
type hearing struct {
	disputed, held, named, maintainers, nobody []Claim
	// alone says that all claims, those of other roles too, are of one source.
	alone  bool
	people map[string]person
	limits Limits
	now    time.Time
}

func hear(claims []Claim, accounts map[string]Account, limits Limits, now time.Time) hearing {
	if len(claims) > 1 {
		claims = slices.Clone(claims)
		slices.SortFunc(claims, compareClaims)
	}
	h := hearing{alone: true, people: people(claims, accounts), limits: limits, now: now}
	for _, c := range claims {
		h.alone = h.alone && c.Evidence.Source == claims[0].Evidence.Source
		switch {
		case c.HolderKind == Nobody:
			if c.Role == Steward {
				h.nobody = append(h.nobody, c)
			}
		case c.Role == Maintainer:
			h.maintainers = append(h.maintainers, c)
		case c.Role != Steward:
		case c.Standing == Disputed:
			if !h.answered(c, claims) {
				h.disputed = append(h.disputed, c)
			}
		case c.holds():
			h.held = append(h.held, c)
		default:
			h.named = append(h.named, c)
		}
	}
	return h
}

// holds reports whether the claim makes somebody steward as it stands.
func (c Claim) holds() bool {
	return c.Role == Steward && c.HolderKind != Nobody && (c.Standing == Confirmed || c.Standing == Stated)
}

// answered reports whether the owner of a disputed claim has spoken since,
// under the name that they have now.
func (h hearing) answered(disputed Claim, claims []Claim) bool {
	now := h.people[disputed.Holder].RenamedTo
	return now != "" && slices.ContainsFunc(claims, func(c Claim) bool {
		return c.Role == Steward && c.HolderKind == User && c.Standing == Confirmed && c.Holder == now &&
			!c.Evidence.Time.Before(disputed.Evidence.Time)
	})
}

// answers reports whether a holder may still answer. Teams always may.
func (h hearing) answers(c Claim) bool {
	return c.HolderKind != User || !h.people[c.Holder].inactive(h.limits, h.now)
}

// opinion gives a verdict with the claims that speak for it and against it.
func (h hearing) opinion(v Verdict, opening string, groups ...[]Claim) Opinion {
	closing := ""
	switch {
	case v == Unassigned && h.alone:
		closing = "; no other source"
	case h.disagree():
		closing = "; the sources disagree"
	}
	text := func(w wording) string {
		return upperFirst(opening+w.phrases(groups)) + closing
	}
	ground := wording{hearing: h, silent: func(c Claim) bool { return v == Inactive && c.holds() }}
	reason := wording{hearing: h, ages: true, silent: func(c Claim) bool { return !h.answers(c) }}
	return Opinion{v, text(reason), text(ground)}
}

// disagree reports whether two sources name quite different stewards, or one of
// them nobody. One that names more than another does not contradict it.
func (h hearing) disagree() bool {
	if len(h.held)+len(h.nobody) < 2 {
		return false
	}
	says := slices.Concat(h.held, h.nobody)
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
func (h hearing) overlap(source, other string, says []Claim) bool {
	for _, a := range says {
		if a.Evidence.Source == source && slices.ContainsFunc(says, func(b Claim) bool {
			return b.Evidence.Source == other && a.HolderKind == b.HolderKind && h.nameNow(a) == h.nameNow(b)
		}) {
			return true
		}
	}
	return false
}

// nameNow is the holder's name, or the one that the account has now.
func (h hearing) nameNow(c Claim) string {
	if c.HolderKind == User {
		if renamed := h.people[c.Holder].RenamedTo; renamed != "" {
			return renamed
		}
	}
	return c.Holder
}

func upperFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
