// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how each wiki is served for itself: one that cannot be
// reached at the start, or does not know the bot any more, is tried again and
// again, and keeps no other one waiting.

package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// startsAtOnce is how many wikis are logged in to side by side.
	startsAtOnce = 8
	// backMost is the longest wait until a wiki is tried again that refuses the
	// bot: most refusals need a person.
	backMost = 15 * time.Minute
)

// start logs in to every wiki, sees that it is the one it should be, and reads
// its rules. Wikis that refuse are left for later; the error is a *RefusedError
// where all do.
func (b *Bot) start(ctx context.Context) error {
	refusals := make(chan *RefusedError, len(b.sites))
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(startsAtOnce)
	for _, s := range b.sites {
		g.Go(func() error {
			err := s.beginAnew(within)
			var refused *RefusedError
			if errors.As(err, &refused) {
				refusals <- refused
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	close(refusals)
	var all []*RefusedError
	for refused := range refusals {
		all = append(all, refused)
	}
	if len(all) == len(b.sites) {
		return together(all)
	}
	b.useCatalogues()
	return nil
}

// together is the refusal of all wikis, a line for each.
func together(all []*RefusedError) error {
	if len(all) == 1 {
		return all[0]
	}
	slices.SortFunc(all, func(a, b *RefusedError) int { return cmp.Compare(a.Who, b.Who) })
	lines := []error{fmt.Errorf("every one of the %d refuses the bot", len(all))}
	for _, refused := range all {
		lines = append(lines, refused)
	}
	return &RefusedError{Who: "wikis", Err: errors.Join(lines...)}
}

// begin logs in to the wiki and reads its rules. The error is a *RefusedError,
// one of our own state, or that of ctx.
func (s *site) begin(ctx context.Context) error {
	if err := s.start(ctx, s.bot.StartWithin); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return s.refused(ctx, err)
	}
	if err := s.wasRestored(ctx); err != nil {
		return err
	}
	// Before any event, so that none is looked at without rules.
	if err := s.load(ctx); err != nil {
		return err
	}
	if recalling, err := s.recall(ctx); err != nil {
		return err
	} else if recalling != nil {
		return s.refused(ctx, recalling)
	}
	s.loggedIn.Store(true)
	s.log.Info().Str("user", s.conf.User).Msg("logged in")
	return s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteRefused, "")
}

// refused notes that the wiki does not let the bot in.
func (s *site) refused(ctx context.Context, err error) error {
	refused := &RefusedError{Who: s.conf.Wiki.Wiki, Err: err}
	text := fmt.Sprintf("Since %s: %s", s.now().Format("2006-01-02 15:04 UTC"), err)
	if noted := s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteRefused, text); noted != nil {
		return noted
	}
	s.log.Error().Err(err).Msg("the wiki refuses the bot")
	return refused
}

// serve works on a wiki until ctx ends. When the wiki refuses the bot, it is left
// alone for a while, as long as there is another one to work on.
func (b *Bot) serve(ctx context.Context, s *site) error {
	wait := b.RetryAfter
	for {
		if s.loggedIn.Load() {
			began := time.Now()
			err := b.work(ctx, s)
			var restored *restoredError
			if errors.As(err, &restored) && ctx.Err() == nil {
				if err := b.startAnew(ctx, s, restored); err != nil {
					return err
				}
				continue
			}
			var refused *RefusedError
			if ctx.Err() != nil || !errors.As(err, &refused) || refused.Who != s.conf.Wiki.Wiki {
				return err
			}
			s.loggedIn.Store(false)
			if err := s.refused(ctx, refused.Err); !errors.As(err, &refused) {
				return err
			}
			if !b.working() {
				return refused
			}
			if err := s.queue.leave(ctx); err != nil {
				return err
			}
			if time.Since(began) > backMost {
				wait = b.RetryAfter
			}
		}
		if err := newSignal().wait(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, backMost)
		err := s.beginAnew(ctx)
		var refused *RefusedError
		if err != nil && !errors.As(err, &refused) {
			return err
		}
		if err == nil {
			b.useCatalogues()
		}
	}
}

// startAnew begins with a wiki that was put back as with a new one. Where it
// refuses the bot meanwhile, it is tried again later.
func (b *Bot) startAnew(ctx context.Context, s *site, restored *restoredError) error {
	s.loggedIn.Store(false)
	if err := s.rewind(ctx, restored); err != nil {
		return err
	}
	if err := s.queue.leave(ctx); err != nil {
		return err
	}
	var refused *RefusedError
	if err := s.beginAnew(ctx); err != nil && !errors.As(err, &refused) {
		return err
	}
	return nil
}

// working reports whether any wiki lets the bot in.
func (b *Bot) working() bool {
	for _, s := range b.sites {
		if s.loggedIn.Load() {
			return true
		}
	}
	return false
}

// work runs the loops of a wiki that has let the bot in.
func (b *Bot) work(ctx context.Context, s *site) error {
	g, ctx := errgroup.WithContext(ctx)
	if s.polled() {
		if s.feed == nil {
			b.follow(b.newPolled(s))
		}
		from, err := b.place(ctx, s.feed)
		if err != nil {
			return err
		}
		g.Go(func() error { return b.watch(ctx, s.feed, from) })
	}
	g.Go(func() error { return s.queue.run(ctx) })
	g.Go(func() error { return s.survey(ctx) })
	g.Go(func() error { return s.steering(ctx) })
	g.Go(func() error { return s.reconcile(ctx) })
	return g.Wait()
}

// leave has the wiki caught up with later, from where it is now.
func (q *queue) leave(ctx context.Context) error {
	if q.feed.polled() {
		return nil // its list is read from where that was left
	}
	q.feed.mu.Lock()
	defer q.feed.mu.Unlock()
	return q.fallBehind(ctx)
}
