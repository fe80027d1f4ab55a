// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the same test on a real wiki: MediaWiki is asked what it makes
// of what others have written.

package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

// made is what MediaWiki finds on a page.
type made struct {
	Text          string
	Categories    []any
	Templates     []any
	Images        []any
	LangLinks     []any
	ExternalLinks []string
	IWLinks       []struct{ Prefix string }
	Sections      []struct{ Level string }
	Properties    map[string]any
}

// shows asks a wiki what it makes of a page.
func shows(t *testing.T, wiki *wikitest.Wiki, title string) (made, *goquery.Document) {
	t.Helper()
	raw, err := wiki.Admin().Do(t.Context(), map[string]string{"action": "parse", "page": title, "disablelimitreport": "1", "disableeditsection": "1",
		"prop": "text|externallinks|iwlinks|langlinks|templates|categories|images|sections|properties"})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Parse made }
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Parse.Text))
	if err != nil {
		t.Fatal(err)
	}
	return answer.Parse, doc
}

// outline is what a reader gets: sections, and the rows and cells of tables.
func (m made) outline(doc *goquery.Document) string {
	var b strings.Builder
	fmt.Fprintln(&b, m.Sections)
	doc.Find("table").Each(func(_ int, table *goquery.Selection) {
		table.Find("tr").Each(func(_ int, row *goquery.Selection) {
			id, _ := row.Attr("id")
			fmt.Fprintln(&b, id, row.Find("th").Length(), row.Find("td").Length())
		})
	})
	fmt.Fprintln(&b, doc.Find("ul").Length(), doc.Find("li").Length(), doc.Find("dl").Length(), doc.Find("pre").Length(), doc.Find("div").Length(), doc.Find(".error").Length())
	return b.String()
}

func TestWhatOthersWroteMeansNothingToAWiki(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{})
	if _, err := wiki.Admin().Edit(t.Context(), "MediaWiki:Spam-blacklist", `spam\.example`, ""); err != nil {
		t.Fatal(err)
	}
	bot, err := wiki.CreateUser(t.Context(), "Table bot") // without the group, whose edits no list stops
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bot.Edit(t.Context(), "Spam", "https://spam.example/", ""); err == nil {
		t.Fatal("the list of spam stops nothing")
	}
	const seed = 8
	for _, language := range []string{"en", "ar"} {
		words := messages.In(language, nil)
		calm := map[string]string{}
		look := func(text string) {
			pages := written(t, text, words)
			for _, name := range slices.Sorted(maps.Keys(pages)) {
				title := "Kind " + name
				if _, err := bot.Edit(t.Context(), title, pages[name], ""); err != nil {
					t.Fatalf("%q: the page %s was refused: %v\n%s", text, name, err, pages[name])
				}
				m, doc := shows(t, wiki, title)
				outline := m.outline(doc)
				if calm[name] == "" {
					calm[name] = outline
				}
				if outline != calm[name] {
					t.Errorf("it is made of\n%s\nand should be of\n%s", outline, calm[name])
				}
				if len(m.Categories)+len(m.Templates)+len(m.Images)+len(m.LangLinks)+len(m.Properties) > 0 {
					t.Errorf("categories %v, templates %v, images %v, languages %v, properties %v", m.Categories, m.Templates, m.Images, m.LangLinks, m.Properties)
				}
				for _, link := range m.ExternalLinks {
					if u, err := url.Parse(link); err != nil || !trustedHost(u.Host) {
						t.Errorf("a link to %s", link)
					}
				}
				if doc.Find("script, iframe, [onclick], [onmouseover]").Length() > 0 {
					t.Error("a script")
				}
				if t.Failed() {
					t.Fatalf("seed %d: %q on the page %s in %s:\n%s", seed, text, name, language, pages[name])
				}
			}
		}
		look("Harmless")
		// All texts at once, and then chance.
		for some := range slices.Chunk(hostile, 8) {
			look(strings.Join(some, " "))
		}
		for _, text := range mixed(seed, 8) {
			look("x" + text)
		}
	}
}
