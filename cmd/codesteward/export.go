// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the export command: all that the registry knows, as JSON.

package main

import (
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/web"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

type exportCmd struct {
	stateFlags `embed:""`
	Toolinfo   bool `help:"Print the gadgets and user scripts that Toolhub has no record of as toolinfo records."`
}

func (c *exportCmd) Run(p *program) error {
	reg, err := c.open(p)
	if err != nil {
		return err
	}
	defer reg.Close()
	all, err := reg.Export(p.ctx)
	if err != nil {
		return err
	}
	if c.Toolinfo {
		return c.printToolinfo(p, reg, all)
	}
	out := exported{Wikis: []exportedWiki{}}
	for _, w := range all.Wikis {
		wiki, err := exportWiki(p, reg, w, time.Now().UTC())
		if err != nil {
			return fmt.Errorf("export %s: %w", w.Wiki, err)
		}
		out.Wikis = append(out.Wikis, wiki)
	}
	return printJSON(p, out)
}

// printToolinfo prints the records of the gadgets and user scripts that Toolhub
// has none of.
func (c *exportCmd) printToolinfo(p *program, reg *registry.Registry, all registry.Export) error {
	known, err := recorded(p.ctx, reg)
	if err != nil {
		return err
	}
	return printJSON(p, toolinfo(all, known))
}

// toolinfo makes the records of all gadgets and user scripts that are in use
// and not among those known.
func toolinfo(all registry.Export, known map[registry.Key]bool) []web.Record {
	records := []web.Record{}
	for _, w := range all.Wikis {
		for _, item := range w.Items {
			if r, ok := web.ToolRecord(item.Item, item.Claims, w.Wiki, w.ArticleURL, survey.WithoutMail); ok && !known[item.Key] {
				records = append(records, r)
			}
		}
	}
	return records
}

// exported is what the command prints.
type exported struct {
	Wikis []exportedWiki `json:"wikis"` // sorted by name
}

// exportedWiki is all about one wiki, under its own rules.
type exportedWiki struct {
	registry.ExportedWiki
	Items  []exportedItem `json:"items"` // sorted by key, in place of those above
	Shares shares         `json:"shares"`
	// Collisions are names that several items have.
	Collisions []registry.Collision `json:"collisions"`
}

// shares are the two shares of what nobody looks after, each with its whole.
type shares struct {
	Listed   registry.Share `json:"listed"`
	Deployed registry.Share `json:"deployed"`
}

// exportedItem is an item with its verdict, and how much it matters.
type exportedItem struct {
	registry.ExportedItem
	Measures []registry.Measure `json:"measures,omitempty"`
	// Month and Quarter are mentions in the last 30 and 90 days.
	Month   int                 `json:"mentions_30_days"`
	Quarter int                 `json:"mentions_90_days"`
	Wikis   int                 `json:"wikis"` // served ones that have it
	Similar []registry.Likeness `json:"similar,omitempty"`
}

// exportWiki adds to what the registry exports what follows under the wiki's
// rules, or under the usual ones if it has none.
func exportWiki(p *program, reg *registry.Registry, w registry.ExportedWiki, now time.Time) (exportedWiki, error) {
	rules, err := rulesOf(p, reg, w.Wiki)
	if err != nil {
		return exportedWiki{}, err
	}
	view, err := reg.View(p.ctx, plan.Query(w.Wiki, rules, now))
	if err != nil {
		return exportedWiki{}, err
	}
	view = plan.Asked(view, rules)
	resolver, err := reg.Resolver(p.ctx, w.Wiki)
	if err != nil {
		return exportedWiki{}, err
	}
	limits, similar := plan.Limits(w.Wiki, rules), registry.Similar(view.Entries, plan.Unlike(rules))
	out := exportedWiki{ExportedWiki: w, Items: []exportedItem{}, Collisions: append([]registry.Collision{}, resolver.Collisions()...)}
	out.Shares.Listed, out.Shares.Deployed = registry.Shares(view.Entries, func(e registry.Entry) registry.Verdict {
		return registry.Judge(e.Claims, view.Accounts, limits, now).Verdict
	})
	for i, m := range out.Mentions {
		out.Mentions[i].Section, out.Mentions[i].Snippet = survey.WithoutMail(m.Section), survey.WithoutMail(m.Snippet)
	}
	for _, e := range view.Entries {
		opinion := registry.Judge(e.Claims, view.Accounts, limits, now)
		out.Items = append(out.Items, exportedItem{
			ExportedItem: registry.ExportedItem{Item: e.Item, Opinion: opinion, Claims: append([]registry.Claim{}, e.Claims...)},
			Measures:     e.Measures, Month: e.Month, Quarter: e.Quarter, Wikis: e.Wikis, Similar: similar[e.Item.Key],
		})
	}
	return out, nil
}

// rulesOf returns the rules of a wiki that are stored, or the usual ones.
func rulesOf(p *program, reg *registry.Registry, wiki string) (*config.Rules, error) {
	usual, err := usualRules()
	if err != nil {
		return nil, err
	}
	stored, ok, err := reg.LastRules(p.ctx, wiki)
	if err != nil || !ok {
		return usual, err
	}
	if rules, problems := config.ParseRules(stored.Text); len(problems) == 0 {
		return rules, nil
	}
	return usual, nil // those of an older program
}
