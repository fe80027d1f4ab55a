// SPDX-License-Identifier: GPL-3.0-or-later

package config

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// asRead leaves out of a comparison what rules know of their text.
var asRead = cmpopts.IgnoreUnexported(Rules{})

func TestDefaultsAreFilledIn(t *testing.T) {
	rules, problems := ParseRules(`{"version": 2, "watch": {}, "noticeboard": {"page": "A"}, "adoption": {"page": "B"}, "notices": {},
		"tables": [{"id": "a", "page": "A", "kinds": ["tool"]}]}`)
	if problems != nil {
		t.Fatal(problems)
	}
	want := &Rules{
		Version:     2,
		Limits:      Limits{PerMinute: 12, PerHour: 200, PerDay: 1000, PerPageHour: 20},
		Safety:      Safety{ThawDays: 7, ShrinkPercent: 20, ShrinkRows: 10},
		Verdict:     Verdict{InactiveDays: 365, ReconfirmMonths: 12, Unowned: []string{"unassigned", "inactive"}},
		Tables:      []Table{{ID: "a", Page: "A", Kinds: []string{"tool"}, Columns: DefaultColumns(), GraceDays: 30, Filter: Filter{Deprecated: Show}, Sort: []string{"item"}, PageSize: 500, MinIntervalMinutes: 60}},
		Noticeboard: &Noticeboard{Page: "A", Verdicts: []string{"unassigned", "inactive"}, SettleMinutes: 60, ArchiveMonths: 2, MaxBytes: 200000, Done: []string{"done", "resolved"}},
		Adoption:    &Adoption{Page: "B", Limit: 200},
		Notices:     &Notices{SettleMinutes: 60, Digest: AtOnce, CooldownDays: 90, PerPersonDay: 1, PerWikiDay: 20, Ladder: []Rung{{To: ToSteward}}},
	}
	if diff := cmp.Diff(want, rules, asRead); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWrittenValuesReplaceDefaults(t *testing.T) {
	rules, problems := ParseRules(`{"version": 2.0, "enabled": true, "trial": {"edits": 50}, "limits": {"per_minute": 1, "per_hour": 20, "per_day": 300, "per_page_hour": 4},
		"noticeboard": {"page": "A", "settle_minutes": 0, "verdicts": ["disputed"], "archive_months": 0, "max_bytes": 20000, "done": [], "bot_flag": true},
		"language": "pt-br", "messages": {"$comment": "ours", "words-kind-gadget": "helper"}, "safety": {"thaw_days": 1, "shrink_percent": 2, "shrink_rows": 3},
		"overview": {"page": "B", "append": true, "data": "x"}, "adoption": {"page": "C", "append": true, "limit": 5},
		"verdict": {"inactive_days": 0, "reconfirm_months": 0, "unowned": ["unknown"]}, "report": {"ping_editor": true},
		"notices": {"talk": true, "settle_minutes": 5, "bot_flag": true, "sign_up": "S", "opt_out": "O", "log": "L", "ways": [{"kinds": ["tool"], "ways": ["ping"]}],
			"digest": "weekly", "cooldown_days": 1, "per_person_day": 2, "per_wiki_day": 3, "quiet_hours": {"from": 23, "to": 0},
			"ladder": [{"to": "item", "after_days": 4}], "requests": ["R"]},
		"tables": [{"id": "a", "page": "A", "kinds": ["tool"], "columns": ["notes", "item"], "grace_days": 7,
			"filter": {"section": "s", "wiki": "enwiki", "min_users": 3, "name": "*x", "deprecated": "only"}, "sort": ["-users", "item"], "group": "section", "page_size": 20, "min_interval_minutes": 0}]}`)
	if problems != nil {
		t.Fatal(problems)
	}
	want := &Rules{
		Version:  2,
		Enabled:  true,
		Trial:    Trial{Edits: 50},
		Limits:   Limits{PerMinute: 1, PerHour: 20, PerDay: 300, PerPageHour: 4},
		Report:   Report{PingEditor: true},
		Language: "pt-br",
		Messages: map[string]string{"words-kind-gadget": "helper"},
		Safety:   Safety{ThawDays: 1, ShrinkPercent: 2, ShrinkRows: 3},
		Verdict:  Verdict{Unowned: []string{"unknown"}},
		Overview: &Overview{Page: "B", Append: true, Data: "x"},
		Adoption: &Adoption{Page: "C", Append: true, Limit: 5},
		Tables: []Table{{
			ID: "a", Page: "A", Kinds: []string{"tool"}, Columns: []string{"notes", "item"}, GraceDays: 7,
			Filter: Filter{Section: "s", Wiki: "enwiki", MinUsers: 3, Name: "*x", Deprecated: Only}, Sort: []string{"-users", "item"}, Group: "section", PageSize: 20,
		}},
		Noticeboard: &Noticeboard{Page: "A", Verdicts: []string{"disputed"}, MaxBytes: 20000, Done: []string{}, BotFlag: true},
		Notices: &Notices{
			Talk: true, SettleMinutes: 5, BotFlag: true, SignUp: "S", OptOut: "O", Log: "L", Ways: []WayRule{{Kinds: []string{"tool"}, Ways: []string{WayPing}}},
			Digest: Weekly, CooldownDays: 1, PerPersonDay: 2, PerWikiDay: 3, QuietHours: &QuietHours{From: 23},
			Ladder: []Rung{{To: ToItem, AfterDays: 4}}, Requests: []string{"R"},
		},
	}
	if diff := cmp.Diff(want, rules, asRead); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSeveralTablesOnOnePageAreFine(t *testing.T) {
	_, problems := ParseRules(`{"version": 1, "noticeboard": {"page": "A"}, "tables": [
		{"id": "a", "page": "A", "kinds": ["tool"]},
		{"id": "b", "page": "A", "kinds": ["skin"]},
		{"id": "noticeboard", "page": "B", "kinds": ["gadget"]}]}`)
	if problems != nil {
		t.Fatal(problems)
	}
}

func TestTitlesInEveryScriptAreFine(t *testing.T) {
	_, problems := ParseRules(`{"version": 1, "watch": {"ignore_pages": ["Обсуждение:Привет", "گفتگو:می\u200cخواهم", "Talk:Node.js",
		"Talk:100% sure", "Talk:AT&T", "Talk:A:B", "Talk:...", "Talk:C++ / C'", "Talk:A/*", "User talk:Ελλάδα_x"]}}`)
	if problems != nil {
		t.Fatal(problems)
	}
}

func TestExampleUsesEverySetting(t *testing.T) {
	text, err := os.ReadFile("testdata/example.json")
	if err != nil {
		t.Fatal(err)
	}
	rules, problems := ParseRules(string(text))
	if problems != nil {
		t.Fatal(problems)
	}
	if len(rules.Tables) != 3 || !rules.Tables[1].Append || rules.Noticeboard.SettleMinutes != 120 || !rules.Notices.Talk {
		t.Errorf("read %+v", rules)
	}
	rulesSchema().each(func(path string, _, _ *node) {
		_, key := splitPath(path)
		if !strings.Contains(string(text), `"`+key+`":`) {
			t.Errorf("the example does not show %s", path)
		}
	})
}

// TestSchemaAndTypesAgree keeps a new field from being left out of the schema,
// where every page that uses it would be refused, and the other way round.
func TestSchemaAndTypesAgree(t *testing.T) {
	for _, of := range []struct {
		schema *schema
		value  reflect.Type
	}{{rulesSchema(), reflect.TypeFor[Rules]()}, {processSchema(), reflect.TypeFor[Process]()}} {
		inTypes := map[string]bool{}
		if of.schema == rulesSchema() {
			inTypes["$."+previewKey] = true // becomes Rules of their own
		}
		var walk func(path string, in reflect.Type)
		walk = func(path string, in reflect.Type) {
			for in.Kind() == reflect.Pointer || in.Kind() == reflect.Slice {
				if in.Kind() == reflect.Slice {
					path += "[]"
				}
				in = in.Elem()
			}
			if in.Kind() != reflect.Struct {
				return
			}
			for _, field := range reflect.VisibleFields(in) {
				if tag := field.Tag.Get("json"); tag == "" || tag == "-" {
					continue // not in the text
				}
				name := path + "." + field.Tag.Get("json")
				inTypes[name] = true
				walk(name, field.Type)
			}
		}
		walk("$", of.value)
		inSchema := map[string]bool{}
		of.schema.each(func(path string, _, _ *node) {
			if !strings.Contains(path, ".$") {
				inSchema[path] = true
			}
		})
		if diff := cmp.Diff(inTypes, inSchema); diff != "" {
			t.Errorf("%s (-types +schema)\n%s", of.value, diff)
		}
	}
}

func TestDefaultsInTheSchemaAreThoseInForce(t *testing.T) {
	for path, want := range map[string]any{
		"$.tables[].columns":              DefaultColumns(),
		"$.verdict.unowned":               DefaultUnowned(),
		"$.limits.per_minute":             DefaultLimits().PerMinute,
		"$.limits.per_hour":               DefaultLimits().PerHour,
		"$.limits.per_day":                DefaultLimits().PerDay,
		"$.limits.per_page_hour":          DefaultLimits().PerPageHour,
		"$.tables[].grace_days":           DefaultGraceDays,
		"$.tables[].sort":                 DefaultSort(),
		"$.tables[].page_size":            DefaultPageSize,
		"$.tables[].min_interval_minutes": DefaultMinInterval,
		"$.noticeboard.settle_minutes":    DefaultSettleMinutes,
		"$.notices.settle_minutes":        DefaultSettleMinutes,
		"$.verdict.inactive_days":         DefaultInactiveDays,
	} {
		found := false
		rulesSchema().each(func(at string, _, rule *node) {
			if at != path {
				return
			}
			found = true
			got := reflect.New(reflect.TypeOf(want))
			if err := rule.member("default").decode(got.Interface()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Elem().Interface()); diff != "" {
				t.Errorf("%s (-in force +schema)\n%s", path, diff)
			}
		})
		if !found {
			t.Errorf("no setting %s", path)
		}
	}
}

func TestWatchCovers(t *testing.T) {
	usual := Watch{IgnorePages: []string{"Talk:Sandbox", "user_talk:Example/*"}, IgnoreUsers: []string{"example bot"}}
	some := Watch{Namespaces: []int{0, 2}}
	for _, test := range []struct {
		name        string
		watch       Watch
		namespace   int
		title, user string
		want        bool
	}{
		{"talk page", usual, 1, "Talk:A", "X", true},
		{"project page", usual, 4, "Project:A", "X", true},
		{"talk of a namespace that extensions add", usual, 829, "Module talk:A", "X", true},
		{"article", usual, 0, "A", "X", false},
		{"user page", usual, 2, "User:A", "X", false},
		{"special page", usual, -1, "Special:A", "X", false},
		{"ignored page", usual, 1, "Talk:Sandbox", "X", false},
		{"subpage of an ignored page", usual, 1, "Talk:Sandbox/A", "X", true},
		{"page whose subpages are ignored", usual, 3, "User talk:Example", "X", true},
		{"ignored subpage", usual, 3, "User talk:Example/Archive/1", "X", false},
		{"ignored user", usual, 1, "Talk:A", "Example bot", false},
		{"user whose name begins like an ignored one", usual, 1, "Talk:A", "Example bot 2", true},
		{"listed namespace", some, 2, "User:A", "X", true},
		{"namespace not listed", some, 1, "Talk:A", "X", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.watch.Covers(test.namespace, test.title, test.user); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
