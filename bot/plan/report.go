// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the report page: what rules are in force, what is stopped,
// what is wrong, and what would change.

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// reportRegion is the id of the report's region.
const reportRegion = "report"

// Standing is how the bot stands on a wiki.
type Standing struct {
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
	// Trouble is what else people should know, each a sentence.
	Trouble []string
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

// String says in words what is stopped, by which line, by whom and since when.
func (s Stop) String() string {
	text := "everything is stopped"
	switch s.Stops {
	case "":
	case string(Tables), string(Notices):
		text = s.Stops + " are stopped"
	default:
		text = s.Stops + " is stopped"
	}
	text += " by the line “" + s.Line + "”"
	if s.User != "" {
		text += " of " + s.User
	}
	if !s.Time.IsZero() {
		text += ", since " + since(s.Time)
	}
	return text
}

// Report is the report page as it should be.
type Report struct{ Body string }

// ReportPage plans the report.
func ReportPage(site Site, s Standing) Page {
	var b strings.Builder
	reportRules(&b, site, s)
	if len(s.Stops) > 0 {
		fmt.Fprintf(&b, "\n== Stopped ==\nThe page [[%s]] stops the bot:\n", site.StopPage)
		for _, stop := range s.Stops {
			fmt.Fprintf(&b, "* %s\n", wikitext.Escape(stop.String()))
		}
	}
	b.WriteString("\n== Problems ==\n")
	if s.Rejected == nil && len(s.Trouble) == 0 {
		b.WriteString("✔ No problems.\n")
	}
	reportRejected(&b, site, s)
	for _, t := range slices.Sorted(slices.Values(s.Trouble)) {
		fmt.Fprintf(&b, "* %s\n", wikitext.Escape(t))
	}
	if s.Recovered != nil && s.Rejected == nil {
		fmt.Fprintf(&b, "\n%s\n", s.Recovered)
	}
	if len(s.Warnings) > 0 {
		b.WriteString("\nOdd, but allowed in the rules in force:\n")
		for _, w := range s.Warnings {
			fmt.Fprintf(&b, "* %s\n", wikitext.Escape(w))
		}
	}
	reportOverwritten(&b, site, s)
	if len(s.Gaps) > 0 {
		fmt.Fprintf(&b, "\nThe event stream has left something out, which was looked up in the recent changes: %s.\n", gapTimes(s.Gaps))
	}
	if s.Preview != nil {
		b.WriteString("\n== Preview ==\nWith <code>\"enabled\": true</code> the bot would now make these edits:\n" + s.Preview.String())
	}
	if s.Change != nil {
		b.WriteString("\n== Preview of the change ==\nWith what the group <code>preview</code> of the rules holds, these edits would follow now:\n" + s.Change.String())
	}
	fmt.Fprintf(&b, "\nTo stop the bot, write anything on [[%s]].", site.StopPage)
	return Page{
		Title:     site.ReportPage,
		Region:    reportRegion,
		Scope:     Reports,
		Summary:   s.summary(),
		Minor:     true,
		Changes:   []Change{Report{Body: b.String()}},
		MayCreate: true,
	}
}

// summary is the report in a few words.
func (s Standing) summary() string {
	switch {
	case s.Rejected != nil && s.Rejected.Revision == 0:
		return "the config page is gone"
	case s.Rejected != nil:
		return fmt.Sprintf("revision %d of the config page is not in force", s.Rejected.Revision)
	case len(s.Stops) > 0:
		return "stopped by the stop page"
	case len(s.Trouble) > 0:
		return count(len(s.Trouble), "problem")
	}
	return "no problems"
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
