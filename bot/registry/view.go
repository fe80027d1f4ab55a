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
	// Dismissed are those that people took off the noticeboard, of whatever age.
	Dismissed []Mention
	Notices   map[string]Notice
	Surveys   []SurveyState
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
		facts, err := readFacts(ctx, tx, q)
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
		if err := countInto(ctx, tx, q, facts.known, v.Entries); err != nil {
			return err
		}
		v.Entries = facts.ofTheWiki(q, v.Entries)
		if v.Accounts, err = accounts(ctx, tx, q.Wiki, v.Entries); err != nil {
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
		v.Notes, err = notes(ctx, tx, q.Wiki)
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("read all about %s: %w", q.Wiki, err)
	}
	return v, nil
}

// facts are what the sources say of the items of a wiki.
type facts struct {
	rows    []presence
	claims  []storedClaim
	changes []pageChange
	known   resolver // of rows
}

// readFacts reads the items that the sources name for a wiki and for all, what
// is claimed about them, and how their pages changed.
func readFacts(ctx context.Context, tx *sql.Tx, q Query) (f facts, err error) {
	kinds, args := oneOf("kind", q.Kinds)
	for _, wiki := range q.wikis() {
		some, err := presences(ctx, tx, `wiki = ? AND `+kinds, append([]any{wiki}, args...)...)
		if err != nil {
			return facts{}, err
		}
		f.rows = append(f.rows, some...)
		of, err := claims(ctx, tx, `wiki = ? AND superseded_at = 0 AND `+kinds, append([]any{wiki}, args...)...)
		if err != nil {
			return facts{}, err
		}
		f.claims = append(f.claims, of...)
	}
	if f.changes, err = pageChanges(ctx, tx, q, f.rows); err != nil {
		return facts{}, err
	}
	mentioned, err := mentionedKeys(ctx, tx, q)
	if err != nil {
		return facts{}, err
	}
	f.rows = withoutUnmentioned(f.rows, mentioned, f.claims, f.changes)
	f.known = newResolver(f.rows)
	return f, nil
}

// ofTheWiki leaves out the items that only sources of all wikis name, but for
// those that the wiki mentions or has claims about, unless they are asked for.
func (f facts) ofTheWiki(q Query, all []Entry) []Entry {
	if q.Catalogue || q.Wiki == AllWikis {
		return all
	}
	own := make(map[Key]bool, len(all))
	add := func(k Key) {
		for _, key := range f.known.resolve(k) {
			own[key] = true
		}
	}
	for _, p := range f.rows {
		if p.wiki == q.Wiki {
			add(p.item.Key)
		}
	}
	for _, c := range f.claims {
		if c.wiki == q.Wiki {
			add(c.Item)
		}
	}
	return slices.DeleteFunc(all, func(e Entry) bool { return e.Quarter == 0 && !own[e.Item.Key] })
}

// countInto fills in what is counted about items: mentions, measures, wikis.
func countInto(ctx context.Context, tx *sql.Tx, q Query, known resolver, all []Entry) error {
	place := make(map[Key]*Entry, len(all))
	for i := range all {
		place[all[i].Item.Key] = &all[i]
	}
	counts, err := mentionCounts(ctx, tx, q)
	if err != nil {
		return err
	}
	for key, c := range counts {
		if e := place[known.one(key)]; e != nil {
			e.Month += c.month
			e.Quarter += c.quarter
		}
	}
	counted, err := measures(ctx, tx, q)
	if err != nil {
		return err
	}
	for _, m := range counted {
		for _, key := range known.resolve(m.Item) {
			m.Item = key
			place[key].Measures = append(place[key].Measures, m)
		}
	}
	for i := range all {
		slices.SortStableFunc(all[i].Measures, func(a, b Measure) int {
			return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Source, b.Source))
		})
	}
	running, err := deployments(ctx, tx, q)
	if err != nil {
		return err
	}
	for key, n := range running {
		for _, key := range known.resolve(key) {
			place[key].Wikis += n
		}
	}
	return nil
}

// deployments counts the wikis that run each extension and skin, and each
// gadget: of a gadget that is its own.
func deployments(ctx context.Context, tx *sql.Tx, q Query) (map[Key]int, error) {
	kinds := q.Kinds
	if len(kinds) == 0 {
		kinds = detect.Kinds
	}
	out := make(map[Key]int)
	for _, kind := range kinds {
		wiki, args := "1 = 1", []any{kind}
		if onWiki(kind) {
			wiki, args = "wiki = ?", append(args, q.Wiki)
		}
		err := query(ctx, tx, func(scan func(...any) error) error {
			var key Key
			var n int
			err := scan(&key, &n)
			out[key] = n
			return err
		}, `SELECT item_key, COUNT(DISTINCT wiki) FROM presence WHERE kind = ? AND `+wiki+` AND deployed = 1 AND gone_at = 0 GROUP BY item_key`, args...)
		if err != nil {
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
