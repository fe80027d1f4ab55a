// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the memory of failures under way, for the log and for people, and the counters of requests.

package wiki

import (
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Trouble says since when the wiki has not given proper answers, and why, as read-only mode or a network failure.
// The reason is "" when all is well, or when nobody has tried for ten minutes longer than the wiki asked to wait.
// Reads and writes are looked at apart; the older trouble is told.
func (c *Client) Trouble() (since time.Time, reason string) {
	since, reason = c.reads.state()
	if s, r := c.writes.state(); r != "" && (reason == "" || s.Before(since)) {
		return s, r
	}
	return since, reason
}

// trouble is a run of failures; it is logged when it begins and when it is over.
type trouble struct {
	mu     sync.Mutex
	since  time.Time
	reason string
	fades  time.Time // when it is not known any more whether it lasts, since whoever was waiting has given up
}

// begin tells of a failure, and when the next try is.
func (t *trouble) begin(log zerolog.Logger, err *Error, next time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	faded := now.After(t.fades)
	t.fades = now.Add(next + 10*time.Minute)
	if t.reason == "" || faded {
		t.since = now
		log.Warn().Str("action", err.Action).Str("code", err.Code).Str("reason", err.Info).Str("request", err.Request).Dur("retry_after", err.RetryAfter).
			Msg("the wiki does not answer properly, trying until it does")
	}
	t.reason = err.Code
	if err.Info != "" {
		t.reason += ": " + err.Info
	}
}

func (t *trouble) end(log zerolog.Logger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.reason == "" {
		return
	}
	log.Info().Dur("after", time.Since(t.since)).Str("reason", t.reason).Msg("the wiki answers again")
	t.since, t.reason = time.Time{}, ""
}

func (t *trouble) state() (time.Time, string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Now().After(t.fades) {
		return time.Time{}, ""
	}
	return t.since, t.reason
}

// metrics are the counters of requests. The values of their labels are closed sets: the operator's wikis, our actions,
// and the classes of errors.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// newMetrics makes the counters and registers them with to, unless it is nil. Clients that share a registry share them.
func newMetrics(to prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "codesteward_api_requests_total", Help: "Requests to the Action API, each attempt counted, by outcome: ok or the class of the error.",
		}, []string{"wiki", "action", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "codesteward_api_request_duration_seconds", Help: "Time from sending a request to having read its answer.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 90},
		}, []string{"action"}),
	}
	if to != nil {
		m.requests, m.seconds = register(to, m.requests), register(to, m.seconds)
	}
	return m
}

func register[C prometheus.Collector](to prometheus.Registerer, c C) C {
	err := to.Register(c)
	if err == nil {
		return c
	}
	if again, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if same, ok := again.ExistingCollector.(C); ok {
			return same
		}
	}
	panic(err) // the name is used for something else: a mistake in the program
}

func (m *metrics) observe(wiki, action string, err *Error, took time.Duration) {
	outcome := "ok"
	if err != nil {
		outcome = err.Class.String()
	}
	m.requests.WithLabelValues(wiki, action, outcome).Inc()
	m.seconds.WithLabelValues(action).Observe(took.Seconds())
}
