// SPDX-License-Identifier: GPL-3.0-or-later

package plan_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// BenchmarkLongTable plans a table of 5 000 rows with every column over its
// pages, reads where the rows stand, and merges each page. All that is allocated
// counts, though not all of it is ever in use at once.
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
	round := func() (edits int) {
		placed := map[string]plan.Places{table.ID: plan.PlacesOf(table, texts)}
		parts := plan.NewTables(plan.Input{Site: site, Rules: r, View: v, Now: now, Placed: placed}, table)
		for i, part := range parts {
			if i == len(texts) {
				texts = append(texts, "")
			}
			next, err := part.Apply(texts[i])
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
	if round() != 10 {
		b.Fatal("not ten pages")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := 0; b.Loop(); i++ {
		v.Entries[i%rows].Item.Details.Licence = fmt.Sprint("GPL-", i)
		if n := round(); n != 1 {
			b.Fatalf("%d pages are edited", n)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
	b.ReportMetric(timeBar, "bar:ms")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/(1<<20), "MiB")
	b.ReportMetric(memoryBar, "bar:MiB")
}
