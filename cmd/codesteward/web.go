// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the web command: the web page as a process of its own, beside
// the bot that writes.

package main

import (
	"cmp"
	"fmt"
	"net"

	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/web"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

type webCmd struct {
	stateFlags `embed:""`
	siteFlags  `embed:""`
	Wikis      string `default:"wikis.json" help:"The file that says which wikis are served."`
	Listen     string `placeholder:"ADDR" help:"Address to serve the web page on, such as 127.0.0.1:8090; if not given, the port that the variable PORT names, or 8000."`
}

func (c *webCmd) Run(p *program) error {
	process, err := config.ReadProcess(c.Wikis)
	if err != nil {
		return &exitError{code: exitUsage, err: err}
	}
	reg, err := c.open(p)
	if err != nil {
		return err
	}
	defer reg.Close()
	site, err := c.site(&known{reg: reg, process: process}, p.log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cmp.Or(c.Listen, ":"+cmp.Or(p.getenv("PORT"), "8000")))
	if err != nil {
		return &exitError{code: exitUsage, err: fmt.Errorf("listen for web clients: %w", err)}
	}
	p.log.Info().Str("listen", listener.Addr().String()).Msg("serving the web page")
	g, ctx := errgroup.WithContext(p.ctx)
	g.Go(func() error { return site.Run(ctx) })
	g.Go(func() error { return web.Serve(ctx, listener, site.Handler()) })
	return g.Wait()
}
