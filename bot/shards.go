// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the sharing of the wikis between processes: each serves the
// shards of which it has got the lease.

package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// ShardOf is the shard of a wiki, one of 1 to of. It depends on nothing but the
// wiki's database name, so that a wiki that is added moves no other one.
func ShardOf(wiki string, of int) int {
	hash := fnv.New32a()
	hash.Write([]byte(wiki))
	return int(hash.Sum32()%uint32(of)) + 1
}

// ShardConfig is what Shards need.
type ShardConfig struct {
	// Config is that of the bot of each shard, but for what differs.
	Config
	// Of is how many shards there are, Each how many of them this process serves
	// at most.
	Of, Each int
	// Open opens the registry once more. Each bot has its own, as what it may write
	// depends on the lease.
	Open func(context.Context) (*registry.Registry, error)
	// StreamOf is the stream of a shard; that of Config if nil.
	StreamOf func(shard int) (events.Config, error)
}

// Shards serve some of the shards of the wikis: those that no other process
// serves, up to a number. It waits for the others, and takes one over when the
// process that served it is gone.
type Shards struct {
	ShardConfig
	owner  owner
	filled []int // the shards that have wikis

	mu   sync.Mutex
	bots map[int]*Bot // nil while the lease is being asked for
}

// NewShards returns what serves shards. Wrong settings show when a bot is made of
// them, which is tried out here.
func NewShards(c ShardConfig) (*Shards, error) {
	if c.Of < 1 || c.Each < 1 {
		return nil, fmt.Errorf("%d shards, %d of them in each process: both have to be at least 1", c.Of, c.Each)
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	s := &Shards{ShardConfig: c, owner: thisProcess(), bots: map[int]*Bot{}}
	for number := range c.Of {
		if mine, _ := s.wikis(number + 1); len(mine) > 0 {
			s.filled = append(s.filled, number+1)
		}
	}
	if len(s.filled) == 0 {
		return nil, errors.New("there are no wikis to serve")
	}
	trial := c.Config
	trial.Metrics = nil
	if _, err := New(trial); err != nil {
		return nil, err
	}
	c.Metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "codesteward_shards_held", Help: "Shards of the wikis that this process serves.",
	}, func() float64 { return float64(len(s.serving())) }))
	return s, nil
}

// wikis are those of a shard; those of the others are read, as sources.
func (s *Shards) wikis(number int) (mine []Served, read []config.ReadWiki) {
	read = slices.Clone(s.Read)
	for _, w := range s.Wikis {
		known := slices.ContainsFunc(read, func(r config.ReadWiki) bool { return r.Wiki == w.Wiki.Wiki })
		switch {
		case ShardOf(w.Wiki.Wiki, s.Of) == number:
			mine = append(mine, w)
		case !known:
			read = append(read, config.ReadWiki{Wiki: w.Wiki.Wiki, API: w.API})
		}
	}
	return mine, read
}

// Run serves shards until ctx ends, which is no error. The errors are those of
// Bot.Run: when one bot ends, all do.
func (s *Shards) Run(ctx context.Context) error {
	g, within := errgroup.WithContext(ctx)
	for range min(s.Each, len(s.filled)) {
		g.Go(func() error { return s.serve(within) })
	}
	err := g.Wait()
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return nil
	}
	return err
}

// serve waits for one shard that is free, and serves it.
func (s *Shards) serve(ctx context.Context) (err error) {
	reg, err := s.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	number, l, err := s.take(ctx, reg)
	if err != nil {
		return err
	}
	c := s.Config
	c.Wikis, c.Read = s.wikis(number)
	c.Registry, c.Shard, c.Of, c.First = reg, number, s.Of, number == s.filled[0]
	c.Rebuild = c.Rebuild && c.First
	c.Log = c.Log.With().Int("shard", number).Logger()
	c.Metrics = prometheus.WrapRegistererWith(prometheus.Labels{"shard": strconv.Itoa(number)}, c.Metrics)
	if s.StreamOf != nil {
		c.Stream, err = s.StreamOf(number)
	}
	var b *Bot
	if err == nil {
		b, err = New(c)
	}
	if err != nil {
		l.release(ctx)
		return err
	}
	b.lease, l.log = l, c.Log
	s.mu.Lock()
	s.bots[number] = b
	s.mu.Unlock()
	c.Log.Info().Int("of", s.Of).Int("wikis", len(c.Wikis)).Msg("serving a shard of the wikis")
	if err := b.Run(ctx); err != nil {
		return fmt.Errorf("shard %d of %d: %w", number, s.Of, err)
	}
	return ctx.Err()
}

// take waits until the lease of one shard is ours that this process does not hold
// yet.
func (s *Shards) take(ctx context.Context, reg *registry.Registry) (int, *lease, error) {
	leases := map[int]*lease{} // each remembers since when its shard is silent
	for told := false; ; told = true {
		for _, number := range s.filled {
			if !s.want(number) {
				continue
			}
			reg.Serve(number, s.Of)
			l := leases[number]
			if l == nil {
				l = &lease{reg: reg, owner: s.owner, log: s.Log}
				leases[number] = l
			}
			held, _, err := l.try(ctx)
			if held || err != nil {
				return number, l, err
			}
			s.leave(number)
		}
		if !told {
			s.Log.Info().Int("shards", s.Of).Msg("other processes serve all shards; waiting for one")
		}
		if err := newSignal().wait(ctx, leaseEvery); err != nil {
			return 0, nil, err
		}
	}
}

// want says that the lease of a shard will be asked for, unless it is or this
// process has it: all of a process are the same owner.
func (s *Shards) want(number int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.bots[number]; taken {
		return false
	}
	s.bots[number] = nil
	return true
}

func (s *Shards) leave(number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bots, number)
}

// serving are the bots of the shards that are served here.
func (s *Shards) serving() []*Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*Bot
	for _, number := range s.filled {
		if b := s.bots[number]; b != nil {
			all = append(all, b)
		}
	}
	return all
}

// lines are what each bot says, with its shard.
func (s *Shards) lines(of func(*Bot) []string) []string {
	var all []string
	for _, b := range s.serving() {
		for _, line := range of(b) {
			all = append(all, fmt.Sprintf("shard %d: %s", b.Shard, line))
		}
	}
	return all
}

// Stuck is as that of a Bot, for all shards that are served here.
func (s *Shards) Stuck() []string { return s.lines((*Bot).Stuck) }

// LastGaps is as that of a Bot, for all shards that are served here.
func (s *Shards) LastGaps() []string { return s.lines((*Bot).LastGaps) }

// Unready is as that of a Bot, for all shards that are served here.
func (s *Shards) Unready() []string {
	if len(s.serving()) == 0 {
		return []string{"other processes hold the leases of all shards"}
	}
	return s.lines((*Bot).Unready)
}

// LastEvent is the latest of those of the bots.
func (s *Shards) LastEvent() (latest time.Time) {
	for _, b := range s.serving() {
		if at := b.LastEvent(); at.After(latest) {
			latest = at
		}
	}
	return latest
}

// followEvery is how often it is looked whether another process has read what is
// the same for all wikis.
const followEvery = 15 * time.Second

// leads reports whether the bot reads what is the same for all wikis.
func (b *Bot) leads() bool { return b.Of <= 1 || b.First }

// follow waits for what another process reads, until ctx ends.
func (r *reader) follow(ctx context.Context) error {
	var read time.Time
	for {
		state, err := r.state(ctx)
		if err != nil {
			return err
		}
		known := !state.Read.IsZero() || !state.Failed.IsZero()
		r.mu.Lock()
		news := r.source != nil && known && (!r.tried || !state.Read.Equal(read))
		r.set, r.tried, read = false, known, state.Read
		r.mu.Unlock()
		if news {
			r.told(true, true)
		}
		if err := r.wake.wait(ctx, followEvery); err != nil {
			return err
		}
	}
}
