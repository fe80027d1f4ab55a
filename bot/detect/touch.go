// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds changes of the items' own pages.

package detect

import "gitlab.wikimedia.org/toolforge-repos/codesteward/events"

// Touches returns the items whose own pages the event changed. It needs no
// text.
func Touches(e events.Event) []Touch { return nil }

// UserScriptTitle reports whether a page title is that of a user script.
func UserScriptTitle(title string) bool { return false }
