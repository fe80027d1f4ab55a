// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the bot reads of its own edits where its store knows
// nothing of a wiki that it has served before: whom it told what, which entries it
// made, which regions it wrote. Nothing is sent before that is known.

package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

const (
	// noteRecalled names the note on what was recalled; recalledAll says that
	// nothing is left to do.
	noteRecalled, recalledAll = "recalled", "all"
	// causeRecalled is why a wiki is behind whose store was lost.
	causeRecalled = "recalled"
	// recalledFor is how far back the bot's edits are read: as long as what was
	// told is kept. recalledEntries is how far back those of a noticeboard matter,
	// and of how many days the ledger is filled.
	recalledFor     = kept
	recalledEntries = 31 * 24 * time.Hour
	// recalledEdits is how many edits of a region are looked at for whether people
	// have reverted them.
	recalledEdits = 3
	// recallTail is from when before the bot's last edit on the changes of the wiki
	// are handled again: what it did not come to write down anywhere.
	recallTail = 7 * 24 * time.Hour
	// recallAtMost is how long pages wait for those changes.
	recallAtMost = 15 * time.Minute
)

// recalled is what could not be given to the store yet, since it does not know
// the mentions: the entries of the noticeboard.
type recalled struct {
	Entries []plan.StoodEntry `json:"entries,omitempty"`
}

// contribution is an edit of the bot as the wiki lists it.
type contribution struct {
	RevID, ParentID int64
	NS              int
	Title           string
	Timestamp       time.Time
	Comment         string
	Top             bool // nobody has edited the page since
}

// recall fills a store that knows nothing of the wiki from what the bot has
// written there, if that is anything. The error recalling is the wiki's.
func (s *site) recall(ctx context.Context) (recalling, err error) {
	db := s.conf.Wiki.Wiki
	note := s.noted[noteRecalled]
	if note == recalledAll {
		return nil, nil
	}
	if r := noted[recalled](note); r != nil { // the last process did not come to its end
		s.recalled = r
		behind, err := s.reg.Behind(ctx, db)
		s.recalling.Store(slices.ContainsFunc(behind, func(b registry.Behind) bool { return b.Cause == causeRecalled }))
		s.recallBegan = time.Now()
		return nil, err
	}
	if edits, err := s.reg.LastEdits(ctx, db, 1); err != nil || len(edits) > 0 {
		return nil, errors.Join(err, s.reg.SetNote(ctx, db, noteRecalled, recalledAll))
	}
	own, recalling := s.contributions(ctx)
	if recalling != nil {
		return recalling, nil
	}
	if len(own) == 0 {
		return nil, s.reg.SetNote(ctx, db, noteRecalled, recalledAll)
	}
	s.log.Warn().Int("edits", len(own)).Msg("the store knows nothing of this wiki, where the bot has edited before: reading what it has sent")
	r := &recalled{}
	byTitle := map[string][]contribution{}
	var titles []string
	for _, c := range own { // the newest first
		if byTitle[c.Title] == nil {
			titles = append(titles, c.Title)
		}
		byTitle[c.Title] = append(byTitle[c.Title], c)
	}
	for _, title := range titles {
		recall := s.recallRegions
		if byTitle[title][0].NS%2 == 1 {
			recall = s.recallMessages
		}
		if recalling, err := recall(ctx, title, byTitle[title], r); recalling != nil || err != nil {
			return recalling, err
		}
	}
	if recalling, err := s.recallDeleted(ctx); recalling != nil || err != nil {
		return recalling, err
	}
	since := s.now().Add(-recalledEntries)
	from := own[0].Timestamp.Add(-recallTail)
	if from.Before(since) {
		from = since
	}
	behind := registry.Behind{Wiki: db, From: from, To: s.now(), Cause: causeRecalled, Missing: -1}
	if err := s.reg.FallBehind(ctx, []registry.Behind{behind}, events.Cursor{}); err != nil {
		return nil, err
	}
	data, err := json.Marshal(r)
	if err == nil {
		err = s.reg.SetNote(ctx, db, noteRecalled, string(data))
	}
	if err != nil {
		return nil, fmt.Errorf("note what was recalled of %s: %w", db, err)
	}
	// The ledger comes last: by it a store is known for one that knows the wiki.
	for _, c := range slices.Backward(own) {
		if c.Timestamp.Before(since) {
			continue
		}
		if err := s.reg.SaveEdit(ctx, db, c.Title, "", c.RevID, c.rules(), c.Timestamp); err != nil {
			return nil, err
		}
	}
	s.recalled, s.recallBegan = r, time.Now()
	s.recalling.Store(true)
	s.log.Info().Int("entries", len(r.Entries)).Int("pages", len(titles)).Msg("recalled what was sent")
	return nil, nil
}

// underRules finds in a summary under which rules an edit was made, see publish.
var underRules = regexp.MustCompile(`\(rules: \[\[Special:Diff/(\d+)\|`)

func (c contribution) rules() int64 {
	if found := underRules.FindStringSubmatch(c.Comment); found != nil {
		n, _ := strconv.ParseInt(found[1], 10, 64) // it has digits only
		return n
	}
	return 0
}

// contributions are the edits of the bot on the wiki, the newest first.
func (s *site) contributions(ctx context.Context) ([]contribution, error) {
	var all []contribution
	err := s.client.GetAll(ctx, map[string]string{
		"action": "query", "list": "usercontribs", "ucuser": s.conf.User, "uclimit": "max", "ucprop": "ids|title|timestamp|comment|flags",
		"ucend": s.now().Add(-recalledFor).Format(time.RFC3339),
	}, func(answer []byte) error {
		var page struct {
			Query struct{ UserContribs []contribution }
		}
		if err := json.Unmarshal(answer, &page); err != nil {
			return fmt.Errorf("read the bot's own edits: %w", err)
		}
		all = append(all, page.Query.UserContribs...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the bot's own edits: %w", err)
	}
	return all, nil
}

// recallMessages recalls the messages on a talk page: each at the first of the
// bot's edits that has it.
func (s *site) recallMessages(ctx context.Context, title string, edits []contribution, _ *recalled) (recalling, err error) {
	db, seen := s.conf.Wiki.Wiki, map[string]bool{}
	oldest := slices.Clone(edits)
	slices.Reverse(oldest)
	for some := range slices.Chunk(oldest, lookedUpAtOnce/5) {
		texts, recalling := s.client.Revisions(ctx, ids(some)...)
		if recalling != nil {
			return recalling, nil
		}
		for _, c := range some {
			for _, key := range plan.MessagesIn(texts[c.RevID].Text) {
				if seen[key] {
					continue
				}
				seen[key] = true
				var told []registry.Told
				if t, ok := plan.ToldBy(key, db, title); ok {
					told = append(told, t)
				}
				if err := s.recallNotice(ctx, title, key, c.RevID, c.Timestamp, told); err != nil {
					return nil, err
				}
			}
		}
	}
	return nil, nil
}

// recallNotice stores a notice as sent, with those whom it told.
func (s *site) recallNotice(ctx context.Context, title, key string, revision int64, at time.Time, told []registry.Told) error {
	if sent, err := s.reg.IsSent(ctx, key); err != nil || sent {
		return err
	}
	if err := s.reg.Intend(ctx, s.conf.Wiki.Wiki, title, revision, []string{key}, at, told...); err != nil {
		return err
	}
	return s.reg.Sent(ctx, s.conf.Wiki.Wiki, title, revision, []string{key}, at)
}

func ids(edits []contribution) []int64 {
	var all []int64
	for _, c := range edits {
		all = append(all, c.RevID)
	}
	return all
}

// recallRegions recalls which regions the bot wrote on a page, whether they stand,
// its last edits of them, and the entries if it is a noticeboard.
func (s *site) recallRegions(ctx context.Context, title string, edits []contribution, r *recalled) (recalling, err error) {
	last := edits[:min(len(edits), recalledEdits)]
	wanted := ids(last)
	for _, c := range last {
		if c.ParentID != 0 {
			wanted = append(wanted, c.ParentID)
		}
	}
	slices.Sort(wanted)
	texts, recalling := s.client.Revisions(ctx, slices.Compact(wanted)...)
	if recalling != nil {
		return recalling, nil
	}
	now := texts[last[0].RevID].Text
	regions := plan.RegionsIn(now)
	if len(regions) > 0 && !last[0].Top {
		page, recalling := s.client.Page(ctx, title)
		if recalling != nil {
			return recalling, nil
		}
		now = page.Text
	}
	for _, region := range regions {
		state := registry.PageHeld
		if !slices.Contains(plan.RegionsIn(now), region) {
			state = registry.PageGone
		}
		if err := s.reg.SetPage(ctx, s.conf.Wiki.Wiki, plan.RegionName(title, region), state); err != nil {
			return nil, err
		}
		if err := s.recallGuard(ctx, title, region, last, texts); err != nil {
			return nil, err
		}
		if region == plan.BoardRegion {
			if recalling := s.recallEntries(ctx, title, edits, r); recalling != nil {
				return recalling, nil
			}
		}
	}
	return nil, nil
}

// recallGuard has the gate know the bot's last edits of a region.
func (s *site) recallGuard(ctx context.Context, title, region string, last []contribution, texts map[int64]wiki.Revision) error {
	if title == s.pages.ReportPage || title == s.pages.StatusPage {
		return nil
	}
	var edits []publish.RecalledEdit
	for _, c := range slices.Backward(last) {
		edits = append(edits, publish.RecalledEdit{Revision: c.RevID, Base: c.ParentID, Before: texts[c.ParentID].Text, After: texts[c.RevID].Text})
	}
	name, text, err := publish.RecalledNote(title, region, edits, last[0].rules())
	if err != nil {
		return err
	}
	if _, known := s.noted[name]; known {
		return nil // it was kept
	}
	return s.reg.SetNote(ctx, s.conf.Wiki.Wiki, name, text)
}

// recallEntries recalls the entries that the bot has put on a noticeboard lately,
// also those that people have taken off.
func (s *site) recallEntries(ctx context.Context, title string, edits []contribution, r *recalled) error {
	seen := map[string]bool{}
	oldest := slices.Clone(edits)
	slices.Reverse(oldest)
	since := s.now().Add(-recalledEntries)
	oldest = slices.DeleteFunc(oldest, func(c contribution) bool { return c.Timestamp.Before(since) })
	for some := range slices.Chunk(oldest, lookedUpAtOnce/5) {
		texts, err := s.client.Revisions(ctx, ids(some)...)
		if err != nil {
			return err
		}
		for _, c := range some {
			for _, e := range plan.EntriesIn(texts[c.RevID].Text) {
				if !seen[e.Anchor] {
					seen[e.Anchor] = true
					e.Page, e.Revision, e.At = title, c.RevID, c.Timestamp
					r.Entries = append(r.Entries, e)
				}
			}
		}
	}
	return nil
}

// recallDeleted notes that the regions are gone whose pages the rules name and
// people have deleted: the wiki does not list the bot's edits of such a page.
func (s *site) recallDeleted(ctx context.Context) (recalling, err error) {
	rules := s.inForce()
	if rules == nil {
		return nil, nil
	}
	known, err := s.reg.Pages(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return nil, err
	}
	for _, name := range plan.Regions(rules, known) {
		if known[name] != "" {
			continue
		}
		title := plan.PageOf(name)
		page, recalling := s.client.Page(ctx, title)
		if recalling != nil {
			return recalling, nil
		}
		if !page.Missing {
			continue
		}
		var answer struct {
			Query struct{ LogEvents []struct{ Action string } }
		}
		recalling = s.client.Get(ctx, map[string]string{"action": "query", "list": "logevents", "letype": "delete", "letitle": title, "lelimit": "1"}, &answer)
		if recalling != nil {
			return recalling, nil
		}
		if len(answer.Query.LogEvents) > 0 && strings.HasPrefix(answer.Query.LogEvents[0].Action, "delete") {
			if err := s.reg.SetPage(ctx, s.conf.Wiki.Wiki, name, registry.PageGone); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}
