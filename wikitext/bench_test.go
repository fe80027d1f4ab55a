// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds benchmarks of reading ordinary pages and hostile text.

package wikitext

import (
	"math"
	"runtime"
	"strings"
	"testing"
	"time"
)

// list parses a text and lists its templates, links and headings.
func list(src string) (n int) {
	d := Parse(src)
	for t := range d.Templates() {
		n += len(t.Name)
	}
	for l := range d.Links() {
		n += len(l.Target)
	}
	for h := range d.Headings() {
		n += len(h.Title)
	}
	return n
}

var sink int

// Bars, which make bench prints beside what was measured.
const (
	speedBar  = 150 // MB/s on ordinary pages, at least
	allocBar  = 1   // allocations a KB, at most
	heapBar   = 6   // bytes of heap a byte of text, at most
	growthBar = 2.3 // times as long for twice the text, at most
	longBar   = 100 // ms for 1 MB of hostile text, at most
)

func BenchmarkParse(b *testing.B) {
	for _, p := range benchPages() {
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(len(p.text)))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				sink += list(p.text)
			}
			runtime.ReadMemStats(&after)
			kb := float64(len(p.text)) / 1000 * float64(b.N)
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/kb, "allocs/KB")
			b.ReportMetric(allocBar, "bar:allocs/KB")
			b.ReportMetric(float64(heapOf(p.text))/float64(len(p.text)), "heap/B")
			b.ReportMetric(heapBar, "bar:heap/B")
			b.ReportMetric(speedBar, "bar:MB/s")
		})
	}
}

// BenchmarkHostile reads 1 MB, and the half of it, of each text that was made to
// be slow.
func BenchmarkHostile(b *testing.B) {
	for _, tt := range hostile {
		b.Run(strings.ReplaceAll(tt.name, " ", "_"), func(b *testing.B) {
			unit := len(tt.text(1000))
			half, whole := tt.text(500*1_000_000/unit), tt.text(1000*1_000_000/unit)
			short, long := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			took := func(s string) time.Duration {
				// What takes but an instant is repeated until the clock can tell.
				start, n := time.Now(), 0
				for n == 0 || time.Since(start) < 3*time.Millisecond {
					sink += list(s)
					n++
				}
				return time.Since(start) / time.Duration(n)
			}
			b.SetBytes(int64(len(whole)))
			for b.Loop() {
				short, long = min(short, took(half)), min(long, took(whole))
			}
			b.ReportMetric(float64(long.Microseconds())/1000/float64(len(whole))*1_000_000, "ms/MB")
			b.ReportMetric(longBar, "bar:ms/MB")
			b.ReportMetric(float64(long)/float64(short)*2/(float64(len(whole))/float64(len(half))), "times")
			b.ReportMetric(growthBar, "bar:times")
		})
	}
}

// heapOf returns how much memory reading a text takes in all, if nothing were
// freed meanwhile.
func heapOf(src string) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // the second one empties the pool of scanners
	runtime.ReadMemStats(&before)
	sink += list(src)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
