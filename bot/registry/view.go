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
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// View is all that planning the pages of one wiki needs, at one moment. It is
// the caller's own copy.
type View struct {
	Wiki     string
	Entries  []Entry   // sorted by key
	Mentions []Mention // newest first
	// Dismissed are those that people took off the noticeboard, of whatever age.
	Dismissed []Mention
	// Withdrawn are those whose text does not stand on the page any more, as far
	// back as Mentions, the newest first.
	Withdrawn []Mention
	// Requests are the proposals, as far back as Mentions, the newest first.
	Requests []Request
	Notices  map[string]Notice
	Surveys  []SurveyState
	// Notes is what the running bot last said of itself, by name.
	Notes map[string]string
	// Pages is what became of the bot's regions, by "Title#region".
	Pages map[string]PageState
	// Accounts are those that claims name and that were looked up, by name.
	Accounts map[string]Account
	// Preferences and OptOuts are what people said of messages to them, by user;
	// Told is what was told whom, the newest first, as far back as a cooldown can
	// reach.
	Preferences map[string]Preference
	OptOuts     map[string]OptOut
	Told        []Told
	// Confirmations are the claims whose users are to be asked whether they still
	// hold, those that have waited longest first.
	Confirmations []Confirmation
	// Tallies are how many items had which verdict, by week, and Turns which
	// verdicts have changed, as far back as the query asks; both with the oldest
	// first. Tracked is since when they are looked at, by kind.
	Tallies []Tally
	Turns   []Turn
	Tracked map[detect.Kind]time.Time
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
	// Told is from when it is listed who was told of what; zero: nothing is.
	Told time.Time
	// Reconfirm is after how many months a claim has to be confirmed again; 0 is
	// never.
	Reconfirm int
	// Turns is from when changes of verdicts are listed; zero leaves out those,
	// Tallies and Tracked.
	Turns time.Time
	// Uncounted leaves out what is counted, which no verdict needs: Measures,
	// Month, Quarter and Wikis.
	Uncounted bool
}

// pageChange is the last change of a page that belongs to an item.
type pageChange struct {
	key      Key
	at       time.Time
	revision int64
}

// wikis are those whose sources say something about the wiki.
func (q Query) wikis() []string {
	if q.Wiki == AllWikis {
		return []string{AllWikis}
	}
	return []string{q.Wiki, AllWikis}
}

// View reads everything about one wiki, with mentions since a time. Mentions
// of things that are no item there keep the key of the name as written.
// Claims on such keys are left out, and so are items that are known from
// mentions alone when all of those were withdrawn or purged.
func (r *Registry) View(ctx context.Context, q Query) (View, error) {
	var v View
	err := r.read(ctx, func(tx *sql.Tx) error {
		v = View{Wiki: q.Wiki}
		facts, err := r.readFacts(ctx, tx, q)
		if err != nil {
			return err
		}
		v.Entries = entries(facts.known, facts.claims, facts.changes)
		mentions, err := mentionsSince(ctx, tx, q)
		if err != nil {
			return err
		}
		v.Mentions = resolveMentions(facts.known, mentions)
		unwanted, err := dismissed(ctx, tx, q)
		if err != nil {
			return err
		}
		v.Dismissed = resolveMentions(facts.known, unwanted)
		takenBack, err := withdrawn(ctx, tx, q)
		if err != nil {
			return err
		}
		v.Withdrawn = resolveMentions(facts.known, takenBack)
		if v.Requests, err = requests(ctx, tx, `wiki = ? AND made_at >= ?`, q.Wiki, micros(q.Since)); err != nil {
			return err
		}
		if !q.Uncounted {
			if err := r.countInto(ctx, tx, q, facts, v.Entries); err != nil {
				return err
			}
		}
		v.Entries = facts.ofTheWiki(q, v.Entries)
		if v.Accounts, err = r.accounts(ctx, tx, q.Wiki, v.Entries, facts.states); err != nil {
			return err
		}
		if v.Notices, err = notices(ctx, tx, `wiki = ?`, q.Wiki); err != nil {
			return err
		}
		if v.Surveys, err = surveyStates(ctx, tx, `wiki IN (?, ?)`, q.Wiki, AllWikis); err != nil {
			return err
		}
		if v.Pages, err = pageStates(ctx, tx, q.Wiki); err != nil {
			return err
		}
		if v.Notes, err = notes(ctx, tx, q.Wiki); err != nil {
			return err
		}
		if err := trendInto(ctx, tx, q, &v); err != nil {
			return err
		}
		return consentInto(ctx, tx, q, facts.known, &v)
	})
	if err != nil {
		return View{}, fmt.Errorf("read all about %s: %w", q.Wiki, err)
	}
	return v, nil
}

// kinds are those that are asked for.
func (q Query) kinds() []detect.Kind {
	if len(q.Kinds) == 0 {
		return detect.Kinds
	}
	return q.Kinds
}

// countInto fills in what is counted about items: mentions, measures, wikis.
func (r *Registry) countInto(ctx context.Context, tx *sql.Tx, q Query, f facts, all []Entry) error {
	place := make(map[Key]*Entry, len(all))
	var elsewhere []Key
	for i := range all {
		e := &all[i]
		key := e.Item.Key
		place[key] = e
		switch {
		case !onWiki(key.Kind()):
		case key.Wiki() == q.Wiki:
			e.Wikis = flag(e.Item.Deployed)
		default:
			elsewhere = append(elsewhere, key)
		}
	}
	if err := countMentions(ctx, tx, q, f, place); err != nil {
		return err
	}
	measures, err := r.readMeasures(ctx, tx, q, f)
	if err != nil {
		return err
	}
	for _, m := range measures {
		for _, key := range f.known.resolve(m.Item) {
			m.Item = key
			e := place[key]
			e.Measures = append(e.Measures, m)
		}
	}
	for i := range all {
		if m := all[i].Measures; len(m) > 1 {
			slices.SortStableFunc(m, func(a, b Measure) int {
				return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Source, b.Source))
			})
		}
	}
	running, err := deployments(ctx, tx, q.kinds(), elsewhere)
	if err != nil {
		return err
	}
	for key, n := range running {
		for _, key := range f.known.resolve(key) {
			place[key].Wikis += n
		}
	}
	return nil
}

// deployments counts the wikis that run each item of the kinds that many wikis
// share, and each of some others.
func deployments(ctx context.Context, tx *sql.Tx, kinds []detect.Kind, others []Key) (map[Key]int, error) {
	out := make(map[Key]int)
	read := func(where string, args ...any) error {
		return query(ctx, tx, func(scan func(...any) error) error {
			var key Key
			var n int
			err := scan(&key, &n)
			out[key] = n
			return err
		}, `SELECT item_key, COUNT(DISTINCT wiki) FROM presence WHERE deployed = 1 AND gone_at = 0 AND `+where+` GROUP BY item_key`, args...)
	}
	for _, kind := range kinds {
		if onWiki(kind) {
			continue
		}
		if err := read(`kind = ?`, kind); err != nil {
			return nil, fmt.Errorf("count the wikis that run items: %w", err)
		}
	}
	for some := range slices.Chunk(others, rowsAtOnce) {
		in, args := oneOf("item_key", some)
		if err := read(in, args...); err != nil {
			return nil, fmt.Errorf("count the wikis that run items: %w", err)
		}
	}
	return out, nil
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
	items := make([]*Item, 0, len(known.items))
	for i := range known.items {
		if item := &known.items[i]; known.one(item.Key) == item.Key {
			items = append(items, item)
		}
	}
	slices.SortFunc(items, func(a, b *Item) int { return strings.Compare(string(a.Key), string(b.Key)) })
	out := make([]Entry, len(items))
	for i, item := range items {
		out[i].Item = *item
		d := &out[i].Item.Details // whose lists others share
		d.Keywords, d.Authors = slices.Clone(d.Keywords), slices.Clone(d.Authors)
	}
	place := make(map[Key]int, len(out))
	for i := range out {
		place[out[i].Item.Key] = i
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
func pageChanges(ctx context.Context, tx *sql.Tx, q Query, rows []presence) ([]pageChange, error) {
	kinds, args := oneOf("kind", q.Kinds)
	out, err := readPageChanges(ctx, tx, `wiki = ? AND `+kinds, append([]any{q.Wiki}, args...)...)
	if err != nil {
		return nil, err
	}
	var elsewhere []Key
	for _, p := range rows {
		if !onWiki(p.item.Key.Kind()) || p.item.Key.Wiki() != q.Wiki {
			elsewhere = append(elsewhere, p.item.Key)
		}
	}
	slices.Sort(elsewhere)
	for some := range slices.Chunk(slices.Compact(elsewhere), rowsAtOnce) {
		in, args := oneOf("item_key", some)
		more, err := readPageChanges(ctx, tx, `wiki <> ? AND `+in, append([]any{q.Wiki}, args...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func readPageChanges(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]pageChange, error) {
	var out []pageChange
	err := query(ctx, tx, func(scan func(...any) error) error {
		var c pageChange
		var at int64
		err := scan(&c.key, &at, &c.revision)
		c.at = moment(at)
		out = append(out, c)
		return err
	}, `SELECT item_key, changed_at, revision FROM page_change WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read changes of items: %w", err)
	}
	return out, nil
}
