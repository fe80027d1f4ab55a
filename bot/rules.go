// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the life of the rules: read, trusted or not, kept.

package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// ruleset is the rules in force, and a newer revision that is not.
type ruleset struct {
	rules    *config.Rules // nil: none were ever good
	stored   registry.Rules
	rejected *plan.Rejected
}

// inForce returns the rules in force, nil if there are none.
func (s *site) inForce() *config.Rules {
	if set := s.rules.Load(); set != nil {
		return set.rules
	}
	return nil
}

// restoreRules puts the last good rules in force at start-up.
func (s *site) restoreRules(stored registry.Rules, ok bool) {
	if !ok {
		s.rules.Store(&ruleset{})
		return
	}
	rules, problems := config.ParseRules(stored.Text)
	if len(problems) > 0 {
		// An older program accepted what this one does not. The page itself is
		// read next and says the same, with its problems, on the report page.
		s.log.Warn().Int64("rev", stored.Revision).Stringer("reason", problems[0]).Msg("stored rules are not valid any more")
		s.rules.Store(&ruleset{})
		return
	}
	localRules(s.text, rules)
	s.rules.Store(&ruleset{rules: rules, stored: stored})
}

// readRules reads the config page and puts it in force if it is good. A bad
// revision changes nothing but the report.
func (s *site) readRules(ctx context.Context) error {
	page, err := s.client.Page(ctx, s.pages.ConfigPage)
	if err != nil {
		return s.elsewhere(ctx, err, "config page cannot be read")
	}
	before := s.rules.Load()
	if page.Missing && before.rules == nil {
		s.log.Info().Str("title", s.pages.ConfigPage).Msg("there are no rules yet: create the config page")
		return nil
	}
	if before.stored.Revision == page.Revision && before.rules != nil && before.rejected == nil {
		return nil
	}
	rules, problems, err := s.judge(ctx, page)
	if err != nil {
		return s.elsewhere(ctx, err, "last editor of the config page cannot be looked up")
	}
	set := *before
	if r := before.rejected; r != nil && r.Revision == page.Revision && slices.Equal(r.Problems, problems) {
		return nil
	}
	if len(problems) > 0 {
		set.rejected = &plan.Rejected{Revision: page.Revision, User: page.User, Problems: problems}
		s.log.Warn().Str("title", page.Title).Int64("rev", page.Revision).Str("user", page.User).Strs("reason", problems).Msg("rules refused")
	} else {
		set = ruleset{rules: rules, stored: registry.Rules{
			Wiki: s.conf.Wiki.Wiki, Revision: page.Revision, User: page.User, Since: page.Time, Text: page.Text,
		}}
		if err := s.reg.SaveRules(ctx, set.stored); err != nil {
			return err
		}
		s.log.Info().Str("title", page.Title).Int64("rev", page.Revision).Str("user", page.User).Msg("rules in force")
	}
	s.rules.Store(&set)
	if len(problems) == 0 {
		s.useRules()
	}
	return nil
}

// judge says whether a revision of the config page may come into force: its
// problems as sentences, or the rules.
func (s *site) judge(ctx context.Context, page wiki.Page) (*config.Rules, []string, error) {
	if page.Missing {
		return nil, []string{"the config page does not exist any more"}, nil
	}
	if page.Redirect != "" {
		return nil, []string{"the config page is a redirect to " + page.Redirect}, nil
	}
	var problems []string
	if page.Model != "json" {
		problems = append(problems, fmt.Sprintf("the page's content model is %s; it must be json", page.Model))
	}
	trusted, err := s.trusted(ctx, page)
	if err != nil {
		return nil, nil, err
	}
	if !trusted {
		problems = append(problems, fmt.Sprintf("the page is not protected, and %s, who edited it last, has none of the rights %s", page.User, strings.Join(s.conf.ConfigRights, ", ")))
	}
	rules, wrong := config.ParseRules(page.Text)
	for _, p := range wrong {
		problems = append(problems, p.String())
	}
	if rules != nil {
		localRules(s.text, rules)
		problems = append(problems, s.misplaced(rules)...)
	}
	return rules, problems, nil
}

// trusted reports whether the page's text is by somebody the operator trusts:
// it is protected to one of the rights, or to administrators, or its last
// editor has one of the rights.
func (s *site) trusted(ctx context.Context, page wiki.Page) (bool, error) {
	rights := s.conf.ConfigRights
	if level := page.Protection["edit"]; level == "sysop" || slices.Contains(rights, level) {
		return true, nil
	}
	if page.User == "" {
		return false, nil
	}
	user, err := s.client.UserInfo(ctx, page.User)
	if err != nil {
		return false, err
	}
	has, err := s.client.Rights(ctx, user.Groups)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(has, func(r string) bool { return slices.Contains(rights, r) }), nil
}

// misplaced returns the problems with the pages that rules name on this wiki.
func (s *site) misplaced(rules *config.Rules) []string {
	var problems []string
	own := []string{s.pages.ConfigPage, s.pages.ReportPage, s.pages.StopPage}
	for _, title := range plan.Titles(rules) {
		if slices.Contains(own, title) {
			problems = append(problems, fmt.Sprintf("%s has a use of its own; name another page", title))
		}
	}
	return problems
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
