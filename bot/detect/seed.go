// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the names that a detector can start with, before any survey:
// those of the extensions and skins on Wikimedia's wikis.

package detect

import (
	_ "embed"
	"strings"
)

// seedNames has lines of names, or "NAME = TITLE | TITLE", behind "@ KIND".
//
//go:embed seed.txt
var seedNames string

// seedSource is the source of the names of the seed.
const seedSource = "seed"

// Seed returns the names of the extensions and skins that Wikimedia's wikis had
// when this was built: names to go on with until a survey has read what there
// is. Spellings with spaces are made by the lexicon.
func Seed() []Alias {
	var aliases []Alias
	var kind Kind
	for line := range strings.Lines(seedNames) {
		line = strings.TrimSpace(line)
		if named, ok := strings.CutPrefix(line, "@"); ok {
			kind = Kind(strings.TrimSpace(named))
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		items, titles, ok := strings.Cut(line, "=")
		for _, item := range strings.Fields(items) {
			aliases = append(aliases, Alias{Kind: kind, Name: strings.ReplaceAll(item, "_", " "), Item: item, Source: seedSource})
			if !ok {
				continue
			}
			for title := range strings.SplitSeq(titles, "|") {
				aliases = append(aliases, Alias{Kind: kind, Name: strings.TrimSpace(title), Item: item, Source: seedSource})
			}
		}
	}
	return aliases
}
