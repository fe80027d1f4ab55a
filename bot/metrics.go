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
	edits    *prometheus.CounterVec // by wiki and outcome
	surveys  *prometheus.CounterVec // by source and outcome
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "codesteward", Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	return &metrics{
		findings: counter("findings_total", "Findings that events led to.", "finding"),
		skipped:  counter("edits_skipped_total", "Watched edits that could not be looked at, by reason.", "reason"),
		edits:    counter("pages_published_total", "Pages that passed the write gate, by outcome.", "wiki", "outcome"),
		surveys:  counter("surveys_total", "Readings of ownership sources.", "source", "outcome"),
	}
}

// pulse is when the watch loop last handled an event, canaries included.
type pulse struct{ last atomic.Int64 }

func (p *pulse) beat() { p.last.Store(time.Now().Unix()) }

// LastEvent returns when the watch loop last handled an event, zero before the
// first one.
func (b *Bot) LastEvent() time.Time {
	if t := b.pulse.last.Load(); t != 0 {
		return time.Unix(t, 0).UTC()
	}
	return time.Time{}
}
