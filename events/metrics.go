// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the metrics of a stream.

package events

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are those of a stream. The values of their labels are closed sets.
type metrics struct {
	events       *prometheus.CounterVec // by stream and outcome
	reconnects   *prometheus.CounterVec // by the cause for which a connection ended
	decodeErrors *prometheus.CounterVec // by what was wrong
	gaps         *prometheus.CounterVec // by cause
	missing      *prometheus.CounterVec // by cause
	lag          *lag
}

// What became of an event, as a metric label.
const (
	delivered = "delivered" // handed over
	canary    = "canary"    // handed over, as a sign of life
	unwanted  = "unwanted"  // of a wiki or namespace that nobody asked for
	duplicate = "duplicate" // handed over before
	oversized = "oversized"
	malformed = "malformed" // no event, or half of one
	unknown   = "unknown"   // of a kind that this program does not know
)

// otherStream is the label of events that do not say of which stream they are,
// where there are several.
const otherStream = "other"

// newMetrics makes the metrics and registers them with to, unless it is nil.
// Streams that share a registry share the metrics.
func newMetrics(to prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return register(to, prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "codesteward", Subsystem: "stream", Name: name, Help: help,
		}, labels))
	}
	m := &metrics{
		events:       counter("events_total", "Events received, by stream and by what became of them.", "stream", "outcome"),
		reconnects:   counter("reconnects_total", "Connections that ended, by cause.", "cause"),
		decodeErrors: counter("decode_errors_total", "Events or ids that could not be read, by reason.", "reason"),
		gaps:         counter("gaps_total", "Gaps that were found, by cause.", "cause"),
		missing:      counter("missing_events_total", "Events that gaps are known to lack, by cause.", "cause"),
		lag: register(to, &lag{desc: prometheus.NewDesc("codesteward_stream_lag_seconds",
			"Time since the newest event that was handed over or dropped was made.", nil, nil)}),
	}
	return m
}

// count counts an event of a stream.
func (s *Stream) count(stream, outcome string) {
	s.metrics.events.WithLabelValues(s.names[s.nameOf([]byte(stream))], outcome).Inc()
}

// nameOf finds the name of a stream, or of one of its topics, among those that
// are followed: labels do not come from outside.
func (s *Stream) nameOf(name []byte) int {
	if len(s.names) == 2 {
		return 0
	}
	for i, known := range s.names[:len(s.names)-1] {
		if from := len(name) - len(known); from >= 0 && string(name[from:]) == known {
			return i
		}
	}
	return len(s.names) - 1
}

// register registers a metric, or returns the one that is there already.
func register[C prometheus.Collector](to prometheus.Registerer, c C) C {
	if to == nil {
		return c
	}
	if err := to.Register(c); err != nil {
		if again, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
			if same, ok := again.ExistingCollector.(C); ok {
				return same
			}
		}
		panic(err) // a name used for something else: a mistake in the program
	}
	return c
}

// lag measures how far behind the world a stream is. Before the first event it
// says nothing.
type lag struct {
	desc   *prometheus.Desc
	newest atomic.Int64 // in milliseconds
}

// note takes the time of an event.
func (l *lag) note(at time.Time) {
	if ms := millis(at); ms > l.newest.Load() {
		l.newest.Store(ms)
	}
}

// Describe is part of prometheus.Collector.
func (l *lag) Describe(to chan<- *prometheus.Desc) { to <- l.desc }

// Collect is part of prometheus.Collector.
func (l *lag) Collect(to chan<- prometheus.Metric) {
	if newest := l.newest.Load(); newest > 0 {
		to <- prometheus.MustNewConstMetric(l.desc, prometheus.GaugeValue, time.Since(time.UnixMilli(newest)).Seconds())
	}
}
