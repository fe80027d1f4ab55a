// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what an item is and how it is named.

package registry

import (
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Key names an item for ever: "extension:GuidedTour", "skin:Vector",
// "gadget:commonswiki:Cat-a-lot", "userscript:enwiki:User:A/b.js",
// "tool:NAME" for a Toolforge tool, "tool:toolhub:NAME" and "tool:wmcloud:NAME".
type Key string

// NewKey makes the key of the item that a kind, a wiki and a raw name give. The
// wiki counts only for gadgets and user scripts.
func NewKey(kind detect.Kind, wiki, name string) Key

// Kind, Wiki and Name take the key apart. Wiki is "" for kinds that belong to no wiki.
func (k Key) Kind() detect.Kind
func (k Key) Wiki() string
func (k Key) Name() string

// Item is one thing that can have a steward, as one wiki sees it.
type Item struct {
	Key Key
	// Name is how people write it.
	Name string
	// Page is the full title of the page that a link to the item should lead
	// to, with an interwiki prefix if it is elsewhere; "" if there is none.
	Page string
	// URL is used where there is no Page.
	URL string
	// Section is the heading that its source lists it under, such as the
	// section of a gadget definition.
	Section string
	// Deployed says that the wiki runs it (siteinfo, Gadgets-definition).
	Deployed bool
	// Listed says that an ownership source lists it.
	Listed bool
	// Default says that a gadget is on for everybody.
	Default bool
	// Aliases are other spellings that must resolve to this item.
	Aliases []string
	// Changed is when the item itself last changed, by which revision; zero
	// where that is not known.
	Changed         time.Time
	ChangedRevision int64
	// Gone is when the last source stopped naming it; zero while one does.
	Gone time.Time
}
