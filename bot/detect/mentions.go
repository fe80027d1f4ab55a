// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the search for mentions in an edit.

package detect

// Mentions returns the items that the text added by an edit names.
func Mentions(c Change) []Mention { return nil }
