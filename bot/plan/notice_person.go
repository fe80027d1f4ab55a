// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the policy looks at one user and one mention: whether the
// user may be told, wants to be, and how.

package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// notion is one user who could be told of one mention, on a step of the ladder.
type notion struct {
	mention *registry.Mention
	entry   *registry.Entry
	claim   *registry.Claim // nil for the page of the item
	user    string          // "" for the page of the item
	rung    string
	way     string // the way that is chosen, "" before
	board   string // the key of the mention's entry
	due     time.Time
	// unpinged says that the user cannot be pinged now.
	unpinged bool
	// keyed is the key of the notice that would tell of it, "" before it is needed.
	keyed string
}

// itemKeyEnd is the end of a key of what is for nobody in particular.
const itemKeyEnd = "/Item"

// MessageKey is the key of the message about an item to a user in the ISO week
// of the mention; "" stands for the page of the item.
func MessageKey(m registry.Mention, user string) string {
	return messageKey(&m, user)
}

func messageKey(m *registry.Mention, user string) string {
	year, week := m.Time.UTC().ISOWeek()
	b := make([]byte, 0, 128) // as there are many
	b = append(b, "notice/"...)
	b = append(b, m.Wiki...)
	b = append(b, '/')
	b = append(b, m.Item...)
	b = append(b, '/')
	b = strconv.AppendInt(b, int64(year), 10)
	b = append(b, "-W"...)
	if week < 10 {
		b = append(b, '0')
	}
	b = strconv.AppendInt(b, int64(week), 10)
	if user == "" {
		return string(append(b, itemKeyEnd...))
	}
	b = append(b, "/User:"...)
	return string(append(b, user...))
}

// key is the key of the notice that would tell of it.
func (n *notion) key() string {
	if n.keyed == "" {
		user := n.user
		if n.way == config.WayItem {
			user = ""
		}
		n.keyed = messageKey(n.mention, user)
	}
	return n.keyed
}

// consider settles what becomes of a notion and reports whether the ladder ends
// there, for now or for good. Why is a reason that is known already.
func (p *policy) consider(n *notion, why Reason) (ends bool) {
	if slices.ContainsFunc(p.records.told[n.board], func(t toldTo) bool { return t.user == n.user }) {
		return false
	}
	if why == "" {
		why = p.bar(n)
	}
	if why == "" {
		why = p.lead(n)
	}
	switch {
	case why == "":
		p.add(n)
		return true
	}
	p.note(n.told(n.key()), why)
	return why.Waits() || why == Cooldown || why == TooOld || why == OnNoticeboard
}

// lead chooses a way that can be used now.
func (p *policy) lead(n *notion) (why Reason) {
	n.keyed = ""
	if n.way, why = p.way(n); why != "" {
		return why
	}
	return p.bound(n)
}

// bar says why a user must not be told of a mention at all, or does not want to
// be.
func (p *policy) bar(n *notion) Reason {
	m := n.mention
	if m.Redacted {
		return NothingToShow
	}
	if n.user == "" {
		return ""
	}
	if n.user == m.User || n.user == m.Author || slices.Contains(p.former[n.user], m.User) {
		return OwnMention
	}
	why, known := p.reach[n.claim]
	if !known {
		why = p.unreachable(n.user, n.claim)
		p.reach[n.claim] = why
	}
	if why != "" {
		return why
	}
	said, ok := p.in.View.Preferences[n.user]
	if ok && (len(said.Items) > 0 && !slices.Contains(said.Items, m.Item) || len(said.Wikis) > 0 && !slices.Contains(said.Wikis, m.Wiki)) {
		return NotWanted
	}
	return ""
}

// unreachable says why a user gets no messages of any kind.
func (p *policy) unreachable(user string, c *registry.Claim) Reason {
	if user == p.in.Site.Bot || !titleSafe(user) || strings.ContainsRune(user, '/') {
		return BotAccount
	}
	if p.wantsNone(user) || slices.ContainsFunc(p.former[user], p.wantsNone) {
		return OptedOut
	}
	a, known := p.in.View.Accounts[user]
	switch {
	case !known:
		return ""
	case a.Bot:
		return BotAccount
	case !a.Read.IsZero() && c.Evidence.Time.After(a.Read):
		return "" // somebody was there after it was looked up
	case a.RenamedTo != "" && a.RenamedTo != user:
		return Renamed
	case a.Missing:
		return Missing
	case a.Locked:
		return Locked
	case a.Blocked && (a.BlockedUntil.IsZero() || p.in.Now.Before(a.BlockedUntil)):
		return Blocked
	}
	return ""
}

// wantsNone reports whether a user is on the page of those who want no messages.
func (p *policy) wantsNone(user string) bool {
	_, out := p.in.View.OptOuts[user]
	return out
}

// way chooses the first of the ways to tell a user that leads somewhere.
func (p *policy) way(n *notion) (string, Reason) {
	for _, way := range p.waysFor(n) {
		switch way {
		case config.WayTalk:
			if p.rules.Talk {
				return way, ""
			}
		case config.WayItem:
			if itemTalk(p.in.Site.Wiki, n.entry.Item) != "" {
				return way, ""
			}
		case config.WayPing:
			if why, can := p.entryOf(n); can && !n.unpinged {
				return way, why
			}
		case config.WayNoticeboard:
			if _, can := p.entryOf(n); can || sent(p.in.View, n.board) {
				return way, OnNoticeboard
			}
		}
	}
	return "", NoWay
}

// waysFor are the ways that the user wants, or the rules have, the best first.
func (p *policy) waysFor(n *notion) []string {
	if n.user == "" {
		return []string{config.WayItem}
	}
	if said := p.in.View.Preferences[n.user]; len(said.Ways) > 0 {
		return said.Ways
	}
	item := n.mention.Item
	ways, ok := p.ways[item]
	if ok {
		return ways
	}
	ways = []string{config.WayTalk}
	for _, rule := range p.rules.Ways {
		if (len(rule.Kinds) == 0 || slices.Contains(rule.Kinds, string(item.Kind()))) &&
			(len(rule.Verdicts) == 0 || slices.Contains(rule.Verdicts, string(p.verdictOn(n.entry)))) {
			ways = rule.Ways
			break
		}
	}
	p.ways[item] = ways
	return ways
}

func (p *policy) verdictOn(e *registry.Entry) registry.Verdict {
	v, ok := p.verdict[e.Item.Key]
	if !ok {
		v = judge(p.in, *e).Verdict
		p.verdict[e.Item.Key] = v
	}
	return v
}

// entryOf reports whether the noticeboard is about to get an entry of a mention,
// and why not yet.
func (p *policy) entryOf(n *notion) (Reason, bool) {
	board, m := p.in.Rules.Noticeboard, n.mention
	if board == nil || waits(p.in, board.Page) || sent(p.in.View, n.board) || p.spots[spotOf(*m)] || !known(p.in, m.Kind) ||
		p.in.Now.Sub(m.Time) > boardAge || !slices.Contains(board.Verdicts, string(p.verdictOn(n.entry))) {
		return "", false
	}
	if p.in.Now.Sub(m.Time) < minutes(board.SettleMinutes) {
		return Settling, true
	}
	return "", true
}

// itemTalk is the page where an item is discussed on a wiki, "" where there is
// none: never the talk page of an article, and no page of code.
func itemTalk(wiki string, item registry.Item) string {
	if item.Key.Wiki() != wiki || !titleSafe(item.Key.Name()) {
		return ""
	}
	name := strings.ReplaceAll(item.Key.Name(), "_", " ")
	switch item.Key.Kind() {
	case detect.Gadget:
		return "MediaWiki talk:Gadget-" + name
	case detect.UserScript:
		if _, page, ok := strings.Cut(name, ":"); ok && strings.ContainsRune(page, '/') {
			return "User talk:" + page
		}
	}
	return ""
}

// bound says why a user is not told of the item for now, or of the mention any
// more.
func (p *policy) bound(n *notion) Reason {
	key := n.key()
	of := itemOf{n.mention.Item, n.user}
	begin := p.in.Now.Add(-days(p.rules.CooldownDays))
	lately := func(of itemOf) bool { return p.records.items[of].After(begin) || p.records.doubted(of, key, begin) }
	switch {
	case sent(p.in.View, key), lately(of), n.way == config.WayItem && lately(itemOf{of.item, ""}),
		slices.ContainsFunc(p.former[n.user], func(name string) bool { return lately(itemOf{of.item, name}) }):
		return Cooldown
	case p.in.Now.Sub(n.due) > messageAge+p.period(n.user):
		return TooOld
	case p.in.Closed[p.pageOf(n)], n.way == config.WayPing && p.in.Closed["User talk:"+n.user]:
		return Excluded
	}
	return ""
}

// period is how long lies between two messages to a user.
func (p *policy) period(user string) time.Duration {
	if said := p.in.View.Preferences[user]; said.Digest != "" {
		return period(said.Digest)
	}
	return period(p.rules.Digest)
}

// pageOf is the page on which a notion would be told.
func (p *policy) pageOf(n *notion) string {
	switch n.way {
	case config.WayTalk:
		return "User talk:" + n.user
	case config.WayItem:
		return itemTalk(p.in.Site.Wiki, n.entry.Item)
	case config.WayPing:
		return p.in.Rules.Noticeboard.Page
	}
	return ""
}

// told is the line of the log about a notion.
func (n *notion) told(key string) registry.Told {
	return registry.Told{Wiki: n.mention.Wiki, Key: key, User: n.user, Item: n.mention.Item, Mention: n.board, Rung: n.rung, Way: n.way}
}
