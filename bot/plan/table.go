// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds stewardship tables: which items they list.

package plan

import (
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// tablePages plans the pages of one table. A table whose source was never read
// is not planned: an empty table would say that there is nothing.
func tablePages(in Input, t config.Table) []Page {
	if waits(in, t.Page) || uncounted(in, t) {
		return nil
	}
	for _, kind := range t.Kinds {
		if !known(in, detect.Kind(kind)) {
			return nil
		}
	}
	var pages []Page
	for _, table := range NewTables(in, t) {
		page := table.page(in.Words)
		page.Read = readAt(in, t)
		pages = append(pages, page)
	}
	return pages
}

// page is the page that a table stands on.
func (t Table) page(w *messages.Set) Page {
	return Page{
		Title:       t.Title,
		Region:      t.ID,
		Scope:       Tables,
		Summary:     w.Text("table-edit", t.ID, len(t.Rows)),
		Minor:       true,
		Changes:     []Change{t},
		MayCreate:   t.State == "",
		MinInterval: t.interval,
	}
}

// NewTable returns the table as it should be on one page, without the cells
// that belong to people; those are taken from the live page when it is applied.
func NewTable(in Input, t config.Table) Table {
	verdicts := map[registry.Verdict]int{}
	mentioned := countMentions(in)
	table := Table{
		Title: t.Page, ID: t.ID, Caption: caption(in.Words, t), Columns: t.Columns, Append: t.Append,
		words: newTableWords(in, t),
		State: in.View.Pages[RegionName(t.Page, t.ID)], gone: map[string]string{}, over: map[string]bool{},
		unlisted: unlisted(in.Rules, t), sort: t.Sort, grouped: t.Group == "section", interval: minutes(t.MinIntervalMinutes),
	}
	names, why := formerNames{}, reasons(in)
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
		row.Cells = make([]Cell, 0, len(t.Columns))
		for _, column := range t.Columns {
			row.Cells = append(row.Cells, cell(in, s, column, why))
		}
		table.Rows = append(table.Rows, row)
		names.add(e.Item, row.ID)
		verdicts[opinion.Verdict]++
	}
	table.renamed = names.of(table.Rows)
	table.Summary, table.AsOf = summary(in, len(table.Rows), verdicts), asOf(in, t)
	table.sortRows()
	return table
}

// formerNames are the row ids that items had, or would have, under other names,
// to the ids that they have; "" where several items had one.
type formerNames map[string]string

func (n formerNames) add(item registry.Item, id string) {
	for _, alias := range item.Aliases {
		for _, key := range []registry.Key{registry.Key(alias), registry.NewKey(item.Key.Kind(), item.Key.Wiki(), alias)} {
			former := registry.RowID(key)
			if former == id || !isItem(former) {
				continue
			}
			if other, known := n[former]; known && other != id {
				n[former] = ""
			} else {
				n[former] = id
			}
		}
	}
}

// of leaves what can be told for sure: the name is nobody else's.
func (n formerNames) of(rows []Row) map[string]string {
	for _, r := range rows {
		delete(n, r.ID)
	}
	for former, id := range n {
		if id == "" {
			delete(n, former)
		}
	}
	return n
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
