// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the bot keeps of one wiki that it serves.

package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// site is one wiki. Its survey and reconcile run beside those of other wikis,
// so that one that does not answer delays only itself.
type site struct {
	conf    Served
	pages   plan.Site
	client  *wiki.Client
	about   wiki.Site          // what the wiki says of itself; set by start
	text    *wikitext.Site     // how the wiki reads titles; set by start
	gate    *publish.Publisher // set by start
	reg     *registry.Registry
	dryRun  io.Writer
	feed    *feed // where its events come from; set by Bot.feeds
	metrics *metrics
	now     func() time.Time
	log     zerolog.Logger

	every        time.Duration
	troubleAfter time.Duration
	rules        atomic.Pointer[ruleset] // nil before load
	plan         signal                  // wakes reconcile
	steer        signal                  // wakes the reading of the pages that steer
	loggedIn     atomic.Bool
	reconciling  *pace
	readsPages   *pace       // that steer
	rulesDue     atomic.Bool // the config page has to be read
	stopDue      atomic.Bool // the stop page has to be read
	newRules     atomic.Bool // people have to be told of other rules
	seen         seen
	written      atomic.Pointer[[]string] // the pages with a region of the bot, also those that left the rules
	bot          *Bot
	readers      map[string]*reader // of its sources, by name
	order        []*reader          // the same
	alike        signal             // wakes the working out of what is similar
	similar      atomic.Pointer[map[registry.Key][]registry.Item]
	// components are the extensions and skins that the wiki has or talks about.
	components atomic.Pointer[map[registry.Key]bool]
	// heard are the other wikis on whose pages its sources depend.
	heard atomic.Pointer[map[string]bool]
	// settled is the plan that a page or region is known to hold, by its name;
	// doubt says that somebody may have changed one. Reconcile alone uses
	// settled.
	settled map[string]string
	// closed are the pages that took no message lately, and until when they are
	// taken for such; reconcile's alone.
	closed map[string]time.Time
	// answers are when those who were told of mentions edited their pages, by the
	// keys of their entries, as far as it mattered; reconcile's alone.
	answers map[string]time.Time
	// placed are the texts of pages of tables with several; reconcile's alone.
	placed map[string]string
	// proposed is what is similar to proposals that stood at the second look, by
	// their ids; reconcile's alone.
	proposed map[string][]registry.Item
	// entered are the mentions with entries on the noticeboard, by the titles of their
	// pages; nil before they were read.
	entered atomic.Pointer[map[string][]registry.Mention]
	doubt   atomic.Bool
	began   time.Time // of the pass, by a monotonic clock; reconcile's alone
	// The next are reconcile's alone: when it has to run again, the notes as they
	// are stored, what keeps pages waiting, and the previews that are shown.
	again    time.Time
	noted    map[string]string
	waiting  map[string]waiting
	previews previews
	// gaps are those that the report page shows, since gapsAt; reconcile's alone.
	gaps   []registry.Gap
	gapsAt time.Time
	// recalled are the entries that were found in the bot's own edits and are not
	// stored yet, nil if there are none; recalling says that pages have to wait for
	// the mentions, since recallBegan.
	recalled    *recalled
	recalling   atomic.Bool
	recallBegan time.Time
	// misread is what was stored of the sign-up page otherwise than it says; the
	// reader's alone.
	misread string
	stood   map[string]bool // mentions that stood at the second look, by board key; reconcile's alone
	tracked tracked         // reconcile's alone

	detector detection
	queue    *queue // set by Bot.feeds
	texts    texts  // the queue's alone
}

func newSite(b *Bot, w Served) (*site, error) {
	log := b.Log.With().Str("wiki", w.Wiki.Wiki).Logger()
	client, err := wiki.New(wiki.Config{
		Wiki: w.Wiki.Wiki, API: w.API, User: w.User, Auth: wiki.Auth(w.Auth), Login: w.Login, Password: w.Password,
		UserAgent: b.UserAgent, Transport: b.Transport, Log: b.Log, Metrics: b.Metrics,
	})
	if err != nil {
		return nil, err
	}
	s := &site{
		bot:      b,
		conf:     w,
		pages:    plan.Site{Wiki: w.Wiki.Wiki, Bot: w.User, ConfigPage: w.ConfigPage, ReportPage: w.ReportPage(), StopPage: w.StopPage(), StatusPage: w.StatusPage()},
		client:   client,
		reg:      b.Registry,
		dryRun:   b.DryRun,
		metrics:  b.metrics,
		now:      b.now,
		log:      log,
		every:    cmp.Or(b.SurveyEvery, time.Hour),
		settled:  map[string]string{},
		closed:   map[string]time.Time{},
		answers:  map[string]time.Time{},
		placed:   map[string]string{},
		proposed: map[string][]registry.Item{},
		stood:    map[string]bool{},
		waiting:  map[string]waiting{},
		plan:     newSignal(),
		steer:    newSignal(),
		alike:    newSignal(),
		readers:  map[string]*reader{},

		troubleAfter: b.TroubleAfter,
		texts:        newTexts(textsInAll / len(b.Wikis)),
	}
	s.detector.news = newSignal()
	s.reconciling = b.paces.add("reconcile", w.Wiki.Wiki, stuckAfter, s.excuse)
	s.readsPages = b.paces.add("steering", w.Wiki.Wiki, stuckAfter, s.excuse)
	s.newReaders(b)
	return s, nil
}

// start logs in and checks that the API is that of the wiki, and the account
// the one, that it should be. The error is the wiki's.
func (s *site) start(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("no answer within %s", within))
	defer cancel()
	if err := s.client.Login(ctx); err != nil {
		if _, reason := s.client.Trouble(); errors.Is(err, context.DeadlineExceeded) && reason != "" {
			return fmt.Errorf("the wiki has not answered for %s: %s", within, reason)
		}
		return fmt.Errorf("log in as %s: %w", s.conf.User, err)
	}
	if s.gate != nil {
		return s.isUs(ctx) // it has served before; what it said of itself is in use
	}
	about, err := s.client.Site(ctx)
	if err != nil {
		return fmt.Errorf("ask %s which wiki it is: %w", s.conf.API, err)
	}
	if about.DB != s.conf.Wiki.Wiki {
		return fmt.Errorf("%s is the wiki %q, not %q; correct the wikis file", s.conf.API, about.DB, s.conf.Wiki.Wiki)
	}
	if s.text, err = wikitext.NewSite(about.Info); err != nil {
		return fmt.Errorf("ask %s about its titles: %w", s.conf.API, err)
	}
	s.about, s.pages = about, localPages(s.text, s.pages)
	s.pages.Language, s.pages.Prefixes = about.Language, prefixes(about.Info)
	s.pages.Charts = drawsCharts(about)
	s.pages.TaskPrefix = s.prefixTo("https://phabricator.wikimedia.org/$1")
	s.pages.ChangePrefix = s.prefixTo("https://gerrit.wikimedia.org/r/$1")
	if err := s.isUs(ctx); err != nil {
		return err
	}
	s.gate = publish.New(publish.Config{
		Site: s.pages, Text: s.text, Reader: s.client, Editor: wiki.NewEditor(s.client), Outbox: s.reg, Ledger: s.reg, Memory: s.reg, Deny: s.conf.Deny,
		OptedOut: s.optedOut, DryRun: s.dryRun, Lease: s.reg.Held, Log: s.log, Metrics: s.bot.Metrics, Now: s.now,
		Clock: s.bot.Clock,
	})
	return nil
}

// load brings in what is stored of the wiki, and the rules on it.
func (s *site) load(ctx context.Context) error {
	if err := s.reg.SetArticleURL(ctx, s.conf.Wiki.Wiki, s.about.Server+s.about.ArticlePath); err != nil {
		return err
	}
	if err := s.restoreRules(ctx); err != nil {
		return err
	}
	if err := s.learn(ctx); err != nil {
		return err
	}
	if err := s.noteTold(ctx); err != nil {
		return err
	}
	s.useRules()
	s.stopDue.Store(true)
	return s.readRules(ctx)
}

// signal wakes one waiting goroutine; waking it twice before it looks is once.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) wake() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// wait returns after a wake-up or a time, or with an error when ctx ends.
func (s signal) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s:
	case <-timer.C:
	}
	return nil
}

// ask has a source read at once.
func (s *site) ask(source string) { s.readers[source].ask() }
