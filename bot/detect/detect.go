// SPDX-License-Identifier: GPL-3.0-or-later

// Package detect answers one question: what does this change mean? It is pure:
// it takes the texts before and after an edit, or an event, and returns
// findings with the name of the rule that made them. Names are returned as they
// were written; the registry turns them into items.
package detect

import (
	"time"
)

// Kind is a kind of item, a thing that can have a steward.
type Kind string

// The kinds of item.
const (
	Extension  Kind = "extension"
	Skin       Kind = "skin"
	Gadget     Kind = "gadget"
	UserScript Kind = "userscript"
	Tool       Kind = "tool"
)

// Kinds lists every kind in the order in which people read them.
var Kinds = []Kind{Extension, Skin, Gadget, UserScript, Tool}

// Change is one edit of one page, with its text before and after.
type Change struct {
	// Wiki is the database name of the wiki that the page is on.
	Wiki      string
	Title     string
	Namespace int
	Revision  int64
	User      string
	Time      time.Time
	// Before is "" for a new page.
	Before, After string
	// Comment is the edit summary as written, Tags are the edit's change tags.
	Comment string
	Tags    []string
	// Earlier are the SHA-1 sums of earlier revisions of the page, in
	// hexadecimal, as far as they are known.
	Earlier []string
}

// Mention is one item named in text that one edit added, in one section.
type Mention struct {
	Kind Kind
	// Name is the item's name as written, normalised only by the rules of
	// links: spaces, first letter, percent-encoding.
	Name string
	// Wiki is the database name of the wiki the item lives on, for gadgets and
	// user scripts; "" for kinds that belong to no wiki.
	Wiki string
	// Rule is the name of the rule that found it, such as "interwiki-link".
	Rule string
	// Section is the heading above the mention as plain text, "" at the top.
	Section string
	// Start and End are byte offsets in the text after the edit.
	Start, End int
	// Alias is the known name that matched, as the lexicon has it; "" where the
	// text says all.
	Alias string
	// Snippet is the line around the mention, as written, at most 200 bytes.
	Snippet string
	// Author signed the comment that the mention stands in, "" if nobody did:
	// then it is whoever made the edit.
	Author string
	// Aux are the tasks and changes that the edit names in the same section,
	// such as "T123" and "gerrit:456", in the order of the text, at most 20.
	// They are no mentions.
	Aux []string
}

// Action says what happened to an item's own page.
type Action string

// The actions on an item's own page.
const (
	Created  Action = "created"
	Edited   Action = "edited"
	Moved    Action = "moved"
	Deleted  Action = "deleted"
	Restored Action = "restored"
)

// Touch is a change of an item's own page: a gadget's file, a user script.
type Touch struct {
	Kind   Kind
	Name   string
	Wiki   string
	Page   string
	Action Action
	// OldName is the name before a move, else "".
	OldName  string
	Revision int64
	User     string
	Time     time.Time
}
