// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the noticeboard and its archives on a real wiki.

package bot_test

import (
	"os"
	"strings"
	"testing"
	"time"
)

// monthly are the good rules, under which only the entries of this month stay.
var monthly = strings.NewReplacer(`"version": 1`, `"version": 2, "enabled": true`, `"page": "Project:Noticeboard", `, `"page": "Project:Noticeboard", "archive_months": 1, `).Replace(goodRules)

func TestOldEntriesGoToTheArchiveWithAllThatPeopleWrote(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, monthly)
	w.start()
	w.settled()
	w.ask(w.ada, "Verses", "Who knows [[mw:Extension:Poem]]?")
	w.ask(w.ada, "Rhymes", "Does [[mw:Extension:Poem]] rhyme?")
	text := w.awaits(board, "Verses", "Rhymes")
	month := time.Now().UTC().Format("2006-01")
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, line)
		if strings.Contains(line, "§ Verses") {
			lines = append(lines, "*: {{done}} It is a bug. --Ada\n", "=== More ===\n", "And text.\n")
		}
	}
	w.edit(w.ada, board, strings.Join(lines, ""))
	w.edit(w.ada, board, strings.Replace(w.text(board), "<!-- codesteward end", "== Of people ==\nThis stays.\n<!-- codesteward end", 1))
	w.ahead.Store(int64(62 * 24 * time.Hour))

	archive := board + "/Archive/" + month
	held := w.awaits(archive, "§ Verses", "§ Rhymes", "*: {{done}} It is a bug. --Ada\n=== More ===\nAnd text.")
	w.await("the noticeboard is without them", func() bool { return !strings.Contains(w.text(board), "§ Verses") })
	now := w.text(board)
	if strings.Contains(now, "§ Rhymes") || !strings.Contains(now, "== Of people ==\nThis stays.\n") || !strings.Contains(now, "[[:"+archive+"|") {
		t.Errorf("the noticeboard holds:\n%s", now)
	}
	if strings.Count(held, `id="cs-`) != 2 || strings.Contains(held, "This stays") {
		t.Errorf("the archive holds:\n%s", held)
	}

	// A store that is lost makes no entry twice, and what is hidden goes there too.
	edits := w.botEdits(board) + w.botEdits(archive)
	w.must(w.stop())
	w.must(os.Remove(w.db))
	w.ahead.Store(0)
	w.start()
	w.settled()
	w.ask(w.ada, "Verses again", "[[mw:Extension:Poem]] was written at 5 Secret Street.")
	w.awaits(board, "5 Secret Street")
	if n := w.botEdits(archive); n > edits {
		t.Errorf("%d edits of the archive after a restart", n)
	}
}

func TestAnEntryInTheArchiveIsRedacted(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, monthly)
	w.start()
	w.settled()
	rev := w.ask(w.ada, "Verses", "[[mw:Extension:Poem]] was written at 5 Secret Street.")
	w.awaits(board, "5 Secret Street")
	archive := board + "/Archive/" + time.Now().UTC().Format("2006-01")
	w.ahead.Store(int64(62 * 24 * time.Hour))
	w.await("the noticeboard is without it", func() bool { return w.text(archive) != "" && !strings.Contains(w.text(board), "Secret") })
	w.edit(w.ada, archive, strings.Replace(w.text(archive), "<!-- cs end -->", "<!-- cs end --> {{done}} --Ada", 1))
	w.edit(w.admin, pump, "Taken out.")
	w.must(w.admin.HideRevision(t.Context(), pump, rev, "content", "user"))
	if text := w.awaits(archive, "hidden now"); strings.Contains(text, "Secret") || !strings.Contains(text, "{{done}} --Ada") {
		t.Errorf("what is hidden is still shown, or what a person wrote is not:\n%s", text)
	}
}

func TestAnEntryWhoseTextIsTakenBackSaysSo(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]] was written at 5 Secret Street.")
	w.ask(w.ada, "Rhymes", "Does [[mw:Extension:Poem]] rhyme?")
	both := w.text(pump)
	w.awaits(board, "5 Secret Street", "rhyme?")
	first, _, _ := strings.Cut(both, "== Rhymes ==")
	w.edit(w.admin, pump, strings.Replace(both, first, "", 1))
	text := w.awaits(board, "taken back")
	if strings.Contains(text, "Secret") || !strings.Contains(text, "rhyme?") || strings.Count(text, "taken back") != 1 {
		t.Errorf("the noticeboard holds:\n%s", text)
	}

	w.edit(w.admin, pump, both) // what was undone is back
	w.await("the entry is whole again", func() bool {
		return !strings.Contains(w.text(board), "taken back") && strings.Contains(w.text(board), "Secret")
	})
}

func TestAnEntryThatAPersonArchivesIsNotDismissed(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	w.ask(w.ada, "Verses", "Who knows [[mw:Extension:Poem]]?")
	text := w.awaits(board, "§ Verses")
	for line := range strings.Lines(text) {
		if strings.Contains(line, "§ Verses") {
			w.edit(w.ada, board+"/Archives 1", line)
			w.edit(w.ada, board, strings.Replace(text, line, "", 1))
		}
	}
	w.edit(w.ada, pump, strings.Replace(w.text(pump), "== Verses ==", "== Verses ==\nReally, [[mw:Extension:Poem]]!\n", 1))
	w.await("another entry of that section", func() bool { return strings.Contains(w.text(board), "§ Verses") })
	if strings.Contains(w.log.String(), "entry dismissed") {
		t.Error("what was archived counts as dismissed")
	}
}

func TestAProposalGetsAnEntryThatNamesWhatIsSimilar(t *testing.T) {
	const wishes = "Test Wiki:Wishes"
	w := newWorld(t)
	w.edit(w.admin, "MediaWiki:Gadgets-definition", "* MapPreview[ResourceLoader]|Alpha.js\n* QuietContents[ResourceLoader]|Beta.js\n")
	w.edit(w.admin, "MediaWiki:Gadget-MapPreview", "Previews of maps beside coordinates")
	w.edit(w.admin, "MediaWiki:Gadget-QuietContents", "Folds the table of contents")
	w.edit(w.admin, wishes, "Wishes.")
	w.edit(w.admin, configPage, strings.Replace(strings.Replace(goodRules, `"version": 1`, `"version": 2, "enabled": true`, 1), `"settle_minutes": 0}`+"\n}", `"settle_minutes": 0, "requests": ["Project:Wishes"]}`+"\n}", 1))
	w.start()
	w.settled()
	w.edit(w.ada, wishes, "Wishes.\n== Previews of maps ==\nPlease show previews of maps beside coordinates.\n== Cheese ==\nSomething else.")
	text := w.awaits(board, "§ Previews of maps", "MapPreview")
	if strings.Contains(text, "Cheese") || strings.Contains(text, "QuietContents") || strings.Contains(text, "(UTC)") {
		t.Errorf("the noticeboard holds:\n%s", text)
	}
}
