// SPDX-License-Identifier: GPL-3.0-or-later

package survey

import (
	"context"
	"encoding/json"
	"errors"
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
		{"type":"other","name":"GuidedTour","url":"https://www.mediawiki.org/wiki/Extension:GuidedTour"},
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
			s, err := Siteinfo(t.Context(), api, tt.wiki, noon)
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
	s, _ := Siteinfo(t.Context(), api, "metawiki", noon)
	if got := s.Items[5]; got.URL != "https://example.org/grown" || got.Page != "" {
		t.Errorf("an extension from elsewhere leads to %q and %q", got.Page, got.URL)
	}
	if got := s.Items[7]; got.URL != "" || got.Page != "" {
		t.Errorf("a javascript address was taken over: %q", got.URL)
	}
}

const maintainersHTML = `<h2>Extensions</h2><table class="wikitable"><tr><th>Extension</th><th>Description</th><th>Steward<sup>[1]</sup></th><th>Individual maintainer<sup>[2]</sup></th><th>Consulted</th><th>Informed</th></tr>
<tr><td><a href="/wiki/Extension:Echo" title="Extension:Echo">Echo</a></td><td>d</td><td>Growth</td><td><a href="/wiki/User:Ana" title="User:Ana">Ana</a>, Ben</td><td></td><td></td></tr>
<tr><td><a href="/wiki/Extension:Media_Viewer" title="Extension:Media Viewer">Media viewer</a></td><td>d</td><td>Unassigned</td><td>formerly Multimedia</td><td></td><td></td></tr></table>
<h2>Core</h2><table class="wikitable"><tr><th>Component</th><th>Description</th><th>Steward</th><th>Individual maintainer</th><th>Consulted</th><th>Informed</th></tr>
<tr><td>Categories</td><td>d</td><td>Unassigned</td><td></td><td></td><td></td></tr></table>`

func TestMaintainers(t *testing.T) {
	text, err := json.Marshal(maintainersHTML)
	if err != nil {
		t.Fatal(err)
	}
	api := &canned{answers: map[string]string{
		"Developers/Maintainers": `{"parse":{"title":"Developers/Maintainers","pageid":7,"revid":123,"text":` + string(text) + `}}`,
		"Empty":                  `{"parse":{"title":"Empty","revid":124,"text":"<p>nothing</p>"}}`,
	}}
	s, listing, err := Maintainers(t.Context(), api, "metawiki", noon, "Developers/Maintainers")
	if err != nil {
		t.Fatal(err)
	}
	if want := (Listing{Components: 3, Items: 2, Unassigned: 2}); listing != want {
		t.Errorf("listing %v, want %v", listing, want)
	}
	claim := func(key registry.Key, role registry.Role, kind registry.HolderKind, holder string) registry.Claim {
		return registry.Claim{Item: key, Role: role, Holder: holder, HolderKind: kind, Standing: registry.Stated,
			Evidence: registry.Evidence{Wiki: "metawiki", Page: "Developers/Maintainers", Revision: 123}}
	}
	want := registry.Survey{Source: "maintainers", Wiki: "metawiki", At: noon,
		Items: []registry.Item{
			{Key: "extension:Echo", Name: "Echo", URL: "https://www.mediawiki.org/wiki/Extension:Echo", Section: "Extensions", Listed: true},
			{Key: "extension:Media Viewer", Name: "Media viewer", URL: "https://www.mediawiki.org/wiki/Extension:Media_Viewer", Section: "Extensions", Listed: true, Aliases: []string{"Media Viewer"}},
		},
		Claims: []registry.Claim{
			claim("extension:Echo", registry.Steward, registry.Team, "Growth"),
			claim("extension:Echo", registry.Maintainer, registry.User, "Ana"),
			claim("extension:Echo", registry.Maintainer, registry.Team, "Ben"),
			claim("extension:Media Viewer", registry.Steward, registry.Nobody, ""),
		},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("survey (-want +got):\n%s", diff)
	}

	for _, page := range []string{"Empty", "Missing"} {
		s, _, err := Maintainers(t.Context(), api, "metawiki", noon, "Developers/Maintainers", page)
		if err == nil || len(s.Items) > 0 || !strings.Contains(err.Error(), page) {
			t.Errorf("with the page %s: %d items, %v", page, len(s.Items), err)
		}
	}
	_, _, err = Maintainers(t.Context(), api, "metawiki", noon, "Missing")
	if e := (*wiki.Error)(nil); !errors.As(err, &e) || e.Code != "missingtitle" {
		t.Errorf("the wiki's error is lost: %v", err)
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
