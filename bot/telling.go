// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the bot tells of itself on a wiki: the report page, and
// the status page.

package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	// statusEvery is the least time between edits of the status page that tell
	// nothing new but times.
	statusEvery = time.Hour
	// editsLookedAt is among how many edits the last one of each page is looked
	// for.
	editsLookedAt = 500
)

// tell publishes the bot's own pages, after those that they report on.
func (s *site) tell(ctx context.Context, in plan.Input, set *ruleset) error {
	if set.rules == nil && set.rejected == nil {
		return nil // nobody has asked for the bot on this wiki yet
	}
	standing, trialEdits, err := s.standing(ctx, in, set)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(standing.Stops, func(stop plan.Stop) bool { return stop.Stops == "" }) {
		return nil // everything is stopped, these pages too
	}
	under := under(set, s.stoppable())
	if err := s.publish(ctx, plan.ReportPage(s.pages, standing), registry.PageHeld, under); err != nil {
		return err
	}
	if page, ok := plan.PingPage(s.pages, standing); ok && in.View.Notices[page.Notices[0].Key].Sent.IsZero() {
		if err := s.publish(ctx, page, registry.PageHeld, under); err != nil {
			return err
		}
	}
	if s.dryRun != nil {
		return nil // its times would be another diff each time
	}
	status := plan.Status{
		Standing: standing, At: in.Now, LastEvent: s.lastEvent(), Away: s.away(in.Now) != "", TrialEdits: trialEdits, KeptBack: KeptBack(s.noted),
	}
	if due, err := s.statusDue(ctx, status, under.Limits); err != nil || !due {
		return err
	}
	if status.Edits, err = s.reg.LastEdits(ctx, s.conf.Wiki.Wiki, editsLookedAt); err != nil {
		return err
	}
	page := plan.StatusPage(s.pages, status)
	if err := s.publish(ctx, page, registry.PageHeld, under); err != nil {
		return err
	}
	if s.settled[page.Name()] == "" {
		return nil // it was not saved
	}
	return s.noteChanged(ctx, noteStatus, status.Wrong()+statusMark)
}

// statusMark tells a note on a status in which all was well from no note.
const statusMark = "."

// statusDue reports whether the status page is to be written: something has gone
// wrong or right, or the last time is long ago. It gives way to other pages where
// there are many edits: those in a minute are counted.
func (s *site) statusDue(ctx context.Context, status plan.Status, limits publish.Limits) (bool, error) {
	page, since := s.pages.StatusPage, status.At.Add(-statusEvery)
	if s.noted[noteStatus] == status.Wrong()+statusMark {
		if n, _, err := s.reg.EditsSince(ctx, s.conf.Wiki.Wiki, page, since); err != nil || n > 0 {
			return false, err
		}
	}
	n, first, err := s.reg.EditsSince(ctx, s.conf.Wiki.Wiki, "", status.At.Add(-time.Minute))
	if most := limits.PerMinute; err == nil && most > 0 && n > most/3 {
		s.wakeAt(first.Add(time.Minute))
		return false, nil
	}
	return true, err
}

// standing gathers how the bot stands on the wiki.
func (s *site) standing(ctx context.Context, in plan.Input, set *ruleset) (standing plan.Standing, trialEdits int, err error) {
	standing = plan.Standing{
		Words: in.Words,
		Rules: set.rules, Rejected: set.rejected, Recovered: set.recovered, Warnings: set.warnings,
		Preview: s.previews.enabled, Change: s.previews.change,
	}
	mode := ""
	if set.rules != nil {
		standing.InForce = &set.stored
		if trial := set.rules.Trial.Edits; !set.rules.Enabled {
			mode = "the rules are not enabled: previews only"
		} else if trial > 0 {
			if trialEdits, err = s.reg.EditsUnder(ctx, s.conf.Wiki.Wiki, set.stored.Revision); err != nil {
				return standing, 0, err
			}
			mode = fmt.Sprintf("trial: %d of %d edits made", trialEdits, trial)
			standing.TrialOver = trialEdits >= trial
		}
	}
	if err := s.noteChanged(ctx, noteMode, mode); err != nil {
		return standing, 0, err
	}
	notes, err := s.reg.Notes(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return standing, 0, err
	}
	standing.Stops, standing.Lines = StopNote(notes), LinesNote(notes)
	standing.Overwritten = overwritten(notes, under(set, nil).Thaw, in.Now)
	if standing.Trouble, standing.Sources, err = s.trouble(ctx, notes, in.Now); err != nil {
		return standing, 0, err
	}
	standing.Gaps, err = s.gapsToShow(ctx, in.Now)
	return standing, trialEdits, err
}

// overwritten returns people's edits that the bot has written over, as long as
// they are news.
func overwritten(notes map[string]string, lasts time.Duration, at time.Time) []plan.Overwritten {
	var all []plan.Overwritten
	guards := publish.ReadGuards(notes)
	for _, name := range slices.Sorted(maps.Keys(guards)) {
		for _, o := range guards[name].Overwritten {
			if lasts == 0 || at.Sub(o.At) < lasts {
				all = append(all, o)
			}
		}
	}
	return all
}

// trouble returns, a sentence each, what people should know besides the rules, and
// how the sources are doing.
func (s *site) trouble(ctx context.Context, notes map[string]string, at time.Time) (trouble []string, sources []plan.SourceTrouble, err error) {
	surveys, err := s.reg.Surveys(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return nil, nil, err
	}
	trouble = s.waits(notes, at)
	for name, text := range notes {
		if page, ok := strings.CutPrefix(name, notePage); ok && !s.isOwn(page) {
			trouble = append(trouble, text)
		}
	}
	shared, err := s.reg.Notes(ctx, registry.AllWikis)
	if err != nil {
		return nil, nil, err
	}
	for _, state := range surveys {
		held := notes
		if state.Wiki == registry.AllWikis {
			held = shared
		}
		if s.shows(state) {
			sources = append(sources, plan.SourceTrouble{SurveyState: state, Answer: held[noteHeld+state.Source]})
		}
	}
	for _, text := range []string{notes[noteGap], notes[noteHalted], restoredNote(notes, at), s.away(at)} {
		if text != "" {
			trouble = append(trouble, text)
		}
	}
	slices.Sort(trouble)
	return trouble, sources, nil
}

// shows reports whether how a source is doing matters to the wiki.
func (s *site) shows(state registry.SurveyState) bool {
	return !slices.Contains(plan.Catalogued, state.Source) || s.usesCatalogue()
}

// lastEvent is when the wiki's feed last brought an event.
func (s *site) lastEvent() time.Time {
	if s.feed.vital {
		return s.bot.LastEvent()
	}
	return s.feed.lastTime()
}
