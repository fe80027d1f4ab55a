// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is known of the accounts that claims name.

package registry

import "time"

// Account is what a wiki shows of an account that a claim names. It holds no
// more than anybody can see there.
type Account struct {
	// Name is as the claims have it, as MediaWiki writes names of accounts.
	Name string `json:"name"`
	// RenamedTo is the name that it has now, "" if it still has this one. What
	// follows is about the account under that name.
	RenamedTo string `json:"renamed_to,omitempty"`
	// Missing says that there is no such account.
	Missing bool `json:"missing,omitempty"`
	// Blocked says that it is blocked from all of the served wiki, for as long
	// as BlockedUntil says; zero is for ever.
	Blocked      bool      `json:"blocked,omitempty"`
	BlockedUntil time.Time `json:"blocked_until,omitzero"`
	// Locked says that it cannot log in on any wiki.
	Locked bool `json:"locked,omitempty"`
	Bot    bool `json:"bot,omitempty"`
	// LastEdit and LastAction are its newest edit and log entry on the served
	// wiki, LastGlobal the newest edit on any wiki, as far as those were asked;
	// zero where there is none.
	LastEdit   time.Time `json:"last_edit,omitzero"`
	LastAction time.Time `json:"last_action,omitzero"`
	LastGlobal time.Time `json:"last_global,omitzero"`
	// Read is when all this was read.
	Read time.Time `json:"read"`
}
