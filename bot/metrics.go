// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the bot counts, and the pulse that says it is alive.

package bot

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	findings *prometheus.CounterVec // by kind of finding
	skipped  *prometheus.CounterVec // by reason
	surveys  *prometheus.CounterVec // by wiki, source and outcome
	read     *prometheus.GaugeVec   // by wiki and source
	gaps     *prometheus.CounterVec // by wiki and cause
	found    *prometheus.CounterVec // by wiki
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "codesteward", Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	read := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "codesteward", Name: "survey_read_timestamp_seconds",
		Help: "When an ownership source was last read well. What is the same for all wikis has no wiki.",
	}, []string{"wiki", "source"})
	r.MustRegister(read)
	return &metrics{
		findings: counter("findings_total", "Findings that events led to.", "finding"),
		skipped:  counter("edits_skipped_total", "Watched edits that could not be looked at, by reason.", "reason"),
		surveys:  counter("surveys_total", "Readings of ownership sources, by outcome.", "wiki", "source", "outcome"),
		read:     read,
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
