// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the client against servers with one fault each.

package events

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// say is one frame for an event that is the n-th second after noon.
func say(n int) string {
	at := noon.Add(time.Duration(n) * time.Second)
	return fmt.Sprintf("event: message\nid: %s\ndata: %s\n\n", idAt(at.UnixMilli()+1), dataAt(n, at))
}

func idAt(ms int64) string {
	return fmt.Sprintf(`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":%d},{"topic":"codfw.mediawiki.recentchange","partition":0,"offset":-1}]`, ms)
}

func dataAt(n int, at time.Time) string {
	return fmt.Sprintf(`{"$schema":"/mediawiki/recentchange/1.0.0","meta":{"id":"event-%d","dt":%q,"domain":"wiki.example","stream":"mediawiki.recentchange"},"type":"edit","title":"Page %d","timestamp":%d,"wiki":"teawiki"}`,
		n, at.Format(time.RFC3339Nano), n, at.Unix())
}

// script serves one function after the other, one a connection, and the last
// one for all connections after that.
type script struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
}

func serve(t *testing.T, steps ...http.HandlerFunc) *script {
	s := &script{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r)
		step := steps[min(len(s.requests), len(steps))-1]
		s.mu.Unlock()
		step(w, r)
	}))
	t.Cleanup(func() {
		s.Server.Close()
		goleak.VerifyNone(t)
	})
	return s
}

func (s *script) request(n int) *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n >= len(s.requests) {
		return httptest.NewRequest("GET", "/none", nil)
	}
	return s.requests[n]
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// stream begins an answer and sends the frames.
func stream(w http.ResponseWriter, frames ...string) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	for _, f := range append([]string{":ok\n\n"}, frames...) {
		fmt.Fprint(w, f)
		w.(http.Flusher).Flush()
	}
}

func sends(frames ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { stream(w, frames...) }
}

// hangs sends the frames and then nothing until the client leaves.
func hangs(frames ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		stream(w, frames...)
		<-r.Context().Done()
	}
}

func aborts(frames ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		stream(w, frames...)
		panic(http.ErrAbortHandler)
	}
}

func answers(status int, header, value, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(header, value)
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

// ages is longer than any of the events here are old.
const ages = 100 * 365 * 24 * time.Hour

// client makes a stream that does not wait long for anything.
func client(s *script, edit func(*Config)) *Stream {
	cfg := Config{URL: s.URL, Streams: []string{"mediawiki.recentchange"}, UserAgent: "test/1 (https://wiki.example)", Retention: ages, Log: zerolog.Nop()}
	if edit != nil {
		edit(&cfg)
	}
	c := New(cfg)
	c.retry = retry{pause: time.Millisecond, first: time.Millisecond, most: 5 * time.Millisecond, longest: time.Minute}
	return c
}

// take reads n events and returns their titles.
func take(t *testing.T, s *Stream, from Cursor, n int) ([]Event, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var got []Event
	for e, err := range s.Events(ctx, from) {
		if err != nil {
			return got, err
		}
		if got = append(got, e); len(got) == n {
			return got, nil
		}
	}
	t.Fatalf("stream ended after %d of %d events: %v", len(got), n, ctx.Err())
	return nil, nil
}

func titles(list []Event) string {
	var names []string
	for _, e := range list {
		names = append(names, strings.TrimPrefix(e.Title, "Page "))
	}
	return strings.Join(names, " ")
}

func TestStreamSurvives(t *testing.T) {
	half := say(2)[:len(say(2))-20]
	tests := []struct {
		name  string
		cause string // under which the lost connection is counted
		steps []http.HandlerFunc
		edit  func(*Config)
	}{
		{"a clean end", "end", []http.HandlerFunc{sends(say(1)), hangs(say(1), say(2), say(3))}, nil},
		{"a clean end in the middle of an event", "end", []http.HandlerFunc{sends(say(1), half), hangs(say(1), say(2), say(3))}, nil},
		{"a clean end after an id line", "end", []http.HandlerFunc{sends(say(1), "event: message\nid: "+idAt(99)+"\n"), hangs(say(1), say(2), say(3))}, nil},
		{"an abort in the middle of an event", "cut", []http.HandlerFunc{aborts(say(1), half), hangs(say(1), say(2), say(3))}, nil},
		{"a silence in the middle of an event", "idle", []http.HandlerFunc{hangs(say(1), half), hangs(say(1), say(2), say(3))}, func(c *Config) { c.Idle = 50 * time.Millisecond }},
		{"a silence before the answer", "idle", []http.HandlerFunc{
			func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, hangs(say(1), say(2), say(3)),
		}, func(c *Config) { c.Idle = 50 * time.Millisecond }},
		{"too many requests", "rate_limit", []http.HandlerFunc{answers(429, "X", "x", "slow down"), hangs(say(1), say(2), say(3))}, nil},
		{"a server error", "status", []http.HandlerFunc{answers(502, "X", "x", "<html>bad gateway"), hangs(say(1), say(2), say(3))}, nil},
		{"an error event", "error_event", []http.HandlerFunc{
			hangs(say(1), "event: error\nid: "+idAt(99)+"\ndata: {\"message\":\"broker gone\"}\n\n"), hangs(say(1), say(2), say(3)),
		}, nil},
		{"compressed by a proxy between good answers", "content_type", []http.HandlerFunc{
			sends(say(1)), func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				stream(w)
			}, hangs(say(1), say(2), say(3)),
		}, nil},
		{"HTML from a proxy between good answers", "content_type", []http.HandlerFunc{
			sends(say(1)), answers(200, "Content-Type", "text/html", "<p>\n\ndata: x\n\n"), hangs(say(1), say(2), say(3)),
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, test.steps...)
			registry := prometheus.NewRegistry()
			c := client(s, func(cfg *Config) {
				cfg.Metrics = registry
				if test.edit != nil {
					test.edit(cfg)
				}
			})
			got, err := take(t, c, Cursor{}, 3)
			if err != nil || titles(got) != "1 2 3" {
				t.Errorf("got events %s, error %v; want 1 2 3", titles(got), err)
			}
			if n := testutil.ToFloat64(c.metrics.reconnects.WithLabelValues(test.cause)); n < 1 {
				t.Errorf("no connection counted as lost by %q", test.cause)
			}
			if c.State().Connected || c.State().LastError == "" || c.State().LastEvent.IsZero() {
				t.Errorf("state after the end: %+v", c.State())
			}
		})
	}
}

func TestStreamIsRefusedForGood(t *testing.T) {
	tests := []struct {
		name   string
		step   http.HandlerFunc
		status int
		reason string
	}{
		{"an unknown stream", answers(400, "X", "x", "Stream Not Found"), 400, "Stream Not Found"},
		{"no such path", answers(404, "X", "x", "nothing here"), 404, "nothing here"},
		{"an unwelcome client", answers(403, "X", "x", "set a user agent"), 403, "set a user agent"},
		{"a page of HTML", answers(200, "Content-Type", "text/html", "<p>\n\ndata: {}\n\n"), 200, "text/html"},
		{"another address", answers(301, "Location", "https://stream.example/v2", ""), 301, "https://stream.example/v2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, test.step)
			_, err := take(t, client(s, nil), Cursor{}, 1)
			refused, ok := errors.AsType[*RefusedError](err)
			if !ok || refused.Status != test.status || !strings.Contains(refused.Reason, test.reason) {
				t.Errorf("error %v, want a refusal with %d and %q", err, test.status, test.reason)
			}
			if s.count() != 1 {
				t.Errorf("%d requests, want 1", s.count())
			}
		})
	}
}

func TestRefusalAfterServiceIsFinalWhenItLasts(t *testing.T) {
	s := serve(t, sends(say(1)), answers(403, "X", "x", "go away"))
	got, err := take(t, client(s, nil), Cursor{}, 2)
	if _, ok := errors.AsType[*RefusedError](err); !ok || len(got) != 1 {
		t.Errorf("got %d events and %v, want 1 and a refusal", len(got), err)
	}
	if s.count() != 1+maxRefusals {
		t.Errorf("%d requests, want %d", s.count(), 1+maxRefusals)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	var refused, back atomic.Int64
	s := serve(t,
		func(w http.ResponseWriter, r *http.Request) {
			refused.Store(time.Now().UnixNano())
			answers(429, "Retry-After", "1", "slow down")(w, r)
		},
		func(w http.ResponseWriter, r *http.Request) {
			back.Store(time.Now().UnixNano())
			hangs(say(1))(w, r)
		})
	if _, err := take(t, client(s, nil), Cursor{}, 1); err != nil {
		t.Fatal(err)
	}
	if waited := time.Duration(back.Load() - refused.Load()); waited < time.Second {
		t.Errorf("came back after %v, asked to wait 1 s", waited)
	}
}

func TestBadEventsAreCountedAndPassed(t *testing.T) {
	big := "id: " + idAt(3) + "\ndata: {\"x\":\"" + strings.Repeat("y", 3000) + "\"}\n\n"
	other := "id: " + idAt(4) + "\ndata: {\"$schema\":\"/other/1.0.0\"}\n\n"
	broken := "id: " + idAt(5) + "\ndata: {\"$sch\n\n"
	canary := "id: " + idAt(noon.UnixMilli()+1500) + "\ndata: {\"$schema\":\"/mediawiki/recentchange/1.0.1\",\"meta\":{\"id\":\"c\",\"domain\":\"canary\"}}\n\n"
	s := serve(t, hangs(say(1), big, other, ":still here\n\n", "retry: 5\n\n", "<p>garbage\n\n", "id\nevent: x\n\n", broken, say(1), canary, say(2)))
	c := client(s, func(cfg *Config) { cfg.MaxEvent = 2000 })
	got, err := take(t, c, Cursor{}, 3)
	if err != nil || titles(got) != "1  2" || got[1].Kind != Canary {
		t.Errorf("got %q, %v; want 1, a canary, 2", titles(got), err)
	}
	if got[1].Cursor.ID != idAt(noon.UnixMilli()+1500) {
		t.Errorf("cursor of the canary is %s", got[1].Cursor.ID)
	}
	for what, counter := range map[string]prometheus.Counter{
		"oversized": c.metrics.events.WithLabelValues("mediawiki.recentchange", "oversized"),
		"duplicate": c.metrics.events.WithLabelValues("mediawiki.recentchange", "duplicate"),
		"unknown":   c.metrics.decodeErrors.WithLabelValues("unknown"),
		"frame":     c.metrics.decodeErrors.WithLabelValues("frame"),
		"malformed": c.metrics.decodeErrors.WithLabelValues("malformed"),
		"canaries":  c.metrics.events.WithLabelValues("mediawiki.recentchange", "canary"),
	} {
		if n := testutil.ToFloat64(counter); n != 1 {
			t.Errorf("%s counted %v times, want once", what, n)
		}
	}
}

func TestOversizedEventIsNoPoison(t *testing.T) {
	big := "id: " + idAt(3) + "\ndata: " + strings.Repeat("y", 200_000) + "\n\n"
	fits := strings.Replace(say(2), `"type"`, `"filler":"`+strings.Repeat("z", 98_000)+`","type"`, 1)
	s := serve(t, hangs(say(1), big, fits, say(3)))
	got, err := take(t, client(s, func(cfg *Config) { cfg.MaxEvent = 100_000 }), Cursor{}, 3)
	if err != nil || titles(got) != "1 2 3" || s.count() != 1 {
		t.Errorf("got %s, %v over %d connections; want 1 2 3 over one", titles(got), err, s.count())
	}
}
