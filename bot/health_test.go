// SPDX-License-Identifier: GPL-3.0-or-later

package bot

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestLoopsThatDoNotComeForwardAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ps paces
		excuse := ""
		reconcile := ps.add("reconcile", "teawiki", stuckAfter, func() string { return excuse })
		lease := ps.add("lease", "", leaseStuckAfter, nil)
		expect := func(what string, want ...string) {
			t.Helper()
			if got := ps.stuck(); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		expect("before the start")
		reconcile.forward()
		lease.forward()
		time.Sleep(leaseStuckAfter)
		expect("just patient enough")
		time.Sleep(time.Second)
		expect("a lease that is not renewed", "lease has not come forward for 5m1s")
		lease.forward()
		expect("a lease that is renewed again")
		lease.rest()
		time.Sleep(stuckAfter)
		expect("a pass that does not end", "reconcile teawiki has not come forward for 35m1s")
		excuse = "http-503: Service Unavailable"
		expect("its wiki does not answer")
		excuse = ""
		reconcile.rest()
		time.Sleep(24 * time.Hour)
		expect("nothing to do for a day")
	})
	var none *pace
	none.forward()
	none.rest()
}

// still is a source of events in some state.
type still struct {
	source
	state events.State
}

func (s still) State() events.State { return s.state }
func (s still) StreamSet() string   { return "mediawiki.page_change.v1" }

func TestAStreamThatIsTriedAgainExcusesTheWatchLoop(t *testing.T) {
	now := time.Now()
	tests := []struct {
		name    string
		state   events.State
		excused bool
	}{
		{"connected, but nothing comes", events.State{Connected: true, Tried: now.Add(-time.Hour), Cause: "idle"}, false},
		{"away, and tried again", events.State{Tried: now.Add(-15 * time.Minute), Cause: "connect"}, true},
		{"away, and not tried any more", events.State{Tried: now.Add(-time.Hour), Cause: "connect"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := &feed{source: still{state: test.state}}
			if got := f.excuse() != ""; got != test.excused {
				t.Errorf("excused: %v", got)
			}
		})
	}
}

func TestWhatIsMissingBeforeTheBotIsAtWork(t *testing.T) {
	b := &Bot{Config: Config{TroubleAfter: time.Minute}, sites: map[string]*site{"teawiki": {}, "milkwiki": {}}}
	expect := func(what, want string) {
		t.Helper()
		if got := strings.Join(b.Unready(), "; "); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	expect("a waiting copy", "another process holds the lease")
	b.state.leased.Store(true)
	expect("before the login", "milkwiki: not logged in yet; teawiki: not logged in yet; the start is not over yet")
	for _, s := range b.sites {
		s.loggedIn.Store(true)
	}
	b.sites["teawiki"].rules.Store(&ruleset{})
	expect("before the rules", "milkwiki: the rules are not read yet; the start is not over yet")
	b.sites["milkwiki"].rules.Store(&ruleset{})
	b.followed = []*feed{{started: time.Now(), source: still{}}}
	b.state.watching.Store(true)
	expect("while the stream is connected to", "")
	b.followed[0].started = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	expect("a stream that cannot be reached", "mediawiki.page_change.v1: not followed since 2026-05-20 10:00:00")
	b.followed[0].source = still{state: events.State{Connected: true}}
	expect("at work", "")
}
