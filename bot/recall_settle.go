// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a store that was filled from the bot's own edits comes to
// know its mentions again, before pages are written.

package bot

import (
	"context"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// untilSurveyed waits until the sources were read without whose names a change is
// not understood.
func (q *queue) untilSurveyed(ctx context.Context) error {
	s := q.site
	for !s.complete() && time.Since(s.recallBegan) < recallAtMost {
		q.pace.forward()
		if err := newSignal().wait(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return s.learn(ctx)
}

// recallDone says that what happened before the store was lost was looked up as
// far as it matters.
func (s *site) recallDone() {
	s.recalling.Store(false)
	s.plan.wake()
}

// waitsForRecall reports whether pages have to wait for what is being looked up.
func (s *site) waitsForRecall() bool {
	return s.recalling.Load() && time.Since(s.recallBegan) < recallAtMost
}

// settleRecalled gives the store the entries that the bot has made, now that it
// knows the mentions, and reports whether there were any. What people did to the
// noticeboard is read again: by now it is known what they meant.
func (s *site) settleRecalled(ctx context.Context, view registry.View) (changed bool, err error) {
	if s.recalled == nil {
		return false, nil
	}
	db := s.conf.Wiki.Wiki
	byAnchor := map[string]plan.StoodEntry{}
	boards := map[string]bool{}
	for _, e := range s.recalled.Entries {
		byAnchor[e.Anchor], boards[e.Page] = e, true
	}
	for _, mentions := range [][]registry.Mention{view.Mentions, view.Withdrawn, view.Dismissed} {
		for _, m := range mentions {
			if e, ok := byAnchor[plan.Anchor(m)]; ok {
				changed = true
				if err := s.recallNotice(ctx, e.Page, plan.BoardKey(m), e.Revision, e.At, plan.PingedBy(e, m)); err != nil {
					return changed, err
				}
			}
		}
	}
	for _, q := range view.Requests {
		if e, ok := byAnchor[plan.RequestAnchor(q)]; ok {
			changed = true
			if err := s.recallNotice(ctx, e.Page, plan.RequestKey(q), e.Revision, e.At, nil); err != nil {
				return changed, err
			}
		}
	}
	if s.recalling.Load() {
		return changed, nil // it took too long, but more will be known
	}
	for board := range boards {
		if err := s.reg.ForgetCells(ctx, db, plan.RegionName(board, plan.BoardRegion)); err != nil {
			return changed, err
		}
	}
	if len(boards) > 0 {
		s.ask(registry.CellsSource)
	}
	s.recalled = nil
	return changed, s.reg.SetNote(ctx, db, noteRecalled, recalledAll)
}
