// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the report page says of a source.

package plan

import (
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// SourceTrouble is how a source is doing, for what is wrong with it.
type SourceTrouble struct {
	registry.SurveyState
	// Answer says in English how much the answer names that is held, "" if that is
	// not known.
	Answer string
}

// tell says in wikitext what is wrong, a line each; nothing if all is well.
func (t SourceTrouble) tell(w *messages.Set) []string {
	stays := w.Text("report-source-unread")
	if !t.Read.IsZero() {
		stays = w.Text("report-source-stale", momentIn(w, t.Read))
	}
	var out []string
	if !t.Failed.IsZero() {
		out = append(out, w.Text("report-source-failed", sourceIn(w, t.Source), momentIn(w, t.Failed), inEnglish(w, t.Reason), stays))
	}
	if !t.Held.IsZero() {
		answer := inEnglish(w, t.Answer)
		if answer == "" {
			answer = w.Text("report-source-items", numeral(t.HeldItems))
		}
		out = append(out, w.Text("report-source-held", sourceIn(w, t.Source), momentIn(w, t.Held), answer, stays))
	}
	return out
}
