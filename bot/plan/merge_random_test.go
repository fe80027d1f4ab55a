// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a test of random edits by people between refreshes.

package plan_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// personsTexts are what people write into cells, with a place for a word that
// can be told from all others.
var personsTexts = []string{
	"%s", "[[User:%s]]", "{{a|b||c=[[d|%s]]}}", "{{a\n|-\n| %s\n}}", "* one\n* %s", "# %s", "; %s : b", ":: %s", "a\n\n%s", "== %s ==\nb", "----\n%s",
	"<nowiki>|} || %s</nowiki>", "''%s'' <!-- || -->", "<!-- %s\n|- -->", "a | %s", "a || %s", "style=\"x\" | %s", "| %s", "! %s", "a !! %s", "{{!}} %s",
	"[[File:X.png|thumb|[[b|c]] %s]]", "[[%s||b]]", "-{zh:a|b:%s}-", "<ref>a|b %s</ref>", "<pre>\n|-\n| %s\n</pre>", "é語 %s", "a<br />%s", "&#124; %s",
	"{|\n|-\n| x || %s\n|}", "{| class=\"x\"\n! a\n|- id=\"z\"\n|\n{|\n| %s\n|}\n|}\nb", "x\n:{|\n| %s\n|}", "~~ %s", "-%s", "+%s", "}%s", "<b>%s", "<span title=\"a|b\">%s</span>",
}

// openTexts leave something open, or end what another one left open.
var openTexts = []string{"{{ %s", "%s }}", "[[x|%s", "%s ]]", "<nowiki> %s", "%s </nowiki>", "{|\n| %s", "%s\n|}", "<ref>%s", "%s</ref>", "{{{%s", "[[File:x|%s", "%s\n|-\nb", "<!-- %s", "| {| %s"}

// ownRows are rows that people add.
var ownRows = []string{
	"|-\n! colspan=\"7\" | %s", "|-\n! %s", "|-\n! a !! %s", "|-\n| My script || %s || || || || || please", "|- style=\"x\"\n| rowspan=\"2\" | a || b\n|-\n| %s",
	"|- id=\"mine\"\n| a\n| style=\"y\" | %s\n|\n* c", "|-\n| 1 || 2 || 3 || 4 || 5 || 6 || 7 || 8 || %s", "|-\n%s", "|- title=\"%s\"", "|-\n|\na || %s\n| c", "|-\n| a\n| b\n| c\n{|\n| %s\n|}",
	"  |-----\n  | %s", "|-\n| a | b | %s", "|-\n| a ||| %s\n|-\n|-",
}

// person edits a page as text, keeping account of the words that should stand.
type person struct {
	*rand.Rand
	page  string
	words map[string]int // how often each stands
	last  int
	done  map[string]int
}

func (p *person) word() string { p.last++; return fmt.Sprintf("w%dw", p.last) }

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// rows returns the region's text, where it begins on the page, and its rows and
// headings; none if an edit before has spoilt the table.
func (p *person) rows() (body string, start int, rows []wikitext.Row, header []string) {
	region, err := wikitext.Parse(p.page).Region("gadgets")
	if err != nil {
		return "", 0, nil, nil
	}
	table, err := wikitext.ParseTable(region.Body)
	if err != nil {
		return "", 0, nil, nil
	}
	return region.Body, region.Start, table.Rows(), table.Header()
}

func (p *person) replace(start, end int, text string) { p.page = p.page[:start] + text + p.page[end:] }

// edit makes one edit. It reports whether the bot must refuse the page.
func (p *person) edit() (refused bool) {
	body, at, rows, header := p.rows()
	source := func(r wikitext.Row) string { return strings.TrimRight(body[r.Start:r.End], "\n") + "\n" }
	items := slices.DeleteFunc(slices.Clone(rows), func(r wikitext.Row) bool {
		_, ok := registry.KeyOfRow(r.ID)
		return !ok || len(r.Cells) != len(header)
	})
	if len(items) == 0 {
		return false
	}
	r := pick(p.Rand, items)
	start, end := at+r.Start, at+r.Start+len(source(r))
	place := at + pick(p.Rand, rows).Start // in front of any row
	var pencils []int
	for i, h := range header {
		if strings.Contains(h, "✎") {
			pencils = append(pencils, i)
		}
	}
	kinds := []string{"fill", "fill", "fill", "fill", "empty", "one line", "own", "own", "move", "copy"}
	if p.IntN(5) == 0 {
		kinds = []string{"open", "open", "open", "span", "delete a cell", "double a cell"}
	}
	kind := pick(p.Rand, kinds)
	if len(pencils) == 0 && slices.Contains([]string{"fill", "open", "empty", "copy"}, kind) {
		return false
	}
	p.done[kind]++
	switch kind {
	case "fill", "open":
		i, text := pick(p.Rand, pencils), pick(p.Rand, personsTexts)
		if kind == "open" {
			text = pick(p.Rand, openTexts)
		}
		word := p.word()
		p.forget(r.Cells[i], 1)
		p.words[word] = 1
		p.replace(start, end, p.row(r, i, fmt.Sprintf(text, word)))
	case "empty":
		i := pick(p.Rand, pencils)
		p.forget(r.Cells[i], 1)
		p.replace(start, end, p.row(r, i, ""))
	case "one line":
		p.replace(start, end, p.row(r, -1, ""))
	case "own":
		word := p.word()
		p.words[word] = 1
		p.page = p.page[:place] + fmt.Sprintf(pick(p.Rand, ownRows), word) + "\n" + p.page[place:]
	case "move":
		moved := source(r)
		p.replace(start, end, "")
		if place >= end {
			place -= len(moved)
		} else if place > start {
			place = start
		}
		p.page = p.page[:place] + moved + p.page[place:]
	case "copy":
		i, word := pick(p.Rand, pencils), p.word()
		copied := source(r)
		if p.IntN(2) == 0 {
			copied = p.row(r, i, word)
			p.words[word] = 1
		}
		p.page = p.page[:place] + copied + p.page[place:]
	case "span":
		c := pick(p.Rand, r.Cells)
		p.replace(at+c.Start, at+c.End, c.Raw) // no change where the attributes come first
		i := at + r.Start + strings.Index(source(r), "\n") + 2
		p.replace(i, i, pick(p.Rand, []string{` colspan="2"`, " rowspan=3", " COLSPAN = '2'"})+map[bool]string{true: " ", false: " | "}[r.Cells[0].Attrs != ""])
		return true
	case "delete a cell", "double a cell":
		i := p.IntN(len(r.Cells))
		cells := slices.Delete(slices.Clone(r.Cells), i, i+1)
		if kind == "double a cell" {
			cells = slices.Insert(slices.Clone(r.Cells), i, r.Cells[i])
		}
		r.Cells = cells
		p.replace(start, end, p.row(r, -1, ""))
		return true
	}
	return false
}

// forget takes the words of a cell off the account.
func (p *person) forget(c wikitext.Cell, n int) {
	for word := range p.words {
		if strings.Contains(c.Raw, word) || strings.Contains(c.Attrs, word) {
			delete(p.words, word)
		}
	}
}

// row writes a row anew as an editor might, with one cell changed: a line a
// cell, or more on a line where that means the same.
func (p *person) row(r wikitext.Row, change int, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "|- id=%q", r.ID)
	oneLine := p.IntN(2) == 0
	joins := false // the line before can take one more cell
	for i, c := range r.Cells {
		mark := "|"
		if c.Header {
			mark = "!"
		}
		attrs := ""
		if c.Attrs != "" {
			attrs = " " + c.Attrs + " |"
		} else if !c.Below && strings.Contains(c.Raw, "|") {
			attrs = " |" // the first pipe ends the attributes
		}
		below := c.Below
		if i == change {
			c.Raw, attrs, below = text, pick(p.Rand, []string{"", "", ` style="q" |`}), p.IntN(3) > 0
		}
		plain := !strings.ContainsAny(c.Raw+attrs, "\n!") && !strings.Contains(c.Raw, "||") && !below
		switch {
		case below:
			b.WriteString("\n" + mark + attrs + "\n" + c.Raw)
		case oneLine && joins && plain:
			b.WriteString(" ||" + attrs + " " + c.Raw)
		default:
			b.WriteString("\n" + mark + attrs + " " + c.Raw)
		}
		joins = plain
	}
	return b.String() + "\n"
}

// Whatever people do to the table between refreshes, in whatever order items
// and columns come: a refresh is refused, or each of their words stands as
// often as before, and refreshing again changes nothing.
func TestRandomRefreshesLoseNothing(t *testing.T) {
	rules := rules(t, allRules)
	columns := [][]string{
		rules.Tables[0].Columns, rules.Tables[0].Columns, rules.Tables[1].Columns,
		{"item", "notes", "verdict", "steward"}, {"notes", "item"}, {"item", "verdict"}, {"item"}, {"item", "steward", "why", "notes", "changed"},
	}
	table := func(rnd *rand.Rand) plan.Table {
		v := view()
		for i := range 4 {
			v.Entries = append(v.Entries, registry.Entry{Item: gadget(fmt.Sprint("More ", i))})
		}
		rnd.Shuffle(len(v.Entries), func(i, j int) { v.Entries[i], v.Entries[j] = v.Entries[j], v.Entries[i] })
		v.Entries = v.Entries[rnd.IntN(4):]
		for i := range v.Entries {
			if rnd.IntN(4) == 0 {
				v.Entries[i].Item.Name = fmt.Sprint(rnd.IntN(9), " renamed | {{ [[")
			}
			if rnd.IntN(6) == 0 {
				v.Entries[i].Item.Gone = now
			}
		}
		c := rules.Tables[0]
		c.Columns = pick(rnd, columns)
		return plan.NewTable(plan.Input{Site: site, Rules: rules, View: v, Now: now}, c)
	}
	const rounds, length = 2000, 20
	done, refused, applied := map[string]int{}, 0, 0
	for seed := range uint64(rounds / length) {
		p := &person{Rand: rand.New(rand.NewPCG(seed, 1)), words: map[string]int{}, done: done}
		p.page = "Above.\n" + apply(t, table(p.Rand), "") + "\nBelow."
		for range length {
			page, words := p.page, make(map[string]int)
			for word, n := range p.words {
				words[word] = n
			}
			must := false
			for range 1 + p.IntN(2) {
				if must = p.edit(); must {
					break
				}
			}
			edited := p.page
			now := table(p.Rand)
			got, err := now.Apply(edited)
			if must && err == nil {
				t.Fatalf("seed %d: a row that cannot be read is not refused:\n%s\n\nbecame\n%s", seed, edited, got)
			}
			if err != nil {
				var region *wikitext.RegionError
				if !errors.As(err, &region) {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if !must {
					refused++
				}
				p.page, p.words = page, words
				continue
			}
			applied++
			p.page = got
			for word, n := range p.words {
				if strings.Count(got, word) != n {
					t.Fatalf("seed %d: %q stands %d times, want %d:\n%s\n\nbecame\n%s", seed, word, strings.Count(got, word), n, edited, got)
				}
			}
			if again, err := now.Apply(got); err != nil || again != got {
				t.Fatalf("seed %d: applying it again changes it: %v\n%s\n\nbecame\n%s", seed, err, got, again)
			}
			_, _, rows, _ := p.rows()
			ids := map[string]bool{}
			for _, r := range rows {
				if ids[r.ID] && r.ID != "" && r.ID != "mine" {
					t.Fatalf("seed %d: row %s is doubled:\n%s", seed, r.ID, got)
				}
				ids[r.ID] = true
			}
			for _, r := range now.Rows {
				if !ids[r.ID] {
					t.Fatalf("seed %d: row %s is missing:\n%s", seed, r.ID, got)
				}
			}
		}
	}
	t.Logf("%d refreshes, %d more refused; edits %v", applied, refused, done)
	if applied < rounds/2 || len(done) != 10 {
		t.Errorf("%d of %d refreshes were made after edits %v; the test proves little", applied, rounds, done)
	}
}
