// SPDX-License-Identifier: GPL-3.0-or-later

// Package web serves what people and machines ask of the running bot: /metrics
// for Prometheus, and the probes of the platform. It is read-only.
package web

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
)

// Handler serves the metrics and the probes.
func Handler(metrics *prometheus.Registry, b probed) http.Handler {
	mux := http.NewServeMux()
	addProbes(mux, metrics, b)
	return mux
}
