// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of a wiki that is put back to an older state while the
// bot knows a newer one.

package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
)

// toBePutBack is a wiki of which a copy is made, and on which much happens then:
// Ada adopts a gadget, is told of a mention, and there are two entries more.
func toBePutBack(t *testing.T) (w *world, putBack func()) {
	w = newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha", "Beta")
	w.settled()
	w.ask(w.ada, "Verses", "Who looks after [[mw:Extension:Poem]]?")
	w.awaits(board, `id="cs-`)
	w.must(w.stop())
	back, err := w.wiki.Snapshot()
	w.must(err)
	w.start()
	w.settled()
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "| [[User:Ada]]\n", "owned")
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Alpha.js]] does nothing here.")
	w.awaits("User talk:Ada", "Alpha was mentioned")
	w.ask(w.ada, "More verses", "Who looks after [[mw:Extension:Poem]] now?")
	w.await("two entries", func() bool { return strings.Count(w.text(board), `id="cs-`) == 2 })
	w.edit(w.admin, configPage, strings.Replace(goodRules, `"version": 1,`, `"version": 1, "verdict": {"inactive_days": 200},`, 1))
	w.awaitsLog("rules in force")
	return w, func() {
		w.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		w.must(back(ctx))
	}
}

// asBefore sees that the pages are as they were when the copy was made, but for
// the report, and that the bot goes on from there.
func (w *world) asBefore() {
	w.Helper()
	w.awaits(reportPage, "put back to an older state")
	w.await("a table in which nobody has adopted", func() bool {
		text := w.text(gadgets)
		return strings.Contains(text, "Alpha") && !strings.Contains(text, "Ada") && !strings.Contains(text, "owned")
	})
	if n := strings.Count(w.text(board), `id="cs-`); n != 1 {
		w.Errorf("%d entries, want the one of before:\n%s", n, w.text(board))
	}
	// Numbers of revisions are given again from here on.
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "| [[User:Ada]]\n", "owned")
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Alpha.js]] does nothing here.")
	w.ask(w.ada, "Other verses", "Who looks after [[mw:Extension:Poem]] after all?")
	w.await("two entries again", func() bool { return strings.Count(w.text(board), `id="cs-`) == 2 })
	w.anotherPassOn(gadgets)
	if text := w.text("User talk:Ada"); text != "" {
		w.Errorf("Ada was told of the gadget twice:\n%s", text)
	}
}

func TestAWikiThatWasPutBackWhileTheBotWasAway(t *testing.T) {
	w, putBack := toBePutBack(t)
	w.must(w.stop())
	putBack()
	w.log.reset()
	w.start()
	w.asBefore()
}

func TestAWikiThatIsPutBackWhileTheBotRuns(t *testing.T) {
	w, putBack := toBePutBack(t)
	w.must(w.stop())
	w.conf = func(c *bot.Config) { c.SurveyEvery = 3 * time.Second }
	w.log.reset()
	w.start()
	w.settled()
	putBack()
	w.asBefore()
}

func TestADeletedPageIsNoWikiThatWasPutBack(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.settled()
	w.ask(w.ada, "Verses", "Who looks after [[mw:Extension:Poem]]?")
	w.awaitsLog(`"message":"found"`)
	w.awaits(board, `id="cs-`)
	w.must(w.stop())
	w.must(w.admin.Delete(context.Background(), board, "test"))
	w.must(w.admin.Delete(context.Background(), reportPage, "test"))
	w.must(w.admin.Delete(context.Background(), "User:Steward bot/status", "test"))
	w.must(w.admin.Delete(context.Background(), pump, "test"))
	w.log.reset()
	w.start()
	w.awaitsLog("surveyed and reconciled")
	if log := w.log.String(); strings.Contains(log, "put back to an older state") {
		t.Error("the wiki is taken for one that was put back")
	}
}
