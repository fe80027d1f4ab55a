// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how previews are made: what the gate would save now, page by
// page.

package bot

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const (
	// previewPages is how many pages one preview reads.
	previewPages = 60
	// previewAge is how long a preview holds though nothing is known anew: people
	// may have changed the pages.
	previewAge = time.Hour
)

// previews are those that the report page shows.
type previews struct {
	enabled, change *plan.Preview
	rules           *config.Rules // that they are of
	made            time.Time
	of              [sha256.Size]byte // what was planned
	stale           bool              // people have changed pages since
}

// preview makes the previews anew if the rules are others, or if what they are
// of has changed and the last ones are some minutes old.
func (s *site) preview(ctx context.Context, in plan.Input, pages []plan.Page, set *ruleset, complete, doubt bool) error {
	rules := set.rules
	if rules == nil || s.dryRun != nil || rules.Enabled && rules.Preview == nil {
		s.previews = previews{}
		return nil
	}
	if s.previews.rules != rules && s.previews.rules != nil {
		s.previews = previews{}
	}
	if !complete {
		return nil
	}
	next := previews{rules: rules, made: in.Now}
	var change []plan.Page
	var changed plan.Input
	if rules.Preview != nil {
		var err error
		if changed, err = s.changedBy(ctx, in); err != nil {
			return err
		}
		change = plan.Pages(changed)
	}
	next.of = sha256.Sum256(fmt.Appendf(nil, "%v %v", pages, change))
	if s.previews.rules == rules && !s.previews.due(next, s.bot.PreviewEvery, doubt) {
		return nil
	}
	var err error
	if !rules.Enabled {
		if next.enabled, err = s.lookAhead(ctx, pages); err != nil {
			return err
		}
		next.enabled.Dropped, _ = plan.Dropped(in)
	}
	if rules.Preview != nil {
		if next.change, err = s.lookAhead(ctx, change); err != nil {
			return err
		}
		next.change.Dropped, _ = plan.Dropped(changed)
		next.change.Unread = plan.Unread(changed)
	}
	s.previews = next
	return nil
}

// due reports whether the next previews have to be made.
func (p *previews) due(next previews, every time.Duration, doubt bool) bool {
	p.stale = p.stale || doubt || next.of != p.of
	age := next.made.Sub(p.made)
	return age >= previewAge || p.stale && age >= every
}

// changedBy is the same moment under the rules with their preview.
func (s *site) changedBy(ctx context.Context, in plan.Input) (plan.Input, error) {
	view, err := s.viewFor(ctx, in.Rules.Preview, in.Now)
	if err != nil {
		return plan.Input{}, err
	}
	in.Rules, in.View, in.Words = in.Rules.Preview, view, s.words(in.Rules.Preview)
	return in, nil
}

// lookAhead asks the gate what it would save.
func (s *site) lookAhead(ctx context.Context, pages []plan.Page) (*plan.Preview, error) {
	ahead := &plan.Preview{Left: max(0, len(pages)-previewPages)}
	for _, page := range pages[:len(pages)-ahead.Left] {
		effect, err := s.gate.Look(ctx, page)
		if err != nil {
			return nil, fmt.Errorf("look ahead: %w", err)
		}
		ahead.Effects = append(ahead.Effects, effect)
	}
	return ahead, nil
}
