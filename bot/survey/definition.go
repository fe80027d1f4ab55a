// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader of MediaWiki:Gadgets-definition.

package survey

// Gadget is one line of MediaWiki:Gadgets-definition.
type Gadget struct {
	// ID is the gadget's name with underscores for spaces.
	ID string
	// Section is the section it is listed in, "" above the first.
	Section string
	// Options as they are written, in order; keys that MediaWiki does not know
	// are kept.
	Options []Option
	// Pages are the full titles of its files, "MediaWiki:Gadget-…".
	Pages []string
	// Default says that it is on for everybody; Hidden that it is not in the
	// preferences.
	Default, Hidden bool
	// ResourceLoader says that it has the option without which nothing but
	// legacy scripts are loaded; Legacy is its opposite.
	ResourceLoader, Legacy bool
	// Package says that its scripts are loaded as one package.
	Package bool
	// SupportsURLLoad says that ?withgadget= may load it.
	SupportsURLLoad bool
	// Type is how it is loaded: "styles" or "general".
	Type string
}

// Option is one option of a gadget: a flag, or a key with values.
type Option struct {
	Key    string
	Values []string
}

// ParseGadgetsDefinition reads the text of MediaWiki:Gadgets-definition. Lines
// that are neither a section nor a gadget are prose and are passed over, as
// MediaWiki does; of two lines with one name the later counts.
func ParseGadgetsDefinition(text string) []Gadget { return nil }
