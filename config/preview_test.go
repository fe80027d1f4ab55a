// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what a preview stands for.

package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPreviewIsTheRulesWithItsGroups(t *testing.T) {
	page := func(verdict, tables, more string) string {
		return `{"version": 2, "enabled": true, "watch": {"namespaces": [1]}, "verdict": ` + verdict + `, "tables": ` + tables +
			`, "noticeboard": {"page": "Project:B"}` + more + `}`
	}
	const now, next = `{"inactive_days": 30}`, `{"unowned": ["unknown"]}`
	const one, none = `[{"id": "a", "page": "Project:A", "kinds": ["tool"]}]`, `[]`
	rules, problems := ParseRules(page(now, one, `, "preview": {"$comment": "x", "verdict": `+next+`, "tables": `+none+`}`))
	if rules == nil {
		t.Fatal(problems)
	}
	for name, test := range map[string]struct {
		got  *Rules
		text string
	}{
		"in force": {rules, page(now, one, "")},
		"preview":  {rules.Preview, page(next, none, "")},
	} {
		want, problems := ParseRules(test.text)
		if want == nil {
			t.Fatal(problems)
		}
		got := *test.got
		got.Preview = nil
		if diff := cmp.Diff(want, &got, asRead); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestWithoutAPreviewThereIsNone(t *testing.T) {
	rules, problems := ParseRules(`{"version": 2}`)
	if rules == nil || rules.Preview != nil {
		t.Errorf("got %+v, %v", rules, problems)
	}
}
