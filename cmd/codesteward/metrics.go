// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the registry of metrics, with those about the program itself,
// and the listener for what only this machine may see.

package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// newMetrics returns a registry with the metrics about the program: its version,
// and what it takes of the machine.
func newMetrics() *prometheus.Registry {
	metrics := prometheus.NewRegistry()
	addProgramMetrics(metrics)
	return metrics
}

func addProgramMetrics(to prometheus.Registerer) {
	to.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "codesteward_build_info", Help: "Always 1; the labels say which build this is.",
			ConstLabels: prometheus.Labels{"version": version(), "goversion": runtime.Version()},
		}, func() float64 { return 1 }))
}

// listenDebug listens for profilers, on a loopback address only: profiles tell
// what is in memory.
func listenDebug(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen for profilers: %w", err)
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("listen for profilers: %q is no loopback address such as 127.0.0.1:6060", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for profilers: %w", err)
	}
	return l, nil
}

// debugHandler serves profiles to whoever asks for this machine by its number: a
// web page that a browser here shows cannot.
func debugHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound) // it may hold a password
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, err := netip.ParseAddrPort(r.Host)
		if err != nil || !host.Addr().IsLoopback() {
			http.Error(w, "ask for this machine by its loopback address", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
