// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the bot's notes on how it stands on a wiki, which outlive it
// and which the status command reads.

package bot

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
)

// The names of notes, or their beginnings.
const (
	noteRejected  = "rejected"   // a plan.Rejected
	noteRecovered = "recovered"  // a plan.Recovery
	noteStop      = "stop"       // a list of plan.Stop
	noteMode      = "mode"       // how far the rules let the bot go, if not all the way
	noteHalted    = "halted"     // why the wiki does not let the account write, and since when
	noteRefused   = "refused"    // why the wiki does not let the bot in, and since when
	noteStatus    = "status"     // what was wrong as the status page was last written
	noteBack      = "kept back " // why a page was not written, which is no fault of it
	notePage      = "page "      // why a page could not be written
)

// RejectedNote returns the newest revision of a wiki's config page that is not
// in force, as its notes have it; nil if there is none.
func RejectedNote(notes map[string]string) *plan.Rejected {
	return noted[plan.Rejected](notes[noteRejected])
}

// StopNote returns what the stop page stops, as a wiki's notes have it.
func StopNote(notes map[string]string) []plan.Stop {
	if stops := noted[[]plan.Stop](notes[noteStop]); stops != nil {
		return *stops
	}
	return nil
}

// IsOwnNote reports whether a note, by its name, is told by one of the functions
// above, or is nothing to tell.
func IsOwnNote(name string) bool {
	switch name {
	case noteRejected, noteRecovered, noteStop, noteLines, noteStatus, noteRecalled:
		return true
	}
	return IsSourceNote(name) || publish.IsGuardNote(name)
}

// KeptBack returns the pages that wait, by name, with the reason.
func KeptBack(notes map[string]string) map[string]string {
	waiting := map[string]string{}
	for name, why := range notes {
		if page, ok := strings.CutPrefix(name, noteBack); ok {
			waiting[page] = why
		}
	}
	return waiting
}
