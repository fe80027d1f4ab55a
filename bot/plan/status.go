// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the status page: how the bot is doing, at one moment.

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

// Wrong names what is wrong, without times, so that two of them can be compared;
// "" if all is well.
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
	if len(s.Trouble) > 0 {
		wrong = append(wrong, "problems")
	}
	return strings.Join(wrong, "; ")
}

// StatusPage plans the status page.
func StatusPage(site Site, s Status) Page {
	var b strings.Builder
	fmt.Fprintf(&b, "As of %s:\n", since(s.At))
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "; %s\n: %s\n", what, fmt.Sprintf(format, args...))
	}
	line("State", "%s", s.state(site))
	switch {
	case s.InForce == nil:
		line("Rules", "none are in force")
	default:
		line("Rules", "%s by %s, since %s%s", revisionLink(s.InForce.Revision), userLink(s.InForce.User), since(s.InForce.Since), s.mode())
	}
	event := "none yet"
	if !s.LastEvent.IsZero() {
		event = fmt.Sprintf("%s, %s before", since(s.LastEvent), s.At.Sub(s.LastEvent).Round(time.Second))
	}
	if s.Away {
		event += "; the events do not come at the moment"
	}
	line("Last event", "%s", event)
	if len(s.Gaps) > 0 {
		line("Gaps of the event stream, looked up", "%s", gapTimes(s.Gaps))
	}
	if len(s.KeptBack) > 0 {
		var pages []string
		for name, why := range s.KeptBack {
			pages = append(pages, wikitext.Escape(name+": "+why))
		}
		slices.Sort(pages)
		line("Edits that wait", "%s", some(pages))
	}
	b.WriteString("\n{| class=\"wikitable\"\n! scope=\"col\" | Page\n! scope=\"col\" | Last edit\n")
	told := map[string]bool{}
	for _, e := range s.Edits {
		if told[e.Title] || e.Title == site.StatusPage || len(told) == effectsShown {
			continue
		}
		told[e.Title] = true
		fmt.Fprintf(&b, "|-\n| %s\n| [[Special:Diff/%d|%s]]\n", pageLink(e.Title), e.Revision, since(e.Saved))
	}
	b.WriteString("|}")
	return Page{
		Title: site.StatusPage, Region: statusRegion, Scope: Reports, Summary: "status: " + cmp.Or(s.Wrong(), "all is well"), Minor: true,
		Changes: []Change{StatusText{Body: b.String()}}, MayCreate: true,
	}
}

// state says in wikitext whether all is well.
func (s Status) state(site Site) string {
	wrong := s.Wrong()
	if wrong == "" {
		return "✔ all is well"
	}
	return fmt.Sprintf("%s (see [[%s]])", wikitext.Escape(wrong), site.ReportPage)
}

// mode says how far the rules let the bot go.
func (s Status) mode() string {
	switch {
	case s.Rules == nil:
		return ""
	case !s.Rules.Enabled:
		return "; not enabled yet"
	case s.Rules.Trial.Edits > 0:
		return fmt.Sprintf("; %d of %s of the trial made", s.TrialEdits, count(s.Rules.Trial.Edits, "edit"))
	}
	return ""
}

// StatusText is the status page as it should be.
type StatusText struct{ Body string }

// Apply writes the status into its region.
func (t StatusText) Apply(text string) (string, error) {
	return edit(text, place{id: statusRegion, appends: true}, func(string) (string, error) { return t.Body, nil })
}
