// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the notes on a wiki tell of pages that are not written,
// beside those that only wait.

package bot

import "strings"

// RefusedPages returns the pages that could not be written and need a person,
// by name, with the reason.
func RefusedPages(notes map[string]string) map[string]string {
	refused := map[string]string{}
	for name, why := range notes {
		page, ok := strings.CutPrefix(name, notePage)
		if ok && notes[noteBack+page] != why { // otherwise it waits for a person's word
			refused[page] = why
		}
	}
	return refused
}

// HaltedNote says why a wiki does not let the account write and since when, ""
// if it does.
func HaltedNote(notes map[string]string) string { return notes[noteHalted] }
