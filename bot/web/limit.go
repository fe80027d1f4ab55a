// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds who asks, and how often they may.

package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What may be asked: by one client, and by all together. A page with its style
// sheet and picture is three requests.
const (
	clientRate, clientBurst = rate.Limit(5), 40
	wholeRate, wholeBurst   = rate.Limit(60), 200
	// clientsKept is how many clients are told apart at once.
	clientsKept = 10_000
)

// limiter lets clients ask so often. Those who have not asked for a while are
// forgotten.
type limiter struct {
	proxies []netip.Prefix
	whole   *rate.Limiter

	mu       sync.Mutex
	now, old map[netip.Addr]*rate.Limiter // of this spell and of the last one
	turned   time.Time
}

func newLimiter(proxies []netip.Prefix) *limiter {
	return &limiter{proxies: proxies, whole: rate.NewLimiter(wholeRate, wholeBurst), now: map[netip.Addr]*rate.Limiter{}}
}

// allow reports whether a request may be answered now.
func (l *limiter) allow(r *http.Request, at time.Time) bool {
	if client, ok := l.client(r); ok && !l.of(client, at).AllowN(at, 1) {
		return false // without a place in the whole: one client takes none from others
	}
	return l.whole.AllowN(at, 1)
}

// client returns the address of whoever asks. Behind a proxy of ours that is the
// last address in X-Forwarded-For that is not such a proxy: what stands before
// it anybody could have written. ok is false where a proxy hides it, so that
// not all its clients are taken for one.
func (l *limiter) client(r *http.Request) (client netip.Addr, ok bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	client = peer.Addr().Unmap()
	if !l.trusted(client) {
		return block(client), true
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		hop = strings.TrimSpace(hop)
		if host, _, err := net.SplitHostPort(hop); err == nil {
			hop = host
		}
		addr, err := netip.ParseAddr(hop)
		if err != nil {
			return netip.Addr{}, false
		}
		if addr = addr.Unmap(); !l.trusted(addr) {
			return block(addr), true
		}
	}
	return netip.Addr{}, false
}

func (l *limiter) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(l.proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// block is the address, or the /64 that one person has of the newer kind.
func block(a netip.Addr) netip.Addr {
	if a.Is4() {
		return a
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return a // unreachable
	}
	return p.Addr()
}

// of returns the limiter of a client.
func (l *limiter) of(client netip.Addr, at time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.Sub(l.turned) > time.Minute || len(l.now) >= clientsKept {
		l.now, l.old, l.turned = make(map[netip.Addr]*rate.Limiter), l.now, at
	}
	lim := l.now[client]
	if lim == nil {
		if lim = l.old[client]; lim == nil {
			lim = rate.NewLimiter(clientRate, clientBurst)
		}
		l.now[client] = lim
	}
	return lim
}
