// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds changes of the items' own pages: the files and definitions of
// gadgets, user scripts, and the pages of tools on Wikitech.

package detect

import (
	"cmp"
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
// text. A gadget is named by the stem of its file or the id of its definition in
// JSON, a user script by its page with the namespace in English, a tool by the
// name that goes with the title of its page. What an edit of
// MediaWiki:Gadgets-definition does takes its texts: DefinitionTouches. A page that is moved to where it is no item's
// any more counts as deleted.
func Touches(e events.Event) []Touch {
	action, ok := actions[e.Kind]
	if !ok {
		return nil
	}
	t := Touch{Wiki: e.Wiki, Page: e.Title, Action: action, Revision: e.Revision, User: e.User, Time: e.Time}
	t.Kind, t.Name = touched(e.Wiki, e.Namespace, e.Title)
	if e.Kind != events.Move {
		if t.Name == "" {
			return nil
		}
		return []Touch{t}
	}
	oldKind, oldName := touched(e.Wiki, oldNamespace(e), e.OldTitle)
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
func touched(wiki string, number int, title string) (Kind, string) {
	_, rest, _ := strings.Cut(title, ":")
	rest = wikitext.NormalizeTitle(rest)
	switch {
	case number == mediawikiNamespace:
		return Gadget, cmp.Or(gadgetFile(rest), gadgetDefinition(rest))
	case wiki == wikitech && number == toolNamespace && !strings.Contains(rest, "/"):
		if name := toolOfTitle(rest); isToolName(name) {
			return Tool, name
		}
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
	case was == "Tool" && e.Wiki == wikitech:
		return toolNamespace
	}
	return -1
}

// IsDefinitions reports whether a page is the one that defines a wiki's gadgets:
// edits of it take DefinitionTouches.
func IsDefinitions(namespace int, title string) bool {
	return namespace == mediawikiNamespace && isDefinitions(title)
}

// isDefinitions reports whether a title of the MediaWiki namespace, by whatever
// name, is that of the page that defines gadgets.
func isDefinitions(title string) bool {
	_, rest, _ := strings.Cut(title, ":")
	return wikitext.NormalizeTitle(rest) == "Gadgets-definition"
}
