// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the detector of one wiki and what it is told about it.

package detect

import (
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Options say what a Detector knows. All of them may be empty.
type Options struct {
	// Wiki is the database name of the wiki that the texts are from; with "" each
	// change says it, which is slower.
	Wiki string
	// Site reads the wiki's text and titles. Where it is nil, the wiki is taken
	// for one of Wikimedia's, with the names of namespaces and the timestamps of
	// its language.
	Site *wikitext.Site
	// Lexicon has the names of known items. Without it nothing is found that
	// takes knowing what exists: plain names, projects of Phabricator, pages
	// that explain a gadget or a script.
	Lexicon *Lexicon
	// Templates name items on this wiki, besides those of mediawiki.org that
	// are built in.
	Templates []NamingTemplate
	// Ignore are mentions that do not count.
	Ignore []Ignored
	// IsBot tells users whose edits do not count; nil stands for nobody.
	IsBot func(user string) bool
}

// NamingTemplate is a template whose argument names an item, or that marks the
// page it is on as that of an item.
type NamingTemplate struct {
	// Template is its name without the namespace.
	Template string
	Kind     Kind
	// Argument is the name or number of the argument with the item's name; ""
	// stands for the first.
	Argument string
	// Page says that the page with the template is the item's own: its infobox.
	// Then a missing argument means the name of the page.
	Page bool
}

// Ignored are the mentions of an item, on a page, in a line with a phrase, or
// all three; what is "" does not matter, and one is not.
type Ignored struct {
	// Item is an item's key, such as "extension:Math", or a name as people write
	// it.
	Item string
	// Page is a title; one that ends in "/*" stands for every subpage.
	Page string
	// Phrase is plain text; case does not count.
	Phrase string
}

// Detector finds mentions in the edits of one wiki. It does not change, and
// serves several goroutines at once.
type Detector struct {
	o      Options
	site   *wikitext.Site
	naming templateIndex
}

// New makes a detector.
func New(o Options) *Detector {
	d := &Detector{o: o, site: o.Site, naming: newTemplateIndex(o.Wiki, o.Templates)}
	if d.site == nil {
		d.site = siteOf(o.Wiki)
	}
	return d
}

// on returns the detector for a change's wiki, where nobody said it before.
func (d *Detector) on(c Change) *Detector {
	if d.o.Wiki != "" || c.Wiki == "" {
		return d
	}
	other := *d
	other.o.Wiki, other.naming = c.Wiki, newTemplateIndex(c.Wiki, d.o.Templates)
	if d.o.Site == nil {
		other.site = siteOf(c.Wiki)
	}
	return &other
}
