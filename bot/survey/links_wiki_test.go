// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds how links are counted on a real wiki.

package survey_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
)

func items(list ...registry.Item) []registry.Entry {
	var out []registry.Entry
	for _, i := range list {
		out = append(out, registry.Entry{Item: i})
	}
	return out
}

func TestLinksOfARealWiki(t *testing.T) {
	w := startWiki(t)
	for prefix, url := range map[string]string{
		"toolforge": "https://iw.toolforge.org/$1", "toollabs": "https://iw.toolforge.org/$1", "toolhub": "https://toolhub.wikimedia.org/$1",
		"mw": "https://www.mediawiki.org/wiki/$1", "mediawikiwiki": "https://www.mediawiki.org/wiki/$1",
	} {
		w.script("maintenance/sql.php", "--query", fmt.Sprintf(
			`INSERT OR REPLACE INTO interwiki (iw_prefix, iw_url, iw_api, iw_wikiid, iw_local, iw_trans) VALUES ('%s', '%s', '', '', 0, 0)`, prefix, url))
	}
	u := w.user("Ana", "interface-admin")
	n := 0
	page := func(text string) {
		n++
		w.edit(u, fmt.Sprintf("Page %d", n), text)
	}
	page("https://guc.toolforge.org/x [http://guc.toolforge.org] [[toolforge:guc]]") // one page, however many links
	page("http://tools.wmflabs.org/guc?user=x")
	page("[//tools.wmflabs.org/guc/a a]")
	page("http://tools.wmflabs.org/gucci https://toolhub.wikimedia.org/tools/toolforge-guc2")
	page("[https://tools.wmflabs.org/guc/b b]")
	page("[[toollabs:guc/a b|x]]")
	page("[[toolforge:guc-other]] [[toolforge:guc0]] https://guc.toolforge.org.example.com https://not-guc.toolforge.org")
	page("https://toolhub.wikimedia.org/tools/toolforge-guc")
	page("[[toolhub:tools/toolforge-guc]]")
	page("https://maps.wmcloud.org http://maps.wmflabs.org/x")
	page("https://toolhub.wikimedia.org/tools/mm_x and [[toolhub:tools/mm_y]]")
	page("[[mw:Extension:Media Viewer]] [[mediawikiwiki:Extension:Media_Viewer|x]]")
	page("[[mw:Special:MyLanguage/Extension:Media Viewer]]")
	page("[[mw:Extension:Media Viewer/de]] [[mw:Skin:Vector]]")
	w.edit(u, "MediaWiki:Gadget-one.js", "//")
	page("[[MediaWiki:Gadget-one.js]] [[MediaWiki:Gadget-one]]")
	page("[[MediaWiki:Gadget-one]]")
	page("#REDIRECT [[MediaWiki:Gadget-one]]")
	page("[[User:Ana/a b.js]]")
	w.edit(u, "Table of tools", "https://guc.toolforge.org/ [[mw:Extension:Media Viewer]] [[MediaWiki:Gadget-one]] [[User:Ana/a b.js]]")
	var many []registry.Item
	for i := range 60 {
		many = append(many, registry.Item{Key: registry.Key(fmt.Sprintf("userscript:%s:User:Ana/s%02d.js", w.DB, i)), Deployed: true})
	}
	w.script("maintenance/runJobs.php")

	known := items(append(many,
		registry.Item{Key: "tool:guc", Listed: true}, registry.Item{Key: "tool:toolhub:mm_x", Listed: true}, registry.Item{Key: "tool:wmcloud:maps", Listed: true},
		registry.Item{Key: "extension:Media Viewer", Deployed: true}, registry.Item{Key: "skin:Vector", Deployed: true}, registry.Item{Key: "extension:None", Deployed: true},
		registry.Item{Key: registry.Key("gadget:" + w.DB + ":one"), Page: "MediaWiki:Gadget-one", Deployed: true},
		registry.Item{Key: registry.Key("userscript:" + w.DB + ":User:Ana/a b.js"), Deployed: true},
		registry.Item{Key: "userscript:otherwiki:User:Ana/a.js", Deployed: true},
		registry.Item{Key: "tool:catalogue-only"}, registry.Item{Key: "tool:left", Listed: true, Gone: time.Now()},
	)...)
	known = append(known, registry.Entry{Item: registry.Item{Key: "tool:mentioned"}, Quarter: 1})

	api := w.reader()
	at := time.Now()
	var kept []registry.Survey
	read := func(limits survey.LinkLimits, last string) registry.Survey {
		t.Helper()
		s, err := survey.Links(api, w.DB, limits).Read(t.Context(), survey.Reading{
			At: at, Known: knows(known), Last: registry.SurveyState{Checkpoint: last},
			Keep: func(_ context.Context, part registry.Survey) error { kept = append(kept, part); return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	words := func(s registry.Survey) map[string]string {
		out := map[string]string{}
		for _, m := range s.Measures {
			if m.Metric != registry.Links || m.Source != "links" || !m.AsOf.Equal(at) {
				t.Errorf("measure %+v", m)
			}
			text := fmt.Sprint(m.Value)
			if m.AtLeast {
				text += "+"
			}
			out[strings.ReplaceAll(string(m.Item), w.DB, "here")] = text
		}
		return out
	}
	whole := read(survey.LinkLimits{Own: func(title string) bool { return title == "Table of tools" }}, "")
	want := map[string]string{
		"tool:guc": "7", "tool:mentioned": "0", "tool:toolhub:mm_x": "1", "tool:wmcloud:maps": "1",
		"extension:Media Viewer": "2", "extension:None": "0", "skin:Vector": "1",
		"gadget:here:one": "2", "userscript:here:User:Ana/a b.js": "1",
	}
	for i := range many {
		want[fmt.Sprintf("userscript:here:User:Ana/s%02d.js", i)] = "0"
	}
	if diff := cmp.Diff(want, words(whole)); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if whole.Part || len(kept) != 1 || kept[0].Checkpoint == "" || len(kept[0].Measures) != 50 {
		t.Errorf("part %t, kept %d", whole.Part, len(kept))
	}
	if n := api.of("prop", "linkshere"); n > 2 {
		t.Errorf("%d requests for the pages of 61 scripts and a gadget", n)
	}
	seen := map[string]bool{}
	for _, p := range api.asked {
		if key := fmt.Sprint(p); seen[key] {
			t.Errorf("asked twice: %s", key)
		} else {
			seen[key] = true
		}
	}

	// A reading of a few goes on behind them the next time.
	part := read(survey.LinkLimits{Items: 2}, "")
	if !part.Part || part.Checkpoint != "extension:None" || len(part.Measures) != 2 {
		t.Errorf("a part of two: part %t up to %q, %d", part.Part, part.Checkpoint, len(part.Measures))
	}
	rest := read(survey.LinkLimits{}, part.Checkpoint)
	if !rest.Part || rest.Checkpoint != "" || len(rest.Measures) != len(want)-2 {
		t.Errorf("the rest: part %t up to %q, %d of %d", rest.Part, rest.Checkpoint, len(rest.Measures), len(want)-2)
	}

	// Counting stops at the bound.
	few := words(read(survey.LinkLimits{Pages: 2}, ""))
	if few["tool:guc"] != "2+" || few["gadget:here:one"] != "2+" || few["skin:Vector"] != "1" {
		t.Errorf("counted up to two: %v", few)
	}
}
