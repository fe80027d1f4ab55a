// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the report page: what rules are in force, what is wrong with
// newer ones, and what the bot could not do.

package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// reportRegion is the id of the report's region.
const reportRegion = "report"

// Rejected is a revision of the config page that is not in force, and why.
type Rejected struct {
	Revision int64
	User     string
	Problems []string
}

// Report is the report page as it should be.
type Report struct{ Body string }

// ReportPage plans the report. InForce is nil when no rules were ever good,
// rejected is nil when the newest revision is in force. Trouble holds what
// else people should know, each a sentence, and gaps the last times of which
// the event stream could not tell everything.
func ReportPage(site Site, inForce *registry.Rules, rejected *Rejected, trouble []string, gaps []registry.Gap) Page {
	var b strings.Builder
	config := fmt.Sprintf("[[%s]]", site.ConfigPage)
	switch {
	case inForce == nil:
		fmt.Fprintf(&b, "'''No rules are in force''', so the bot edits nothing but this page. They are read from %s.\n", config)
	default:
		fmt.Fprintf(&b, "Rules in force: [[Special:PermanentLink/%d|revision %d]] of %s by %s, since %s.\n",
			inForce.Revision, inForce.Revision, config, userLink(inForce.User), since(inForce.Since))
	}
	b.WriteString("\n== Problems ==\n")
	if rejected == nil && len(trouble) == 0 {
		b.WriteString("✔ No problems.\n")
	}
	if rejected != nil {
		fmt.Fprintf(&b, "[[Special:PermanentLink/%d|Revision %d]] of %s by %s is '''not in force''':\n",
			rejected.Revision, rejected.Revision, config, userLink(rejected.User))
		for _, p := range rejected.Problems {
			fmt.Fprintf(&b, "* %s\n", wikitext.Escape(p))
		}
		if inForce != nil {
			b.WriteString("The rules named above stay in force until this is mended.\n")
		}
	}
	for _, t := range slices.Sorted(slices.Values(trouble)) {
		fmt.Fprintf(&b, "* %s\n", wikitext.Escape(t))
	}
	if len(gaps) > 0 {
		fmt.Fprintf(&b, "\nThe event stream has left something out, which was looked up in the recent changes: %s.\n", gapTimes(gaps))
	}
	fmt.Fprintf(&b, "\nTo stop the bot, write anything on [[%s]].", site.StopPage)
	page := Page{
		Title:     site.ReportPage,
		Region:    reportRegion,
		Scope:     Reports,
		Summary:   "no problems",
		Minor:     true,
		Changes:   []Change{Report{Body: b.String()}},
		MayCreate: true,
	}
	if n := len(trouble); rejected != nil {
		page.Summary = fmt.Sprintf("revision %d of the config page is not in force", rejected.Revision)
	} else if n > 0 {
		page.Summary = count(n, "problem")
	}
	return page
}

// SourceTrouble says in sentences what is wrong with a source, nothing if all is
// well. Held says how much the answer names that is held, "" if that is not known.
func SourceTrouble(s registry.SurveyState, held string) []string {
	stays := "It was never read before."
	if !s.Read.IsZero() {
		stays = fmt.Sprintf("What it said on %s stays in force; it is stale since then.", since(s.Read))
	}
	var out []string
	if !s.Failed.IsZero() {
		out = append(out, fmt.Sprintf("The source %s cannot be read since %s: %s. %s", s.Source, since(s.Failed), s.Reason, stays))
	}
	if !s.Held.IsZero() {
		out = append(out, fmt.Sprintf("The source %s named far less than before on %s: %s. That is held until a second reading agrees. %s",
			s.Source, since(s.Held), cmp.Or(held, count(s.HeldItems, "item")), stays))
	}
	return out
}

// gapTimes says when the gaps were, and how much happened in that time.
func gapTimes(gaps []registry.Gap) string {
	var times []string
	for _, g := range gaps {
		times = append(times, fmt.Sprintf("%s to %s (%s)", since(g.From), since(g.To), count(int(g.Found), "change")))
	}
	return strings.Join(times, ", ")
}

// Apply writes the report into its region, which is added where it is missing:
// the page is the bot's own.
func (r Report) Apply(text string) (string, error) {
	return edit(text, place{id: reportRegion, appends: true}, func(string) (string, error) { return r.Body, nil })
}

// since says when something began, to the minute, as the report writes it.
func since(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
