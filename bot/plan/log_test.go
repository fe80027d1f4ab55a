// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the log of messages is written, and what is said of lines
// that cannot be used.

package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const logTitle = "Meta:Message log"

func logInput(now string, told ...registry.Told) Input {
	in := Input{Site: Site{Wiki: "metawiki", Bot: "Bot"}, Rules: &config.Rules{Notices: &config.Notices{Log: logTitle}}, Now: when(now)}
	in.View.Entries = []registry.Entry{{Item: registry.Item{Key: "extension:Echo", Name: "Echo", Page: "mw:Extension:Echo"}}, {Item: registry.Item{Key: "extension:Cite", Name: "Cite"}}}
	in.View.Told = told
	in.View.Pages = map[string]registry.PageState{}
	return in
}

func when(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func told(at, user string, item registry.Key, revision int64, withheld string) registry.Told {
	return registry.Told{Wiki: "metawiki", Key: "k" + at + user + string(item), User: user, Item: item, Mention: "board/" + string(item), Rung: "steward", Way: "talk", At: when(at), Revision: revision, Withheld: withheld}
}

// logged is the text of the log by page, made from nothing.
func logged(t *testing.T, in Input) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range logPages(in) {
		text, err := p.Create()
		if err != nil {
			t.Fatal(err)
		}
		again, err := p.Apply(text)
		if err != nil || again != text {
			t.Errorf("%s: applied twice is not the same: %v", p.Title, err)
		}
		if strings.Contains(text, "~~~") {
			t.Errorf("%s would be signed", p.Title)
		}
		out[p.Title] = text
	}
	return out
}

func TestTheLogTellsWhatWasSentAndWhatWasNot(t *testing.T) {
	confirm := told("2026-11-20 09:00", "Ben", "extension:Echo", 79, "")
	confirm.Rung = registry.RungConfirm
	nobody := told("2026-11-20 08:00", "", "extension:Echo", 80, "")
	nobody.Way = config.WayItem
	in := logInput("2026-11-21 12:30",
		told("2026-11-21 11:00", "Ana", "extension:Echo", 77, ""), told("2026-11-21 11:00", "Ana", "extension:Cite", 77, ""),
		told("2026-11-21 10:00", "Ben", "extension:Echo", 0, string(OptedOut)), told("2026-11-21 09:59", "Zoe", "extension:Echo", 0, ""),
		confirm, nobody, told("2026-10-02 08:00", "Cleo", "extension:Gone", 50, ""), told("2026-09-02 08:00", "Dan", "extension:Echo", 40, ""),
		told("2026-08-02 08:00", "Eve", "extension:Echo", 30, ""))
	pages := logged(t, in)
	text := pages[logTitle]
	at := 0
	for _, line := range []string{
		"November 2026", "2026-11-21 11:00 UTC: [[User:Ana|Ana]] was told of [[:mw:Extension:Echo|Echo]], Cite (talk page, [[Special:Diff/77|edit]])",
		"[[User:Ben|Ben]] was not told of [[:mw:Extension:Echo|Echo]]: wants no messages", "[[User:Ben|Ben]] was asked whether they still look after [[:mw:Extension:Echo|Echo]] ([[Special:Diff/79|edit]])",
		"a note on [[:mw:Extension:Echo|Echo]] for nobody in particular (page of the item, [[Special:Diff/80|edit]])",
		"October 2026", "[[User:Cleo|Cleo]] was told of Gone", "Older ones: [[:" + logTitle + "/Archive/2026-09|September 2026]]",
	} {
		i := strings.Index(text[at:], line)
		if i < 0 {
			t.Fatalf("%q is not there, or not in its place:\n%s", line, text)
		}
		at += i
	}
	for _, not := range []string{"Zoe", "Dan", "Eve"} {
		if strings.Contains(text, not) {
			t.Errorf("%s is on the log:\n%s", not, text)
		}
	}
	if old := pages[logTitle+"/Archive/2026-09"]; !strings.Contains(old, "[[User:Dan|Dan]]") || len(pages) != 2 {
		t.Errorf("%d pages; the archive:\n%s", len(pages), old)
	}
}

func TestTheLogShowsNoMoreThanTheWiki(t *testing.T) {
	hidden := registry.Mention{}
	hidden.Wiki, hidden.Item, hidden.Revision, hidden.Redacted = "metawiki", "extension:Secret", 5, true
	line := told("2026-11-21 10:00", "Ana", "extension:Secret", 7, "")
	line.Mention = BoardKey(hidden)
	gone := told("2026-11-21 10:00", "Abusive name", "extension:Echo", 0, string(Missing))
	evil := told("2026-11-20 10:00", "X]]{{evil}}<b>", "extension:'''{{evil}}'''\n== x ==", 9, "")
	in := logInput("2026-11-21 12:00", line, gone, evil)
	in.View.Mentions = []registry.Mention{hidden}
	in.View.Accounts = map[string]registry.Account{"Abusive name": {Name: "Abusive name", Missing: true}}
	text := logged(t, in)[logTitle]
	for _, not := range []string{"Secret", "Abusive", "{{evil", "<b>", "\n== x"} {
		if strings.Contains(text, not) {
			t.Errorf("%q is on the log:\n%s", not, text)
		}
	}
	if n := strings.Count(text, "\n* "); n != 3 {
		t.Errorf("%d lines, want 3:\n%s", n, text)
	}
}

func TestReasonsAloneMakeOneEditAnHour(t *testing.T) {
	withheld := told("2026-11-21 12:10", "Ana", "extension:Echo", 0, string(OptedOut))
	for _, c := range []struct {
		name, now string
		told      []registry.Told
		want      bool
	}{
		{"in the same hour", "2026-11-21 12:50", []registry.Told{withheld}, false},
		{"in the next hour", "2026-11-21 13:01", []registry.Told{withheld}, true},
		{"with something that was sent", "2026-11-21 12:50", []registry.Told{told("2026-11-21 12:20", "Ben", "extension:Echo", 8, ""), withheld}, true},
		{"after something that was sent", "2026-11-21 12:50", []registry.Told{withheld, told("2026-11-21 12:05", "Ben", "extension:Echo", 8, "")}, false},
	} {
		if got := strings.Contains(logged(t, logInput(c.now, c.told...))[logTitle], "Ana"); got != c.want {
			t.Errorf("%s: shown %t, want %t", c.name, got, c.want)
		}
	}
}

func TestTheLogIsTrimmed(t *testing.T) {
	var all []registry.Told
	for i := range logLines + 5 {
		all = append(all, told("2026-11-20 10:00", fmt.Sprintf("User %d", i), "extension:Echo", int64(i+1), ""))
	}
	text := logged(t, logInput("2026-11-21 12:00", all...))[logTitle]
	if n := strings.Count(text, "\n* "); n != logLines+1 || !strings.Contains(text, "{{PLURAL:5|") {
		t.Errorf("%d lines", n)
	}
}

func TestEveryReasonAndWayHasWords(t *testing.T) {
	for _, r := range Reasons {
		if !messages.Has("log-reason-" + string(r)) {
			t.Errorf("no words for %s", r)
		}
	}
	for _, way := range []string{config.WayNoticeboard, config.WayPing, config.WayTalk, config.WayItem} {
		if !messages.Has("log-way-" + way) {
			t.Errorf("no words for %s", way)
		}
	}
}

func TestLinesThatCannotBeUsedAreTold(t *testing.T) {
	for _, why := range registry.LineProblems {
		if !messages.Has("consent-" + why) {
			t.Errorf("no words for %s", why)
		}
	}
	lines := LineTroubles(nil, []registry.LineProblem{
		{Page: "Meta:Sign-up", Line: "[[User:Ana]]: montly {{evil}}", Why: registry.UnknownWord, About: "montly"},
		{Page: "Meta:Opt-out", Line: "nobody", Why: registry.NoUser},
	})
	text := strings.Join(lines, "\n")
	for _, want := range []string{"[[:Meta:Sign-up]]", "“montly” is neither an item nor a word", "weekly", "[[:Meta:Opt-out]], line “nobody”", "<nowiki>* [[User:Name]]</nowiki>"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "{{evil") {
		t.Errorf("not escaped:\n%s", text)
	}
	for l := range wikitext.Parse(text).Links() {
		if title, err := l.Title(); err == nil && title.Namespace == 2 {
			t.Errorf("a user is linked: %s", text)
		}
	}
}
