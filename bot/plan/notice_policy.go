// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the policy of messages to people, one for all of them: who is
// told of which mention, when and how, and who is not and why.
//
// The rule it keeps: only those are told who have said themselves that they look
// after an item, each of an item once in a long time, and what may have been sent
// is not sent again.

package plan

import (
	"cmp"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const (
	// messageAge is how long after it was due a mention may still be told of. When
	// messages are switched on, or the bot was stopped, the past is not made up
	// for.
	messageAge = 7 * aDay
	// quietAhead is how long before quiet hours no message is begun, as it may
	// take some time to be saved.
	quietAhead = 5 * time.Minute
	// mentionsAMessage bounds the mentions in one message.
	mentionsAMessage = 40
)

// Decision is what the policy says at one moment.
type Decision struct {
	// Pings are the users whom the entry of a mention on the noticeboard pings,
	// by the key of the entry.
	Pings map[string][]string
	// Later are the entries that are not made yet, so that they can ping.
	Later map[string]bool
	// Sought are the items for which nobody who was told has answered, and since
	// when others are looked for.
	Sought map[registry.Key]time.Time
	// Withheld is who was not told of what, and why; Waiting who is not told yet.
	Withheld, Waiting []registry.Told

	letters []letter
	pinged  map[string][]registry.Told // what entries tell whom, by their keys
}

// letter is a message that is due.
type letter struct {
	// user is whom it is for, "" where it is on the page of an item.
	user  string
	title string
	kind  letterKind
	parts []part
}

// letterKind tells messages apart by their texts, the more urgent first.
type letterKind int

const (
	ofMentions letterKind = iota // on the talk page of a user
	onItemPage
	ofClaims // asks whether they still hold
)

// part is what a letter says of one item: one notice.
type part struct {
	key      string
	entry    *registry.Entry
	mentions []*registry.Mention // the oldest first
	// claim is why the user is told, or what is to be confirmed; nil where the
	// message is for nobody in particular.
	claim *registry.Claim
	told  []registry.Told
	due   time.Time
}

// Decide says who is told of what now, and who is not and why. It is a function
// of its input alone.
func Decide(in Input) Decision {
	p := newPolicy(in)
	if p == nil {
		return Decision{}
	}
	for i := range slices.Backward(in.View.Mentions) {
		if m := &in.View.Mentions[i]; in.Now.Sub(m.Time) <= p.horizon {
			p.mention(m)
		}
	}
	for i := range in.View.Confirmations {
		p.confirmation(&in.View.Confirmations[i])
	}
	p.spend()
	return p.out
}

// policy is one run of Decide.
type policy struct {
	in      Input
	rules   *config.Notices
	limits  registry.Limits
	entries map[registry.Key]*registry.Entry
	records *record
	// former are the names that an account had, by the one that it has.
	former  map[string][]string
	ways    map[registry.Key][]string // of the rules, by item
	verdict map[registry.Key]registry.Verdict
	spots   map[spot]bool
	// horizon is the age from which on mentions matter no more, untold that of
	// those of items of which nobody was told lately.
	horizon, untold time.Duration
	quiet           bool

	reach map[*registry.Claim]Reason // of unreachable
	at    notion                     // that is looked at
	here  []addressee                // on the step that is looked at
	due   map[recipient]*letter
	order []*letter // of due, the longest due first
	pings []*notion
	out   Decision
}

// recipient is a user, or an item's page, with a kind of message.
type recipient struct {
	to   string
	kind letterKind
}

// newPolicy returns nil where nobody is told anything: the rules want it so, or
// not all that people have said is known yet.
func newPolicy(in Input) *policy {
	rules := in.Rules.Notices
	if rules == nil || !rules.Talk && len(rules.Ways) == 0 || unheard(in) {
		return nil
	}
	p := &policy{
		in: in, rules: rules, limits: Limits(in.Site.Wiki, in.Rules), former: map[string][]string{}, ways: map[registry.Key][]string{}, verdict: map[registry.Key]registry.Verdict{},
		reach: map[*registry.Claim]Reason{},
		due:   map[recipient]*letter{}, entries: make(map[registry.Key]*registry.Entry, len(in.View.Entries)), spots: dismissedSpots(in.View),
		quiet: isQuiet(rules.QuietHours, in.Now) || isQuiet(rules.QuietHours, in.Now.Add(quietAhead)),
		out: Decision{
			Pings: map[string][]string{}, Later: map[string]bool{}, Sought: map[registry.Key]time.Time{}, pinged: map[string][]registry.Told{},
		},
	}
	p.untold = minutes(rules.SettleMinutes) + messageAge + period(config.Weekly) + aDay
	for _, rung := range rules.Ladder {
		p.untold += days(rung.AfterDays)
	}
	p.horizon = p.untold + time.Duration(len(rules.Ladder)-1)*(messageAge+period(config.Weekly)+aDay)
	p.out.Withheld = make([]registry.Told, 0, 2*len(in.View.Mentions))
	p.out.Waiting = make([]registry.Told, 0, len(in.View.Mentions))
	for i := range in.View.Entries {
		p.entries[in.View.Entries[i].Item.Key] = &in.View.Entries[i]
	}
	for name, a := range in.View.Accounts {
		if a.RenamedTo != "" {
			p.former[a.RenamedTo] = append(p.former[a.RenamedTo], name)
		}
	}
	p.records = newRecord(in.View, in.Now.Add(-p.horizon), in.Now)
	return p
}

// unheard reports whether the pages on which people say that they step down, or
// want no messages, were not read since the start, nor how their accounts are.
func unheard(in Input) bool {
	return in.Pending[registry.CellsSource] || in.Pending["accounts"] ||
		in.Rules.Notices.SignUp != "" && in.Pending["sign-up"] || in.Rules.Notices.OptOut != "" && in.Pending["opt-out"]
}

// isQuiet reports whether a time is in the quiet hours.
func isQuiet(q *config.QuietHours, at time.Time) bool {
	if q == nil || q.From == q.To {
		return false
	}
	hour := at.UTC().Hour()
	if q.From < q.To {
		return q.From <= hour && hour < q.To
	}
	return q.From <= hour || hour < q.To
}

// period is how long lies between two messages to a user.
func period(digest string) time.Duration {
	switch digest {
	case config.Daily:
		return aDay
	case config.Weekly:
		return 7 * aDay
	}
	return 0
}

// mention climbs the ladder with one mention.
func (p *policy) mention(m *registry.Mention) {
	e := p.entries[m.Item]
	if e == nil || p.in.Now.Sub(m.Time) > p.untold && !p.records.touched[m.Item] {
		return
	}
	board := BoardKey(*m)
	told := p.records.told[board]
	due, asked := m.Time.Add(minutes(p.rules.SettleMinutes)), time.Time{}
	for i, rung := range p.rules.Ladder {
		due = due.Add(days(rung.AfterDays))
		addressees := p.addressees(e, m, rung.To)
		var why Reason
		switch {
		case p.in.Now.Before(due) && i > 0 && !asked.IsZero():
			why = LadderWaits
		case p.in.Now.Before(due):
			why = Settling
		case !m.Dismissed.IsZero(), !asked.IsZero() && answered(e, m, told):
			why = Answered
		}
		if rung.To == config.ToAdoption {
			if why == "" && !m.Redacted {
				newer(p.out.Sought, m.Item, due)
			}
			return
		}
		ends, last := false, time.Time{}
		for _, t := range told {
			if t.rung == rung.To {
				last = later(last, t.at)
			}
		}
		for _, t := range addressees {
			p.at = notion{mention: m, entry: e, claim: t.claim, user: t.user, rung: rung.To, board: board, due: due}
			if p.consider(&p.at, cmp.Or(why, t.why)) {
				ends = true
			}
		}
		if ends || why != "" {
			return
		}
		if !last.IsZero() {
			due, asked = last, last
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// addressee is somebody on a step of the ladder.
type addressee struct {
	user  string // "" for the page of the item
	claim *registry.Claim
	why   Reason // for which this one is not told, "" where there is none yet
}

// addressees are those whom a step of the ladder is for. Who was only named by
// others is one too, who is not told.
func (p *policy) addressees(e *registry.Entry, m *registry.Mention, to string) []addressee {
	role := registry.Steward
	switch to {
	case config.ToItem:
		return []addressee{{}}
	case config.ToCoMaintainers:
		role = registry.Maintainer
	case config.ToSteward:
	default:
		return nil
	}
	all := p.here[:0]
	for i := range e.Claims {
		c := &e.Claims[i]
		if c.Role != role || c.HolderKind != registry.User || role == registry.Maintainer && stewards(e, c.Holder) {
			continue
		}
		t := addressee{user: c.Holder, claim: c}
		switch c.Standing {
		case registry.Confirmed:
			if m.Time.Before(c.Evidence.Time) {
				continue // it was not theirs then
			}
			if p.limits.Lapsed(c, p.in.Now) {
				t.why = NotConfirmed
			}
		case registry.Unconfirmed, registry.Disputed:
			t.why = NotConfirmed
		default:
			continue
		}
		at := slices.IndexFunc(all, func(o addressee) bool { return o.user == t.user })
		switch {
		case at < 0:
			all = append(all, t)
		case all[at].why != "" && t.why == "":
			all[at] = t
		}
	}
	p.here = all
	return all
}

// stewards reports whether a user is a confirmed steward of an item.
func stewards(e *registry.Entry, user string) bool {
	return slices.ContainsFunc(e.Claims, func(c registry.Claim) bool {
		return c.Role == registry.Steward && c.HolderKind == registry.User && c.Standing == registry.Confirmed && c.Holder == user
	})
}

// answered reports whether somebody has acted since others were told: on the
// page of the mention, or on who looks after the item.
func answered(e *registry.Entry, m *registry.Mention, told []toldTo) bool {
	for _, t := range told {
		if m.Answered.After(t.at) {
			return true
		}
		still := t.user == ""
		for i := range e.Claims {
			c := &e.Claims[i]
			if c.Standing == registry.Confirmed && c.Evidence.Time.After(t.at) {
				return true
			}
			still = still || c.Holder == t.user
		}
		if !still {
			return true // stepped down
		}
	}
	return false
}
