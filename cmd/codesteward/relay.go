// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the relay command.

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events/relay"
)

type relayCmd struct {
	UDP       []string      `required:"" name:"udp" placeholder:"ADDR" help:"Address that a wiki sends its RCFeed to, such as 127.0.0.1:9390. Several make one stream."`
	Allow     []string      `placeholder:"CIDR" help:"Whose datagrams are taken, such as 10.0.0.0/8; may be repeated. Loopback addresses only, if nothing is said; 0.0.0.0/0 and ::/0 are everyone."`
	Listen    string        `required:"" placeholder:"ADDR" help:"Address to serve EventStreams on, such as 127.0.0.1:8092."`
	Store     string        `placeholder:"DIR" help:"Folder to keep events in, so that a restart loses none. Without it they are in memory only."`
	StoreSize int64         `default:"1024" placeholder:"MIB" help:"Most that the folder may take, in MiB (${default})."`
	Lifetime  time.Duration `default:"15m" help:"How long a connection lasts before the relay closes it."`
}

func (c *relayCmd) Run(p *program) error {
	usage := func(what string, err error) error {
		return &exitError{code: exitUsage, err: fmt.Errorf("%s: %w", what, err)}
	}
	cfg := relay.Config{Lifetime: c.Lifetime, Dir: c.Store, StoreBytes: c.StoreSize << 20, Log: p.log}
	if c.StoreSize < 1 || c.StoreSize > 1<<30 {
		return usage("read --store-size", fmt.Errorf("%d MiB is not from 1 to %d", c.StoreSize, 1<<30))
	}
	for _, text := range c.Allow {
		prefix, err := allowed(text)
		if err != nil {
			return usage("read --allow", err)
		}
		cfg.Allow = append(cfg.Allow, prefix)
	}
	var lc net.ListenConfig
	var feeds []net.PacketConn
	var names []string
	for _, address := range c.UDP {
		feed, err := lc.ListenPacket(p.ctx, "udp", address)
		if err != nil {
			return usage("listen for datagrams", err)
		}
		defer feed.Close()
		if err := relay.CheckFeed(feed, cfg.Allow); err != nil {
			return usage("listen for datagrams", fmt.Errorf("%w; say it with --allow CIDR, or --allow 0.0.0.0/0 for everyone", err))
		}
		feeds = append(feeds, feed)
		names = append(names, feed.LocalAddr().String())
	}
	listener, err := lc.Listen(p.ctx, "tcp", c.Listen)
	if err != nil {
		return usage("listen for clients", err)
	}
	defer listener.Close()
	open := func(cfg relay.Config) (*relay.Relay, error) { return relay.New(cfg), nil }
	if c.Store != "" {
		open = relay.Open
	}
	r, err := open(cfg) // datagrams wait in the sockets meanwhile
	if err != nil {
		return err
	}
	defer r.Close()
	p.log.Info().Str("udp", strings.Join(names, ",")).Str("listen", listener.Addr().String()).Str("store", c.Store).Msg("relaying")
	g, ctx := errgroup.WithContext(p.ctx)
	for _, feed := range feeds {
		g.Go(func() error { return r.ServeUDP(ctx, feed) })
	}
	g.Go(func() error { return serve(ctx, listener, r) })
	if err := g.Wait(); err != nil && p.ctx.Err() == nil {
		return err
	}
	return nil
}

// allowed reads an address or a range of them.
func allowed(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return netip.Prefix{}, err
		}
		return address.Prefix(address.BitLen())
	}
	prefix, err := netip.ParsePrefix(text)
	return prefix.Masked(), err
}

// serve serves HTTP until ctx ends. Streams are cut at once then: their
// clients resume.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
