// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds when the ownership sources of a wiki are read.

package bot

import (
	"context"
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
)

// gadgetsDefinition is the page that says which gadgets a wiki has.
const gadgetsDefinition = "MediaWiki:Gadgets-definition"

// sources returns the names of all sources, in the order in which they are
// read.
func (s *site) sources() []string {
	return []string{"siteinfo", "gadgets", "maintainers", "cells"}
}

// survey reads every source at the start and regularly, and single ones when an
// event asks for it, until ctx ends.
func (s *site) survey(ctx context.Context) error {
	for _, source := range s.sources() {
		s.due.add(source)
	}
	next := time.Now().Add(s.every)
	for {
		due := s.due.take()
		for _, source := range s.sources() {
			if !due[source] {
				continue
			}
			changed, err := s.readSource(ctx, source)
			if err != nil {
				return err
			}
			if changed {
				s.log.Info().Str("source", source).Msg("survey brought something new")
				s.plan.wake()
			}
		}
		if err := s.read.wait(ctx, time.Until(next)); err != nil {
			return err
		}
		if time.Now().After(next) {
			next = time.Now().Add(s.every)
			for _, source := range s.sources() {
				s.due.add(source)
			}
			s.rulesDue.Store(true) // in case the event of its edit was lost
			s.plan.wake()
		}
	}
}

// readSource reads one source into the registry. A source that cannot be read
// changes nothing but its own state.
func (s *site) readSource(ctx context.Context, source string) (changed bool, err error) {
	if source == "cells" {
		return s.readCells(ctx)
	}
	found, err := s.ask_(ctx, source)
	if err == nil {
		changed, err = s.reg.SaveSurvey(ctx, found)
	}
	if err != nil {
		return s.sourceFailed(ctx, source, err)
	}
	return changed, nil
}

func (s *site) ask_(ctx context.Context, source string) (registry.Survey, error) {
	return registry.Survey{}, fmt.Errorf("%s", survey.Todo)
}
