// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how mentions are recorded, many at a time.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// finding is a mention that is to be recorded, with the change that made it.
type finding struct {
	id      string
	key     Key
	section string
	detect.Mention
	change detect.Change
}

// findings are mentions that are to be recorded, each once.
type findings struct {
	list []finding
	ids  map[string]bool
}

// add takes a mention in if its name can be stored.
func (f *findings) add(m detect.Mention, c detect.Change) {
	itemWiki := m.Wiki
	if itemWiki == "" {
		itemWiki = c.Wiki
	}
	key := NewKey(m.Kind, itemWiki, clean(m.Name))
	if !key.storable() {
		return
	}
	section := clip(m.Section, maxTitle)
	id := mentionID(key, c.Wiki, c.Revision, section)
	if f.ids[id] {
		return
	}
	if f.ids == nil {
		f.ids = make(map[string]bool)
	}
	f.ids[id] = true
	f.list = append(f.list, finding{id, key, section, m, c})
}

// save records the mentions and forgets them, and reports whether any was new.
func (f *findings) save(ctx context.Context, tx *sql.Tx) (changed bool, err error) {
	if len(f.list) == 0 {
		return false, nil
	}
	list := f.list
	*f = findings{}
	if list, err = unrecorded(ctx, tx, list); err != nil || len(list) == 0 {
		return false, err
	}
	byWiki := make(map[string][]finding)
	for _, m := range list {
		byWiki[m.change.Wiki] = append(byWiki[m.change.Wiki], m)
	}
	var rows [][]any
	for wiki, some := range byWiki {
		hidden, err := redactedRevisions(ctx, tx, wiki, some)
		if err != nil {
			return false, err
		}
		for _, m := range some {
			row, err := m.row(hidden[m.change.Revision])
			if err != nil {
				return false, err
			}
			rows = append(rows, row)
		}
		if err := saveMentioned(ctx, tx, wiki, some); err != nil {
			return false, err
		}
	}
	err = insertRows(ctx, tx, `INSERT INTO mention
		(id, kind, item_key, name, wiki, title, revision, section, rule_name, user_name, author, made_at, snippet, aux, redacted)`, rows)
	if err != nil {
		return false, fmt.Errorf("save mentions: %w", err)
	}
	return true, nil
}

// row is the finding as it is stored, without what a hidden revision says.
func (f finding) row(redacted bool) ([]any, error) {
	user, author, snippet, beside := f.change.User, f.Author, f.Snippet, f.Aux
	if redacted {
		user, author, snippet, beside = "", "", "", nil
	}
	aux, err := listText(clipAll(beside, maxTitle))
	if err != nil {
		return nil, fmt.Errorf("what is named beside %s: %w", f.key, err)
	}
	return []any{f.id, f.Kind, f.key, clip(f.Name, maxTitle), f.change.Wiki, clip(f.change.Title, maxTitle), f.change.Revision, f.section, f.Rule,
		clip(user, maxTitle), clip(author, maxTitle), micros(f.change.Time), clip(snippet, maxProse), aux, flag(redacted)}, nil
}

// unrecorded leaves out the mentions that are stored.
func unrecorded(ctx context.Context, tx *sql.Tx, list []finding) ([]finding, error) {
	ids := make([]string, 0, len(list))
	for _, m := range list {
		ids = append(ids, m.id)
	}
	stored, err := valuesIn(ctx, tx, `SELECT id FROM mention WHERE 1 = 1`, "id", ids)
	if err != nil {
		return nil, fmt.Errorf("look for mentions: %w", err)
	}
	return slices.DeleteFunc(list, func(m finding) bool { return stored[m.id] }), nil
}

// redactedRevisions returns those revisions of a wiki, of which mentions are to
// be recorded, that were hidden.
func redactedRevisions(ctx context.Context, tx *sql.Tx, wiki string, list []finding) (map[int64]bool, error) {
	revisions := make([]int64, 0, len(list))
	for _, m := range list {
		revisions = append(revisions, m.change.Revision)
	}
	slices.Sort(revisions)
	hidden, err := valuesIn(ctx, tx, `SELECT DISTINCT revision FROM mention WHERE wiki = ? AND redacted = 1`, "revision", slices.Compact(revisions), wiki)
	if err != nil {
		return nil, fmt.Errorf("look for hidden revisions: %w", err)
	}
	return hidden, nil
}

// saveMentioned makes items of the tools and user scripts that are mentioned on
// a wiki.
func saveMentioned(ctx context.Context, tx *sql.Tx, wiki string, list []finding) error {
	var keys []Key
	for _, m := range list {
		if m.Kind == detect.Tool || m.Kind == detect.UserScript {
			keys = append(keys, m.key)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	known, err := valuesIn(ctx, tx, `SELECT item_key FROM presence WHERE wiki = ? AND source = ?`, "item_key", keys, wiki, fromMentions)
	if err != nil {
		return fmt.Errorf("look for items: %w", err)
	}
	var items []Item
	for _, key := range keys {
		if !known[key] {
			items = append(items, found(key, wiki))
		}
	}
	return insertPresences(ctx, tx, wiki, fromMentions, items)
}

// valuesIn returns which of some values a query finds in its one column; it ends
// in a condition.
func valuesIn[T comparable](ctx context.Context, tx *sql.Tx, text, column string, values []T, args ...any) (map[T]bool, error) {
	out := make(map[T]bool)
	for some := range slices.Chunk(values, rowsAtOnce) {
		in, more := oneOf(column, some)
		err := query(ctx, tx, func(scan func(...any) error) error {
			var v T
			err := scan(&v)
			out[v] = true
			return err
		}, text+` AND `+in, slices.Concat(args, more)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
