// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the bot notices that a wiki was put back to an older state,
// as from a backup: revisions that it knows are not there any more, and their
// numbers are given again to others.

package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const (
	// noteRestored names the note that a wiki was put back.
	noteRestored = "restored"
	// restoredShown is how long the report page says so.
	restoredShown = 7 * 24 * time.Hour
	// restoredEdits is among how many of the bot's edits the last one is looked
	// for that the wiki still has.
	restoredEdits = 500
)

// restoredError says that a wiki was put back, and to which revision.
type restoredError struct{ last int64 }

func (e *restoredError) Error() string {
	return fmt.Sprintf("the wiki has been put back to revision %d", e.last)
}

// wasRestored returns a *restoredError if the wiki does not have the newest
// revision that is known of it though it has none after that, or has given the
// number of the bot's last edit to somebody else's. One answer may come from a
// server that lags, so it has to say so twice.
func (s *site) wasRestored(ctx context.Context) error {
	var last int64
	for again := range 2 {
		if again > 0 {
			if err := newSignal().wait(ctx, s.bot.ListedWithin); err != nil {
				return err
			}
		}
		known, own, err := s.reg.NewestRevision(ctx, s.conf.Wiki.Wiki)
		if err != nil || known == 0 {
			return err
		}
		was := false
		if last, was, err = s.putBack(ctx, known, own); err != nil {
			return s.elsewhere(ctx, err, "the wiki cannot be asked for its newest revision")
		}
		if !was {
			return nil
		}
	}
	return &restoredError{last}
}

// putBack asks the wiki for the newest revision that is known, and the newest one
// by the bot; last is up to which revision all is as it was known.
func (s *site) putBack(ctx context.Context, known, own int64) (last int64, was bool, err error) {
	revisions, err := s.bare(ctx, known, own)
	if err != nil {
		return 0, false, err
	}
	if r, there := revisions[own]; there && own > 0 && r.User != "" && r.User != s.conf.User {
		last, err = s.lastOwn(ctx)
		return last, true, err
	}
	if _, there := revisions[known]; there {
		return 0, false, nil
	}
	var answer struct {
		Query struct {
			RecentChanges []struct {
				RevID     int64
				Timestamp time.Time
			}
			LogEvents []struct{ Timestamp time.Time }
		}
	}
	err = s.client.Get(ctx, map[string]string{"action": "query", "list": "recentchanges|logevents",
		"rcprop": "ids|timestamp", "rctype": "edit|new", "rclimit": "50", "letype": "delete", "lelimit": "1", "leprop": "timestamp"}, &answer)
	if err != nil || len(answer.Query.RecentChanges) == 0 {
		return 0, false, err
	}
	newest := answer.Query.RecentChanges[0]
	if gone := answer.Query.LogEvents; len(gone) > 0 && !gone[0].Timestamp.Before(newest.Timestamp) {
		return 0, false, nil // its page may have been deleted: then it is not in the list either
	}
	for _, change := range answer.Query.RecentChanges { // edits of one second may be listed in any order
		last = max(last, change.RevID)
	}
	return last, last > 0 && last < known, nil
}

// bare reads revisions without their texts; those that the wiki does not have, or
// whose pages are deleted, are left out.
func (s *site) bare(ctx context.Context, ids ...int64) (map[int64]wiki.Revision, error) {
	asked := ""
	for i, id := range ids {
		if i > 0 {
			asked += "|"
		}
		asked += strconv.FormatInt(max(id, 1), 10)
	}
	var answer struct {
		Query struct {
			Pages []struct {
				Revisions []struct {
					RevID int64
					User  string
				}
			}
		}
	}
	err := s.client.Get(ctx, map[string]string{"action": "query", "prop": "revisions", "rvprop": "ids|user", "revids": asked}, &answer)
	if err != nil {
		return nil, err
	}
	found := map[int64]wiki.Revision{}
	for _, p := range answer.Query.Pages {
		for _, r := range p.Revisions {
			found[r.RevID] = wiki.Revision{ID: r.RevID, User: r.User}
		}
	}
	return found, nil
}

// lastOwn returns the last of the bot's edits that the wiki still has as such, 0
// if it has none.
func (s *site) lastOwn(ctx context.Context) (int64, error) {
	edits, err := s.reg.LastEdits(ctx, s.conf.Wiki.Wiki, restoredEdits)
	if err != nil {
		return 0, err
	}
	for len(edits) > 0 {
		some := edits[:min(len(edits), 50)] // what everybody may ask for at once
		edits = edits[len(some):]
		var ids []int64
		for _, e := range some {
			ids = append(ids, e.Revision)
		}
		there, err := s.bare(ctx, ids...)
		if err != nil {
			return 0, err
		}
		for _, e := range some {
			if there[e.Revision].User == s.conf.User {
				return e.Revision, nil
			}
		}
	}
	return 0, nil
}

// rewind forgets what is known of revisions that the wiki does not have any more,
// and of its pages; begin reads them anew. No other goroutine works on the wiki.
func (s *site) rewind(ctx context.Context, restored *restoredError) error {
	s.log.Error().Int64("rev", restored.last).Msg("the wiki has been put back to an older state: what is known of later revisions is forgotten, and its pages are read anew")
	pages, err := s.reg.Pages(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return err
	}
	if err := s.reg.Rewind(ctx, s.conf.Wiki.Wiki, restored.last); err != nil {
		return err
	}
	if err := s.keepPages(ctx, pages); err != nil {
		return err
	}
	text := fmt.Sprintf("%s The wiki has been put back to an older state, up to revision %d. The bot has forgotten what came after that, and has read its pages anew. Nobody is told again of what they were told before.",
		s.now().Format("2006-01-02 15:04 UTC:"), restored.last)
	if err := s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteRestored, text); err != nil {
		return err
	}
	s.forget()
	return nil
}

// keepPages enters again which regions stand, where they do on the wiki as it is
// now, and which people took away: those are not made again.
func (s *site) keepPages(ctx context.Context, pages map[string]registry.PageState) error {
	for name, state := range pages {
		if state == registry.PageHeld {
			page, err := s.client.Page(ctx, plan.PageOf(name))
			if err != nil {
				if err := s.elsewhere(ctx, err, "page cannot be read again"); err != nil {
					return err
				}
			} else if page.Missing {
				continue // it was made later
			}
		}
		if err := s.reg.SetPage(ctx, s.conf.Wiki.Wiki, name, state); err != nil {
			return err
		}
	}
	return nil
}

// forget takes back to its beginning what the process remembers of the wiki.
func (s *site) forget() {
	s.gate.Reset()
	s.rules.Store(&ruleset{})
	clear(s.settled)
	clear(s.closed)
	clear(s.answers)
	clear(s.placed)
	clear(s.proposed)
	clear(s.stood)
	clear(s.waiting)
	s.previews, s.tracked, s.misread = previews{}, tracked{}, ""
	s.seen.config.Store(0)
	s.seen.stop.Store(0)
	s.doubt.Store(true)
	for _, r := range s.order {
		r.anew()
	}
}

// beginAnew is begin for a wiki that may have been put back.
func (s *site) beginAnew(ctx context.Context) error {
	err := s.begin(ctx)
	var restored *restoredError
	if !errors.As(err, &restored) {
		return err
	}
	if err := s.rewind(ctx, restored); err != nil {
		return err
	}
	return s.begin(ctx)
}

// restoredNote says that the wiki was put back, as long as that is news.
func restoredNote(notes map[string]string, at time.Time) string {
	text := notes[noteRestored]
	since, err := time.Parse("2006-01-02 15:04 UTC", text[:min(len(text), len("2006-01-02 15:04 UTC"))])
	if err != nil || at.Sub(since) > restoredShown {
		return ""
	}
	return text
}
