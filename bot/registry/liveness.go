// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is known of the people that claims name: whether
// somebody is there who could answer. It is pure, as the verdict is.

package registry

import (
	"strconv"
	"strings"
	"time"
)

// Limits are the thresholds of a verdict.
type Limits struct {
	// Inactive is how long a steward who is a user may be silent on every wiki
	// before nobody can tell whether they still answer; 0 is for ever.
	Inactive time.Duration
	// Wiki is the database name of the wiki that the words are for: pages of
	// others are named with their wiki. Without it only those of mediawiki.org
	// are.
	Wiki string
}

// person is a user whom the claims on one item name.
type person struct {
	Account
	// known says that the account was looked up.
	known bool
	// named is when the newest claim on the item named them, confirmed when the
	// last edit of theirs did; zero where no claim tells.
	named, confirmed time.Time
}

// people finds the users whom the claims on an item name, by the names that the
// claims have.
func people(claims []Claim, accounts map[string]Account) map[string]person {
	var found map[string]person
	for _, c := range claims {
		if c.HolderKind != User {
			continue
		}
		if found == nil {
			found = make(map[string]person, 2)
		}
		p, seen := found[c.Holder]
		if !seen {
			p.Account, p.known = accounts[c.Holder]
		}
		made := c.Evidence.Time
		if made.After(p.named) {
			p.named = made
		}
		if c.Standing == Confirmed && made.After(p.confirmed) {
			p.confirmed = made
		}
		found[c.Holder] = p
	}
	return found
}

// current reports whether what was looked up still counts: an edit that
// confirmed a claim later shows that somebody was there.
func (p person) current() bool { return p.known && !p.confirmed.After(p.Read) }

// bar says in words what keeps the account from ever answering, as things are;
// "" where nothing does.
func (p person) bar() string {
	switch {
	case !p.current():
		return ""
	case p.Missing:
		return "no such account"
	case p.Locked:
		return "locked"
	case p.Blocked && p.BlockedUntil.IsZero():
		return "blocked"
	}
	return ""
}

// last is the newest sign of life that is known; zero without any.
func (p person) last() time.Time {
	last := p.confirmed
	for _, t := range []time.Time{p.LastEdit, p.LastAction, p.LastGlobal} {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// inactive reports whether nobody can tell if the person still answers: the
// account is missing, locked, or blocked for ever or for longer than the limit,
// or it was silent everywhere for longer than the limit when it was looked up.
// Where no edit is known at all, the silence began when a source last began to
// name them. Nobody who was not looked up is inactive, and nobody becomes it because
// the accounts could not be read for a while.
func (p person) inactive(limits Limits, now time.Time) bool {
	switch {
	case !p.known:
		return false
	case p.bar() != "":
		return true
	case limits.Inactive <= 0:
		return false
	case p.current() && p.Blocked && p.BlockedUntil.Sub(now) > limits.Inactive:
		return true
	}
	since := p.last()
	if p.LastEdit.IsZero() && p.LastAction.IsZero() && p.LastGlobal.IsZero() && p.named.After(since) {
		since = p.named
	}
	if !p.Read.IsZero() && p.Read.Before(now) {
		now = p.Read
	}
	return !since.IsZero() && now.Sub(since) > limits.Inactive
}

// remarks are what a reader should know of the person, in brackets behind the
// name: the name they have now, and what keeps them from answering. Of a silent
// one it also has the last sign of life, as a date, or as an age where now is
// set; of others that is nobody's business.
func (p person) remarks(silent bool, now time.Time) string {
	var parts []string
	if p.RenamedTo != "" {
		parts = append(parts, "now "+p.RenamedTo)
	}
	bar := p.bar()
	if bar != "" {
		parts = append(parts, bar)
	}
	if silent && p.known {
		if bar == "" && p.current() && p.Blocked {
			parts = append(parts, "blocked until "+p.BlockedUntil.UTC().Format(time.DateOnly))
		}
		switch last := p.last(); {
		case p.Missing && bar != "":
		case last.IsZero():
			parts = append(parts, "no edit known")
		case now.IsZero():
			parts = append(parts, "last active "+last.UTC().Format(time.DateOnly))
		default:
			parts = append(parts, "last active "+age(now.Sub(last)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// age says how long ago something was, in the biggest unit that gives a number
// of at least two, up to years.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		length, from time.Duration
		name         string
	}{
		{365 * day, 2 * 365 * day, "years"},
		{30 * day, 60 * day, "months"},
		{day, 2 * day, "days"},
		{time.Hour, time.Hour, "h"},
		{time.Minute, time.Minute, "min"},
	} {
		if d >= unit.from {
			return strconv.FormatInt(int64(d/unit.length), 10) + " " + unit.name + " ago"
		}
	}
	return "just now"
}
