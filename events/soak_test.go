// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that nothing is lost and nothing comes twice,
// however often the connection is cut and the reader starts again.

package events

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestSoakLosesAndDoublesNothing(t *testing.T) {
	defer goleak.VerifyNone(t)
	n, conns := 200_000, 500
	if os.Getenv("SOAK") != "" {
		n, conns = 2_000_000, 5_000
	}
	server := newStorm(t, n, n/conns*3/2)
	defer server.close()
	s := New(Config{
		URL: "http://" + server.Addr().String(), Streams: []string{"mediawiki.recentchange"}, Log: zerolog.Nop(), Retention: ages,
		Idle: 40 * time.Millisecond, Margin: 250 * time.Millisecond,
		Want: func(wiki []byte, _ int) bool { return string(wiki) == "teawiki" },
	})
	s.retry = retry{pause: time.Millisecond, first: time.Millisecond, most: 5 * time.Millisecond}
	s.progress = 20 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()

	count := make([]uint8, n)
	want := 0
	for i := range n {
		if stormWanted(i) {
			want++
		}
	}
	var usage []use
	var stored Cursor
	got, twice, gaps, missing, runs, progress := 0, 0, 0, int64(0), 0, 0
	for got < want {
		// Now and then the process starts again, from what it has stored.
		runs++
		stop := got + want/25
		for e, err := range s.Events(ctx, reopened(t, stored)) {
			if refused, ok := errors.AsType[*RefusedError](err); ok && refused.Status == 200 {
				break // the first answer was HTML: a new process will try again
			} else if err != nil {
				t.Fatal(err)
			}
			stored = e.Cursor
			switch e.Kind {
			case Gap:
				gaps++
				missing += e.Gap.Missing
				continue
			case Progress:
				progress++
				continue
			}
			i, err := strconv.Atoi(strings.TrimPrefix(e.ID, "event-"))
			if err != nil || !stormWanted(i) {
				t.Fatalf("event %q, %v", e.ID, err)
			}
			if count[i]++; count[i] > 1 {
				twice++
				continue
			}
			if got++; got == stop || got == want {
				server.safe.Store(int64(i))
				break
			}
		}
		if ctx.Err() != nil || server.finished() {
			break
		}
		usage = append(usage, measure())
	}
	lost := 0
	for i, times := range count {
		if stormWanted(i) && times == 0 {
			if lost++; lost < 10 {
				t.Errorf("event %d is lost", i)
			}
		}
	}
	t.Logf("%d events over %d connections, %d restarts, %d gaps, %d progress; %v", got, server.conns, runs, gaps, progress, server.cuts)
	if lost+twice > 0 {
		t.Errorf("%d lost, %d twice", lost, twice)
	}
	if holes := server.holes(); gaps != holes || missing != int64(holes) {
		t.Errorf("%d gaps of %d events, want %d of 1", gaps, missing, holes)
	}
	if server.conns < conns || server.cuts["end"] < conns/10 || server.cuts["reset"] < conns/10 || server.cuts["hang"] < conns/20 {
		t.Errorf("only %d connections, cut by %v", server.conns, server.cuts)
	}
	for what := range server.cuts {
		switch what {
		case "end", "reset", "hang", "html", "429", "503":
		default:
			t.Error(what)
		}
	}
	checkFlat(t, usage)
}

// reopened is a cursor that was stored and read again.
func reopened(t *testing.T, c Cursor) Cursor {
	text, err := c.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var again Cursor
	if err := again.UnmarshalText(text); err != nil {
		t.Fatal(err)
	}
	return again
}

// finished reports whether the server had nothing more to send for a while.
func (s *storm) finished() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ends > 50
}

// use is what a process uses between two runs of its loop.
type use struct {
	goroutines int
	heap       uint64
}

func measure() use {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return use{runtime.NumGoroutine(), m.HeapAlloc}
}

// checkFlat compares what was used in the second fifth of a test with the last.
func checkFlat(t *testing.T, usage []use) {
	t.Helper()
	fifth := len(usage) / 5
	if fifth == 0 {
		t.Fatalf("only %d runs", len(usage))
	}
	most := func(list []use) (u use) {
		for _, v := range list {
			u.goroutines, u.heap = max(u.goroutines, v.goroutines), max(u.heap, v.heap)
		}
		return u
	}
	early, late := most(usage[fifth:2*fifth]), most(usage[len(usage)-fifth:])
	t.Logf("goroutines %d, then %d; heap %d KB, then %d KB", early.goroutines, late.goroutines, early.heap>>10, late.heap>>10)
	if late.goroutines > early.goroutines+5 {
		t.Errorf("%d goroutines, before %d", late.goroutines, early.goroutines)
	}
	if late.heap > early.heap+4<<20 {
		t.Errorf("heap of %d bytes, before %d", late.heap, early.heap)
	}
}
