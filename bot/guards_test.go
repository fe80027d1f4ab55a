// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what keeps the whole bot from fighting with
// people, and from emptying a table, on a real wiki.

package bot_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// define has the wiki list gadgets by name.
func (w *world) define(names ...string) {
	w.Helper()
	text := "== tools ==\n"
	for _, name := range names {
		text += fmt.Sprintf("* %s[ResourceLoader]|%[1]s.js\n", name)
	}
	w.edit(w.admin, "MediaWiki:Gadgets-definition", text)
}

// undo undoes the newest revision of a page as the undo link does.
func (w *world) undo(title string) {
	w.Helper()
	history, err := w.wiki.History(context.Background(), title)
	w.must(err)
	last := history[len(history)-1]
	if last.User != botName {
		w.Fatalf("the newest revision of %s is by %s", title, last.User)
	}
	_, err = w.admin.Do(context.Background(), map[string]string{"action": "edit", "title": title, "undo": fmt.Sprint(last.ID), "summary": "no"})
	w.must(err)
}

func TestARegionThatPeopleUndidIsLeftAloneUntilTheRulesAreEdited(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.define("Alpha", "Beta", "Gamma")
	w.awaits(gadgets, "Gamma")
	w.undo(gadgets)
	w.awaits(reportPage, gadgets, "is frozen", "Admin has reverted the bot", "edits the rules page")
	before := w.botEdits(gadgets)
	w.define("Alpha", "Beta", "Gamma", "Delta")
	w.anotherPass()
	w.must(w.stop())
	w.start()
	w.settled()
	w.anotherPass()
	if text := w.text(gadgets); w.botEdits(gadgets) != before || strings.Contains(text, "Gamma") {
		t.Fatalf("a frozen table was written:\n%s", text)
	}
	if report := w.text(reportPage); !strings.Contains(report, "is frozen") {
		t.Errorf("the report has forgotten it:\n%s", report)
	}
	w.edit(w.admin, configPage, strings.Replace(goodRules, `"talk": true`, `"talk": false`, 1))
	w.awaits(gadgets, "Gamma", "Delta")
	w.awaits(reportPage, "No problems")
}

func TestACellOfTheBotsIsWrittenOverOnceAndToldOf(t *testing.T) {
	w := newWorld(t)
	w.start()
	text := w.awaits(gadgets, "Alpha", "unknown")
	verdict := regexp.MustCompile(`\| unknown\n`)
	mine := func(text string) string {
		done := false
		return verdict.ReplaceAllStringFunc(text, func(cell string) string {
			if done {
				return cell
			}
			done = true
			return "| all is well\n"
		})
	}
	w.edit(w.ada, gadgets, mine(text))
	w.await("it is overwritten", func() bool { return !strings.Contains(w.text(gadgets), "all is well") })
	w.awaits(reportPage, "were overwritten", "[[User:Ada|Ada]]", "Alpha", "Verdict", "MediaWiki:Gadgets-definition", "Steward")
	w.edit(w.ada, gadgets, mine(w.text(gadgets)))
	w.awaits(reportPage, "is frozen", "Ada")
	before := w.botEdits(gadgets)
	w.anotherPass()
	if text := w.text(gadgets); w.botEdits(gadgets) != before || !strings.Contains(text, "all is well") {
		t.Errorf("the bot fights:\n%s", text)
	}
}

func TestATableThatWouldLoseHalfOfItsRowsWaits(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, `{"version": 2, "enabled": true, "watch": {"namespaces": [5]}, "sources": {"maintainers": [{"page": "Maintainers"}]}, "tables": [{"id": "a", "page": "Project:Gadgets", "kinds": ["gadget"], "filter": {"name": "A*"}}],
		"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 0}}`)
	var all []string
	for i := range 30 {
		all = append(all, fmt.Sprintf("%c%02d", "ABB"[i/10], i))
	}
	w.define(all...)
	w.start()
	w.awaits(gadgets, "A00", "A09")
	w.settled()
	w.define(all[5:]...) // too few for the source to wonder
	w.awaits(reportPage, "would lose 5 of its 10 rows at once", "− A00", "− A04", "edits the rules page")
	w.anotherPass()
	if text := w.text(gadgets); !strings.Contains(text, "A00") {
		t.Fatalf("the rows are gone:\n%s", text)
	}
	w.must(w.stop())
	w.start()
	w.define(append([]string{"Z"}, all[5:]...)...) // the source is read again
	w.await("the rows go", func() bool {
		text := w.text(gadgets)
		return !strings.Contains(text, "A00") && strings.Contains(text, "A05")
	})
	w.awaits(reportPage, "No problems")
}

func TestDaysThatPassAreNoReasonForEdits(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "owned")
	w.awaits(extensions, "Poem")
	w.anotherPass()
	text, before := w.text(gadgets), w.botEdits(gadgets)
	for range 3 {
		w.ahead.Add(int64(26 * time.Hour))
		w.define("Alpha", "Beta") // has the source read again
		w.anotherPass()
	}
	if after := w.botEdits(gadgets); after != before {
		t.Errorf("%d edits though only days have passed:\n%s\n\nbecame\n%s", after-before, text, w.text(gadgets))
	}
}
