// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the errors that the wiki answers with, and their classes.

package wiki

import (
	"fmt"
	"strings"
	"time"
)

// Class says what an error means for whoever asked.
type Class int

const (
	Unknown   Class = iota // none of the others: report it, do not repeat it
	Transient              // passes by itself; a Client waits it out and gives it back only when the context has ended
	Identity               // the wiki does not know us (any more)
	Conflict               // the page is not what the edit was based on: read and plan again
	Refused                // this page or this text is refused: skip the page, report it
	Halt                   // the account must not write any more on this wiki, and a person has to look
)

// String returns the class's name in lower case.
func (c Class) String() string {
	switch c {
	case Transient:
		return "transient"
	case Identity:
		return "identity"
	case Conflict:
		return "conflict"
	case Refused:
		return "refused"
	case Halt:
		return "halt"
	}
	return "unknown"
}

// Error is a refusal of the wiki, or a failure on the way to it.
type Error struct {
	Code       string // of the Action API, or one of ours: network, too-big, not-json, http-NNN
	Info       string // the wiki's words, for people
	Class      Class
	Action     string        // what was asked: query, edit, login …
	Title      string        // the page that it was about, if any
	RetryAfter time.Duration // how long the wiki asked us to wait, 0 if it did not say

	cause error
}

// Error returns one line with the action, page, code and words.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Action)
	if e.Title != "" {
		fmt.Fprintf(&b, " %q", e.Title)
	}
	fmt.Fprintf(&b, ": %s", e.Code)
	if e.Info != "" {
		fmt.Fprintf(&b, ": %s", e.Info)
	}
	return b.String()
}

// Unwrap returns what ended the waiting, such as context.Canceled, or nil.
func (e *Error) Unwrap() error { return e.cause }
