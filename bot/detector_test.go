// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is found on a real wiki and what becomes of
// it: names in plain text, findings that are ignored, entries that are dismissed.

package bot_test

import (
	"strings"
	"testing"
	"time"
)

// withParser adds an extension with an unmistakable name to the maintainers page.
var withParser = strings.Replace(maintainers, "|}", "|-\n| [[Extension:ParserFunctions|ParserFunctions]] || || Unassigned ||\n|}", 1)

func TestAPlainNameIsFound(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, "Maintainers", withParser)
	w.start()
	w.awaitsLog(`"message":"names to look for"`)
	w.settled()
	w.ask(w.ada, "Templates", "Nobody seems to answer for ParserFunctions these days.")
	entry := w.awaits(board, "ParserFunctions", "[[User:Ada|Ada]]")
	if strings.Count(entry, `id="cs-`) != 1 {
		t.Errorf("want one entry:\n%s", entry)
	}
	w.ahead.Store(int64(2 * time.Hour))
	w.ask(w.ada, "Later", "And ParserFunctions again.") // it stands at the second look
	w.awaits(board, "Later")
	w.once(2)
}

func TestWhatTheRulesIgnoreIsNotToldEvenIfItWasFoundBefore(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, "Maintainers", withParser)
	slow := strings.ReplaceAll(goodRules, `"settle_minutes": 0`, `"settle_minutes": 30`)
	w.edit(w.admin, configPage, slow)
	w.start()
	w.settled()
	w.ask(w.ada, "Templates", "Who knows [[mw:Extension:ParserFunctions]]?")
	w.ask(w.ada, "Verses", "Who knows [[mw:Extension:Poem]]?")
	w.ask(w.ada, "Chat", "A test phrase about [[mw:Extension:Poem]], no more.")
	w.await("they are found", func() bool { return strings.Count(w.log.String(), `"message":"found"`) == 3 })
	w.edit(w.admin, configPage, strings.Replace(slow, `"namespaces"`, `"ignore": [{"item": "extension:ParserFunctions"}, {"phrase": "TEST phrase"}], "namespaces"`, 1))
	w.awaitsLog(`"message":"rules in force"`)
	w.ask(w.ada, "More", "Who really knows [[mw:Extension:ParserFunctions]]?")
	w.ahead.Store(int64(31 * time.Minute))
	w.awaits(board, "Verses")
	w.anotherPass()
	if text := w.text(board); strings.Contains(text, "ParserFunctions") || strings.Contains(text, "Chat") {
		t.Errorf("what is ignored has an entry:\n%s", text)
	}
	w.edit(w.admin, configPage, slow) // a second thought
	w.awaits(board, "ParserFunctions", "Chat")
}

func TestAnEntryThatAPersonTakesOffStaysAway(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.settled()
	w.ask(w.ada, "Verses", "Who knows [[mw:Extension:Poem]]?")
	w.ask(w.ada, "Rhymes", "Who knows [[mw:Extension:Poem]]?")
	text := w.awaits(board, "Verses", "Rhymes")
	var kept []string
	for line := range strings.Lines(text) {
		switch {
		case strings.Contains(line, "Verses"):
			continue
		case strings.Contains(line, "Rhymes"):
			line = "* <s>" + strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "* ") + "</s> done --Ada\n"
		}
		kept = append(kept, line)
	}
	w.edit(w.ada, board, strings.Join(kept, ""))
	w.await("both are dismissed", func() bool { return strings.Count(w.log.String(), `"message":"entry dismissed"`) == 2 })
	asked := strings.NewReplacer("== Verses ==", "== Verses ==\nReally, [[mw:Extension:Poem]]!\n", "== Rhymes ==", "== Rhymes ==\nReally, [[mw:Extension:Poem]]!\n")
	w.edit(w.ada, pump, asked.Replace(w.text(pump)))
	w.ask(w.ada, "Other", "Who knows [[mw:Extension:Poem]]?")
	w.awaits(board, "Other")
	w.anotherPass()
	if text := w.text(board); strings.Contains(text, "Verses") || strings.Count(text, "§ Rhymes") != 1 {
		t.Errorf("what was dismissed is back:\n%s", text)
	}
	if !strings.Contains(w.export(), `"dismissed_by":"Ada"`) {
		t.Error("nobody knows who has dismissed it")
	}

	// Who puts an entry back wants it, and more of it.
	w.edit(w.ada, board, strings.NewReplacer("<s>", "", "</s>", "").Replace(w.text(board)))
	w.awaitsLog(`"back":true`)
	w.edit(w.ada, pump, strings.Replace(w.text(pump), "== Rhymes ==", "== Rhymes ==\nOnce more, [[mw:Extension:Poem]]!\n", 1))
	w.await("another entry of that section", func() bool { return strings.Count(w.text(board), "§ Rhymes") >= 2 })
}
