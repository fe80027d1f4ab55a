// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what the whole bot must never do on a real wiki.

package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
)

func TestNobodyIsWrittenToWhoSaysNobots(t *testing.T) {
	w := newWorld(t)
	w.edit(w.ada, "User talk:Ada", "{{nobots}}")
	w.start()
	w.awaits(gadgets, "Alpha")
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "owned")
	w.settled()
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Alpha.js]] is odd, and so is [[mw:Extension:Poem]].")
	w.awaits(board, "Poem")
	w.awaitsLog(`"outcome":"excluded"`)
	if text := w.text("User talk:Ada"); text != "{{nobots}}" {
		t.Errorf("the talk page was written:\n%s", text)
	}
}

func TestANameThatAnotherEnteredGetsNoMessage(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.adopt(w.admin, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "unconfirmed")
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Alpha.js]] is odd, and so is [[mw:Extension:Poem]].")
	w.awaits(board, "Odd")
	w.anotherPass()
	if text := w.text("User talk:Ada"); text != "" {
		t.Errorf("somebody who did not agree was written to:\n%s", text)
	}
}

func TestWhatIsHiddenLaterLeavesTheNoticeboard(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	rev := w.ask(w.ada, "Verses", "[[mw:Extension:Poem]] was written at 5 Secret Street.")
	w.awaits(board, "5 Secret Street", "[[User:Ada|Ada]]")
	w.edit(w.admin, pump, "Taken out.")
	w.must(w.admin.HideRevision(context.Background(), pump, rev, "content", "user"))
	board := w.awaits(board, "hidden now")
	if strings.Contains(board, "Secret") || strings.Contains(board, "Ada") {
		t.Errorf("what is hidden is still shown:\n%s", board)
	}
	if export := w.export(); strings.Contains(export, "Secret") {
		t.Errorf("what is hidden is exported:\n%s", export)
	}
}

// The page names the item elsewhere too; that does not keep the hidden words.
func TestWordsThatWereTakenOutAreNotQuotedThoughThePageStillNamesTheItem(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, strings.ReplaceAll(goodRules, `"settle_minutes": 0`, `"settle_minutes": 30`))
	w.edit(w.admin, pump, "== Old ==\nWe use [[mw:Extension:Poem]] here.")
	w.start()
	w.settled()
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]] was written at 5 Secret Street.")
	w.ask(w.ada, "Verses again", "[[mw:Extension:Poem]] drops line breaks.")
	w.await("both are found", func() bool { return strings.Count(w.log.String(), `"message":"found"`) == 2 })
	w.edit(w.admin, pump, strings.Replace(w.text(pump), "was written at 5 Secret Street", "was written", 1))
	w.ahead.Store(int64(31 * time.Minute))
	if board := w.awaits(board, "drops line breaks"); strings.Contains(board, "Secret") {
		t.Errorf("words that were taken out are quoted:\n%s", board)
	}
}

// The archive is another title, and the entry is older than what is planned with.
func TestWhatIsHiddenOnAMovedPageLongAfterLeavesTheNoticeboard(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	rev := w.ask(w.ada, "Verses", "[[mw:Extension:Poem]] was written at 5 Secret Street.")
	w.awaits(board, "5 Secret Street")
	w.must(w.admin.Move(context.Background(), pump, "Test Wiki talk:Archive", "archive"))
	w.edit(w.admin, "Test Wiki talk:Archive", "Taken out.")
	w.ahead.Store(int64(91 * 24 * time.Hour))
	w.must(w.admin.HideRevision(context.Background(), "Test Wiki talk:Archive", rev, "content"))
	if board := w.awaits(board, "hidden now"); strings.Contains(board, "Secret") {
		t.Errorf("what is hidden is still shown:\n%s", board)
	}
}

func TestAnEmptiedNoticeboardGoesOn(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]?")
	w.awaits(board, "Verses")
	w.edit(w.admin, board, "<!-- codesteward begin noticeboard -->\n<!-- codesteward end noticeboard -->")
	w.ask(w.ada, "More", "And what about [[mw:Extension:Poem]]?")
	if text := w.awaits(board, "More"); strings.Contains(text, "Verses") {
		t.Errorf("what was archived is back:\n%s", text)
	}
}

func TestAMentionWhoseLineIsMendedIsToldAsItStandsNow(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, strings.ReplaceAll(goodRules, `"settle_minutes": 0`, `"settle_minutes": 30`))
	w.start()
	w.settled()
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]] drops lien breaks.")
	w.await("it is found", func() bool { return strings.Contains(w.log.String(), `"message":"found"`) })
	w.edit(w.ada, pump, strings.Replace(w.text(pump), "lien", "line", 1))
	w.ahead.Store(int64(31 * time.Minute))
	w.awaits(board, "drops line breaks")
}

func TestABlankedTableIsNotMadeAnew(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "owned")
	whole := w.text(gadgets)
	w.edit(w.ada, gadgets, "")
	w.awaits(reportPage, gadgets, "do not stand there any more")
	if text := w.text(gadgets); text != "" {
		t.Errorf("the blanked page was written:\n%s", text)
	}
	w.edit(w.admin, gadgets, whole)
	w.awaits(reportPage, "No problems")
	if text := w.text(gadgets); text != whole {
		t.Errorf("after the repair:\n%s", text)
	}
}

func TestADeletedTableIsNotMadeAnew(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.must(w.admin.Delete(context.Background(), gadgets, "we do not want it"))
	w.awaits(reportPage, gadgets, "does not exist any more")
	if text := w.text(gadgets); text != "" {
		t.Errorf("the deleted page was made again:\n%s", text)
	}
}

func TestWhoStepsDownWhereATableWasIsNotWrittenTo(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "owned")
	w.edit(w.admin, configPage, strings.Replace(goodRules, "Project:Gadgets", "Project:Gadgets2", 1))
	w.awaits("Test Wiki:Gadgets2", "Alpha", "unknown")
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Alpha.js]] is odd, and so is [[mw:Extension:Poem]].")
	w.awaits(board, "Odd")
	w.anotherPass()
	if text := w.text("User talk:Ada"); text != "" {
		t.Errorf("a claim that cannot be taken back any more was used:\n%s", text)
	}
}

func TestWhoStepsDownInATableThatLeftItsPageIsNotWrittenTo(t *testing.T) {
	w := newWorld(t)
	both := strings.Replace(goodRules, `"page": "Project:Extensions"`, `"page": "Project:Gadgets", "append": true`, 1)
	w.edit(w.admin, configPage, both)
	w.start()
	w.awaits(gadgets, "Alpha", "Poem")
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "| [[User:Ada]]\n", "1 owned and 1 unknown")
	w.edit(w.admin, configPage, strings.Replace(both, `{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"]},`, "", 1))
	w.awaits(reportPage, "No problems")
	w.edit(w.ada, gadgets, strings.Replace(w.text(gadgets), "| [[User:Ada]]\n", "|\n", 1))
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Alpha.js]] is odd, and so is [[mw:Extension:Poem]].")
	w.awaits(board, "Odd")
	w.anotherPass()
	if text := w.text("User talk:Ada"); text != "" {
		t.Errorf("a claim that cannot be taken back any more was used:\n%s", text)
	}
}

func TestARevertedLinkLeavesNoRow(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, strings.Replace(goodRules, `"tables": [`, `"tables": [{"id": "tools", "page": "Project:Tools", "kinds": ["tool"]}, `, 1))
	w.start()
	w.settled()
	w.ask(w.ada, "Nonsense", "https://somebody-is-a-thief.toolforge.org/")
	w.awaits("Test Wiki:Tools", "somebody-is-a-thief")
	w.edit(w.admin, pump, "Taken out.")
	w.ahead.Store(int64(2 * time.Minute))
	w.ask(w.ada, "Sense", "https://good-tool.toolforge.org/")
	text := w.awaits("Test Wiki:Tools", "good-tool")
	if strings.Contains(text, "thief") {
		t.Errorf("the row of a reverted link stays:\n%s", text)
	}
}

func TestTwoTablesOnOnePageAreReportedApart(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, strings.Replace(goodRules, `"page": "Project:Extensions"`, `"page": "Project:Gadgets", "append": true`, 1))
	w.start()
	w.awaits(gadgets, "Alpha", "Poem")
	w.edit(w.ada, gadgets, strings.Replace(w.text(gadgets), `class="codesteward-steward" scope="col" | Steward ✎`, "Who", 1))
	w.awaits(reportPage, "Who", "put the old heading back")
	w.edit(w.admin, "Maintainers", strings.Replace(maintainers, "References Team", "Footnotes Team", 1))
	w.awaits(gadgets, "Footnotes Team") // the other table goes on
	if report := w.text(reportPage); !strings.Contains(report, "put the old heading back") {
		t.Errorf("the other table has wiped out the problem:\n%s", report)
	}
}

func TestALostAccountEndsTheBot(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	w.api.set(true)
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]")
	w.awaitsLog("connection refused by the test")
	w.must(w.wiki.RevokeBotPassword(context.Background(), botName))
	w.api.set(false)
	err := w.stopsByItself()
	var refused *bot.RefusedError
	if !errors.As(err, &refused) {
		t.Errorf("the bot ended with %v; want a refusal", err)
	}
	if cursor := w.text(board); cursor != "" {
		t.Errorf("something was written without an account:\n%s", cursor)
	}
}
