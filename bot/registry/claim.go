// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds claims: who is said to answer for an item, and by whom.

package registry

import "time"

// Role is what a claim says somebody is to an item.
type Role string

// The roles of mw:Developers/Maintainers.
const (
	Steward    Role = "steward"
	Maintainer Role = "maintainer"
	Consulted  Role = "consulted"
	Informed   Role = "informed"
)

// HolderKind says what a claim's holder is.
type HolderKind string

// The kinds of holder. Nobody is a source's own word that an item has no
// steward ("Unassigned"); it is not the absence of a claim.
const (
	User   HolderKind = "user"
	Team   HolderKind = "team"
	Nobody HolderKind = "nobody"
)

// Standing says how much a claim is worth.
type Standing string

// The standings of a claim. Confirmed: the person named made the edit. Stated:
// a source says so. Unconfirmed: someone else's edit names a person. Suggested:
// a temporary or unregistered user's edit names a person. Disputed: somebody
// else took out a name that its owner had put in.
const (
	Confirmed   Standing = "confirmed"
	Stated      Standing = "stated"
	Unconfirmed Standing = "unconfirmed"
	Suggested   Standing = "suggested"
	Disputed    Standing = "disputed"
)

// Claim is one statement that somebody answers for an item.
type Claim struct {
	Item       Key
	Role       Role
	Holder     string // name of the user (without namespace) or team, "" for Nobody
	HolderKind HolderKind
	Standing   Standing
	Evidence   Evidence
}

// Evidence says where a claim comes from.
type Evidence struct {
	// Source is the name of the survey source: "maintainers", "cells".
	Source string
	// Wiki is the database name of the wiki that Page is on.
	Wiki     string
	Page     string
	Revision int64
	// User made the edit, as far as the source tells.
	User string
	// Time is when the claim was made, or first seen.
	Time time.Time
	// Read is when the source was last read and still said so.
	Read time.Time
}

// CellChange is what one edit did to the Steward cell of one row.
type CellChange struct {
	Item Key
	// Added and Removed are the names of users and teams that the edit put in
	// and took out.
	Added, Removed []Holder
	Wiki, Page     string
	Revision       int64
	User           string
	// Registered is false for temporary accounts and addresses.
	Registered bool
	Time       time.Time
}

// Holder is a user or a team named in a cell.
type Holder struct {
	Name string
	Kind HolderKind
}
