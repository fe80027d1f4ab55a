// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how Steward cells and their history are read.

package survey

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestHolders(t *testing.T) {
	tests := []struct{ cell, want string }{
		{"", ""},
		{"[[User:Ana]]", "user Ana"},
		{"[[user:ana b|Ana]]", "user Ana b"},
		{"[[:m:User:Ana|Ana]]", "user Ana"},
		{"[[Benutzer:Ana|Ana]]", "team Ana"},
		{"[[User:Ana@example.org|Ana]]", ""},
		{"[[User:Ana/help|Ana]] (since 2025)", "user Ana"},
		{"[[User:Ana]], [[User:Ben]] and [[User talk:Ben|his talk page]]", "user Ana; user Ben"},
		{"Growth team", "team Growth team"},
		{"[[mw:Growth|Growth]], [[User:Ana]]", "team Growth; user Ana"},
		{"'''Growth'''<br />Editing; Apps\n* Web", "team Growth; team Editing; team Apps; team Web"},
		{"Growth, growth", "team Growth; team growth"},
		{"Unassigned", ""},
		{"''unassigned''", ""},
		{"– , ?, none", ""},
		{"Growth&nbsp;team", "team Growth team"},
		{"[[User:Ana|Ana]] ([[User talk:Ana|talk]]) 12:00, 20 May 2026 (UTC)", "user Ana"},
		{"[[User:Ana|Ana]] ([[User talk:Ana|Diskussion]]) 12:00, 20. Mai 2026 (CEST)", "user Ana"},
		{"<!-- [[User:Ana]] -->", ""},
		{"<nowiki>[[User:Ana]]</nowiki>", ""},
		{"[[Team, the|Big team, the]]", "team Big team, the"},
		{"[[User:|x]]", "team [[User:|x]]"},
		{"[[User:Ana", "team [[User:Ana"},
	}
	for _, tt := range tests {
		if got := names(holders(tt.cell, wikitext.DefaultSite())); got != tt.want {
			t.Errorf("holders(%q) = %s, want %s", tt.cell, got, tt.want)
		}
	}
}

func names(holders []registry.Holder) string {
	var out []string
	for _, h := range holders {
		out = append(out, string(h.Kind)+" "+h.Name)
	}
	return strings.Join(out, "; ")
}

// page is a table page with one row an item; cells are "key=steward cell".
func page(cells ...string) string {
	var b strings.Builder
	b.WriteString("{| class=\"wikitable\"\n! Item !! Steward ✎ !! Verdict\n")
	for _, c := range cells {
		key, cell, _ := strings.Cut(c, "=")
		fmt.Fprintf(&b, "|- id=%q\n| [[mw:%s]] || %s || unknown\n", registry.RowID(registry.Key(key)), key, cell)
	}
	b.WriteString("|- id=\"somebody's own\"\n| x || [[User:Mallory]] || y\n|}")
	return "intro\n" + wikitext.NewRegion("ext", b.String()) + "\nend"
}

func TestCells(t *testing.T) {
	rev := func(user, text string) wiki.Revision {
		return wiki.Revision{User: user, Registered: true, Text: text}
	}
	hidden := rev("Vandal", "")
	hidden.Hidden = true
	temp := rev("~2026-1", page("extension:Echo=[[User:Ana]]", "skin:Vector="))
	temp.Temp = true
	address := rev("192.0.2.1", page("extension:Echo=[[User:Ana]]"))
	address.Registered = false

	empty := page("extension:Echo=", "skin:Vector=")
	ana := page("extension:Echo=[[User:Ana]]", "skin:Vector=")
	tests := []struct {
		name      string
		revisions []wiki.Revision
		want      []string
	}{
		{"no table yet", []wiki.Revision{rev("Ana", "hello"), rev("Ana", "[[User:Ana]]")}, nil},
		{"the bot's table", []wiki.Revision{rev("Bot", empty)}, nil},
		{"a name put in", []wiki.Revision{rev("Bot", empty), rev("Ana", ana)}, []string{"2 Ana extension:Echo +user Ana"}},
		{"a name on the first day", []wiki.Revision{rev("Ben", ana)}, []string{"1 Ben extension:Echo +user Ana"}},
		{"by a temporary account", []wiki.Revision{rev("Bot", empty), temp}, []string{"2 ~2026-1 (not registered) extension:Echo +user Ana"}},
		{"by an address", []wiki.Revision{rev("Bot", page("extension:Echo=")), address}, []string{"2 192.0.2.1 (not registered) extension:Echo +user Ana"}},
		{"the bot only refreshes", []wiki.Revision{rev("Bot", empty), rev("Ana", ana), rev("Bot", ana+"\nmore"), rev("Bot", page("skin:Vector=", "extension:Echo=[[User:Ana]]"))},
			[]string{"2 Ana extension:Echo +user Ana"}},
		{"the bot takes a row away and brings it back", []wiki.Revision{rev("Ana", ana), rev("Bot", page("skin:Vector=")), rev("Bot", ana)},
			[]string{"1 Ana extension:Echo +user Ana"}},
		{"a name replaced", []wiki.Revision{rev("Bot", ana), rev("Ben", page("extension:Echo=[[User:Ben]], Growth", "skin:Vector="))},
			[]string{"2 Ben extension:Echo +user Ben +team Growth -user Ana"}},
		{"a row that somebody takes out", []wiki.Revision{rev("Bot", ana), rev("Ben", page("skin:Vector="))}, []string{"2 Ben extension:Echo -user Ana"}},
		{"two rows at once", []wiki.Revision{rev("Bot", empty), rev("Ana", page("extension:Echo=Growth", "skin:Vector=[[User:Ana|A]]"))},
			[]string{"2 Ana extension:Echo +team Growth", "2 Ana skin:Vector +user Ana"}},
		{"another label is the same name", []wiki.Revision{rev("Bot", ana), rev("Ben", page("extension:Echo=[[User:ana|Ana!]] (thanks)", "skin:Vector="))}, nil},
		{"a page blanked and restored takes nobody out", []wiki.Revision{rev("Bot", ana), rev("Vandal", ""), rev("Ben", ana)}, nil},
		{"a marker lost and put back", []wiki.Revision{rev("Bot", ana), rev("Vandal", strings.Replace(ana, "<!-- codesteward end ext -->", "", 1)), rev("Ben", ana)}, nil},
		{"what a hidden revision did is nobody's word", []wiki.Revision{rev("Bot", empty), hidden, rev("Ana", ana)}, []string{"3  extension:Echo +user Ana"}},
		{"nor is it the bot's when the bot saves next", []wiki.Revision{rev("Bot", empty), hidden, rev("Bot", ana)}, nil},
		{"a page blanked and filled by the bot takes nobody out", []wiki.Revision{rev("Bot", ana), rev("Vandal", ""), rev("Bot", empty)}, nil},
		{"nor does a hidden text that the bot overwrites", []wiki.Revision{rev("Bot", ana), hidden, rev("Bot", empty)}, nil},
		{"nor a broken table", []wiki.Revision{rev("Bot", ana), rev("Vandal", strings.Replace(ana, "Steward ✎", "", 1)), rev("Bot", empty)}, nil},
		{"what the bot filled is what the next edit starts from", []wiki.Revision{rev("Bot", ana), rev("Vandal", ""), rev("Bot", empty), rev("Ben", page("extension:Echo=Growth", "skin:Vector="))},
			[]string{"4 Ben extension:Echo +team Growth"}},
		{"a repair after the bot filled", []wiki.Revision{rev("Bot", ana), rev("Vandal", ""), rev("Bot", empty), rev("Ben", ana)}, []string{"4 Ben extension:Echo +user Ana"}},
		{"a repair that leaves a name out", []wiki.Revision{rev("Bot", ana), rev("Vandal", ""), rev("Ben", empty)}, []string{"3  extension:Echo -user Ana"}},
		{"a repair that brings a new name", []wiki.Revision{rev("Bot", empty), rev("Vandal", ""), rev("Ben", ana)}, []string{"3  extension:Echo +user Ana"}},
		{"after a gap edits count again", []wiki.Revision{rev("Bot", empty), hidden, rev("Bot", empty), rev("Ana", ana)}, []string{"4 Ana extension:Echo +user Ana"}},
		{"a column in another language is told by its class", []wiki.Revision{rev("Bot", strings.Replace(empty, "Steward ✎", `class="codesteward-steward" | المشرف ✎`, 1)),
			rev("Ana", strings.Replace(ana, "Steward ✎", `class="codesteward-steward" | المشرف ✎`, 1))}, []string{"2 Ana extension:Echo +user Ana"}},
		{"or by its words", []wiki.Revision{rev("Bot", empty), rev("Ana", strings.Replace(ana, "Steward ✎", "''zuständig'' ✎", 1))}, []string{"2 Ana extension:Echo +user Ana"}},
		{"a table without the column is not read", []wiki.Revision{rev("Bot", ana), rev("Ben", strings.Replace(ana, "Steward ✎", "Care", 1)), rev("Ben", ana)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &canned{}
			for i, r := range tt.revisions {
				r.ID, r.Parent, r.Time = int64(i+1), int64(i), noon.Add(time.Duration(i)*time.Minute)
				c.history = append(c.history, r)
			}
			check := func(how string, changes []registry.CellChange) {
				t.Helper()
				var got []string
				for _, c := range changes {
					got = append(got, describe(c))
					if c.Page != "Stewards" || c.Time.IsZero() {
						t.Errorf("change without page or time: %+v", c)
					}
				}
				if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
					t.Errorf("%s:\n%s\nwant:\n%s", how, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
			}
			changes, upTo, err := CellTable{Page: "Stewards", Region: "ext", Self: "bot", Headings: []string{"Zuständig ✎"}}.Changes(t.Context(), c, 0)
			if err != nil || upTo != int64(len(c.history)) {
				t.Errorf("read up to %d, %v", upTo, err)
			}
			check("all at once", changes)

			var steps []registry.CellChange
			for i, at := 1, int64(0); i <= len(tt.revisions); i++ {
				part := &canned{history: c.history[:i]}
				changes, upTo, err := CellTable{Page: "Stewards", Region: "ext", Self: "bot", Headings: []string{"Zuständig ✎"}}.Changes(t.Context(), part, at)
				if err != nil {
					t.Fatal(err)
				}
				steps, at = append(steps, changes...), upTo
			}
			check("revision by revision", steps)

			again, upTo2, err := CellTable{Page: "Stewards", Region: "ext", Self: "Bot", Headings: []string{"Zuständig ✎"}}.Changes(t.Context(), c, upTo)
			if err != nil || upTo2 != upTo || len(again) > 0 {
				t.Errorf("nothing new gave %v up to %d, %v", again, upTo2, err)
			}
		})
	}
}

func describe(c registry.CellChange) string {
	text := fmt.Sprintf("%d %s", c.Revision, c.User)
	if !c.Registered {
		text += " (not registered)"
	}
	text += " " + string(c.Item)
	for _, h := range c.Added {
		text += " +" + string(h.Kind) + " " + h.Name
	}
	for _, h := range c.Removed {
		text += " -" + string(h.Kind) + " " + h.Name
	}
	return text
}

func TestCellsStopBeforeWhatCannotBeRead(t *testing.T) {
	c := &canned{history: []wiki.Revision{
		{ID: 1, User: "Ana", Registered: true, Text: page("extension:Echo=Growth"), Time: noon},
		{ID: 2, Parent: 1, User: "Ben", Registered: true, Text: "", Time: noon},
	}}
	if changes, upTo, err := (CellTable{Page: "Stewards", Region: "ext", Self: "Bot"}).Changes(t.Context(), c, 0); err != nil || upTo != 1 || len(changes) != 1 {
		t.Errorf("%v up to %d, %v", changes, upTo, err)
	}
}

func TestCellsGoOnFromTheRevisionBefore(t *testing.T) {
	texts := []string{page("extension:Echo="), page("extension:Echo=Growth"), page("extension:Echo=Growth, [[User:Ana]]")}
	c := &canned{}
	for i, text := range texts {
		c.history = append(c.history, wiki.Revision{ID: int64(i + 1), Parent: int64(i), User: "Ana", Registered: true, Text: text, Time: noon})
	}
	changes, upTo, err := CellTable{Page: "Stewards", Region: "ext", Self: "Bot"}.Changes(t.Context(), c, 2)
	if err != nil || upTo != 3 || len(changes) != 1 || describe(changes[0]) != "3 Ana extension:Echo +user Ana" {
		t.Errorf("%v up to %d, %v", changes, upTo, err)
	}
}

// TestARevisionHiddenAfterItWasRead takes a name out right after a revision that
// was read and is hidden now: what was there is told by the last one that can be
// seen.
func TestARevisionHiddenAfterItWasRead(t *testing.T) {
	with, without := page("extension:Echo=[[User:Ana]]"), page("extension:Echo=")
	for _, tt := range []struct {
		name   string
		texts  []string
		hidden []int64
		want   string
	}{
		{"one", []string{with, with + "!", without}, []int64{2}, "3  extension:Echo -user Ana"},
		{"several", []string{with, with, with, with, without}, []int64{2, 3, 4}, "5  extension:Echo -user Ana"},
		{"all before", []string{with, with, without}, []int64{1, 2}, ""},
		{"none", []string{with, with + "!", without}, nil, "3 Ben extension:Echo -user Ana"},
		{"the name stays", []string{with, with, with + "!"}, []int64{2}, ""},
		{"the table was not there yet", []string{"nothing", "", with}, []int64{2}, "3  extension:Echo +user Ana"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &canned{}
			for i, text := range tt.texts {
				id := int64(i + 1)
				c.history = append(c.history, wiki.Revision{ID: id, Parent: id - 1, User: "Ben", Registered: true, Text: text, Time: noon, Hidden: slices.Contains(tt.hidden, id)})
			}
			last := int64(len(tt.texts))
			table := CellTable{On: wikitext.DefaultSite(), Page: "Stewards", Region: "ext", Self: "Bot"}
			changes, upTo, err := table.Changes(t.Context(), c, last-1)
			if err != nil || upTo != last {
				t.Fatalf("read up to %d, %v", upTo, err)
			}
			var got []string
			for _, c := range changes {
				got = append(got, describe(c))
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
}

func TestManyHiddenRevisionsAreNotLookedBehind(t *testing.T) {
	c := &canned{}
	for id := int64(1); id <= 200; id++ {
		c.history = append(c.history, wiki.Revision{ID: id, Parent: id - 1, User: "Ben", Registered: true, Hidden: id < 200, Text: page("extension:Echo=Growth")})
	}
	counting := &countingHistory{canned: c}
	table := CellTable{On: wikitext.DefaultSite(), Page: "Stewards", Region: "ext", Self: "Bot"}
	if _, upTo, err := table.Changes(t.Context(), counting, 199); err != nil || upTo != 200 || counting.asked > maxHidden {
		t.Errorf("%d requests, up to %d, %v", counting.asked, upTo, err)
	}
}

type countingHistory struct {
	*canned
	asked int
}

func (c *countingHistory) Revisions(ctx context.Context, ids ...int64) (map[int64]wiki.Revision, error) {
	c.asked++
	return c.canned.Revisions(ctx, ids...)
}

// TestNamesByTheWikisOwnRules reads links as a German wiki has them whose page
// names are case-sensitive.
func TestNamesByTheWikisOwnRules(t *testing.T) {
	site, err := wikitext.NewSite([]byte(`{"query":{"general":{"case":"case-sensitive","lang":"de","wikiid":"dewiktionary","mainpage":"Hauptseite","legaltitlechars":" %!\"$&'()*,\\-.\\/0-9:;=?@A-Z\\\\^_a-z~\\x80-\\xFF+"},
		"namespaces":{"0":{"id":0,"case":"case-sensitive","name":""},"2":{"id":2,"case":"first-letter","name":"Benutzer","canonical":"User"},"3":{"id":3,"case":"first-letter","name":"Benutzer Diskussion","canonical":"User talk"},"12":{"id":12,"case":"case-sensitive","name":"Hilfe","canonical":"Help"}},
		"namespacealiases":[{"id":2,"alias":"Benutzerin"}],"interwikimap":[{"prefix":"m","url":"https://meta.wikimedia.org/wiki/$1"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	for cell, want := range map[string]string{
		"[[Benutzer:ana]]":                       "user Ana",
		"[[benutzerin_:_ana b/x#y|z]]":           "user Ana b",
		"[[Benutzer Diskussion:Ana]]":            "user Ana",
		"[[m:User:ana]], [[:m:Benutzer:ben|B]]":  "user Ana; user Ben",
		"[[User:Ana]]":                           "user Ana",
		"[[m:Benutzer Diskussion:Ana]]":          "user Ana",
		"[[m:Utilisateur:Ana]]":                  "user Ana",
		"[[team]], [[Team]]":                     "team team; team Team",
		"[[Hilfe:User:Ana]]":                     "team Hilfe:User:Ana",
		"[[Foo:User:Ana|x]]":                     "team x",
		"ana@example.org, Ana <ana@example.org>": "team Ana",
	} {
		if got := names(holders(cell, site)); got != want {
			t.Errorf("holders(%q) = %s, want %s", cell, got, want)
		}
	}
}

func TestABlankedPageThatTheBotFillsEndsNoClaim(t *testing.T) {
	ctx := t.Context()
	reg, err := registry.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	items := []registry.Item{{Key: "extension:Echo", Name: "Echo"}}
	if _, err := reg.SaveSurvey(ctx, registry.Survey{Source: "siteinfo", Wiki: "metawiki", At: noon, Items: items}); err != nil {
		t.Fatal(err)
	}
	c := &canned{}
	for i, edit := range []struct{ user, text, want string }{
		{"Bot", page("extension:Echo="), ""},
		{"Ana", page("extension:Echo=[[User:Ana]]"), "Ana confirmed 2"},
		{"Vandal", "", "Ana confirmed 2"},
		{"Bot", page("extension:Echo="), "Ana confirmed 2"},
		{"Ben", page("extension:Echo=[[User:Ana]]"), "Ana confirmed 2"},
		{"Ana", page("extension:Echo="), ""},
	} {
		c.history = append(c.history, wiki.Revision{
			ID: int64(i + 1), Parent: int64(i), User: edit.user, Registered: true, Text: edit.text, Time: noon.Add(time.Duration(i) * time.Minute),
		})
		after, err := reg.CellsRead(ctx, "metawiki", "Stewards#ext")
		if err != nil {
			t.Fatal(err)
		}
		changes, upTo, err := CellTable{Page: "Stewards", Region: "ext", Self: "Bot"}.Changes(ctx, c, after)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := reg.SaveCells(ctx, "metawiki", "Stewards#ext", upTo, changes); err != nil {
			t.Fatal(err)
		}
		v, err := reg.View(ctx, registry.Query{Wiki: "metawiki", Since: noon, Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, claim := range v.Entries[0].Claims {
			got += fmt.Sprintf("%s %s %d", claim.Holder, claim.Standing, claim.Evidence.Revision)
		}
		if got != edit.want {
			t.Errorf("after %s's revision %d: %q, want %q", edit.user, i+1, got, edit.want)
		}
	}
}
