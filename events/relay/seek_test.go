// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the proof that a reader who asks for a place gets just what a
// plain look through all events would give it.

package relay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// plainly is what seek and from must amount to: of each topic asked for, the
// events from the place on, and what the first id says.
func plainly(all []entry, next [2]int64, asked []place) (want []entry, first [2]int64) {
	start := [2]int64{-1, -1}
	first = [2]int64{-9, -9}
	for _, p := range asked {
		earliest, at := next[p.topic], int64(-1)
		for i := len(all) - 1; i >= 0; i-- {
			if e := all[i]; e.topic == p.topic {
				earliest = e.offset()
				if p.stamp != nil && e.stamp >= *p.stamp {
					at = e.offset()
				}
			}
		}
		if p.stamp == nil {
			switch o := *p.offset; {
			case o == offsetEarliest:
				at = earliest
			case o >= earliest && o <= next[p.topic]:
				at = o
			}
		}
		first[p.topic] = at
		if start[p.topic] = at; at < 0 {
			start[p.topic] = next[p.topic]
		}
	}
	for _, e := range all {
		if start[e.topic] >= 0 && e.offset() >= start[e.topic] {
			want = append(want, e)
		}
	}
	return want, first
}

func TestSeekIsAPlainFilter(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	for round := range 12 {
		dir := t.TempDir()
		size := int64(8<<10 + rnd.IntN(100<<(2*(round%3))<<10)) // also less than in memory
		events := 1 + rnd.IntN(60)
		memory := 1 + rnd.IntN(64<<10)
		stored := round%4 != 0
		open := func() *ring {
			if !stored {
				return newRing(events, memory)
			}
			r, err := openRing(events, memory, dir, size, zerolog.New(io.Discard))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := open()
		var all []entry // what was ever added
		var next [2]int64
		now := int64(1_000_000)
		for range 2 + rnd.IntN(4) {
			if stored && rnd.IntN(2) == 0 {
				r.close()
				r = open()
			}
			for range rnd.IntN(150) {
				if rnd.IntN(3) == 0 {
					now += int64(rnd.IntN(20) - 5) // also back, which stamps must not go
				}
				topic := 0
				if rnd.IntN(6) == 0 {
					topic = 1
				}
				e := newCanary()
				if rnd.IntN(10) == 0 {
					e["comment"] = fmt.Sprintf("%*d", rnd.IntN(1<<12), 0)
				}
				last := int64(0)
				if len(all) > 0 {
					last = all[len(all)-1].stamp
				}
				added := entry{spot: spot{topic: topic, stamp: max(last, now), next: next}}
				r.add(topic, time.UnixMilli(now), e)
				added.data, _ = e.encode(topic, added.offset(), time.UnixMilli(added.stamp))
				all = append(all, added)
				next[topic]++
			}
			// What is forgotten is so from the front on.
			kept := remembered(t, r, r.seek([]place{{topic: 0, offset: earliest()}, {topic: 1, offset: earliest()}}))
			if len(kept) > len(all) || len(all) > 0 && len(kept) == 0 {
				t.Fatalf("%d of %d events are there", len(kept), len(all))
			}
			all = all[len(all)-len(kept):]
			same(t, "all that is there", kept, all)
			for range 40 {
				var asked []place
				for topic := range topics {
					p := place{topic: topic}
					switch rnd.IntN(4) {
					case 0:
						if topic == 1 || rnd.IntN(2) == 0 {
							continue
						}
						p.offset = earliest()
					case 1:
						at := int64(rnd.IntN(int(next[topic])+6) - 3)
						p.offset = &at
					default:
						at := now - 20 + int64(rnd.IntN(40))
						if len(all) > 0 && rnd.IntN(3) > 0 {
							at = all[rnd.IntN(len(all))].stamp + int64(rnd.IntN(3)) - 1
						}
						p.stamp = &at
					}
					asked = append(asked, p)
				}
				want, first := plainly(all, next, asked)
				rd := r.seek(asked)
				for topic, at := range first {
					if at > -9 && *rd.places[topic].offset != at {
						t.Errorf("asked %s: id starts with %d of topic %d, want %d", show(asked), *rd.places[topic].offset, topic, at)
					}
				}
				same(t, "asked "+show(asked), remembered(t, r, rd), want)
				if t.Failed() {
					t.Fatalf("round %d: %d events, %v", round, len(all), next)
				}
			}
		}
		r.close()
	}
}

func earliest() *int64 {
	at := int64(offsetEarliest)
	return &at
}

func show(places []place) string {
	text := ""
	for _, p := range places {
		at, _ := json.Marshal([]*int64{p.stamp, p.offset})
		text += fmt.Sprintf("%d:%s ", p.topic, at)
	}
	return text
}

// TestSeekReadsOnePieceOfOneFile damages the files everywhere but between the
// two marks that a time is known to lie between, and finds it.
func TestSeekReadsOnePieceOfOneFile(t *testing.T) {
	log := &bytes.Buffer{}
	r, err := openRing(1, 1<<20, t.TempDir(), 64<<20, zerolog.New(log))
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	for n := range 10_000 {
		r.add(n%2, time.UnixMilli(int64(n/3)), newCanary())
	}
	const target = 2000
	pieces, whole := 0, 0
	for _, s := range r.store.views() {
		f, err := os.OpenFile(s.path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range s.marks {
			pieces++
			ends := s.last.stamp
			if i+1 < len(s.marks) {
				ends = s.marks[i+1].stamp
			}
			if m.stamp < target && ends >= target {
				whole++
				continue
			}
			if _, err := f.WriteAt([]byte("?"), m.pos+10); err != nil {
				t.Fatal(err)
			}
		}
		f.Close()
	}
	if pieces < 40 || whole != 1 {
		t.Fatalf("%d of %d pieces", whole, pieces)
	}
	files := &fileReader{}
	defer files.close()
	at, ok := r.find(files, func(s spot) bool { return s.stamp >= target })
	if !ok || at.stamp != target || at.number() != 3*target || log.Len() > 0 {
		t.Errorf("found %+v; logged %s", at, log)
	}
}

func FuzzID(f *testing.F) {
	for _, seed := range []string{
		`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":1746030241001},{"topic":"codfw.mediawiki.recentchange","partition":0,"offset":-1}]`,
		`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"offset":7,"timestamp":1}]`, `[{"topic":"eqi`, `[]`, `null`, `[null]`, `{"a":1}`,
		`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"offset":9223372036854775807}]`,
		`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":-9223372036854775808}]`,
	} {
		f.Add(seed, seed)
	}
	f.Add("2026-05-20T10:00:00Z", "1746030241001")
	r := newRing(100, 1<<20)
	for n := range 50 {
		r.add(n%2, time.UnixMilli(int64(1000+n)), newCanary())
	}
	f.Fuzz(func(t *testing.T, id, since string) {
		if ms, ok := parseSince(since); ok {
			remembered(t, r, r.seek([]place{{topic: 0, stamp: &ms}}))
		}
		places, problem := parseID(id)
		if problem != nil {
			if problem.Status != 400 && problem.Status != 404 {
				t.Errorf("%q: %v", id, problem)
			}
			return
		}
		rd := r.seek(places)
		var wire []wirePlace
		if err := json.Unmarshal([]byte(rd.id()), &wire); err != nil || len(wire) == 0 {
			t.Fatalf("%q: starts as %s, %v", id, rd.id(), err)
		}
		for _, e := range remembered(t, r, rd) {
			rd.pass(e)
		}
		// The id that it ends with is one that it can resume from.
		if again, problem := parseID(rd.id()); problem != nil || len(remembered(t, r, r.seek(again))) > 0 {
			t.Errorf("%q: ends as %s, %v", id, rd.id(), problem)
		}
	})
}
