// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that what is told of the stop page is what it does.

package publish

import (
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestWhatIsToldOfTheStopPageIsWhatItStops(t *testing.T) {
	site := wikitext.DefaultSite()
	pages := []string{"Meta:Gadgets", "Meta:Tools"}
	for _, text := range []string{"", "\n \n", "stop", "tables", "* Notices", "# [[Meta:Gadgets]]", "Meta:Gadgets\ntables", "User talk:Ada", "User talk:Ada, please", "Meta:Other", "notices\n\nwait"} {
		said := Said(site, text, pages)
		for _, page := range []plan.Page{{Title: "Meta:Gadgets", Scope: plan.Tables}, {Title: "Meta:Tools", Scope: plan.Tables}, {Title: "User talk:Ada", Scope: plan.Notices}, {Title: "User:Bot/report", Scope: plan.Reports}} {
			told := false
			for _, s := range said {
				told = told || s.Stops == "" || s.Stops == string(page.Scope) || s.Stops == page.Title
			}
			if does := stops(site, text, page, pages); does != told {
				t.Errorf("%q, %s: stopped is %v, but it is told as %v", text, page.Title, does, told)
			}
		}
	}
}
