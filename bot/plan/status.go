// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the status page: how the bot is doing, at one moment.

package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// statusRegion is the id of the status page's region.
const statusRegion = "status"

// Status is what the status page tells besides how the bot stands.
type Status struct {
	Standing
	At time.Time
	// LastEvent is the newest event that was handled, zero if none was yet, and
	// Away says that the events do not come.
	LastEvent time.Time
	Away      bool
	// TrialEdits are the edits made under the rules in force, if they are a trial.
	TrialEdits int
	// KeptBack are edits that wait, by the name of the page, with the reason.
	KeptBack map[string]string
	// Edits are the bot's last edits, the newest first.
	Edits []registry.Edit
}

// Wrong names what is wrong, in English and without times, so that two of them can
// be compared; "" if all is well.
func (s Status) Wrong() string {
	var wrong []string
	for _, stop := range s.Stops {
		wrong = append(wrong, "stopped: "+cmp.Or(stop.Stops, "everything"))
	}
	if s.Rejected != nil {
		wrong = append(wrong, fmt.Sprintf("rules: revision %d is not in force", s.Rejected.Revision))
	}
	if s.TrialOver {
		wrong = append(wrong, "the trial is over")
	}
	if s.Away {
		wrong = append(wrong, "the events do not come")
	}
	if len(s.problems()) > 0 {
		wrong = append(wrong, "problems")
	}
	return strings.Join(wrong, "; ")
}

// StatusPage plans the status page.
func StatusPage(site Site, s Status) Page {
	var b strings.Builder
	w := s.Words
	b.WriteString(w.Text("status-as-of", momentIn(w, s.At)) + "\n")
	line := func(what, text string) {
		fmt.Fprintf(&b, "; %s\n: %s\n", strings.ReplaceAll(w.Text(what), ":", "&#58;"), text)
	}
	line("status-state", s.state(site))
	if s.InForce == nil {
		line("status-rules", w.Text("status-no-rules"))
	} else {
		rules := w.Text("status-rules-by", revisionLink(w, s.InForce.Revision), isolated(w, userLink(s.InForce.User)), momentIn(w, s.InForce.Since))
		line("status-rules", s.withMode(rules))
	}
	event := w.Text("status-no-event")
	if !s.LastEvent.IsZero() {
		event = w.Text("status-event-age", momentIn(w, s.LastEvent), isolated(w, s.At.Sub(s.LastEvent).Round(time.Second).String()))
	}
	if s.Away {
		event = clauses(w, []string{event, w.Text("status-away-now")})
	}
	line("status-event", event)
	if len(s.Gaps) > 0 {
		line("status-gaps", gapTimes(w, s.Gaps))
	}
	if len(s.KeptBack) > 0 {
		var pages []string
		for page, why := range s.KeptBack {
			pages = append(pages, w.Text("status-waits", nameIn(w, page), inEnglish(w, why)))
		}
		slices.Sort(pages)
		line("status-waiting", upTo(w, pages))
	}
	fmt.Fprintf(&b, "\n{| class=\"wikitable\"\n|+ %s\n! scope=\"col\" | %s\n! scope=\"col\" | %s\n", w.Text("status-edits"), w.Text("status-page"), w.Text("status-last-edit"))
	told := map[string]bool{}
	for _, e := range s.Edits {
		if told[e.Title] || e.Title == site.StatusPage || len(told) == effectsShown {
			continue
		}
		told[e.Title] = true
		b.WriteString(wikitext.Row{Cells: []wikitext.Cell{
			{Header: true, Attrs: `scope="row"`, Raw: isolated(w, pageLink(e.Title))},
			{Raw: isolated(w, fmt.Sprintf("[[Special:Diff/%d|%s]]", e.Revision, since(e.Saved)))},
		}}.String() + "\n")
	}
	b.WriteString("|}")
	return Page{
		Title: site.StatusPage, Region: statusRegion, Scope: Reports, Summary: w.Text("status-edit", s.told(w)), Minor: true,
		Changes: []Change{StatusText{Body: speechOn(site, w).within(b.String())}}, MayCreate: true,
	}
}

// told says in words what is wrong, or that all is well, as plain text.
func (s Status) told(w *messages.Set) string {
	var wrong []string
	for _, stop := range s.Stops {
		switch stop.Stops {
		case "":
			wrong = append(wrong, w.Text("status-stopped", w.Text("status-everything")))
		case string(Tables), string(Notices):
			wrong = append(wrong, w.Text("status-stopped", w.Text("status-"+stop.Stops)))
		default:
			wrong = append(wrong, w.Text("status-stopped", stop.Stops))
		}
	}
	if s.Rejected != nil {
		wrong = append(wrong, w.Text("status-rejected", s.Rejected.Revision))
	}
	if s.TrialOver {
		wrong = append(wrong, w.Text("status-trial-over"))
	}
	if s.Away {
		wrong = append(wrong, w.Text("status-away"))
	}
	if len(s.problems()) > 0 {
		wrong = append(wrong, w.Text("status-problems"))
	}
	if len(wrong) == 0 {
		return w.Text("status-well")
	}
	return clauses(w, wrong)
}

// state says in wikitext whether all is well.
func (s Status) state(site Site) string {
	w := s.Words
	if s.Wrong() == "" {
		return w.Text("status-mark-well", s.told(w))
	}
	return w.Text("status-see", wikitext.Escape(s.told(w)), ownPage(w, site.ReportPage))
}

// withMode adds how far the rules let the bot go.
func (s Status) withMode(rules string) string {
	switch {
	case s.Rules == nil:
		return rules
	case !s.Rules.Enabled:
		return clauses(s.Words, []string{rules, s.Words.Text("status-not-enabled")})
	case s.Rules.Trial.Edits > 0:
		return clauses(s.Words, []string{rules, s.Words.Text("status-trial", numeral(s.TrialEdits), numeral(s.Rules.Trial.Edits))})
	}
	return rules
}

// StatusText is the status page as it should be.
type StatusText struct{ Body string }

// Apply writes the status into its region.
func (t StatusText) Apply(text string) (string, error) {
	return edit(text, place{id: statusRegion, appends: true}, func(string) (string, error) { return t.Body, nil })
}
