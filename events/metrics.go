// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the counters of a stream.

package events

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the counters of a stream. The values of their labels are closed
// sets.
type metrics struct {
	events       *prometheus.CounterVec // by kind
	reconnects   *prometheus.CounterVec // by the cause for which a connection ended
	decodeErrors *prometheus.CounterVec // by whether the shape was unknown
	skipped      *prometheus.CounterVec // duplicates and oversized events
}

// newMetrics makes the counters and registers them with to, unless it is nil.
// Streams that share a registry share the counters.
func newMetrics(to prometheus.Registerer) *metrics {
	counter := func(name, help, label string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "codesteward", Subsystem: "stream", Name: name, Help: help,
		}, []string{label})
		if to == nil {
			return c
		}
		if err := to.Register(c); err != nil {
			if again, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
				if same, ok := again.ExistingCollector.(*prometheus.CounterVec); ok {
					return same
				}
			}
			panic(err) // a name used for something else: a mistake in the program
		}
		return c
	}
	return &metrics{
		events:       counter("events_total", "Events received, by kind.", "kind"),
		reconnects:   counter("reconnects_total", "Connections that ended, by cause.", "cause"),
		decodeErrors: counter("decode_errors_total", "Events that could not be read, by reason.", "reason"),
		skipped:      counter("skipped_total", "Events dropped unread, by reason.", "reason"),
	}
}
