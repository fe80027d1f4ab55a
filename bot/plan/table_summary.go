// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what stands above a table: how many rows have which verdict,
// in words and as a bar, how old that is, and the way to the other pages.

package plan

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// caption is the caption of a table, as plain text: each has one, so that
// people who hear the page know what it is.
func caption(w *messages.Set, t config.Table) string {
	if t.Title != "" {
		return t.Title
	}
	var kinds []string
	for _, kind := range t.Kinds {
		kinds = append(kinds, w.Text("words-kinds-"+kind))
	}
	return w.Text("table-caption", enumerate(w, kinds))
}

// summary counts the rows by verdict, in words and as a bar.
func summary(in Input, rows int, verdicts map[registry.Verdict]int) string {
	w := in.Words
	if rows == 0 {
		return w.Text("table-nothing")
	}
	var parts, labels []string
	unowned := 0
	for _, v := range registry.Verdicts {
		n := verdicts[v]
		if n > 0 {
			parts = append(parts, w.Text("table-count", numeralIn(w, n), verdictIn(w, v)))
			labels = append(labels, w.Text("table-count", n, verdictIn(w, v)))
		}
		if slices.Contains(in.Rules.Verdict.Unowned, string(v)) {
			unowned += n
		}
	}
	words := w.Text("table-summary", numeralIn(w, rows), enumerate(w, parts), numeralIn(w, unowned), numeralIn(w, (200*unowned+rows)/(2*rows)))
	return words + "\n" + bar(w, commas(w, labels), verdicts)
}

// bar draws the shares of the verdicts. The words above say the same, and so
// does the label to those who cannot see it.
func bar(w *messages.Set, label string, verdicts map[registry.Verdict]int) string {
	edge, ground := colour{"border-color-base", "#a2a9b1"}, colour{"background-color-base", "#fff"}
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="codesteward-shares" role="img" aria-label="%s" style="display:flex;max-width:40em;height:0.75em;margin:0.5em 0;border:1px solid %s;background:%s">`,
		inAttribute(label), edge, ground)
	for _, v := range registry.Verdicts {
		if n := verdicts[v]; n > 0 {
			fmt.Fprintf(&b, `<span title="%s" style="flex:%d;margin-inline-end:1px;background:%s"></span>`, inAttribute(w.Text("table-count", n, verdictIn(w, v))), n, looks[v].bar)
		}
	}
	return b.String() + "</div>"
}

// asOf says on which day each source of a table was read.
func asOf(in Input, t config.Table) string {
	read := map[string]time.Time{}
	for _, kind := range t.Kinds {
		for _, name := range awaited(in.Rules, detect.Kind(kind)) {
			for _, s := range in.View.Surveys {
				if s.Source == name && s.Read.After(read[name]) {
					read[name] = s.Read
				}
			}
		}
	}
	var parts []string
	for _, source := range slices.Sorted(maps.Keys(read)) {
		parts = append(parts, in.Words.Text("table-source", sourceIn(in.Words, source), dayIn(in.Words, read[source])))
	}
	if len(parts) == 0 {
		return ""
	}
	return asOfBegin + in.Words.Text("table-as-of", commas(in.Words, parts)) + "</span>"
}

const asOfBegin = `<span class="codesteward-asof">`

// asOfText finds that in a text.
var asOfText = regexp.MustCompile(asOfBegin + `.*</span>`)

// unlessOnlyOlder returns the body to save: the one that stands there if the
// new one differs from it by days alone.
func unlessOnlyOlder(before, after string) string {
	stands := asOfText.FindString(before)
	if stands == "" {
		return after
	}
	if same := asOfText.ReplaceAllLiteralString(after, stands); same == strings.TrimSpace(before) {
		return same
	}
	return after
}

// above is what stands above the table on its page.
func (t Table) above() string {
	var lines []string
	if t.number <= 1 {
		lines = append(lines, t.Summary, t.AsOf)
	}
	if t.pages > 1 {
		lines = append(lines, t.navigation())
	}
	return strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n")
}

// navigation links to the other pages of the table.
func (t Table) navigation() string {
	var parts []string
	for n := 1; n <= t.pages; n++ {
		if n == t.number {
			parts = append(parts, fmt.Sprintf("'''%d'''", n))
			continue
		}
		parts = append(parts, fmt.Sprintf("[[:%s|%d]]", subpage(t.base, n), n))
	}
	return `<div class="codesteward-pages" role="navigation" aria-label="` + inAttribute(t.words.pages) + `">` + fill(t.words.page, strings.Join(parts, " · ")) + `</div>`
}
