// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the metrics that say how the bot is at the moment they are
// asked for, so that they cannot fall behind.

package bot

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges is a prometheus.Collector over a bot.
type gauges struct {
	bot *Bot

	ready, stuck, leased, up, lastEvent *prometheus.Desc
	waiting, behind, oldest             *prometheus.Desc
	revision, valid, enabled, trouble   *prometheus.Desc
}

func newGauges(b *Bot) *gauges {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("codesteward_"+name, help, labels, nil)
	}
	return &gauges{
		bot:       b,
		ready:     desc("ready", "Whether the bot is at work: 1 while /readyz says ok."),
		stuck:     desc("stuck_loops", "Loops that have not come forward for too long; above 0, /healthz says so."),
		leased:    desc("lease_held", "Whether this process has held the lease since its start; 0 in a copy that waits for it."),
		up:        desc("feed_up", "Whether a source of events is connected to, or was read well when it was last asked.", "feed"),
		lastEvent: desc("last_event_timestamp_seconds", "When the watch loop last handled an event, canaries included."),
		waiting:   desc("queue_events", "Events that wait to be handled, or are being handled.", "wiki"),
		oldest:    desc("queue_wait_seconds", "How long the oldest event has waited that is not handled yet.", "wiki"),
		behind:    desc("queue_gaps", "Times that have to be looked up in the wiki's own lists.", "wiki"),
		revision:  desc("rules_revision", "Revision of the config page that is in force, 0 if none is.", "wiki"),
		valid:     desc("rules_valid", "Whether the newest revision of the config page is in force.", "wiki"),
		enabled:   desc("rules_enabled", "Whether the rules in force let the bot edit.", "wiki"),
		trouble:   desc("wiki_trouble_seconds", "For how long the wiki has not answered properly; 0 while it does.", "wiki"),
	}
}

// Describe is part of prometheus.Collector.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		g.ready, g.stuck, g.leased, g.up, g.lastEvent, g.waiting, g.oldest, g.behind, g.revision, g.valid, g.enabled, g.trouble,
	} {
		to <- d
	}
}

// Collect is part of prometheus.Collector.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	tell := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	b := g.bot
	tell(g.ready, oneIf(len(b.Unready()) == 0))
	tell(g.stuck, float64(len(b.Stuck())))
	tell(g.leased, oneIf(b.state.leased.Load()))
	if last := b.LastEvent(); !last.IsZero() {
		tell(g.lastEvent, float64(last.Unix()))
	}
	for name, s := range b.sites {
		var trouble time.Duration
		if since, reason := s.client.Trouble(); reason != "" {
			trouble = time.Since(since)
		}
		tell(g.trouble, trouble.Seconds(), name)
		g.rules(tell, name, s.rules.Load())
	}
	if !b.state.watching.Load() {
		return
	}
	for _, f := range b.follows() {
		tell(g.up, oneIf(f.State().Connected), f.StreamSet())
		f.mu.Lock()
		for _, s := range f.sites {
			q, name := s.queue, s.conf.Wiki.Wiki
			tell(g.waiting, float64(len(q.waiting)+len(q.hand)), name)
			tell(g.oldest, q.wait(time.Now()).Seconds(), name)
			tell(g.behind, float64(len(q.behind)), name)
		}
		f.mu.Unlock()
	}
}

// rules tells of the rules of a wiki; nothing before they were looked for.
func (g *gauges) rules(tell func(*prometheus.Desc, float64, ...string), name string, set *ruleset) {
	if set == nil {
		return
	}
	inForce := set.rules != nil
	tell(g.revision, float64(set.stored.Revision), name)
	tell(g.valid, oneIf(inForce && set.rejected == nil), name)
	tell(g.enabled, oneIf(inForce && set.rules.Enabled), name)
}

// wait is how long the oldest event has waited. The caller has the lock.
func (q *queue) wait(now time.Time) time.Duration {
	for _, list := range [][]*entry{q.hand, q.waiting} {
		for _, e := range list {
			if e.gap == nil {
				return now.Sub(e.came)
			}
		}
	}
	return 0
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
