// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the checks of what is watched that a schema cannot tell in
// plain words.

package config

import "slices"

// checkWatch finds entries that would say nothing or everything. It looks at
// what could be read, so that it works on a page with other faults.
func checkWatch(p page) []fault {
	var faults []fault
	watch := p.root.member("watch")
	for _, n := range watch.member("ignore").list() {
		if n.isGroup() && !slices.ContainsFunc(n.keys, func(key string) bool { return key != "$comment" }) {
			faults = append(faults, fault{n.at, n.path, `this would leave out every mention; say which with "item", "page" or "phrase"`})
		}
	}
	for _, n := range watch.member("templates").list() {
		if n.member("template") != nil && n.member("argument") == nil && !n.member("page").isTrue() {
			faults = append(faults, fault{n.at, n.path, `"argument" is missing here: the name or number of the argument with the item's name, such as "1"; ` +
				`only where "page" is true it can be left out`})
		}
	}
	return faults
}

// isGroup reports whether a value is a group in { }.
func (n *node) isGroup() bool {
	_, is := n.value.(map[string]any)
	return is
}

// isTrue reports whether a value is true; n may be nil.
func (n *node) isTrue() bool { return n != nil && n.value == true }
