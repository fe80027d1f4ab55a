// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader of MediaWiki:Gadgets-definition. The grammar is
// that of MediaWikiGadgetsDefinitionRepo.php in the Gadgets extension, in which
// white space and letters are those of ASCII. Which pages are scripts, styles
// and data differs between versions of the extension: MediaWiki 1.39 looks for
// ".js" and ".css" anywhere in a name, later ones at its end, as here.

package survey

import (
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Gadget is one line of MediaWiki:Gadgets-definition.
type Gadget struct {
	// ID is the gadget's name with underscores for spaces.
	ID string
	// Section is the name of the section that it is in, "" above the first.
	// What people see is the message MediaWiki:Gadget-section-SECTION.
	Section string
	// Options as they are written, in order; those that MediaWiki does not know
	// are kept.
	Options []Option
	// Pages are the full titles of its files as they are written,
	// "MediaWiki:Gadget-…", without white space at their ends; one file can
	// belong to several gadgets.
	Pages []string
	// Default says that it is on for everybody; Hidden that it is not in the
	// preferences.
	Default, Hidden bool
	// Legacy says that its scripts are loaded in the old way, without
	// ResourceLoader.
	Legacy bool
	// Package says that its scripts are loaded as one package.
	Package bool
	// SupportsURLLoad says that ?withgadget= may load it.
	SupportsURLLoad bool
	// Type is how it is loaded: "styles" or "general".
	Type string
}

// Option is one option of a gadget: a flag without values, or a key with some.
type Option struct {
	Key    string
	Values []string
}

// Values returns the values of an option, as MediaWiki takes them: from the last
// place where it stands. ok is false where it stands nowhere.
func (g Gadget) Values(key string) (values []string, ok bool) {
	for _, o := range slices.Backward(g.Options) {
		if o.Key == key {
			return o.Values, true
		}
	}
	return nil, false
}

// gadgetSpace is white space as PHP's regular expressions have it; Go's \s is
// without the vertical tab.
const gadgetSpace = "\t\n\v\f\r "

// phpTrimmed is what PHP's trim takes off; it leaves form feeds.
const phpTrimmed = " \t\n\r\x00\v"

// maxModuleName is the longest name of a ResourceLoader module, in bytes. A
// gadget's is "ext.gadget." and its ID.
const maxModuleName = 255

// ParseGadgetsDefinition reads the text of MediaWiki:Gadgets-definition, by the
// grammar of detect.ParseDefinitions, and fills in what follows from each line.
func ParseGadgetsDefinition(text string) []Gadget {
	var gadgets []Gadget
	for _, d := range detect.ParseDefinitions(text) {
		g := Gadget{ID: d.ID, Section: d.Section, Pages: d.Pages}
		for _, o := range d.Options {
			g.Options = append(g.Options, Option(o))
		}
		g.derive()
		gadgets = append(gadgets, g)
	}
	return gadgets
}

// validGadgetID reports whether ResourceLoader takes the gadget's module.
func validGadgetID(id string) bool {
	return id != "" && len("ext.gadget.")+len(id) <= maxModuleName && !strings.ContainsAny(id, "!,|")
}

// derive fills in what follows from the options and pages.
func (g *Gadget) derive() {
	has := func(key string) bool { _, ok := g.Values(key); return ok }
	hasPage := func(suffix string) bool {
		return slices.ContainsFunc(g.Pages, func(page string) bool { return strings.HasSuffix(page, suffix) })
	}
	g.Default, g.Hidden, g.Legacy = has("default"), has("hidden"), !has("ResourceLoader")
	g.Package = has("package") && !g.Legacy && hasPage(".js")
	if values, ok := g.Values("supportsUrlLoad"); ok {
		g.SupportsURLLoad = len(values) == 0 || values[0] != "false"
	}
	dependencies, _ := g.Values("dependencies")
	kind, _ := g.Values("type")
	switch {
	case len(kind) > 0 && (kind[0] == "styles" || kind[0] == "general"):
		g.Type = kind[0]
	case hasPage(".css") && !hasPage(".js") && len(dependencies) == 0:
		g.Type = "styles"
	default:
		g.Type = "general"
	}
}
