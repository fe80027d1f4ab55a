// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is due and how it is spread over time: quiet hours, how
// often a user wants messages, and what a day may bring.

package plan

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const (
	// enoughReminders is how often somebody is asked whether a claim still holds,
	// remindAgain after how long the second time.
	enoughReminders = 2
	remindAgain     = 14 * aDay
)

// add takes a notion for due.
func (p *policy) add(n *notion) {
	if n.way == config.WayPing {
		ping := *n
		p.pings = append(p.pings, &ping)
		return
	}
	kind, user := ofMentions, n.user
	if n.way == config.WayItem {
		kind, user = onItemPage, ""
	}
	l := p.letter(p.pageOf(n), user, kind)
	i := slices.IndexFunc(l.parts, func(part part) bool { return part.entry == n.entry })
	if i < 0 {
		i = len(l.parts)
		l.parts = append(l.parts, part{key: n.key(), entry: n.entry, claim: n.claim, due: n.due})
	}
	part := &l.parts[i]
	if !slices.Contains(part.mentions, n.mention) {
		part.mentions = append(part.mentions, n.mention)
	}
	part.told = append(part.told, n.told(""))
}

// letter returns the message to a page that is being put together.
func (p *policy) letter(title, user string, kind letterKind) *letter {
	to := recipient{title, kind}
	l := p.due[to]
	if l == nil {
		l = &letter{user: user, title: title, kind: kind}
		p.due[to] = l
		p.order = append(p.order, l)
	}
	return l
}

// confirmation takes a claim that is to be confirmed for due.
func (p *policy) confirmation(c *registry.Confirmation) {
	if c.Reminded >= enoughReminders || p.in.Now.Before(c.Due) || !p.rules.Talk {
		return
	}
	e := p.entries[c.Item]
	if e == nil {
		return
	}
	claim := confirmedBy(e, c.User)
	if claim == nil {
		return
	}
	of := itemOf{c.Item, c.User}
	if last, ok := p.records.asked[of]; ok && p.in.Now.Sub(last) < remindAgain {
		return
	}
	key := fmt.Sprintf("notice/%s/%s/confirm-%s-%d/User:%s", p.in.Site.Wiki, c.Item, c.Due.UTC().Format(time.DateOnly), c.Reminded+1, c.User)
	told := registry.Told{Wiki: p.in.Site.Wiki, Key: key, User: c.User, Item: c.Item, Rung: registry.RungConfirm, Way: config.WayTalk}
	title := "User talk:" + c.User
	why := p.unreachable(c.User, claim)
	said := p.in.View.Preferences[c.User]
	switch {
	case why != "":
	case sent(p.in.View, key), p.records.doubted(of, key, c.Due):
		why = Cooldown
	case len(said.Ways) > 0 && !slices.Contains(said.Ways, config.WayTalk):
		why = NoWay
	case p.in.Closed[title]:
		why = Excluded
	}
	if why != "" {
		p.note(told, why)
		return
	}
	l := p.letter(title, c.User, ofClaims)
	l.parts = append(l.parts, part{key: key, entry: e, claim: claim, told: []registry.Told{told}, due: c.Due})
}

// confirmedBy returns the newest confirmed claim of a user to look after an item,
// that to be its steward first.
func confirmedBy(e *registry.Entry, user string) *registry.Claim {
	var best *registry.Claim
	for _, role := range []registry.Role{registry.Maintainer, registry.Steward} {
		for i := range e.Claims {
			c := &e.Claims[i]
			if c.Role == role && c.HolderKind == registry.User && c.Standing == registry.Confirmed && c.Holder == user {
				best = c
			}
		}
	}
	return best
}

// spend plans as many of the messages that are due as may be sent now: pings
// first, as entries do not wait for them, then those that are due longest, and
// what asks about claims at last.
func (p *policy) spend() {
	left := p.rules.PerWikiDay - p.records.onWiki(p.in.Now)
	left = p.spendPings(left)
	slices.SortStableFunc(p.order, func(a, b *letter) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), a.due().Compare(b.due()), cmp.Compare(a.title, b.title))
	})
	for _, l := range p.order {
		for _, part := range l.trim() {
			for _, t := range part.told {
				t.Key = part.key
				p.note(t, DigestWaits)
			}
		}
		begun := slices.ContainsFunc(l.keys(), func(key string) bool { _, ok := p.records.pending[key]; return ok })
		why := p.timing(l.user, l.keys())
		if why == "" && left <= 0 && !begun {
			why = WikiQuota
		}
		for i := range l.parts {
			part := &l.parts[i]
			for j := range part.told {
				part.told[j].Key = part.key
				if why != "" {
					p.note(part.told[j], why)
				}
			}
		}
		if why != "" {
			continue
		}
		if !begun {
			left--
		}
		p.records.recent[l.user]++
		p.records.last[l.user] = p.in.Now
		p.out.letters = append(p.out.letters, *l)
	}
}

// timing says why a user gets no message now; "" stands for the page of an item.
func (p *policy) timing(user string, keys []string) Reason {
	if p.quiet {
		return QuietHours
	}
	if user == "" {
		return ""
	}
	unsure, last := p.records.sending(user, keys, p.in.Now)
	recent := p.records.recent[user] + unsure
	last = later(last, p.records.last[user])
	for _, name := range p.former[user] {
		recent += p.records.recent[name]
		last = later(last, p.records.last[name])
	}
	switch {
	case recent >= p.rules.PerPersonDay:
		return PersonQuota
	case !last.IsZero() && p.in.Now.Sub(last) < p.period(user):
		return DigestWaits
	}
	return ""
}

// spendPings chooses whom the next edit of the noticeboard pings, and returns what
// is left of the messages of the day. One entry pings with an edit: others that
// should are made later. Whoever cannot be pinged when the entry is made is told
// in another way, if there is one.
func (p *policy) spendPings(left int) int {
	chosen := false
	for len(p.pings) > 0 {
		entry := p.pings[0].board
		end := slices.IndexFunc(p.pings, func(n *notion) bool { return n.board != entry })
		if end < 0 {
			end = len(p.pings)
		}
		group := p.pings[:end]
		p.pings = p.pings[end:]
		if p.quiet || chosen {
			why := PingWaits
			if p.quiet {
				why = QuietHours
			}
			p.out.Later[entry] = true
			for _, n := range group {
				p.note(n.told(n.board), why)
			}
			continue
		}
		for i, n := range group {
			why := p.timing(n.user, []string{n.board})
			if why == "" && (left <= 0 || i >= mostPings) {
				why = WikiQuota
			}
			if why != "" {
				p.otherwise(n, why)
				continue
			}
			chosen = true
			left--
			p.records.recent[n.user]++
			p.records.last[n.user] = p.in.Now
			p.out.Pings[entry] = append(p.out.Pings[entry], n.user)
			p.out.pinged[entry] = append(p.out.pinged[entry], n.told(n.board))
		}
	}
	return left
}

// otherwise tells somebody in another way who cannot be pinged for a reason.
func (p *policy) otherwise(n *notion, why Reason) {
	n.unpinged = true
	switch other := p.lead(n); other {
	case "":
		p.add(n)
	case NoWay, OnNoticeboard:
		t := n.told(n.board)
		t.Way, t.Withheld, t.At = config.WayPing, string(why), p.in.Now
		p.out.Withheld = append(p.out.Withheld, t)
	default:
		p.note(n.told(n.key()), other)
	}
}

// note enters why something was not sent, or is not yet.
func (p *policy) note(t registry.Told, why Reason) {
	to := &p.out.Withheld
	if why.Waits() {
		to = &p.out.Waiting
	}
	*to = append(*to, t)
	last := &(*to)[len(*to)-1]
	last.Withheld, last.At = string(why), p.in.Now
}

// due is since when the oldest part is due.
func (l *letter) due() time.Time {
	first := l.parts[0].due
	for _, part := range l.parts {
		if part.due.Before(first) {
			first = part.due
		}
	}
	return first
}

func (l *letter) keys() []string {
	var keys []string
	for _, part := range l.parts {
		keys = append(keys, part.key)
	}
	return keys
}

// trim leaves out what would make the message too long: those parts are due the
// next time.
func (l *letter) trim() (rest []part) {
	n := 0
	for i, part := range l.parts {
		if n += max(1, len(part.mentions)); n > mentionsAMessage && i > 0 {
			l.parts, rest = l.parts[:i:i], l.parts[i:]
			return rest
		}
	}
	return nil
}
