// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what an item is and how it is named.

package registry

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Key names an item for ever: "extension:GuidedTour", "skin:Vector",
// "gadget:commonswiki:Cat-a-lot", "userscript:enwiki:User:A/b.js",
// "tool:NAME" for a Toolforge tool, "tool:toolhub:NAME" and "tool:wmcloud:NAME".
type Key string

// NewKey makes the key of the item that a kind, a wiki and a raw name give. The
// wiki counts only for gadgets and user scripts. Spellings that can only mean
// the same page or host give the same key: spaces and underscores, the Toolhub
// record of a Toolforge tool, the case of a host name. Other spellings are
// aliases, which View resolves.
func NewKey(kind detect.Kind, wiki, name string) Key {
	words := strings.FieldsFunc(name, func(c rune) bool { return c == '_' || c == ' ' || c == '\t' || c == '\n' || c == '\r' })
	switch kind {
	case detect.Gadget:
		return Key(string(kind) + ":" + wiki + ":" + strings.Join(words, "_"))
	case detect.UserScript:
		return Key(string(kind) + ":" + wiki + ":" + strings.Join(words, " "))
	case detect.Tool:
		name = strings.TrimSpace(name)
		name = strings.TrimPrefix(name, "toolhub:toolforge-")
		if !strings.HasPrefix(name, "toolhub:") {
			name = strings.ToLower(name)
		}
		return Key(string(kind) + ":" + name)
	default:
		return Key(string(kind) + ":" + strings.Join(words, " "))
	}
}

// Kind takes the kind of item from the key.
func (k Key) Kind() detect.Kind {
	kind, _, _ := k.parts()
	return kind
}

// Wiki takes the database name of the wiki from the key. It is "" for kinds
// that belong to no wiki.
func (k Key) Wiki() string {
	_, wiki, _ := k.parts()
	return wiki
}

// Name takes the name from the key, as NewKey stored it.
func (k Key) Name() string {
	_, _, name := k.parts()
	return name
}

// valid reports whether the key is text with a known kind, a name, and a wiki
// where its kind has one.
func (k Key) valid() bool {
	kind, wiki, name := k.parts()
	return utf8.ValidString(string(k)) && slices.Contains(detect.Kinds, kind) && name != "" && (wiki != "" || !onWiki(kind))
}

func (k Key) parts() (kind detect.Kind, wiki, name string) {
	head, name, _ := strings.Cut(string(k), ":")
	kind = detect.Kind(head)
	if onWiki(kind) {
		wiki, name, _ = strings.Cut(name, ":")
	}
	return kind, wiki, name
}

// onWiki reports whether items of a kind belong to one wiki.
func onWiki(kind detect.Kind) bool { return kind == detect.Gadget || kind == detect.UserScript }

// Item is one thing that can have a steward, as one wiki sees it.
type Item struct {
	Key Key `json:"key"`
	// Name is how people write it.
	Name string `json:"name"`
	// Page is the full title of the page that a link to the item should lead
	// to, with an interwiki prefix if it is elsewhere; "" if there is none.
	Page string `json:"page,omitempty"`
	// URL is used where there is no Page.
	URL string `json:"url,omitempty"`
	// Section is the heading that its source lists it under, such as the
	// section of a gadget definition.
	Section string `json:"section,omitempty"`
	// Deployed says that the wiki runs it (siteinfo, Gadgets-definition).
	Deployed bool `json:"deployed,omitempty"`
	// Listed says that an ownership source lists it.
	Listed bool `json:"listed,omitempty"`
	// Default says that a gadget is on for everybody.
	Default bool `json:"default,omitempty"`
	// Mentioned says that the item is known from mentions alone: no source
	// names it, its page was not seen to change, and nothing is claimed about it.
	Mentioned bool `json:"mentioned,omitempty"`
	// Aliases are other spellings that must resolve to this item.
	Aliases []string `json:"aliases,omitempty"`
	// Changed is when the item itself last changed, by which revision; zero
	// where that is not known.
	Changed         time.Time `json:"changed,omitzero"`
	ChangedRevision int64     `json:"changed_revision,omitempty"`
	// Gone is when the last source stopped naming it; zero while one does.
	Gone time.Time `json:"gone,omitzero"`

	Details
}
