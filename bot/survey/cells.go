// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source cells: the Steward cells of the bot's own tables,
// which belong to people, and whose history says who put which name there.

package survey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// historian is what the source cells needs of the client.
type historian interface {
	History(ctx context.Context, title string, after int64) ([]wiki.Revision, error)
	Revisions(ctx context.Context, ids ...int64) (map[int64]wiki.Revision, error)
}

// stewards are the names in the Steward cells of a table, by row.
type stewards map[registry.Key][]registry.Holder

// CellTable is one table of the bot's, whose Steward cells people fill in.
// Several tables on one page are read one by one.
type CellTable struct {
	// On is how the wiki reads titles; nil stands for an English one.
	On *wikitext.Site
	// Page is the full title of the page, Region the id of the table's region.
	Page, Region string
	// Self is the bot's own account, whose edits are nobody's claims.
	Self string
}

// maxHidden is how many hidden revisions in a row are looked behind, one
// request each.
const maxHidden = 50

// Changes reads what people did to the Steward cells since a revision, and
// returns it oldest first with the revision up to which it read.
//
// A revision whose text is hidden, or where the region or its table cannot be
// read, is no change: what changed across it is given to the next one, with no
// user, because nobody can tell whose word it is. That holds, too, where the
// revision to start after was hidden since: then the last visible one before it
// is what the next is compared with. So a blanked page takes nobody out. If the
// bot's own edit is the next one, it is a new start: what it could not carry
// over from a page that somebody broke, nobody took out. While the newest
// revisions are of that sort, reading stops before them.
func (t CellTable) Changes(ctx context.Context, history historian, after int64) ([]registry.CellChange, int64, error) {
	fail := func(err error) ([]registry.CellChange, int64, error) {
		return nil, after, fmt.Errorf("read the steward cells of table %s on %s: %w", t.Region, t.Page, err)
	}
	revisions, err := history.History(ctx, t.Page, after)
	if err != nil {
		return fail(err)
	}
	if len(revisions) == 0 {
		return nil, after, nil
	}
	if t.On == nil {
		t.On = wikitext.DefaultSite()
	}
	r := cellReader{CellTable: t}
	if err := r.startBefore(ctx, history, revisions[0]); err != nil {
		return fail(err)
	}
	var changes []registry.CellChange
	upTo := after
	for _, revision := range revisions {
		for _, c := range r.next(revision) {
			c.Page = t.Page
			changes = append(changes, c)
		}
		if !r.gap {
			upTo = revision.ID
		}
	}
	return changes, upTo, nil
}

// cellReader goes through the revisions of a page.
type cellReader struct {
	CellTable
	last stewards // of the last revision that could be read
	seen bool     // there was a table before
	gap  bool     // revisions after last could not be read
}

// startBefore takes in the last revision before the first that can be read.
func (r *cellReader) startBefore(ctx context.Context, history historian, first wiki.Revision) error {
	parent := first.Parent
	for range maxHidden {
		if parent == 0 {
			return nil
		}
		before, err := history.Revisions(ctx, parent)
		if err != nil {
			return err
		}
		old := before[parent]
		cells, err := r.read(old)
		switch {
		case err == nil:
			r.last, r.seen = cells, true
			return nil
		case !old.Hidden:
			r.gap = r.gap || !errors.Is(err, wikitext.ErrNoRegion)
			return nil
		}
		r.gap, parent = true, old.Parent
	}
	return nil
}

// next takes in a revision and returns what it changed, in the order of rows'
// keys.
func (r *cellReader) next(revision wiki.Revision) []registry.CellChange {
	cells, err := r.read(revision)
	if err != nil {
		// Before the table was there, its absence is nothing to wonder about.
		r.gap = r.gap || r.seen || !errors.Is(err, wikitext.ErrNoRegion)
		return nil
	}
	change := registry.CellChange{
		Revision: revision.ID, User: revision.User, Registered: revision.Registered && !revision.Temp, Time: revision.Time,
	}
	if r.gap {
		change.User, change.Registered = "", true
	}
	var out []registry.CellChange
	if own := accountName(r.On, revision.User) == accountName(r.On, r.Self); !own {
		out = compare(r.last, cells, change)
	}
	r.last, r.seen, r.gap = cells, true, false
	return out
}

// read returns the names in a revision's Steward cells.
func (r *cellReader) read(revision wiki.Revision) (stewards, error) {
	if revision.Hidden || revision.Missing {
		return nil, fmt.Errorf("the text of revision %d cannot be read", revision.ID)
	}
	region, err := r.On.Parse(revision.Text).Region(r.Region)
	if err != nil {
		return nil, err
	}
	table, err := wikitext.ParseTable(region.Body)
	if err != nil {
		return nil, err
	}
	header := table.Header()
	column := stewardColumn(header)
	if column < 0 {
		return nil, errors.New("no column for stewards")
	}
	cells := make(stewards)
	for _, row := range table.Rows() {
		key, ok := registry.KeyOfRow(row.ID)
		if !ok {
			continue
		}
		if len(row.Cells) != len(header) || !row.Divided() {
			return nil, fmt.Errorf("row %s has not one cell for each column", row.ID)
		}
		for _, h := range holders(row.Cells[column].Raw, r.On) {
			if !slices.Contains(cells[key], h) {
				cells[key] = append(cells[key], h)
			}
		}
	}
	return cells, nil
}

// compare lists what differs between the cells before and after, as changes
// like the one given.
func compare(before, after stewards, like registry.CellChange) []registry.CellChange {
	keys := slices.Collect(maps.Keys(before))
	for key := range after {
		if _, both := before[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var out []registry.CellChange
	for _, key := range keys {
		c := like
		c.Item = key
		c.Added = without(after[key], before[key])
		c.Removed = without(before[key], after[key])
		if len(c.Added)+len(c.Removed) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// without returns those of a that are not in b.
func without(a, b []registry.Holder) (out []registry.Holder) {
	for _, h := range a {
		if !slices.Contains(b, h) {
			out = append(out, h)
		}
	}
	return out
}
