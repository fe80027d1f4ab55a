// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the view of one wiki: everything that planning its pages
// needs, at one moment, with every name resolved.

package registry

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// View is all that planning the pages of one wiki needs, at one moment. It is
// the caller's own copy.
type View struct {
	Wiki     string
	Entries  []Entry   // sorted by key
	Mentions []Mention // newest first
	Notices  map[string]Notice
	Surveys  []SurveyState
	// Notes is what the running bot last said of itself, by name.
	Notes map[string]string
	// Pages is what became of the bot's regions, by "Title#region".
	Pages map[string]PageState
	// Accounts are those that claims name and that were looked up, by name.
	Accounts map[string]Account
}

// Entry is an item with what is claimed and counted about it.
type Entry struct {
	Item Item
	// Claims are those in force, the oldest first.
	Claims []Claim
	// Measures are sorted by metric.
	Measures []Measure
	// Month and Quarter are how many mentions were made in the last 30 and 90
	// days.
	Month, Quarter int
	// Wikis is on how many of the served wikis it runs.
	Wikis int
}

// Query says what a View is wanted of.
type Query struct {
	Wiki string
	// Kinds of items; nil stands for all.
	Kinds []detect.Kind
	// Since is from when mentions are listed. They are counted in any case.
	Since time.Time
	// Now is the time that mentions are counted back from.
	Now time.Time
	// Catalogue asks also for items that only a source of AllWikis names.
	Catalogue bool
}

// pageChange is the last change of a page that belongs to an item.
type pageChange struct {
	key      Key
	at       time.Time
	revision int64
}

// View reads everything about one wiki, with mentions since a time. Mentions
// of things that are no item there keep the key of the name as written.
// Claims on such keys are left out, and so are items that are known from
// mentions alone when all of those were withdrawn or purged.
func (r *Registry) View(ctx context.Context, q Query) (View, error) {
	wiki, since := q.Wiki, q.Since
	v := View{Wiki: wiki}
	err := r.read(ctx, func(tx *sql.Tx) error {
		rows, err := presences(ctx, tx, `wiki = ?`, wiki)
		if err != nil {
			return err
		}
		changes, err := pageChanges(ctx, tx, wiki)
		if err != nil {
			return err
		}
		claims, err := claimsInForce(ctx, tx, wiki, "")
		if err != nil {
			return err
		}
		mentions, err := mentionsSince(ctx, tx, wiki, since)
		if err != nil {
			return err
		}
		mentioned, err := mentionedKeys(ctx, tx, wiki)
		if err != nil {
			return err
		}
		known := newResolver(withoutUnmentioned(rows, mentioned, claims, changes))
		v.Entries = entries(known, claims, changes)
		v.Mentions = resolveMentions(known, mentions)
		if v.Notices, err = notices(ctx, tx, `wiki = ?`, wiki); err != nil {
			return err
		}
		if v.Surveys, err = surveyStates(ctx, tx, `wiki = ?`, wiki); err != nil {
			return err
		}
		if v.Pages, err = pageStates(ctx, tx, wiki); err != nil {
			return err
		}
		v.Notes, err = notes(ctx, tx, wiki)
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("read all about %s: %w", wiki, err)
	}
	return v, nil
}

// withoutUnmentioned leaves out what only mentions said of items when none of
// those is left, unless it is all that a claim or a change of a page hangs on.
func withoutUnmentioned(rows []presence, mentioned map[Key]bool, claims []storedClaim, changes []pageChange) []presence {
	named, needed := make(map[identity]bool), make(map[identity]bool)
	for _, p := range rows {
		if p.source != fromMentions {
			named[identify(p.item.Key)] = true
		}
	}
	for _, c := range claims {
		needed[identify(c.Item)] = true
	}
	for _, c := range changes {
		needed[identify(c.key)] = true
	}
	return slices.DeleteFunc(rows, func(p presence) bool {
		id := identify(p.item.Key)
		return p.source == fromMentions && !mentioned[p.item.Key] && (named[id] || !needed[id])
	})
}

// entries joins items, claims and the changes of their pages. A gone item
// whose name now belongs to another one, as after a move, is part of that.
func entries(known resolver, claims []storedClaim, changes []pageChange) []Entry {
	out := make([]Entry, 0, len(known.items))
	for _, item := range known.items {
		if known.one(item.Key) == item.Key {
			out = append(out, Entry{Item: item})
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Compare(a.Item.Key, b.Item.Key) })
	place := make(map[Key]int, len(out))
	for i, e := range out {
		place[e.Item.Key] = i
	}
	for _, c := range claims {
		for _, key := range known.resolve(c.Item) {
			c.Item = key
			e := &out[place[key]]
			e.Claims = append(e.Claims, c.Claim)
			e.Item.Mentioned = false
		}
	}
	for _, c := range changes {
		for _, key := range known.resolve(c.key) {
			item := &out[place[key]].Item
			item.Mentioned = false
			if c.at.After(item.Changed) || c.at.Equal(item.Changed) && c.revision > item.ChangedRevision {
				item.Changed, item.ChangedRevision = c.at, c.revision
			}
		}
	}
	return out
}

// pageChanges reads the changes of pages on a wiki, and of pages elsewhere
// that are items there.
func pageChanges(ctx context.Context, tx *sql.Tx, wiki string) ([]pageChange, error) {
	var out []pageChange
	err := query(ctx, tx, func(scan func(...any) error) error {
		var c pageChange
		var at int64
		err := scan(&c.key, &at, &c.revision)
		c.at = moment(at)
		out = append(out, c)
		return err
	}, `SELECT item_key, changed_at, revision FROM page_change
		WHERE wiki = ? OR item_key IN (SELECT item_key FROM presence WHERE wiki = ?) ORDER BY item_key`, wiki, wiki)
	if err != nil {
		return nil, fmt.Errorf("read changes of items: %w", err)
	}
	return out, nil
}
