// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds when an account was last seen: on the served wiki, and, where
// it is silent there, on others.

package survey

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	// quiet is how long somebody may be silent on the served wiki before others
	// are asked.
	quiet = 14 * 24 * time.Hour
	// maxElsewhere is how many other wikis are asked about one account.
	maxElsewhere = 10
)

// privateLogs are types of log entries that not everybody can read; the client
// may have the rights to.
var privateLogs = []string{
	"suppress", "spamblacklist", "titleblacklist", "abusefilterprivatedetails", "abusefilter-protected-vars",
	"checkuser-temporary-account", "ipinfo", "oath", "urlshortener",
}

// logEvent is an entry of a log.
type logEvent struct {
	Type                                 string
	Timestamp                            time.Time
	UserHidden, ActionHidden, Suppressed bool
	Params                               struct{ OldUser, NewUser string }
}

// public reports whether everybody can see the entry.
func (e logEvent) public() bool {
	return !e.UserHidden && !e.ActionHidden && !e.Suppressed && !slices.Contains(privateLogs, e.Type)
}

// contribution is an edit in a list of those of one account.
type contribution struct {
	Timestamp  time.Time
	UserHidden bool
}

// globalAccount is an account on all wikis that share theirs.
type globalAccount struct {
	Name            string
	Missing, Locked bool
	Hidden          any // a level for those who may know
	Merged          []attached
}

// attached is an account's part on one wiki.
type attached struct {
	Wiki, URL string
	EditCount int
}

func (g globalAccount) exists() bool {
	hidden := g.Hidden != nil && g.Hidden != "" && g.Hidden != false
	return g.Name != "" && !g.Missing && !hidden
}

// activityAnswer is what is asked about one account at once.
type activityAnswer struct {
	Query struct {
		UserContribs   []contribution
		LogEvents      []logEvent
		GlobalUserInfo *globalAccount
	}
}

// takeGlobal takes in what other wikis know of an account. A wiki without global
// accounts has said so by saying nothing.
func (l *lookup) takeGlobal(s *searched, answer activityAnswer) {
	if answer.Query.GlobalUserInfo == nil {
		l.central = false
		return
	}
	s.global = *answer.Query.GlobalUserInfo
	s.found = s.found || s.global.exists()
}

// activity takes in when an account was last seen; sure is false if it may have
// been seen on a wiki that was not asked.
func (l *lookup) activity(ctx context.Context, s *searched, account *registry.Account) (sure bool, err error) {
	p := map[string]string{"action": "query"}
	if s.local.exists() {
		p["list"] = "usercontribs|logevents"
		p["ucuser"], p["uclimit"], p["ucprop"] = s.now, "5", "timestamp"
		p["leuser"], p["lelimit"], p["leprop"] = s.now, "10", "timestamp|type"
	}
	if l.central && s.global.Name == "" {
		p["meta"], p["guiuser"], p["guiprop"] = "globaluserinfo", s.now, "merged"
	}
	if len(p) > 1 {
		var answer activityAnswer
		if err := l.api.Get(ctx, p, &answer); err != nil {
			return false, err
		}
		account.LastEdit = lastEdit(answer.Query.UserContribs)
		for _, e := range answer.Query.LogEvents {
			if e.public() && e.Timestamp.After(account.LastAction) {
				account.LastAction = e.Timestamp
			}
		}
		if p["meta"] != "" {
			l.takeGlobal(s, answer)
		}
	}
	account.Locked = s.global.exists() && s.global.Locked
	return l.elsewhereToo(ctx, s, account)
}

// lastEdit is the time of the newest edit in a list that everybody can see.
func lastEdit(list []contribution) (last time.Time) {
	for _, c := range list {
		if !c.UserHidden && c.Timestamp.After(last) {
			last = c.Timestamp
		}
	}
	return last
}

// elsewhereToo asks other wikis for the last edit of somebody who is silent
// here, those with most of their edits first, until there is a recent one.
func (l *lookup) elsewhereToo(ctx context.Context, s *searched, account *registry.Account) (sure bool, err error) {
	recent := l.at.Add(-quiet)
	if account.LastEdit.After(recent) || account.LastAction.After(recent) || account.Locked {
		return true, nil
	}
	others := slices.Clone(s.global.Merged)
	others = slices.DeleteFunc(others, func(o attached) bool { return o.Wiki == l.wiki || o.EditCount == 0 })
	slices.SortStableFunc(others, func(a, b attached) int {
		return cmp.Or(cmp.Compare(b.EditCount, a.EditCount), cmp.Compare(a.Wiki, b.Wiki))
	})
	sure = len(others) <= maxElsewhere
	last, answered := account.LastEdit, false
	for _, o := range others[:min(len(others), maxElsewhere)] {
		var api asker
		if l.elsewhere != nil {
			api = l.elsewhere(o.Wiki, o.URL)
		}
		if api == nil {
			sure = false
			continue
		}
		var answer activityAnswer
		err := api.Get(ctx, map[string]string{
			"action": "query", "list": "usercontribs", "ucuser": s.now, "uclimit": "5", "ucprop": "timestamp",
		}, &answer)
		switch {
		case ctx.Err() != nil:
			return false, err
		case err != nil:
			sure = false // that wiki's trouble; the others tell what they can
			continue
		}
		answered = true
		if t := lastEdit(answer.Query.UserContribs); t.After(last) {
			last = t
		}
		if last.After(recent) {
			sure = true
			break
		}
	}
	if answered {
		account.LastGlobal = last
	}
	return sure, nil
}
