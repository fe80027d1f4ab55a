// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the check of rules before they are saved: what is wrong with
// them on their wiki, and which edits would follow. Nothing is written, neither
// to the wiki nor to the registry.

package bot

import (
	"context"
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// Checked is what is found of rules that are not in force yet.
type Checked struct {
	// Problems keep the rules from coming into force, Warnings do not; a sentence
	// each.
	Problems, Warnings []string
	// Preview is which edits would follow, and Change those of the rules with
	// what they prepare, as the report page shows them; nil where there is
	// nothing to show.
	Preview, Change *plan.Preview
}

// Check looks at the rules on a page of a wiki that the bot serves, or at a text
// that is to be saved on the wiki's config page where text is not nil. The edits
// are those that would follow from what the registry knows. The error is a
// *RefusedError if the wiki does not know the bot.
func (b *Bot) Check(ctx context.Context, wiki, title string, text *string) (Checked, error) {
	s, served := b.sites[wiki]
	if !served {
		return Checked{}, fmt.Errorf("the bot does not serve the wiki %s", wiki)
	}
	defer s.client.Close()
	if err := s.start(ctx, b.StartWithin); err != nil {
		return Checked{}, &RefusedError{Who: wiki, Err: err}
	}
	rules, found, err := s.rulesToCheck(ctx, title, text)
	if err != nil || rules == nil || len(found.Problems) > 0 {
		return found, err
	}
	s.rules.Store(&ruleset{rules: rules})
	if err := s.learn(ctx); err != nil {
		return found, err
	}
	s.useDetector()
	if found.Preview, err = s.foresee(ctx, rules); err != nil || rules.Preview == nil {
		return found, err
	}
	found.Change, err = s.foresee(ctx, rules.Preview)
	return found, err
}

// rulesToCheck reads the rules and finds out what is wrong with them.
func (s *site) rulesToCheck(ctx context.Context, title string, text *string) (*config.Rules, Checked, error) {
	if text == nil {
		page, err := s.client.Page(ctx, localTitle(s.text, title))
		if err != nil {
			return nil, Checked{}, err
		}
		if page.Missing {
			return nil, Checked{Problems: []string{fmt.Sprintf("there is no page %s on %s", page.Title, s.conf.Wiki.Wiki)}}, nil
		}
		found, err := s.judge(ctx, page)
		if found.rejected != nil {
			return nil, Checked{Problems: found.rejected.Problems}, err
		}
		return found.rules, Checked{Warnings: found.warnings}, err
	}
	rules, problems := config.ParseRules(*text)
	if rules == nil {
		return nil, Checked{Problems: sentences(problems)}, nil
	}
	wrong, odd, err := s.check(ctx, rules)
	localRules(s.text, rules)
	return rules, Checked{Problems: wrong, Warnings: odd}, err
}

// foresee makes a preview of rules that were never in force.
func (s *site) foresee(ctx context.Context, rules *config.Rules) (*plan.Preview, error) {
	now := s.now()
	view, err := s.viewFor(ctx, rules, now)
	if err != nil {
		return nil, err
	}
	in := plan.Input{Site: s.pages, Rules: rules, View: view, Now: now, Words: s.words(rules)}
	ahead, err := s.lookAhead(ctx, plan.Pages(in))
	if err != nil {
		return nil, err
	}
	ahead.Dropped, _ = plan.Dropped(in)
	ahead.Unread = plan.Unread(in)
	return ahead, nil
}
