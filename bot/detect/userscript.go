// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how user scripts are named: by their pages.

package detect

import (
	"slices"
	"strings"
)

// personalPages hold a user's own settings, not a script for others.
var personalPages = []string{
	"common.js", "global.js", "vector.js", "vector-2022.js", "monobook.js", "minerva.js",
	"timeless.js", "modern.js", "cologneblue.js", "twinkleoptions.js",
}

// UserScriptTitle reports whether a page title is that of a user script:
// User:X/….js, but not one of the pages that load a user's own settings. The
// namespace must be written in English; titles of events carry its number.
func UserScriptTitle(title string) bool {
	space, rest := namespace(title)
	return space == "user" && userScriptPage(rest)
}

// userScriptPage is UserScriptTitle without the namespace.
func userScriptPage(rest string) bool {
	user, page, ok := strings.Cut(rest, "/")
	return ok && strings.TrimSpace(user) != "" && len(page) > len(".js") && strings.HasSuffix(page, ".js") &&
		!slices.Contains(personalPages, strings.ToLower(page))
}

// userScripts returns the user script that a place is.
func userScripts(to place) []item {
	if !to.onAnyWiki() || !UserScriptTitle(to.title) {
		return nil
	}
	_, rest := namespace(to.title)
	return []item{{kind: UserScript, name: "User:" + rest, wiki: to.wiki}}
}
