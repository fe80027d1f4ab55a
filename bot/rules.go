// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the life of the rules: read, found good or not, kept over
// restarts.

package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// ruleset is the rules in force, and a newer revision that is not. It is never
// changed, only put in place of another one.
type ruleset struct {
	rules  *config.Rules // nil: none were ever good
	stored registry.Rules
	// warnings are what is odd about the rules in force.
	warnings  []string
	rejected  *plan.Rejected
	recovered *plan.Recovery
}

// inForce returns the rules in force, nil if there are none.
func (s *site) inForce() *config.Rules {
	if set := s.rules.Load(); set != nil {
		return set.rules
	}
	return nil
}

// restoreRules puts the last good rules in force at start-up, with what was said
// of a revision that was not.
func (s *site) restoreRules(ctx context.Context) error {
	notes, err := s.reg.Notes(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return err
	}
	s.noted = notes
	set := &ruleset{rejected: noted[plan.Rejected](notes[noteRejected]), recovered: noted[plan.Recovery](notes[noteRecovered])}
	stored, ok, err := s.reg.LastRules(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return err
	}
	if ok {
		rules, problems := config.ParseRules(stored.Text)
		if rules == nil {
			// An older program accepted what this one does not. The page itself is
			// read next and says the same, with its problems, on the report page.
			s.log.Warn().Int64("rev", stored.Revision).Stringer("reason", problems[0]).Msg("stored rules are not valid any more")
		} else {
			localRules(s.text, rules)
			set.rules, set.stored, set.warnings = rules, stored, sentences(rules.Warnings)
		}
	}
	s.rules.Store(set)
	return nil
}

// readRules reads the config page and puts it in force if it is good. A bad
// revision changes nothing but the report.
func (s *site) readRules(ctx context.Context) error {
	page, err := s.client.Page(ctx, s.pages.ConfigPage)
	if err != nil {
		s.rulesDue.Store(true) // at the next look
		return s.elsewhere(ctx, err, "config page cannot be read")
	}
	s.seen.config.Store(page.Revision)
	before := s.rules.Load()
	if page.Missing && before.rules == nil && before.rejected == nil {
		s.log.Info().Str("title", s.pages.ConfigPage).Msg("there are no rules yet: create the config page")
		return nil
	}
	if before.rules != nil && before.rejected == nil && before.stored.Revision == page.Revision {
		return s.warnAgain(ctx, before)
	}
	found, err := s.judge(ctx, page)
	if err != nil {
		s.rulesDue.Store(true)
		return s.elsewhere(ctx, err, "config page cannot be judged")
	}
	if found.rejected != nil {
		return s.reject(ctx, before, found.rejected)
	}
	return s.accept(ctx, before, page, found)
}

// reject keeps the rules that are in force.
func (s *site) reject(ctx context.Context, before *ruleset, rejected *plan.Rejected) error {
	if reflect.DeepEqual(before.rejected, rejected) {
		return nil
	}
	s.log.Warn().Str("title", s.pages.ConfigPage).Int64("rev", rejected.Revision).Str("user", rejected.User).Strs("problems", rejected.Problems).Msg("rules refused")
	if err := s.note(ctx, noteRejected, rejected); err != nil {
		return err
	}
	set := *before
	set.rejected = rejected
	s.putInForce(&set)
	return nil
}

// accept puts a revision in force.
func (s *site) accept(ctx context.Context, before *ruleset, page wiki.Page, found judgement) error {
	set := &ruleset{rules: found.rules, warnings: found.warnings, stored: registry.Rules{
		Wiki: s.conf.Wiki.Wiki, Revision: page.Revision, User: page.User, Since: page.Time, Text: page.Text,
	}}
	if bad := before.rejected; bad != nil {
		set.recovered = &plan.Recovery{Revision: page.Revision, User: page.User, At: s.now(), Bad: bad.Revision, BadUser: bad.User}
	}
	if err := s.reg.SaveRules(ctx, set.stored); err != nil {
		return err
	}
	if err := s.note(ctx, noteRecovered, set.recovered); err != nil {
		return err
	}
	if err := s.note(ctx, noteRejected, (*plan.Rejected)(nil)); err != nil {
		return err
	}
	s.log.Info().Str("title", page.Title).Int64("rev", page.Revision).Str("user", page.User).Bool("enabled", set.rules.Enabled).Msg("rules in force")
	s.putInForce(set)
	s.gate.Retry("")
	s.useRules()
	return nil
}

// warnAgain looks once more for what is odd about the rules in force: the wiki
// may have changed. What is wrong with their pages by now, the gate tells.
func (s *site) warnAgain(ctx context.Context, before *ruleset) error {
	_, warnings, err := s.check(ctx, before.rules)
	if err != nil {
		return s.elsewhere(ctx, err, "rules in force cannot be checked")
	}
	if !reflect.DeepEqual(warnings, before.warnings) {
		set := *before
		set.warnings = warnings
		s.rules.Store(&set)
		s.plan.wake()
	}
	return nil
}

// putInForce puts a ruleset in place of another one, and has people told.
func (s *site) putInForce(set *ruleset) {
	s.rules.Store(set)
	s.newRules.Store(true)
	s.plan.wake()
}

// elsewhere handles an error of the wiki that is not ours to end on: it is
// logged, and what was known stays. Errors of our own come back, and so does
// the wiki's word that it does not know the account any more: going on would
// lose what is missed meanwhile.
func (s *site) elsewhere(ctx context.Context, err error, what string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused *wiki.Error
	if !errors.As(err, &refused) {
		return fmt.Errorf("%s: %w", what, err)
	}
	if refused.Class == wiki.Identity {
		return &RefusedError{Who: s.conf.Wiki.Wiki, Err: err}
	}
	s.log.Warn().Err(err).Msg(what)
	return nil
}

// sentences writes problems as sentences.
func sentences(problems []config.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.String())
	}
	return all
}

// note stores what the bot says of itself, nil takes it away.
func (s *site) note(ctx context.Context, name string, said any) error {
	text := ""
	if !reflect.ValueOf(said).IsZero() {
		data, err := json.Marshal(said)
		if err != nil {
			return fmt.Errorf("note %s of %s: %w", name, s.conf.Wiki.Wiki, err)
		}
		text = string(data)
	}
	return s.reg.SetNote(ctx, s.conf.Wiki.Wiki, name, text)
}

// noted reads such a note; nil where there is none.
func noted[T any](text string) *T {
	var said T
	if text == "" || json.Unmarshal([]byte(text), &said) != nil {
		return nil // of another version of the program: it is worked out anew
	}
	return &said
}
