// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the report page: what rules are in force, what is stopped,
// what is wrong, and what would change.

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// reportRegion is the id of the report's region.
const reportRegion = "report"

// Standing is how the bot stands on a wiki.
type Standing struct {
	// Words are what is written in; nil is English.
	Words *messages.Set
	// InForce and Rules are the rules in force; nil where none ever were good.
	InForce *registry.Rules
	Rules   *config.Rules
	// TrialOver says that the edits of the trial are made.
	TrialOver bool
	// Rejected is the newest revision of the config page if it is not in force,
	// Recovered tells of the last one that was not.
	Rejected  *Rejected
	Recovered *Recovery
	// Warnings are what is odd about the rules in force.
	Warnings []string
	Stops    []Stop
	// Trouble is what else people should know, each a sentence in English, and
	// Sources are those of the sources that trouble.
	Trouble []string
	Sources []SourceTrouble
	// Lines are those of the sign-up and opt-out pages that cannot be used.
	Lines []registry.LineProblem
	// Overwritten are edits of people that the bot has written over lately.
	Overwritten []Overwritten
	// Gaps are the last times of which the event stream could not tell
	// everything.
	Gaps []registry.Gap
	// Preview is what the rules would do that are not enabled yet, Change what
	// their group "preview" would; nil where there is nothing to show.
	Preview, Change *Preview
}

// Stop is a line of the stop page.
type Stop struct {
	Line string `json:"line"`
	// Stops is what it stops: a scope or a title, "" for everything.
	Stops string `json:"stops"`
	// User and Time are who wrote it and when, as far as that is known.
	User string    `json:"user"`
	Time time.Time `json:"time"`
}

// String says in English what is stopped, by which line, by whom and since when.
func (s Stop) String() string { return s.tell(nil, func(text string) string { return text }) }

// tell says it in a language; show writes what is from elsewhere.
func (s Stop) tell(w *messages.Set, show func(string) string) string {
	text := w.Text("report-stop-page", show(s.Stops))
	switch s.Stops {
	case "":
		text = w.Text("report-stop-all")
	case string(Tables), string(Notices):
		text = w.Text("report-stop-" + s.Stops)
	}
	if s.User == "" {
		text = w.Text("report-stop-line", text, show(s.Line))
	} else {
		text = w.Text("report-stop-line-of", text, show(s.Line), show(s.User))
	}
	if !s.Time.IsZero() {
		text = w.Text("report-stop-since", text, show(since(s.Time)))
	}
	return text
}

// Report is the report page as it should be.
type Report struct{ Body string }

// ReportPage plans the report.
func ReportPage(site Site, s Standing) Page {
	var b strings.Builder
	w := s.Words
	reportRules(&b, site, s)
	if len(s.Stops) > 0 {
		reportSection(&b, w.Text("report-stopped"), w.Text("report-stopped-by", ownPage(w, site.StopPage)))
		for _, stop := range s.Stops {
			fmt.Fprintf(&b, "* %s\n", stop.tell(w, func(text string) string { return nameIn(w, text) }))
		}
	}
	fmt.Fprintf(&b, "\n== %s ==\n", w.Text("report-problems"))
	problems := s.problems()
	if s.Rejected == nil && len(problems) == 0 {
		b.WriteString(w.Text("report-fine") + "\n")
	}
	reportRejected(&b, site, s)
	for _, problem := range problems {
		fmt.Fprintf(&b, "* %s\n", problem)
	}
	if s.Recovered != nil && s.Rejected == nil {
		fmt.Fprintf(&b, "\n%s\n", s.Recovered.tell(w))
	}
	if len(s.Warnings) > 0 {
		fmt.Fprintf(&b, "\n%s\n", w.Text("report-warnings"))
		for _, warning := range s.Warnings {
			fmt.Fprintf(&b, "* %s\n", inEnglish(w, warning))
		}
	}
	reportOverwritten(&b, site, s)
	if len(s.Gaps) > 0 {
		fmt.Fprintf(&b, "\n%s\n", w.Text("report-gaps", gapTimes(w, s.Gaps)))
	}
	if s.Preview != nil {
		reportSection(&b, w.Text("report-preview"), w.Text("report-preview-edits"))
		b.WriteString(s.Preview.tell(w))
	}
	if s.Change != nil {
		reportSection(&b, w.Text("report-change"), w.Text("report-change-edits"))
		b.WriteString(s.Change.tell(w))
	}
	fmt.Fprintf(&b, "\n%s", w.Text("report-how-to-stop", ownPage(w, site.StopPage)))
	return Page{
		Title:     site.ReportPage,
		Region:    reportRegion,
		Scope:     Reports,
		Summary:   s.summary(),
		Minor:     true,
		Changes:   []Change{Report{Body: speechOn(site, w).within(b.String())}},
		MayCreate: true,
	}
}

// reportSection begins a section with a line.
func reportSection(b *strings.Builder, heading, line string) {
	fmt.Fprintf(b, "\n== %s ==\n%s\n", heading, line)
}

// ownPage links to a page of the bot's, by its whole title.
func ownPage(w *messages.Set, title string) string { return isolated(w, "[["+title+"]]") }

// problems are a line of wikitext each, sorted.
func (s Standing) problems() []string {
	var lines []string
	for _, t := range s.Trouble {
		lines = append(lines, inEnglish(s.Words, t))
	}
	for _, t := range s.Sources {
		lines = append(lines, t.tell(s.Words)...)
	}
	slices.Sort(lines)
	return append(lines, LineTroubles(s.Words, s.Lines)...)
}

// summary is the report in a few words.
func (s Standing) summary() string {
	switch problems := s.problems(); {
	case s.Rejected != nil && s.Rejected.Revision == 0:
		return s.Words.Text("report-edit-gone")
	case s.Rejected != nil:
		return s.Words.Text("report-edit-rejected", s.Rejected.Revision)
	case len(s.Stops) > 0:
		return s.Words.Text("report-edit-stopped")
	case len(problems) > 0:
		return s.Words.Text("report-edit-problems", len(problems))
	}
	return s.Words.Text("report-edit-fine")
}

// gapTimes says when the gaps were, and how much happened in that time.
func gapTimes(w *messages.Set, gaps []registry.Gap) string {
	var times []string
	for _, g := range gaps {
		times = append(times, w.Text("report-gap", momentIn(w, g.From), momentIn(w, g.To), numeral(g.Found)))
	}
	return commas(w, times)
}

// Apply writes the report into its region, which is added where it is missing:
// the page is the bot's own.
func (r Report) Apply(text string) (string, error) {
	return edit(text, place{id: reportRegion, appends: true}, func(string) (string, error) { return r.Body, nil })
}

// since says when something began, to the minute, as the report writes it.
func since(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
