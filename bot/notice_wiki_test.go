// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the check of messages and pings as a real wiki saved them:
// whether Echo would tell the right user, and nobody else. Its conditions are
// those of DiscussionParser in https://www.mediawiki.org/wiki/Extension:Echo.

package bot_test

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

const pingRules = `{
	"version": 2, "enabled": true,
	"watch": {"namespaces": [1, 3, 5]},
	"sources": {"maintainers": [{"page": "Maintainers"}]},
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"], "min_interval_minutes": 0},
		{"id": "extensions", "page": "Project:Extensions", "kinds": ["extension", "skin"], "min_interval_minutes": 0}
	],
	"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 0, "verdicts": ["owned", "unassigned"]},
	"notices": {"talk": true, "settle_minutes": 0, "per_person_day": 50, "opt_out": "Project:No messages",
		"ways": [{"kinds": ["extension", "skin"], "ways": ["ping"]}, {"ways": ["talk"]}]}
}`

var (
	headingLine = regexp.MustCompile(`(?m)^=+[^=\n].*=+\s*$`)
	timestamp   = regexp.MustCompile(`\d\d:\d\d, \d{1,2} [A-Z][a-z]+ \d{4} \(UTC\)`)
)

// insertion is what a revision of a page added, which must be all that it did.
func (w *world) insertion(title string, rev wikitest.Rev, before string) string {
	w.Helper()
	after := rev.Text
	for n := len(before); n >= 0; n-- { // at the end, or in the middle of what stood there
		if strings.HasPrefix(after, before[:n]) && strings.HasSuffix(after, before[n:]) && len(after) >= len(before) {
			return after[n : len(after)-(len(before)-n)]
		}
	}
	w.Fatalf("revision %d of %s did more than to insert:\n%s\n--- before\n%s", rev.ID, title, after, before)
	return ""
}

func (w *world) do(params map[string]string, out any) {
	w.Helper()
	params["formatversion"], params["format"] = "2", "json"
	answer, err := w.admin.Do(context.Background(), params)
	w.must(err)
	w.must(json.Unmarshal(answer, out))
}

// users are those to whose pages, without subpages, a text links once the wiki
// has parsed it.
func (w *world) users(text string) []string {
	w.Helper()
	var answer struct {
		Parse struct {
			Links []struct {
				NS    int
				Title string
			}
		}
	}
	w.do(map[string]string{"action": "parse", "text": text, "title": "Project:Noticeboard", "contentmodel": "wikitext", "prop": "links"}, &answer)
	var found []string
	for _, l := range answer.Parse.Links {
		if name, ok := strings.CutPrefix(l.Title, "User:"); ok && !strings.ContainsRune(name, '/') {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// pingsOnly checks all that Echo looks at: one pure insertion, signed once by
// the bot, under at most one heading, with links to those users and no others.
func (w *world) pingsOnly(title string, rev wikitest.Rev, before string, headings int, want ...string) string {
	w.Helper()
	added := w.insertion(title, rev, before)
	if rev.User != botName || strings.Contains(added, "~~~") {
		w.Errorf("%s: saved by %s, the signature is not the wiki's:\n%s", title, rev.User, added)
	}
	signed := timestamp.FindAllStringIndex(added, -1)
	if len(signed) != 1 || strings.Count(added, "[[User:"+botName+"|"+botName+"]] ([[User talk:"+botName+"|talk]])") != 1 {
		w.Errorf("%s: want one signature of the bot:\n%s", title, added)
	}
	if got := len(headingLine.FindAllString(added, -1)); got != headings {
		w.Errorf("%s: %d headings, want %d:\n%s", title, got, headings, added)
	}
	slices.Sort(want)
	if got := w.users(added); !slices.Equal(got, want) {
		w.Errorf("%s: the text links to %q, want %q:\n%s", title, got, want, added)
	}
	return added
}

// lastOf is the last edit of a page by the bot and the text before it.
func (w *world) lastOf(title string) (rev wikitest.Rev, before string) {
	w.Helper()
	history, err := w.wiki.History(context.Background(), title)
	w.must(err)
	slices.SortFunc(history, func(a, b wikitest.Rev) int { return int(a.ID - b.ID) })
	for i, r := range slices.Backward(history) {
		if r.User != botName {
			continue
		}
		if i > 0 {
			before = history[i-1].Text
		}
		return r, before
	}
	w.Fatalf("the bot has not edited %s", title)
	return rev, ""
}

func TestMessagesAndPingsReachWhoTheyAreForAndNobodyElse(t *testing.T) {
	const ping = "<!-- cs ping -->[[User:Ada|Ada]]"
	w := newWorld(t)
	w.edit(w.admin, configPage, pingRules)
	w.edit(w.admin, "User talk:Ada", "Hello [[User:Admin]], and [[User:Cleo]].--~~~~")
	w.start()
	w.awaits(extensions, "Poem")
	w.awaits(gadgets, "Alpha")
	w.settled()
	w.ask(w.admin, "First", "[[mw:Extension:Poem]] has no steward.")
	w.awaits(board, "Poem")
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "owned")
	w.adoptOn(w.ada, extensions, "Scribunto", "[[User:Ada]]")
	w.awaits(extensions, "confirmed in")
	w.ask(w.admin, "Before [[User:Cleo]]", "[[MediaWiki:Gadget-Alpha.js]] fails {{ping|Cleo}} [[User:Cleo]] [[user talk:Dee]]")
	w.awaits("User talk:Ada", "Alpha was mentioned")
	w.ask(w.admin, "Verse", "[[mw:Extension:Scribunto]] {{ping|Cleo}} [[User:Cleo]]")
	w.awaits(board, ping, "Scribunto")

	rev, before := w.lastOf("User talk:Ada")
	added := w.pingsOnly("User talk:Ada", rev, before, 1, botName)
	if rev.Minor {
		t.Error("the message is a minor edit, of which its user is not told")
	}
	for _, link := range regexp.MustCompile(`\{\{fullurl:[^}]*\}\}`).FindAllString(added, -1) {
		var answer struct {
			ExpandTemplates struct{ Wikitext string }
		}
		w.do(map[string]string{"action": "expandtemplates", "text": link, "prop": "wikitext"}, &answer)
		if got := answer.ExpandTemplates.Wikitext; !strings.Contains(got, "action=edit") || strings.ContainsAny(got, " []{}") {
			t.Errorf("%s leads to %s", link, got)
		}
	}
	w.awaits("Test Wiki:No messages/preload", "[[User:$1]]")

	rev, before = w.lastOf(board)
	w.pingsOnly(board, rev, before, 0, botName, "Ada")
	if rev, _ := w.lastOf(gadgets); timestamp.MatchString(rev.Text) {
		t.Error("a table is signed: the names in it would be pinged")
	}

	// A talk page that asks bots to stay away: no ping either, and no message.
	w.edit(w.admin, "User talk:Ada", "{{nobots}}")
	w.adoptOn(w.ada, extensions, "Vector", "[[User:Ada]]")
	w.await("she is steward of both", func() bool { return strings.Count(w.text(extensions), "confirmed in") == 2 })
	w.ask(w.admin, "More", "[[mw:Skin:Vector]] again.")
	if text := w.awaits(board, "skin:Vector"); strings.Count(text, ping) != 1 {
		t.Errorf("she was pinged again:\n%s", text)
	}
}

func TestNobodyElseIsToldOnceTheStewardHasAnswered(t *testing.T) {
	w := newWorld(t)
	bo, err := w.wiki.CreateUser(context.Background(), "Bo")
	w.must(err)
	w.edit(w.admin, configPage, strings.Replace(pingRules, `"ways"`, `"sign_up": "Project:Sign-up",
		"ladder": [{"to": "steward"}, {"to": "co-maintainers", "after_days": 1}], "ways"`, 1))
	w.edit(w.admin, signUps, "Sign up here.\n")
	w.start()
	w.awaits(gadgets, "Alpha", "Beta")
	w.settled()
	w.edit(w.ada, signUps, "Sign up here.\n* [[User:Ada]]: gadget:Alpha, gadget:Beta\n")
	w.edit(bo, signUps, "Sign up here.\n* [[User:Ada]]: gadget:Alpha, gadget:Beta\n* [[User:Bo]]: gadget:Alpha, gadget:Beta; maintainer\n")
	w.await("both are claimed", func() bool {
		return strings.Count(w.text(gadgets), "confirmed in") >= 2 && strings.Contains(w.text(gadgets), "[[User:Bo|Bo]]")
	})
	w.ask(w.admin, "Alpha", "[[MediaWiki:Gadget-Alpha.js]] fails.")
	rev, err := w.admin.AddSection(context.Background(), "Talk:Elsewhere", "Beta", "[[MediaWiki:Gadget-Beta.js]] fails. --~~~~")
	w.must(err)
	w.awaits("User talk:Ada", "Alpha", "Beta", "Special:PermanentLink/"+strconv.FormatInt(rev, 10))
	w.ask(w.ada, "Answer", "It is mended.")

	w.ahead.Add(int64(25 * time.Hour))
	w.edit(w.admin, "Talk:Tick", "x")
	talk := w.awaits("User talk:Bo", "Beta", "one of its maintainers")
	if strings.Contains(talk, "Alpha") {
		t.Errorf("he is told of what was answered:\n%s", talk)
	}
	w.await("the reason is on record", func() bool { return w.withheld("answered") })
}
