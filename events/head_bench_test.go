// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds benchmarks of dropping and of decoding events.

package events

import (
	"math"
	"testing"
	"time"
)

// Bars, which make bench prints beside what was measured.
const (
	filterBar = 1000 // MB/s of events that are dropped, at least
	decodeBar = 150  // MB/s of events that are decoded, at least
)

var streams = []struct {
	name string
	make func(*corpus) []byte
}{
	{"recentchange", (*corpus).recentChange},
	{"page_change", (*corpus).pageChange},
}

// passes does a pass over size bytes again and again and reports how fast the
// fastest was: one takes about a millisecond, so that what else the machine does
// is left out of it, which ns/op has in it.
func passes(b *testing.B, size int, pass func()) {
	b.ReportAllocs()
	fastest := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		pass()
		fastest = min(fastest, time.Since(start))
	}
	b.ReportMetric(float64(size)/1e6/fastest.Seconds(), "MB/s")
}

func BenchmarkFilter(b *testing.B) {
	nobody := func(wiki []byte, namespace int) bool { return string(wiki) == "nowiki" }
	for _, s := range streams {
		b.Run(s.name, func(b *testing.B) {
			c := newCorpus(1)
			var all [][]byte
			size := 0
			for len(all) < 500 {
				data := s.make(c)
				if kept, h := keeps(data, nobody); kept {
					b.Fatalf("kept %s", data)
				} else if !h.certain {
					continue // a move, of which there are fewer in the real ones
				}
				all = append(all, data)
				size += len(data)
			}
			passes(b, size, func() {
				for _, data := range all {
					if kept, _ := keeps(data, nobody); kept {
						b.Fatal("kept")
					}
				}
			})
			b.ReportMetric(0, "bar:allocs/op")
			b.ReportMetric(filterBar, "bar:MB/s")
			b.ReportMetric(float64(size)/float64(len(all)), "B/event")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, s := range streams {
		b.Run(s.name, func(b *testing.B) {
			c := newCorpus(1)
			all, size := some(200, func() []byte { return s.make(c) })
			passes(b, size, func() {
				for _, data := range all {
					if _, err := Decode(data); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.ReportMetric(decodeBar, "bar:MB/s")
		})
	}
}
