// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how much time and memory a catalogue of 5 000 tools takes.

package survey

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// storedToolhub serves pages that were made before, so that what is measured is
// the reader.
func storedToolhub(tb testing.TB, tools, description int) *httptest.Server {
	tb.Helper()
	var pages [][]byte
	list := manyTools(tools)
	for i, r := range list {
		r["description"] = strings.Repeat(fmt.Sprintf("Tool %d does what people ask for (at most once). ", i), description/50)
	}
	for at := 0; at < tools; at += wholePage {
		var next any
		if at+wholePage < tools {
			next = fmt.Sprintf("?page=%d", at/wholePage+2)
		}
		body, err := json.Marshal(record{"count": tools, "next": next, "previous": nil, "results": list[at:min(at+wholePage, tools)]})
		if err != nil {
			tb.Fatal(err)
		}
		pages = append(pages, body)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(pages[number(r, "page", 1)-1])
	}))
	tb.Cleanup(server.Close)
	return server
}

// heapOf returns how much the heap is larger after do has begun, at most, in
// bytes; do calls the function that it gets to have it looked at.
func heapOf(do func(look func())) uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	before, most := stats.HeapAlloc, uint64(0)
	do(func() {
		runtime.GC()
		runtime.ReadMemStats(&stats)
		if stats.HeapAlloc > before {
			most = max(most, stats.HeapAlloc-before)
		}
	})
	return most
}

// However long the texts of a catalogue are, what is kept of them is bounded.
func TestACatalogueOfLongTextsTakesLittleMemory(t *testing.T) {
	const bar = 8 << 20
	server := storedToolhub(t, 1000, 6000)
	source := Toolhub(testFetcher(t, FetcherConfig{}), server.URL)
	most := heapOf(func(look func()) {
		s, err := source.Read(t.Context(), Reading{At: noon, Progress: func(int, int) { look() }})
		if err != nil || len(s.Items) != 1000 {
			t.Fatalf("%d items, %v", len(s.Items), err)
		}
		look()
		runtime.KeepAlive(s)
	})
	if most > bar {
		t.Errorf("%d bytes of heap, more than %d", most, bar)
	}
}

func BenchmarkToolhubOfFiveThousandTools(b *testing.B) {
	server := storedToolhub(b, 5000, 1000)
	source := Toolhub(testFetcher(b, FetcherConfig{}), server.URL)
	var most uint64
	start := time.Now()
	for b.Loop() {
		most = max(most, heapOf(func(look func()) {
			s, err := source.Read(b.Context(), Reading{At: noon, Progress: func(int, int) { look() }})
			if err != nil || len(s.Items) != 5000 {
				b.Fatalf("%d items, %v", len(s.Items), err)
			}
			runtime.KeepAlive(s)
		}))
	}
	b.ReportMetric(time.Since(start).Seconds()/float64(b.N), "s/reading")
	b.ReportMetric(5, "bar:s/reading")
	b.ReportMetric(float64(most)/(1<<20), "heap-MB")
	b.ReportMetric(32, "bar:heap-MB")
}
