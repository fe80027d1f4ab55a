// SPDX-License-Identifier: GPL-3.0-or-later

// Package bot wires the stages together: watch turns events into what is
// known, survey reads the sources that say who looks after what, reconcile
// makes the wikis hold what follows from it.
//
// It is level-triggered. An event only changes what is known and wakes
// reconcile; start-up, new rules and the clock run the same reconcile. A lost
// event can delay a page, it cannot leave it wrong.
package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// Served is a wiki that the bot serves, with its secret.
type Served struct {
	config.Wiki
	Password string
}

// Config is what a Bot needs.
type Config struct {
	Wikis []Served
	// Read are wikis that sources are read from, without an account.
	Read []config.ReadWiki
	// Toolhub and Striker are the addresses of the catalogues of tools, List is
	// the operator's own list, a file; "" where there is none.
	Toolhub, Striker, List string
	Registry               *registry.Registry
	// Rebuild has the bot forget at the start what it can read again.
	Rebuild bool
	Stream  events.Config
	// UserAgent names the bot and how to reach its operator, to every wiki.
	UserAgent string
	// DryRun, when not nil, gets a diff of each edit that would be made, and
	// nothing is saved.
	DryRun io.Writer
	// PollEvery is how often a quiet wiki without a stream is asked for its
	// changes; events.DefaultInterval if zero.
	PollEvery time.Duration
	// ListedWithin is how long a change may take to show in a wiki's lists, which
	// lag behind its events; 10 s if zero.
	ListedWithin time.Duration
	// SurveyEvery is how often every source is read again; each on its own
	// schedule if zero.
	SurveyEvery time.Duration
	// SurveyPatience is how long a source may be silent in the middle of a
	// reading; ten minutes if zero.
	SurveyPatience time.Duration
	// RetryAfter is when a source is read again that could not be, or a wiki tried
	// that refused the bot; the wait doubles each time. A minute if zero.
	RetryAfter time.Duration
	// Terminal shows how far long readings are, nil if nobody looks at one.
	Terminal io.Writer
	// StartWithin is how long a wiki may take to answer at start-up; two
	// minutes if zero.
	StartWithin time.Duration
	// TroubleAfter is how long the stream may be away before the report page
	// says so; a minute if zero. It is closed every few minutes by design.
	TroubleAfter time.Duration
	// LookEvery is how often the pages that steer the bot are looked at while no
	// events come; 30 s if zero.
	LookEvery time.Duration
	// PreviewEvery is the least time between two previews under the same rules;
	// three minutes if zero.
	PreviewEvery time.Duration
	// Now tells the time; time.Now if nil.
	Now func() time.Time
	// Clock is that of this machine, which is compared with those of the wikis;
	// time.Now if nil.
	Clock     func() time.Time
	Metrics   prometheus.Registerer
	Transport http.RoundTripper // nil: the clients' own
	// Shard and Of say which of how many shards Wikis are; both 0 where that is all.
	// First says that this one reads what is the same for all wikis, as it does
	// where there are no shards.
	Shard, Of int
	First     bool
	Log       zerolog.Logger
}

// RefusedError says that a wiki or the stream refused the bot, so that it
// cannot start or go on before a person mends something.
type RefusedError struct {
	Who string // the wiki's database name, or "stream"
	Err error
}

func (e *RefusedError) Error() string { return e.Who + ": " + e.Err.Error() }
func (e *RefusedError) Unwrap() error { return e.Err }

// Bot serves a set of wikis: from one stream, but for those that are polled.
type Bot struct {
	Config
	stream *events.Stream
	lease  *lease           // nil: Run waits for it
	sites  map[string]*site // by database name
	places map[string]*place
	// catalogue are the readers of what is the same for all wikis.
	catalogue    []*reader
	cataloguesMu sync.Mutex // held while those are given their sources
	fetcher      *survey.Fetcher
	terminal     terminal
	metrics      *metrics
	pulse        pulse
	paces        paces
	state        state
	followed     []*feed
	followedMu   sync.Mutex // guards followed
	gaps         gapLog
	names        commonNames
	lookUps      chan struct{} // holds as many as are looked up side by side
	started      time.Time
}

// New returns a bot. It reaches nothing yet.
func New(c Config) (*Bot, error) {
	c.SurveyPatience = cmp.Or(c.SurveyPatience, 10*time.Minute)
	c.RetryAfter = cmp.Or(c.RetryAfter, time.Minute)
	if c.StartWithin == 0 {
		c.StartWithin = 2 * time.Minute
	}
	if c.TroubleAfter == 0 {
		c.TroubleAfter = time.Minute
	}
	c.LookEvery = cmp.Or(c.LookEvery, 30*time.Second)
	c.PreviewEvery = cmp.Or(c.PreviewEvery, 3*time.Minute)
	if c.ListedWithin == 0 {
		c.ListedWithin = 10 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	c.Stream.UserAgent, c.Stream.Log, c.Stream.Metrics = c.UserAgent, c.Log, c.Metrics
	b := &Bot{Config: c, sites: map[string]*site{}, places: map[string]*place{}, metrics: newMetrics(c.Metrics), lookUps: make(chan struct{}, lookUpsAtOnce)}
	b.terminal.out = c.Terminal
	b.newCatalogues()
	c.Stream.Want = b.wants
	b.stream = events.New(c.Stream)
	b.started = b.now()
	for _, w := range c.Wikis {
		s, err := newSite(b, w)
		if err != nil {
			return nil, fmt.Errorf("serve %s: %w", w.Wiki.Wiki, err)
		}
		b.sites[w.Wiki.Wiki] = s
	}
	c.Metrics.MustRegister(newGauges(b))
	for _, w := range c.Read {
		p, err := b.newPlace(w)
		if err != nil {
			return nil, err
		}
		b.places[w.Wiki] = p
	}
	return b, nil
}

// now is the bot's clock: UTC, to the second, as wikis count.
func (b *Bot) now() time.Time { return b.Now().UTC().Truncate(time.Second) }

// Run logs in, then watches, surveys and reconciles until ctx ends, which is
// no error. It returns a *RefusedError when every wiki, or the stream, says no for
// good, and any other error when the bot's own state cannot be read or written.
func (b *Bot) Run(ctx context.Context) error {
	err := b.run(ctx)
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return nil
	}
	return err
}

func (b *Bot) run(ctx context.Context) error {
	lease := b.lease
	if lease == nil {
		lease = newLease(b.Registry, b.Log)
	}
	lease.pace = b.paces.add("lease", "", leaseStuckAfter, nil)
	if err := lease.acquire(ctx); err != nil {
		return err
	}
	b.state.leased.Store(true)
	defer lease.release(ctx)
	if b.Rebuild {
		b.Log.Warn().Msg("rebuilding: all that can be read again is forgotten")
		if err := b.Registry.Forget(ctx); err != nil {
			return err
		}
	}
	for _, s := range b.sites {
		defer s.client.Close()
	}
	for _, p := range b.places {
		defer p.client.Close()
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return lease.keep(ctx) })
	g.Go(func() error {
		if err := b.start(ctx); err != nil {
			return err
		}
		if stream := b.newStream(); stream != nil {
			b.follow(stream)
			// Before anything else is written, which would keep the stream waiting.
			from, err := b.place(ctx, stream)
			if err != nil {
				return err
			}
			g.Go(func() error { return b.watch(ctx, stream, from) })
		}
		b.state.watching.Store(true)
		for _, r := range b.catalogue {
			g.Go(func() error { return r.run(ctx) })
		}
		for _, s := range b.sites {
			g.Go(func() error { return b.serve(ctx, s) })
		}
		return nil
	})
	return g.Wait()
}
