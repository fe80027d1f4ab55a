// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds benchmarks of reading ordinary pages and hostile text.

package wikitext

import (
	"runtime"
	"testing"
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

func BenchmarkParse(b *testing.B) {
	for _, p := range benchPages() {
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(len(p.text)))
			b.ReportAllocs()
			for b.Loop() {
				sink += list(p.text)
			}
			b.ReportMetric(float64(heapOf(p.text))/float64(len(p.text)), "heap/B")
		})
	}
}

// heapOf returns how much memory reading a text takes that nothing frees
// meanwhile.
func heapOf(src string) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	sink += list(src)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
