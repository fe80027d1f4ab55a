// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what sources say of an item itself, besides who looks after
// it.

package registry

import "encoding/json"

// Details is what a source says of an item itself. All of it is text from
// elsewhere: escape it before it enters wikitext.
type Details struct {
	// Title and Description are those of a catalogue, as plain text.
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Keywords    []string `json:"keywords,omitempty"`
	// Type is the catalogue's word for what it is, such as "web app" or "bot".
	Type string `json:"type,omitempty"`
	// Status is the word of its infobox, in lower case, such as "stable" or
	// "unmaintained".
	Status string `json:"status,omitempty"`
	// Version is what it says of itself where it runs.
	Version string `json:"version,omitempty"`
	Licence string `json:"licence,omitempty"`
	// Docs is the address of its documentation for users.
	Docs string `json:"docs,omitempty"`
	// Repository is the address of its code.
	Repository string `json:"repository,omitempty"`
	// Authors are who is said to have written it: a hint for people, never a
	// claim. No e-mail addresses.
	Authors []string `json:"authors,omitempty"`
	// LastEditor is the account that made the newest change to it, bots aside:
	// whoever last worked on it, which makes nobody answer for it.
	LastEditor   string `json:"last_editor,omitempty"`
	Experimental bool   `json:"experimental,omitempty"`
	Deprecated   bool   `json:"deprecated,omitempty"`
	// ReplacedBy is what took its place, as the source has it: an address or a
	// name.
	ReplacedBy string `json:"replaced_by,omitempty"`
}

// detailsText writes details for the store, "" where there are none.
func detailsText(d Details) (string, error) {
	text, err := json.Marshal(d)
	if err != nil || string(text) == "{}" {
		return "", err
	}
	return string(text), nil
}

// canonical is d as the store would give it back.
func (d Details) canonical() Details {
	for _, s := range []*string{&d.Title, &d.Type, &d.Status, &d.Version, &d.Licence} {
		*s = clip(*s, maxTitle)
	}
	for _, s := range []*string{&d.Docs, &d.Repository, &d.ReplacedBy} {
		*s = clip(*s, maxAddress)
	}
	d.Description = clip(d.Description, maxProse)
	d.Keywords, d.Authors = clipAll(d.Keywords, maxTitle), clipAll(d.Authors, maxTitle)
	return d
}
