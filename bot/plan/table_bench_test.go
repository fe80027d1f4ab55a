// SPDX-License-Identifier: GPL-3.0-or-later

package plan_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// BenchmarkLongTable plans a table of 5 000 rows with every column over its
// pages, reads where the rows stand, and merges each page. Memory is what is in
// use before a page is merged, the view of the wiki aside, and all that merging
// it takes, whether in use at once or not. Time is that of the processor, which
// does not depend on what else runs.
func BenchmarkLongTable(b *testing.B) {
	const rows, timeBar, memoryBar = 5000, 500, 64
	r, problems := config.ParseRules(wide(`, "sort": ["-users"]`))
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	v := registry.View{Wiki: "testwiki", Pages: map[string]registry.PageState{}}
	for i := range rows {
		item := gadget(fmt.Sprintf("G%04d", i))
		item.Details = registry.Details{Docs: "https://www.mediawiki.org/wiki/Help:G", Licence: "MIT"}
		item.Aliases = []string{fmt.Sprint("Old ", i)}
		item.Changed, item.ChangedRevision = now.Add(-time.Duration(i)*time.Hour), int64(i+1)
		v.Entries = append(v.Entries, registry.Entry{
			Item: item, Measures: []registry.Measure{measure(item, registry.Users, int64(i%700), false)},
			Claims: []registry.Claim{claim(item, registry.User, fmt.Sprint("User ", i), registry.Confirmed, "cells")},
		})
	}
	table := r.Tables[0]
	texts := []string{""}
	var start, most uint64
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	taken := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	round := func(look bool) (edits int) {
		placed := map[string]plan.Places{table.ID: plan.PlacesOf(plan.Input{Site: site}, table, texts)}
		parts := plan.NewTables(plan.Input{Site: site, Rules: r, View: v, Now: now, Placed: placed}, table)
		for i, part := range parts {
			if i == len(texts) {
				texts = append(texts, "")
			}
			var held, before uint64
			if look {
				held, before = inUse(), taken()
			}
			next, err := part.Apply(texts[i])
			if look {
				most = max(most, held-min(start, held)+taken()-before)
			}
			if err != nil {
				b.Fatal(err)
			}
			if next != texts[i] {
				edits++
			}
			texts[i] = next
			v.Pages[plan.RegionName(part.Title, table.ID)] = registry.PageHeld
		}
		return edits
	}
	start = inUse()
	if round(true) != 10 || round(true) != 0 {
		b.Fatal("not ten pages, or not done after one round")
	}
	had := cpuTime(b)
	for i := 0; b.Loop(); i++ {
		v.Entries[i%rows].Item.Details.Licence = fmt.Sprint("GPL-", i)
		if n := round(false); n != 1 {
			b.Fatalf("%d pages are edited", n)
		}
	}
	b.ReportMetric(float64((cpuTime(b)-had).Milliseconds())/float64(b.N), "cpu-ms")
	b.ReportMetric(timeBar, "bar:cpu-ms")
	b.ReportMetric(float64(most)/(1<<20), "MiB")
	b.ReportMetric(memoryBar, "bar:MiB")
}

// cpuTime is how much processor time the process has had.
func cpuTime(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
