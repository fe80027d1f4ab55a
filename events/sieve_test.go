// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is done with events before the SSE library
// sees them: unwanted ones are dropped, all are counted.

package events

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// numbered is a frame for an event of a wiki with a number in a topic, made so
// many seconds after noon.
func numbered(wiki, topic string, offset, second int) string {
	at := noon.Add(time.Duration(second) * time.Second)
	return fmt.Sprintf("event: message\nid: %s\ndata: %s\n\n", idAt(at.UnixMilli()+1), fmt.Sprintf(
		`{"$schema":"/mediawiki/recentchange/1.0.0","meta":{"id":"%s-%d","dt":%q,"domain":"wiki.example","stream":"mediawiki.recentchange","topic":%q,"partition":0,"offset":%d},"type":"edit","namespace":0,"title":"Page %d","timestamp":%d,"wiki":%q}`,
		topic, offset, at.Format(time.RFC3339Nano), topic, offset, offset, at.Unix(), wiki))
}

const eqiad, codfw = "eqiad.mediawiki.recentchange", "codfw.mediawiki.recentchange"

func onlyTea(wiki []byte, _ int) bool { return string(wiki) == "teawiki" }

func newTestSieve(notes *[]note) *sieve {
	return &sieve{
		want: onlyTea, margin: 10 * time.Second, offsets: newOffsets(Cursor{}, 10*time.Second),
		tell: func(n note) { *notes = append(*notes, n) }, dropped: make([]int, 1), streamOf: func([]byte) int { return 0 }, passed: func(int, int, time.Time) {}, broken: func([]byte) {}, every: time.Hour, said: time.Now(),
	}
}

func TestOnlyWantedEventsReachTheLibrary(t *testing.T) {
	tea, cup := numbered("teawiki", eqiad, 1, 1), numbered("cupwiki", eqiad, 2, 2)
	failed := "event: error\ndata: {\"message\":\"broker gone\"}\n\n"
	canary := "data: {\"$schema\":\"/mediawiki/recentchange/1.0.1\",\"meta\":{\"id\":\"c\",\"domain\":\"canary\"}}\n\n"
	last := numbered("teawiki", eqiad, 3, 3)
	split := strings.Replace(numbered("cupwiki", eqiad, 4, 4), `,"type"`, "\ndata: ,\"type\"", 1)
	var notes []note
	b, _ := newTestBody(strings.NewReader(":ok\n\n"+tea+cup+failed+canary+":\n\nid: [\n\n"+last+split), 10_000)
	b.sieve = newTestSieve(&notes)
	got, err := io.ReadAll(b)
	if want := tea + failed + canary + last + string(position); err != nil || string(got) != want {
		t.Errorf("read %v\n%s\nwant\n%s", err, got, want)
	}
	if len(notes) != 5 {
		t.Fatalf("%d notes, want one for each event", len(notes))
	}
	if n := notes[4]; n.event || n.id != idAt(noon.UnixMilli()+4001) || !n.time.Equal(noon.Add(4*time.Second)) || n.offsets[eqiad+"/0"] != 4 {
		t.Errorf("the last note tells %+v", n)
	}
}

func TestDroppedEventCostsNoAllocation(t *testing.T) {
	block := []byte(numbered("cupwiki", eqiad, 1, 1))
	s := newTestSieve(new([]note))
	digit := bytes.Index(block, []byte(`"offset":1`)) + len(`"offset":`)
	n := testing.AllocsPerRun(7, func() {
		if news, kept := s.look(block); news || kept {
			t.Error("event was let through")
		}
		block[digit]++
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPositionMovesWhileEverythingIsDropped(t *testing.T) {
	s := serve(t, sends(numbered("cupwiki", eqiad, 1, 1), numbered("cupwiki", eqiad, 2, 2)), hangs(numbered("cupwiki", eqiad, 3, 30)))
	c := client(s, func(cfg *Config) { cfg.Want = onlyTea })
	c.progress = time.Nanosecond
	var last Event
	for e, err := range c.Events(t.Context(), Cursor{}) {
		if err != nil || e.Kind != Progress {
			t.Fatalf("got %+v, %v", e, err)
		}
		if last = e; e.Cursor.Offsets[eqiad+"/0"] == 3 {
			break
		}
	}
	at := noon.Add(30 * time.Second)
	if last.Cursor.ID != idAt(at.UnixMilli()+1) || !last.Cursor.Time.Equal(at) || !last.Time.Equal(at) || last.Cursor.Streams != "mediawiki.recentchange" {
		t.Errorf("progress is %+v", last)
	}
	back := noon.Add(-8*time.Second).UnixMilli() + 1
	if id := s.request(1).Header.Get("Last-Event-ID"); !strings.Contains(id, fmt.Sprint(back)) {
		t.Errorf("resumed with %s, want %d", id, back)
	}
	if n := testutil.ToFloat64(c.metrics.events.WithLabelValues("mediawiki.recentchange", "unwanted")); n != 3 {
		t.Errorf("%v events counted as unwanted", n)
	}
	if lag := testutil.ToFloat64(c.metrics.lag); time.Duration(lag*float64(time.Second)).Round(time.Hour) != time.Since(at).Round(time.Hour) {
		t.Errorf("lag of %v s", lag)
	}
	if state := c.State(); state.LastEvent.IsZero() {
		t.Errorf("state %+v", state)
	}
}

func TestProgressIsRare(t *testing.T) {
	var frames []string
	for i := range 50 {
		frames = append(frames, numbered("cupwiki", eqiad, i, i))
	}
	s := serve(t, hangs(append(frames, numbered("teawiki", eqiad, 50, 50))...))
	got, err := take(t, client(s, func(cfg *Config) { cfg.Want = onlyTea }), Cursor{}, 1)
	if err != nil || titles(got) != "50" {
		t.Errorf("got %q, %v", titles(got), err)
	}
}

// gapsOf reads until an event of the title comes and returns the gaps before it.
func gapsOf(t *testing.T, c *Stream, from Cursor, title string) (gaps []Event, last Event) {
	t.Helper()
	for {
		for e, err := range c.Events(t.Context(), from) {
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case e.Kind == Gap:
				gaps = append(gaps, e)
			case e.Title == title:
				return gaps, e
			}
		}
	}
}

func TestHolesAreFound(t *testing.T) {
	at := func(wiki string, offset, second int) string { return numbered(wiki, eqiad, offset, second) }
	known := Cursor{Streams: "mediawiki.recentchange", ID: idAt(noon.UnixMilli()), Time: noon, Offsets: map[string]int64{eqiad + "/0": 100}}
	tests := []struct {
		name  string
		from  Cursor
		steps []http.HandlerFunc
		want  string // missing:from-to in seconds after noon, of each gap
	}{
		{"none", Cursor{}, []http.HandlerFunc{hangs(at("teawiki", 1, 1), at("cupwiki", 2, 2), at("teawiki", 3, 3), at("teawiki", 4, 999))}, ""},
		{"behind a dropped event", Cursor{}, []http.HandlerFunc{hangs(at("cupwiki", 1, 1), at("teawiki", 4, 3), at("teawiki", 5, 999))}, "2:-9-13"},
		{"before a dropped event", Cursor{}, []http.HandlerFunc{hangs(at("teawiki", 1, 1), at("cupwiki", 3, 3), at("teawiki", 4, 999))}, "1:-9-13"},
		{"two", Cursor{}, []http.HandlerFunc{hangs(at("teawiki", 1, 1), at("teawiki", 3, 3), at("teawiki", 5, 5), at("teawiki", 6, 999))}, "1:-9-13 1:-7-15"},
		{"over a reconnect", Cursor{}, []http.HandlerFunc{sends(at("teawiki", 1, 1), at("teawiki", 2, 2)), hangs(at("teawiki", 2, 2), at("teawiki", 5, 5), at("teawiki", 6, 999))}, "2:-8-15"},
		{"over a reconnect, seen once", Cursor{}, []http.HandlerFunc{
			sends(at("teawiki", 1, 1), at("teawiki", 3, 3)), sends(at("teawiki", 1, 1), at("teawiki", 3, 3)), hangs(at("cupwiki", 1, 1), at("teawiki", 3, 3), at("teawiki", 4, 999)),
		}, "1:-9-13"},
		{"over a restart", known, []http.HandlerFunc{hangs(at("teawiki", 100, -1), at("teawiki", 104, 4), at("teawiki", 105, 999))}, "3:-10-14"},
		{"at the start of a restart", known, []http.HandlerFunc{hangs(at("teawiki", 104, 4), at("teawiki", 105, 999))}, "3:-10-14"},
		{"not where the restart repeats", known, []http.HandlerFunc{hangs(at("teawiki", 90, -9), at("teawiki", 95, -5), at("teawiki", 101, 4), at("teawiki", 102, 999))}, ""},
		{"not in events sent twice or late", Cursor{}, []http.HandlerFunc{
			hangs(at("teawiki", 7, 1), at("teawiki", 8, 2), at("teawiki", 8, 2), at("teawiki", 1, -900), at("teawiki", 7, 1), at("teawiki", 9, 3), at("teawiki", 10, 999)),
		}, ""},
		{"not in another cluster with lower numbers, but later there", known, []http.HandlerFunc{
			hangs(at("teawiki", 5, -8), at("teawiki", 6, 2), at("teawiki", 7, 30), at("teawiki", 9, 31), at("teawiki", 10, 999)),
		}, "1:20-41"},
		{"not in another cluster with higher numbers", known, []http.HandlerFunc{
			hangs(at("teawiki", 5000, -8), at("teawiki", 5001, -2), at("teawiki", 5002, 999)),
		}, ""},
		{"in each topic by itself", Cursor{}, []http.HandlerFunc{
			hangs(at("teawiki", 1, 1), numbered("teawiki", codfw, 70, 2), at("teawiki", 2, 3), numbered("teawiki", codfw, 71, 4), at("teawiki", 3, 999)),
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, test.steps...)
			c := client(s, func(cfg *Config) { cfg.Want = onlyTea })
			var got []string
			for e, err := range c.Events(t.Context(), test.from) {
				if err != nil {
					t.Fatal(err)
				}
				if e.Kind == Gap {
					g := e.Gap
					got = append(got, fmt.Sprintf("%d:%v-%v", g.Missing, g.From.Sub(noon).Round(time.Second).Seconds(), g.To.Sub(noon).Round(time.Second).Seconds()))
					if g.Cause != "hole" || g.Topic != eqiad {
						t.Errorf("gap %+v", g)
					}
				} else if e.Time.Equal(noon.Add(999 * time.Second)) {
					break
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("gaps %q, want %q", strings.Join(got, " "), test.want)
			}
			if n := int(testutil.ToFloat64(c.metrics.gaps.WithLabelValues("hole"))); n != len(got) || c.State().Gaps != n {
				t.Errorf("%d gaps counted, state %+v", n, c.State())
			}
		})
	}
}

func TestCursorOfAGapDoesNotFindItAgain(t *testing.T) {
	frames := []string{numbered("cupwiki", eqiad, 1, 1), numbered("teawiki", eqiad, 9, 9), numbered("teawiki", eqiad, 10, 10)}
	s := serve(t, hangs(frames...))
	c := client(s, func(cfg *Config) { cfg.Want = onlyTea })
	gaps, _ := gapsOf(t, c, Cursor{}, "Page 9")
	if len(gaps) != 1 || gaps[0].Gap.Missing != 7 || gaps[0].Cursor.ID != idAt(noon.UnixMilli()+1001) {
		t.Fatalf("gaps %+v", gaps)
	}
	again, _ := gapsOf(t, c, reopened(t, gaps[0].Cursor), "Page 9")
	if len(again) != 0 {
		t.Errorf("found again: %+v", again)
	}
	once, _ := gapsOf(t, c, Cursor{Streams: "mediawiki.recentchange", ID: idAt(noon.UnixMilli()), Offsets: map[string]int64{eqiad + "/0": 0}}, "Page 9")
	if len(once) != 1 {
		t.Errorf("from before it: %+v", once)
	}
}

func TestOversizedEventIsAHole(t *testing.T) {
	big := strings.Replace(numbered("teawiki", eqiad, 2, 2), `"type"`, `"filler":"`+strings.Repeat("z", 3000)+`","type"`, 1)
	s := serve(t, hangs(numbered("teawiki", eqiad, 1, 1), big, numbered("teawiki", eqiad, 3, 3)))
	gaps, _ := gapsOf(t, client(s, func(cfg *Config) { cfg.MaxEvent = 2000 }), Cursor{}, "Page 3")
	if len(gaps) != 1 || gaps[0].Gap.Missing != 1 {
		t.Errorf("gaps %+v", gaps)
	}
}

func TestCursorOlderThanTheServerKeepsIsAGap(t *testing.T) {
	day := 24 * time.Hour
	now := time.Now().UTC().Truncate(time.Second)
	first := func(ago time.Duration) string {
		at := now.Add(-ago)
		return fmt.Sprintf("id: %s\ndata: %s\n\n", idAt(at.UnixMilli()+1), dataAt(1, at))
	}
	tests := []struct {
		name       string
		cursor     time.Duration // its age
		first      time.Duration // that of the first event that comes
		want       bool
		wantBefore time.Duration
	}{
		{"older than that", 9 * day, 7 * day, true, 7 * day},
		{"younger than that", 6 * day, 5 * day, false, 0},
		{"older, but the server keeps more", 9 * day, 9*day - 5*time.Second, false, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, hangs(first(test.first)))
			at := now.Add(-test.cursor)
			c := client(s, func(cfg *Config) { cfg.Retention = 7 * day })
			gaps, _ := gapsOf(t, c, Cursor{Streams: "mediawiki.recentchange", ID: idAt(at.UnixMilli()), Time: at}, "Page 1")
			if !test.want {
				if len(gaps) > 0 {
					t.Errorf("gaps %+v", gaps)
				}
				return
			}
			if len(gaps) != 1 {
				t.Fatalf("%d gaps", len(gaps))
			}
			g := gaps[0].Gap
			if g.Cause != "retention" || g.Missing != -1 || !g.From.Equal(at.Add(-DefaultMargin)) || g.To.Sub(now.Add(-test.wantBefore)).Round(time.Second) != DefaultMargin {
				t.Errorf("gap %+v", g)
			}
		})
	}
}

func TestRefusedCursorIsAGapWhereATopicIsBehind(t *testing.T) {
	tests := []struct {
		name  string
		eqiad time.Duration // how far the topic is behind
		want  bool
	}{{"all topics are up", 0, false}, {"one is an hour behind", time.Hour, true}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, answers(404, "X", "x", "topic not available"), hangs(say(1)))
			from := Cursor{Streams: "mediawiki.recentchange", ID: idAt(noon.Add(-test.eqiad).UnixMilli()), Time: noon}
			gaps, _ := gapsOf(t, client(s, nil), from, "Page 1")
			if (len(gaps) > 0) != test.want {
				t.Fatalf("gaps %+v", gaps)
			}
			if test.want {
				if g := gaps[0].Gap; g.Cause != "refused" || g.Missing != -1 || !g.To.Equal(noon) || !g.From.Equal(noon.Add(-test.eqiad-DefaultMargin)) {
					t.Errorf("gap %+v", g)
				}
			}
			if q := s.request(1).URL.RawQuery; !strings.HasPrefix(q, "since=") {
				t.Errorf("fell back to %q", q)
			}
		})
	}
}
