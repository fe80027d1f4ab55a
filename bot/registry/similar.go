// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds likeness: which tools, gadgets and user scripts seem to do
// something similar. It says nothing of which of them is the better one.

package registry

// Likeness says that an item is similar to another one.
type Likeness struct {
	// Item is the other one.
	Item Key `json:"item"`
	// Score is how much their texts have in common, from 0 to 1. It is 1 only
	// where a source says that Item took the place of a deprecated one.
	Score float64 `json:"score"`
	// Shared are the words that count most of those that both have, as one of
	// the texts writes them. They are text from elsewhere.
	Shared []string `json:"shared,omitempty"`
}
