// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds what is seen of a revision of a real wiki that was hidden later.

package survey_test

import (
	"fmt"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// TestARealRevisionHiddenAfterItWasRead hides the revision that reading had come
// to, and takes the name out in the next one.
func TestARealRevisionHiddenAfterItWasRead(t *testing.T) {
	w := startWiki(t)
	admin := w.user("Boss", "sysop")
	table := func(cell, more string) string {
		body := fmt.Sprintf("{| class=\"wikitable\"\n! Item !! Steward ✎\n|- id=%q\n| Echo || %s\n|}", registry.RowID("extension:Echo"), cell)
		return wikitext.NewRegion("ext", body) + more
	}
	w.edit(admin, "Stewards", table("[[User:Boss]]", ""))
	read := w.edit(admin, "Stewards", table("[[User:Boss]]", "\nsomething bad"))
	last := w.edit(admin, "Stewards", table("", ""))
	if err := admin.HideRevision(t.Context(), "Stewards", read, "content", "user", "comment"); err != nil {
		t.Fatal(err)
	}
	client := w.reader().Asker.(*wiki.Client)
	cells := survey.CellTable{Page: "Stewards", Region: "ext", Self: "Table bot"}
	changes, upTo, err := cells.Changes(t.Context(), client, read)
	if err != nil || upTo != last || len(changes) != 1 || changes[0].User != "" || len(changes[0].Removed) != 1 || changes[0].Removed[0].Name != "Boss" {
		t.Errorf("%+v up to %d, %v", changes, upTo, err)
	}
}
