// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of the list that an operator keeps.

package survey

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// The forms of the list in the documentation of List, and more of each field.
const (
	listAsJSON = `{"items": [
	{
		"item": "gadget:metawiki:Cat-a-lot",
		"stewards": ["User:Ana", "Gadget team"],
		"maintainers": ["user:ben_b"],
		"aliases": ["Cat a lot", "CAL"],
		"docs": "https://meta.wikimedia.org/wiki/Help:Gadget-Cat-a-lot"
	},
	{"item": "tool:GUC", "name": "Global user contributions", "description": "Edits, on all wikis; by one \"user\"", "url": "https://guc.toolforge.org/", "stewards": ["Unassigned"]},
	{"item": "userscript:enwiki:User:Ana/my_script.js"}
]}`
	listAsCSV = "\ufeffitem,stewards,maintainers,aliases,docs,Name,description,url\r\n" +
		"gadget:metawiki:Cat-a-lot,User:Ana; Gadget team,user:ben_b,Cat a lot;CAL;,https://meta.wikimedia.org/wiki/Help:Gadget-Cat-a-lot,,,\r\n" +
		"\r\n" +
		`tool:GUC, Unassigned ,,,,Global user contributions,"Edits, on all wikis; by one ""user""",https://guc.toolforge.org/` + "\n" +
		"userscript:enwiki:User:Ana/my_script.js,,,,,,,\n"
)

func writeList(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestListsSayTheSameInBothForms(t *testing.T) {
	claim := func(key registry.Key, role registry.Role, kind registry.HolderKind, holder string) registry.Claim {
		return registry.Claim{Item: key, Role: role, Holder: holder, HolderKind: kind, Standing: registry.Stated, Evidence: registry.Evidence{Source: "list"}}
	}
	want := registry.Survey{Source: "list", Wiki: registry.AllWikis, At: noon,
		Items: []registry.Item{
			{Key: "gadget:metawiki:Cat-a-lot", Name: "Cat-a-lot", Listed: true, Aliases: []string{"Cat a lot", "CAL"},
				Details: registry.Details{Docs: "https://meta.wikimedia.org/wiki/Help:Gadget-Cat-a-lot"}},
			{Key: "tool:guc", Name: "Global user contributions", URL: "https://guc.toolforge.org/", Listed: true,
				Details: registry.Details{Description: `Edits, on all wikis; by one "user"`}},
			{Key: "userscript:enwiki:User:Ana/my script.js", Name: "User:Ana/my script.js", Listed: true},
		},
		Claims: []registry.Claim{
			claim("gadget:metawiki:Cat-a-lot", registry.Steward, registry.User, "Ana"),
			claim("gadget:metawiki:Cat-a-lot", registry.Steward, registry.Team, "Gadget team"),
			claim("gadget:metawiki:Cat-a-lot", registry.Maintainer, registry.User, "Ben b"),
			claim("tool:guc", registry.Steward, registry.Nobody, ""),
		},
	}
	for name, text := range map[string]string{"stewards.json": listAsJSON, "STEWARDS.CSV": listAsCSV} {
		path := filepath.Join(t.TempDir(), name)
		writeList(t, path, text)
		source := List(path)
		if source.Name != "list" || source.Every <= 0 {
			t.Errorf("source %q every %s", source.Name, source.Every)
		}
		s, err := readAt(t, source, 0, registry.Survey{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s.Mark = ""
		if diff := cmp.Diff(want, s); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEveryProblemOfAListIsToldWithItsLine(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"no JSON", "a.json", "{\"items\": [\n{\"item\": \"tool:a\"},\n{\"item\": \"tool:b\" \"name\": 1}\n]}", "3: this is not JSON"},
		{"JSON that is cut off", "a.json", "{\"items\": [\n{\"item\"", "2: this is not JSON"},
		{"an empty file", "a.json", "", "1: this is not JSON"},
		{"another list", "a.json", "\n[1]", "2: the list has to be"},
		{"an object without items", "a.json", "{}", "1: the list has to be"},
		{"unknown keys above", "a.json", "{\"version\": 1,\n\"items\": []}", `1: there is no "version" here`},
		{"items twice", "a.json", "{\"items\": [],\n\"items\": []}", `2: "items" stands here twice`},
		{"items that are no list", "a.json", "{\n\"items\": {}}", `2: "items" has to be a list`},
		{"entries that are none", "a.json", "{\"items\": [\n1,\n\"tool:a\", null]}", "2: an entry has to be|3: an entry has to be|3: an entry has to be"},
		{"shapes of fields", "a.json", "{\"items\": [{\"item\": \"tool:a\",\n\"stewards\": \"Ana\",\n\"aliases\": [\"x\",\n7,\n\"\"],\n\"name\": null, \"docs\": [\"a\"]}]}",
			`2: "stewards" has to be a list|4: "aliases" has to be text|5: "aliases" holds a text that is empty|6: "name" has to be text|6: "docs" has to be text`},
		{"unknown fields, and one twice", "a.json", "{\"items\": [{\"item\": \"tool:a\",\n\"stewart\": [],\n\"name\": \"a\",\n\"name\": \"b\"}]}",
			`2: there is no "stewart"; known are item, name|4: "name" stands here twice`},
		{"entries without an item", "a.json", "{\"items\": [\n{\"name\": \"a\"},\n{\"item\": \"\"}]}", `2: this entry says no "item"|3: "item" holds a text that is empty|3: this entry says no "item"`},
		{"keys", "a.csv", "item\ntool\ngizmo:x\ntool:\ngadget:Cat\nuserscript:enwiki:Ana/x.js\ntool:a|b\ntool:ana@example.org\nextension:\u202ex\n" + "tool:" + strings.Repeat("x", 300),
			`2: "tool" has no name|3: "gizmo:x" is no item; write extension:Name|4: "tool:" has no name|5: "gadget:Cat" has no name|6: "userscript:enwiki:Ana/x.js" is no page of a user script|7: "tool:a|b" has no name|8: the item holds an e-mail address|9: the item is too long|10: the item is too long`},
		{"an item twice", "a.csv", "item\ntool:guc\ntool:GUC\n", "3: tool:guc stands here twice, the first time on line 2"},
		{"holders", "a.csv", "item,stewards,maintainers\ntool:a,ana@example.org,User:\ntool:b,Unassigned; Ana,none\ntool:c,Ana;Ana,User:a/b\n",
			`2: "stewards" holds an e-mail address|2: "maintainers" names no account|3: "Unassigned" can stand alone|3: "none" can stand alone|4: "Ana" stands here twice|4: "maintainers" names no account`},
		{"addresses", "a.csv", "item,url,docs\ntool:a,example.org,javascript:x\n", `2: "url" has to be a web address|2: "docs" has to be a web address`},
		{"text that nobody sees", "a.json", `{"items": [{"item": "tool:a", "name": "a` + "\\u202e" + `", "aliases": ["a\nb"], "description": "mail ana (at) example.org"}]}`,
			`1: "name" holds a line break|1: "description" holds an e-mail address|1: "aliases" holds a line break`},
		{"an empty table", "a.csv", "", "1: the first line has to name the columns"},
		{"columns", "a.csv", "item;stewards\ntool:a;Ana\n", `1: there is no "item;stewards"; known are|1: there is no column "item"|2: this entry says no "item"`},
		{"columns twice", "a.csv", "item,name,name\n", `1: the column "name" stands here twice`},
		{"cells", "a.csv", "item,name\ntool:a\n\ntool:b,b,c\n", "2: this line has 1 cells, the first one 2|4: this line has 3 cells"},
		{"quotation marks", "a.csv", "item,name\ntool:a,\"x\ntool:b,y\n", "3: a quotation mark is not closed"},
		{"no UTF-8", "a.csv", "item,name\ntool:a,\xff\n", "2: this is no text in UTF-8"},
		{"no UTF-8 in JSON", "a.json", "{\"items\":\n[\xff]}", "2: this is no text in UTF-8"},
		{"another format", "a.txt", "item\n", "1: the name of the file ends neither in .json nor in .csv"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), tt.file)
			writeList(t, path, tt.text)
			s, err := readAt(t, List(path), 0, registry.Survey{})
			var list *ListError
			if !errors.As(err, &list) || len(s.Items) > 0 {
				t.Fatalf("%d items, %v", len(s.Items), err)
			}
			want := strings.Split(tt.want, "|")
			if strings.Contains(tt.want, "a|b") { // a key with that sign
				want = strings.Split(strings.Replace(tt.want, "a|b", "a\x00b", 1), "|")
			}
			var got []string
			for i, p := range list.Problems {
				text := fmt.Sprintf("%d: %s", p.Line, p.Message)
				if i < len(want) {
					want[i] = strings.ReplaceAll(want[i], "\x00", "|")
					text = text[:min(len(text), len(want[i]))]
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if text := err.Error(); strings.Contains(text, filepath.Dir(path)) || strings.Contains(text, "example.org") && !strings.Contains(tt.name, "address") ||
				!strings.HasPrefix(text, "read the operator's list: "+tt.file+": line ") {
				t.Errorf("says %q", text)
			}
		})
	}
}

func TestManyProblemsAreToldShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	writeList(t, path, "item\n"+strings.Repeat("x\n", 500))
	_, err := readAt(t, List(path), 0, registry.Survey{})
	var list *ListError
	if !errors.As(err, &list) || len(list.Problems) != 500 || !strings.HasSuffix(err.Error(), "; 480 more problems") {
		t.Errorf("%v", err)
	}
}

func TestFilesThatAreNoList(t *testing.T) {
	folder := t.TempDir()
	big := filepath.Join(folder, "big.csv")
	writeList(t, big, "")
	if err := os.Truncate(big, maxList+1); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(folder, "missing.json"): "missing.json: no such file or directory",
		folder:                                "is no file",
		big:                                   "big.csv: is longer than 16777216 bytes",
	} {
		if _, err := readAt(t, List(path), 0, registry.Survey{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), filepath.Dir(path)) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAListIsReadAgainWhenItHasChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stewards.csv")
	c := newCatalogue(t, List(path))
	rows := func(n int) string {
		text := "item,stewards\n"
		for i := range n {
			text += fmt.Sprintf("tool:t%d,User:Ana\n", i)
		}
		return text
	}
	steps := []struct {
		name    string
		text    string
		changed bool
		failure string // of the reading, or "held"
		items   int
	}{
		{"at first", rows(20), true, "", 20},
		{"the same", rows(20), false, "", 20},
		{"one more", rows(21), true, "", 21},
		{"another steward in as many bytes", strings.Replace(rows(21), "Ana", "Ida", 1), true, "", 21},
		{"a mistake", rows(21) + "tool\n", false, "line 23: ", 21},
		{"a mistake still", rows(21) + "tool\n", false, "line 23: ", 21},
		{"as before the mistake", strings.Replace(rows(21), "Ana", "Ida", 1), false, "", 21},
		{"half of it", rows(10), false, "held", 21},
		{"half of it still", rows(10), true, "", 10},
		{"half of it as ever", rows(10), false, "", 10},
		{"nothing", rows(0), false, "held", 10},
		{"no columns", "", false, "line 1: ", 10},
		{"a file that is gone", "-", false, "no such file", 10},
		{"back again", rows(10), false, "", 10},
	}
	for i, step := range steps {
		writeList(t, path, step.text)
		if step.text == "-" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		changed, err := c.read(time.Duration(i) * time.Hour)
		items, claims := c.live()
		failed := err != nil && (step.failure == "held" && errors.Is(err, registry.ErrHeld) || step.failure != "" && strings.Contains(err.Error(), step.failure))
		if changed != step.changed || failed != (step.failure != "") || err != nil && !failed || items != step.items || claims != step.items {
			t.Errorf("%s: changed %t, %d items, %d claims, %v", step.name, changed, items, claims, err)
		}
		if state := c.state(); err == nil && (!state.Failed.IsZero() || !state.Held.IsZero()) {
			t.Errorf("%s: %+v", step.name, state)
		}
	}
}

func FuzzOperatorList(f *testing.F) {
	f.Add("a.json", listAsJSON)
	f.Add("a.csv", listAsCSV)
	f.Add("a.json", `{"items": [{"item": "tool:a", "stewards": ["User:Ana", 1, null]}, 3]}`)
	f.Add("a.csv", "item,stewards\n\"tool:a\",\"x;;y\"\n")
	f.Fuzz(func(t *testing.T, path, text string) {
		s, problems := parseOperatorList(path, []byte(text))
		lines := 1 + strings.Count(text, "\n")
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Message == "" {
				t.Fatalf("%d lines, %v", lines, p)
			}
		}
		for _, c := range s.Claims {
			if back, ok := registry.KeyOfRow(registry.RowID(c.Item)); !ok || back != c.Item || hasMail(c.Holder) {
				t.Fatalf("claim %+v", c)
			}
		}
		for _, i := range s.Items {
			if back, ok := registry.KeyOfRow(registry.RowID(i.Key)); !ok || back != i.Key {
				t.Fatalf("item %+v", i)
			}
		}
	})
}
