// SPDX-License-Identifier: GPL-3.0-or-later

package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// names are the names of the items in the rows, by their row ids.
func names(table plan.Table) string {
	var all []string
	for _, r := range table.Rows {
		key, _ := registry.KeyOfRow(r.ID)
		all = append(all, key.Name())
	}
	return strings.Join(all, " ")
}

// several is a wiki whose items differ in all that a table can go by.
func several() registry.View {
	v := registry.View{Wiki: "testwiki"}
	for i, each := range []struct {
		name, section string
		users         int64 // -1: not counted
		deprecated    bool
	}{
		{"Delta", "Editing", 30, false}, {"alpha", "browsing", -1, true}, {"Beta", "editing ", 30, true}, {"Gamma", "", 200, false}, {"Zeta", "Browsing", 4, false},
	} {
		item := gadget(each.name)
		item.Section, item.Details.Deprecated = each.section, each.deprecated
		item.Changed = now.Add(-time.Duration(i) * 24 * time.Hour)
		e := registry.Entry{Item: item}
		if each.users >= 0 {
			e.Measures = []registry.Measure{measure(item, registry.Users, each.users, false)}
		}
		if each.name == "Zeta" {
			e.Claims = []registry.Claim{claim(item, registry.User, "Ada", registry.Confirmed, "cells")}
		}
		v.Entries = append(v.Entries, e)
	}
	v.Entries = append(v.Entries, registry.Entry{Item: tool("abc")})
	return v
}

func TestWhichRowsAndInWhatOrder(t *testing.T) {
	for _, test := range []struct{ settings, want string }{
		{``, "abc alpha Beta Delta Gamma Zeta"},
		{`, "filter": {"section": "EDITING"}`, "Beta Delta"},
		{`, "filter": {"wiki": "testwiki"}`, "alpha Beta Delta Gamma Zeta"},
		{`, "filter": {"wiki": "enwiki"}`, ""},
		{`, "filter": {"min_users": 30}`, "Beta Delta Gamma"},
		{`, "filter": {"name": "*ta"}`, "Beta Delta Zeta"},
		{`, "filter": {"name": "?E*a"}`, "Beta Delta Zeta"},
		{`, "filter": {"name": "b"}`, ""},
		{`, "filter": {"name": "*"}`, "abc alpha Beta Delta Gamma Zeta"},
		{`, "filter": {"name": "*l*h*"}`, "alpha"},
		{`, "filter": {"deprecated": "hide"}`, "abc Delta Gamma Zeta"},
		{`, "filter": {"deprecated": "only"}`, "alpha Beta"},
		{`, "filter": {"deprecated": "only", "section": "editing"}`, "Beta"},
		{`, "sort": ["-item"]`, "Zeta Gamma Delta Beta alpha abc"},
		{`, "sort": ["users"]`, "Zeta Beta Delta Gamma abc alpha"},
		{`, "sort": ["-users"]`, "Gamma Beta Delta Zeta abc alpha"},
		{`, "sort": ["-users", "-item"]`, "Gamma Delta Beta Zeta alpha abc"},
		{`, "sort": ["verdict", "section", "-changed"]`, "Zeta alpha Delta Beta Gamma abc"},
		{`, "sort": ["changed"]`, "Zeta Gamma Beta alpha Delta abc"},
		{`, "sort": ["kind"]`, "alpha Beta Delta Gamma Zeta abc"},
		{`, "group": "section"`, "alpha Zeta Beta Delta abc Gamma"},
		{`, "group": "section", "sort": ["-users"]`, "Zeta alpha Beta Delta Gamma abc"},
	} {
		v := several()
		for range 3 {
			if got := names(tables(t, v, wide(test.settings))[0]); got != test.want {
				t.Errorf("%s: got %s, want %s", test.settings, got, test.want)
			}
			slices.Reverse(v.Entries)
			v.Entries[0], v.Entries[2] = v.Entries[2], v.Entries[0]
		}
	}
}

func TestATableByUsersWaitsUntilSomebodyHasCounted(t *testing.T) {
	v := several()
	v.Surveys = view().Surveys
	text := strings.Replace(wide(`, "filter": {"min_users": 5}`), `"gadget", "tool", "extension"`, `"gadget"`, 1)
	planned := func() int { return len(plan.Pages(plan.Input{Site: site, Rules: rules(t, text), View: v, Now: now})) }
	if planned() != 1 {
		t.Error("it is not planned")
	}
	for i := range v.Entries {
		v.Entries[i].Measures = nil
	}
	if planned() != 0 {
		t.Error("without numbers it is planned, and would be empty")
	}
}

// grouped is a table with headings.
func grouped(t *testing.T, v registry.View) plan.Table {
	return tables(t, v, strings.Replace(wide(`, "group": "section", "title": "All"`), allColumns, `["item", "steward", "users", "notes"]`, 1))[0]
}

func TestHeadingsBetweenRows(t *testing.T) {
	table := grouped(t, several())
	text := apply(t, table, "")
	golden(t, "grouped.wiki", text)

	heading := `! colspan="4" scope="colgroup" style="text-align:start" | editing`
	for name, test := range map[string]struct {
		edit       func(string) string
		stays      string
		headings   int
		everything bool // nothing is left of the edit
	}{
		"an edited heading": {func(s string) string { return strings.Replace(s, "| editing", "| Writing", 1) }, "", 3, true},
		"a heading taken out": {func(s string) string {
			return strings.Replace(s, "|- class=\"codesteward-group\"\n"+heading+"\n", "", 1)
		}, "", 3, true},
		"a heading doubled": {func(s string) string {
			return strings.Replace(s, heading, heading+"\n|- class=\"codesteward-group\"\n"+heading, 1)
		}, "", 3, true},
		"a row of one's own": {func(s string) string {
			return strings.Replace(s, "|- class=", "|-\n| mine || Bo || || here\n|- class=", 1)
		}, "| mine || Bo || || here", 4, false},
		"a row made out of a heading": {func(s string) string { return strings.Replace(s, heading, heading+"\n| word", 1) }, "| word", 5, false},
		"text in a cell of people":    {func(s string) string { return strings.Replace(s, "Delta]]\n|\n", "Delta]]\n| [[User:Cleo]]\n", 1) }, "[[User:Cleo]]", 3, false},
		"a list under a heading":      {func(s string) string { return strings.Replace(s, "| editing", "| editing\n* word", 1) }, "* word", 5, false},
		"rows moved across a heading": {func(s string) string {
			i, j := strings.Index(s, "|- id=\"gadget:testwiki:alpha"), strings.Index(s, "|- id=\"gadget:testwiki:Zeta")
			return s[:i] + s[j:]
		}, "", 3, true},
		"a heading without its quotes": {func(s string) string { return strings.ReplaceAll(s, `"codesteward-group"`, "codesteward-group") }, "", 3, true},
	} {
		edited := test.edit(text)
		if edited == text {
			t.Errorf("%s: not edited", name)
		}
		got := apply(t, table, edited)
		if n := strings.Count(got, `class="codesteward-group"`); n != test.headings {
			t.Errorf("%s: %d headings\n%s", name, n, got)
		}
		if strings.Count(got, test.stays) != 1 && test.stays != "" || test.everything != (got == text) {
			t.Errorf("%s: became\n%s", name, got)
		}
		if again := apply(t, table, got); again != got {
			t.Errorf("%s: applied again it is\n%s\nafter\n%s", name, again, got)
		}
	}
	if got := apply(t, tables(t, several(), wide(""))[0], text); strings.Contains(got, "codesteward-group") {
		t.Errorf("without groups there are headings:\n%s", got)
	}
}
