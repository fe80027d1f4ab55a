// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests that ask MediaWiki which cells a table has, and where
// they stand.

package wikitext_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// word is what cells are told apart by.
var word = regexp.MustCompile(`\bw[0-9]+\b`)

// shownTables lists every table of a page as MediaWiki's HTML has it: a line for
// each cell with its row, its column, its sign and its words.
func shownTables(t *testing.T, page string) map[string][]string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	doc.Find("table").Each(func(_ int, table *goquery.Selection) {
		var lines []string
		taken := map[[2]int]bool{}
		y := 0
		rows := table.ChildrenFiltered("thead,tbody,tfoot").ChildrenFiltered("tr")
		rows.Each(func(_ int, tr *goquery.Selection) {
			x := 0
			tr.ChildrenFiltered("td,th").Each(func(_ int, td *goquery.Selection) {
				for taken[[2]int{y, x}] {
					x++
				}
				width := min(max(number(td, "colspan", 1), 1), 1000)
				height := number(td, "rowspan", 1)
				if height == 0 {
					height = rows.Length()
				}
				lines = append(lines, line(y, x, tr.AttrOr("id", ""), goquery.NodeName(td) == "th", td.AttrOr("title", ""), shownWords(td.Nodes[0])))
				for dy := range min(height, rows.Length()-y) {
					for dx := range width {
						taken[[2]int{y + dy, x + dx}] = true
					}
				}
				x += width
			})
			if tr.ChildrenFiltered("td,th").Length() > 0 {
				y++
			}
		})
		found[table.AttrOr("id", "")] = lines
	})
	return found
}

func line(row, column int, id string, header bool, title string, words []string) string {
	return fmt.Sprintf("row %d %q column %d header %v title %q: %s", row, id, column, header, title, strings.Join(words, " "))
}

func number(s *goquery.Selection, attr string, otherwise int) int {
	v, ok := s.Attr(attr)
	if !ok {
		return otherwise
	}
	digits := regexp.MustCompile(`^[ \t\n\f\r]*\+?([0-9]+)`).FindStringSubmatch(v)
	if digits == nil {
		return otherwise
	}
	n, err := strconv.Atoi(digits[1])
	if err != nil {
		return 65534
	}
	return min(n, 65534)
}

// shownWords returns the words in a cell, without those of tables in it.
func shownWords(n *html.Node) []string {
	var words []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			words = append(words, word.FindAllString(n.Data, -1)...)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Data != "table" || c.Type != html.ElementNode {
				walk(c)
			}
		}
	}
	walk(n)
	return words
}

// readTables lists the tables as this package reads them.
func readTables(src string) map[string][]string {
	d := wikitext.Parse(src)
	plain := []byte(d.Masked())
	blank := func(start, end int) {
		for i := start; i < end; i++ {
			plain[i] = ' '
		}
	}
	for tmpl := range d.Templates() {
		blank(tmpl.Start, tmpl.End)
	}
	tables := slices.Collect(d.Tables())
	found := map[string][]string{}
	for i, table := range tables {
		inner := slices.Clone(plain)
		for _, other := range tables[i+1:] {
			for k := other.Start; k < min(other.End, table.End); k++ {
				inner[k] = ' '
			}
		}
		var lines []string
		y := 0
		for _, r := range table.AllRows() {
			for _, c := range r.Cells {
				lines = append(lines, line(y, c.Column, r.ID, c.Header, c.Attribute("title"), word.FindAllString(string(inner[c.Start:c.End]), -1)))
			}
			if len(r.Cells) > 0 {
				y++
			}
		}
		if len(table.AllRows()) == 0 {
			lines = []string{line(0, 0, "", false, "", nil)} // MediaWiki adds an empty cell
		}
		found[table.Attribute("id")] = lines
	}
	return found
}

// drawTable writes a table as nobody should.
func drawTable(rnd *rand.Rand, words, tables *int, depth int) string {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	var b strings.Builder
	text := func() string {
		*words++
		w := "w" + strconv.Itoa(*words)
		return fmt.Sprintf(pick("%s", "%s", "%s", " %s ", "[[:Main Page|%s]]", "'''%s'''", "<!-- | -->%s", "<!-- a\n|b -->%s", "%s {{none|a||b|\n|c}}", "<nowiki>||</nowiki>%s",
			"<span title=\"a|b\">%s</span>", "<b class='x||y'>%s</b>", "<span\nclass=\"c\"\n>%s</span>", "<code>%s</code>", "%s<br />", "%s {{!}} w0", "%s!", "%s - + }", "[https://example.org/ %s]", "%s<ref>|| a</ref>",
			"<noinclude>%s</noinclude>", "%s<includeonly>||</includeonly>", "[[:Main Page|%s", "<x|>%s", "<!-- \n\n -->%s"), w)
	}
	attrs := func() string {
		return pick("", "", "", `title="a%d" | `, `title=a%d|`, `title='a%d' class="x" |`, `rowspan=2|`, `colspan="2" title=a%d | `, `rowspan="3" colspan=2 | `, `rowspan=0|`, `colspan=0 | `, `rowspan="x"|`,
			`style="color:red" title = "a%d"  |`, `<!-- c -->title="a%d" |`, `title="b" title="a%d" | `, `title="a&amp;%d"|`, `title="a%d {{!}} `, `rowspan=999999999|`)
	}
	cell := func() string {
		a := attrs()
		if strings.Contains(a, "%d") {
			a = fmt.Sprintf(a, rnd.IntN(100))
		}
		return a + text()
	}
	newline := func() string {
		return pick("\n", "\n", "\n", "\n\n", " \n", "\n<!-- c -->\n", "\n ", "\n\t", "<!-- \n -->\n", "\n<!-- d -->")
	}
	*tables++
	fmt.Fprintf(&b, "%s{|%s id=t%d", pick("", "", "", ":", ":: ", " "), pick("", ` class="wikitable"`, "<!-- x -->"), *tables)
	if rnd.IntN(3) == 0 {
		b.WriteString(newline() + "|+" + pick("", "style=x |") + " caption")
	}
	for range rnd.IntN(6) {
		if rnd.IntN(5) > 0 {
			b.WriteString(newline() + pick("|-", "|-", "|-----", "|-<!-- -->-", "{{!}}-", "|<!-- -->-"))
			if rnd.IntN(2) == 0 {
				fmt.Fprintf(&b, pick(` id="r%d"`, "id=r%d", ` style="x" ID='r%d'`, ` <!-- c --> id = r%d `, ` class=a|id=r%d`), rnd.IntN(1000))
			}
		}
		for range rnd.IntN(5) {
			sign := pick("|", "|", "|", "!", "!", "{{!}}", "|<!-- -->", " |")
			b.WriteString(newline() + sign + cell())
			for range rnd.IntN(3) {
				b.WriteString(pick("||", "||", "||", "!!", "!!", "||", "!!|", "|!!", "!||", "!!!", "|||", "{{!}}{{!}}", "|{{!}}", "|<!-- -->|", " || ") + cell())
			}
			for range rnd.IntN(8) - 5 {
				b.WriteString(pick("\n* ", "\n", "\n\n", "\n: ", "\n{", "\n:") + text())
			}
			if depth < 3 && rnd.IntN(12) == 0 {
				b.WriteString("\n" + drawTable(rnd, words, tables, depth+1) + "\n")
			}
		}
	}
	b.WriteString(newline() + pick("|}", "|}", "|}", "{{!}}}", "|<!-- -->}", " |}"))
	return b.String()
}

// Tables as people, tools and mischief leave them have the cells that readers
// see: those of testdata/tables, one a file, and random ones.
func TestTablesAreThoseThatMediaWikiShows(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{})
	if _, err := wiki.Admin().Edit(t.Context(), "Template:None", "t", ""); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	files, err := filepath.Glob(filepath.Join("testdata", "tables", "*.wikitext"))
	if err != nil || len(files) == 0 {
		t.Fatal("no tables: ", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(f)] = strings.TrimSuffix(string(b), "\n")
	}
	rnd := rand.New(rand.NewPCG(3, 1))
	for i := range 60 {
		words, tables := 0, 0
		var page strings.Builder
		for range 5 {
			page.WriteString(drawTable(rnd, &words, &tables, 0) + "\nbetween\n")
		}
		texts["random "+strconv.Itoa(i)] = page.String()
	}
	tables := 0
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		src := texts[name]
		raw, err := wiki.Anonymous().Do(t.Context(), map[string]string{
			"action": "parse", "text": src, "contentmodel": "wikitext", "title": "Test", "prop": "text", "disablelimitreport": "1",
		})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ Parse struct{ Text string } }
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		want, got := shownTables(t, answer.Parse.Text), readTables(src)
		tables += len(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-MediaWiki +here):\n%s\n%s", name, diff, src)
		}
	}
	t.Logf("%d tables in %d texts", tables, len(texts))
	if tables < 300 {
		t.Errorf("only %d tables were compared", tables)
	}
}
