// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the check of rules against what their wiki says.

package bot

import (
	"context"
	"errors"
	"maps"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// check returns what is wrong with rules on this wiki, and what is odd, as
// sentences. What the text alone tells is among the latter.
func (s *site) check(ctx context.Context, rules *config.Rules) (wrong, odd []string, err error) {
	about, err := s.asRulesSeeIt(ctx, rules)
	if err != nil {
		return nil, nil, err
	}
	odd = sentences(rules.Warnings)
	if why := s.chartless(rules); why != "" {
		odd = append(odd, why)
	}
	for _, p := range config.Check(rules, about) {
		if p.Severity == config.Error {
			wrong = append(wrong, p.String())
		} else {
			odd = append(odd, p.String())
		}
	}
	return wrong, odd, nil
}

// asRulesSeeIt is the wiki with the pages that the rules name.
func (s *site) asRulesSeeIt(ctx context.Context, rules *config.Rules) (config.Site, error) {
	about := config.Site{
		Bot: s.conf.User, Title: s.readTitle, Denied: s.gate.Denies, Pages: map[string]config.Page{},
		Own: map[string]string{
			s.pages.ConfigPage: "the rules", s.pages.ReportPage: "the bot's report",
			s.pages.StopPage: "stopping the bot", s.pages.StatusPage: "the bot's status",
		},
		Wikis: append(slices.Collect(maps.Keys(s.bot.places)), slices.Collect(maps.Keys(s.bot.sites))...),
	}
	slices.Sort(about.Wikis)
	for _, ns := range s.about.Namespaces {
		about.Namespaces = append(about.Namespaces, ns.ID)
	}
	written := map[string]string{} // by the title as the wiki writes it
	for _, title := range rules.Titles() {
		if local, _, err := s.readTitle(title); err == nil {
			written[title] = local
		}
	}
	found, err := s.client.Pages(ctx, slices.Compact(slices.Sorted(maps.Values(written))))
	if err != nil {
		return config.Site{}, err
	}
	for title, local := range written {
		p, known := found[local]
		if !known {
			continue
		}
		page := config.Page{Missing: p.Missing, Redirect: p.Redirect, Model: p.Model}
		if p.Barred != nil && p.Barred.Class != wiki.Halt { // that is not the rules' fault
			page.Barred = p.Barred.Info
		}
		about.Pages[title] = page
	}
	return about, nil
}

// readTitle reads a title as people write it in rules.
func (s *site) readTitle(written string) (title string, namespace int, err error) {
	t, err := s.text.ParseTitle(localTitle(s.text, written))
	switch {
	case err != nil:
		return "", 0, err
	case t.Interwiki != "":
		return "", 0, errors.New("it is on another wiki")
	case t.Name == "":
		return "", 0, errors.New("there is no page name")
	}
	return t.String(), t.Namespace, nil
}
