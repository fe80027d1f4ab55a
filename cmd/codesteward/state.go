// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds commands that read the registry: render and status.

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

type renderCmd struct {
	stateFlags `embed:""`
	Wiki       string `help:"Database name of the wiki; may be left out if the registry holds one."`
	Table      string `required:"" xor:"what" help:"The table's id in the rules."`
	Page       string `required:"" xor:"what" enum:"overview,adoption" help:"The overview, or the adoption page, instead of a table."`
}

func (c *renderCmd) Run(p *program) error {
	reg, err := c.open(p)
	if err != nil {
		return err
	}
	defer reg.Close()
	rules, err := c.rules(p, reg)
	if err != nil {
		return err
	}
	parsed, problems := config.ParseRules(rules.Text)
	if len(problems) > 0 {
		return fmt.Errorf("rules of %s, revision %d: %s", rules.Wiki, rules.Revision, problems[0])
	}
	now := time.Now().UTC()
	view, err := reg.View(p.ctx, plan.Query(rules.Wiki, parsed, now))
	if err != nil {
		return err
	}
	view = plan.Asked(view, parsed)
	in := plan.Input{Site: plan.Site{Wiki: rules.Wiki}, Rules: parsed, View: view, Now: now, Words: messages.In(parsed.Language, parsed.Messages)}
	if in.Similar, err = bot.SimilarItems(p.ctx, reg, rules.Wiki, parsed); err != nil {
		return err
	}
	text, err := c.text(in)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, text)
	return nil
}

// text is the wikitext of what is asked for, as on a page without anything else.
func (c *renderCmd) text(in plan.Input) (string, error) {
	if c.Page == "" {
		i := slices.IndexFunc(in.Rules.Tables, func(t config.Table) bool { return t.ID == c.Table })
		if i < 0 {
			return "", &exitError{code: exitUsage, err: fmt.Errorf("the rules of %s have no table %q", in.Site.Wiki, c.Table)}
		}
		return plan.NewTable(in, in.Rules.Tables[i]).Apply("")
	}
	in.View.Pages = nil // what became of the page does not matter
	titles := map[string]string{}
	if o := in.Rules.Overview; o != nil {
		titles[config.OverviewID] = o.Page
	}
	if a := in.Rules.Adoption; a != nil {
		titles[config.AdoptionID] = a.Page
	}
	pages := plan.Pages(in)
	i := slices.IndexFunc(pages, func(p plan.Page) bool { return p.Region == c.Page && p.Title == titles[c.Page] })
	if i < 0 {
		return "", fmt.Errorf("there is no page %q: the rules of %s do not ask for it, or its sources were never read", c.Page, in.Site.Wiki)
	}
	return pages[i].Apply("")
}

// rules returns the stored rules of the wiki that is meant.
func (c *renderCmd) rules(p *program, reg *registry.Registry) (registry.Rules, error) {
	wiki := c.Wiki
	if wiki == "" {
		status, err := reg.Status(p.ctx)
		if err != nil {
			return registry.Rules{}, err
		}
		if len(status.Rules) != 1 {
			return registry.Rules{}, &exitError{code: exitUsage, err: fmt.Errorf("the registry holds the rules of %d wikis; say which with --wiki", len(status.Rules))}
		}
		wiki = status.Rules[0].Wiki
	}
	rules, ok, err := reg.LastRules(p.ctx, wiki)
	if err == nil && !ok {
		err = fmt.Errorf("the registry holds no rules of %s", wiki)
	}
	return rules, err
}

type statusCmd struct {
	stateFlags `embed:""`
	JSON       bool `help:"Print JSON."`
}

func (c *statusCmd) Run(p *program) error {
	reg, err := c.open(p)
	if err != nil {
		return err
	}
	defer reg.Close()
	status, err := reg.Status(p.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, status)
	}
	return printStatus(p.stdout, status, time.Now().UTC())
}

func printJSON(p *program, v any) error {
	out := json.NewEncoder(p.stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
