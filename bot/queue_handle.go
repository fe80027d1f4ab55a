// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the events of a wiki lead to.

package bot

import (
	"context"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// wanted reports whether an event of the wiki leads to anything.
func (s *site) wanted(e events.Event) bool {
	if e.Kind == events.Canary || e.Kind == events.Other || e.Title == "" || e.User == s.conf.User {
		return false
	}
	switch e.Kind {
	case events.Visibility, events.Delete, events.Move:
		return true
	}
	return s.wants(e) != 0 || len(detect.Touches(e)) > 0
}

// wants says what the text of an edit is looked at for, if at all.
func (s *site) wants(e events.Event) wants {
	rules := s.inForce()
	if rules == nil || e.Kind != events.Edit && e.Kind != events.Create || e.Revision == 0 || plan.Owned(s.pages, rules, e.Title) {
		return 0
	}
	var w wants
	if len(s.toldOn(e.Title)) > 0 {
		w |= wantsTold
	}
	if !e.Bot && rules.Notices != nil && rules.Noticeboard != nil && slices.Contains(rules.Notices.Requests, e.Title) {
		w |= wantsProposals
	}
	if !e.Bot && rules.Watch.Covers(e.Namespace, e.Title, e.User) {
		w |= wantsMentions
	}
	if detect.IsDefinitions(e.Namespace, e.Title) {
		w |= wantsDefinitions
	}
	if s.mayOwn(e) {
		w |= wantsOwners
	}
	return w
}

// mayOwn reports whether an infobox on the page of an event may mark it as an
// item's own: it is in a namespace where such pages are, if there are any.
func (s *site) mayOwn(e events.Event) bool {
	kinds := s.infoboxKinds()
	switch e.Namespace {
	case 2:
		return slices.Contains(kinds, detect.UserScript) && strings.Contains(e.Title, "/")
	case 4, 12:
		return len(kinds) > 0
	case 102:
		return slices.Contains(kinds, detect.Extension)
	case 106:
		return slices.Contains(kinds, detect.Skin)
	case 116:
		return slices.Contains(kinds, detect.Tool)
	}
	return false
}

// infoboxKinds are the kinds of items whose pages infoboxes mark on the wiki.
func (s *site) infoboxKinds() []detect.Kind {
	var kinds []detect.Kind
	if s.conf.Wiki.Wiki == mediawikiOrg {
		kinds = append(kinds, detect.Extension, detect.Skin)
	}
	if rules := s.inForce(); rules != nil {
		for _, t := range rules.Watch.Templates {
			if t.Page {
				kinds = append(kinds, detect.Kind(t.Kind))
			}
		}
	}
	return kinds
}

// handle does what events ask for, in their order. It gives those that are done,
// and what they led to, to record.
func (s *site) handle(ctx context.Context, all []*entry, record func([]*entry, []registry.Batch) (bool, error)) error {
	texts, err := s.read(ctx, all)
	if err != nil {
		if err := s.elsewhere(ctx, err, "texts of edits cannot be read"); err != nil {
			return err
		}
	}
	p := parcel{site: s, record: record}
	for _, e := range all {
		switch e.Kind {
		case events.Visibility, events.Delete:
			if err := p.hand(); err != nil {
				return err
			}
			changed, err := s.redact(ctx, e.Event)
			if err != nil {
				return err
			}
			proposed, err := s.redactRequests(ctx, e.Event)
			if err != nil {
				return err
			}
			if changed || proposed {
				s.plan.wake()
			}
		case events.Move:
			if err := p.hand(); err != nil {
				return err
			}
			if err := s.reg.MovePage(ctx, e.Wiki, e.OldTitle, e.Title, e.Time); err != nil {
				return err
			}
			if len(s.toldOn(e.OldTitle)) > 0 {
				if err := s.noteTold(ctx); err != nil {
					return err
				}
			}
		}
		if e.wants&wantsTold != 0 {
			if err := s.takenBack(ctx, e, texts); err != nil {
				return err
			}
		}
		p.add(e, s.findings(e, texts))
	}
	return p.hand()
}

// parcel is events that are recorded together.
type parcel struct {
	site    *site
	record  func([]*entry, []registry.Batch) (bool, error)
	done    []*entry
	batches []registry.Batch
}

func (p *parcel) add(e *entry, b registry.Batch) {
	p.done = append(p.done, e)
	if len(b.Touches)+len(b.Mentions)+len(b.Proposals) > 0 {
		p.batches = append(p.batches, b)
	}
}

// hand records what there is, and tells of it.
func (p *parcel) hand() error {
	changed, err := p.record(p.done, p.batches)
	if err != nil {
		return err
	}
	s := p.site
	for _, b := range p.batches {
		s.metrics.findings.WithLabelValues("mention").Add(float64(len(b.Mentions)))
		s.metrics.findings.WithLabelValues("touch").Add(float64(len(b.Touches)))
		if changed {
			s.log.Info().Str("title", b.Change.Title).Int64("rev", b.Change.Revision).Int("mentions", len(b.Mentions)).Int("touches", len(b.Touches)).Msg("found")
		}
	}
	if changed {
		s.plan.wake()
	}
	p.done, p.batches = nil, nil
	return nil
}

// findings returns what an event leads to, the texts of edits at hand. Text that
// is hidden or gone is a normal outcome: nothing is found in it.
func (s *site) findings(e *entry, read map[int64]wiki.Revision) registry.Batch {
	b := registry.Batch{Touches: detect.Touches(e.Event), Change: detect.Change{
		Wiki: e.Wiki, Title: e.Title, Namespace: e.Namespace, Revision: e.Revision, User: e.User, Time: e.Time,
	}}
	if e.wants == 0 {
		return b
	}
	after, ok := read[e.Revision]
	if !ok {
		return b // it was refused
	}
	before := read[e.Parent]
	if _, ok := read[e.Parent]; after.Missing || after.Hidden || e.Parent != 0 && (!ok || before.Missing || before.Hidden) {
		s.metrics.skipped.WithLabelValues("hidden").Inc()
		return b
	}
	c := &b.Change
	c.User, c.Comment, c.Tags = after.User, after.Comment, after.Tags
	c.Before, c.After = before.Text, after.Text
	c.Earlier = s.earlier(*c, e.Parent)
	s.texts.newest.put(e.Revision, c.After)
	d := s.detector.Load()
	if e.wants&wantsMentions != 0 {
		b.Mentions = d.Mentions(*c)
	}
	if e.wants&wantsDefinitions != 0 {
		b.Touches = append(b.Touches, detect.DefinitionTouches(*c)...)
	}
	if e.wants&wantsOwners != 0 {
		b.Touches = append(b.Touches, d.PageTouches(*c)...)
	}
	if e.wants&wantsProposals != 0 {
		b.Proposals = detect.Proposals(*c)
	}
	c.Before, c.After = "", "" // which nobody needs any more
	return b
}
