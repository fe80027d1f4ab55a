// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what was told whom so far, as the policy asks for it. What may
// have been sent counts as sent.

package plan

import (
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// aDay is the time that quotas of a day look back. They roll: a day begins with
// each message.
const aDay = 24 * time.Hour

// record is what was told, by what is asked of it.
type record struct {
	told    map[string][]toldTo   // by the key of the mention's entry
	touched map[registry.Key]bool // items of which somebody was told of a mention that still matters
	items   map[itemOf]time.Time  // the last time, except reminders
	asked   map[itemOf]time.Time  // the last reminder
	last    map[string]time.Time  // the last message of a user
	recent  map[string]int        // messages of a user in the last day
	all     int                   // messages on the wiki in the last day
	// pending are intents of which nobody knows whether the edit was saved, by
	// the key of the notice.
	pending map[string]intent
	unsure  map[itemOf][]string // the keys of pending
}

// toldTo is that a user was told, on a step of the ladder.
type toldTo struct {
	user, rung string
	at         time.Time
}

type itemOf struct {
	item registry.Key
	user string
}

// intent is a notice that may have been sent. Its user is "" where it is to
// nobody in particular.
type intent struct {
	itemOf
	page string
	at   time.Time
}

// newRecord reads what a view has of what was told. Mentions before a time do not
// matter.
func newRecord(v registry.View, since, now time.Time) *record {
	r := &record{
		told: map[string][]toldTo{}, touched: map[registry.Key]bool{}, items: map[itemOf]time.Time{}, asked: map[itemOf]time.Time{}, last: map[string]time.Time{},
		recent: map[string]int{}, pending: map[string]intent{}, unsure: map[itemOf][]string{},
	}
	type message struct {
		user     string
		revision int64
	}
	counted := map[message]bool{}
	for i := range v.Told {
		t := &v.Told[i]
		if t.Withheld != "" || t.Way == config.WayNoticeboard {
			continue
		}
		of := itemOf{t.Item, t.User}
		if t.Revision == 0 && !sent(v, t.Key) {
			r.pending[t.Key] = intent{of, t.Page, t.At}
			continue
		}
		if t.Mention != "" && t.At.After(since) {
			r.touched[t.Item] = true
			r.told[t.Mention] = append(r.told[t.Mention], toldTo{t.User, t.Rung, t.At})
		}
		switch {
		case t.Rung == registry.RungConfirm:
			newer(r.asked, of, t.At)
		default:
			newer(r.items, of, t.At)
			if t.Way == config.WayItem {
				newer(r.items, itemOf{t.Item, ""}, t.At)
			}
		}
		user := t.User
		if t.Way == config.WayItem {
			user = "" // it reaches whoever reads that page
		}
		newer(r.last, user, t.At)
		if m := (message{user, t.Revision}); now.Sub(t.At) < aDay && !counted[m] {
			counted[m] = true
			r.recent[user]++
			r.all++
		}
	}
	for key, n := range v.Notices {
		if of, ok := parseKey(key, v.Wiki); ok && n.Sent.IsZero() {
			r.pending[key] = intent{of, n.Page, n.Intended}
		}
	}
	for key, in := range r.pending {
		r.unsure[in.itemOf] = append(r.unsure[in.itemOf], key)
	}
	return r
}

func newer[K comparable](times map[K]time.Time, k K, at time.Time) {
	if at.After(times[k]) {
		times[k] = at
	}
}

// parseKey reads whom a key of a message on a wiki is for, and of which item.
func parseKey(key, wiki string) (of itemOf, ok bool) {
	rest, ok := strings.CutPrefix(key, "notice/"+wiki+"/")
	if !ok {
		return itemOf{}, false
	}
	if item, found := strings.CutSuffix(rest, itemKeyEnd); found {
		rest = item
	} else if i := strings.LastIndex(rest, "/User:"); i >= 0 {
		rest, of.user = rest[:i], rest[i+len("/User:"):]
	} else {
		return itemOf{}, false
	}
	i := strings.LastIndexByte(rest, '/')
	if i < 0 {
		return itemOf{}, false
	}
	of.item = registry.Key(rest[:i])
	return of, true
}

// doubted reports whether another notice than the one with a key may have told a
// user of an item since a time.
func (r *record) doubted(of itemOf, key string, since time.Time) bool {
	return slices.ContainsFunc(r.unsure[of], func(other string) bool { return other != key && r.pending[other].at.After(since) })
}

// sending is how many messages may have gone to a user in the last day besides
// one with some keys, and when the last one did.
func (r *record) sending(user string, keys []string, now time.Time) (n int, last time.Time) {
	mine, pages := map[string]bool{}, map[string]bool{}
	for _, key := range keys {
		if in, ok := r.pending[key]; ok {
			mine[in.page] = true
		}
	}
	for _, in := range r.pending {
		if in.user != user || mine[in.page] {
			continue
		}
		last = later(last, in.at)
		if now.Sub(in.at) < aDay && !pages[in.page] {
			pages[in.page] = true
			n++
		}
	}
	return n, last
}

// onWiki is how many messages may have been sent in the last day.
func (r *record) onWiki(now time.Time) int {
	type message struct{ user, page string }
	messages := map[message]bool{}
	for _, in := range r.pending {
		if now.Sub(in.at) < aDay {
			messages[message{in.user, in.page}] = true
		}
	}
	return r.all + len(messages)
}
