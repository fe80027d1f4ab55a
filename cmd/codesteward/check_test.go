// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of the check command against a wiki.

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckShowsWhatRulesWouldDoOnTheirWiki(t *testing.T) {
	k := newKillTest(t)
	k.setPassword()
	k.start()
	k.await("the table", func() bool { return strings.Contains(k.text(killTable), "Alpha") })
	k.await("a whole round", func() bool { return strings.Contains(k.log(), "surveyed and reconciled") })
	k.kill()
	before := k.edits()
	check := func(page string) (string, int) {
		out, errs, code := k.command("check", "--page", page, "--wikis", filepath.Join(k.dir, "wikis.json"), "--db", "sqlite:"+filepath.Join(k.dir, "registry.db"))
		return out + errs, code
	}
	holds := func(out string, words ...string) {
		t.Helper()
		for _, word := range words {
			if !strings.Contains(out, word) {
				t.Errorf("it does not say %q:\n%s", word, out)
			}
		}
	}
	out, code := check("user:Steward bot/config.json")
	if code != exitDone {
		t.Errorf("exit code %d", code)
	}
	holds(out, "no problems", "Nothing would change")

	file := filepath.Join(k.dir, "new.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"version": 2, "limits": {"per_day": 0}, "tables": [{"id": "skins", "page": "Project:Skins", "kinds": ["skin"]}], "preview": {"tables": [{"id": "all", "page": "Project:All", "kinds": ["extension"]}]}}`)
	out, code = check(file)
	if code != exitDone {
		t.Errorf("exit code %d", code)
	}
	holds(out, "1 warning", "[[:Test Wiki:Skins]], region skins: the page would be made;", "Vector", "With the group \"preview\"", "[[:Test Wiki:All]]", "would say that it is not kept up any more")

	write(`{"version": 2, "tables": [{"id": "skins", "page": "User:Ada/x", "kinds": ["skin"]}]}`)
	out, code = check(file)
	if code != exitFound {
		t.Errorf("exit code %d", code)
	}
	holds(out, "line 1, column 51, $.tables[0].page: this page belongs to another user")
	out, code = check("Talk:Nothing")
	if code != exitFound {
		t.Errorf("exit code %d", code)
	}
	holds(out, "there is no page Talk:Nothing")
	if n := k.edits(); n != before {
		t.Errorf("check made %d edits", n-before)
	}
}
