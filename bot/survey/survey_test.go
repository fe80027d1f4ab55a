// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a wiki that gives written answers, and what siteinfo makes of one.

package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// canned is a wiki that gives written answers.
type canned struct {
	answers map[string]string // by the value of meta, list, or page; else titles
	pages   map[string]string
	history []wiki.Revision // all revisions there are, oldest first
	asked   []map[string]string
}

func (c *canned) Get(_ context.Context, params map[string]string, out any) error {
	c.asked = append(c.asked, params)
	for _, name := range []string{"meta", "list", "page", "titles"} {
		what, ok := params[name]
		if !ok {
			continue
		}
		answer, ok := c.answers[what]
		if !ok && name == "titles" {
			answer, ok = c.existence(what), true
		}
		if !ok {
			return &wiki.Error{Code: "missingtitle", Info: "no answer to " + what}
		}
		return json.Unmarshal([]byte(answer), out)
	}
	return fmt.Errorf("asked %v", params)
}

func (c *canned) existence(titles string) string {
	var pages []string
	for _, t := range strings.Split(titles, "|") {
		_, ok := c.pages[t]
		pages = append(pages, fmt.Sprintf(`{"title":%q,"missing":%t}`, t, !ok))
	}
	return `{"query":{"pages":[` + strings.Join(pages, ",") + `]}}`
}

func (c *canned) Page(_ context.Context, title string) (wiki.Page, error) {
	text, ok := c.pages[title]
	return wiki.Page{Title: title, Text: text, Missing: !ok}, nil
}

func (c *canned) History(_ context.Context, _ string, after int64) (out []wiki.Revision, err error) {
	for _, r := range c.history {
		if r.ID > after {
			out = append(out, r)
		}
	}
	return out, nil
}

func (c *canned) Revisions(_ context.Context, ids ...int64) (map[int64]wiki.Revision, error) {
	out := make(map[int64]wiki.Revision)
	for _, id := range ids {
		out[id] = wiki.Revision{ID: id, Missing: true}
		for _, r := range c.history {
			if r.ID == id {
				out[id] = r
			}
		}
	}
	return out, nil
}

func TestSiteinfo(t *testing.T) {
	const extensions = `{"query":{"extensions":[
		{"type":"other","name":"GuidedTour","version":"1.2 <b>x</b>","vcs-version":"0123456789abcdef0123","license-name":"GPL-2.0-or-later","author":"Ana, [https://example.org Ben], ..., cat@example.org","url":"https://www.mediawiki.org/wiki/Extension:GuidedTour"},
		{"type":"parserhook","name":"Score","url":"//www.mediawiki.org/wiki/Extension:Score"},
		{"type":"parserhook","name":"DynamicPageList","url":"https://www.mediawiki.org/wiki/Extension:DynamicPageList_(Wikimedia)"},
		{"type":"antispam","name":"ConfirmEdit","url":"https://www.mediawiki.org/wiki/Extension:ConfirmEdit"},
		{"type":"antispam","name":"FancyCaptcha","url":"https://www.mediawiki.org/wiki/Extension:ConfirmEdit#FancyCaptcha"},
		{"type":"skin","name":"Vector","url":"https://www.mediawiki.org/w/index.php?title=Special:MyLanguage/Skin:Vector/2022"},
		{"type":"other","name":"Home [[Grown]]","url":"https://example.org/grown"},
		{"type":"other","name":"NoUrl"},
		{"type":"other","name":"BadUrl","url":"javascript:alert(1)"},
		{"type":"other","name":""}],
		"interwikimap":[%s]}}`
	const mw = `{"prefix":"mediawikiwiki","url":"https://www.mediawiki.org/wiki/$1"},{"prefix":"c","url":"https://commons.wikimedia.org/wiki/$1"},{"prefix":"mw","url":"https://www.mediawiki.org/wiki/$1"}`
	tests := []struct{ name, wiki, prefixes, page, url string }{
		{"the shortest prefix", "metawiki", mw, "mw:Extension:GuidedTour", ""},
		{"no prefix", "testwiki", `{"prefix":"c","url":"https://commons.wikimedia.org/wiki/$1"}`, "", "https://www.mediawiki.org/wiki/Extension:GuidedTour"},
		{"at home", "mediawikiwiki", mw, "Extension:GuidedTour", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := &canned{answers: map[string]string{"siteinfo": fmt.Sprintf(extensions, tt.prefixes)}}
			s, err := readSiteinfo(t.Context(), api, tt.wiki, Reading{At: noon})
			if err != nil {
				t.Fatal(err)
			}
			if s.Source != "siteinfo" || s.Wiki != tt.wiki || !s.At.Equal(noon) || len(s.Claims) > 0 {
				t.Errorf("survey: %v", s)
			}
			if s.Items[0].Page != tt.page || s.Items[0].URL != tt.url {
				t.Errorf("GuidedTour leads to %q and %q", s.Items[0].Page, s.Items[0].URL)
			}
			for i, item := range s.Items {
				if !item.Deployed {
					t.Errorf("%s is not deployed", item.Key)
				}
				s.Items[i] = registry.Item{Key: item.Key, Name: item.Name, Aliases: item.Aliases}
			}
			want := []registry.Item{
				{Key: "extension:GuidedTour", Name: "GuidedTour"},
				{Key: "extension:Score", Name: "Score"},
				{Key: "extension:DynamicPageList (Wikimedia)", Name: "DynamicPageList", Aliases: []string{"DynamicPageList (Wikimedia)"}},
				{Key: "extension:ConfirmEdit", Name: "ConfirmEdit", Aliases: []string{"FancyCaptcha"}},
				{Key: "skin:Vector", Name: "Vector"},
				{Key: "extension:Home Grown", Name: "Home Grown"},
				{Key: "extension:NoUrl", Name: "NoUrl"},
				{Key: "extension:BadUrl", Name: "BadUrl"},
			}
			if diff := cmp.Diff(want, s.Items); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
		})
	}
	api := &canned{answers: map[string]string{"siteinfo": fmt.Sprintf(extensions, mw)}}
	s, _ := readSiteinfo(t.Context(), api, "metawiki", Reading{At: noon})
	if got := s.Items[5]; got.URL != "https://example.org/grown" || got.Page != "" {
		t.Errorf("an extension from elsewhere leads to %q and %q", got.Page, got.URL)
	}
	details := registry.Details{Version: "1.2 x (0123456)", Licence: "GPL-2.0-or-later", Authors: []string{"Ana", "Ben"}}
	if diff := cmp.Diff(details, s.Items[0].Details); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	if got := s.Items[7]; got.URL != "" || got.Page != "" {
		t.Errorf("a javascript address was taken over: %q", got.URL)
	}
}

func TestAnotherVersionIsAChange(t *testing.T) {
	api := &canned{answers: map[string]string{"siteinfo": `{"query":{"extensions":[
		{"type":"other","name":"Same","version":"1"},{"type":"other","name":"Newer","version":"1","vcs-version":"0123456789abcdef0123"},
		{"type":"other","name":"Dated","version":"3"},{"type":"other","name":"Back","version":"2"},{"type":"other","name":"New","version":"1"}]}}`}}
	var known []registry.Entry
	for name, item := range map[string]registry.Item{
		"Same": {Deployed: true, Details: registry.Details{Version: "1"}}, "Newer": {Deployed: true, Details: registry.Details{Version: "1"}},
		"Dated": {Deployed: true, Changed: hour(1), Details: registry.Details{Version: "3"}}, "Back": {Listed: true, Details: registry.Details{Version: "1"}},
	} {
		item.Key = registry.Key("extension:" + name)
		known = append(known, registry.Entry{Item: item})
	}
	s, err := readSiteinfo(t.Context(), api, "metawiki", Reading{At: noon, Known: func(context.Context) ([]registry.Entry, error) { return known, nil }})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range s.Items {
		want := map[string]time.Time{"Newer": noon, "Dated": hour(1)}[item.Name]
		if !item.Changed.Equal(want) {
			t.Errorf("%s, version %s, changed at %v, want %v", item.Name, item.Version, item.Changed, want)
		}
	}
}

func TestComponentsThatHoldAMailAddress(t *testing.T) {
	api := &canned{answers: map[string]string{"siteinfo": `{"query":{"extensions":[
		{"type":"other","name":"ana@example.org","url":"https://www.mediawiki.org/wiki/Extension:Ana@example.org"},
		{"type":"other","name":"Named, ana@example.org","url":"https://ana:pass@example.org/"},{"type":"other","name":"Linked","url":"mailto:ana@example.org"}]}}`}}
	s, err := readSiteinfo(t.Context(), api, "metawiki", Reading{At: noon})
	if text := fmt.Sprintf("%+v", s.Items); err != nil || strings.Contains(text, "example") || len(s.Items) != 2 {
		t.Errorf("%s, %v", text, err)
	}
}

func TestComponentTitles(t *testing.T) {
	for title, want := range map[string]string{
		"Extension:Echo":                          "Extension Echo",
		"mw:Extension:Echo":                       "Extension Echo",
		"Special:MyLanguage/Extension:Echo/Setup": "Extension Echo",
		"extension:DynamicPageList_(Wikimedia)":   "Extension DynamicPageList (Wikimedia)",
		"Skin:Vector/2022":                        "Skin Vector",
		"Extension:":                              "",
		"Manual:Extensions":                       "",
		"":                                        "",
		"Echo":                                    "",
	} {
		kind, name, ok := component(title)
		if got := strings.TrimSpace(kind + " " + name); got != want || ok != (want != "") {
			t.Errorf("component(%q) = %q, %t, want %q", title, got, ok, want)
		}
	}
}
