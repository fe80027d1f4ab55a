// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reading of what people did to the noticeboard: what they
// have taken off or struck is remembered.

package bot

import (
	"context"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// readBoard reads what people did to the noticeboard since it was last read, some
// hundred revisions at a time.
func (s *site) readBoard(ctx context.Context, page string) (changed bool, err error) {
	position := plan.RegionName(page, plan.BoardRegion)
	for {
		after, err := s.reg.CellsRead(ctx, s.conf.Wiki.Wiki, position)
		if err != nil {
			return changed, err
		}
		revisions, err := s.client.History(ctx, page, after)
		if err != nil || len(revisions) == 0 {
			return changed, err
		}
		new, err := s.dismiss(ctx, page, revisions)
		changed = changed || new
		if err != nil {
			return changed, err
		}
		if _, err := s.reg.SaveCells(ctx, s.conf.Wiki.Wiki, position, revisions[len(revisions)-1].ID, nil); err != nil {
			return changed, err
		}
	}
}

// dismiss notes what revisions of the noticeboard, in their order, did to its
// entries. What the bot does is no word of a person. What was done in a revision
// that is hidden now was done by nobody who can be named.
func (s *site) dismiss(ctx context.Context, page string, revisions []wiki.Revision) (changed bool, err error) {
	before, known := "", true
	if parent := revisions[0].Parent; parent != 0 {
		read, err := s.client.Revisions(ctx, parent)
		if err != nil {
			return false, err
		}
		r := read[parent]
		before, known = r.Text, !r.Missing && !r.Hidden
	}
	hidden := false
	for _, r := range revisions {
		if r.Hidden {
			hidden = true
			continue
		}
		if known && (r.User != s.conf.User || hidden) {
			by := r.User
			if hidden {
				by = ""
			}
			gone, back := plan.Dismissals(before, r.Text)
			if gone, err = s.notArchived(ctx, page, r.Text, gone); err != nil {
				return changed, err
			}
			if r.User == s.conf.User {
				back = nil // those are its new ones
			}
			for _, anchor := range gone {
				new, err := s.dismissEntry(ctx, anchor, by, r.Time)
				changed = changed || new
				if err != nil {
					return changed, err
				}
			}
			for _, anchor := range back {
				new, err := s.dismissEntry(ctx, anchor, "", time.Time{})
				changed = changed || new
				if err != nil {
					return changed, err
				}
			}
		}
		before, known, hidden = r.Text, true, false
	}
	return changed, nil
}

// notArchived leaves out the entries that were taken off by moving them to an
// archive: those that stand on one now. What is struck still stands on the page
// itself.
func (s *site) notArchived(ctx context.Context, page, text string, gone []string) ([]string, error) {
	off := func(anchor string) bool { return !plan.HasEntry(text, anchor) }
	if !slices.ContainsFunc(gone, off) {
		return gone, nil
	}
	archives, err := s.archived(ctx, page)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(gone, func(anchor string) bool { return off(anchor) && plan.HasEntry(archives, anchor) }), nil
}

// dismissEntry notes that the entry with an anchor was taken off, or stands there
// again if at is zero.
func (s *site) dismissEntry(ctx context.Context, anchor, by string, at time.Time) (changed bool, err error) {
	revision := plan.AnchoredAt(anchor)
	if revision == 0 {
		return false, nil
	}
	mentions, err := s.reg.MentionsOn(ctx, s.conf.Wiki.Wiki, "", revision)
	if err != nil {
		return false, err
	}
	for _, m := range mentions {
		if plan.Anchor(m) != anchor || m.Dismissed.IsZero() == at.IsZero() {
			continue
		}
		if err := s.reg.Dismiss(ctx, m, by, at); err != nil {
			return changed, err
		}
		changed = true
		s.log.Info().Str("title", m.Title).Int64("rev", m.Revision).Str("user", by).Bool("back", at.IsZero()).Msg("entry dismissed")
	}
	return changed, nil
}
