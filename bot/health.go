// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the bot is: whether its loops come forward, which is what
// being alive means, and what is missing before it is at work.

package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// stuckAfter is how long a loop may work at one thing. It is far more than
	// any takes: an edit is given up after minutes, a reading of a source after
	// ten minutes of silence. Canaries come several times an hour.
	stuckAfter = 30 * time.Minute
	// leaseStuckAfter is the same for the lease, which is renewed every two
	// seconds but waits while the database is away.
	leaseStuckAfter = 5 * time.Minute
)

// pace is how one loop is getting on. It may be looked at while the loop runs; a
// nil one notes nothing.
type pace struct {
	name    string
	patient time.Duration
	// busy is when the loop last came forward, nil while it waits for something
	// to do. The clock that it is measured with does not jump.
	busy atomic.Pointer[time.Time]
}

// forward notes that the loop has something to do, or has come forward with it.
func (p *pace) forward() {
	if p == nil {
		return
	}
	now := time.Now()
	p.busy.Store(&now)
}

// rest notes that the loop waits for something to do.
func (p *pace) rest() {
	if p != nil {
		p.busy.Store(nil)
	}
}

// stuck says for how long the loop has not come forward, 0 if that is not too
// long.
func (p *pace) stuck() time.Duration {
	if since := p.busy.Load(); since != nil {
		if age := time.Since(*since); age > p.patient {
			return age
		}
	}
	return 0
}

// paces are those of the bot's loops.
type paces struct {
	mu  sync.Mutex
	all []pacer
}

// pacer is a loop's pace, and what excuses the loop: a reason that starting the
// process again would not mend, "" if there is none.
type pacer struct {
	*pace
	wiki   string // "" for what is the bot's as a whole
	excuse func() string
}

func (ps *paces) add(name, wiki string, patient time.Duration, excuse func() string) *pace {
	p := &pace{name: name, patient: patient}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.all = append(ps.all, pacer{p, wiki, excuse})
	return p
}

// stuck returns the loops that do not come forward and have no excuse.
func (ps *paces) stuck() []string {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	var lines []string
	for _, p := range ps.all {
		if age := p.pace.stuck(); age > 0 && (p.excuse == nil || p.excuse() == "") {
			lines = append(lines, fmt.Sprintf("%s has not come forward for %s", strings.TrimSpace(p.name+" "+p.wiki), age.Round(time.Second)))
		}
	}
	slices.Sort(lines)
	return lines
}

// Stuck is a line for each loop that does not come forward; none while the bot
// is alive. A wiki that does not answer, is read-only or stopped does not stop a
// loop, nor does a stream that is away while it is tried again.
func (b *Bot) Stuck() []string { return b.paces.stuck() }

// state is how far the bot's start has come.
type state struct {
	leased   atomic.Bool
	watching atomic.Bool // the start is over, and the feeds are followed
}

// Unready is a line for each thing that is missing before the bot is at work: the
// lease, a login, rules that were looked for, a stream that is followed. A copy
// that waits for the lease stays like this.
func (b *Bot) Unready() []string {
	if !b.state.leased.Load() {
		return []string{"another process holds the lease"}
	}
	var lines []string
	for name, s := range b.sites {
		switch {
		case !s.loggedIn.Load():
			lines = append(lines, name+": not logged in yet")
		case s.rules.Load() == nil:
			lines = append(lines, name+": the rules are not read yet")
		}
	}
	slices.Sort(lines)
	if !b.state.watching.Load() {
		return append(lines, "the start is not over yet")
	}
	for _, f := range b.follows() {
		if since, away := f.since(b.TroubleAfter); away {
			what := cmp.Or(f.StreamSet(), "stream")
			lines = append(lines, fmt.Sprintf("%s: not followed since %s", what, since.UTC().Format(time.DateTime)))
		}
	}
	return lines
}

// excuse says why no event comes, where starting again would not help: the stream
// is away and tried again and again, or the wiki that is polled does not answer.
func (f *feed) excuse() string {
	if f.polled() {
		return f.sites[0].excuse()
	}
	if state := f.State(); !state.Connected && time.Since(state.Tried) < stuckAfter {
		return state.Cause
	}
	return ""
}

// excuse says why the wiki's loops may stand still: it does not answer properly,
// and is asked again and again.
func (s *site) excuse() string {
	_, reason := s.client.Trouble()
	return reason
}

// since says since when the feed has been away, and whether that is for longer
// than it may be: streams are closed every few minutes by design.
func (f *feed) since(after time.Duration) (time.Time, bool) {
	state := f.State()
	since := cmp.Or(state.Since, f.started)
	return since, !state.Connected && time.Since(since) > after
}
