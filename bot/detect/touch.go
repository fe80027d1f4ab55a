// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds changes of the items' own pages: the files of gadgets and
// user scripts.

package detect

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// actions are what the kinds of events do to a page.
var actions = map[events.Kind]Action{
	events.Create: Created, events.Edit: Edited, events.Move: Moved,
	events.Delete: Deleted, events.Undelete: Restored,
}

// Touches returns the items whose own pages the event changed. It needs no
// text. A gadget is named by the stem of its file, a user script by its page
// with the namespace in English. A page that is moved to where it is no item's
// any more counts as deleted.
func Touches(e events.Event) []Touch {
	action, ok := actions[e.Kind]
	if !ok {
		return nil
	}
	t := Touch{Wiki: e.Wiki, Page: e.Title, Action: action, Revision: e.Revision, User: e.User, Time: e.Time}
	t.Kind, t.Name = touched(e.Namespace, e.Title)
	if e.Kind != events.Move {
		if t.Name == "" {
			return nil
		}
		return []Touch{t}
	}
	oldKind, oldName := touched(oldNamespace(e), e.OldTitle)
	switch {
	case t.Name != "" && (oldKind == t.Kind || oldName == ""):
		t.OldName = oldName
		return []Touch{t}
	case oldName == "":
		return nil
	}
	gone := t
	gone.Kind, gone.Name, gone.Page, gone.Action = oldKind, oldName, e.OldTitle, Deleted
	if t.Name == "" {
		return []Touch{gone}
	}
	return []Touch{gone, t}
}

// touched returns the item whose own page a page is; the name is "" if it is
// none.
func touched(number int, title string) (Kind, string) {
	_, rest, _ := strings.Cut(title, ":")
	rest = wikitext.NormalizeTitle(rest)
	switch {
	case number == mediawikiNamespace:
		return Gadget, gadgetFile(rest)
	case number == userNamespace && userScriptPage(rest):
		return UserScript, "User:" + rest
	}
	return "", ""
}

// oldNamespace returns the namespace of the title before a move: the events only
// tell that of the title after it, by number and by name.
func oldNamespace(e events.Event) int {
	was, _, _ := strings.Cut(e.OldTitle, ":")
	is, _, _ := strings.Cut(e.Title, ":")
	switch {
	case was == is:
		return e.Namespace
	case was == "User":
		return userNamespace
	case was == "MediaWiki":
		return mediawikiNamespace
	}
	return -1
}
