// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds how infoboxes are read on a real wiki.

package survey_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
)

func TestInfoboxesOfARealWiki(t *testing.T) {
	w := startWiki(t)
	admin := w.user("Boss", "sysop")
	w.edit(admin, "Template:Extension", "{{{status}}}")
	w.edit(admin, "Template:Extension box", "#REDIRECT [[Template:Extension]]")
	echo := w.edit(admin, "Extension:Echo", "{{Extension box|name=Notifications|status=stable|maintainer=[[User:Ana]]}}")
	w.edit(admin, "Extension:Notify", "#REDIRECT [[Extension:Echo]]")
	w.edit(admin, "Extension:Echo/de", "#REDIRECT [[Extension:Echo]]")
	old := w.edit(admin, "Extension:New name", "{{Extension|status=unmaintained}}")
	w.edit(admin, "Extension:Old name", "#REDIRECT [[Extension:New name]]")
	w.edit(admin, "Extension:Circle", "#REDIRECT [[Extension:Circle 2]]")
	w.edit(admin, "Extension:Circle 2", "#REDIRECT [[Extension:Circle]]")
	w.edit(admin, "Extension:Plain", "Nothing about it")
	w.edit(admin, "Skin:Vector", "{{Skin|status=beta}}")
	hidden := w.edit(admin, "Extension:Hidden", "{{Extension|status=stable}}")
	w.edit(admin, "Extension:Hidden", "{{Extension|status=beta}}")
	if err := admin.HideRevision(t.Context(), "Extension:Hidden", hidden, "content"); err != nil {
		t.Fatal(err)
	}
	known := []registry.Entry{
		{Item: registry.Item{Key: "extension:Echo", Name: "Echo", Page: "mw:Extension:Echo", Deployed: true}},
		{Item: registry.Item{Key: "extension:Old name", Name: "Old name", URL: "https://www.mediawiki.org/wiki/Extension:Old_name", Listed: true}},
		{Item: registry.Item{Key: "skin:Vector", Name: "Vector", Deployed: true}},
		{Item: registry.Item{Key: "extension:Missing", Name: "Missing", Deployed: true}},
		{Item: registry.Item{Key: "extension:Circle", Name: "Circle", Deployed: true}},
		{Item: registry.Item{Key: "extension:Plain", Name: "Plain", Deployed: true}},
		{Item: registry.Item{Key: "extension:Hidden", Name: "Hidden"}, Quarter: 1},
		{Item: registry.Item{Key: "extension:A|b", Name: "A|b", Deployed: true}},
		{Item: registry.Item{Key: "extension:New name", Name: "New name"}}, // nobody but this source names it
		{Item: registry.Item{Key: "gadget:x:y", Name: "y", Deployed: true}},
	}
	for i := range 94 {
		known = append(known, registry.Entry{Item: registry.Item{Key: registry.Key(fmt.Sprintf("extension:Many %d", i)), Deployed: true}})
	}
	api := w.reader()
	source := survey.Infoboxes(api, "metawiki", w.DB)
	got, err := source.Read(t.Context(), survey.Reading{At: time.Now(), Known: knows(known)})
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.Item{
		{Key: "extension:Echo", Name: "Echo", Aliases: []string{"Notify", "Notifications"}, Details: registry.Details{Status: "stable"}},
		{Key: "extension:Hidden", Name: "Hidden", Details: registry.Details{Status: "beta"}},
		{Key: "extension:Old name", Name: "Old name", Aliases: []string{"New name"}, Details: registry.Details{Status: "unmaintained"}},
		{Key: "extension:Plain", Name: "Plain"},
		{Key: "skin:Vector", Name: "Vector", Details: registry.Details{Status: "beta"}},
	}
	if diff := cmp.Diff(want, got.Items, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	claims := []registry.Claim{
		{Item: "extension:Echo", Role: registry.Maintainer, Holder: "Ana", HolderKind: registry.User, Standing: registry.Stated,
			Evidence: registry.Evidence{Wiki: w.DB, Page: "mw:Extension:Echo", Revision: echo}},
		{Item: "extension:Old name", Role: registry.Maintainer, HolderKind: registry.Nobody, Standing: registry.Stated,
			Evidence: registry.Evidence{Wiki: w.DB, Page: "Extension:New name", Revision: old}},
	}
	if diff := cmp.Diff(claims, got.Claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	if got.Part || got.Source != "infoboxes" || got.Wiki != "metawiki" {
		t.Errorf("part %t, %s of %s", got.Part, got.Source, got.Wiki)
	}
	if len(api.asked) > 1+3 { // one for the templates
		t.Errorf("%d requests for 101 pages", len(api.asked))
	}
	for _, p := range api.asked {
		if n := strings.Count(p["titles"], "|") + 1; n > 50 {
			t.Errorf("%d titles at once", n)
		}
	}
	for title, want := range map[string]bool{"Extension:Echo": true, "Skin:X": true, "Extension:Echo/de": false, "Talk:Extension:X": false, "Echo": false} {
		if source.Triggers(w.DB, title) != want || source.Triggers("metawiki", title) {
			t.Errorf("the trigger for %s", title)
		}
	}
}
