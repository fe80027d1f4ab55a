// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the whole way: datagrams over a real socket,
// through the relay, to the client.

package relay_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events/relay"
)

// feed is a relay with its socket, and a client for it.
type feed struct {
	*relay.Relay
	t      *testing.T
	out    net.Conn
	url    string
	stream *events.Stream
	sent   int
}

func startFeed(t *testing.T, cfg relay.Config) *feed {
	t.Helper()
	f := &feed{Relay: relay.New(cfg), t: t}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if f.out, err = net.Dial("udp", conn.LocalAddr().String()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- f.ServeUDP(ctx, conn) }()
	server := httptest.NewServer(f)
	f.url = server.URL + "/v2/stream"
	f.stream = f.client()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("ServeUDP: %v", err)
		}
		conn.Close()
		f.out.Close()
		f.Close()
		server.Close()
		goleak.VerifyNone(t)
	})
	return f
}

func (f *feed) client() *events.Stream {
	return events.New(events.Config{URL: f.url, Streams: []string{"mediawiki.recentchange"}, Log: zerolog.Nop()})
}

// send sends n packets as MediaWiki does, a few at a time, as UDP has no way
// to say that it is too much.
func (f *feed) send(n int) {
	f.t.Helper()
	for range n {
		f.sent++
		packet := fmt.Sprintf(`{"id":%d,"type":"edit","namespace":1,"title":"Talk:Page %d","comment":"","timestamp":%d,"user":"Quill","bot":false,"minor":false,"length":{"old":1,"new":2},"revision":{"old":%d,"new":%d},"server_url":"http://wiki.example","server_name":"wiki.example","server_script_path":"/w","wiki":"teawiki"}`,
			f.sent, f.sent, time.Now().Unix(), f.sent, f.sent+1)
		before := f.Stats().Events
		if _, err := f.out.Write([]byte(packet)); err != nil {
			f.t.Fatal(err)
		}
		f.wait(func() bool { return f.Stats().Events > before })
	}
}

// wait waits for a condition, not for a time.
func (f *feed) wait(ok func() bool) {
	f.t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			f.t.Fatal("packet did not arrive")
		}
	}
}

// collector gathers page titles over one or more ranges of a stream.
type collector struct {
	titles map[string]int
	cursor events.Cursor
}

// follow reads until there are n titles; between is called after each event.
func (c *collector) follow(t *testing.T, s *events.Stream, n int, between func(events.Event)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ids := map[string]bool{}
	for e, err := range s.Events(ctx, c.cursor) {
		if err != nil {
			t.Fatal(err)
		}
		if ids[e.ID] {
			t.Errorf("%s came twice", e.Title)
		}
		ids[e.ID] = true
		c.cursor = e.Cursor
		if e.Kind != events.Canary {
			c.titles[e.Title]++
		}
		if between != nil {
			between(e)
		}
		if len(c.titles) == n {
			return
		}
	}
	t.Fatalf("%d of %d events: %v", len(c.titles), n, ctx.Err())
}

func TestEditReachesTheClient(t *testing.T) {
	f := startFeed(t, relay.Config{Canary: 20 * time.Millisecond})
	c := &collector{titles: map[string]int{}}
	first := true
	c.follow(t, f.stream, 1, func(e events.Event) {
		if e.Kind == events.Canary {
			if first { // the client is live now
				f.send(1)
			}
			first = false
			return
		}
		if e.Kind != events.Edit || e.Title != "Talk:Page 1" || e.Wiki != "teawiki" || e.Domain != "wiki.example" || e.Revision != 2 || e.Parent != 1 ||
			e.Stream != "mediawiki.recentchange" || e.User != "Quill" || e.Namespace != 1 || len(e.ID) != 36 {
			t.Errorf("event %+v", e)
		}
		if e.Cursor.Streams != "mediawiki.recentchange" || !strings.Contains(e.Cursor.ID, "timestamp") || time.Since(e.Cursor.Time) > time.Minute {
			t.Errorf("cursor %+v", e.Cursor)
		}
		if s := f.stream.State(); !s.Connected || s.LastEvent.IsZero() {
			t.Errorf("state %+v", s)
		}
	})
}

func TestCutsBetweenRelayAndClientLoseNothing(t *testing.T) {
	for name, cut := range map[string]relay.Cut{"ends": relay.CutEnd, "aborts": relay.CutAbort} {
		t.Run(name, func(t *testing.T) {
			f := startFeed(t, relay.Config{Faults: &relay.Faults{Plan: func(n int, _ *rand.Rand) relay.Fault {
				if n > 0 {
					return relay.Fault{}
				}
				return relay.Fault{Cut: cut, After: 20_000}
			}}})
			f.send(1)
			c := &collector{titles: map[string]int{}, cursor: events.Cursor{Streams: "mediawiki.recentchange", Time: time.Now()}}
			// Each event read lets more be sent, some of them while the client is
			// away.
			c.follow(t, f.stream, 60, func(e events.Event) {
				if f.sent < 60 {
					f.send(min(2, 60-f.sent))
				}
				if f.sent == 50 {
					f.Fail("broker gone")
				}
			})
			if n := f.Stats().Connections; n < 2 {
				t.Errorf("%d connections only", n)
			}
		})
	}
}

func TestSwitchOfDataCentreWhileAwayLosesNothing(t *testing.T) {
	f := startFeed(t, relay.Config{})
	f.send(5)
	c := &collector{titles: map[string]int{}, cursor: events.Cursor{Streams: "mediawiki.recentchange", Time: time.Now()}}
	c.follow(t, f.stream, 5, nil)
	f.Switch()
	f.send(5)
	c.follow(t, f.client(), 10, nil)
	if !strings.Contains(c.cursor.ID, `"codfw.mediawiki.recentchange","partition":0,"timestamp"`) {
		t.Errorf("cursor %s does not know the other data centre", c.cursor.ID)
	}
}

// TestFaultsLoseNothing lets a client follow a relay that does everything to it
// that a relay can do.
func TestFaultsLoseNothing(t *testing.T) {
	f := startFeed(t, relay.Config{Canary: 50 * time.Millisecond, Faults: &relay.Faults{Seed: 1, Plan: func(n int, rnd *rand.Rand) relay.Fault {
		switch n {
		case 1:
			return relay.Fault{Status: 503, RetryAfter: "0"}
		case 2:
			return relay.Fault{ContentType: "text/html"}
		case 3:
			return relay.Fault{Large: 4 << 20, Cut: relay.CutError, After: 4<<20 + 20_000}
		case 0:
			return relay.Fault{Cut: relay.CutReset, After: 10_000 + rnd.Int64N(20_000), Duplicate: 0.2, Replay: 0.1}
		}
		return relay.Fault{Duplicate: 0.2, Replay: 0.1}
	}}})
	f.send(1)
	c := &collector{titles: map[string]int{}, cursor: events.Cursor{Streams: "mediawiki.recentchange", Time: time.Now()}}
	c.follow(t, f.stream, 62, func(e events.Event) { // with the one that is large
		if f.sent < 61 && e.Wiki == "teawiki" {
			f.send(min(2, 61-f.sent))
		}
	})
	for title, n := range c.titles {
		if n != 1 {
			t.Errorf("%s came %d times", title, n)
		}
	}
	if n := f.Stats().Connections; n < 3 { // those that were streams
		t.Errorf("%d connections only", n)
	}
}
