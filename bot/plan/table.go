// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds stewardship tables: which items they list and in what order.

package plan

import (
	"fmt"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// tablePage plans the page of one table. A table whose source was never read
// is not planned: an empty table would say that there is nothing.
func tablePage(in Input, t config.Table) (Page, bool) {
	if waits(in, t.Page) {
		return Page{}, false
	}
	for _, kind := range t.Kinds {
		if !known(in, detect.Kind(kind)) {
			return Page{}, false
		}
	}
	if uncounted(in, t) {
		return Page{}, false
	}
	table := NewTable(in, t)
	return Page{
		Title:     t.Page,
		Region:    t.ID,
		Scope:     Tables,
		Summary:   "update the table " + t.ID + ": " + count(len(table.Rows), "row"),
		Minor:     true,
		Changes:   []Change{table},
		MayCreate: table.State == "",
	}, true
}

// NewTable returns the table as it should be, without the cells that belong to
// people; those are taken from the live page when it is applied.
func NewTable(in Input, t config.Table) Table {
	verdicts := map[registry.Verdict]int{}
	mentioned := countMentions(in)
	table := Table{
		ID: t.ID, Caption: t.Title, Columns: t.Columns, Append: t.Append,
		State: in.View.Pages[RegionName(t.Page, t.ID)], gone: map[string]string{}, over: map[string]bool{},
		sort: t.Sort, grouped: t.Group == "section",
	}
	for _, e := range in.View.Entries {
		if !slices.Contains(t.Kinds, string(e.Item.Key.Kind())) {
			continue
		}
		if !e.Item.Gone.IsZero() {
			table.gone[registry.RowID(e.Item.Key)] = e.Item.Name
			table.over[registry.RowID(e.Item.Key)] = t.GraceDays > 0 && in.Now.Sub(e.Item.Gone) > days(t.GraceDays)
			continue
		}
		if e.Item.Mentioned && len(e.Claims) == 0 && mentioned[e.Item.Key].settled == 0 {
			continue // anybody can mention anything; it has to stand for a while
		}
		opinion := judge(in, e)
		if len(t.Verdicts) > 0 && !slices.Contains(t.Verdicts, string(opinion.Verdict)) {
			continue
		}
		s := subject{e, opinion, mentioned[e.Item.Key].recent}
		if !passes(t.Filter, s) {
			continue
		}
		row := Row{ID: registry.RowID(e.Item.Key), group: e.Item.Section, order: table.order(s)}
		for _, column := range t.Columns {
			row.Cells = append(row.Cells, cell(in, s, column))
		}
		table.Rows = append(table.Rows, row)
		verdicts[opinion.Verdict]++
	}
	table.Summary = summary(len(table.Rows), verdicts)
	table.sortRows()
	return table
}

// mentions counts the mentions of one item.
type mentions struct {
	recent  int // in the last 30 days
	settled int // older than the settle time of the noticeboard
}

func countMentions(in Input) map[registry.Key]mentions {
	settle := time.Duration(0)
	if in.Rules.Noticeboard != nil {
		settle = minutes(in.Rules.Noticeboard.SettleMinutes)
	}
	counts := map[registry.Key]mentions{}
	for _, m := range in.View.Mentions {
		if m.Redacted {
			continue
		}
		c := counts[m.Item]
		if in.Now.Sub(m.Time) <= 30*24*time.Hour {
			c.recent++
		}
		if in.Now.Sub(m.Time) >= settle {
			c.settled++
		}
		counts[m.Item] = c
	}
	return counts
}

// summary counts the rows by verdict, as a line above the table.
func summary(rows int, verdicts map[registry.Verdict]int) string {
	var parts []string
	for _, v := range registry.Verdicts {
		if n := verdicts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	if rows == 0 {
		return "Nothing to list."
	}
	return count(rows, "item") + ": " + list(parts) + "."
}
