// SPDX-License-Identifier: GPL-3.0-or-later

package plan_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// allColumns in the order of the settings.
const allColumns = `["item", "kind", "steward", "maintainers", "verdict", "why", "users", "importers", "links", "mentions", "wikis",
	"changed", "docs", "licence", "similar", "replaced_by", "notes"]`

// wide are rules with one table that has every column.
func wide(more string) string {
	return `{"version": 2, "enabled": true, "tables": [{"id": "all", "page": "Project:All", "kinds": ["gadget", "tool", "extension"], "columns": ` + allColumns + more + `}]}`
}

// tables plans the tables of a view under rules.
func tables(t *testing.T, v registry.View, text string) []plan.Table {
	t.Helper()
	r := rules(t, text)
	var all []plan.Table
	for _, c := range r.Tables {
		all = append(all, plan.NewTable(plan.Input{Site: site, Rules: r, View: v, Now: now}, c))
	}
	return all
}

func tool(name string) registry.Item {
	return registry.Item{Key: registry.NewKey(detect.Tool, "", name), Name: name}
}

func measure(item registry.Item, metric registry.Metric, n int64, atLeast bool) registry.Measure {
	return registry.Measure{Item: item.Key, Metric: metric, Value: n, AtLeast: atLeast}
}

func TestColumns(t *testing.T) {
	peek := gadget("Map-peek")
	peek.Details = registry.Details{Licence: "GPL-2.0-or-later", Docs: "https://www.mediawiki.org/wiki/Help:Map_peek/", ReplacedBy: "[[Kartographer]]"}
	v := view()
	v.Entries = []registry.Entry{{Item: peek, Wikis: 3, Measures: []registry.Measure{
		measure(peek, registry.Users, 1200, true), measure(peek, registry.ActiveUsers, 34, false), measure(peek, registry.Users, 7, false),
		measure(peek, registry.Links, 0, false),
	}, Claims: []registry.Claim{claim(peek, registry.User, "Ada", registry.Confirmed, "cells")}}}
	got := apply(t, tables(t, v, wide(""))[0], "")
	for heading, want := range map[string]string{
		"Users": "≥ {{formatnum:1200}} (34 active)", "Importers": "", "Links": "0", "Mentions (30 days)": "1", "Wikis": "3", "Licence": "GPL-2.0-or-later",
		"Documentation": "[https://www.mediawiki.org/wiki/Help:Map_peek/ www.mediawiki.org/wiki/Help:Map&#95;peek]",
		"Replaced by":   "&#91;&#91;Kartographer&#93;&#93;",
		"Why":           "Steward Ada, confirmed in [[Special:PermanentLink/7|Some page, revision 7]] (2026-11-20)",
	} {
		if cell := cellOf(t, got, peekRow, heading); cell != want {
			t.Errorf("%s: got %q, want %q", heading, cell, want)
		}
	}
	for _, part := range []string{`| data-sort-value="1200" | ≥`, `! class="codesteward-users" scope="col" data-sort-type="number" | Users`, `scope="col" data-sort-type="isoDate" | Last change`} {
		if !strings.Contains(got, part) {
			t.Errorf("no %s in\n%s", part, got)
		}
	}
	golden(t, "columns.wiki", got)
}

func TestAGadgetForAllHasMoreUsersThanAnyOther(t *testing.T) {
	peek := gadget("Map-peek")
	peek.Default = true
	v := view()
	v.Entries = []registry.Entry{{Item: peek, Measures: []registry.Measure{measure(peek, registry.Users, 2, false)}}}
	if got := apply(t, tables(t, v, wide(""))[0], ""); !strings.Contains(got, `| data-sort-value="1000000000" | on by default`) {
		t.Error(got)
	}
}

// hostile are texts that somebody may give as a name, a licence or an address.
var hostile = []string{
	"|}\n[[Category:X]]", "{{ping|Ada}}", "[[User:Ada]] ~~~~", "<!-- -->", "<nowiki>", "</div>", "https://spam.example/buy", "http://spam.example/[[Category:X]]",
	"https://www.mediawiki.org/[[Category:X]]", "https://www.mediawiki.org/ x", "https://www.mediawiki.org/{{ping}}", "https://www.mediawiki.org.spam.example/",
	"https://ada@www.mediawiki.org/", "https://www.mediawiki.org:81/", "//spam.example", "mailto:a@spam.example", "javascript:alert(1)", "__NOTOC__", "https://www.mediawiki.org/__NOTOC__",
	"|-\n| id=\"x\"", "'' ''' ''", "-{a}-", "#REDIRECT [[X]]", "{{!}}", "||", "!!", "<ref>", "ISBN 1234567890", "RFC 1234", "\u202ekcab", "| rowspan=9 | x", "*", ";a:b",
}

// Whatever others wrote about items: the page has the rows, cells and links
// that it would have without.
func TestTextsFromElsewhereMeanNothing(t *testing.T) {
	for i, text := range slices.Concat(hostile, hostile) {
		settings := ""
		if i >= len(hostile) {
			settings = `, "group": "section", "sort": ["-users", "item"]`
		}
		v := view()
		for i, item := range []registry.Item{gadget("Map-peek"), tool("toolhub:x"), tool("y")} {
			item.Name, item.URL, item.Section = text, text, text
			if i > 0 {
				item.Page = text
			}
			item.Details = registry.Details{Licence: text, Docs: text, ReplacedBy: text, Description: text, Title: text, Version: text, Authors: []string{text}}
			v.Entries[i] = registry.Entry{Item: item, Claims: []registry.Claim{
				claim(item, registry.Team, text, registry.Stated, "list"), claim(item, registry.User, text, registry.Unconfirmed, "cells"),
			}}
		}
		v.Entries = v.Entries[:3]
		got := apply(t, tables(t, v, wide(settings))[0], "")
		table, err := wikitext.ParseTable(got)
		if err != nil || !table.Closed || len(table.Header()) != 17 {
			t.Fatalf("%q: %v\n%s", text, err, got)
		}
		for _, r := range table.Rows() {
			if _, ok := registry.KeyOfRow(r.ID); ok && len(r.Cells) != 17 {
				t.Errorf("%q: row %s has %d cells\n%s", text, r.ID, len(r.Cells), got)
			}
		}
		for _, bad := range []string{"[[Category", "~~~", "{{ping", "{{!", "__NOTOC", "[http://spam", "[https://ada@", "[https://www.mediawiki.org:81", "[https://spam", "[//", "[mailto:", "[javascript", "<ref", "<nowiki", "</div>\n|", "\u202e"} {
			if strings.Contains(got, bad) {
				t.Errorf("%q: %q stands in\n%s", text, bad, got)
			}
		}
	}
}

// Wherever the skin has no tokens, text can be read on the ground of each
// verdict: https://www.w3.org/TR/WCAG22/#contrast-minimum.
func TestVerdictsCanBeRead(t *testing.T) {
	style := regexp.MustCompile(`style="background:var\(--[a-z-]+,(#[0-9a-f]+)\);color:var\(--[a-z-]+,(#[0-9a-f]+)\)" \| ([a-z-]+)`)
	v, seen := registry.View{Wiki: "testwiki"}, map[string]bool{}
	for i, standing := range []registry.Standing{registry.Confirmed, registry.Unconfirmed, registry.Disputed, registry.Stated, ""} {
		item := gadget(fmt.Sprint("G", i))
		e := registry.Entry{Item: item}
		switch standing {
		case "":
		case registry.Stated:
			e.Claims = []registry.Claim{claim(item, registry.Nobody, "", standing, "list")}
		default:
			e.Claims = []registry.Claim{claim(item, registry.User, "Ada", standing, "cells")}
		}
		v.Entries = append(v.Entries, e)
	}
	for _, m := range style.FindAllStringSubmatch(apply(t, tables(t, v, wide(""))[0], ""), -1) {
		seen[m[3]] = true
		if c := contrast(t, m[1], m[2]); c < 4.5 {
			t.Errorf("%s: %.1f:1", m[3], c)
		}
	}
	if len(seen) != 5 {
		t.Errorf("only %v", seen)
	}
}

// contrast is how far two colours are apart, as WCAG counts it.
func contrast(t *testing.T, a, b string) float64 {
	light := func(hex string) float64 {
		var sum float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := float64(n) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestOnlyAToolOfAKnownSiteIsLinkedTo(t *testing.T) {
	for _, test := range []struct{ name, url, want string }{
		{"ia-upload", "https://ia-upload.toolforge.org/", "[https://ia-upload.toolforge.org/ ia-upload]"},
		{"ia-upload", "https://spam.example/", "ia-upload"},
		{"toolhub:spam-it", "https://spam.example/", "[https://toolhub.wikimedia.org/tools/spam-it toolhub&#58;spam-it]"},
	} {
		item := tool(test.name)
		item.URL = test.url
		v := registry.View{Wiki: "testwiki", Entries: []registry.Entry{{Item: item}}}
		got := apply(t, tables(t, v, wide(""))[0], "")
		if cell := cellOf(t, got, registry.RowID(item.Key), "Item"); strings.ReplaceAll(cell, "&#58;", ":") != strings.ReplaceAll(test.want, "&#58;", ":") {
			t.Errorf("%s: got %s", test.url, cell)
		}
	}
}
