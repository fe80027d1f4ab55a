// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader of MediaWiki:Gadgets-definition. The grammar is
// that of MediaWikiGadgetsDefinitionRepo.php in the Gadgets extension, in which
// white space and letters are those of ASCII. Which pages are scripts, styles
// and data differs between versions of the extension: MediaWiki 1.39 looks for
// ".js" and ".css" anywhere in a name, later ones at its end, as here.

package survey

import (
	"regexp"
	"slices"
	"strings"
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

var (
	gadgetComments = regexp.MustCompile(`(?s)<!--.*?-->`)
	gadgetLines    = regexp.MustCompile(`[\r\n]+`)
	gadgetPipes    = regexp.MustCompile(`[\t\n\v\f\r ]*\|[\t\n\v\f\r ]*`)
	gadgetLine     = regexp.MustCompile(`^\*+ *([A-Za-z](?:[-:.0-9A-Za-z_ ]*[0-9A-Za-z])?)([\t\n\v\f\r ]*\[.*?\])?[\t\n\v\f\r ]*((?:\|[^|]*)+)$`)
)

// maxModuleName is the longest name of a ResourceLoader module, in bytes. A
// gadget's is "ext.gadget." and its ID.
const maxModuleName = 255

// ParseGadgetsDefinition reads the text of MediaWiki:Gadgets-definition. Lines
// that are neither a section nor a gadget are prose and are passed over, as
// MediaWiki does; of two lines with one name the later counts, at the place of
// the first.
func ParseGadgetsDefinition(text string) []Gadget {
	var (
		gadgets []Gadget
		section string
		places  = map[string]int{}
	)
	for _, line := range gadgetLines.Split(gadgetComments.ReplaceAllString(text, ""), -1) {
		if name, ok := gadgetSection(line); ok {
			section = name
			continue
		}
		gadget, ok := parseGadget(line)
		if !ok {
			continue
		}
		gadget.Section = section
		if place, known := places[gadget.ID]; known {
			gadgets[place] = gadget
			continue
		}
		places[gadget.ID] = len(gadgets)
		gadgets = append(gadgets, gadget)
	}
	return gadgets
}

// gadgetSection returns the section that a line begins. It does by hand what PHP
// does with /^==+ *([^*:\s|]+?)\s*(?<!=)==+\s*$/, as Go's expressions cannot
// look behind: the closing run of "=" is a whole run.
func gadgetSection(line string) (name string, ok bool) {
	line = strings.TrimRight(line, gadgetSpace)
	body := strings.TrimRight(line, "=")
	if len(line)-len(body) < 2 {
		return "", false
	}
	body = strings.TrimRight(body, gadgetSpace)
	name = strings.TrimLeft(body, "=")
	opening := len(body) - len(name)
	if name == "" && opening > 2 {
		return "=", true // the opening run gives its last "=" to the name
	}
	name = strings.TrimLeft(name, " ")
	if opening < 2 || name == "" || strings.ContainsAny(name, "*:|"+gadgetSpace) {
		return "", false
	}
	return name, true
}

// parseGadget reads a line as a gadget.
func parseGadget(line string) (Gadget, bool) {
	m := gadgetLine.FindStringSubmatch(line)
	if m == nil {
		return Gadget{}, false
	}
	g := Gadget{ID: strings.ReplaceAll(m[1], " ", "_")}
	if !validGadgetID(g.ID) {
		return Gadget{}, false
	}
	for _, option := range gadgetPipes.Split(strings.Trim(m[2], " []"), -1) {
		if option == "" {
			continue
		}
		o := Option{Key: option}
		if key, list, ok := strings.Cut(option, "="); ok {
			o.Key, list = strings.TrimRight(key, gadgetSpace), strings.TrimLeft(list, gadgetSpace)
			for value := range strings.SplitSeq(list, ",") {
				o.Values = append(o.Values, strings.Trim(value, phpTrimmed))
			}
		}
		g.Options = append(g.Options, o)
	}
	for _, page := range gadgetPipes.Split(m[3], -1) {
		if page = strings.Trim(page, phpTrimmed); page != "" {
			g.Pages = append(g.Pages, gadgetPrefix+page)
		}
	}
	g.derive()
	return g, true
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
