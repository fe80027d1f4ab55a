// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what tests see of the package.

package plan

// MessagePages plans the messages of a decision.
func MessagePages(in Input, d Decision) []Page { return d.messagePages(in) }

// HasLetters reports whether messages are due.
func (d Decision) HasLetters() bool { return len(d.letters) > 0 }
