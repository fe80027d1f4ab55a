// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of a bot whose store is lost, on a real wiki.

package bot_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// loseStore deletes the store of a bot that is stopped.
func (w *world) loseStore() {
	w.Helper()
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(w.db + end); err != nil && !os.IsNotExist(err) {
			w.Fatal(err)
		}
	}
}

// standing is what the registry says of who looks after what, a line for each
// claim.
func (w *world) standing() []string {
	w.Helper()
	reg, err := registry.Open(context.Background(), "sqlite:"+w.db)
	w.must(err)
	defer reg.Close()
	all, err := reg.Export(context.Background())
	w.must(err)
	var lines []string
	for _, on := range all.Wikis {
		for _, item := range on.Items {
			for _, c := range item.Claims {
				lines = append(lines, strings.Join([]string{on.Wiki, string(c.Item), string(c.Role), c.Holder, string(c.Standing), c.Evidence.Page, c.Evidence.User, string(item.Verdict)}, " | "))
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// ownEdits is how often the bot has edited each of some pages.
func (w *world) ownEdits(titles ...string) map[string]int {
	w.Helper()
	n := map[string]int{}
	for _, title := range titles {
		n[title] = w.botEdits(title)
	}
	return n
}

const recallRules = `{
	"version": 2, "enabled": true,
	"watch": {"namespaces": [1, 3, 5]},
	"sources": {"maintainers": [{"page": "Maintainers"}]},
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"]},
		{"id": "extensions", "page": "Project:Extensions", "kinds": ["extension", "skin"]}
	],
	"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 0},
	"notices": {"talk": true, "settle_minutes": 0, "per_person_day": 5}
}`

// served brings a bot to the point where it has told people of all sorts of things.
func (w *world) served() {
	w.edit(w.admin, configPage, recallRules)
	w.start()
	w.awaits(gadgets, "Alpha", "Beta")
	w.settled()
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "| [[User:Ada]]\n", "owned")
	w.adopt(w.admin, "Beta", "[[User:Ada]]") // somebody else has named her
	w.awaits(gadgets, "unconfirmed")
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Alpha.js]] does nothing here.")
	w.awaits("User talk:Ada", "Alpha was mentioned")
	w.ask(w.ada, "Verses", "Who looks after [[mw:Extension:Poem]]?")
	w.ask(w.ada, "More verses", "Who looks after [[mw:Extension:Poem]] now?")
	w.await("two entries", func() bool { return strings.Count(w.text(board), `id="cs-`) == 2 })
	// Somebody takes one off.
	text := w.text(board)
	line := regexp.MustCompile(`(?m)^\* <span id="cs-[^\n]*\n`).FindString(text)
	w.edit(w.admin, board, strings.Replace(text, line, "", 1))
	w.awaitsLog("entry dismissed")
	// Somebody deletes a table.
	w.must(w.admin.Delete(context.Background(), extensions, "not wanted"))
	w.awaits(reportPage, "Extensions")
	w.anotherPassOn(gadgets)
}

// anotherPassOn waits until the bot has looked at its pages again: a gadget more
// comes into the table.
func (w *world) anotherPassOn(page string) {
	w.Helper()
	w.passes++
	name := "Pass" + string(rune('A'+w.passes))
	w.edit(w.admin, "MediaWiki:Gadgets-definition", w.text("MediaWiki:Gadgets-definition")+"\n* "+name+"[ResourceLoader]|"+name+".js\n")
	w.awaits(page, name)
}

func TestALostStoreIsFilledFromTheWiki(t *testing.T) {
	w := newWorld(t)
	w.served()
	w.must(w.stop())
	before, texts := w.ownEdits(gadgets, board, extensions, "User talk:Ada"), map[string]string{}
	for _, title := range []string{gadgets, board, "User talk:Ada"} {
		texts[title] = w.text(title)
	}
	claims := w.standing()
	w.loseStore()
	w.log.reset()
	for range 2 {
		w.start()
		w.settled()
		w.must(w.stop())
	}
	for title, n := range w.ownEdits(gadgets, board, extensions, "User talk:Ada") {
		if n != before[title] {
			t.Errorf("%s was edited %d times after the store was lost:\n%s\nwas:\n%s", title, n-before[title], w.text(title), texts[title])
		}
	}
	if got := w.standing(); !slices.Equal(got, claims) {
		t.Errorf("the claims are\n%s\nwere\n%s", strings.Join(got, "\n"), strings.Join(claims, "\n"))
	}
	// What holds from before: the cooldown, and what was taken off. What happens
	// from now on is told.
	w.start()
	w.settled()
	w.ask(w.admin, "Odder", "[[MediaWiki:Gadget-Alpha.js]] does nothing here either.")
	w.ask(w.ada, "News", "Who looks after [[mw:Extension:Poem]] in the end?")
	w.await("another entry", func() bool { return strings.Count(w.text(board), `id="cs-`) == 2 })
	w.anotherPassOn(gadgets)
	if n := w.botEdits("User talk:Ada") - before["User talk:Ada"]; n != 0 {
		t.Errorf("Ada was told %d times within the cooldown:\n%s", n, w.text("User talk:Ada"))
	}
	if text := w.text(extensions); text != "" {
		t.Errorf("the page that people have deleted is back:\n%s", text)
	}
}

func TestRebuildingKeepsWhatWasTold(t *testing.T) {
	w := newWorld(t)
	w.served()
	w.must(w.stop())
	before, claims := w.ownEdits(gadgets, board, extensions, "User talk:Ada"), w.standing()
	w.conf = func(c *bot.Config) { c.Rebuild = true }
	w.log.reset()
	w.start()
	w.settled()
	w.must(w.stop())
	for title, n := range w.ownEdits(gadgets, board, extensions, "User talk:Ada") {
		if n != before[title] {
			t.Errorf("%s was edited %d times by rebuilding:\n%s", title, n-before[title], w.text(title))
		}
	}
	if got := w.standing(); !slices.Equal(got, claims) {
		t.Errorf("the claims are\n%s\nwere\n%s", strings.Join(got, "\n"), strings.Join(claims, "\n"))
	}
}
