// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of how the noticeboard is read, and what its entries
// say.

package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func TestMonthsAreReadInEveryLanguageOnceWritten(t *testing.T) {
	for heading, want := range map[string]month{
		"== November 2026 ==":            "2026-11",
		"== November 2026 == <!-- x -->": "2026-11",
		"== Dezember 2025 ==":            "2025-12",
		"== Noviembre de 2026 ==":        "2026-11",
		"== Août 2026 ==":                "2026-08",
		"== نوفمبر 2026 ==":              "2026-11",
		`== <span id="codesteward-2026-03"></span>Whatever, 3 of them ==`: "2026-03",
		"=== November 2026 ===":                         "2026-11",
		"== November 26 ==":                             "",
		"== About November 2026 ==":                     "",
		"== Discussion ==":                              "",
		`== <span id="codesteward-2026-13"></span>x ==`: "",
		"<!-- == November 2026 == -->":                  "",
		"<nowiki>\n== November 2026 ==\n</nowiki>":      "",
	} {
		got := month("")
		for _, b := range parseBoard("\n" + heading + "\n* x") {
			got = max(got, b.month)
		}
		if got != want {
			t.Errorf("%s is read as %q, want %q", heading, got, want)
		}
	}
	for _, language := range messages.Languages() {
		blocks := parseBoard(month("2026-07").heading(messages.In(language, nil)) + "\n")
		if last := blocks[len(blocks)-1]; last.month != "2026-07" || !last.plain {
			t.Errorf("%s: its own heading is read as %q, plain %v", language, last.month, last.plain)
		}
	}
}

func TestABoardPutTogetherAgainIsTheSame(t *testing.T) {
	const entry = `* <span id="cs-1-a-0"></span>A` + "\n"
	for _, body := range []string{
		"", "\n", "Text", "== November 2026 ==", "\n== November 2026 ==\n" + entry + "*: x\n\n== October 2026 ==\n== Of people ==\n" + entry,
		"== May 2026 ==\n{{x|\n" + entry + "}}\n=== y ===\n" + entry + "<!-- \n" + entry + " -->", "== May 2026 ==\r\n" + entry + entry + "end",
	} {
		if got := joinBlocks(parseBoard(body)); got != body {
			t.Errorf("%q became %q", body, got)
		}
	}
}

func TestTwoCopiesOfAnEntryComeTogether(t *testing.T) {
	const e = "* entry with some words\n"
	for _, test := range []struct{ name, a, b, want string }{
		{"the same", e, e, e},
		{"a reply on the noticeboard", e, e + "*: reply\n", e + "*: reply\n"},
		{"a reply in the archive", e + "*: reply\n", e, e + "*: reply\n"},
		{"a mark at the end of the line", e, "* entry with some words {{done}}\n", "* entry with some words {{done}}\n"},
		{"a reply in both", e + "*: one\n", e + "*: two\n", e + "*: one\n*: two\n"},
		{"a mark in one, a reply in the other", "* entry with some words {{done}}\n", e + "*: two\n", "* entry with some words {{done}}\n*: two\n"},
		{"short lines stay apart", e + "Yes.\n", e + "Yes. But\n", e + "Yes.\nYes. But\n"},
	} {
		if got := union(test.a, test.b); strings.TrimRight(got, "\n") != strings.TrimRight(test.want, "\n") {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if again := union(union(test.a, test.b), test.b); again != union(test.a, test.b) {
			t.Errorf("%s: once more it is %q", test.name, again)
		}
	}
}

func TestWordsOfPeopleInAnEntryStayWhenItIsRedacted(t *testing.T) {
	const mark = `<span id="cs-7-a-0"></span>`
	e := []BoardEntry{{Anchor: "cs-7-a-0", Line: "hidden"}}
	for _, test := range []struct{ name, before, after string }{
		{"as it was written", "* " + mark + "“secret”" + entryEnd, "* " + mark + "hidden" + entryEnd},
		{"of the form before", "* " + mark + "'''A''' 11:00 UTC. “secret”", "* " + mark + "hidden" + entryEnd},
		{"of that form without a quote", "* " + mark + "'''A''' 2026-11-21 11:00 UTC", "* " + mark + "hidden" + entryEnd},
		{"a mark behind it", "* " + mark + "“secret”" + entryEnd + " {{done}} --Ada", "* " + mark + "hidden" + entryEnd + " {{done}} --Ada"},
		{"a mark behind the old form", "* " + mark + "11:00 UTC. “secret” {{done}}", "* " + mark + "hidden" + entryEnd + " {{done}}"},
		{"in another place and struck", ":: x " + mark + "<s>“secret”" + entryEnd + "</s> no", ":: x " + mark + "<s>hidden" + entryEnd + "</s> no"},
		{"broken over lines", "* " + mark + "“sec\nret”" + entryEnd + "\n*: r", "* " + mark + "hidden" + entryEnd + "\n*: r"},
		{"its end is gone", "* " + mark + "“secret” x\n* " + anchorMark("cs-8-b-0") + "y" + entryEnd, "* " + mark + "hidden" + entryEnd + " x\n* " + anchorMark("cs-8-b-0") + "y" + entryEnd},
		{"another one", "* " + anchorMark("cs-8-b-0") + "y" + entryEnd, "* " + anchorMark("cs-8-b-0") + "y" + entryEnd},
	} {
		got := redact(test.before, e)
		if got != test.after {
			t.Errorf("%s: %q, want %q", test.name, got, test.after)
		}
		if again := redact(got, e); again != got {
			t.Errorf("%s: once more it is %q", test.name, again)
		}
	}
}

func TestTasksAreLinkedOnlyWhereTheWikiHasAPrefix(t *testing.T) {
	names := []string{"T123", "gerrit:456", "T1|x]]{{y}}"}
	got := besideLinks(Site{TaskPrefix: "phab:"}, names)
	if want := "[[phab:T123|T123]], gerrit&#58;456, T1&#124;x&#93;&#93;&#123;&#123;y&#125;&#125;"; got != want && !strings.HasPrefix(got, "[[phab:T123|T123]], gerrit") || strings.Contains(got, "{{") {
		t.Errorf("beside it: %s", got)
	}
	if got := besideLinks(Site{ChangePrefix: "gerrit:"}, names[:2]); got != "T123, [[gerrit:456|gerrit:456]]" {
		t.Errorf("beside it: %s", got)
	}
}

func TestAnEntryThatPingsIsTheOnlySignedOneAndLinksNobodyElse(t *testing.T) {
	w := newBoardWorld(t, 1)
	w.mention()
	w.mention()
	w.mention()
	in := w.in
	first, second := BoardKey(in.View.Mentions[2]), BoardKey(in.View.Mentions[1])
	var many []string
	for n := range 14 {
		many = append(many, fmt.Sprint("U", n))
	}
	in.Pings = map[string][]string{first: many, second: {"Bo"}}
	pages := noticeboardPages(in)
	text, err := pages[0].Create()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text, "~~~~"); n != 1 {
		t.Errorf("%d signatures, want one:\n%s", n, text)
	}
	if n := strings.Count(text, "[[User:"); n != mostPings || strings.Contains(text, "[[User:Ada") || strings.Contains(text, "Bo") {
		t.Errorf("%d links to users, want %d, and none to the author or of the entry that waits:\n%s", n, mostPings, text)
	}
	if len(pages[0].Notices) != 2 {
		t.Errorf("%d notices, want those of two entries", len(pages[0].Notices))
	}
	in.Pings = nil
	if text, _ := noticeboardPages(in)[0].Create(); strings.Contains(text, "~~~~") || strings.Count(text, "[[User:Ada|Ada]]") != 3 {
		t.Errorf("without pings nothing is signed:\n%s", text)
	}
	moved := withoutPings(text)
	if strings.Contains(moved, "[[User:U1|") || !strings.Contains(moved, "U1") {
		t.Errorf("what moves pings again:\n%s", moved)
	}
}

func TestWhatIsResolvedGoesFirstWhenSpaceIsShort(t *testing.T) {
	w := newBoardWorld(t, 1)
	w.in.Rules.Noticeboard.ArchiveMonths, w.in.Rules.Noticeboard.MaxBytes = 2, 100_000
	for range 10 {
		w.mention()
	}
	w.settle("ten entries")
	size := len(w.live[boardPage])
	w.live[boardPage] = strings.Replace(w.live[boardPage], "* "+anchorMark(Anchor(w.in.View.Mentions[1])), "* {{ Done }} "+anchorMark(Anchor(w.in.View.Mentions[1])), 1)
	w.in.Rules.Noticeboard.MaxBytes = size * 90 / 100
	w.settle("too large")
	board, archive := w.live[boardPage], w.live[boardPage+"/Archive/2026-09"]
	for i, want := range map[int]bool{0: false, 1: true, 4: false, 9: true} { // newest first
		mark := anchorMark(Anchor(w.in.View.Mentions[i]))
		if got := strings.Contains(archive, mark); got != want || got == strings.Contains(board, mark) {
			t.Errorf("entry %d is archived: %v, want %v\n%s", i, got, want, w.all())
		}
	}
	if !strings.Contains(board, "resolved: 0") || len(board) > w.in.Rules.Noticeboard.MaxBytes {
		t.Errorf("the noticeboard has %d bytes:\n%s", len(board), board)
	}
}

func TestNothingLeavesTheNoticeboardBeforeTheArchiveHoldsIt(t *testing.T) {
	w := newBoardWorld(t, 3)
	w.mention()
	w.settle("an entry")
	w.in.Now = w.in.Now.AddDate(0, 3, 0)
	in := w.in
	in.Board = map[string]string{boardPage: w.live[boardPage], boardPage + "/Archive/2026-09": ""}
	pages := noticeboardPages(in)
	if len(pages) != 1 || pages[0].Title != boardPage+"/Archive/2026-09" || !pages[0].Leads {
		t.Fatalf("planned: %+v", pages)
	}
	archive, err := pages[0].Create()
	if err != nil {
		t.Fatal(err)
	}
	in.Board[boardPage+"/Archive/2026-09"], in.Board[boardPage+"/Archive/2026-09/2"] = "Of people.", ""
	if pages := noticeboardPages(in); len(pages) != 1 || pages[0].Title == boardPage {
		t.Fatalf("an archive without it is enough: %+v", pages)
	}
	in.Board[boardPage+"/Archive/2026-09"] = archive
	pages = noticeboardPages(in)
	if len(pages) != 1 || pages[0].Title != boardPage || len(pages[0].Notices) != 0 {
		t.Fatalf("planned: %+v", pages)
	}
	more := strings.Replace(w.live[boardPage], entryEnd, entryEnd+" {{done}} --Ada", 1)
	if got, err := pages[0].Apply(more); err != nil || !strings.Contains(got, "{{done}} --Ada") {
		t.Errorf("what was added meanwhile is lost: %v\n%s", err, got)
	}
	if got, err := pages[0].Apply(w.live[boardPage]); err != nil || strings.Contains(got, "cs-1-") || strings.Contains(got, "September 2026</span> ==") {
		t.Errorf("it stays: %v\n%s", err, got)
	}
	pinged := Archive{Month: "2026-09", Heading: "== x ==", Pieces: []piece{{"2026-09", "", chunk{"cs-5-a-0", "* " + anchorMark("cs-5-a-0") + "\n" + pingLine(nil, []string{"Bo"}) + "\n"}}}}
	if got, err := pinged.Apply(""); err != nil || !strings.Contains(got, "Bo") || strings.Contains(got, "[[User:Bo") {
		t.Errorf("moving an entry pings once more: %v\n%s", err, got)
	}
	in.Board = nil
	if pages := noticeboardPages(in); len(pages) != 0 {
		t.Errorf("without the texts something is planned: %+v", pages)
	}
}

func TestAProposalIsAnsweredWithWhatIsSimilarAndPingsNobody(t *testing.T) {
	w := newBoardWorld(t, 1)
	w.in.Rules.Notices = &config.Notices{Requests: []string{"Project:Wishes"}}
	q := registry.Request{ID: "0123456789abcdef", Wiki: "w", Title: "Project:Wishes", Revision: 9, Section: "A [[map]]", User: "Bo", Time: w.in.Now.Add(-time.Hour), Text: "maps"}
	w.in.View.Requests = []registry.Request{q}
	if pages := noticeboardPages(w.in); len(pages) != 0 {
		t.Errorf("an entry though nothing is similar: %+v", pages)
	}
	w.in.Alike = map[string][]registry.Item{q.ID: {{Key: "gadget:w:Map", Name: "Map", Page: "MediaWiki:Gadget-Map"}}}
	pages := noticeboardPages(w.in)
	text, err := pages[0].Create()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`id="cs-9-request-01234567"`, "[[:MediaWiki:Gadget-Map|Map]]", "Special:PermanentLink/9", "uggestion"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing:\n%s", want, text)
		}
	}
	if strings.Contains(text, "~~~~") || pages[0].Notices[0].Key != RequestKey(q) {
		t.Errorf("it is signed, or has another key:\n%s", text)
	}
	w.in.View.Requests[0].Time = w.in.Now.Add(time.Minute)
	w.in.Rules.Noticeboard.SettleMinutes = 5
	if pages := noticeboardPages(w.in); len(pages) != 0 {
		t.Error("an entry before the settle time")
	}
}
