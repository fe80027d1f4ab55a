// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how sources and registry go together on a real wiki.

package survey_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const maintainersPage = `== Extensions ==
{| class="wikitable"
! Extension !! Description !! Steward<ref>who</ref> !! Individual maintainer !! Consulted !! Informed
|-
| [[Extension:Gadgets|Gadgets]] || scripts for all || Unassigned || || ||
|-
| [[Extension:ParserFunctions]] || logic || Content team || [[User:Ana|]] || ||
|}
== Core ==
{| class="wikitable"
! Component !! Description !! Steward !! Individual maintainer !! Consulted !! Informed
|-
| Categories || pages in groups || Unassigned || || ||
|}
`

// TestSourcesOfARealWiki reads every source of a MediaWiki into a registry.
func TestSourcesOfARealWiki(t *testing.T) {
	ctx := t.Context()
	w := wikitest.Start(t, wikitest.Options{})
	user := func(name string, groups ...string) *wikitest.User {
		u, err := w.CreateUser(ctx, name, groups...)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	admin, ana, ben, bot := user("Admin one", "sysop", "interface-admin"), user("Ana"), user("Ben"), user("Table bot")
	edit := func(u *wikitest.User, title, text string) int64 {
		t.Helper()
		rev, err := u.Edit(ctx, title, text, "test")
		if err != nil {
			t.Fatalf("%s edits %s: %v", u.Name, title, err)
		}
		return rev
	}
	edit(admin, "MediaWiki:Gadgets-definition", "== tools ==\n* one[ResourceLoader|default]|one.js|lib.js\n* two[ResourceLoader]|lib.js|two.css\n")
	edit(admin, "MediaWiki:Gadget-one", "The first gadget")
	edit(admin, "MediaWiki:Gadget-lib.js", "// shared")
	edit(admin, "MediaWiki:Gadget-two.css", "b { color: inherit }")
	listed := edit(ben, "Developers/Maintainers", maintainersPage)

	client, err := wiki.New(wiki.Config{Wiki: w.DB, API: w.API, UserAgent: "survey test", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	reg, err := registry.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()

	now := time.Now()
	read := func() (changed bool) {
		t.Helper()
		info, err := survey.SiteinfoSource(client, w.DB).Read(ctx, survey.Reading{At: now})
		if err != nil {
			t.Fatal(err)
		}
		gadgets, err := survey.GadgetsSource(client, w.DB, wikitext.DefaultSite()).Read(ctx, survey.Reading{At: now})
		if err != nil {
			t.Fatal(err)
		}
		pages := []survey.MaintainersPage{{API: client, Wiki: w.DB, Title: "developers/Maintainers"}}
		maintainers, err := survey.MaintainersSource(w.DB, pages).Read(ctx, survey.Reading{At: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []registry.Survey{info, gadgets, maintainers} {
			c, err := reg.SaveSurvey(ctx, s)
			if err != nil {
				t.Fatal(err)
			}
			changed = changed || c
		}
		return changed
	}
	if !read() {
		t.Error("the first survey changed nothing")
	}
	if read() {
		t.Error("the second survey changed something")
	}

	v, err := reg.View(ctx, registry.Query{Wiki: w.DB, Since: now, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[registry.Key]string)
	for _, e := range v.Entries {
		opinion := registry.Judge(e.Claims, nil, registry.Limits{}, now)
		got[e.Item.Key] = fmt.Sprintf("%s deployed %t listed %t default %t page %s: %s", e.Item.Section, e.Item.Deployed, e.Item.Listed, e.Item.Default, e.Item.Page, opinion.Ground)
	}
	one, two := registry.Key("gadget:"+w.DB+":one"), registry.Key("gadget:"+w.DB+":two")
	place := fmt.Sprintf("Developers/Maintainers, revision %d", listed)
	for key, want := range map[registry.Key]string{
		one:                         "tools deployed true listed false default true page MediaWiki:Gadget-one: No source mentions it",
		two:                         "tools deployed true listed false default false page MediaWiki:Gadget-lib.js: No source mentions it",
		"extension:Gadgets":         "Unassigned in " + place + "; no other source",
		"extension:ParserFunctions": "Steward Content team in " + place,
		"extension:AbuseFilter":     "No source mentions it",
	} {
		if !strings.HasSuffix(got[key], want) {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}

	// People edit the Steward cell of a table.
	table := func(cell string) string {
		body := fmt.Sprintf("{| class=\"wikitable\"\n! Item !! Steward ✎ !! Verdict\n|- id=%q\n| one || %s || unknown\n|}", registry.RowID(one), cell)
		return "Top.\n" + wikitext.NewRegion("gadgets", body) + "\nBottom."
	}
	steps := []struct {
		user *wikitest.User
		text string
		want string
	}{
		{bot, table(""), "unknown: No source mentions it"},
		{ben, table("[[User:Ana|Ana]]"), "unconfirmed: Steward Ana was named by Ben in Stewards, revision REV, and has not confirmed it yet"},
		{ana, table("[[User:Ana]] ~~~~~"), "owned: Steward Ana, confirmed in Stewards, revision REV"}, // what she changes beside her name is her word
		{ana, table(""), "unknown: No source mentions it"},
		{ana, table("[[user:ana]]"), "owned: Steward Ana, confirmed in Stewards, revision REV"},
		{ben, "blanked", "owned: "},
		{bot, table("[[user:ana]]"), "owned: "},
		{ben, table("Unassigned"), "disputed: Steward Ana was taken out by Ben in Stewards, revision REV, and has not answered yet"},
		{ana, table("[[User:Ana]], Gadget team"), "owned: Steward Gadget team in Stewards, revision REV; steward Ana, confirmed in Stewards, revision REV"},
		{ana, table("Gadget team"), "owned: Steward Gadget team"},
		{w.Anonymous(), table("[[User:Ben]]"), "unconfirmed: Steward Ben was suggested without an account in Stewards, revision REV"},
	}
	for i, step := range steps {
		rev := edit(step.user, "Stewards", step.text)
		if err := readCells(ctx, reg, client, w.DB); err != nil {
			t.Fatal(err)
		}
		v, err := reg.View(ctx, registry.Query{Wiki: w.DB, Since: now, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range v.Entries {
			if e.Item.Key != one {
				continue
			}
			opinion := registry.Judge(e.Claims, nil, registry.Limits{}, now)
			got := fmt.Sprintf("%s: %s", opinion.Verdict, opinion.Ground)
			want := strings.ReplaceAll(step.want, "REV", fmt.Sprint(rev))
			if !strings.HasPrefix(got, want) {
				t.Errorf("step %d: %s, want %s", i, got, want)
			}
		}
	}

	// Reading the whole history at once comes to the same.
	again, err := registry.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "again.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	info, err := survey.GadgetsSource(client, w.DB, wikitext.DefaultSite()).Read(ctx, survey.Reading{At: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*registry.Registry{reg, again} {
		if _, err := r.SaveSurvey(ctx, info); err != nil {
			t.Fatal(err)
		}
		if err := readCells(ctx, r, client, w.DB); err != nil {
			t.Fatal(err)
		}
	}
	claims := func(r *registry.Registry) (out []registry.Claim) {
		t.Helper()
		v, err := r.View(ctx, registry.Query{Wiki: w.DB, Since: now, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range v.Entries {
			if e.Item.Key == one {
				out = e.Claims
			}
		}
		return out
	}
	if diff := cmp.Diff(claims(reg), claims(again)); diff != "" {
		t.Errorf("claims edit by edit (-) and all at once (+):\n%s", diff)
	}
}

func readCells(ctx context.Context, reg *registry.Registry, client *wiki.Client, db string) error {
	after, err := reg.CellsRead(ctx, db, "Stewards#gadgets")
	if err != nil {
		return err
	}
	table := survey.CellTable{On: wikitext.DefaultSite(), Page: "Stewards", Region: "gadgets", Self: "Table bot"}
	changes, upTo, err := table.Changes(ctx, client, after)
	if err != nil {
		return err
	}
	_, err = reg.SaveCells(ctx, db, "Stewards#gadgets", upTo, changes)
	return err
}
