// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the relay command.

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events/relay"
)

type relayCmd struct {
	UDP      string        `required:"" name:"udp" help:"Address that the wiki sends its RCFeed to, such as 127.0.0.1:9390."`
	Listen   string        `required:"" help:"Address to serve EventStreams on, such as 127.0.0.1:8092."`
	Lifetime time.Duration `default:"15m" help:"How long a connection lasts before the relay closes it."`
}

func (c *relayCmd) Run(p *program) error {
	var lc net.ListenConfig
	feed, err := lc.ListenPacket(p.ctx, "udp", c.UDP)
	if err != nil {
		return &exitError{code: exitUsage, err: fmt.Errorf("listen for datagrams: %w", err)}
	}
	defer feed.Close()
	listener, err := lc.Listen(p.ctx, "tcp", c.Listen)
	if err != nil {
		return &exitError{code: exitUsage, err: fmt.Errorf("listen for clients: %w", err)}
	}
	r := relay.New(relay.Config{Lifetime: c.Lifetime, Log: p.log})
	p.log.Info().Str("udp", feed.LocalAddr().String()).Str("listen", listener.Addr().String()).Msg("relaying")
	g, ctx := errgroup.WithContext(p.ctx)
	g.Go(func() error { return r.ServeUDP(ctx, feed) })
	g.Go(func() error { return serve(ctx, listener, r) })
	if err := g.Wait(); err != nil && p.ctx.Err() == nil {
		return err
	}
	return nil
}

// serve serves HTTP until ctx ends. Streams are cut at once then: their
// clients resume.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
