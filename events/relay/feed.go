// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the feeds: datagrams from the wikis that may send them, and
// the canaries.

package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"
)

// ErrOpen says that a feed listens where others than this machine can reach it,
// and that nobody said whom to take datagrams from.
var ErrOpen = errors.New("not a loopback address, so it must be said whose datagrams are taken")

// loopback is where datagrams come from if nothing is said.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// CheckFeed returns the ErrOpen that ServeUDP would return with a Config.Allow.
func CheckFeed(conn net.PacketConn, allow []netip.Prefix) error {
	_, err := allowed(conn.LocalAddr(), allow)
	return err
}

// allowed tells whose datagrams are taken on an address.
func allowed(at net.Addr, allow []netip.Prefix) ([]netip.Prefix, error) {
	if len(allow) > 0 {
		return allow, nil
	}
	if source, ok := address(at); !ok || !source.IsLoopback() {
		return nil, fmt.Errorf("receive feed at %s: %w", at, ErrOpen)
	}
	return loopback, nil
}

// address is the IP address in a network address.
func address(a net.Addr) (netip.Addr, bool) {
	udp, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.Addr{}, false
	}
	ip := udp.AddrPort().Addr().Unmap().WithZone("")
	return ip, ip.IsValid()
}

func within(source net.Addr, allow []netip.Prefix) bool {
	ip, ok := address(source)
	for _, p := range allow {
		if ok && p.Contains(ip) {
			return true
		}
	}
	return false
}

// ServeUDP publishes the datagrams that arrive on conn, and the canaries, until
// ctx ends, which is no error. It does not close conn. Several may run at once,
// for several feeds in one stream. A packet that is not understood, or comes
// from an address that is not allowed, is counted and logged, and the rest goes
// on. It returns an ErrOpen at once if Config.Allow is needed and missing.
func (r *Relay) ServeUDP(ctx context.Context, conn net.PacketConn) error {
	allow, err := allowed(conn.LocalAddr(), r.cfg.Allow)
	if err != nil {
		return err
	}
	if c, ok := conn.(interface{ SetReadBuffer(int) error }); ok {
		// Bursts wait in the kernel; the default is too small for an import.
		if err := c.SetReadBuffer(4 << 20); err != nil {
			r.cfg.Log.Warn().Err(err).Msg("receive buffer stays small")
		}
	}
	stop := context.AfterFunc(ctx, func() {
		conn.SetReadDeadline(time.Unix(1, 0)) // fails only when conn is closed, which ends the read too
	})
	defer stop()
	packet := make([]byte, 64<<10)
	for {
		due := r.canaries(time.Now())
		if err := conn.SetReadDeadline(due); err != nil {
			return fmt.Errorf("receive feed: %w", err)
		}
		if ctx.Err() != nil { // after the deadline is set, or it would undo the one above
			return nil
		}
		n, from, err := conn.ReadFrom(packet)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			continue
		case err != nil:
			return fmt.Errorf("receive feed: %w", err)
		}
		if !within(from, allow) {
			refused := r.countRefused()
			r.noisy.refused.Warn().Stringer("sender", from).Int64("refused", refused).Msg("packet from an address that is not allowed")
			continue
		}
		if err := r.Publish(packet[:n]); err != nil {
			r.noisy.packets.Warn().Err(err).Stringer("sender", from).Int("bytes", n).Msg("packet dropped")
		}
	}
}

func (r *Relay) countRefused() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Refused++
	return r.stats.Refused
}

// canaries publishes the canaries if they are due, and returns when the next
// ones are; zero if there are none. All feeds share them.
func (r *Relay) canaries(now time.Time) time.Time {
	if r.cfg.Canary < 0 {
		return time.Time{}
	}
	r.mu.Lock()
	due := !r.canary.IsZero() && !now.Before(r.canary)
	if due || r.canary.IsZero() {
		r.canary = now.Add(r.cfg.Canary)
	}
	next := r.canary
	r.mu.Unlock()
	if due {
		r.Canary()
	}
	return next
}
