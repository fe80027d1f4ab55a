// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which mentions may be shown away from the wiki.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// Shown returns those of some mentions that the wiki still shows, in their
// order: they were not hidden or deleted, not taken back, nor taken off the
// noticeboard since they were read. What is not stored is not shown.
func (r *Registry) Shown(ctx context.Context, mentions []Mention) ([]Mention, error) {
	ids := make([]string, len(mentions))
	for i, m := range mentions {
		ids[i] = mentionID(m.As, m.Wiki, m.Revision, m.Section)
	}
	var shown map[string]bool
	err := r.read(ctx, func(tx *sql.Tx) error {
		shown = make(map[string]bool, len(ids))
		for some := range slices.Chunk(ids, rowsAtOnce) {
			in, args := oneOf("id", some)
			err := query(ctx, tx, func(scan func(...any) error) error {
				var id string
				err := scan(&id)
				shown[id] = true
				return err
			}, `SELECT id FROM mention WHERE withdrawn = 0 AND redacted = 0 AND dismissed_at = 0 AND `+in, args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up which mentions are shown: %w", err)
	}
	var out []Mention
	for i, m := range mentions {
		if shown[ids[i]] {
			out = append(out, m)
		}
	}
	return out, nil
}
