// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where the events come from: the stream, or the wikis' own
// lists of recent changes.

package bot

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// source is an *events.Stream or an *events.Poller.
type source interface {
	Events(ctx context.Context, from events.Cursor) iter.Seq2[events.Event, error]
	State() events.State
	StreamSet() string
}

// feed is a source of events and the wikis that it brings them of. It has a
// cursor and a watch loop of its own.
type feed struct {
	source
	position
	sites   []*site
	started time.Time
	// vital says that the bot is ill when nothing comes.
	vital bool
}

// newStream makes the feed of all wikis that the stream brings events of; nil
// where there is none.
func (b *Bot) newStream() *feed {
	f := &feed{source: b.stream, started: b.started, vital: true, position: position{waitAtMost: waitAtMost}}
	for _, s := range b.sites {
		if !s.polled() {
			s.feed = f
			f.sites = append(f.sites, s)
		}
	}
	for _, s := range f.sites {
		s.queue = newQueue(f, s)
	}
	if len(f.sites) == 0 {
		return nil
	}
	return f
}

// newPolled makes the feed of a wiki that is asked for its changes, and that has
// let the bot in.
func (b *Bot) newPolled(s *site) *feed {
	f := &feed{sites: []*site{s}, started: b.started, source: events.NewPoller(events.PollConfig{
		API: s.client, Wiki: s.conf.Wiki.Wiki, Domain: s.domain(), Interval: b.PollEvery, Log: s.log,
	})}
	f.vital = true
	for _, other := range b.sites {
		f.vital = f.vital && other.polled()
	}
	s.feed, s.queue = f, newQueue(f, s)
	return f
}

// follow adds a feed to those that are looked at for how the bot is.
func (b *Bot) follow(f *feed) {
	b.followedMu.Lock()
	defer b.followedMu.Unlock()
	b.followed = append(b.followed, f)
}

// follows returns the feeds that are followed.
func (b *Bot) follows() []*feed {
	b.followedMu.Lock()
	defer b.followedMu.Unlock()
	return slices.Clone(b.followed)
}

// polled reports whether the wiki is asked for its changes.
func (s *site) polled() bool { return s.conf.Source == config.Poll }

// wants reports whether the stream's events of a wiki are looked at: it is
// served, or its pages may be sources.
func (b *Bot) wants(wiki []byte, _ int) bool {
	if s, served := b.sites[string(wiki)]; served {
		return !s.polled()
	}
	_, read := b.places[string(wiki)]
	return read
}

func (f *feed) polled() bool {
	_, is := f.source.(*events.Poller)
	return is
}

// lastTime is the time of the newest event that came, zero before the first.
func (f *feed) lastTime() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last.Time
}

// failed handles an error of the source. That of a stream is its last; polling
// goes on.
func (f *feed) failed(ctx context.Context, err error) error {
	if f.polled() {
		return f.sites[0].unlisted(ctx, err)
	}
	return &RefusedError{Who: "stream", Err: err}
}

// unlisted handles an error of reading the wiki's lists: it is logged, and it is
// tried again. Only an account that the wiki does not know ends the bot.
func (s *site) unlisted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if wiki.ClassOf(err) == wiki.Identity {
		return &RefusedError{Who: s.conf.Wiki.Wiki, Err: err}
	}
	s.log.Warn().Err(err).Msg("recent changes cannot be read; trying again later")
	return nil
}

// domain is the wiki's server name as its events have it.
func (s *site) domain() string {
	server, err := url.Parse(s.about.Server)
	if err != nil {
		return ""
	}
	return server.Hostname()
}

// causes says in public why the stream is away. The error itself names
// addresses and ports of this machine, and is another one at each try.
var causes = map[string]string{
	"":             "it has not been reached yet",
	"connect":      "it cannot be reached",
	"idle":         "it was silent for too long",
	"end":          "it ended the connection",
	"cut":          "the connection was cut",
	"error_event":  "it reported an error",
	"content_type": "the answer is no event stream",
	"status":       "it refuses the request for now",
	"rate_limit":   "it asks to wait",
}

// away says since when the wiki's events are away and why, in a sentence for
// the report page, "" while they are not.
func (s *site) away(at time.Time) string {
	state := s.feed.State()
	since := state.Since
	if since.IsZero() {
		since = s.feed.started
	}
	if state.Connected || at.Sub(since) <= s.troubleAfter {
		return ""
	}
	what := "The event stream is away since %s: " + cmp.Or(causes[state.Cause], "it is away")
	if s.feed.polled() {
		what = "The list of recent changes cannot be read since %s"
	}
	return fmt.Sprintf(what, since.UTC().Format(time.DateTime)) +
		". Tables are kept true by regular readings; mentions are caught up once it is back."
}
