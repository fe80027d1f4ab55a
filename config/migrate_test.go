// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of pages of older versions.

package config

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// givesSuffix marks the file with the rules of the page before it.
const givesSuffix = ": gives"

// TestOldPagesStayGood reads pages as they were written for each older version.
func TestOldPagesStayGood(t *testing.T) {
	const file = "testdata/version1.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, givesSuffix); ok {
			want[name] = string(f.Data)
		}
	}
	remade := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, givesSuffix) {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			rules, problems := ParseRules(string(f.Data))
			if rules == nil {
				t.Fatal(problems)
			}
			got, err := json.MarshalIndent(rules, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			remade.Files = append(remade.Files, f, txtar.File{Name: f.Name + givesSuffix, Data: got})
			if diff := cmp.Diff(want[f.Name], string(got)); diff != "" && !*update {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if !rules.Enabled || rules.Version != newest() {
				t.Errorf("version %d, enabled %v", rules.Version, rules.Enabled)
			}
			for _, table := range rules.Tables {
				if table.GraceDays != 0 {
					t.Error("words of people would go that had stayed")
				}
			}
			if rules.Noticeboard != nil && !rules.Noticeboard.BotFlag || rules.Notices != nil && !rules.Notices.BotFlag {
				t.Error("edits would lose the mark that they had")
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(remade), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// What the newer version means is not what the older one meant, so only pages
// of the older one get it.
func TestANewPageBeginsWithAPreview(t *testing.T) {
	rules, problems := ParseRules(`{"version": 2, "noticeboard": {"page": "Project:A"}, "notices": {"talk": true}}`)
	if rules == nil {
		t.Fatal(problems)
	}
	if rules.Enabled || rules.Noticeboard.BotFlag || rules.Notices.BotFlag {
		t.Errorf("got %+v", rules)
	}
}

func TestProblemsOfOldPagesAreWhereTheyWereWritten(t *testing.T) {
	rules, problems := ParseRules("{\n\"notices\": {\"talks\": true},\n\"version\": 1}")
	if rules != nil || len(problems) != 1 || problems[0].Line != 2 || problems[0].Column != 13 || problems[0].Path != "$.notices.talks" {
		t.Errorf("got %v, %v", rules, problems)
	}
}

func TestEachNewKeySaysSinceWhen(t *testing.T) {
	first := map[string]bool{}
	for key := range strings.FieldsSeq("version watch sources verdict similar tables noticeboard notices") {
		first[key] = true
	}
	rulesSchema().each(func(path string, _, rule *node) {
		home, key := splitPath(path)
		if home != "$" || strings.HasPrefix(key, "$") {
			return
		}
		since, ok := rule.member("x-since").integer()
		if ok == first[key] || ok && (since < 2 || since > newest()) {
			t.Errorf("%s: since version %d, %v", path, since, ok)
		}
	})
	versions := rulesSchema().at([]string{"version"}).member("enum").list()
	if v, _ := versions[0].integer(); v != newest() || len(versions) != newest() {
		t.Errorf("the schema knows %d versions, the newest being %d", len(versions), v)
	}
}
