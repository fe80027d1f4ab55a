// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what an edit of MediaWiki:Gadgets-definition does to gadgets.

package detect

import (
	"slices"
)

// DefinitionChange is what an edit of MediaWiki:Gadgets-definition does to one
// gadget.
type DefinitionChange struct {
	ID string
	// Action is Created, Edited or Deleted.
	Action Action
	// Before and After are its lines; the first is zero for a new gadget, the
	// second for one that is gone.
	Before, After Definition
	// Options, Pages and Section say what of them differs in an edited line. The
	// order of options does not count, that of pages does: it is the one in
	// which they are loaded.
	Options, Pages, Section bool
}

// DefinitionChanges compares two texts of MediaWiki:Gadgets-definition: first the
// gadgets of the new one in their order, then those that are gone. A gadget that
// only stands elsewhere in its section has not changed.
func DefinitionChanges(before, after string) []DefinitionChange {
	was := map[string]Definition{}
	old := ParseDefinitions(before)
	for _, d := range old {
		was[d.ID] = d
	}
	var changes []DefinitionChange
	is := map[string]bool{}
	for _, d := range ParseDefinitions(after) {
		is[d.ID] = true
		b, ok := was[d.ID]
		if !ok {
			changes = append(changes, DefinitionChange{ID: d.ID, Action: Created, After: d})
			continue
		}
		c := DefinitionChange{
			ID: d.ID, Action: Edited, Before: b, After: d,
			Options: !sameOptions(b.Options, d.Options), Pages: !slices.Equal(b.Pages, d.Pages), Section: b.Section != d.Section,
		}
		if c.Options || c.Pages || c.Section {
			changes = append(changes, c)
		}
	}
	for _, d := range old {
		if !is[d.ID] {
			changes = append(changes, DefinitionChange{ID: d.ID, Action: Deleted, Before: d})
		}
	}
	return changes
}

// DefinitionTouches returns the gadgets that an edit of a wiki's definition page
// adds, changes or takes away. A change of another page touches none.
func DefinitionTouches(c Change) []Touch {
	if !IsDefinitions(c.Namespace, c.Title) {
		return nil
	}
	var touches []Touch
	for _, d := range DefinitionChanges(c.Before, c.After) {
		touches = append(touches, Touch{
			Kind: Gadget, Name: d.ID, Wiki: c.Wiki, Page: c.Title, Action: d.Action, Revision: c.Revision, User: c.User, Time: c.Time,
		})
	}
	return touches
}

// sameOptions reports whether two lists of options mean the same: of several with
// one key the last counts.
func sameOptions(a, b []DefinitionOption) bool {
	last := func(options []DefinitionOption) map[string][]string {
		m := map[string][]string{}
		for _, o := range options {
			m[o.Key] = o.Values
		}
		return m
	}
	x, y := last(a), last(b)
	if len(x) != len(y) {
		return false
	}
	for key, values := range x {
		if other, ok := y[key]; !ok || !slices.Equal(values, other) {
			return false
		}
	}
	return true
}
