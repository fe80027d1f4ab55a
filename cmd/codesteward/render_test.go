// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of render without a wiki.

package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestRenderPrintsWhatIsAskedFor(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "registry.db")
	reg, err := registry.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	rules := `{"version": 2, "tables": [{"id": "adoption", "page": "T", "kinds": ["gadget"]}],
		"verdict": {"unowned": ["unknown"]}, "overview": {"page": "O"}, "adoption": {"page": "A"}}`
	if err := reg.SaveRules(t.Context(), registry.Rules{Wiki: "testwiki", Revision: 1, Since: now, Text: rules}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []registry.Survey{
		{Source: "siteinfo", Wiki: "testwiki", At: now},
		{Source: "gadgets", Wiki: "testwiki", At: now, Items: []registry.Item{{Key: "gadget:testwiki:Alpha", Name: "Alpha", Deployed: true}}},
	} {
		if _, err := reg.SaveSurvey(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := reg.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--table", "adoption"}, exitDone, `|- id="gadget:testwiki:Alpha"`},
		{[]string{"--page", "overview"}, exitDone, "codesteward begin overview"},
		{[]string{"--page", "adoption"}, exitDone, `id="adopt-gadget:testwiki:Alpha"`},
		{[]string{"--table", "none"}, exitUsage, `no table "none"`},
		{[]string{"--page", "none"}, exitUsage, "--page"},
		{nil, exitUsage, "--page"},
		{[]string{"--page", "overview", "--table", "adoption"}, exitUsage, "--page"},
	} {
		var stdout, stderr output
		code := execute(t.Context(), append([]string{"render", "--db", db}, test.args...), strings.NewReader(""), &stdout, &stderr, nil)
		if all := stdout.String() + stderr.String(); code != test.code || !strings.Contains(all, test.want) {
			t.Errorf("%v: exit code %d, want %d and %q:\n%s", test.args, code, test.code, test.want, all)
		}
	}
}
