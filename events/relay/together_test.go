// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the whole way: datagrams over a real socket,
// through the relay, to the client.

package relay_test

import (
	"context"
	"fmt"
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
	for name, cfg := range map[string]relay.Config{
		"ends":   {Lifetime: 150 * time.Millisecond},
		"aborts": {Lifetime: 150 * time.Millisecond, Abrupt: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFeed(t, cfg)
			f.send(1)
			c := &collector{titles: map[string]int{}, cursor: events.Cursor{Time: time.Now()}}
			// Each event read lets more be sent, some of them while the client is
			// away.
			c.follow(t, f.stream, 60, func(e events.Event) {
				if f.sent < 60 {
					f.send(min(2, 60-f.sent))
				}
				if f.sent == 30 {
					f.Fail("broker gone")
				}
			})
		})
	}
}

func TestSwitchOfDataCentreWhileAwayLosesNothing(t *testing.T) {
	f := startFeed(t, relay.Config{})
	f.send(5)
	c := &collector{titles: map[string]int{}, cursor: events.Cursor{Time: time.Now()}}
	c.follow(t, f.stream, 5, nil)
	f.Switch()
	f.send(5)
	c.follow(t, f.client(), 10, nil)
	if !strings.Contains(c.cursor.ID, `"codfw.mediawiki.recentchange","partition":0,"timestamp"`) {
		t.Errorf("cursor %s does not know the other data centre", c.cursor.ID)
	}
}
