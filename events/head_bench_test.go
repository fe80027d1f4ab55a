// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds benchmarks of dropping and of decoding events.

package events

import "testing"

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
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				for _, data := range all {
					if kept, _ := keeps(data, nobody); kept {
						b.Fatal("kept")
					}
				}
			}
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
			all, size := some(500, func() []byte { return s.make(c) })
			b.ReportAllocs()
			b.SetBytes(size)
			for b.Loop() {
				for _, data := range all {
					if _, err := Decode(data); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(decodeBar, "bar:MB/s")
		})
	}
}
