// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reading of the pages on which people say what messages they
// want and what they look after, and what becomes of messages that were not sent.

package bot

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const (
	// signUpPart stands for the region in the position of the sign-up page, which
	// has none.
	signUpPart = "sign-up"
	// optOutSource is the source of who wants no messages.
	optOutSource = "opt-out"
	// noteLines are the lines that cannot be used, a list of registry.LineProblem.
	noteLines = "lines"
	// abandonedAfter is after how long an intent is looked up that nothing is
	// planned for any more.
	abandonedAfter = time.Hour
)

// LinesNote returns the lines of the sign-up and opt-out pages that cannot be used,
// as a wiki's notes have them.
func LinesNote(notes map[string]string) []registry.LineProblem {
	if lines := noted[[]registry.LineProblem](notes[noteLines]); lines != nil {
		return *lines
	}
	return nil
}

// signUpPage is the title of the sign-up page, "" where there is none.
func signUpPage(rules *config.Rules) string {
	if rules == nil || rules.Notices == nil {
		return ""
	}
	return rules.Notices.SignUp
}

// optedOut reads who is named on an opt-out page, for the gate.
func (s *site) optedOut(text string) []string {
	users, _ := survey.OptOuts(s.text, text)
	return users
}

// readConsent reads the opt-out page and the sign-up page.
func (s *site) readConsent(ctx context.Context, rules *config.Rules) (changed bool, err error) {
	optOut := ""
	if rules.Notices != nil {
		optOut = rules.Notices.OptOut
	}
	changed, problems, err := s.readOptOuts(ctx, optOut)
	if err != nil {
		return changed, err
	}
	new, more, err := s.readSignUps(ctx, signUpPage(rules))
	changed = changed || new
	if err != nil {
		return changed, err
	}
	new, err = s.noteLinesOf(ctx, append(problems, more...))
	return changed || new, err
}

// noteLinesOf stores which lines cannot be used, for the report page.
func (s *site) noteLinesOf(ctx context.Context, problems []registry.LineProblem) (changed bool, err error) {
	text := ""
	if len(problems) > 0 {
		raw, err := json.Marshal(problems)
		if err != nil {
			return false, err
		}
		text = string(raw)
	}
	notes, err := s.reg.Notes(ctx, s.conf.Wiki.Wiki)
	if err != nil || notes[noteLines] == text {
		return false, err
	}
	return true, s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteLines, text)
}

// readOptOuts reads who wants no messages. Whoever has written so does not matter.
func (s *site) readOptOuts(ctx context.Context, title string) (changed bool, problems []registry.LineProblem, err error) {
	if title == "" {
		changed, err = s.reg.SaveOptOuts(ctx, s.conf.Wiki.Wiki, nil)
		return changed, nil, err
	}
	page, err := s.client.Page(ctx, title)
	if err != nil {
		return false, nil, err
	}
	if page.Missing || strings.TrimSpace(page.Text) == "" {
		return false, nil, nil // whoever has blanked or moved it, nobody on it has agreed
	}
	users, problems := survey.OptOuts(s.text, page.Text)
	var all []registry.OptOut
	for _, user := range users {
		all = append(all, registry.OptOut{User: user, Evidence: registry.Evidence{
			Source: optOutSource, Wiki: s.conf.Wiki.Wiki, Page: title, Revision: page.Revision, User: page.User, Time: page.Time,
		}})
	}
	changed, err = s.reg.SaveOptOuts(ctx, s.conf.Wiki.Wiki, all)
	return changed, on(title, problems), err
}

// on enters the page into problems.
func on(title string, problems []registry.LineProblem) []registry.LineProblem {
	for i := range problems {
		problems[i].Page = title
	}
	return problems
}

// readSignUps reads the sign-up page from where it was last read. Where names
// mean other items than they did then, so that what is stored is not what the
// page says, it is read from its beginning again.
func (s *site) readSignUps(ctx context.Context, title string) (changed bool, problems []registry.LineProblem, err error) {
	if title == "" {
		changed, err = s.reg.SavePreferences(ctx, s.conf.Wiki.Wiki, nil)
		return changed, nil, err
	}
	resolver, err := s.reg.Resolver(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return false, nil, err
	}
	page := survey.SignUp{
		SignUpPage: survey.SignUpPage{On: s.text, Wiki: s.conf.Wiki.Wiki, Resolve: resolver.Resolve, KnownWiki: s.bot.knows},
		Page:       title, Self: s.conf.User,
	}
	position := plan.RegionName(title, signUpPart)
	for {
		new, upTo, err := s.readSignUpsOf(ctx, page, position)
		changed = changed || new
		if err != nil {
			return changed, nil, err
		}
		live, err := s.client.Page(ctx, title)
		if err != nil {
			return changed, nil, err
		}
		_, problems = page.Lines(live.Text)
		if live.Revision != upTo {
			return changed, on(title, problems), nil // newer, or not to be read
		}
		stored, err := s.reg.CellClaims(ctx, s.conf.Wiki.Wiki, title)
		if err != nil {
			return changed, nil, err
		}
		differs := misread(stored, page.Standing(live.Text))
		if differs == "" || differs == s.misread {
			s.misread = differs
			return changed, on(title, problems), nil
		}
		s.misread = differs
		if err := s.reg.ForgetCells(ctx, s.conf.Wiki.Wiki, position); err != nil {
			return changed, nil, err
		}
		changed = true
	}
}

// readSignUpsOf reads on, some hundred revisions at a time.
func (s *site) readSignUpsOf(ctx context.Context, page survey.SignUp, position string) (changed bool, upTo int64, err error) {
	for {
		after, err := s.reg.CellsRead(ctx, s.conf.Wiki.Wiki, position)
		if err != nil {
			return changed, after, err
		}
		read, err := page.Read(ctx, s.client, after)
		if err != nil || read.UpTo == after {
			return changed, after, err
		}
		wants := map[string]registry.Preference{}
		if after > 0 {
			if wants, err = s.reg.Preferences(ctx, s.conf.Wiki.Wiki); err != nil {
				return changed, after, err
			}
		}
		for user, p := range read.Preferences {
			delete(wants, user)
			if p != nil {
				p.Evidence.Wiki = s.conf.Wiki.Wiki
				wants[user] = *p
			}
		}
		new, err := s.reg.SavePreferences(ctx, s.conf.Wiki.Wiki, slices.Collect(maps.Values(wants)))
		changed = changed || new
		if err != nil {
			return changed, after, err
		}
		for i := range read.Changes {
			read.Changes[i].Wiki = s.conf.Wiki.Wiki
		}
		new, err = s.reg.SaveCells(ctx, s.conf.Wiki.Wiki, position, read.UpTo, read.Changes)
		changed = changed || new
		if err != nil {
			return changed, after, err
		}
	}
}

// misread says in which claims what is stored of the sign-up page is not what
// the page says; "" in none. A claim in dispute may be on the page or not.
func misread(stored []registry.Claim, said map[registry.Claim]bool) string {
	have := map[registry.Claim]bool{}
	var differ []string
	tell := func(c registry.Claim) { differ = append(differ, string(c.Item)+" "+string(c.Role)+" "+c.Holder) }
	for _, c := range stored {
		plain := registry.Claim{Item: c.Item, Role: c.Role, Holder: c.Holder, HolderKind: c.HolderKind}
		have[plain] = true
		if c.Standing != registry.Disputed && !said[plain] {
			tell(plain)
		}
	}
	for c := range said {
		if !have[c] {
			tell(c)
		}
	}
	slices.Sort(differ)
	return strings.Join(differ, "\n")
}

// knows reports whether the bot reads a wiki.
func (b *Bot) knows(wiki string) bool {
	_, served := b.sites[wiki]
	_, read := b.places[wiki]
	return served || read
}

// settleIntents finds out what became of messages that were intended long ago and
// that nothing is planned for any more: the wiki has them, or they were never
// saved. Until then their users would get no others.
func (s *site) settleIntents(ctx context.Context, view *registry.View, at time.Time) error {
	for _, key := range slices.Sorted(maps.Keys(view.Notices)) {
		n := view.Notices[key]
		if !n.Sent.IsZero() || at.Sub(n.Intended) < abandonedAfter || !strings.HasPrefix(key, "notice/") {
			continue
		}
		revisions, err := s.client.History(ctx, n.Page, n.Base)
		if err != nil {
			return s.elsewhere(ctx, err, "page cannot be searched for a message that may have been sent")
		}
		found := int64(0)
		for _, r := range revisions {
			if found == 0 && r.User == s.conf.User && strings.Contains(r.Text, plan.NoticeMark(key)) {
				found = r.ID
			}
		}
		s.log.Info().Str("title", n.Page).Str("key", key).Int64("rev", found).Msg("message that was begun is settled")
		if found > 0 {
			err = s.reg.Sent(ctx, s.conf.Wiki.Wiki, n.Page, found, []string{key}, at)
			n.Sent, n.Revision = at, found
			view.Notices[key] = n
		} else {
			err = s.reg.Abandon(ctx, []string{key})
			delete(view.Notices, key)
		}
		if err != nil {
			return err
		}
		s.plan.wake()
	}
	return nil
}

// withhold stores who was not told of what, and why, once all is known.
func (s *site) withhold(ctx context.Context, in plan.Input, complete bool) error {
	if !complete || in.Rules == nil || !in.Rules.Enabled || in.Rules.Notices == nil || s.dryRun != nil {
		return nil
	}
	changed, err := s.reg.Withhold(ctx, s.conf.Wiki.Wiki, plan.Decide(in).Withheld)
	if changed && in.Rules.Notices.Log != "" {
		s.plan.wake()
	}
	return err
}
