// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what machines ask of the running bot: /metrics, and the two
// probes. /healthz says whether starting the process again would help: it goes
// by the progress of the bot's loops, so that a wiki that is away, read-only or
// stopped does not make the bot ill. /readyz says whether the bot is at work; a
// copy that waits for the lease is alive but not ready.

package web

import (
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// probed tells how the bot is, in lines for people that name wikis and loops
// only: anybody may read them.
type probed interface {
	// Stuck is a line for each loop that does not come forward; none while the
	// bot is alive.
	Stuck() []string
	// Unready is a line for each thing that is missing before the bot is at work.
	Unready() []string
	// LastGaps is a line for each gap of the stream that was filled lately.
	LastGaps() []string
}

// addProbes serves the metrics and the probes.
func addProbes(mux *http.ServeMux, metrics *prometheus.Registry, b probed) {
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { probe(w, b.Stuck(), b.LastGaps()) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { probe(w, b.Unready(), nil) })
}

// probe answers with status 200 and notes if nothing is wrong, or else with 503
// and what is.
func probe(w http.ResponseWriter, wrong, notes []string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	lines := append([]string{"ok"}, notes...)
	if len(wrong) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		lines = wrong
	}
	for _, line := range lines {
		fmt.Fprintln(w, line)
	}
}
