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
	events       *prometheus.CounterVec // by kind
	reconnects   *prometheus.CounterVec // by the cause for which a connection ended
	decodeErrors *prometheus.CounterVec // by what was wrong
	skipped      *prometheus.CounterVec // unwanted, duplicates and oversized events
	gaps         *prometheus.CounterVec // by cause
	missing      *prometheus.CounterVec // by cause
	lag          *lag
	unwanted     prometheus.Counter
}

// newMetrics makes the metrics and registers them with to, unless it is nil.
// Streams that share a registry share the metrics.
func newMetrics(to prometheus.Registerer) *metrics {
	counter := func(name, help, label string) *prometheus.CounterVec {
		return register(to, prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "codesteward", Subsystem: "stream", Name: name, Help: help,
		}, []string{label}))
	}
	m := &metrics{
		events:       counter("events_total", "Events received, by kind.", "kind"),
		reconnects:   counter("reconnects_total", "Connections that ended, by cause.", "cause"),
		decodeErrors: counter("decode_errors_total", "Events or ids that could not be read, by reason.", "reason"),
		skipped:      counter("skipped_total", "Events dropped unread, by reason.", "reason"),
		gaps:         counter("gaps_total", "Gaps that were found, by cause.", "cause"),
		missing:      counter("missing_events_total", "Events that gaps are known to lack, by cause.", "cause"),
		lag: register(to, &lag{desc: prometheus.NewDesc("codesteward_stream_lag_seconds",
			"Time since the newest event that was handed over or dropped was made.", nil, nil)}),
	}
	m.unwanted = m.skipped.WithLabelValues("unwanted")
	return m
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
