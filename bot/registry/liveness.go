// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is known of the people that claims name: whether
// somebody is there who could answer. It is pure, as the verdict is.

package registry

import "time"

// Limits are the thresholds of a verdict.
type Limits struct {
	// Inactive is how long a steward who is a user may be silent on every wiki
	// before nobody can tell whether they still answer; 0 is for ever.
	Inactive time.Duration
	// Reconfirm is after how many months a confirmed claim has to be confirmed
	// again; 0 is never.
	Reconfirm int
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

// people are the users whom the claims on an item name.
type people []person

// peopleIn finds the users that claims name.
func peopleIn(claims []Claim, accounts map[string]Account) people {
	var found people
	for i := range claims {
		c := &claims[i]
		if c.HolderKind != User {
			continue
		}
		p := found.of(c)
		if p == &nobodyKnown {
			account, known := accounts[c.Holder]
			account.Name = c.Holder
			found = append(found, person{Account: account, known: known})
			p = &found[len(found)-1]
		}
		made := c.Evidence.Time
		if made.After(p.named) {
			p.named = made
		}
		if c.Standing == Confirmed && made.After(p.confirmed) {
			p.confirmed = made
		}
	}
	return found
}

// nobodyKnown is a person of whom nothing is known. It is never written to.
var nobodyKnown person

// of returns the person whom a claim names.
func (p people) of(c *Claim) *person {
	for i := range p {
		if p[i].Name == c.Holder {
			return &p[i]
		}
	}
	return &nobodyKnown
}

// current reports whether what was looked up still counts: an edit that
// confirmed a claim later shows that somebody was there.
func (p *person) current() bool { return p.known && !p.confirmed.After(p.Read) }

// noAccount is the bar of a name without an account.
const noAccount = "no-account"

// bar names the remark on what keeps the account from ever answering, as things are;
// "" where nothing does.
func (p *person) bar() string {
	switch {
	case !p.current():
		return ""
	case p.Missing:
		return noAccount
	case p.Locked:
		return "locked"
	case p.Blocked && p.BlockedUntil.IsZero():
		return "blocked"
	}
	return ""
}

// last is the newest sign of life that is known; zero without any.
func (p *person) last() time.Time {
	last := p.confirmed
	for _, t := range [...]time.Time{p.LastEdit, p.LastAction, p.LastGlobal} {
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
func (p *person) inactive(limits Limits, now time.Time) bool {
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

// age says how long ago something was, in the biggest unit that gives a number
// of at least two, up to years.
func age(d time.Duration) Age {
	const day = 24 * time.Hour
	for _, unit := range [...]struct {
		length, from time.Duration
		name         string
	}{
		{365 * day, 2 * 365 * day, "years"},
		{30 * day, 60 * day, "months"},
		{day, 2 * day, "days"},
		{time.Hour, time.Hour, "hours"},
		{time.Minute, time.Minute, "minutes"},
	} {
		if d >= unit.from {
			return Age{unit.name, int64(d / unit.length)}
		}
	}
	return Age{Name: "just-now"}
}
