// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of who says what, and of edits that add nothing of their
// own.

package detect

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTheSignerIsTheAuthor(t *testing.T) {
	const (
		ann = "[[User:Ann|Ann]] ([[User talk:Ann|talk]]) 10:00, 4 May 2026 (UTC)"
		bo  = "[[User:Bo|Bo]] ([[User talk:Bo|talk]]) 10:30, 4 May 2026 (UTC)"
	)
	old := "== A ==\nOne. " + ann + "\n: Two. " + bo + "\n"
	tests := []struct{ name, before, after, want string }{
		{"on one line", "", "[[mw:Extension:X]] is slow. " + ann, "Ann"},
		{"in the paragraph above", "", "[[mw:Extension:X]] is slow.\n\nVery slow. " + ann, "Ann"},
		{"nobody", "", "[[mw:Extension:X]] is slow.", ""},
		{"below the last signature", "", old + "[[mw:Extension:X]] is slow.", ""},
		{"of two that came together", "", "[[mw:Extension:X]]. " + ann + "\n: [[toolforge:y]]. " + bo, "Ann Bo"},
		{"in a section above", "", "[[mw:Extension:X]].\n== B ==\nYes. " + ann, ""},
		{"unsigned, above a comment of another", old, strings.Replace(old, ": Two", ": [[mw:Extension:X]]\n: Two", 1), ""},
		{"put into a comment of another", old, strings.Replace(old, "Two.", "Two, see [[mw:Extension:X]].", 1), "Bo"},
		{"talks of another", "", "[[User:Bo|Bo]] knows [[mw:Extension:X]]. " + ann, "Ann"},
		{"talks of oneself", "", "I, [[User:Ann|Ann]], wrote the slow part of [[mw:Extension:X]] in a single night. " + ann, "Ann"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var authors []string
			for _, m := range New(Options{Wiki: "enwiki"}).Mentions(Change{Before: tt.before, After: tt.after, User: "Editor"}) {
				authors = append(authors, m.Author)
			}
			if authors == nil {
				t.Fatal("nothing found")
			}
			if got := strings.Join(authors, " "); got != tt.want {
				t.Errorf("said by %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhatIsSignedLongAgoWasMovedOrCopied(t *testing.T) {
	edit := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	signed := func(text string, ago time.Duration) string {
		return text + " [[User:Ann|Ann]] " + edit.Add(-ago).Format("15:04, 2 January 2006 (UTC)") + "\n"
	}
	old, fresh := signed("See [[mw:Extension:Old]].", 400*24*time.Hour), signed("See [[mw:Extension:New]].", time.Minute)
	tests := []struct{ name, before, after, want string }{
		{"just signed", "", fresh, "extension New"},
		{"old", "", old, "-"},
		{"of yesterday", "", signed("[[toolforge:x]]", 26*time.Hour), "-"},
		{"the clocks differ", "", signed("[[toolforge:x]]", -5*time.Minute), "tool x"},
		{"a quote in an answer", "", old + ": " + fresh, "extension New"},
		{"unsigned text beside old comments only", "", "[[toolforge:a]]\n" + old + "[[toolforge:b]]\n", "-"},
		{"unsigned text beside an answer", "", old + "== B ==\n[[toolforge:b]]\n== C ==\n" + fresh, "tool b, extension New"},
		{"a word put into an old comment", old, strings.Replace(old, "See", "See [[toolforge:x]] and", 1), "tool x"},
		{"a new comment above an old one", old, fresh + old, "extension New"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := New(Options{Wiki: "enwiki"})
			if got := list("", d.Mentions(Change{Before: tt.before, After: tt.after, Time: edit})); got != tt.want {
				t.Errorf("found %s, want %s", got, tt.want)
			}
			if tt.want == "-" {
				if got := list("", d.Mentions(Change{Before: tt.before, After: tt.after})); got == "-" {
					t.Error("without the time of the edit nobody can tell that it is old, and yet nothing was found")
				}
			}
		})
	}
}

func TestTextThatWasThereBeforeIsNoMention(t *testing.T) {
	const text = "[[mw:Extension:X]]"
	sum := sha1.Sum([]byte(text))
	d := New(Options{Wiki: "enwiki"})
	if got := d.Mentions(Change{Before: "gone", After: text, Earlier: []string{"00", strings.ToUpper(hex.EncodeToString(sum[:]))}}); got != nil {
		t.Errorf("found %v in a revision that was there before", got)
	}
	if got := d.Mentions(Change{Before: "gone", After: text + " ", Earlier: []string{hex.EncodeToString(sum[:])}}); len(got) != 1 {
		t.Errorf("found %v in a new revision", got)
	}
}

func TestArchivesAreToldByTheirTitles(t *testing.T) {
	for title, want := range map[string]bool{
		"Talk:X/Archive": true, "Talk:X/Archive 12": true, "Talk:X/Archives/2020/May": true, "Talk:X/archive2": true, "Talk:X/2019-Archive": true, "User talk:A/Archive/x": true,
		"Diskussion:X/Archiv/2020": true, "Discussion:X/Archives 3": true, "Discusión:X/Archivo 2": true, "Discussão:X/Arquivo/1": true, "Discussione:X/Archivio 1": true,
		"Overleg:X/Archief 2019": true, "Dyskusja:X/Archiwum 1": true, "Обсуждение:X/Архив/1": true, "Обговорення:X/Архів 2": true, "نقاش:X/أرشيف 1": true, "بحث:X/بایگانی ۳": true,
		"שיחה:X/ארכיון 1": true, "ノート:X/過去ログ1": true, "Wikipedia:井戸端/過去ログ/2020年": true, "Talk:X/存檔一": true, "토론:X/보존문서 1": true, "वार्ता:X/पुरालेख 1": true, "Tartışma:X/Arşiv 1": true, "Συζήτηση:X/Αρχείο 1": true,
		"Talk:Archive": false, "Talk:Internet Archive": false, "Wikipedia:Archive": false, "User:A/Archivebot": false, "User:A/Archived things to do": false, "Wikipedia:Bots/Internet Archive": false,
		"Talk:X": false, "Talk:X/Architecture": false, "Wikipedia:Le Bistro/12 mai 2026": false, "User:A/archive.org links": false, "": false,
	} {
		if archivePage(title) != want {
			t.Errorf("archivePage(%q) = %v", title, !want)
		}
	}
}

func TestExplainSaysWhatSpeaksAgainst(t *testing.T) {
	edit := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		change Change
		want   string // rule kind name: reason
	}{
		{Change{After: "https://a.b.toolforge.org/"}, "toolforge tool a: host is one label too deep"},
		{Change{After: "https://guc.toolforge.org.example.org/"}, "toolforge tool guc: the host only looks like one of toolforge.org"},
		{Change{After: "https://login.toolforge.org/"}, "toolforge tool login: a reserved host"},
		{Change{After: "https://codesearch.wmcloud.org/"}, "cloud-host tool wmcloud:codesearch: a reserved host"},
		{Change{After: "[[Extension:Foo]]"}, "extension-page extension Foo: not on mediawiki.org"},
		{Change{After: "[[User:A/common.js]]"}, "script-page userscript User:A/common.js: a page with a user's own settings"},
		{Change{After: "[[User:A/b]]"}, "script-documentation userscript User:A/b.js: not known to be a script's page"},
		{Change{After: "https://phabricator.wikimedia.org/tag/x/"}, "project  x: no known project"},
		{Change{After: "https://toolhub.wikimedia.org/tools/create"}, "toolhub tool toolhub:create: a page of Toolhub itself"},
		{Change{After: "[[wikitech:Tool:X Y]]"}, "wikitech-page tool x-y: not known to be a tool's page"},
		{Change{After: "[[Help:Map]]"}, "documentation-page gadget Map: a common word, and the page may be about something else"},
		{Change{After: "<ref>[[toolforge:x]]</ref>"}, "toolforge tool x: inside a citation"},
		{Change{After: "{{cite web|url=https://x.toolforge.org}}"}, "toolforge tool x: inside a citation"},
		{Change{After: "<code>[[toolforge:x]]</code>"}, "toolforge tool x: inside code"},
		{Change{After: "<nowiki>[[toolforge:x]]</nowiki>"}, "toolforge tool x: inside a comment, nowiki or code"},
		{Change{After: "<!-- [[toolforge:x]] -->"}, "toolforge tool x: inside a comment, nowiki or code"},
		{Change{Before: "[[toolforge:x]]", After: "[[toolforge:x]] a"}, "toolforge tool x: not added by this edit"},
		{Change{After: "[[toolforge:x]] [[User:A|A]] 10:00, 4 May 2020 (UTC)", Time: edit}, "toolforge tool x: signed long before the edit: moved or copied"},
		{Change{After: "a [[User:A|A]] [[toolforge:x]] [[User talk:A|t]] 10:00, 4 May 2026 (UTC)"}, "toolforge tool x: inside a signature"},
		{Change{After: "[[toolforge:x]]", User: "B"}, "toolforge tool x: an edit of a bot"},
		{Change{After: "[[toolforge:x]]", Tags: []string{"mw-undo"}}, "toolforge tool x: the edit restores an earlier text"},
		{Change{After: "[[toolforge:x]]", Title: "Talk:X/Archive 1"}, "toolforge tool x: the page is an archive"},
		{Change{After: "[[toolforge:x]]", Comment: "Archiving [[X]]"}, "toolforge tool x: the edit summary speaks of archiving"},
		{Change{After: "[[toolforge:z]]"}, "toolforge tool z: on the wiki's ignore list"},
	}
	d := New(Options{
		Wiki: "enwiki", Lexicon: NewLexicon(aliases([]string{"gadget:enwiki:Map", "extension:Maps"})), Ignore: []Ignored{{Item: "tool:z"}},
		IsBot: func(user string) bool { return user == "B" },
	})
	for _, tt := range tests {
		ex := d.Explain(tt.change)
		if len(ex.Mentions) != 0 {
			t.Errorf("found %v in %q", ex.Mentions, tt.change.After)
		}
		found := false
		for _, n := range ex.Near {
			found = found || fmt.Sprintf("%s %s %s: %s", n.Rule, n.Kind, n.Name, n.Reason) == tt.want
		}
		if !found {
			t.Errorf("near misses in %q are %+v, want %s", tt.change.After, ex.Near, tt.want)
		}
	}
	if ex := d.Explain(Change{After: "the {{ping|A}} Maps extension"}); len(ex.Mentions) != 1 || ex.Mentions[0].Alias != "Maps" {
		t.Errorf("the alias that matched is not told: %+v", ex.Mentions)
	}
}
