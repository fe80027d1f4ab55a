// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the verdicts of a year are shown: a chart where the wiki
// draws charts, plain bars elsewhere, and a small table of numbers.

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	// yearOfWeeks is how many weeks are shown, fewestWeeks how many have a place
	// at least.
	yearOfWeeks = 53
	fewestWeeks = 12
)

// weekly is the counts of one week; nil where nobody knows them.
type weekly struct {
	week   time.Time
	counts verdictCounts
}

// year returns the weeks up to the last that was counted, the oldest first. What
// was not counted has a place, but no numbers.
func year(tallies []registry.Tally) []weekly {
	if len(tallies) == 0 {
		return nil
	}
	end := tallies[len(tallies)-1].Week
	begin := tallies[0].Week
	if first := end.AddDate(0, 0, -7*(yearOfWeeks-1)); begin.Before(first) {
		begin = first
	}
	if least := end.AddDate(0, 0, -7*(fewestWeeks-1)); least.Before(begin) {
		begin = least
	}
	var weeks []weekly
	for at := begin; !at.After(end); at = at.AddDate(0, 0, 7) {
		weeks = append(weeks, weekly{week: at})
	}
	for _, t := range tallies {
		if t.Week.Before(begin) {
			continue
		}
		counts := verdictCounts{}
		for _, of := range t.Counts {
			for v, n := range of {
				counts[v] += n
			}
		}
		weeks[int(t.Week.Sub(begin)/(7*24*time.Hour))].counts = counts
	}
	return weeks
}

// trend shows the year.
func trend(in Input) string {
	w := in.Words
	weeks := year(in.View.Tallies)
	if len(weeks) == 0 {
		return w.Text("overview-trend-none")
	}
	var all []verdictCounts
	for _, of := range weeks {
		all = append(all, of.counts)
	}
	verdicts := used(all...)
	if name, ok := chartName(in); ok {
		return "{{#chart:" + name + chartEnding + "}}\n" + w.Text("overview-trend-data", isolated(w, pageLink(dataSpace+name+tableEnding))) + "\n" + trendTable(w, weeks, verdicts)
	}
	return columns(w, weeks, verdicts) + "\n" + legend(w, verdicts) + "\n" + trendTable(w, weeks, verdicts)
}

// columns draws a column for each week. A week that nobody knows has none.
func columns(w *messages.Set, weeks []weekly, verdicts []registry.Verdict) string {
	most := 1
	for _, of := range weeks {
		most = max(most, of.counts.all())
	}
	first, last := weeks[0].week, weeks[len(weeks)-1].week
	var b strings.Builder
	fmt.Fprintf(&b, `<div style="max-width:48em"><div class="codesteward-trend" role="img" aria-label="%s" style="display:flex;align-items:flex-end;gap:1px;height:10em;border-bottom:1px solid %s">`,
		inAttribute(w.Text("overview-trend-label", first.Format(time.DateOnly), last.Format(time.DateOnly))), edge)
	for _, of := range weeks {
		date := of.week.Format(time.DateOnly)
		if of.counts == nil {
			fmt.Fprintf(&b, `<span title="%s" style="flex:1 1 0"></span>`, inAttribute(w.Text("overview-trend-tip", date, w.Text("overview-trend-gap"))))
			continue
		}
		fmt.Fprintf(&b, `<span title="%s" style="flex:1 1 0;max-width:3em;height:%d%%;background:%s"></span>`,
			inAttribute(w.Text("overview-trend-tip", date, of.counts.tally(w))), max(1, percent(of.counts.all(), most)), of.counts.stack(verdicts))
	}
	b.WriteString("</div>")
	fmt.Fprintf(&b, `<div style="display:flex;justify-content:space-between;font-size:85%%"><span>%s</span><span>%s</span></div></div>`, dayIn(w, first), dayIn(w, last))
	return b.String()
}

// edge is the line under the columns.
var edge = colour{"border-color-base", "#a2a9b1"}

// stack is the ground of a column: the verdicts one above the other, the first at
// the bottom.
func (c verdictCounts) stack(verdicts []registry.Verdict) string {
	all, below := c.all(), 0
	var stops []string
	for _, v := range verdicts {
		if c[v] == 0 {
			continue
		}
		from := percent(below, all)
		below += c[v]
		stops = append(stops, fmt.Sprintf("%s %d%% %d%%", looks[v].bar, from, percent(below, all)))
	}
	if len(stops) == 0 {
		return edge.String()
	}
	return "linear-gradient(to top," + strings.Join(stops, ",") + ")"
}

// trendTable is a small table of numbers: the first week that is known of each
// month.
func trendTable(w *messages.Set, weeks []weekly, verdicts []registry.Verdict) string {
	var b strings.Builder
	b.WriteString(wide + "\n{| class=\"wikitable codesteward\" style=\"text-align:end\"\n|+ " + w.Text("overview-caption-trend") + "\n")
	b.WriteString("! scope=\"col\" | " + w.Text("overview-column-week") + "\n! scope=\"col\" | " + w.Text("overview-column-all") + "\n")
	for _, v := range verdicts {
		fmt.Fprintf(&b, "! scope=\"col\" %s | %s\n", verdictStyle(v), verdictIn(w, v))
	}
	for _, of := range monthly(weeks) {
		fmt.Fprintf(&b, "|-\n! scope=\"row\" | %s\n", dayIn(w, of.week))
		if of.counts == nil {
			fmt.Fprintf(&b, "| colspan=\"%d\" | %s\n", len(verdicts)+1, w.Text("overview-trend-gap"))
			continue
		}
		fmt.Fprintf(&b, "| %s\n", numeral(of.counts.all()))
		for _, v := range verdicts {
			fmt.Fprintf(&b, "| %s\n", numeral(of.counts[v]))
		}
	}
	return b.String() + "|}\n</div>"
}

// monthly picks a week for each month, the newest month first: the first of it
// that is known, or the first.
func monthly(weeks []weekly) []weekly {
	var out []weekly
	for _, of := range weeks {
		last := len(out) - 1
		switch {
		case last < 0 || out[last].week.Month() != of.week.Month():
			out = append(out, of)
		case out[last].counts == nil && of.counts != nil:
			out[last] = of
		}
	}
	for len(out) > 0 && out[0].counts == nil { // before anybody looked
		out = out[1:]
	}
	slices.Reverse(out)
	return out
}
