// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

package main

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// patient is a bot that says how it is.
type patient struct{ stuck, unready atomic.Pointer[string] }

func lines(of *atomic.Pointer[string]) []string {
	if s := of.Load(); s != nil {
		return []string{*s}
	}
	return nil
}
func (p *patient) Stuck() []string   { return lines(&p.stuck) }
func (p *patient) Unready() []string { return lines(&p.unready) }

func TestTheServiceManagerHearsWhileTheBotIsAlive(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	hear := func() string {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 1000)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	m := newManager(func(name string) string {
		return map[string]string{"NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "30000"}[name]
	})
	if m.every != 10*time.Millisecond {
		t.Errorf("it is told every %s", m.every)
	}
	b, why, stuck := &patient{}, "testwiki: not logged in yet", "reconcile testwiki has not come forward for 31m0s"
	b.unready.Store(&why)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.keep(ctx, b) }()
	if got := hear(); got != "READY=1" {
		t.Errorf("at first it hears %q", got)
	}
	if got := hear(); got != "STATUS="+why+"\nWATCHDOG=1" {
		t.Errorf("before the login it hears %q", got)
	}
	await := func(want string) {
		t.Helper()
		for range 1000 {
			if hear() == want {
				return
			}
		}
		t.Errorf("it never hears %q", want)
	}
	b.unready.Store(nil)
	await("STATUS=at work\nWATCHDOG=1")
	b.stuck.Store(&stuck)
	await("STATUS=" + stuck)
	if got := hear(); strings.Contains(got, "WATCHDOG") {
		t.Errorf("of a bot that is stuck it hears %q", got)
	}
	cancel()
	await("STOPPING=1")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestNoServiceManager(t *testing.T) {
	m := newManager(func(string) string { return "" })
	if err := m.keep(t.Context(), &patient{}); m != nil || err != nil {
		t.Errorf("%v, %v", m, err)
	}
}
