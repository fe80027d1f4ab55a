// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of pages in a real browser, on real wikis: that they
// work for readers, and pictures of them. PICTURES=make takes the pictures anew,
// PICTURES=check compares them with those in testdata/pictures/pages.

package plan_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/web/browsertest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

const sceneRules = `{
	"version": 2, "enabled": true,
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"], "group": "section",
		 "columns": ["item", "steward", "verdict", "why", "users", "mentions", "changed", "notes"]},
		{"id": "extensions", "page": "Project:Extensions", "kinds": ["extension", "skin"],
		 "columns": ["item", "kind", "steward", "maintainers", "verdict", "why", "links", "changed", "notes"], "sort": ["verdict"]}
	],
	"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 10},
	"overview": {"page": "Project:Stewardship"},
	"adoption": {"page": "Project:Adoption"},
	"notices": {"talk": true, "settle_minutes": 0}
}`

// sceneView is a wiki with items of every verdict.
func sceneView() registry.View {
	v := registry.View{Wiki: "testwiki", Surveys: view().Surveys, Accounts: map[string]registry.Account{
		"Cleo": {Name: "Cleo", LastEdit: now.AddDate(-2, 0, 0), Read: now},
	}}
	add := func(item registry.Item, users int64, claims ...registry.Claim) registry.Item {
		item.Changed, item.ChangedRevision = now.AddDate(0, 0, -len(v.Entries)*9), int64(100+len(v.Entries))
		e := registry.Entry{Item: item, Claims: claims}
		if users > 0 {
			metric := registry.Users
			if item.Key.Kind() != detect.Gadget {
				metric = registry.Links
			}
			e.Measures = []registry.Measure{measure(item, metric, users, false), measure(item, registry.ActiveUsers, users/7, false)}
		}
		v.Entries = append(v.Entries, e)
		return item
	}
	in := func(item registry.Item, section string) registry.Item { item.Section = section; return item }
	cat, peek, tabs, clock := gadget("Cat-a-lot"), gadget("Map-peek"), gadget("Old-tabs"), gadget("UTC-clock")
	clock.Default = true
	add(in(peek, "browsing"), 1290, claim(peek, registry.User, "Ada", registry.Confirmed, "cells"))
	add(in(cat, "editing"), 20480, claim(cat, registry.Nobody, "", registry.Stated, "list"))
	add(in(tabs, "browsing"), 34, claim(tabs, registry.User, "Ben", registry.Unconfirmed, "cells"))
	add(in(clock, "interface"), 0, claim(clock, registry.User, "Cleo", registry.Confirmed, "cells"))
	quiet := gadget("Quiet-toc")
	add(in(quiet, "browsing"), 780)
	poem, echo, vector := extension("Poem"), extension("Echo"), extension("Cite")
	add(echo, 900, claim(echo, registry.Team, "Growth", registry.Stated, "maintainers"))
	add(poem, 1200, claim(poem, registry.Nobody, "", registry.Stated, "maintainers"))
	c := claim(vector, registry.User, "Dan", registry.Stated, "maintainers")
	c.Role = registry.Maintainer
	add(vector, 31000, c)
	disputed := extension("Kartographer")
	add(disputed, 55, claim(disputed, registry.User, "Eve", registry.Disputed, "cells"))
	v.Mentions = []registry.Mention{
		mention(cat, "Cat-a-lot", detect.Gadget, "Bo", 31, now.Add(-2*time.Hour)),
		mention(poem, "Poem", detect.Extension, "Bo", 30, now.Add(-3*time.Hour)),
		mention(peek, "Map-peek", detect.Gadget, "Bo", 29, now.Add(-4*time.Hour)),
	}
	return v
}

// kinds of pages, by the name of their pictures.
func scenes(t *testing.T, on plan.Site, words *messages.Set) map[string]plan.Page {
	t.Helper()
	in := plan.Input{Site: on, Rules: rules(t, sceneRules), View: sceneView(), Now: now, Words: words}
	pages := map[string]plan.Page{}
	names := map[string]string{"Project:Gadgets": "gadgets", "Project:Extensions": "extensions", "Project:Noticeboard": "noticeboard",
		"Project:Stewardship": "overview", "Project:Adoption": "adoption", "User talk:Ada": "message"}
	for _, p := range plan.Pages(in) {
		if name := names[p.Title]; name != "" {
			pages[name] = p
		}
	}
	s := standing(t, sceneRules)
	s.Words, s.Recovered = words, &plan.Recovery{Revision: 11, User: "Admin", At: now, Bad: 10, BadUser: "Bo"}
	s.Stops = []plan.Stop{{Line: "notices", Stops: "notices", User: "Ada", Time: now}}
	s.Trouble = []string{"region gadgets was emptied; undo that, so that what people wrote there comes back"}
	s.Sources = []plan.SourceTrouble{{SurveyState: registry.SurveyState{Source: "gadgets", Read: now.Add(-time.Hour), Failed: now, Reason: "the wiki answers with an error"}}}
	s.Preview = &plan.Preview{Effects: []plan.Effect{{Title: "Project:Gadgets", Region: "gadgets", Added: []string{"Cat-a-lot", "Map-peek"}, Changed: []string{"Quiet-toc"}, Lines: 30}}}
	pages["report"] = plan.ReportPage(on, s)
	pages["status"] = plan.StatusPage(on, plan.Status{Standing: s, At: now, LastEvent: now.Add(-90 * time.Second),
		Edits: []registry.Edit{{Title: "Project:Gadgets", Revision: 31, Saved: now}, {Title: "Project:Extensions", Revision: 30, Saved: now.Add(-time.Hour)}}})
	return pages
}

// staged starts a wiki in a language that has the pages, and returns the names of
// those.
func staged(t *testing.T, language string) (*wikitest.Wiki, []string) {
	t.Helper()
	wiki := wikitest.Start(t, wikitest.Options{Extra: fmt.Sprintf("$wgLanguageCode = '%s';\n", language)})
	on := site
	on.Language = language
	var names []string
	for name, page := range scenes(t, on, messages.In(language, nil)) {
		text, err := page.Create()
		if err != nil {
			t.Fatal(err)
		}
		if name == "gadgets" {
			text = inTable(t, text, registry.RowID(gadget("Map-peek").Key), "codesteward-steward", "[[User:Ada|Ada]]")
			text = inTable(t, text, registry.RowID(gadget("Map-peek").Key), "codesteward-notes", "ask on the talk page")
		}
		if _, err := wiki.Admin().Edit(t.Context(), scenePage(name), text, ""); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return wiki, names
}

func scenePage(name string) string { return "Scene " + name }

// inTable writes into the cell of a column, known by its class.
func inTable(t *testing.T, text, row, class, words string) string {
	t.Helper()
	column := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "! class=") {
			if strings.Contains(line, class) {
				break
			}
			column++
		}
	}
	start := strings.Index(text, `|- id="`+row+`"`)
	lines := strings.Split(text[start:], "\n")
	lines[1+column] = "| " + words
	return text[:start] + strings.Join(lines, "\n")
}

func address(wiki *wikitest.Wiki, name, skin string) string {
	return wiki.URL + "/index.php?" + url.Values{"title": {scenePage(name)}, "useskin": {skin}}.Encode()
}

// texts of the cells of a column, by its class, in the order of the rows.
const columnTexts = `((c) => { const t = document.querySelector('table.codesteward'); const i = [...t.querySelectorAll('tr:has(th[scope=col]) th')].findIndex(h => h.classList.contains(c));
	return [...t.querySelectorAll('tr[id]')].map(r => r.cells[i].textContent.trim()) })`

func TestReadersCanUseThePages(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a MediaWiki")
	}
	b := browsertest.Start(t)
	for _, language := range []string{"en", "ar"} {
		wiki, names := staged(t, language)
		for _, skin := range []string{"vector-2022", "minerva"} {
			for _, name := range names {
				openWiki(t, b, address(wiki, name, skin), 360)
				var wide struct {
					Page, Window int
					Direction    string
				}
				b.Value(`({page: document.documentElement.scrollWidth, window: innerWidth, direction: getComputedStyle(document.querySelector('.mw-parser-output')).direction})`, &wide)
				if wide.Page > wide.Window+1 {
					t.Errorf("%s in %s, %s: the page is %d wide in a window of %d", name, language, skin, wide.Page, wide.Window)
				}
				if want := map[string]string{"en": "ltr", "ar": "rtl"}[language]; wide.Direction != want {
					t.Errorf("%s in %s, %s: it is written %s", name, language, skin, wide.Direction)
				}
			}
			if skin == "minerva" {
				continue // which does not sort in 1.39
			}
			openWiki(t, b, address(wiki, "extensions", skin), 1200)
			var order []string
			b.Value(`(async () => { await mw.loader.using('jquery.tablesorter');
				const h = document.querySelector('th.codesteward-links');
				for (let i = 0; i < 1200 && !h.classList.contains('headerSort'); i++) { await new Promise(r => setTimeout(r, 50)) }
				h.click(); return `+columnTexts+`('codesteward-links') })()`, &order)
			if digits := ascii(strings.Join(order, " ")); digits != "55 900 1200 31000" {
				t.Errorf("in %s, sorted by clicking: %q", language, order)
			}
			var marks struct{ Caption, Columns, Rows, Unnamed int }
			b.Value(`(() => { const t = document.querySelector('table.codesteward'); return {caption: t.querySelectorAll('caption').length, columns: t.querySelectorAll('th[scope=col]').length,
				rows: t.querySelectorAll('tr[id] th[scope=row]').length, unnamed: [...t.querySelectorAll('td[style*=background]')].filter(c => !c.textContent.trim()).length} })()`, &marks)
			if marks.Caption != 1 || marks.Columns != 9 || marks.Rows != 4 || marks.Unnamed != 0 {
				t.Errorf("in %s: %+v", language, marks)
			}
		}
	}
}

// ascii writes digits as English does, without marks between them.
func ascii(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '٠' <= r && r <= '٩':
			return '0' + r - '٠'
		case r == ' ' || '0' <= r && r <= '9':
			return r
		}
		return -1
	}, text)
}

func TestPictures(t *testing.T) {
	mode := os.Getenv("PICTURES")
	if mode == "" {
		t.Skip("takes pictures with PICTURES=make, and compares them with PICTURES=check")
	}
	dir := filepath.Join("testdata", "pictures", "pages")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	for _, language := range []string{"en", "ar"} {
		wiki, names := staged(t, language)
		for _, name := range names {
			for _, skin := range []string{"vector-2022", "minerva"} {
				for size, width := range map[string]int{"desktop": 1200, "phone": 360} {
					openWiki(t, b, address(wiki, name, skin), width)
					file := filepath.Join(dir, fmt.Sprintf("%s-%s-%s-%s.png", name, language, skin, size))
					taken := b.Picture()
					before, err := os.ReadFile(file)
					if mode == "make" {
						if err := os.WriteFile(file, taken, 0o644); err != nil {
							t.Fatal(err)
						}
					} else if err != nil {
						t.Error(err)
						continue
					}
					if share := differs(t, before, taken); share > 0.02 {
						if t.Logf("%s: %.1f %% of it is other than before", file, 100*share); mode == "check" {
							t.Errorf("%s is not what the page looks like", file)
						}
					}
				}
			}
		}
	}
}

// differs is which share of two pictures is not the same; 1 where one of them is
// none or they have other sizes.
func differs(t *testing.T, before, after []byte) float64 {
	t.Helper()
	a, err := png.Decode(bytes.NewReader(before))
	if err != nil {
		return 1
	}
	b, err := png.Decode(bytes.NewReader(after))
	if err != nil {
		t.Fatal(err)
	}
	if a.Bounds() != b.Bounds() {
		return 1
	}
	other := 0
	for p := a.Bounds().Min; p.Y < a.Bounds().Max.Y; p.Y++ {
		for p.X = a.Bounds().Min.X; p.X < a.Bounds().Max.X; p.X++ {
			if a.At(p.X, p.Y) != b.At(p.X, p.Y) {
				other++
			}
		}
	}
	return float64(other) / float64(area(a))
}

func area(i image.Image) int { return i.Bounds().Dx() * i.Bounds().Dy() }
