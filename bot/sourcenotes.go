// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the bot's notes on its sources, which the status command
// reads from the registry while the bot runs.

package bot

import (
	"strings"
	"time"
)

// The beginnings of the names of notes on sources, for the status command.
const (
	noteProgress = "progress " // how far a reading is, while it takes long
	noteNext     = "next "     // when the next reading is, as RFC 3339
	noteHeld     = "held "     // how much the answer names that is held
)

// SourceNote is what the bot says of a source besides what the registry knows.
type SourceNote struct {
	// Next is when it is read next, zero if that is not known.
	Next time.Time
	// Progress is how far a reading is that takes long, such as "120 of 900", ""
	// if none does.
	Progress string
	// Held says how much the last answer that was held named, and how much the
	// source named before.
	Held string
}

// SourceNotes returns what the notes on a wiki say of a source.
func SourceNotes(notes map[string]string, source string) SourceNote {
	next, err := time.Parse(time.RFC3339, notes[noteNext+source])
	if err != nil {
		next = time.Time{}
	}
	return SourceNote{Next: next, Progress: notes[noteProgress+source], Held: notes[noteHeld+source]}
}

// IsSourceNote reports whether a note, by its name, is about a source.
func IsSourceNote(name string) bool {
	return strings.HasPrefix(name, noteNext) || strings.HasPrefix(name, noteProgress) || strings.HasPrefix(name, noteHeld)
}
