// SPDX-License-Identifier: GPL-3.0-or-later

package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

// from is a request from an address, with what proxies wrote.
func from(peer string, forwarded ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/about", nil)
	r.RemoteAddr = peer
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	return r
}

func TestWhoAsks(t *testing.T) {
	l := newLimiter([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	for _, test := range []struct {
		what string
		r    *http.Request
		want string // "" if nobody can tell
	}{
		{"without a proxy", from("192.0.2.1:999"), "192.0.2.1"},
		{"a header that nobody vouches for", from("192.0.2.1:999", "203.0.113.9"), "192.0.2.1"},
		{"behind our proxy", from("10.1.2.3:999", "203.0.113.9"), "203.0.113.9"},
		{"what the client made up stands before", from("10.1.2.3:999", "198.51.100.7, 203.0.113.9"), "203.0.113.9"},
		{"in several headers", from("10.1.2.3:999", "198.51.100.7", "203.0.113.9"), "203.0.113.9"},
		{"behind two proxies of ours", from("10.1.2.3:999", "203.0.113.9, 10.9.9.9"), "203.0.113.9"},
		{"with a port", from("10.1.2.3:999", "203.0.113.9:5555"), "203.0.113.9"},
		{"a proxy that hides it", from("10.1.2.3:999"), ""},
		{"nonsense", from("10.1.2.3:999", "203.0.113.9, unknown"), ""},
		{"a homely address of the newer kind", from("[2001:db8:1:2:3:4:5:6]:999"), "2001:db8:1:2::"},
		{"the older kind in the newer", from("[::ffff:192.0.2.1]:999"), "192.0.2.1"},
		{"no address", from("@"), ""},
	} {
		got, ok := l.client(test.r)
		if ok != (test.want != "") || ok && got.String() != test.want {
			t.Errorf("%s: %v, %v, want %q", test.what, got, ok, test.want)
		}
	}
}

func TestAClientThatAsksTooOftenTakesNothingFromOthers(t *testing.T) {
	l := newLimiter(nil)
	allowed := func(r *http.Request, times int, at time.Time) (n int) {
		for range times {
			if l.allow(r, at) {
				n++
			}
		}
		return n
	}
	if n := allowed(from("192.0.2.1:1"), 10_000, noon); n != clientBurst {
		t.Errorf("one client was allowed %d requests at once, want %d", n, clientBurst)
	}
	if n := allowed(from("192.0.2.2:1"), 10, noon); n != 10 {
		t.Errorf("another client was allowed %d of 10", n)
	}
	if n := allowed(from("192.0.2.1:1"), 100, noon.Add(2*time.Second)); n != 10 {
		t.Errorf("two seconds later the first was allowed %d, want 10", n)
	}
	many := 0
	for i := range 1000 {
		many += allowed(from(fmt.Sprintf("198.51.%d.%d:1", i/250, i%250)), 5, noon.Add(2*time.Second))
	}
	if many > wholeBurst {
		t.Errorf("all together were allowed %d requests at once, want %d at most", many, wholeBurst)
	}
}

func TestClientsAreForgotten(t *testing.T) {
	l := newLimiter(nil)
	for i := range 3 * clientsKept {
		l.of(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), noon)
	}
	if n := len(l.now) + len(l.old); n > 2*clientsKept {
		t.Errorf("%d clients are kept", n)
	}
	l.of(netip.MustParseAddr("192.0.2.1"), noon.Add(2*time.Minute))
	l.of(netip.MustParseAddr("192.0.2.2"), noon.Add(4*time.Minute))
	if n := len(l.now) + len(l.old); n != 2 {
		t.Errorf("after some minutes %d clients are kept, want the last 2", n)
	}
}

func TestTooManyRequestsAreRefused(t *testing.T) {
	s := newSite(t, newWorld())
	codes := map[int]int{}
	for range clientBurst + 5 {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, from("192.0.2.1:1"))
		codes[w.Code]++
		if w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Error("nobody says when to come again")
		}
	}
	if codes[200] != clientBurst || codes[429] != 5 {
		t.Errorf("answers by status: %v", codes)
	}
}
