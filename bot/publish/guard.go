// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the gate remembers of each region, also over restarts:
// the bot's last edits of it, and why it must not be written for now.

package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
)

// notebook keeps what the gate remembers. *registry.Registry is one.
type notebook interface {
	Notes(ctx context.Context, wiki string) (map[string]string, error)
	// SetNote stores a note, "" takes it away.
	SetNote(ctx context.Context, wiki, name, text string) error
	// CellsRead returns up to which revision it is known what people did to the
	// cells of a region, "Title#region".
	CellsRead(ctx context.Context, wiki, position string) (int64, error)
}

// noteGuard begins the names of the notes that hold guards.
const noteGuard = "region "

const (
	// editsKept is how many of the bot's edits of a region are remembered.
	editsKept = 20
	// cellsKept is how many cells of people are remembered, or shown.
	cellsKept = 30
)

// Guard is what the gate remembers of a region.
type Guard struct {
	// Edits are the bot's last ones, the oldest first.
	Edits []regionEdit `json:"edits,omitempty"`
	// Looked is the revision up to which people's edits were looked at.
	Looked int64 `json:"looked,omitempty"`
	// Rules is the revision of the rules under which the region was last as it
	// should be, 0 if that is not known.
	Rules int64 `json:"rules,omitempty"`
	// Frozen and Held say why it must not be written; nil if it may.
	Frozen *Frozen `json:"frozen,omitempty"`
	Held   *Loss   `json:"held,omitempty"`
	// Touched are the bot's cells that people have edited since its last edit,
	// Overwritten those that it has written over.
	Touched     []plan.Overwritten `json:"touched,omitempty"`
	Overwritten []plan.Overwritten `json:"overwritten,omitempty"`
}

// regionEdit is an edit of a region by the bot.
type regionEdit struct {
	Revision int64 `json:"revision"` // 0 if it is not known whether it was saved
	Base     int64 `json:"base"`     // the revision that it was made from, 0 for a new page
	// Before and After tell the texts of the region apart, as plan.BodyPrint does.
	Before string `json:"before"`
	After  string `json:"after"`
}

// ReadGuards returns what the gate remembers, by "Title#region", of a wiki's
// notes. One of another version of the program is left out.
func ReadGuards(notes map[string]string) map[string]Guard {
	guards := map[string]Guard{}
	for name, text := range notes {
		region, ok := strings.CutPrefix(name, noteGuard)
		var g Guard
		if ok && json.Unmarshal([]byte(text), &g) == nil {
			guards[region] = g
		}
	}
	return guards
}

// IsGuardNote reports whether a note, by its name, holds a Guard.
func IsGuardNote(name string) bool { return strings.HasPrefix(name, noteGuard) }

// guardOf returns what is remembered of the region of a page, to be changed in
// place and then stored with remember.
func (p *Publisher) guardOf(ctx context.Context, page plan.Page) (*Guard, error) {
	if p.guards == nil {
		p.guards = map[string]*Guard{}
		if p.Memory != nil {
			notes, err := p.Memory.Notes(ctx, p.Site.Wiki)
			if err != nil {
				p.guards = nil
				return nil, err
			}
			for name, g := range ReadGuards(notes) {
				p.guards[name] = &g
			}
		}
	}
	g := p.guards[page.Name()]
	if g == nil {
		g = &Guard{}
		p.guards[page.Name()] = g
	}
	return g, nil
}

// remember stores what is remembered of a region.
func (p *Publisher) remember(ctx context.Context, page plan.Page, g *Guard) error {
	if p.Memory == nil {
		return nil
	}
	data, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("write what is known of %s: %w", page.Name(), err)
	}
	return p.Memory.SetNote(ctx, p.Site.Wiki, noteGuard+page.Name(), string(data))
}

// Leave forgets a region that has left the rules.
func (p *Publisher) Leave(ctx context.Context, region string) error {
	delete(p.guards, region)
	if p.Memory == nil {
		return nil
	}
	return p.Memory.SetNote(ctx, p.Site.Wiki, noteGuard+region, "")
}

// guarded reports whether the page is one whose region is looked after: not the
// bot's own pages, nor messages.
func (p *Publisher) guarded(page plan.Page) bool {
	return page.Region != "" && page.Scope != plan.Reports && p.DryRun == nil
}

// frozenOrHeld keeps a region back that must not be written, without reading
// its page: one that is frozen, and one whose loss is held, while nothing has
// changed.
func (p *Publisher) frozenOrHeld(ctx context.Context, a *attempt) (*Outcome, error) {
	if !p.guarded(a.page) {
		return nil, nil
	}
	g, err := p.guardOf(ctx, a.page)
	if err != nil {
		return nil, err
	}
	if f := g.Frozen; f != nil {
		until := f.At.Add(a.rules.Thaw)
		if a.rules.Revision == f.Rules && (a.rules.Thaw == 0 || p.Now().Before(until)) {
			no := refuse(StepRevert, Held, "%s", f.words(a.page, a.rules.Thaw))
			if a.rules.Thaw > 0 {
				no.Again = until
			}
			return no, nil
		}
		// What is known of the time before would freeze it again at once.
		*g = Guard{Looked: g.Looked, Rules: g.Rules, Held: g.Held}
		if err := p.remember(ctx, a.page, g); err != nil {
			return nil, err
		}
		p.Log.Info().Str("title", a.page.Title).Str("region", a.page.Region).Msg("region thawed")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if was, ok := p.losses[a.page.Name()]; ok {
		if was.is == lossIs(a) && p.Now().Before(was.until) {
			return &was.outcome, nil
		}
		delete(p.losses, a.page.Name())
	}
	return nil, nil
}

// begin notes that the bot is about to edit a region, so that the edit is known
// for its own also if the process ends before it is answered.
func (p *Publisher) begin(ctx context.Context, a *attempt) error {
	if !p.guarded(a.page) {
		return nil
	}
	g, err := p.guardOf(ctx, a.page)
	if err != nil {
		return err
	}
	region := a.page.Region
	g.settleLast(0)
	g.Edits = append(g.Edits, regionEdit{Base: a.live.Revision, Before: plan.BodyPrint(region, a.live.Text), After: plan.BodyPrint(region, a.text)})
	if n := len(g.Edits) - editsKept; n > 0 {
		g.Edits = slices.Delete(g.Edits, 0, n)
	}
	return p.remember(ctx, a.page, g)
}

// settleLast notes the revision of the last edit; with 0, that it was not saved.
func (g *Guard) settleLast(revision int64) {
	n := len(g.Edits) - 1
	if n < 0 || g.Edits[n].Revision != 0 {
		return
	}
	if g.Edits[n].Revision = revision; revision == 0 {
		g.Edits = g.Edits[:n]
	}
}

// done notes that a region is as it should be, after an edit with its revision,
// or 0 if none was needed.
func (p *Publisher) done(ctx context.Context, a *attempt, revision int64) error {
	if !p.guarded(a.page) {
		return nil
	}
	g, err := p.guardOf(ctx, a.page)
	if err != nil {
		return err
	}
	p.forgetLoss(a.page)
	if revision == 0 {
		if n := len(g.Edits) - 1; n >= 0 && a.live.User == p.Site.Bot && g.Edits[n].After == plan.BodyPrint(a.page.Region, a.live.Text) {
			g.settleLast(a.live.Revision) // nobody has answered, but it has arrived
		}
		seen := g.Looked
		if n := len(g.Edits) - 1; n >= 0 && a.live.Revision > g.Edits[n].Revision {
			g.Looked = max(g.Looked, a.live.Revision) // what people did there is as the bot would have it
		}
		if g.Held == nil && g.Rules == a.rules.Revision && g.Looked == seen {
			return nil
		}
	} else {
		g.settleLast(revision)
		g.overwrite(a, p.Now())
		g.Looked = max(g.Looked, revision)
	}
	g.Held, g.Rules = nil, a.rules.Revision
	return p.remember(ctx, a.page, g)
}

// overwrite moves the cells of people that the edit has written over to those
// that people are told of.
func (g *Guard) overwrite(a *attempt, at time.Time) {
	for _, t := range g.Touched {
		if t.Stands(a.page.Region, a.text) {
			continue
		}
		t.At = at
		g.Overwritten = append(g.Overwritten, t)
	}
	g.Touched = nil
	if a.rules.Thaw > 0 {
		g.Overwritten = slices.DeleteFunc(g.Overwritten, func(o plan.Overwritten) bool { return at.Sub(o.At) > a.rules.Thaw })
	}
	if n := len(g.Overwritten) - cellsKept; n > 0 {
		g.Overwritten = slices.Delete(g.Overwritten, 0, n)
	}
}
