// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how many items have which verdict, as the overview shows it: in
// words, as bars, and as a table.

package plan

import (
	"fmt"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// verdictCounts is how many items have which verdict.
type verdictCounts map[registry.Verdict]int

func (c verdictCounts) all() int {
	n := 0
	for _, of := range c {
		n += of
	}
	return n
}

// used are the verdicts that there are, in their order.
func used(all ...verdictCounts) []registry.Verdict {
	var out []registry.Verdict
	for _, v := range registry.Verdicts {
		n := 0
		for _, c := range all {
			n += c[v]
		}
		if n > 0 {
			out = append(out, v)
		}
	}
	return out
}

// counted says how much is looked after.
func counted(in Input, s stock, unowned int) string {
	w := in.Words
	if len(s.subjects) == 0 {
		return w.Text("overview-nothing")
	}
	counts, all := map[detect.Kind]verdictCounts{}, verdictCounts{}
	for _, item := range s.subjects {
		kind := item.Item.Key.Kind()
		if counts[kind] == nil {
			counts[kind] = verdictCounts{}
		}
		counts[kind][item.opinion.Verdict]++
		all[item.opinion.Verdict]++
	}
	var verdicts []string
	for _, v := range in.Rules.Verdict.Unowned {
		verdicts = append(verdicts, verdictIn(w, registry.Verdict(v)))
	}
	lines := []string{
		w.Text("overview-lead", numeral(unowned), unowned, numeral(len(s.subjects)), len(s.subjects), percent(unowned, len(s.subjects))) + " " +
			w.Text("overview-counts-as", enumerate(w, verdicts)),
		bars(w, counts, all), countsTable(w, counts, all),
	}
	lines = append(lines, shares(in, s)...)
	if len(s.unread) > 0 {
		var kinds []string
		for _, kind := range s.unread {
			kinds = append(kinds, w.Text("words-kinds-"+string(kind)))
		}
		lines = append(lines, "* "+w.Text("overview-unread", enumerate(w, kinds)))
	}
	return strings.Join(lines, "\n")
}

// percent is a part in hundredths of a whole, rounded.
func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return (200*part + whole) / (2 * whole)
}

// shares tells the two shares of extensions and skins, which are of different
// wholes.
func shares(in Input, s stock) (lines []string) {
	entries, verdicts := make([]registry.Entry, len(s.subjects)), make(map[registry.Key]registry.Verdict, len(s.subjects))
	for i, item := range s.subjects {
		entries[i], verdicts[item.Item.Key] = item.Entry, item.opinion.Verdict
	}
	listed, deployed := registry.Shares(entries, func(e registry.Entry) registry.Verdict { return verdicts[e.Item.Key] })
	for _, share := range []struct {
		name string
		registry.Share
	}{{"listed", listed}, {"runs", deployed}} {
		if share.Whole > 0 {
			lines = append(lines, "* "+in.Words.Text("overview-share-"+share.name,
				numeral(share.Part), share.Part, numeral(share.Whole), share.Whole, percent(share.Part, share.Whole)))
		}
	}
	return lines
}

// tally says the counts in a few words, for attributes, where no digits are
// grouped.
func (c verdictCounts) tally(w *messages.Set) string {
	var parts []string
	for _, v := range used(c) {
		parts = append(parts, w.Text("overview-count", c[v], verdictIn(w, v)))
	}
	return commas(w, parts)
}

// bars draws the shares of the verdicts for each kind, with what the colours
// mean. The table says the same in numbers.
func bars(w *messages.Set, counts map[detect.Kind]verdictCounts, all verdictCounts) string {
	var b strings.Builder
	b.WriteString(`<div class="codesteward-bars" style="max-width:48em">`)
	for _, kind := range detect.Kinds {
		if c := counts[kind]; c.all() > 0 {
			fmt.Fprintf(&b, `<div style="display:flex;flex-wrap:wrap;align-items:center;gap:0 0.75em;margin:0.4em 0"><span style="flex:0 0 8em">%s</span>%s</div>`,
				w.Text("overview-bar", w.Text("overview-kinds-"+string(kind)), numeral(c.all())), c.bar(w))
		}
	}
	b.WriteString("</div>\n")
	return b.String() + legend(w, used(all))
}

// bar draws the shares of the verdicts.
func (c verdictCounts) bar(w *messages.Set) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<span role="img" aria-label="%s" style="flex:1 1 14em;display:flex;gap:1px;height:1em;overflow:hidden;border-radius:2px">`, inAttribute(c.tally(w)))
	for _, v := range used(c) {
		fmt.Fprintf(&b, `<span title="%s" style="flex:%d 1 0;min-width:2px;background:%s"></span>`,
			inAttribute(w.Text("overview-count", c[v], verdictIn(w, v))), c[v], looks[v].bar)
	}
	return b.String() + "</span>"
}

// legend says which colour stands for which verdict.
func legend(w *messages.Set, verdicts []registry.Verdict) string {
	var b strings.Builder
	b.WriteString(`<div style="display:flex;flex-wrap:wrap;gap:0.2em 1.2em;margin:0.6em 0">`)
	for _, v := range verdicts {
		fmt.Fprintf(&b, `<span><span style="display:inline-block;width:0.8em;height:0.8em;margin-inline-end:0.4em;border-radius:2px;background:%s"></span>%s</span>`,
			looks[v].bar, verdictIn(w, v))
	}
	return b.String() + "</div>"
}

// countsTable is the table of all kinds and verdicts.
func countsTable(w *messages.Set, counts map[detect.Kind]verdictCounts, all verdictCounts) string {
	verdicts := used(all)
	var b strings.Builder
	b.WriteString(wide + "\n{| class=\"wikitable codesteward\" style=\"text-align:end\"\n|+ " + w.Text("overview-caption-now") + "\n")
	b.WriteString("! scope=\"col\" | " + w.Text("overview-column-kind") + "\n! scope=\"col\" | " + w.Text("overview-column-all") + "\n")
	for _, v := range verdicts {
		fmt.Fprintf(&b, "! scope=\"col\" %s | %s\n", verdictStyle(v), verdictIn(w, v))
	}
	line := func(heading string, c verdictCounts) {
		fmt.Fprintf(&b, "|-\n! scope=\"row\" style=\"text-align:start\" | %s\n| %s\n", heading, numeral(c.all()))
		for _, v := range verdicts {
			fmt.Fprintf(&b, "| %s\n", numeral(c[v]))
		}
	}
	kinds := 0
	for _, kind := range detect.Kinds {
		if c := counts[kind]; c.all() > 0 {
			line(w.Text("overview-kinds-"+string(kind)), c)
			kinds++
		}
	}
	if kinds > 1 {
		line(w.Text("overview-row-all"), all)
	}
	return b.String() + "|}\n</div>"
}
