// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tool's web site: what the registry knows, as the site asks
// for it.

package main

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/web"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// repository is where the program's code is.
const repository = "https://gitlab.wikimedia.org/toolforge-repos/codesteward"

// siteFlags are those of every command that serves the web site.
type siteFlags struct {
	WebURL     string   `name:"web-url" placeholder:"URL" help:"The web page's own address, such as https://codesteward.toolforge.org: feeds and records for Toolhub name it."`
	WebProxies []string `placeholder:"CIDR" help:"Whose X-Forwarded-For header is believed, such as 10.0.0.0/8: the proxies before the web page. Nobody's, if nothing is said."`
}

// site makes the web site. An error is one of usage.
func (f siteFlags) site(source web.Source, log zerolog.Logger) (*web.Site, error) {
	var proxies []netip.Prefix
	for _, text := range f.WebProxies {
		prefix, err := allowed(text)
		if err != nil {
			return nil, &exitError{code: exitUsage, err: fmt.Errorf("read --web-proxies: %w", err)}
		}
		proxies = append(proxies, prefix)
	}
	site, err := web.New(web.Config{
		Source: source, Mask: survey.WithoutMail, Proxies: proxies, Log: log,
		About: web.About{Home: strings.TrimSuffix(f.WebURL, "/"), Repository: repository, Version: version()},
	})
	if err != nil {
		return nil, &exitError{code: exitUsage, err: err}
	}
	return site, nil
}

// known is what the registry knows, as the web site asks for it.
type known struct {
	reg     *registry.Registry
	process config.Process
	dryRun  bool
	// lastEvent tells when the running bot handled its last event; nil where it
	// is another process.
	lastEvent func() time.Time

	mu    sync.Mutex
	rules map[string]ruled // by wiki, as they were last parsed
}

// ruled is a revision of rules, parsed.
type ruled struct {
	revision int64
	rules    *config.Rules
}

const (
	// editsListed is how many edits of a wiki are listed.
	editsListed = 20
	// mentionAge is how old a mention may be to be listed: as on a noticeboard.
	mentionAge = 30 * 24 * time.Hour
)

// State tells how the bot is doing, as it noted it.
func (k *known) State(ctx context.Context) (web.State, error) {
	s, err := k.reg.Status(ctx)
	if err != nil {
		return web.State{}, err
	}
	addresses, err := k.reg.ArticleURLs(ctx)
	if err != nil {
		return web.State{}, err
	}
	now := time.Now().UTC()
	out := web.State{Now: now.Truncate(time.Second), Running: s.Running(now)}
	for _, c := range s.Cursors {
		if c.Time.After(out.LastEvent) {
			out.LastEvent = c.Time
		}
	}
	if k.lastEvent != nil {
		if t := k.lastEvent(); t.After(out.LastEvent) {
			out.LastEvent = t
		}
	}
	for _, w := range k.process.Wikis {
		about, err := k.wiki(ctx, w, s, addresses[w.Wiki])
		if err != nil {
			return web.State{}, err
		}
		out.Wikis = append(out.Wikis, about)
	}
	slices.SortFunc(out.Wikis, func(a, b web.Wiki) int { return strings.Compare(a.Wiki, b.Wiki) })
	for _, r := range k.process.Read {
		out.Places = append(out.Places, web.Place{Wiki: r.Wiki, Article: addresses[r.Wiki], Script: script(r.API)})
	}
	return out, nil
}

// script is the address of index.php, which stands beside api.php.
func script(api string) string {
	base, ok := strings.CutSuffix(api, "api.php")
	if !ok {
		return ""
	}
	return base + "index.php"
}

// wiki tells how the bot is doing on one wiki.
func (k *known) wiki(ctx context.Context, w config.Wiki, s registry.Status, article string) (web.Wiki, error) {
	notes := s.Notes[w.Wiki]
	out := web.Wiki{
		Place: web.Place{Wiki: w.Wiki, Article: article, Script: script(w.API)}, Account: w.User, ConfigPage: w.ConfigPage, ReportPage: w.ReportPage(),
		StatusPage: w.StatusPage(), StopPage: w.StopPage(), Halted: bot.HaltedNote(notes), Waiting: held(bot.KeptBack(notes)), Refused: held(bot.RefusedPages(notes)),
	}
	rules, err := k.rulesOf(ctx, w.Wiki)
	if err != nil {
		return web.Wiki{}, err
	}
	for _, r := range s.Rules {
		if r.Wiki == w.Wiki {
			out.Rules = &r
		}
	}
	switch {
	case k.dryRun:
		out.Mode = web.DryRun
	case rules == nil:
		out.Mode = web.NoRules
	case !rules.Enabled:
		out.Mode = web.Preview
	case rules.Trial.Edits > 0:
		made, err := k.reg.EditsUnder(ctx, w.Wiki, out.Rules.Revision)
		if err != nil {
			return web.Wiki{}, err
		}
		out.Mode, out.Trial = web.Trial, fmt.Sprintf("%d of %d edits made", made, rules.Trial.Edits)
	default:
		out.Mode = web.Live
	}
	if r := bot.RejectedNote(notes); r != nil {
		out.Rejected, out.Problems = r.Revision, r.Problems
	}
	for _, stop := range bot.StopNote(notes) {
		out.Stops = append(out.Stops, web.Stop{What: stop.Stops, User: stop.User, Since: stop.Time})
	}
	for _, v := range s.Surveys {
		if v.Wiki == w.Wiki || v.Wiki == registry.AllWikis {
			out.Sources = append(out.Sources, web.SourceState{
				Name: v.Source, Shared: v.Wiki == registry.AllWikis, Read: v.Read, Next: bot.SourceNotes(s.Notes[v.Wiki], v.Source).Next, Failed: v.Failed, Held: v.Held,
			})
		}
	}
	for _, g := range s.Gaps {
		if g.Wiki == w.Wiki {
			out.Gaps = append(out.Gaps, g)
		}
	}
	out.Edits, err = k.reg.LastEdits(ctx, w.Wiki, editsListed)
	return out, err
}

func held(pages map[string]string) []web.Held {
	var list []web.Held
	for _, page := range slices.Sorted(maps.Keys(pages)) {
		list = append(list, web.Held{Page: page, Reason: pages[page]})
	}
	return list
}

// rulesOf returns the rules of a wiki that are in force, nil if there are none.
func (k *known) rulesOf(ctx context.Context, wiki string) (*config.Rules, error) {
	stored, ok, err := k.reg.LastRules(ctx, wiki)
	if err != nil || !ok {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if last, ok := k.rules[wiki]; ok && last.revision == stored.Revision {
		return last.rules, nil
	}
	rules, problems := config.ParseRules(stored.Text)
	if len(problems) > 0 {
		rules = nil // those of an older program
	}
	if k.rules == nil {
		k.rules = map[string]ruled{}
	}
	k.rules[wiki] = ruled{stored.Revision, rules}
	return rules, nil
}

// Read reads one wiki as its pages are planned from.
func (k *known) Read(ctx context.Context, wiki string, take func(web.Part)) error {
	rules, err := k.rulesOf(ctx, wiki)
	if err != nil {
		return err
	}
	if rules == nil {
		if rules, err = usualRules(); err != nil {
			return err
		}
	}
	now := time.Now().UTC()
	query := plan.Query(wiki, rules, now)
	query.Since = now.Add(-mentionAge)
	view, err := k.reg.View(ctx, query)
	if err != nil {
		return err
	}
	view = plan.Asked(view, rules)
	for i, m := range view.Mentions {
		view.Mentions[i].Snippet = plan.Quote(m.Snippet)
	}
	part := web.Part{View: view, Settled: now.Add(-config.DefaultSettleMinutes * time.Minute)}
	unowned := rules.Verdict.Unowned
	if board := rules.Noticeboard; board != nil {
		unowned, part.Settled = board.Verdicts, now.Add(-time.Duration(board.SettleMinutes)*time.Minute)
	}
	for _, v := range unowned {
		part.Unowned = append(part.Unowned, registry.Verdict(v))
	}
	limits := plan.Limits(wiki, rules)
	part.Judge = func(e registry.Entry) registry.Opinion { return registry.Judge(e.Claims, view.Accounts, limits, now) }
	take(part)
	return nil
}

// Shown returns those of some mentions that the wiki still shows.
func (k *known) Shown(ctx context.Context, mentions []registry.Mention) ([]registry.Mention, error) {
	return k.reg.Shown(ctx, mentions)
}

// Recorded returns the gadgets and user scripts that Toolhub has a record of.
func (k *known) Recorded(ctx context.Context) (map[registry.Key]bool, error) {
	return recorded(ctx, k.reg)
}

// recorded returns the gadgets and user scripts that the catalogue of tools has
// a record of: its names for them are among the other names of its tools.
func recorded(ctx context.Context, reg *registry.Registry) (map[registry.Key]bool, error) {
	view, err := reg.View(ctx, registry.Query{Wiki: registry.AllWikis, Kinds: []detect.Kind{detect.Tool}, Uncounted: true})
	if err != nil {
		return nil, err
	}
	keys := map[registry.Key]bool{}
	for _, e := range view.Entries {
		for _, alias := range e.Item.Aliases {
			if key := registry.Key(alias); key.Kind() == detect.Gadget || key.Kind() == detect.UserScript {
				keys[key] = true
			}
		}
	}
	return keys, nil
}

// usualRules are those of a page that says nothing.
func usualRules() (*config.Rules, error) {
	rules, problems := config.ParseRules(`{"version": 1}`)
	if len(problems) > 0 {
		return nil, fmt.Errorf("the usual rules: %s", problems[0]) // unreachable
	}
	return rules, nil
}
