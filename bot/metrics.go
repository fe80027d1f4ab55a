// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the bot counts, and the pulse that says it is alive.

package bot

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

type metrics struct {
	findings *prometheus.CounterVec // by kind of finding
	skipped  *prometheus.CounterVec // by reason
	surveys  *prometheus.CounterVec // by wiki, source and outcome
	read     *prometheus.GaugeVec   // by wiki and source
	gaps     *prometheus.CounterVec // by wiki and cause
	found    *prometheus.CounterVec // by wiki
	notices  *prometheus.CounterVec // by wiki, way and outcome
	schedule *prometheus.GaugeVec   // by wiki and source
	pages    *prometheus.GaugeVec   // by wiki and outcome
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "codesteward", Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "codesteward", Name: name, Help: help}, labels)
		r.MustRegister(g)
		return g
	}
	return &metrics{
		findings: counter("findings_total", "Findings that events led to.", "finding"),
		skipped:  counter("edits_skipped_total", "Watched edits that could not be looked at, by reason.", "reason"),
		surveys:  counter("surveys_total", "Readings of ownership sources, by outcome.", "wiki", "source", "outcome"),
		read: gauge("survey_read_timestamp_seconds",
			"When an ownership source was last read well. What is the same for all wikis has no wiki.", "wiki", "source"),
		schedule: gauge("survey_schedule_seconds", "How long a good reading of an ownership source holds.", "wiki", "source"),
		pages:    gauge("pages", "Pages and regions of the bot, by what became of them at the last pass.", "wiki", "outcome"),
		notices:  counter("notices_total", "Messages to people and entries on noticeboards, by way and outcome.", "wiki", "way", "outcome"),
		gaps:     counter("gaps_filled_total", "Gaps of the stream that were looked up on a wiki, by cause.", "wiki", "cause"),
		found:    counter("gap_events_total", "Changes that were found on a wiki when gaps of the stream were looked up.", "wiki"),
	}
}

// surveyed counts a reading.
func (m *metrics) surveyed(wiki, source, outcome string, at time.Time) {
	m.surveys.WithLabelValues(wiki, source, outcome).Inc()
	if outcome == readChanged || outcome == readUnchanged {
		m.read.WithLabelValues(wiki, source).Set(float64(at.Unix()))
	}
}

// scheduled notes for how long a reading of a source holds, and when it was last
// read well, zero if never.
func (m *metrics) scheduled(wiki, source string, every time.Duration, read time.Time) {
	m.schedule.WithLabelValues(wiki, source).Set(every.Seconds())
	if !read.IsZero() {
		m.read.WithLabelValues(wiki, source).Set(float64(read.Unix()))
	}
}

// dropped forgets a source that is not read any more.
func (m *metrics) dropped(wiki, source string) {
	m.schedule.DeleteLabelValues(wiki, source)
	m.read.DeleteLabelValues(wiki, source)
}

// withheld is the outcome, as a metric label, of a message that a person is spared
// since it would be one too many, or is not wanted.
const withheld = "withheld"

// noticed counts one telling of a person, or of everybody who reads a noticeboard.
func (m *metrics) noticed(wiki, way, outcome string) {
	m.notices.WithLabelValues(wiki, way, outcome).Inc()
}

// published counts the notices of a page, each outcome once however often it is
// tried again, and notes what has become of the page.
func (s *site) published(page plan.Page, before, after publish.Result) {
	for _, n := range page.Notices {
		if after != publish.Saved && after == before {
			break
		}
		if len(n.Told) == 0 {
			way := config.WayTalk
			if page.Region != "" {
				way = config.WayNoticeboard
			}
			s.metrics.noticed(s.conf.Wiki.Wiki, way, string(after))
		}
		for _, t := range n.Told {
			outcome := string(after)
			if t.Withheld != "" {
				outcome = withheld
			}
			s.metrics.noticed(s.conf.Wiki.Wiki, t.Way, outcome)
		}
	}
	if page.Region != "" && before != after {
		if before != "" {
			s.metrics.pages.WithLabelValues(s.conf.Wiki.Wiki, string(before)).Dec()
		}
		s.metrics.pages.WithLabelValues(s.conf.Wiki.Wiki, string(after)).Inc()
	}
}

// left forgets what has become of a region, which has left the rules.
func (s *site) left(name string) {
	if w, ok := s.waiting[name]; ok {
		s.metrics.pages.WithLabelValues(s.conf.Wiki.Wiki, string(w.result)).Dec()
		delete(s.waiting, name)
	}
}

// pulse is when a watch loop last handled an event, canaries included: the one
// of the stream, or any if there is none. A polled wiki that does not answer
// does not make the bot ill.
type pulse struct{ last atomic.Int64 }

func (p *pulse) beat() { p.last.Store(time.Now().Unix()) }

// LastEvent returns when a watch loop last handled an event, zero before the
// first one.
func (b *Bot) LastEvent() time.Time {
	if t := b.pulse.last.Load(); t != 0 {
		return time.Unix(t, 0).UTC()
	}
	return time.Time{}
}
