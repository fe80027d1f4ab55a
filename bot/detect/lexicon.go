// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the names of the items that are known, as detectors use them.

package detect

// Alias is a name by which people may call an item that the registry knows.
type Alias struct {
	Kind Kind
	// Name is how people may write it.
	Name string
	// Item is the item's own name, which a mention gets; Wiki is the wiki of a
	// gadget or a user script.
	Item, Wiki string
	// Source says what makes it a name of the item, such as "redirect" or
	// "directory", for people who ask why.
	Source string
}

// Lexicon is the names of all items that a wiki knows, made ready for the
// search. It does not change, and serves several goroutines at once. A nil
// Lexicon knows none.
type Lexicon struct {
	aliases []Alias
}

// NewLexicon makes a lexicon. Names that several items have are never found in
// plain text, and those that are ordinary words only beside a word that says
// what they are.
func NewLexicon(aliases []Alias) *Lexicon { return &Lexicon{aliases} }
