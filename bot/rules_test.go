// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of which rules come into force on a real wiki, and
// how soon.

package bot_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// inForce waits until a revision of the rules is in force, and returns how long
// that took.
func (w *world) inForce(rev int64) time.Duration {
	w.Helper()
	began := time.Now()
	w.awaitsLog(`"rev":` + itoa(rev) + `,"user":"` + w.admin.String() + `","enabled"`)
	return time.Since(began)
}

func TestRulesThatAreBrokenWhileTheBotIsAwayNeverComeIntoForce(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.must(w.stop())
	bad := w.edit(w.admin, configPage, strings.Replace(goodRules, `"tables"`, `"tabels"`, 1))
	w.start()
	w.awaits(reportPage, "not in force", "tabels", "Revision "+itoa(bad))
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Delta[ResourceLoader]|Delta.js\n")
	w.awaits(gadgets, "Delta") // the last good ones are in force
	w.must(w.stop())
	w.edit(w.admin, configPage, goodRules)
	w.start()
	w.awaits(reportPage, "No problems", "all is well again", "revision "+itoa(bad))
	w.settled()
	n := w.botEdits(reportPage)
	w.must(w.stop())
	w.start()
	w.settled()
	if again := w.botEdits(reportPage); again != n {
		t.Errorf("the report was edited %d times by a restart", again-n)
	}
}

func TestWhoBreaksTheRulesIsPingedOnceIfTheRulesSaySo(t *testing.T) {
	w := newWorld(t)
	rules := modernRules(`"enabled": true, "report": {"ping_editor": true},`)
	w.edit(w.admin, configPage, rules)
	w.start()
	w.awaits(reportPage, "No problems")
	bad := w.edit(w.admin, configPage, strings.Replace(rules, `"tables"`, `"tabels"`, 1))
	w.awaits(reportPage, "== Revision "+itoa(bad)+" of the rules ==", "[[User:"+w.admin.String()+"]]: ", "[[User:"+botName)
	w.must(w.stop())
	w.start()
	w.settled()
	w.edit(w.admin, configPage, rules)
	if report := w.awaits(reportPage, "all is well again"); strings.Count(report, "of the rules ==") != 1 {
		t.Errorf("pinged more than once:\n%s", report)
	}
}

func TestAConfigPageThatIsMovedOrDeletedIsToldAndComesBack(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.start()
	w.awaits(reportPage, "No problems")
	w.must(w.admin.Move(ctx, configPage, "User:Steward bot/old.json", "test"))
	w.awaits(reportPage, w.admin.String()+" moved it to User:Steward bot/old.json", "stay in force")
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Delta[ResourceLoader]|Delta.js\n")
	w.awaits(gadgets, "Delta")
	w.must(w.admin.Move(ctx, "User:Steward bot/old.json", configPage, "test"))
	w.awaits(reportPage, "No problems", "all is well again", "the config page was gone")
	w.must(w.admin.Delete(ctx, configPage, "test"))
	w.awaits(reportPage, w.admin.String()+" deleted it on", "stay in force")
	w.must(w.admin.Undelete(ctx, configPage, "test"))
	w.awaits(reportPage, "No problems")
}

// The page is in a namespace where everybody can edit.
func TestWhoIsBehindTheTextOfAnOpenConfigPage(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.configPage = "Test Wiki:Rules"
	w.conf = func(c *bot.Config) { c.LookEvery = 300 * time.Millisecond }
	rules := modernRules(`"enabled": true,`)
	boss, err := w.wiki.CreateUser(ctx, "Boss", "interface-admin")
	w.must(err)
	create := func(who *wikitest.User, title string) {
		_, err := who.Do(ctx, map[string]string{"action": "edit", "title": title, "contentmodel": "json", "text": rules})
		w.must(err)
	}
	create(w.ada, w.configPage)
	w.start()
	w.awaits(reportPage, "No rules are in force", "not protected, and Ada, who edited it last")

	// Protection that everybody passes is none, and lifting it is no word for the text.
	w.must(w.admin.Protect(ctx, w.configPage, "autoconfirmed"))
	w.awaits(reportPage, "only to the level autoconfirmed, and Ada, who wrote this text")
	w.must(w.admin.Protect(ctx, w.configPage, ""))
	w.awaits(reportPage, "not protected, and Ada, who wrote this text")

	// Neither is moving a stranger's page there.
	create(w.ada, "Test Wiki:Other rules")
	w.must(w.admin.Delete(ctx, w.configPage, "test"))
	w.must(w.admin.Move(ctx, "Test Wiki:Other rules", w.configPage, "test"))
	w.awaits(reportPage, "not protected, and Ada, who wrote this text")

	// Somebody with the rights is trusted, unless they are blocked.
	w.must(w.admin.Block(ctx, "Boss", "test"))
	w.must(w.admin.Unblock(ctx, "Boss", "test"))
	w.edit(boss, w.configPage, strings.Replace(rules, "Project:Gadgets", "Project:Gadgets2", 1))
	w.awaits("Test Wiki:Gadgets2", "Alpha")
	w.must(w.stop())
	w.edit(boss, w.configPage, rules)
	w.must(w.admin.Block(ctx, "Boss", "test"))
	w.start()
	w.awaits(reportPage, "not protected, and Boss, who edited it last, is blocked", "stay in force")
	w.must(w.admin.Unblock(ctx, "Boss", "test"))
	w.awaits(gadgets, "Alpha")
	w.awaits(reportPage, "No problems", "all is well again")
	w.awaits(extensions, "Poem")
}

func TestRulesThatTheWikiCannotTakeAreRefused(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.conf = func(c *bot.Config) { c.Wikis[0].Deny = []string{"Project:Village pump"} }
	w.edit(w.admin, "Test Wiki:Moved", "#REDIRECT [[Test Wiki:Gadgets]]")
	w.edit(w.admin, "Test Wiki:Locked", "x")
	w.must(w.admin.Protect(ctx, "Test Wiki:Locked", "sysop"))
	w.edit(w.admin, configPage, `{"version": 2, "enabled": true, "watch": {"namespaces": [1, 77]}, "sources": {"maintainers": [{"page": "Nowhere"}]},
		"tables": [
		{"id": "a", "page": "Project:Moved", "kinds": ["gadget"]},
		{"id": "b", "page": "Project:Locked", "kinds": ["gadget"]},
		{"id": "c", "page": "User:Ada/table", "kinds": ["gadget"]},
		{"id": "d", "page": "project:village pump", "kinds": ["gadget"]},
		{"id": "e", "page": "User:Steward bot/status", "kinds": ["gadget"]},
		{"id": "f", "page": "Project:New", "kinds": ["gadget"]}]}`)
	w.start()
	w.awaits(reportPage, "No rules are in force", "no namespace 77", "no page &#34;Nowhere&#34;", "is a redirect to", "does not let the bot edit",
		"belongs to another user", "operator has ruled this page out", "the bot's status")
	w.settled()
	if report := w.text(reportPage); strings.Contains(report, "tables&#91;5&#93;") {
		t.Errorf("a page that can be made is refused:\n%s", report)
	}
	if text := w.text("Test Wiki:New"); text != "" {
		t.Errorf("something is in force:\n%s", text)
	}
}

func TestGoodRulesAndTheStopPageAreInForceAtOnce(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(reportPage, "No problems")
	w.settled()
	w.awaitsLogOf(func() { w.edit(w.admin, stopPage, "tables") }, "the stop page", func() bool { return len(bot.StopNote(w.notes())) == 1 }, 3*time.Second)
	var rev int64
	w.awaitsLogOf(func() { rev = w.edit(w.admin, configPage, modernRules(`"enabled": true,`)) }, "the rules", func() bool {
		return strings.Contains(w.log.String(), `"rev":`+itoa(rev)+`,`)
	}, 3*time.Second)
}

// awaitsLogOf logs how long something takes after an act, and checks it where
// nothing else runs.
func (w *world) awaitsLogOf(act func(), what string, ok func() bool, most time.Duration) {
	w.Helper()
	act()
	began := time.Now()
	w.await(what, ok)
	took := time.Since(began)
	w.Logf("from the saved edit to %s in force: %s", what, took.Round(time.Millisecond))
	if took > most && os.Getenv("SOAK") != "" {
		w.Errorf("%s took %s; the bar is %s", what, took, most)
	}
}

func TestWithoutAStreamThePagesThatSteerAreLookedAt(t *testing.T) {
	w := newWorld(t)
	w.conf = func(c *bot.Config) { c.LookEvery = 500 * time.Millisecond }
	w.start()
	w.awaits(reportPage, "No problems")
	w.settled()
	w.feed.CloseClientConnections()
	w.feed.Close()
	w.awaits(reportPage, "The event stream is away since")
	w.awaitsLogOf(func() { w.edit(w.admin, stopPage, "tables") }, "the stop page, polled", func() bool { return len(bot.StopNote(w.notes())) == 1 }, 3*time.Second)
	rev := w.edit(w.admin, configPage, modernRules(`"enabled": false,`))
	w.Logf("from the saved edit to rules in force, polled: %s", w.inForce(rev))
	w.awaits(reportPage, "Not enabled yet")
}

func TestRulesThatCannotBeJudgedForNowAreJudgedLater(t *testing.T) {
	w := newWorld(t)
	w.conf = func(c *bot.Config) { c.LookEvery = 300 * time.Millisecond }
	w.start()
	w.awaits(reportPage, "No problems")
	w.settled()
	w.api.refuse("users") // so that nobody can tell who the editor is
	rev := w.edit(w.admin, configPage, modernRules(`"enabled": true,`))
	w.awaitsLog("config page cannot be judged")
	if strings.Contains(w.log.String(), `"message":"rules in force"`) {
		t.Error("they are in force though nobody knows who saved them")
	}
	w.api.refuse("")
	w.inForce(rev)
}

func TestBadRulesOfOneWikiAreNoMatterForAnother(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	other := wikitest.Start(t, wikitest.Options{Feed: w.udp, DB: "otherwiki", Sitename: "Other Wiki"})
	_, err := other.CreateUser(ctx, botName, "bot")
	w.must(err)
	login, password, err := other.BotPassword(ctx, botName)
	w.must(err)
	_, err = other.Admin().Edit(ctx, "MediaWiki:Gadgets-definition", definition, "test")
	w.must(err)
	w.also = []bot.Served{{Password: password, Wiki: config.Wiki{
		Wiki: "otherwiki", API: other.API, User: botName, Login: login, ConfigPage: configPage, ConfigRights: config.DefaultConfigRights(), Source: config.Stream,
	}}}
	w.start()
	w.awaits(gadgets, "Alpha")
	_, err = other.Admin().Edit(ctx, configPage, `{"version": 2, "enabled": true, "tables": [{"id": "x", "page": "Project:X", "kinds": ["gadgets"]}]}`, "test")
	w.must(err)
	on := func(title, word string) {
		w.await(title+" on the other wiki", func() bool {
			text, _, err := other.Admin().Read(ctx, title)
			return err == nil && strings.Contains(text, word)
		})
	}
	on(reportPage, "No rules are in force")
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Gamma[ResourceLoader]|Gamma.js\n")
	w.awaits(gadgets, "Gamma")
	w.awaits(reportPage, "No problems")
	_, err = other.Admin().Edit(ctx, configPage, `{"version": 2, "enabled": true, "tables": [{"id": "x", "page": "Project:X", "kinds": ["gadget"]}]}`, "test")
	w.must(err)
	on("Other Wiki:X", "Alpha")
	on(reportPage, "all is well again")
}
