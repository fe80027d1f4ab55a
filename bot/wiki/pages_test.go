// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of reading about many pages on a real wiki.

package wiki

import (
	"context"
	"fmt"
	"testing"
)

func TestPagesAreAskedAboutTogether(t *testing.T) {
	w, c := realWiki(t)
	ctx := context.Background()
	admin := w.Admin()
	for title, text := range map[string]string{"Pages/Old": "#REDIRECT [[Pages/New]]", "Pages/New": "x", "Pages/Locked": "x", "User:Steward Bot/pages.json": "{}"} {
		if _, err := admin.Edit(ctx, title, text, "test"); err != nil {
			t.Fatal(err)
		}
	}
	if err := admin.Protect(ctx, "Pages/Locked", "sysop"); err != nil {
		t.Fatal(err)
	}
	titles := []string{"pages/New", "Pages/Old", "Pages/Locked", "User:Steward Bot/pages.json", "Pages/None", "<bad>", "a|b"}
	for i := range 60 {
		titles = append(titles, fmt.Sprintf("Pages/None %d", i))
	}
	pages, err := c.Pages(ctx, titles)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != len(titles)-2 {
		t.Errorf("got %d of %d pages", len(pages), len(titles)-2)
	}
	if p := pages["pages/New"]; p.Missing || p.Title != "Pages/New" || p.Model != "wikitext" || p.Barred != nil {
		t.Errorf("got %+v", p)
	}
	if p := pages["Pages/Old"]; p.Redirect != "Pages/New" {
		t.Errorf("got %+v", p)
	}
	if p := pages["Pages/Locked"]; p.Barred == nil || p.Barred.Class != Refused {
		t.Errorf("got %+v", p)
	}
	if p := pages["User:Steward Bot/pages.json"]; p.Model != "json" {
		t.Errorf("got %+v", p)
	}
	if p := pages["Pages/None 59"]; !p.Missing {
		t.Errorf("got %+v", p)
	}
}
