// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the verdict: what the claims about an item add up to. It is
// pure, and imports nothing that is not.

package registry

import "time"

// Verdict is what the claims about an item add up to.
type Verdict string

// The verdicts, from most to least looked after.
const (
	Owned          Verdict = "owned"
	IndividualOnly Verdict = "individual-only"
	UnconfirmedOnly Verdict = "unconfirmed"
	Inactive       Verdict = "inactive"
	InDispute Verdict = "disputed"
	Unassigned     Verdict = "unassigned"
	Unknown        Verdict = "unknown"
)

// Opinion is a verdict with its reason in words.
type Opinion struct {
	Verdict Verdict
	Reason  string
}

// Judge gives the verdict on an item from its claims in force.
func Judge(claims []Claim, now time.Time) Opinion
