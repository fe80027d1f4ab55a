// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of what a wiki says beside the text of a page: tags, opt-outs, categories, and which wiki it is.

package wiki

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOptOutsHaveTheWikisOwnNames(t *testing.T) {
	w, c := realWiki(t)
	seed(t, w, "Template:Nobots", "no bots")
	seed(t, w, "Template:Keine Bots", "#REDIRECT [[Template:Nobots]]")
	seed(t, w, "Template:Bots", "bots")
	seed(t, w, "Template:Robots", "#REDIRECT [[Template:Bots]]")
	got, err := c.OptOuts(t.Context())
	want := OptOuts{Bots: []string{"Template:Robots"}, Nobots: []string{"Template:Keine Bots"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	seed(t, w, "MediaWiki:Massmessage-optout-category", "Wants no messages")
	if got, err := c.OptOuts(t.Context()); err != nil || got.Category != "Wants no messages" {
		t.Errorf("got %+v, %v", got, err)
	}
	seed(t, w, "User talk:Quiet", "Hello. [[Category:Wants no messages]]")
	if p := read(t, c, "User talk:Quiet"); !cmp.Equal(p.Categories, []string{"Category:Wants no messages"}) {
		t.Errorf("categories %q", p.Categories)
	}
}

func TestATagThatTheWikiRefusesIsLeftOutAndToldOnce(t *testing.T) {
	f := &fakeWiki{}
	f.add("Alice", "before", "")
	f.fault = first(1, "edit", answering(200, "", `{"error":{"code":"tags-apply-no-permission","info":"no"}}`))
	c, log := f.client(t)
	c.cfg.Tag = "steward"
	for i := range 3 {
		if _, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: fmt.Sprint(i), BaseRevision: int64(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if all := strings.Join(log.lines, ""); f.count("edit") != 4 || strings.Count(all, "apply the tag") != 1 {
		t.Errorf("%d edits were sent, log %s", f.count("edit"), all)
	}
}

func TestATagIsOnTheEdit(t *testing.T) {
	w, c := realWiki(t)
	if _, err := w.Admin().Do(t.Context(), map[string]string{"action": "managetags", "operation": "create", "tag": "stewardship"}); err != nil {
		t.Fatal(err)
	}
	c.cfg.Tag = "stewardship"
	title := fresh("Tagged")
	saved, err := NewEditor(c).Save(t.Context(), Edit{Title: title, Text: "x", Create: true})
	if err != nil {
		t.Fatal(err)
	}
	revs, err := c.Revisions(t.Context(), saved.Revision)
	if err != nil || !cmp.Equal(revs[saved.Revision].Tags, []string{"stewardship"}) {
		t.Errorf("tags %q, %v", revs[saved.Revision].Tags, err)
	}
}

func TestAnswersOfAnotherWikiAreNoPages(t *testing.T) {
	const page = `{"curtimestamp":"2026-05-20T10:00:00Z","query":{"normalized":[{"from":"page_x","to":"Page x"}],"pages":[{"title":%q,"missing":true,"fullurl":%q}]}}`
	for _, tt := range []struct {
		title, url string
		ok         bool
	}{
		{"Page x", "https://wiki.example/wiki/Page_x", true},
		{"Page x", "", true},
		{"Page x", "https://other.example/wiki/Page_x", false},
		{"Another", "https://wiki.example/wiki/Another", false},
	} {
		f := &fakeWiki{}
		c, _ := loggedIn(t, f)
		server := "https://wiki.example"
		c.server.Store(&server)
		f.fault = first(-1, "query", answering(200, "", fmt.Sprintf(page, tt.title, tt.url)))
		_, err := c.Page(t.Context(), "page_x")
		if tt.ok && err != nil {
			t.Errorf("%+v: %v", tt, err)
		} else if !tt.ok {
			wantError(t, err, "another-wiki", Unknown)
		}
	}
}
