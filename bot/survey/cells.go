// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source cells: the Steward cells of the bot's own tables,
// which belong to people, and whose history says who put which name there.

package survey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// historian is what the source cells needs of the client.
type historian interface {
	History(ctx context.Context, title string, after int64) ([]wiki.Revision, error)
	Revisions(ctx context.Context, ids ...int64) (map[int64]wiki.Revision, error)
}

// stewards are the names in the Steward cells of a table, or in the lines of the
// sign-up page, by what they are to which item.
type stewards map[post][]entry

// post is what somebody can be to an item.
type post struct {
	item registry.Key
	role registry.Role
}

// entry is a name with the text that it stands in.
type entry struct {
	registry.Holder
	text string
}

// add enters a name, once.
func (s stewards) add(p post, e entry) {
	if !slices.ContainsFunc(s[p], func(o entry) bool { return o.Holder == e.Holder }) {
		s[p] = append(s[p], e)
	}
}

// CellTable is one table of the bot's, whose Steward cells people fill in.
// Several tables on one page are read one by one.
type CellTable struct {
	// On is how the wiki reads titles; nil stands for an English one.
	On *wikitext.Site
	// Page is the full title of the page, Region the id of the table's region.
	Page, Region string
	// Self is the bot's own account, whose edits are nobody's claims.
	Self string
	// Headings are words over the column of stewards in other languages. What the
	// bot wrote is known by its class, whatever the words.
	Headings []string
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
	r := cellReader{on: t.On, self: t.Self, read: t.read}
	if err := r.startBefore(ctx, history, revisions[0]); err != nil {
		return fail(err)
	}
	changes, upTo := r.all(revisions, t.Page, after)
	return changes, upTo, nil
}

// cellReader goes through the revisions of a page.
type cellReader struct {
	on   *wikitext.Site
	self string
	// read returns the names in a revision.
	read func(wiki.Revision) (stewards, error)
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

// all takes in revisions of a page and returns what they changed, and up to which
// one they could be read.
func (r *cellReader) all(revisions []wiki.Revision, page string, after int64) (changes []registry.CellChange, upTo int64) {
	upTo = after
	for _, revision := range revisions {
		for _, c := range r.next(revision) {
			c.Page = page
			changes = append(changes, c)
		}
		if !r.gap {
			upTo = revision.ID
		}
	}
	return changes, upTo
}

// next takes in a revision and returns what it changed, in the order of items.
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
	if own := accountName(r.on, revision.User) == accountName(r.on, r.self); !own {
		out = compare(r.on, r.last, cells, change)
		if isRevert(revision) {
			out = ofNobody(out)
		}
	}
	r.last, r.seen, r.gap = cells, true, false
	return out
}

// revertTags mark a revision that brings back what stood before:
// https://www.mediawiki.org/wiki/Manual:Reverts.
var revertTags = []string{"mw-rollback", "mw-undo", "mw-manual-revert"}

func isRevert(r wiki.Revision) bool {
	return slices.ContainsFunc(r.Tags, func(tag string) bool { return slices.Contains(revertTags, tag) })
}

// ofNobody takes the words that somebody brought back, as when they undid
// vandalism, for nobody's: that confirms nothing. Who takes a name out by that
// still does.
func ofNobody(changes []registry.CellChange) []registry.CellChange {
	var out []registry.CellChange
	for _, c := range changes {
		added := c
		c.Added, c.Kept = nil, nil
		added.Removed, added.Kept, added.User, added.Registered = nil, nil, "", true
		for _, part := range []registry.CellChange{c, added} {
			if len(part.Removed)+len(part.Added) > 0 {
				out = append(out, part)
			}
		}
	}
	return out
}

// read returns the names in a revision's Steward cells.
func (t CellTable) read(revision wiki.Revision) (stewards, error) {
	if revision.Hidden || revision.Missing {
		return nil, fmt.Errorf("the text of revision %d cannot be read", revision.ID)
	}
	region, err := t.On.Parse(revision.Text).Region(t.Region)
	if err != nil {
		return nil, err
	}
	table, err := wikitext.ParseTable(region.Body)
	if err != nil {
		return nil, err
	}
	header := headerCells(table)
	column := stewardColumn(header, t.Headings)
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
		raw := row.Cells[column].Raw
		for _, h := range holders(raw, t.On) {
			cells.add(post{key, registry.Steward}, entry{h, strings.Join(strings.Fields(raw), " ")})
		}
	}
	return cells, nil
}

// compare lists what differs between the names before and after, as changes
// like the one given. Where no name does but somebody has changed what stands
// beside their own, that is one too.
func compare(on *wikitext.Site, before, after stewards, like registry.CellChange) []registry.CellChange {
	posts := slices.Collect(maps.Keys(before))
	for p := range after {
		if _, both := before[p]; !both {
			posts = append(posts, p)
		}
	}
	slices.SortFunc(posts, func(a, b post) int {
		return cmp.Or(strings.Compare(string(a.item), string(b.item)), strings.Compare(string(a.role), string(b.role)))
	})
	editor := registry.Holder{Name: accountName(on, like.User), Kind: registry.User}
	var out []registry.CellChange
	for _, p := range posts {
		c := like
		c.Item, c.Role = p.item, p.role
		c.Added = without(after[p], before[p])
		c.Removed = without(before[p], after[p])
		if was, is := textOf(before[p], editor), textOf(after[p], editor); like.Registered && was != "" && is != "" && was != is {
			c.Kept = []registry.Holder{editor}
		}
		if len(c.Added)+len(c.Removed)+len(c.Kept) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// without returns the names of a that are not in b.
func without(a, b []entry) (out []registry.Holder) {
	for _, e := range a {
		if !slices.ContainsFunc(b, func(o entry) bool { return o.Holder == e.Holder }) {
			out = append(out, e.Holder)
		}
	}
	return out
}

// textOf is what a name stands in, "" where it is not among those.
func textOf(entries []entry, of registry.Holder) string {
	for _, e := range entries {
		if e.Holder == of {
			return e.text
		}
	}
	return ""
}
