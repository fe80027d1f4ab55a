// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the source scripts.

package survey

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const dewiki = `{"general":{"server":"//de.wikipedia.org","articlepath":"/wiki/$1","scriptpath":"/w"}}`

// scriptsWiki is a wiki where Ana, Ben and Cleo load scripts.
func scriptsWiki() *memoryWiki {
	loader := func(text string) memoryPage { return memoryPage{text: text, revision: 1, time: hour(1)} }
	return &memoryWiki{
		general: dewiki,
		active:  []string{"Ana", "Zoe"},
		bots:    []string{"Fixer", "Sweeper"},
		pages: map[string]memoryPage{
			"User:Ana/common.js": loader("importScript('User:Cleo/x.js'); // Backlink: [[User:Cleo/x.js]]\n" +
				"mw.loader.load('//en.wikipedia.org/w/index.php?title=User:Eve/far.js&action=raw&ctype=text/javascript');"),
			"User:Ana/vector.js": loader("importScript('User:Cleo/x.js'); importScript('User:Ana/own.js')"),
			"User:Ben/global.js": loader("mw.loader.load('/w/index.php?title=User:Cleo/x.js&action=raw');\n//importScript('User:Ana/own.js')\nimportScript('User:Gone/y.js')"),
			"User:Cleo/minerva.js": {text: "mw.loader.getScript('https://en.wikipedia.org/wiki/User:Eve/far.js?action=raw')", revision: 1, time: hour(1),
				links: []string{"User:Old/known.js"}},
			"User:Dan/monobook.js": {text: "mw.loader.load('//example.org'); /* importScript('User:Cleo/x.js') */", revision: 1, time: hour(1)},
			"User:Fay/common.js":   {text: "importScript( 'User:Old/known.js' )", links: []string{"User:Old/known.js"}},
			"User:Ana/own.js":      {text: "importScript('User:Cleo/no-loader.js')", user: "Ana", revision: 20, time: hour(5)},
			"User:Cleo/x.js":       {text: "// Author: [[User:Ana]]. Maintained by [[User:Ben]] and [[User:Cleo]]", user: "Fixer", older: []string{"Sweeper", "Ben", "Cleo"}, revision: 30, time: hour(6)},
			"User:Old/known.js":    {text: redirectMark + "mw.loader.load(\"//de.wikipedia.org/w/index.php?title=User:Cleo/x.js\\u0026action=raw\");", user: "Cleo", revision: 40, time: hour(7)},
		},
	}
}

// knownScripts are scripts in a store, with as many importers as they are given.
func knownScripts(importers map[registry.Key]int64) func(context.Context) ([]registry.Entry, error) {
	return func(context.Context) ([]registry.Entry, error) {
		out := []registry.Entry{{Item: registry.Item{Key: "extension:Echo"}}, {Item: registry.Item{Key: "userscript:dewiki:User:Was/here.js", Gone: noon}}}
		for key, n := range importers {
			out = append(out, registry.Entry{Item: registry.Item{Key: key}, Measures: []registry.Measure{{Metric: registry.Importers, Value: n}}})
		}
		return out, nil
	}
}

func summary(s registry.Survey) (out []string) {
	for _, i := range s.Items {
		out = append(out, fmt.Sprint("item ", i.Key, " ", i.Page, i.URL, " ", i.ChangedRevision, " ", i.Deployed, " by ", i.LastEditor, " ", i.Authors, " ", i.ReplacedBy))
	}
	for _, c := range s.Claims {
		out = append(out, fmt.Sprint("claim ", c.Item, " ", c.Role, " ", c.Holder, " ", c.Standing, " ", c.Evidence.Wiki, " ", c.Evidence.Page, " ", c.Evidence.Revision))
	}
	for _, m := range s.Measures {
		least := ""
		if m.AtLeast {
			least = "+"
		}
		out = append(out, fmt.Sprint(m.Metric, " ", m.Item, " ", m.Value, least))
	}
	for _, k := range s.Left {
		out = append(out, fmt.Sprint("left ", k))
	}
	slices.Sort(out)
	return out
}

var wantedScripts = []string{
	"active_importers userscript:dewiki:User:Ana/own.js 1",
	"active_importers userscript:dewiki:User:Cleo/x.js 1",
	"active_importers userscript:dewiki:User:Old/known.js 0",
	"active_importers userscript:enwiki:User:Eve/far.js 1",
	"claim userscript:dewiki:User:Ana/own.js maintainer Ana stated dewiki User:Ana/own.js 20",
	"claim userscript:dewiki:User:Cleo/x.js maintainer Ben unconfirmed dewiki User:Cleo/x.js 30",
	"claim userscript:dewiki:User:Cleo/x.js maintainer Cleo stated dewiki User:Cleo/x.js 30",
	"claim userscript:dewiki:User:Old/known.js maintainer Old stated dewiki User:Old/known.js 40",
	"claim userscript:enwiki:User:Eve/far.js maintainer Eve stated enwiki User:Eve/far.js 0",
	"importers userscript:dewiki:User:Ana/own.js 1",
	"importers userscript:dewiki:User:Cleo/x.js 2",
	"importers userscript:dewiki:User:Old/known.js 1",
	"importers userscript:enwiki:User:Eve/far.js 2",
	"item userscript:dewiki:User:Ana/own.js User:Ana/own.js 20 true by Ana [] ",
	"item userscript:dewiki:User:Cleo/x.js User:Cleo/x.js 30 true by Ben [Ana] ",
	"item userscript:dewiki:User:Old/known.js User:Old/known.js 40 true by Cleo [] User:Cleo/x.js",
	"item userscript:enwiki:User:Eve/far.js https://en.wikipedia.org/wiki/User:Eve/far.js 0 true by  [] ",
}

func TestScripts(t *testing.T) {
	for _, limit := range []int{500, 1} {
		api := scriptsWiki()
		api.limit = limit
		done, whole := 0, 0
		s, err := Scripts(api, "dewiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon,
			Known:    knownScripts(map[registry.Key]int64{"userscript:dewiki:User:Old/known.js": 0, "userscript:dewiki:User:Gone/known.js": 0, "userscript:frwiki:User:Far/known.js": 0}),
			Progress: func(d, w int) { done, whole = d, w },
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wantedScripts, summary(s)); diff != "" {
			t.Errorf("%d results at a time (-want +got):\n%s", limit, diff)
		}
		if s.Part || s.Checkpoint != "" || s.Source != "scripts" || s.Wiki != "dewiki" || !s.At.Equal(noon) {
			t.Errorf("%+v", s)
		}
		if done != whole || done != 6+5 {
			t.Errorf("told %d of %d", done, whole)
		}
	}
}

func TestScriptsThatNobodyKnowsOf(t *testing.T) {
	api := &memoryWiki{general: dewiki, pages: map[string]memoryPage{"User:Ana/x.js": {text: "importScript()"}}}
	s, err := Scripts(api, "dewiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon})
	if err != nil || len(summary(s)) > 0 || s.Part {
		t.Errorf("%+v, %v", s, err)
	}
}

// manyScripts is a wiki where each of 120 accounts loads 3 of 240 scripts on two
// pages.
func manyScripts() *memoryWiki {
	api := &memoryWiki{general: dewiki, pages: map[string]memoryPage{}}
	for i := range 120 {
		user := fmt.Sprintf("User:U%03d", i)
		if i%2 == 0 {
			api.active = append(api.active, user[5:])
		}
		api.pages[user+"/common.js"] = memoryPage{text: fmt.Sprintf("importScript('User:S/%d.js'); importScript('User:S/0.js')", 2*i), revision: 1, time: hour(1)}
		api.pages[user+"/vector.js"] = memoryPage{text: fmt.Sprintf("importScript('User:S/%d.js'); importScript('User:S/0.js')", 2*i+1), revision: 1, time: hour(1)}
	}
	for i := range 240 {
		api.pages[fmt.Sprintf("User:S/%d.js", i)] = memoryPage{text: "x", user: "S", revision: int64(i) + 100, time: hour(2)}
	}
	return api
}

func TestScriptsAreReadFiftyPagesAtATime(t *testing.T) {
	api := manyScripts()
	s, err := Scripts(api, "dewiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon})
	if err != nil || len(s.Items) != 240 {
		t.Fatalf("%d scripts, %v", len(s.Items), err)
	}
	requests, titles := api.askedTitles(func(map[string]string) bool { return true })
	if titles != 480 || requests != 10 {
		t.Errorf("%d requests for %d titles", requests, titles)
	}
	if others := len(api.asked) - requests; others > 2+len(loadWords)+1 { // itself, bots, searches, who is active
		t.Errorf("%d other requests", others)
	}
	bot := manyScripts()
	bot.titles = 500
	_, err = Scripts(bot, "dewiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon})
	if requests, titles := bot.askedTitles(func(map[string]string) bool { return true }); titles != 480 || requests != 2 || err != nil {
		t.Errorf("as a bot: %d requests for %d titles, %v", requests, titles, err)
	}
}

func TestScriptsGoOnWhereTheyStopped(t *testing.T) {
	whole, err := Scripts(manyScripts(), "dewiki", wikitext.DefaultSite()).Read(t.Context(), Reading{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for stop := 1; ; stop++ {
		api := manyScripts()
		var kept registry.Survey
		var parts []registry.Survey
		in := Reading{At: noon, Keep: func(_ context.Context, s registry.Survey) error {
			if !s.Part || s.Checkpoint == "" || s.Source != "scripts" || s.Wiki != "dewiki" || !s.At.Equal(noon) {
				t.Errorf("kept %+v", s)
			}
			kept = s
			parts = append(parts, s)
			return nil
		}}
		read := 0
		api.fail = func(params map[string]string) error {
			if params["titles"] != "" {
				if read++; read == stop {
					return broken
				}
			}
			return nil
		}
		source := newScripts(scriptReader{api: api, wiki: "dewiki", on: wikitext.DefaultSite(), maxLoaders: maxLoaders, maxScripts: maxScripts, keepEvery: 2})
		last, err := source.Read(t.Context(), in)
		if err == nil {
			break
		}
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		in.Last.Checkpoint = kept.Checkpoint
		if last, err = source.Read(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		if !last.Part {
			parts = nil // it says all there is
		}
		again, repeats := api.askedTitles(func(map[string]string) bool { return true })
		if repeats > 480+150 || again > 14 {
			t.Errorf("stopped at request %d: %d requests for %d titles in all", stop, again, repeats)
		}
		var all registry.Survey
		for _, s := range append(parts, last) {
			all.Items, all.Claims, all.Measures = append(all.Items, s.Items...), append(all.Claims, s.Claims...), append(all.Measures, s.Measures...)
		}
		if diff := cmp.Diff(summary(whole), slices.Compact(summary(all))); diff != "" {
			t.Fatalf("stopped at request %d (-want +got):\n%s", stop, diff)
		}
	}
}

func TestScriptsOfAnOldCheckpointBeginAnew(t *testing.T) {
	for _, checkpoint := range []string{`{"started":"2026-05-10T12:00:00Z","counted":true,"script":"userscript:dewiki:User:Z/z.js","importers":{}}`,
		`{"started":"2026-06-10T12:00:00Z","counted":true,"importers":null}`, `nonsense`, `null`, `{}`} {
		in := Reading{At: noon}
		in.Last.Checkpoint = checkpoint
		s, err := Scripts(manyScripts(), "dewiki", wikitext.DefaultSite()).Read(t.Context(), in)
		if err != nil || len(s.Items) != 240 || s.Part {
			t.Errorf("%s: %d scripts, part %t, %v", checkpoint, len(s.Items), s.Part, err)
		}
	}
}

func bounded(api asker, maxLoaders, maxScripts int) Source {
	return newScripts(scriptReader{api: api, wiki: "dewiki", on: wikitext.DefaultSite(), maxLoaders: maxLoaders, maxScripts: maxScripts, keepEvery: keepEvery})
}

func TestScriptsAreBounded(t *testing.T) {
	known := knownScripts(map[registry.Key]int64{"userscript:frwiki:User:Far/known.js": 0, "userscript:dewiki:User:A/gone.js": 0, "userscript:enwiki:User:Eve/far.js": 1})
	s, err := bounded(manyScripts(), 100, 1000).Read(t.Context(), Reading{At: noon, Known: known})
	if err != nil || !s.Part || len(s.Items) != 100 || fmt.Sprint(s.Left) != "[userscript:dewiki:User:A/gone.js]" {
		t.Errorf("100 pages: %d scripts, part %t, left %v, %v", len(s.Items), s.Part, s.Left, err)
	}
	for _, m := range s.Measures {
		if !m.AtLeast {
			t.Errorf("counted on a part of the pages: %+v", m)
		}
	}
	api := manyScripts()
	api.pages["User:U000/global.js"] = memoryPage{text: "importScript('User:Eve/far.js', 'en')"}
	s, err = bounded(api, 1000, 60).Read(t.Context(), Reading{At: noon, Known: known})
	if err != nil || !s.Part || len(s.Items) != 60 || fmt.Sprint(s.Left) != "[userscript:dewiki:User:A/gone.js userscript:frwiki:User:Far/known.js]" {
		t.Errorf("60 scripts: %d scripts, part %t, left %v, %v", len(s.Items), s.Part, s.Left, err)
	}
	for _, m := range s.Measures {
		if m.AtLeast {
			t.Errorf("counted on all pages: %+v", m)
		}
	}
}

func TestScriptsFailAsAWhole(t *testing.T) {
	broken := errors.New("broken")
	for _, what := range []string{"siteinfo", "search", "allusers", "linkshere", "revisions"} {
		api := scriptsWiki()
		api.fail = func(params map[string]string) error {
			if params["list"] == what || params["meta"] == what || params["prop"] == what {
				return broken
			}
			return nil
		}
		in := Reading{At: noon, Known: knownScripts(map[registry.Key]int64{"userscript:dewiki:User:Old/known.js": 1})}
		s, err := Scripts(api, "dewiki", wikitext.DefaultSite()).Read(t.Context(), in)
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), "dewiki") || len(summary(s)) > 0 {
			t.Errorf("without %s: %+v, %v", what, s, err)
		}
	}
	in := Reading{At: noon, Known: func(context.Context) ([]registry.Entry, error) { return nil, broken }}
	if _, err := Scripts(scriptsWiki(), "dewiki", wikitext.DefaultSite()).Read(t.Context(), in); !errors.Is(err, broken) {
		t.Errorf("an error of the store is lost: %v", err)
	}
}

// A search that has lost its index finds nothing, which must not look like
// nobody loading anything.
func TestScriptsWaitForASecondAnswerThatFindsNothing(t *testing.T) {
	api := &memoryWiki{general: dewiki, pages: map[string]memoryPage{"User:Ana/x.js": {text: "x", revision: 1, time: hour(1)}}}
	in := Reading{At: noon, Known: knownScripts(map[registry.Key]int64{"userscript:dewiki:User:Ana/x.js": 3})}
	_, err := Scripts(api, "dewiki", wikitext.DefaultSite()).Read(t.Context(), in)
	if !errors.Is(err, errFewer) {
		t.Fatalf("the first: %v", err)
	}
	in.Last.Reason = err.Error()
	s, err := Scripts(api, "dewiki", wikitext.DefaultSite()).Read(t.Context(), in)
	if err != nil || len(s.Measures) != 2 || s.Measures[0].Value != 0 || s.Items[0].Deployed {
		t.Errorf("the second: %+v, %v", s, err)
	}
}

func TestTheSameGadgetsAndScriptsChangeNothing(t *testing.T) {
	reg, err := registry.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	api := scriptsWiki()
	api.pages[definitionPage] = memoryPage{text: "*a|a.js|b.js\n*d[default]|d.js"}
	api.pages["MediaWiki:Gadget-a.js"] = memoryPage{text: "// maintainer [[User:Ana]], author [[User:Ben]]", revision: 3, time: hour(1)}
	api.list = someGadgets
	api.usage = `{"query":{"querypage":{"results":[{"value":"120","ns":1,"title":"Talk:gadget-a"}]}}}`
	on := wikitext.DefaultSite()
	for round := range 3 {
		for _, source := range []Source{GadgetsSource(api, "dewiki", on), GadgetUsage(api, "dewiki"), Scripts(api, "dewiki", on)} {
			in := Reading{At: noon.AddDate(0, 0, round), Known: func(ctx context.Context) ([]registry.Entry, error) {
				v, err := reg.View(ctx, registry.Query{Wiki: "dewiki", Now: noon})
				return v.Entries, err
			}}
			s, err := source.Read(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			changed, err := reg.SaveSurvey(t.Context(), s)
			if err != nil || changed != (round == 0) {
				t.Errorf("round %d of %s: changed %t, %v", round, source.Name, changed, err)
			}
		}
	}
}
