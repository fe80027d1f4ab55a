// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of how the client ends: with its context, with its
// reader, and with nothing left behind.

package events

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestContextEndsTheStream(t *testing.T) {
	tests := []struct {
		name string
		step http.HandlerFunc
	}{
		{"while it waits for the answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		{"while it waits for events", hangs()},
		{"while it waits to try again", answers(503, "Retry-After", "600", "later")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			asked := make(chan struct{}, 1)
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked <- struct{}{}
				test.step(w, r)
			})
			c := client(s, nil)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				for _, err := range c.Events(ctx, Cursor{}) {
					done <- err
					return
				}
				done <- nil
			}()
			<-asked
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Errorf("ended with %v, want no error", err)
				}
			case <-time.After(5 * time.Second):
				t.Fatal("still there after 5 s")
			}
		})
	}
}

func TestContextEndsTheStreamWhileItDials(t *testing.T) {
	defer goleak.VerifyNone(t)
	dialing := make(chan struct{}, 1)
	c := New(Config{URL: "http://wiki.example", Streams: []string{"x"}, Log: zerolog.Nop(), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		dialing <- struct{}{}
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	})})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-dialing; cancel() }()
	for e, err := range c.Events(ctx, Cursor{}) {
		t.Errorf("got %v, %v", e, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestContextEndsTheStreamWhileItShakesHands(t *testing.T) {
	defer goleak.VerifyNone(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		// A server that takes the greeting and says nothing.
		conn, err := listener.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Error(err)
		}
		cancel()
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Log(err)
		}
	}()
	c := New(Config{URL: "https://" + listener.Addr().String(), Streams: []string{"x"}, Log: zerolog.Nop()})
	for e, err := range c.Events(ctx, Cursor{}) {
		t.Errorf("got %v, %v", e, err)
	}
}

func TestReadersThatComeAndGoLeaveNothingBehind(t *testing.T) {
	s := serve(t, hangs(say(1), say(2), say(3)))
	for range 20 {
		if _, err := take(t, client(s, nil), Cursor{}, 1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRefusedConnectionsAreClosed(t *testing.T) {
	var open, most atomic.Int64
	steps := []http.HandlerFunc{sends(say(1))}
	for i := range 20 {
		steps = append(steps, answers(503-i%2*3, "X", "x", "later"), answers(200, "Content-Type", "text/html", "<p>"))
	}
	s := &script{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r)
		n := len(s.requests)
		s.mu.Unlock()
		if n%5 == 0 {
			sends(say(n))(w, r) // else it would be given up
			return
		}
		steps[min(n, len(steps))-1](w, r)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			most.Store(max(most.Load(), open.Add(1)))
		case http.StateClosed:
			open.Add(-1)
		}
	}
	s.Start()
	defer goleak.VerifyNone(t)
	defer s.Close()
	if _, err := take(t, client(s, nil), Cursor{}, 8); err != nil {
		t.Fatal(err)
	}
	if most.Load() > 3 {
		t.Errorf("%d connections were open at once, after %d answers", most.Load(), s.count())
	}
}

func TestReaderThatPanicsLeavesNothingBehind(t *testing.T) {
	s := serve(t, hangs(say(1), say(2), say(3), say(4), say(5)))
	c := client(s, nil)
	func() {
		defer func() { _ = recover() }()
		for range c.Events(t.Context(), Cursor{}) {
			panic("reader")
		}
	}()
	if c.State().LastEvent.IsZero() {
		t.Error("no event arrived")
	}
}

func TestLossIsLoggedOnce(t *testing.T) {
	var out bytes.Buffer
	steps := []http.HandlerFunc{sends(say(1))}
	for range 8 {
		steps = append(steps, answers(502, "X", "x", "bad gateway"))
	}
	s := serve(t, append(steps, hangs(say(2)))...)
	c := client(s, func(cfg *Config) { cfg.Log = zerolog.New(&out) })
	if _, err := take(t, c, Cursor{}, 2); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for dec := json.NewDecoder(&out); dec.More(); {
		var line struct{ Message, Error, Cause string }
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSpace(line.Message+" "+line.Cause))
	}
	if got := strings.Join(lines, "; "); got != "stream connected; stream lost end; stream is back" {
		t.Errorf("logged: %s", got)
	}
}
