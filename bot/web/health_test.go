// SPDX-License-Identifier: GPL-3.0-or-later

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// patient is a bot that says how it is.
type patient struct{ stuck, unready []string }

func (p patient) Stuck() []string    { return p.stuck }
func (p patient) Unready() []string  { return p.unready }
func (p patient) LastGaps() []string { return []string{"gap filled on teawiki"} }

func TestProbes(t *testing.T) {
	tests := []struct {
		name    string
		bot     patient
		path    string
		status  int
		text    string
		refused string // a method
	}{
		{"alive", patient{}, "/healthz", 200, "ok\ngap filled on teawiki\n", ""},
		{"alive, not ready", patient{unready: []string{"waits for the lease"}}, "/healthz", 200, "ok\ngap filled on teawiki\n", ""},
		{"stuck", patient{stuck: []string{"a", "b"}}, "/healthz", 503, "a\nb\n", ""},
		{"ready", patient{}, "/readyz", 200, "ok\n", ""},
		{"not ready", patient{unready: []string{"waits for the lease"}}, "/readyz", 503, "waits for the lease\n", ""},
		{"nothing can be sent", patient{}, "/healthz", 405, "", "POST"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			mux, w := http.NewServeMux(), httptest.NewRecorder()
			addProbes(mux, prometheus.NewRegistry(), test.bot)
			method := "GET"
			if test.refused != "" {
				method = test.refused
			}
			mux.ServeHTTP(w, httptest.NewRequest(method, test.path, nil))
			if w.Code != test.status || test.text != "" && w.Body.String() != test.text {
				t.Errorf("status %d and %q, want %d and %q", w.Code, w.Body, test.status, test.text)
			}
		})
	}
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "codesteward_test"}, func() float64 { return 7 }))
	mux, w := http.NewServeMux(), httptest.NewRecorder()
	addProbes(mux, registry, patient{})
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "codesteward_test 7") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}
