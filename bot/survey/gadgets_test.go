// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the source gadgets.

package survey

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const noList = `{"batchcomplete":true}`

func TestGadgets(t *testing.T) {
	api := &memoryWiki{
		limit: 1,
		pages: map[string]memoryPage{
			definitionPage: {text: "==browsing==\n* one [ResourceLoader|default]|one.js|lib.js|one.css\n* two[ResourceLoader]|lib.js|two.css|lost.json\n" +
				"* old [ResourceLoader]|old.js\n== other ==\n* three [ResourceLoader]|3.js\n"},
			"MediaWiki:Gadget-one":        {text: "The '''first''' [[gadget]]<!-- x -->", revision: 10, time: hour(9)},
			"MediaWiki:Gadget-one.js":     {text: "/** @author [[User:Ana]] */", revision: 11, time: hour(3)}, // in the same second as the next
			"MediaWiki:Gadget-lib.js":     {text: "// Maintained by [[User:Ben]], written by [[User:Ana]]", revision: 12, time: hour(3)},
			"MediaWiki:Gadget-one.css":    {text: "/* maintained by [[User:Cleo]] */", revision: 13, time: hour(1)},
			"MediaWiki:Gadget-3":          {text: "x", revision: 14, time: hour(1)},
			"MediaWiki:Gadget-shared.vue": {text: "…", revision: 15, time: hour(4)},
			"MediaWiki:Gadgets/json.json": {model: gadgetModel, revision: 16, time: hour(1),
				text: `{"settings":{"section":"new","default":true},"module":{"pages":["json.js"]}}`},
			"MediaWiki:Gadgets/old.json":    {model: gadgetModel, text: `{"settings":{"section":"new"},"module":{"pages":["new.js"]}}`},
			"MediaWiki:Gadgets/broken.json": {model: gadgetModel, text: `{`},
			"MediaWiki:Gadgets/plain.json":  {model: "json", text: `{}`},
			"MediaWiki:Gadgets/x.js":        {model: "javascript"},
		},
		list: `{"query":{"gadgets":[
			{"id":"two","metadata":{"settings":{"default":true,"section":"listed"},"module":{"scripts":["MediaWiki:Gadget-lib.js"],"styles":["MediaWiki:Gadget-two.css"],"datas":[],"vues":[]}}},
			{"id":""},
			{"id":"from-elsewhere","metadata":{"settings":{"default":false,"section":""},"module":{"scripts":["MediaWiki:Gadget-shared.js","x|y"],"vues":["MediaWiki:Gadget-shared.vue"]}}}]}}`,
	}
	var told []string
	s, err := GadgetsSource(api, "metawiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon, Progress: func(done, whole int) {
		told = append(told, fmt.Sprintf("%d of %d", done, whole))
	}})
	if err != nil {
		t.Fatal(err)
	}
	named := func(item registry.Key, page string, revision int64, holder string) registry.Claim {
		return registry.Claim{Item: item, Role: registry.Maintainer, Holder: holder, HolderKind: registry.User, Standing: registry.Unconfirmed,
			Evidence: registry.Evidence{Wiki: "metawiki", Page: page, Revision: revision}}
	}
	want := registry.Survey{Source: "gadgets", Wiki: "metawiki", At: noon,
		Items: []registry.Item{
			{Key: "gadget:metawiki:from-elsewhere", Name: "from-elsewhere", Page: "MediaWiki:Gadget-shared.vue", Deployed: true, Aliases: []string{"shared"},
				Changed: hour(4), ChangedRevision: 15},
			{Key: "gadget:metawiki:json", Name: "json", Section: "new", Deployed: true, Default: true},
			{Key: "gadget:metawiki:old", Name: "old", Section: "new", Deployed: true, Aliases: []string{"new"}},
			{Key: "gadget:metawiki:one", Name: "one", Page: "MediaWiki:Gadget-one", Section: "browsing", Deployed: true, Default: true, Aliases: []string{"lib"},
				Changed: hour(3), ChangedRevision: 12, Details: registry.Details{Description: "The first gadget", Authors: []string{"Ana"}}},
			{Key: "gadget:metawiki:three", Name: "three", Section: "other", Deployed: true, Aliases: []string{"3"}},
			{Key: "gadget:metawiki:two", Name: "two", Page: "MediaWiki:Gadget-lib.js", Section: "listed", Deployed: true, Default: true, Aliases: []string{"lib", "lost"},
				Changed: hour(3), ChangedRevision: 12, Details: registry.Details{Authors: []string{"Ana"}}},
		},
		Claims: []registry.Claim{
			named("gadget:metawiki:one", "MediaWiki:Gadget-lib.js", 12, "Ben"),
			named("gadget:metawiki:two", "MediaWiki:Gadget-lib.js", 12, "Ben"),
		},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("survey (-want +got):\n%s", diff)
	}
	if got := strings.Join(told, ", "); got != "16 of 16" {
		t.Errorf("told %s", got)
	}
}

func TestGadgetsAreReadFiftyPagesAtATime(t *testing.T) {
	var definition strings.Builder
	pages := map[string]memoryPage{}
	for i := range 120 {
		fmt.Fprintf(&definition, "* g%d[ResourceLoader]|g%d.js|g%d.css\n", i, i, i)
		pages[fmt.Sprintf("MediaWiki:Gadget-g%d.js", i)] = memoryPage{text: "x", revision: 1, time: hour(1)}
	}
	pages[definitionPage] = memoryPage{text: definition.String()}
	api := &memoryWiki{pages: pages, list: noList}
	s, err := GadgetsSource(api, "metawiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon})
	if err != nil || len(s.Items) != 120 {
		t.Fatalf("%d gadgets, %v", len(s.Items), err)
	}
	if requests, titles := api.askedTitles(func(map[string]string) bool { return true }); titles != 360 || requests != 8 || len(api.asked) != 10 {
		t.Errorf("%d requests for %d titles, %d in all", requests, titles, len(api.asked))
	}
	if _, titles := api.askedTitles(func(p map[string]string) bool { return strings.Contains(p["rvprop"], "content") }); titles > 250 {
		t.Errorf("the texts of %d pages were read, though styles have none that matter", titles)
	}
}

func TestWikiWithoutGadgets(t *testing.T) {
	api := &memoryWiki{list: `{"warnings":{"query":{"warnings":"Unrecognized value for parameter \"list\": gadgets"}},"batchcomplete":true}`}
	s, err := GadgetsSource(api, "metawiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon})
	if err != nil || len(s.Items) > 0 {
		t.Errorf("%v, %v", s, err)
	}
}

func TestGadgetsFailAsAWhole(t *testing.T) {
	broken := errors.New("broken")
	for _, what := range []string{"gadgets", "allpages", "titles"} {
		api := &memoryWiki{list: noList, pages: map[string]memoryPage{definitionPage: {text: "*a|a.js"}}}
		api.fail = func(params map[string]string) error {
			if params["list"] == what || params[what] != "" {
				return broken
			}
			return nil
		}
		s, err := GadgetsSource(api, "metawiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon})
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), "metawiki") || len(s.Items) > 0 {
			t.Errorf("without %s: %d items, %v", what, len(s.Items), err)
		}
	}
}

func TestWhatTriggersGadgets(t *testing.T) {
	site, err := wikitext.NewSite([]byte(`{"query":{"general":{"case":"first-letter","lang":"ko"},"namespaces":{
		"0":{"id":0,"name":"","case":"first-letter"},"2":{"id":2,"name":"사용자","canonical":"User","case":"first-letter"},
		"8":{"id":8,"name":"미디어위키","canonical":"MediaWiki","case":"first-letter"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	triggers := GadgetsSource(nil, "kowiki", site).Triggers
	for title, want := range map[string]bool{
		"미디어위키:Gadgets-definition": true, "MediaWiki:Gadgets-definition": true, "미디어위키:Gadget-x.js": true, "미디어위키:Gadget-x": true,
		"미디어위키:Gadgets/x.json": true, "미디어위키:Gadgets/x.js": false, "미디어위키:Common.js": false, "사용자:Gadget-x.js": false, "Gadget-x.js": false,
	} {
		if triggers("kowiki", title) != want || triggers("otherwiki", title) {
			t.Errorf("%s triggers: %t", title, !want)
		}
	}
}

func TestInfoboxesOfGadgets(t *testing.T) {
	api := &memoryWiki{list: noList, pages: map[string]memoryPage{
		definitionPage:          {text: "*a b|a.js\n*c|c.js"},
		"Help:Gadget-a b":       {text: "{{gadget|maintainer=[[User:Ana]], Ben}}{{Gadget|by=[[User:Cleo]]}}", revision: 4},
		"Help:Gadget-a b/de":    {text: "{{Gadget|maintainer=}}", revision: 5},
		"Project:Some page":     {text: "{{Gadget|id=c|maintainer=<!-- [[User:X]] -->[[User:Dana]]}}", revision: 6},
		"Help:Gadget-elsewhere": {text: "{{Gadget|maintainer=[[User:Ana]]}}", revision: 7},
	}}
	box := GadgetInfobox{Template: "Gadget", Gadget: "id", Maintainers: []string{"maintainer", "by"}}
	s, err := GadgetsSource(api, "metawiki", wikitext.DefaultSite(), box).Read(t.Context(), Reading{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range s.Claims {
		got = append(got, fmt.Sprint(c.Item, " ", c.Role, " ", c.Standing, " ", c.Holder, " ", c.Evidence.Page, " ", c.Evidence.Revision))
	}
	want := []string{
		"gadget:metawiki:a_b maintainer unconfirmed Ana Help:Gadget-a b 4",
		"gadget:metawiki:a_b maintainer unconfirmed Cleo Help:Gadget-a b 4",
		"gadget:metawiki:c maintainer unconfirmed Dana Project:Some page 6",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestGadgetsInJSON(t *testing.T) {
	g, err := ParseGadgetJSON("a b", `{"settings":{"section":"s","default":true,"hidden":true,"package":true,"supportsUrlLoad":true,"requiresES6":false,
		"rights":["edit"],"actions":[],"skins":true,"namespaces":[0,4],"contentModels":["wikitext"],"shiny":1},
		"module":{"pages":["a.js"," b.vue ",""],"dependencies":["x","y"],"type":"","later":{}}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := Gadget{ID: "a_b", Section: "s", Default: true, Hidden: true, Package: true, SupportsURLLoad: true, Type: "general",
		Pages: []string{"MediaWiki:Gadget-a.js", "MediaWiki:Gadget-b.vue"},
		Options: []Option{{Key: "ResourceLoader"}, {Key: "default"}, {Key: "hidden"}, {Key: "package"}, {Key: "supportsUrlLoad"}, {"rights", []string{"edit"}},
			{"namespaces", []string{"0", "4"}}, {"contentModels", []string{"wikitext"}}, {"dependencies", []string{"x", "y"}}}}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	old, err := ParseGadgetJSON("a", `{"settings":{"category":"c"},"module":{"styles":["a.css"],"type":"styles"}}`)
	if err != nil || old.Section != "c" || old.Type != "styles" || len(old.Pages) != 1 || old.Legacy || old.SupportsURLLoad {
		t.Errorf("the shape of MediaWiki 1.39: %+v, %v", old, err)
	}
	for _, bad := range [][2]string{{"a", ""}, {"a", "[]"}, {"a", `{"settings":{"default":"yes"}}`}, {"a", "{}x"}, {"a|b", "{}"}, {"", "{}"}, {strings.Repeat("a", 245), "{}"}} {
		if g, err := ParseGadgetJSON(bad[0], bad[1]); err == nil {
			t.Errorf("%.10q gave %+v", bad, g)
		}
	}
}
