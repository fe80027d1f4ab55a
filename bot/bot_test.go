// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the whole bot on a real wiki.

package bot_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestTextThatIsForbiddenForNowIsNotLost(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(extensions, "Poem", "unassigned")
	w.settled()
	w.api.forbid(true)
	w.ask(w.ada, "Verses", "Who looks after [[mw:Extension:Poem]]?")
	w.awaitsLog("texts cannot be read for now")
	w.api.forbid(false)
	w.awaits(board, "Poem", "[[User:Ada|Ada]]")
}

func TestMainJob(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(extensions, "Poem", "unassigned", "References Team", "Vector")
	w.awaits(gadgets, "Alpha", "Beta", "unknown")
	w.awaits(reportPage, "No problems")
	w.settled()

	began := time.Now()
	rev := w.ask(w.ada, "Verses", "Who looks after [[mw:Extension:Poem]]? And [[mw:Extension:Cite]]?")
	entry := w.awaits(board, "Poem", "[[User:Ada|Ada]]")
	t.Logf("from the edit to the saved entry: %s", time.Since(began).Round(time.Millisecond))
	if !strings.Contains(entry, "Special:PermanentLink/"+strconv.FormatInt(rev, 10)) || strings.Contains(entry, "Cite]") && !strings.Contains(entry, "“") {
		t.Errorf("the entry does not link to revision %d:\n%s", rev, entry)
	}
	if strings.Count(entry, "cs-") != 1 {
		t.Errorf("want one entry, for the extension that is unassigned:\n%s", entry)
	}

	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Gamma[ResourceLoader]|Gamma.js\n")
	table := w.awaits(gadgets, "Gamma")

	// Ada adopts Gamma; a mention of it reaches her, once.
	w.adopt(w.ada, "Gamma", "[[User:Ada]]")
	w.awaits(gadgets, "| [[User:Ada]]\n", "owned")
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Gamma.js]] does nothing here.")
	w.ask(w.admin, "Odder", "[[MediaWiki:Gadget-Gamma.js]] still does nothing, and [[mw:Extension:Poem]] too.")
	w.awaits("User talk:Ada", "Gamma was mentioned")
	w.await("a second entry", func() bool { return strings.Count(w.text(board), `id="cs-`) == 2 })
	if talk := w.text("User talk:Ada"); strings.Count(talk, "was mentioned ==") != 1 || strings.Contains(talk, "~~~~") {
		t.Errorf("want one message, signed:\n%s", talk)
	}
	history, err := w.wiki.History(context.Background(), "User talk:Ada")
	w.must(err)
	if len(history) != 1 || history[0].Minor || history[0].User != botName || !strings.Contains(history[0].Comment, stopPage) {
		t.Errorf("the message's edit is %+v; want one, not minor, with a link to the stop page", history)
	}
	if w.text(gadgets) == table {
		t.Error("the table has not changed")
	}
}

func TestNothingNewMeansNoEdit(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaitsLog(`"message":"watching"`) // the first run begins there
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]")
	w.awaits(board, "Poem")
	w.settled()
	w.must(w.stop())
	pages := []string{gadgets, extensions, board, reportPage}
	before := map[string]int{}
	for _, title := range pages {
		before[title] = w.botEdits(title)
	}
	// The last process may have ended between an edit and its note on it.
	reg, err := registry.Open(context.Background(), "sqlite:"+w.db)
	w.must(err)
	w.must(reg.SetNote(context.Background(), w.wiki.DB, "page "+gadgets+"#gadgets", "a problem that is over"))
	w.must(reg.Close())
	for range 2 {
		w.start()
		w.settled()
		w.must(w.stop())
	}
	for _, title := range pages {
		if n := w.botEdits(title) - before[title]; n != 0 {
			t.Errorf("%s was edited %d times with nothing new", title, n)
		}
	}
	if n := w.botEdits(gadgets); n != 1 {
		t.Errorf("the table of gadgets was edited %d times, want once", n)
	}
}

func TestBrokenRulesChangeNothingButTheReport(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.awaits(reportPage, "No problems")
	w.edit(w.admin, configPage, strings.Replace(goodRules, `"tables"`, `"tabels"`, 1))
	w.awaits(reportPage, "not in force", "tabels", "tables")
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Delta[ResourceLoader]|Delta.js\n")
	w.awaits(gadgets, "Delta") // the last good rules are in force
	w.edit(w.admin, configPage, goodRules)
	if report := w.awaits(reportPage, "No problems"); strings.Contains(report, "tabels") {
		t.Errorf("the report still names the old problem:\n%s", report)
	}
}

// MediaWiki does not let anybody save a page of the content model JSON that is
// no JSON, so such text can only come with another model.
func TestTextThatIsNoJSONIsReported(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.must(w.admin.Delete(ctx, configPage, "test"))
	_, err := w.admin.Do(ctx, map[string]string{
		"action": "edit", "title": configPage, "contentmodel": "wikitext", "text": goodRules[:len(goodRules)/2], "createonly": "1",
	})
	w.must(err)
	w.start()
	w.awaits(reportPage, "No rules are in force", "content model is wikitext", "line")
	if text := w.text(gadgets); text != "" {
		t.Errorf("a table was written without rules:\n%s", text)
	}
}

func TestWithoutAConfigPageNothingIsWritten(t *testing.T) {
	w := newWorld(t)
	w.must(w.admin.Delete(context.Background(), configPage, "test"))
	w.start()
	w.awaitsLog("there are no rules yet")
	w.settled()
	if text := w.text(reportPage) + w.text(gadgets); text != "" {
		t.Errorf("something was written though nobody asked for the bot:\n%s", text)
	}
}

func TestRulesOfAStrangerAreNotTrustedUntilThePageIsProtected(t *testing.T) {
	w := newWorld(t)
	w.configPage = "Test Wiki:Rules"
	ctx := context.Background()
	_, err := w.ada.Do(ctx, map[string]string{"action": "edit", "title": w.configPage, "contentmodel": "json", "text": goodRules})
	w.must(err)
	w.start()
	w.awaits(reportPage, "No rules are in force", "not protected, and Ada, who edited it last")
	w.settled()
	if text := w.text(gadgets); text != "" {
		t.Errorf("a table was written under a stranger's rules:\n%s", text)
	}
	w.must(w.admin.Protect(ctx, w.configPage, "sysop"))
	w.awaits(reportPage, "No problems")
	w.awaits(gadgets, "Alpha")
}

func TestAMissingEndMarkerIsReportedAndNothingIsOverwritten(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.awaits(reportPage, "No problems")
	broken := "We talk about gadgets here.\n" + strings.Replace(w.text(gadgets), "<!-- codesteward end gadgets -->", "My own words, where the end was.", 1)
	w.edit(w.ada, gadgets, broken)
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Epsilon[ResourceLoader]|Epsilon.js\n")
	w.awaits(reportPage, gadgets, "end marker")
	if text := w.text(gadgets); text != broken {
		t.Errorf("the page was changed:\n%s", text)
	}
	mended := broken + "\n<!-- codesteward end gadgets -->"
	w.edit(w.ada, gadgets, mended)
	w.awaits(gadgets, "Epsilon", "We talk about gadgets here.")
	w.awaits(reportPage, "No problems")
}

func TestTheStopPageStopsAtOnce(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(reportPage, "No problems")
	w.settled()
	w.edit(w.admin, stopPage, "Wait, please.")
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]")
	w.awaitsLog("says stop")
	w.ask(w.ada, "More verses", "[[mw:Extension:Poem]]") // a later pass, which has seen the stop page too
	w.await("both are found", func() bool { return strings.Count(w.log.String(), `"message":"found"`) == 2 })
	if text := w.text(board); text != "" {
		t.Errorf("the noticeboard was written while stopped:\n%s", text)
	}
	w.edit(w.admin, stopPage, "")
	w.awaits(board, "Poem")
}

func TestAnEventOfUnknownShapeIsCountedAndPassed(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	w.must(w.relay.Publish([]byte(`{"type":"sneeze","wiki":"testwiki","namespace":"many","title":["?"]}`)))
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]")
	w.awaits(board, "Poem")
	w.awaitsMetric("codesteward_stream_decode_errors_total")
}

func TestADeadAPILosesNothing(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	w.api.set(true)
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]")
	w.awaitsLog("connection refused by the test")
	w.api.set(false)
	w.awaits(board, "Poem")
}

func TestADeadAPIAtTheStartIsWaitedForAndThenEndsTheBot(t *testing.T) {
	w := newWorld(t)
	w.api.set(true)
	w.start()
	w.awaitsLog("connection refused by the test")
	w.api.set(false)
	w.awaits(gadgets, "Alpha")
	w.must(w.stop())
	w.api.set(true)
	w.startWithin = 100 * time.Millisecond
	w.start()
	err := w.stopsByItself()
	var refused *bot.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "connection refused by the test") {
		t.Errorf("the bot ended with %v; want a refusal that names the wiki's silence", err)
	}
}

func TestTextThatIsRevertedBeforeTheSettleTimeLeadsToNothing(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, strings.ReplaceAll(goodRules, `"settle_minutes": 0`, `"settle_minutes": 30`))
	w.start()
	w.settled()
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]")
	w.edit(w.admin, pump, "")
	w.edit(w.admin, "Test Wiki talk:Other", "What about [[mw:Extension:Poem]]?")
	w.await("both edits are seen", func() bool { return strings.Count(w.log.String(), `"message":"found"`) == 2 })
	if got := w.text(board); got != "" {
		t.Errorf("an entry was made before the settle time:\n%s", got)
	}
	w.ahead.Store(int64(31 * time.Minute))
	w.awaits(board, "Other")
	w.awaitsLog("mention withdrawn")
	w.anotherPass()
	if got := w.text(board); strings.Contains(got, "Verses") {
		t.Errorf("reverted text has an entry:\n%s", got)
	}
}

func TestADeadStreamIsReportedAndCaughtUp(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaitsLog(`"message":"watching"`) // the first run begins there
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]")
	w.awaits(board, "Poem")
	w.settled()
	addr := w.feed.Listener.Addr().String()
	w.feed.CloseClientConnections()
	w.feed.Close()
	w.awaits(reportPage, "The event stream is away since")
	w.ask(w.ada, "Verses again", "[[mw:Extension:Poem]]")
	w.feed = httptest.NewUnstartedServer(w.relay)
	w.feed.Listener.Close()
	w.feed.Listener = listen(t, addr)
	w.feed.Start()
	w.await("the entry of the time in between", func() bool { return strings.Count(w.text(board), `id="cs-`) == 2 })
	w.awaits(reportPage, "No problems")
}

func TestAWrongPasswordEndsTheBot(t *testing.T) {
	w := newWorld(t)
	w.pass = "0123456789abcdef0123456789abcdef"
	w.start()
	err := w.stopsByItself()
	var refused *bot.RefusedError
	if !errors.As(err, &refused) || refused.Who != w.wiki.DB || !strings.Contains(err.Error(), "log in as") {
		t.Errorf("the bot ended with %v; want a refusal by the wiki that names the log-in", err)
	}
}
