// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the grammar of MediaWiki:Gadgets-definition, which is that of
// MediaWikiGadgetsDefinitionRepo.php in the Gadgets extension: white space and
// letters are those of ASCII.

package detect

import (
	"regexp"
	"strings"
)

// Definition is one line of MediaWiki:Gadgets-definition.
type Definition struct {
	// ID is the gadget's name with underscores for spaces.
	ID string
	// Section is the name of the section that it is in, "" above the first.
	Section string
	// Options as they are written, in order, known or not.
	Options []DefinitionOption
	// Pages are the full titles of its files as they are written,
	// "MediaWiki:Gadget-…"; one file can belong to several gadgets.
	Pages []string
}

// DefinitionOption is one option of a gadget: a flag without values, or a key
// with some.
type DefinitionOption struct {
	Key    string
	Values []string
}

// definitionSpace is white space as PHP's regular expressions have it; Go's \s is
// without the vertical tab.
const definitionSpace = "\t\n\v\f\r "

// phpTrimmed is what PHP's trim takes off; it leaves form feeds.
const phpTrimmed = " \t\n\r\x00\v"

var (
	definitionComments = regexp.MustCompile(`(?s)<!--.*?-->`)
	definitionPipes    = regexp.MustCompile(`[\t\n\v\f\r ]*\|[\t\n\v\f\r ]*`)
	definitionLine     = regexp.MustCompile(`^\*+ *([A-Za-z](?:[-:.0-9A-Za-z_ ]*[0-9A-Za-z])?)([\t\n\v\f\r ]*\[.*?\])?[\t\n\v\f\r ]*((?:\|[^|]*)+)$`)
)

// maxModuleName is the longest name of a ResourceLoader module, in bytes.
const maxModuleName = 255

// ParseDefinitions reads the text of MediaWiki:Gadgets-definition. Lines that are
// neither a section nor a gadget are prose and are passed over, as MediaWiki
// does; of two lines with one name the later counts, at the place of the first.
func ParseDefinitions(text string) []Definition {
	var (
		all     []Definition
		section string
		places  = map[string]int{}
	)
	for line := range strings.FieldsFuncSeq(definitionComments.ReplaceAllString(text, ""), func(c rune) bool { return c == '\n' || c == '\r' }) {
		if name, ok := definitionSection(line); ok {
			section = name
			continue
		}
		d, ok := parseDefinition(line)
		if !ok {
			continue
		}
		d.Section = section
		if place, known := places[d.ID]; known {
			all[place] = d
			continue
		}
		places[d.ID] = len(all)
		all = append(all, d)
	}
	return all
}

// definitionSection returns the section that a line begins. It does by hand what
// PHP does with /^==+ *([^*:\s|]+?)\s*(?<!=)==+\s*$/, as Go's expressions cannot
// look behind: the closing run of "=" is a whole run.
func definitionSection(line string) (name string, ok bool) {
	line = strings.TrimRight(line, definitionSpace)
	body := strings.TrimRight(line, "=")
	if len(line)-len(body) < 2 {
		return "", false
	}
	body = strings.TrimRight(body, definitionSpace)
	name = strings.TrimLeft(body, "=")
	opening := len(body) - len(name)
	if name == "" && opening > 2 {
		return "=", true // the opening run gives its last "=" to the name
	}
	name = strings.TrimLeft(name, " ")
	if opening < 2 || name == "" || strings.ContainsAny(name, "*:|"+definitionSpace) {
		return "", false
	}
	return name, true
}

// parseDefinition reads a line as a gadget.
func parseDefinition(line string) (Definition, bool) {
	m := definitionLine.FindStringSubmatch(line)
	if m == nil {
		return Definition{}, false
	}
	d := Definition{ID: strings.ReplaceAll(m[1], " ", "_")}
	if len(modulePrefix)+len(d.ID) > maxModuleName {
		return Definition{}, false
	}
	for _, option := range definitionPipes.Split(strings.Trim(m[2], " []"), -1) {
		if option == "" {
			continue
		}
		o := DefinitionOption{Key: option}
		if key, list, ok := strings.Cut(option, "="); ok {
			o.Key, list = strings.TrimRight(key, definitionSpace), strings.TrimLeft(list, definitionSpace)
			for value := range strings.SplitSeq(list, ",") {
				o.Values = append(o.Values, strings.Trim(value, phpTrimmed))
			}
		}
		d.Options = append(d.Options, o)
	}
	for _, page := range definitionPipes.Split(m[3], -1) {
		if page = strings.Trim(page, phpTrimmed); page != "" {
			d.Pages = append(d.Pages, "MediaWiki:"+gadgetPrefix+page)
		}
	}
	return d, true
}
