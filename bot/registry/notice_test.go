// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import "testing"

func TestNoticeIsIntendedAndSentOnce(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		n := Notice{Key: "notice/metawiki/extension:Echo/2026-W21/User:X", Wiki: "metawiki", Page: "User talk:X", Base: 40, Intended: at(0)}
		keys := []string{n.Key}
		pending := func(wantBase int64, want bool) {
			t.Helper()
			if base, ok, err := s.open().Pending(t.Context(), []string{"other", n.Key}); err != nil || ok != want || base != wantBase {
				t.Errorf("pending: revision %d, %v, %v; want %d, %v", base, ok, err, wantBase, want)
			}
		}
		intend := func(page string, base int64, i int) {
			t.Helper()
			if err := s.open().Intend(t.Context(), "metawiki", page, base, keys, at(i)); err != nil {
				t.Fatal(err)
			}
		}
		pending(0, false)
		intend("User talk:X", 40, 0)
		intend("elsewhere", 41, 9)
		if got := s.view("metawiki").Notices[n.Key]; got != n {
			t.Errorf("after the intent: %v, want %v", got, n)
		}
		pending(40, true)
		for i, revision := range []int64{42, 43} {
			if err := s.open().Sent(t.Context(), "metawiki", "User talk:X", revision, keys, at(10+i)); err != nil {
				t.Fatal(err)
			}
		}
		intend("elsewhere", 44, 9)
		n.Revision, n.Sent = 42, at(10)
		if got := s.view("metawiki").Notices[n.Key]; got != n {
			t.Errorf("after sending: %v, want %v", got, n)
		}
		pending(0, false)
	})
}

func TestNoticeThatThePageHeldAlreadyIsClosed(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		if err := s.open().Sent(t.Context(), "metawiki", "P", 7, []string{"old"}, at(1)); err != nil {
			t.Fatal(err)
		}
		want := Notice{Key: "old", Wiki: "metawiki", Page: "P", Base: 7, Intended: at(1), Revision: 7, Sent: at(1)}
		if got := s.view("metawiki").Notices["old"]; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
