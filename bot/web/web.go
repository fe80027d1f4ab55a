// SPDX-License-Identifier: GPL-3.0-or-later

// Package web serves what machines ask of the running bot: /metrics for
// Prometheus and /healthz for the platform. It is read-only.
package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// silence is how long the watch loop may handle no event before the bot counts
// as stuck. Canary events come several times an hour on a quiet stream.
const silence = 30 * time.Minute

// bot tells when it last handled an event, and a line each which gaps of the
// stream it has filled.
type bot interface {
	LastEvent() time.Time
	LastGaps() []string
}

// Handler serves metrics and health. The bot is healthy while its watch loop
// handles events, and until the first one for as long after the start; a wiki
// that is stopped or read-only does not make it ill.
func Handler(metrics *prometheus.Registry, b bot) http.Handler {
	started := time.Now()
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		last := b.LastEvent()
		if last.Before(started) {
			last = started
		}
		if age := time.Since(last); age > silence {
			http.Error(w, fmt.Sprintf("no event for %s", age.Round(time.Second)), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
		for _, line := range b.LastGaps() {
			fmt.Fprintln(w, line)
		}
	})
	return mux
}
