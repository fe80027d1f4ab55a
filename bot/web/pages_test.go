// SPDX-License-Identifier: GPL-3.0-or-later

package web

import (
	"strings"
	"testing"
)

func TestPagesTellWhatTheBotKnows(t *testing.T) {
	s := newSite(t, newWorld())
	for path, want := range map[string][]string{
		"/": {"Who looks after this?", "metawiki", "commonswiki", "revision 4711", "3 of 50 edits made", "2 held", "partly stopped", "90215 was refused", "12 s ago"},
		"/wikis/metawiki": {"The bot keeps the pages", "Stewardship/Gadgets#gadgets", "would lose 14 of 40 rows", "needs a person", "5133", "cannot be read", "until a second reading agrees",
			"Since the update", "7 changes found", "nothing is stopped"},
		"/wikis/commonswiki": {"Revision 90215 of the rules is not in force", "is no kind", "<bdi>notices</bdi> stopped", "by <bdi>Bo Reed</bdi>", "No write is held"},
		"/items":             {"1 to 10 of 10 items", "Growth Team", "VerseNumbers"},
		"/items?q=guided":    {"1 to 1 of 1 item", "GuidedTour"},
		"/item?key=extension:GuidedTour": {
			"Growth Team", "revision 8123", "https://www.example.org/w/index.php?oldid=8123", "https://meta.example.org/wiki/Special:PermanentLink/5120",
			"confirmed by themself", "The sources disagree", "2026-04-10 12:00 UTC", "3 h ago", "on metawiki", "on commonswiki", "at least 500", "2 months ago",
		},
		"/item?key=extension:Poem":                       {"unassigned", "it has no steward", "Is anybody looking after it?"},
		"/item?key=userscript:metawiki:User:Lou/tidy.js": {"No source says who looks after it"},
		"/mentions":               {"Line breaks", "Mara Lind", "القصيدة", `href="/mentions.atom"`},
		"/mentions?wiki=metawiki": {"VerseNumbers"},
		"/about":                  {"A source says that it has no steward.", "/openapi.json"},
		"/robots.txt":             {"Disallow"},
	} {
		body := show(t, s, path)
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("GET %s does not tell %q", path, text)
			}
		}
		if t.Failed() {
			t.Log(body)
		}
	}
}
