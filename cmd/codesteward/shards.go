// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which bot the run command runs: one for all wikis, or one for
// each shard that it gets the lease of.

package main

import (
	"context"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// runner is a *bot.Bot or *bot.Shards.
type runner interface {
	Run(ctx context.Context) error
	Stuck() []string
	Unready() []string
	LastGaps() []string
	LastEvent() time.Time
}

// bot makes what runs.
func (c *runCmd) bot(p *program, conf bot.Config) (runner, error) {
	stream, err := c.stream(conf.Stream, 0, p.getenv, p.log)
	if err != nil {
		return nil, &exitError{code: exitUsage, err: err}
	}
	if c.Shards == 1 {
		conf.Stream = stream
		return bot.New(conf)
	}
	shards := bot.ShardConfig{Config: conf, Of: c.Shards, Each: c.ShardsEach}
	shards.Open = func(ctx context.Context) (*registry.Registry, error) {
		dsn, err := withVariables(c.DB, p.getenv)
		if err != nil {
			return nil, err
		}
		return registry.Open(ctx, dsn)
	}
	shards.StreamOf = func(shard int) (events.Config, error) { return c.stream(conf.Stream, shard, p.getenv, p.log) }
	return bot.NewShards(shards)
}
