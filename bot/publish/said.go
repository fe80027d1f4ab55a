// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is told of the stop page and of the operator's list, in
// the words of the gate.

package publish

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Said reads the lines of a stop page as the gate does. Pages are the titles
// that the rules name.
func Said(site *wikitext.Site, text string, pages []string) []plan.Stop {
	var all []plan.Stop
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			all = append(all, plan.Stop{Line: strings.TrimSpace(line), Stops: named(site, line, pages)})
		}
	}
	return all
}

// Denies reports whether the operator has ruled a page out, by its title as the
// wiki writes it.
func (p *Publisher) Denies(title string) bool { return p.denies(title) }
