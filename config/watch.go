// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is watched: how it is asked, and the checks that a schema
// cannot tell in plain words.

package config

import (
	"slices"
	"strings"
)

// Covers reports whether an edit of a page by a user is looked at for mentions.
func (w Watch) Covers(namespace int, title, user string) bool {
	if w.Namespaces == nil {
		if namespace != 4 && (namespace <= 0 || namespace%2 == 0) {
			return false
		}
	} else if !slices.Contains(w.Namespaces, namespace) {
		return false
	}
	title = normalTitle(title)
	for _, ignored := range w.IgnorePages {
		if page, subpages := strings.CutSuffix(ignored, "/*"); subpages {
			if strings.HasPrefix(title, normalTitle(page)+"/") {
				return false
			}
		} else if title == normalTitle(ignored) {
			return false
		}
	}
	return !slices.ContainsFunc(w.IgnoreUsers, func(ignored string) bool {
		return normalTitle(ignored) == normalTitle(user)
	})
}

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
