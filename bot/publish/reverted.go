// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the gate senses that people have reverted the bot, and
// then leaves the region alone: whoever undoes an edit has a reason, and a bot
// must not fight about it.

package publish

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// revertTags are the change tags that MediaWiki sets on an edit that undoes
// others: https://www.mediawiki.org/wiki/Manual:Reverts.
var revertTags = []string{"mw-undo", "mw-rollback", "mw-manual-revert"}

// cellsWait is how long a page that was put back to an older state waits until
// it is known what that says of the cells of people.
const cellsWait = time.Minute

// historiesRead is how many answers about the history of a page are read at once,
// some hundred revisions each.
const historiesRead = 4

// Frozen says that people have reverted the bot's edit of a region.
type Frozen struct {
	Edit     int64     `json:"edit"` // the bot's revision
	Revision int64     `json:"revision"`
	User     string    `json:"user"` // "" if hidden
	At       time.Time `json:"at"`   // of the freezing
	Rules    int64     `json:"rules"`
	// Cell is the bot's cell that somebody has filled again with what the bot
	// had written over; nil where the whole edit was reverted.
	Cell *plan.CellEdit `json:"cell,omitempty"`
}

// words tell of a region that is frozen.
func (f *Frozen) words(page plan.Page, thaw time.Duration) string {
	by := f.User
	if by == "" {
		by = "somebody whose name is hidden"
	}
	what := fmt.Sprintf("%s has reverted the bot's edit %d in revision %d", by, f.Edit, f.Revision)
	if f.Cell != nil {
		what = fmt.Sprintf("%s has put back in revision %d what the bot had written over (%s)", by, f.Revision, f.Cell.Where())
	}
	until := ""
	if thaw > 0 {
		until = ", or " + moment(f.At.Add(thaw)) + " has come"
	}
	return fmt.Sprintf("%s, region %s, is frozen: %s. The bot does not edit it until somebody edits the rules page%s.", page.Title, page.Region, what, until)
}

// reverted looks at what people did to the region since the bot's last edit of
// it, if the bot is about to edit it again. Where they have reverted that edit,
// the region freezes. What they did to the bot's own cells is noted. The wiki is
// asked only where the page has changed since it was last looked at.
func (p *Publisher) reverted(ctx context.Context, a *attempt) (*Outcome, error) {
	if !p.guarded(a.page) || a.live.Missing || a.unchanged() {
		return nil, nil
	}
	g, err := p.guardOf(ctx, a.page)
	if err != nil {
		return nil, err
	}
	n := len(g.Edits)
	if n == 0 || a.live.Revision <= max(g.Looked, g.Edits[n-1].Revision) {
		return nil, nil
	}
	after, again := g.Edits[n-1].Base, false
	if last := g.Edits[n-1].Revision; last != 0 && g.Looked > last {
		after, again = g.Looked, true
	}
	revisions, err := p.since(ctx, a.page.Title, after, a.live.Revision)
	if err != nil {
		return nil, err
	}
	if !g.found(revisions, p.Site.Bot, a.page.Region) {
		// The last edit was never saved: what counts is the one before it.
		g.settleLast(0)
		return p.reverted(ctx, a)
	}
	past := g.past(a.page.Region)
	if again {
		read, err := p.Reader.Revisions(ctx, after)
		if err != nil {
			return nil, err
		}
		past.before = read[after].Text
	}
	for i, r := range revisions {
		switch {
		case r.ID < past.last.Revision:
			past.base = r.Text
		case r.ID == past.last.Revision:
			past.stood(r.Text, a.page.Region)
		case r.Hidden || r.Missing:
		case r.User == p.Site.Bot:
			past.before = r.Text
		default:
			if err := p.byPerson(ctx, a, g, past, revisions[i]); err != nil {
				return nil, err
			}
		}
	}
	if past.older && p.cellsUnread(ctx, a, g) {
		wait := refuse(StepRevert, Waits, "")
		wait.Again = p.Now().Add(2 * time.Second)
		return wait, nil
	}
	g.Looked = a.live.Revision
	g.Touched = slices.DeleteFunc(append(g.Touched, past.touched...), func(t plan.Overwritten) bool { return !t.Stands(a.page.Region, a.live.Text) })
	if n := len(g.Touched) - cellsKept; n > 0 {
		g.Touched = g.Touched[n:]
	}
	if f := past.frozen; f != nil {
		f.At, f.Rules = p.Now(), a.rules.Revision
		g.Frozen = f
	}
	if err := p.remember(ctx, a.page, g); err != nil || g.Frozen == nil {
		return nil, err
	}
	p.Log.Warn().Str("title", a.page.Title).Str("region", a.page.Region).Str("user", g.Frozen.User).Int64("rev", g.Frozen.Revision).Msg("edit of the bot reverted: region frozen")
	return p.frozenOrHeld(ctx, a)
}

// since reads the revisions of a page after one, up to another one, with their
// texts; where they are very many, the first of them.
func (p *Publisher) since(ctx context.Context, title string, after, upTo int64) ([]wiki.Revision, error) {
	var all []wiki.Revision
	for range historiesRead {
		some, err := p.Reader.History(ctx, title, after)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) == 0 || some[len(some)-1].ID >= upTo {
			break
		}
		after = some[len(some)-1].ID
	}
	return slices.DeleteFunc(all, func(r wiki.Revision) bool { return r.ID > upTo }), nil
}

// found reports whether the bot's last edit is among revisions, and notes its
// revision if that was not known.
func (g *Guard) found(revisions []wiki.Revision, bot, region string) bool {
	last := &g.Edits[len(g.Edits)-1]
	for _, r := range revisions {
		if last.Revision != 0 && r.ID == last.Revision {
			return true
		}
		if last.Revision == 0 && r.User == bot && plan.BodyPrint(region, r.Text) == last.After {
			last.Revision = r.ID
			return true
		}
	}
	return last.Revision != 0 // the wiki does not show it any more
}

// past is what a region was, and what became of it, revision by revision.
type past struct {
	last   regionEdit
	chain  map[string]bool // what stood before the bot's last edits in a row
	states map[string]bool // what stood before and after its older ones
	// base and made are the texts of the page before and after the last edit,
	// before is that of the revision before the one that is looked at.
	base, made, before string
	frozen             *Frozen
	older              bool // by a state before edits of people that are gone with it
	touched            []plan.Overwritten
}

// past returns what the bot's edits say of the region.
func (g *Guard) past(region string) *past {
	n := len(g.Edits)
	s := &past{last: g.Edits[n-1], chain: map[string]bool{}, states: map[string]bool{}}
	for _, e := range g.Edits {
		s.states[e.Before], s.states[e.After] = true, true
	}
	for i := n - 1; i >= 0 && (i == n-1 || g.Edits[i].After == g.Edits[i+1].Before); i-- {
		s.chain[g.Edits[i].Before] = true
	}
	s.except(s.last.After)
	return s
}

// except leaves a state out, and that of no region.
func (s *past) except(print string) {
	for _, set := range []map[string]bool{s.chain, s.states} {
		delete(set, print)
		delete(set, "")
	}
}

// stood notes what the bot's last edit has made of the page. It is other than
// what was sent where the wiki has joined it with somebody else's.
func (s *past) stood(text, region string) {
	s.made, s.before = text, text
	s.last.After = plan.BodyPrint(region, text)
	s.except(s.last.After)
}

// byPerson looks at one revision by a person.
func (p *Publisher) byPerson(ctx context.Context, a *attempt, g *Guard, s *past, r wiki.Revision) error {
	region, before := a.page.Region, s.before
	s.before = r.Text
	print := plan.BodyPrint(region, r.Text)
	if print == plan.BodyPrint(region, before) || print == "" {
		return nil
	}
	frozen := &Frozen{Edit: s.last.Revision, Revision: r.ID, User: r.User}
	tagged := slices.ContainsFunc(r.Tags, func(tag string) bool { return slices.Contains(revertTags, tag) })
	if region == plan.BoardRegion {
		// Entries that are taken off by hand stay off; that needs no frost.
		tagged = slices.Contains(r.Tags, "mw-undo") || slices.Contains(r.Tags, "mw-rollback")
		if !tagged {
			return nil
		}
	}
	switch {
	case print == s.last.After:
		s.frozen, s.older = nil, false // it stands again as the bot has written it
		return nil
	case s.chain[print]:
		s.frozen, s.older = frozen, false
		return nil
	case s.states[print]:
		s.frozen, s.older = frozen, true
		return nil
	case tagged:
		undone, err := p.undone(ctx, s, region, before, r.Text)
		if err != nil {
			return err
		}
		if undone {
			s.frozen, s.older = frozen, false
			return nil
		}
	}
	for _, e := range plan.CellEdits(region, before, r.Text) {
		again := slices.ContainsFunc(g.Overwritten, func(o plan.Overwritten) bool { return o.CellEdit == e })
		if again && !e.Stands(region, a.text) {
			cell := e
			frozen.Cell = &cell
			s.frozen, s.older = frozen, false
		}
		s.touched = append(s.touched, plan.Overwritten{CellEdit: e, Title: a.page.Title, Region: region, User: r.User, Revision: r.ID})
	}
	return nil
}

// undone reports whether a revision that says that it undoes an edit means the
// bot's last one.
func (p *Publisher) undone(ctx context.Context, s *past, region, before, text string) (bool, error) {
	if s.last.Base == 0 {
		return false, nil
	}
	if s.base == "" || s.made == "" {
		read, err := p.Reader.Revisions(ctx, s.last.Base, s.last.Revision)
		if err != nil {
			return false, err
		}
		s.base, s.made = read[s.last.Base].Text, read[s.last.Revision].Text
	}
	return plan.Undone(region, s.base, s.made, before, text), nil
}

// cellsUnread reports whether it is still to be read what people did to their
// cells. Somebody who puts a page back to where it was before a person's edit
// has often meant that edit; once it is known what that says, the bot may want
// nothing else.
func (p *Publisher) cellsUnread(ctx context.Context, a *attempt, g *Guard) bool {
	if p.Memory == nil {
		return false
	}
	first, ok := p.unread[a.page.Name()]
	if !ok {
		first = p.Now()
	}
	read, err := p.Memory.CellsRead(ctx, p.Site.Wiki, a.page.Name())
	if err != nil || read >= a.live.Revision || p.Now().Sub(first) > cellsWait {
		delete(p.unread, a.page.Name())
		return false
	}
	p.unread[a.page.Name()] = first
	return true
}
