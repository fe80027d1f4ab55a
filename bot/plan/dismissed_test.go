// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what people do to entries.

package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func TestDismissals(t *testing.T) {
	const a, b = `<span id="cs-1-a-0"></span>`, `<span id="cs-2-b-0"></span>`
	const page = "== May 2026 ==\n* " + a + "'''A''' was mentioned in a page\n* " + b + "'''B''' was mentioned in a page\n"
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(page) }
	for _, tt := range []struct {
		name, before, after string
		gone, back          string
	}{
		{"nothing", page, page, "", ""},
		{"taken off", page, replace("* "+a+"'''A''' was mentioned in a page\n", ""), "cs-1-a-0", ""},
		{"put back", replace("* "+a+"'''A''' was mentioned in a page\n", ""), page, "", "cs-1-a-0"},
		{"moved", page, "* " + b + "'''B'''\n* " + a + "'''A'''", "", ""},
		{"a reply", page, replace("B''' was mentioned in a page", "B''' was mentioned in a page\n** <s>I do.</s> Not."), "", ""},
		{"struck behind its mark", page, replace("'''A''' was mentioned in a page", "<s>'''A''' was mentioned in a page</s> wrong"), "cs-1-a-0", ""},
		{"struck with its mark", page, replace("* "+a+"'''A''' was mentioned in a page", "* <del>"+a+"'''A''' was mentioned in a page</del>"), "cs-1-a-0", ""},
		{"both struck", page, strings.Replace(page, "'''A", "<S class=\"x\">'''A", 1) + "</S>", "cs-1-a-0 cs-2-b-0", ""},
		{"a word struck", page, replace("was mentioned in a page", "was <s>men</s>tioned in a page"), "", ""},
		{"never closed", page, replace("'''A'''", "<s>'''A'''"), "", ""},
		{"struck inside a strike", page, replace("'''A''' was mentioned in a page", "<s>'''A''' <strike>was</strike> mentioned in a page</s>"), "cs-1-a-0", ""},
		{"no strike", page, replace("'''A'''", "<small>'''A'''</small> <span>x</span>"), "", ""},
	} {
		gone, back := Dismissals(tt.before, tt.after)
		if strings.Join(gone, " ") != tt.gone || strings.Join(back, " ") != tt.back {
			t.Errorf("%s: gone %q, back %q", tt.name, gone, back)
		}
	}
}

func TestAnchorsTellTheirRevision(t *testing.T) {
	m := registry.Mention{As: registry.NewKey(detect.Extension, "", "Poem"), Revision: 77, Section: "A"}
	if got := AnchoredAt(Anchor(m)); got != 77 {
		t.Errorf("%s is of revision %d", Anchor(m), got)
	}
	for _, other := range []string{"", "cs-", "cs-x-y-z", "cs-9", "ts-7-a-b"} {
		if got := AnchoredAt(other); got != 0 {
			t.Errorf("%q is of revision %d", other, got)
		}
	}
}

func TestADismissedPlaceGetsNoNewEntry(t *testing.T) {
	key := registry.NewKey(detect.Extension, "", "Poem")
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	mention := func(revision int64, title, section string) registry.Mention {
		return registry.Mention{Item: key, As: key, Kind: detect.Extension, Name: "Poem", Wiki: "w", Title: title, Revision: revision, Section: section, Time: now.Add(-time.Hour)}
	}
	in := Input{Now: now, Rules: &config.Rules{Noticeboard: &config.Noticeboard{Page: "Board", Verdicts: []string{"unknown"}}}}
	in.View.Entries = []registry.Entry{{Item: registry.Item{Key: key, Name: "Poem"}}}
	in.View.Mentions = []registry.Mention{mention(4, "Talk:A", "One"), mention(3, "Talk:A", "Two"), mention(2, "Talk:B", "One")}
	in.View.Dismissed = []registry.Mention{mention(1, "Talk:A", "One")}
	for _, name := range sources(in.Rules, detect.Extension) {
		in.View.Surveys = append(in.View.Surveys, registry.SurveyState{Source: name, Read: now})
	}
	pages := noticeboardPages(in)
	if len(pages) != 1 {
		t.Fatalf("%d pages are planned, want one", len(pages))
	}
	page := pages[0]
	var got []int64
	for _, n := range page.Notices {
		for _, m := range in.View.Mentions {
			if BoardKey(m) == n.Key {
				got = append(got, m.Revision)
			}
		}
	}
	if !slices.Equal(got, []int64{3, 2}) {
		t.Errorf("entries of revisions %d, want those of 3 and 2", got)
	}
}
