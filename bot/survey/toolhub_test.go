// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of what is read from Toolhub, whole and bit by bit.

package survey

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestToolhubIsReadWholeInPagesOfAThousand(t *testing.T) {
	server := newToolhubServer(t, manyTools(5000)...)
	source := server.source(FetcherConfig{})
	if source.Name != "toolhub" || source.Every <= 0 {
		t.Errorf("source %q every %s", source.Name, source.Every)
	}
	var steps []string
	s, err := source.Read(t.Context(), Reading{At: noon, Progress: func(done, whole int) { steps = append(steps, fmt.Sprint(done, "/", whole)) }})
	if err != nil {
		t.Fatal(err)
	}
	if s.Source != "toolhub" || s.Wiki != registry.AllWikis || s.Part || !s.At.Equal(noon) || len(s.Items) != 5000 || len(s.Claims) != 0 {
		t.Errorf("survey of %q for %q, part %t, at %s: %d items, %d claims", s.Source, s.Wiki, s.Part, s.At, len(s.Items), len(s.Claims))
	}
	if got := len(server.requests()); got != 5 {
		t.Errorf("%d requests", got)
	}
	if diff := cmp.Diff([]string{"1000/5000", "2000/5000", "3000/5000", "4000/5000", "5000/5000"}, steps); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if len(server.agents) != 1 || !server.agents["codesteward-test/1.0 (https://example.org/bot)"] {
		t.Errorf("user agents %v", server.agents)
	}
	items := itemsByKey(s)
	for _, key := range []registry.Key{"tool:tool-0000", "tool:toolhub:tool-0001", "tool:toolhub:tool-4999"} {
		if items[key].Name == "" {
			t.Errorf("%s is missing", key)
		}
	}
}

func TestToolhubRecordsBecomeItems(t *testing.T) {
	modified := noon.Add(-time.Hour)
	tests := []struct {
		name   string
		record record
		want   registry.Item
	}{
		{"a tool of Toolforge", newRecord("toolforge-guc", modified).with(record{
			"title": "Global user contributions", "url": "https://guc.toolforge.org/", "repository": "https://gitlab.wikimedia.org/toolforge-repos/guc",
			"user_docs_url":      []record{{"language": "de", "url": "https://example.org/de"}, {"language": "en", "url": "https://example.org/en"}},
			"developer_docs_url": []record{{"language": "en", "url": "https://example.org/dev"}},
		}), registry.Item{
			Key: "tool:guc", Name: "Global user contributions", URL: "https://guc.toolforge.org/", Aliases: []string{"toolforge-guc"},
			Details: registry.Details{
				Title: "Global user contributions", Docs: "https://example.org/en", Repository: "https://gitlab.wikimedia.org/toolforge-repos/guc",
			},
		}},
		{"a tool from elsewhere, in another script", newRecord("כלי-עריכה", modified), registry.Item{
			Key: "tool:toolhub:כלי-עריכה", Name: "The כלי-עריכה", URL: "https://example.org/כלי-עריכה", Aliases: []string{"כלי-עריכה"},
			Details: registry.Details{Title: "The כלי-עריכה"},
		}},
		{"what the community added, where the record says nothing", newRecord("bot", modified).with(record{
			"tool_type": nil, "annotations": record{
				"tool_type": "bot", "repository": "https://example.org/code", "deprecated": true, "experimental": true,
				"replaced_by": "https://example.org/new", "user_docs_url": []record{{"language": "en", "url": "https://example.org/help"}},
			},
		}), registry.Item{
			Key: "tool:toolhub:bot", Name: "The bot", URL: "https://example.org/bot", Aliases: []string{"bot"},
			Details: registry.Details{
				Title: "The bot", Type: "bot", Repository: "https://example.org/code", Docs: "https://example.org/help",
				Deprecated: true, Experimental: true, ReplacedBy: "https://example.org/new",
			},
		}},
		{"the record's own word before the community's", newRecord("own", modified).with(record{
			"repository": "https://example.org/own", "deprecated": true, "replaced_by": "https://example.org/a",
			"annotations": record{"tool_type": "bot", "repository": "https://example.org/other", "replaced_by": "https://example.org/b"},
		}), registry.Item{
			Key: "tool:toolhub:own", Name: "The own", URL: "https://example.org/own", Aliases: []string{"own"},
			Details: registry.Details{Title: "The own", Repository: "https://example.org/own", Deprecated: true, ReplacedBy: "https://example.org/a"},
		}},
		{"old forms of fields, and fields that are not there", record{
			"name": "old", "title": "", "keywords": "lists, ,Lists, editing", "author": "Ana, Ben", "user_docs_url": "https://example.org/doc",
			"developer_docs_url": record{"url": "https://example.org/dev"}, "annotations": nil, "modified_date": modified.Format(time.RFC3339),
		}, registry.Item{
			Key: "tool:toolhub:old", Name: "toolhub:old", Aliases: []string{"old"},
			Details: registry.Details{
				Docs: "https://example.org/doc", Keywords: []string{"lists", "Lists", "editing"}, Authors: []string{"Ana", "Ben"},
			},
		}},
		{"a page on Wikitech", newRecord("toolforge-ia-upload", modified).with(record{
			"title": "IA Upload", "url": "https://wikitech.wikimedia.org/wiki/Tool:IA_Upload/help",
		}), registry.Item{
			Key: "tool:ia-upload", Name: "IA Upload", URL: "https://wikitech.wikimedia.org/wiki/Tool:IA_Upload/help",
			Aliases: []string{"toolforge-ia-upload", "Tool:IA Upload"}, Details: registry.Details{Title: "IA Upload"},
		}},
		{"a user script on a wiki", newRecord("ana-script", modified).with(record{
			"title": "Script", "tool_type": "user script", "url": "https://en.wikipedia.org/wiki/User:Ana/my_script.js",
		}), registry.Item{
			Key: "tool:toolhub:ana-script", Name: "Script", URL: "https://en.wikipedia.org/wiki/User:Ana/my_script.js",
			Aliases: []string{"ana-script", "userscript:enwiki:User:Ana/my script.js"}, Details: registry.Details{Title: "Script", Type: "user script"},
		}},
		{"a gadget whose code is on a wiki", newRecord("cat-a-lot", modified).with(record{
			"title": "Cat-a-lot", "tool_type": nil, "url": "https://example.org/help",
			"repository":  "https://commons.wikimedia.org/w/index.php?title=MediaWiki:Gadget-Cat-a-lot.js&action=raw",
			"annotations": record{"tool_type": "gadget"},
		}), registry.Item{
			Key: "tool:toolhub:cat-a-lot", Name: "Cat-a-lot", URL: "https://example.org/help",
			Aliases: []string{"cat-a-lot", "gadget:commonswiki:Cat-a-lot"},
			Details: registry.Details{Title: "Cat-a-lot", Type: "gadget", Repository: "https://commons.wikimedia.org/w/index.php?title=MediaWiki:Gadget-Cat-a-lot.js&action=raw"},
		}},
		{"a web app that only links to a script", newRecord("app", modified).with(record{"repository": "https://en.wikipedia.org/wiki/User:Ana/x.js"}), registry.Item{
			Key: "tool:toolhub:app", Name: "The app", URL: "https://example.org/app", Aliases: []string{"app"},
			Details: registry.Details{Title: "The app", Repository: "https://en.wikipedia.org/wiki/User:Ana/x.js"},
		}},
		{"replaced by itself", newRecord("self", modified).with(record{"deprecated": true, "replaced_by": "https://toolhub.wikimedia.org/tools/self"}), registry.Item{
			Key: "tool:toolhub:self", Name: "The self", URL: "https://example.org/self", Aliases: []string{"self"},
			Details: registry.Details{Title: "The self", Deprecated: true},
		}},
		{"markup and characters that cannot be seen", newRecord("odd", modified).with(record{
			"title": "\u202e<b>[[Odd]]\u202c\x00\x1b[1m\n{{tool}}</b>\u200b", "description": "a\r\n\r\nb\u2028c\u00adc", "url": "javascript:alert(1)",
			"repository": "https://user:secret@example.org/",
		}), registry.Item{
			Key: "tool:toolhub:odd", Name: "<b>[[Odd]] [1m {{tool}}</b>", Aliases: []string{"odd"},
			Details: registry.Details{Title: "<b>[[Odd]] [1m {{tool}}</b>", Description: "a b cc"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := readAt(t, newToolhubServer(t, tt.record).source(FetcherConfig{}), 0, registry.Survey{})
			if err != nil || len(s.Items) != 1 {
				t.Fatalf("%d items, %v", len(s.Items), err)
			}
			want, got := tt.want, s.Items[0]
			if !got.Changed.Equal(modified) {
				t.Errorf("changed %s", got.Changed)
			}
			want.Changed = got.Changed
			if tt.record["license"] != nil { // what newRecord says of every tool
				if want.Type == "" {
					want.Type = "web app"
				}
				want.Licence, want.Authors, want.Keywords = "GPL-3.0-or-later", []string{"Ana"}, []string{"editing", "lists"}
				if want.Description == "" {
					want.Description = "Does what " + tt.record["name"].(string) + " does"
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("item (-want +got):\n%s", diff)
			}
		})
	}
}

func TestToolhubIsThenAskedWhatChanged(t *testing.T) {
	server := newToolhubServer(t, manyTools(300)...)
	source := server.source(FetcherConfig{})
	first, err := readAt(t, source, 0, registry.Survey{})
	if err != nil {
		t.Fatal(err)
	}
	server.requests()

	steps := []struct {
		name   string
		after  time.Duration
		change func()
		part   bool
		keys   []registry.Key // nil: the whole list
		err    error
		asked  int
	}{
		{"nothing, on a page that was not asked before", time.Hour, func() {}, true, []registry.Key{"tool:tool-0000"}, nil, 1},
		{"nothing", 2 * time.Hour, func() {}, false, nil, ErrUnchanged, 1},
		{"one changed", 3 * time.Hour, func() {
			server.tools[200].with(record{"modified_date": noon.Add(150 * time.Minute).Format(time.RFC3339Nano)})
		}, true, []registry.Key{"tool:tool-0000", "tool:tool-0200"}, nil, 1},
		{"one new", 4 * time.Hour, func() { server.tools = append(server.tools, newRecord("new", noon.Add(200*time.Minute))) },
			true, []registry.Key{"tool:tool-0200", "tool:toolhub:new"}, nil, 1},
		{"one deleted", 5 * time.Hour, func() { server.tools = server.tools[1:] }, false, nil, nil, 2},
		{"one revived, which keeps the time it was made", 6 * time.Hour, func() {
			server.tools = append(server.tools, newRecord("toolforge-tool-0000", noon.Add(-time.Minute)).with(record{"modified_date": noon.Add(330 * time.Minute).Format(time.RFC3339Nano)}))
		}, false, nil, nil, 2},
		{"one deleted and one new", 7 * time.Hour, func() {
			server.tools = append(server.tools[1:], newRecord("newer", noon.Add(400*time.Minute)))
		}, false, nil, nil, 2},
		{"a hundred and fifty changed", 8 * time.Hour, func() {
			for i := range 150 {
				server.tools[i].with(record{"modified_date": noon.Add(450*time.Minute + time.Duration(i)*time.Second).Format(time.RFC3339Nano)})
			}
		}, true, make([]registry.Key, 151), nil, 2},
		{"a day later", 32 * time.Hour, func() {}, false, nil, nil, 1},
	}
	last := first
	for _, step := range steps {
		server.change(step.change)
		s, err := readAt(t, source, step.after, last)
		if asked := server.requests(); len(asked) != step.asked {
			t.Errorf("%s: asked %v", step.name, asked)
		}
		if !errors.Is(err, step.err) || err != nil && step.err == nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if err != nil {
			continue
		}
		if s.Part != step.part || s.Wiki != registry.AllWikis || s.Mark == "" {
			t.Errorf("%s: part %t for %q, mark %q", step.name, s.Part, s.Wiki, s.Mark)
		}
		switch {
		case step.keys == nil && len(s.Items) != len(server.tools):
			t.Errorf("%s: %d of %d items", step.name, len(s.Items), len(server.tools))
		case len(step.keys) == 151 && len(s.Items) != 151:
			t.Errorf("%s: %d items", step.name, len(s.Items))
		case step.keys != nil && len(step.keys) < 151:
			if diff := cmp.Diff(step.keys, keysOf(s)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
		}
		last = s
	}
	if server.saved != 1 {
		t.Errorf("%d answers were saved by validators", server.saved)
	}
}

func TestToolhubIsReadWholeWhereChangesAreNotEnough(t *testing.T) {
	server := newToolhubServer(t, manyTools(30)...)
	source := server.source(FetcherConfig{})
	first, err := readAt(t, source, 0, registry.Survey{})
	if err != nil {
		t.Fatal(err)
	}
	var mark map[string]any
	if err := json.Unmarshal([]byte(first.Mark), &mark); err != nil {
		t.Fatal(err)
	}
	changed := func(key string, value any) string {
		m := make(map[string]any)
		for k, v := range mark {
			m[k] = v
		}
		m[key] = value
		text, _ := json.Marshal(m)
		return string(text)
	}
	for name, last := range map[string]registry.SurveyState{
		"no mark":                      {},
		"a mark that is no JSON":       {Mark: "…"},
		"the mark of another address":  {Mark: changed("address", "example.org/api/tools/")},
		"the mark of a clock ahead":    {Mark: changed("whole", noon.AddDate(1, 0, 0))},
		"a smaller answer that waits":  {Mark: first.Mark, Held: noon},
		"a mark without a newest time": {Mark: changed("modified", time.Time{})},
	} {
		s, err := source.Read(t.Context(), Reading{At: noon.Add(time.Hour), Last: last})
		if err != nil || s.Part || len(s.Items) != 30 {
			t.Errorf("%s: part %t, %d items, %v", name, s.Part, len(s.Items), err)
		}
	}
}

func TestTimesThatLieAheadHideNoChanges(t *testing.T) {
	server := newToolhubServer(t, append(manyTools(10), newRecord("ahead", noon.AddDate(5, 0, 0)))...)
	source := server.source(FetcherConfig{})
	first, err := readAt(t, source, 0, registry.Survey{})
	if err != nil {
		t.Fatal(err)
	}
	server.change(func() { server.tools[5].with(record{"modified_date": noon.Add(time.Minute).Format(time.RFC3339Nano)}) })
	s, err := readAt(t, source, time.Hour, first)
	if err != nil || !s.Part || !slices.Contains(keysOf(s), "tool:toolhub:tool-0005") {
		t.Errorf("part %t, %v, %v", s.Part, keysOf(s), err)
	}
}

// The pages of a list that changes under way are those of several lists.
func TestNoToolIsLostWhileTheListShifts(t *testing.T) {
	newest := func(r record) { r.with(record{"modified_date": noon.Add(time.Minute).Format(time.RFC3339Nano)}) }
	tests := []struct {
		name   string
		size   int // of the pages that the server gives
		change func(s *toolhubServer, request int)
		want   int // tools at the end
		broken bool
	}{
		{"one is edited", 10, func(s *toolhubServer, n int) {
			if n == 2 {
				newest(s.tools[25])
			}
		}, 30, false},
		{"one is edited, and the newest come first", 10, func(s *toolhubServer, n int) {
			s.unsorted = true
			if n == 2 {
				newest(s.tools[25])
			}
		}, 30, false},
		{"one is edited before each page, and the newest come first", 10, func(s *toolhubServer, n int) {
			s.unsorted = true
			s.tools[29-n].with(record{"modified_date": noon.Add(time.Duration(n) * time.Second).Format(time.RFC3339Nano)})
		}, 0, true},
		{"one is edited before each page", 10, func(s *toolhubServer, n int) { newest(s.tools[n%30]) }, 30, false},
		{"one is deleted", 10, func(s *toolhubServer, n int) {
			if n == 2 {
				s.tools = slices.DeleteFunc(s.tools, func(r record) bool { return r["name"] == "tool-0001" })
			}
		}, 29, false},
		{"one comes in front", 10, func(s *toolhubServer, n int) {
			if n == 3 {
				s.tools = append(s.tools, newRecord("aaa", noon))
			}
		}, 31, false},
		{"the last page goes", 10, func(s *toolhubServer, n int) {
			if n == 3 {
				s.tools = s.tools[:15]
			}
		}, 15, false},
		{"one comes before every page", 10, func(s *toolhubServer, n int) {
			s.tools = append(s.tools, newRecord(fmt.Sprintf("a%d", n), noon))
		}, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newToolhubServer(t, manyTools(30)...)
			server.smallest = tt.size
			server.before = func(_ http.ResponseWriter, _ *http.Request, n int) bool {
				tt.change(server, n)
				return false
			}
			s, err := readAt(t, server.source(FetcherConfig{}), 0, registry.Survey{})
			if tt.broken {
				if err == nil || !strings.Contains(err.Error(), "add up") {
					t.Errorf("%d items, %v", len(s.Items), err)
				}
				return
			}
			if err != nil || len(s.Items) != tt.want {
				t.Fatalf("%d items, %v", len(s.Items), err)
			}
			items := itemsByKey(s)
			for _, r := range server.tools {
				if key, _ := toolKey(r["name"].(string)); items[key].Name == "" {
					t.Errorf("%s is lost", key)
				}
			}
		})
	}
}

func TestNextPagesAreThoseOfTheHostThatWasConfigured(t *testing.T) {
	for next, want := range map[string]string{
		"https://example.org/api/tools/?page=2":        "links to another host for its next page",
		"//example.org/api/tools/?page=2":              "links to another host for its next page",
		"http://HOST:1/api/tools/?page=2":              "links to another host for its next page",
		"file:///etc/passwd":                           "links to another host for its next page",
		"http://HOST/api/tools/\x7f?page=2":            "links to another host for its next page",
		"https://HOST/other/?ordering=name&page=2":     "",
		"?ordering=name&page_size=1000&page=2":         "",
		"/api/tools/?ordering=name&page_size=5&page=2": "",
	} {
		server := newToolhubServer(t, manyTools(10)...)
		server.smallest = 5
		host := strings.TrimPrefix(server.URL, "http://")
		server.pages = func(p record) record {
			if p["next"] != nil {
				p["next"] = strings.ReplaceAll(next, "HOST", host)
			}
			return p
		}
		s, err := readAt(t, server.source(FetcherConfig{}), 0, registry.Survey{})
		if want == "" && (err != nil || len(s.Items) != 10) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %d items, %v", next, len(s.Items), err)
		}
	}
}
