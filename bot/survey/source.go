// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what a source is: a place that says something about who looks
// after what, and how it is read.

package survey

import (
	"context"
	"errors"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// ErrUnchanged says that a source has not changed since its last reading, so
// that all it said before holds.
var ErrUnchanged = errors.New("the source has not changed")

// Source is one place that says something about who looks after what, or how
// much it matters. It only reads: what it found it returns, and what went wrong
// with it is its own trouble alone.
type Source struct {
	// Name is the same for ever: it names the source in the store.
	Name string
	// Every is how long a reading holds while nothing triggers another one.
	Every time.Duration
	// Triggers reports whether a change of a page, with its full title as the
	// wiki writes it, may have changed what the source says; nil: none does.
	Triggers func(wiki, title string) bool
	// Read reads it all, or goes on from where the last reading stopped.
	Read func(ctx context.Context, in Reading) (registry.Survey, error)
}

// Reading is what one reading of a source is given.
type Reading struct {
	// At is the time of the reading.
	At time.Time
	// Last is how the source was at the last reading, with its Mark and its
	// Checkpoint.
	Last registry.SurveyState
	// Known are the items of the wiki and their claims, of all kinds.
	Known func(ctx context.Context) ([]registry.Entry, error)
	// Accounts are those that claims name, as the last reading of accounts had
	// them, by name.
	Accounts func(ctx context.Context) (map[string]registry.Account, error)
	// Keep stores a Part in between, so that a reading that is cut off goes on
	// from its Checkpoint.
	Keep func(ctx context.Context, part registry.Survey) error
	// Progress tells how far the reading is, of how much, in requests or items;
	// whole is 0 where nobody knows yet.
	Progress func(done, whole int)
}
