// SPDX-License-Identifier: GPL-3.0-or-later

package web

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// watched is a bot that handled its last event at a time.
type watched struct{ last time.Time }

func (w *watched) LastEvent() time.Time { return w.last }

func (w *watched) LastGaps() []string { return []string{"gap filled on teawiki"} }

func TestHealthFollowsTheWatchLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &watched{}
		h := Handler(prometheus.NewRegistry(), b)
		expect := func(what string, want int) {
			t.Helper()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", "/healthz", nil))
			if w.Code != want {
				t.Errorf("%s: status %d, want %d: %s", what, w.Code, want, w.Body)
			}
			if text := w.Body.String(); want == 200 && text != "ok\ngap filled on teawiki\n" {
				t.Errorf("%s: it says %q", what, text)
			}
		}
		expect("at the start", 200)
		time.Sleep(silence + time.Second)
		expect("no event since the start", 503)
		b.last = time.Now()
		expect("after an event", 200)
		time.Sleep(silence - time.Second)
		expect("a quiet while later", 200)
		time.Sleep(2 * time.Second)
		expect("too long without an event", 503)
	})
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "codesteward_test"}, func() float64 { return 7 }))
	w := httptest.NewRecorder()
	Handler(registry, &watched{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "codesteward_test 7") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}
