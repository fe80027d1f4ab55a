// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds measures: how much an item matters on a wiki, in numbers.

package registry

import "time"

// Metric is what a measure counts.
type Metric string

// The metrics. Users and ActiveUsers are accounts that have turned a gadget on;
// of one that is on by default they count nobody who did not ask for it.
// Importers and ActiveImporters are accounts that load a user script. Links are
// pages on the wiki that link to the item's address or page.
const (
	Users           Metric = "users"
	ActiveUsers     Metric = "active_users"
	Importers       Metric = "importers"
	ActiveImporters Metric = "active_importers"
	Links           Metric = "links"
)

// Measure is one number about an item on one wiki.
type Measure struct {
	Item   Key    `json:"item"`
	Metric Metric `json:"metric"`
	Value  int64  `json:"value"`
	// AtLeast says that counting stopped at Value.
	AtLeast bool   `json:"at_least,omitempty"`
	Source  string `json:"source"`
	// AsOf is when the number was true: for a list that the wiki caches, the
	// time of that.
	AsOf time.Time `json:"as_of"`
}
