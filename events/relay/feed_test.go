// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the feeds: several into one stream, and whose
// datagrams are taken.

package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
)

// listen makes a feed of r, and returns how to send to it.
func listen(t *testing.T, r *Relay, address string) func(string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	out, err := net.Dial("udp", conn.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var g errgroup.Group
	g.Go(func() error { return r.ServeUDP(ctx, conn) })
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(g.Wait(), conn.Close(), out.Close()); err != nil {
			t.Error(err)
		}
	})
	return func(packet string) {
		if _, err := out.Write([]byte(packet)); err != nil {
			t.Error(err)
		}
	}
}

func TestSeveralFeedsMakeOneStream(t *testing.T) {
	r, url := start(t, Config{Canary: -1})
	body := get(t, url+"recentchange", "").Body
	waitFor(t, func() bool { return r.Stats().Readers == 1 })
	first, second := listen(t, r, "127.0.0.1:0"), listen(t, r, "127.0.0.1:0")
	for i := range 10 {
		send := first
		if i%2 == 1 {
			send = second
		}
		send(strings.Replace(edit, "Tea house", fmt.Sprint("Page ", i), 1))
		waitFor(t, func() bool { return r.Stats().Events == int64(i+1) })
	}
	for i, f := range frames(t, body, 10) {
		if f.title != fmt.Sprint("Page ", i) {
			t.Errorf("event %d is %s", i, f.title)
		}
	}
}

func TestFeedsShareTheirCanaries(t *testing.T) {
	r := New(Config{Canary: time.Minute})
	now := time.Now()
	for _, at := range []struct{ after, canaries int }{{0, 0}, {1, 0}, {59, 0}, {60, 1}, {60, 1}, {61, 1}, {119, 1}, {120, 2}} {
		next := r.canaries(now.Add(time.Duration(at.after) * time.Second))
		if n := r.Stats().Events / 2; n != int64(at.canaries) || next.Sub(now) != time.Duration(at.canaries+1)*time.Minute {
			t.Errorf("after %d s: %d canaries, the next at %s", at.after, n, next.Sub(now))
		}
	}
	if never := New(Config{Canary: -1}); !never.canaries(now).IsZero() {
		t.Error("canaries that nobody asked for")
	}
}

func TestWhoseDatagramsAreTaken(t *testing.T) {
	udp := func(text string) net.Addr { return net.UDPAddrFromAddrPort(netip.MustParseAddrPort(text)) }
	tests := []struct {
		name, at, from string
		allow          string
		want           bool
	}{
		{"loopback to loopback", "127.0.0.1:1", "127.0.0.1:2", "", true},
		{"loopback in IPv6", "[::1]:1", "[::1]:2", "", true},
		{"loopback, mapped", "[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:2", "", true},
		{"another machine to loopback", "127.0.0.1:1", "10.0.0.7:2", "", false},
		{"a machine that is named", "0.0.0.0:1", "10.0.0.7:2", "10.0.0.7/32", true},
		{"a machine that is named, mapped", "[::]:1", "[::ffff:10.0.0.7]:2", "10.0.0.0/8", true},
		{"a machine that is not", "0.0.0.0:1", "10.0.0.8:2", "10.0.0.7/32", false},
		{"loopback, if others are named", "127.0.0.1:1", "127.0.0.1:2", "10.0.0.7/32", false},
		{"the second of two", "[::]:1", "[2001:db8::1]:2", "10.0.0.7/32 2001:db8::/32", true},
		{"a link-local address with its zone", "[::]:1", "[fe80::1%eth0]:2", "fe80::/10", true},
		{"anyone", "0.0.0.0:1", "192.0.2.9:2", "0.0.0.0/0", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var given []netip.Prefix
			for _, p := range strings.Fields(test.allow) {
				given = append(given, netip.MustParsePrefix(p))
			}
			allow, err := allowed(udp(test.at), given)
			if err != nil {
				t.Fatal(err)
			}
			if got := within(udp(test.from), allow); got != test.want {
				t.Errorf("taken: %v, want %v", got, test.want)
			}
		})
	}
	if within(&net.UnixAddr{Name: "x"}, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}) {
		t.Error("a datagram from no IP address was taken")
	}
}

func TestOpenFeedNeedsAllow(t *testing.T) {
	conn, err := net.ListenPacket("udp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := New(Config{}).ServeUDP(t.Context(), conn); !errors.Is(err, ErrOpen) {
		t.Errorf("ServeUDP: %v, want ErrOpen", err)
	}
	if err := CheckFeed(conn, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}); err != nil {
		t.Errorf("with everyone allowed: %v", err)
	}
}

func TestRefusedDatagramsAreCountedAndLoggedNotTooOften(t *testing.T) {
	log := &bytes.Buffer{}
	t.Cleanup(func() { // after the feed has ended
		if n := strings.Count(log.String(), "not allowed"); n != 5 {
			t.Errorf("%d lines, want 5", n)
		}
	})
	r := New(Config{Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Log: zerolog.New(log)})
	send := listen(t, r, "127.0.0.1:0")
	for i := range 50 {
		send(edit)
		waitFor(t, func() bool { return r.Stats().Refused == int64(i+1) })
	}
	if s := r.Stats(); s.Events != 0 || s.Bad != 0 {
		t.Errorf("stats %+v", s)
	}
}
