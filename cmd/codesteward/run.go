// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the run command.

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/web"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// stateFlags are those of every command that opens the registry.
type stateFlags struct {
	DB string `default:"sqlite:codesteward.db" help:"Where the registry is: sqlite:PATH, or mysql://USER:PASSWORD@HOST[:PORT]/DATABASE for MariaDB, in which $${NAME} stands for an environment variable."`
}

func (f stateFlags) open(p *program) (*registry.Registry, error) {
	dsn, err := withVariables(f.DB, p.getenv)
	if err != nil {
		return nil, &exitError{code: exitUsage, err: err}
	}
	return registry.Open(p.ctx, dsn) // whose error names the store without a password
}

// processFlags are those of every command that asks the wikis.
type processFlags struct {
	Wikis       string        `default:"wikis.json" help:"The file that says which wikis to serve, or its text, which begins with a brace."`
	Contact     string        `default:"https://gitlab.wikimedia.org/toolforge-repos/codesteward" help:"How to reach the operator: a page or an e-mail address, sent to every server in the User-Agent header."`
	StartWithin time.Duration `default:"2m" help:"How long a wiki may take to answer at start-up."`
}

// served reads the wikis file, and the secrets that the bot logs in with. The
// error is one of usage.
func (f processFlags) served(p *program) (process config.Process, served []bot.Served, err error) {
	if process, err = config.ReadProcess(f.Wikis); err != nil {
		return process, nil, &exitError{code: exitUsage, err: err}
	}
	var wrong []error
	for _, w := range process.Wikis {
		password, err := w.Password(p.getenv)
		if err == nil {
			if bad := wiki.Auth(w.Auth).CheckSecret(password); bad != nil {
				err = fmt.Errorf("secret for %s: %w", w.Wiki, bad)
			}
		}
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		served = append(served, bot.Served{Wiki: w, Password: password})
	}
	if len(wrong) > 0 {
		return process, nil, &exitError{code: exitUsage, err: errors.Join(wrong...)}
	}
	return process, served, nil
}

// userAgent names the bot and how to reach its operator.
func (f processFlags) userAgent() string {
	return fmt.Sprintf("codesteward/%s (%s)", version(), f.Contact)
}

type runCmd struct {
	stateFlags   `embed:""`
	processFlags `embed:""`
	siteFlags    `embed:""`
	kafkaFlags   `embed:""`
	Stream       string        `default:"https://stream.wikimedia.org/v2/stream" help:"Address of the event streams."`
	Streams      []string      `default:"mediawiki.page_change.v1" help:"Names of the streams to follow."`
	PollEvery    time.Duration `default:"30s" help:"How often a wiki with the source \"poll\" is asked for its recent changes while it is quiet."`
	SurveyEvery  time.Duration `help:"How often every ownership source is read again; if not given, each on its own schedule."`
	Web          string        `help:"Address to serve the web page, /metrics, /healthz and /readyz on, such as 127.0.0.1:8091; none if empty."`
	Shards       int           `default:"1" help:"How many shards the wikis are dealt to. Each process serves as many as it is asked to of those that no other serves, and waits for the others; all have to be given the same number."`
	ShardsEach   int           `default:"1" help:"How many shards this process serves at most."`
	Debug        string        `placeholder:"ADDR" help:"Loopback address to serve /debug/pprof on, such as 127.0.0.1:6060; none if empty."`
	Rebuild      bool          `help:"Forget at the start what can be read again from the wikis and catalogues, and read it. What was told whom is kept, so nobody is told twice."`
	DryRun       bool          `help:"Do everything but save: print a diff of each page."`
}

func (c *runCmd) Run(p *program) error {
	if c.Rebuild && c.Shards > 1 {
		return &exitError{code: exitUsage, err: errors.New("--rebuild forgets what is known of all wikis, also of those that other processes serve: give it alone, with all others stopped, and the shards after that")}
	}
	process, served, err := c.served(p)
	if err != nil {
		return err
	}
	reg, err := c.open(p)
	if err != nil {
		return err
	}
	defer reg.Close()
	metrics := newMetrics()
	conf := bot.Config{
		Wikis:       served,
		Read:        process.Read,
		Toolhub:     process.Toolhub,
		Striker:     process.Striker,
		List:        process.List,
		Registry:    reg,
		Stream:      events.Config{URL: c.Stream, Streams: c.Streams},
		UserAgent:   c.userAgent(),
		PollEvery:   c.PollEvery,
		SurveyEvery: c.SurveyEvery,
		Rebuild:     c.Rebuild,
		StartWithin: c.StartWithin,
		Metrics:     metrics,
		Log:         p.log,
	}
	if f, ok := p.stderr.(*os.File); ok && isTerminal(f) {
		conf.Terminal = f
	}
	if c.DryRun {
		conf.DryRun = p.stdout
	}
	b, err := c.bot(p, conf)
	if err != nil {
		return err
	}
	site, err := c.site(&known{reg: reg, process: process, dryRun: c.DryRun, lastEvent: b.LastEvent}, p.log)
	if err != nil {
		return err
	}
	var debug net.Listener
	if c.Debug != "" {
		if debug, err = listenDebug(c.Debug); err != nil {
			return &exitError{code: exitUsage, err: err}
		}
		defer debug.Close()
	}
	g, ctx := errgroup.WithContext(p.ctx)
	if c.Web != "" {
		listener, err := net.Listen("tcp", c.Web)
		if err != nil {
			return &exitError{code: exitUsage, err: fmt.Errorf("listen for web clients: %w", err)}
		}
		g.Go(func() error { return site.Run(ctx) })
		g.Go(func() error { return web.Serve(ctx, listener, web.Beside(web.Handler(metrics, b), site.Handler())) })
	}
	if debug != nil {
		g.Go(func() error { return serve(ctx, debug, debugHandler()) })
	}
	g.Go(func() error { return newManager(p.getenv).keep(ctx, b) })
	g.Go(func() error { return trim(ctx) })
	g.Go(func() error { return b.Run(ctx) })
	err = g.Wait()
	var refused *bot.RefusedError
	if errors.As(err, &refused) {
		return &exitError{code: exitRefused, err: err}
	}
	return err
}
