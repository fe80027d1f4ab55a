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
	Table      string `required:"" help:"The table's id in the rules."`
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
	i := slices.IndexFunc(parsed.Tables, func(t config.Table) bool { return t.ID == c.Table })
	if i < 0 {
		return &exitError{code: exitUsage, err: fmt.Errorf("the rules of %s have no table %q", rules.Wiki, c.Table)}
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
	text, err := plan.NewTable(in, parsed.Tables[i]).Apply("")
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, text)
	return nil
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
