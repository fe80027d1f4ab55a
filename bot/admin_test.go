// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of an administrator at work, who has never met the
// operator: the bot is set up, steered and stopped from the wiki alone.

package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const statusPage = "User:Steward bot/status"

// modernRules are rules of the newest version with more settings in them.
func modernRules(more string) string {
	return `{
	"version": 2, "limits": {"per_minute": 100}, ` + more + `
	"watch": {"namespaces": [1, 3, 5]},
	"sources": {"maintainers": [{"page": "Maintainers"}]},
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"]},
		{"id": "extensions", "page": "Project:Extensions", "kinds": ["extension", "skin"]}
	],
	"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 0}
}`
}

// notes are what the running bot has said of itself.
func (w *world) notes() map[string]string {
	w.Helper()
	reg, err := registry.Open(context.Background(), "sqlite:"+w.db)
	w.must(err)
	defer reg.Close()
	notes, err := reg.Notes(context.Background(), w.wiki.DB)
	w.must(err)
	return notes
}

func TestAnAdministratorSetsTheBotUpFromNothing(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.conf = func(c *bot.Config) { c.PreviewEvery = time.Second }
	w.must(w.admin.Delete(ctx, configPage, "nothing yet"))
	w.start()
	w.settled()

	// Rules without "enabled" only make a preview.
	w.edit(w.admin, configPage, modernRules(""))
	w.awaits(reportPage, "Not enabled yet", "No problems", "[[:Test Wiki:Gadgets]], region gadgets: the page would be made; 2 {{PLURAL:2|row|rows}} added (Alpha, Beta)", "[[:Test Wiki:Extensions]]")
	w.ask(w.ada, "Verses", "Who looks after [[mw:Extension:Poem]]?")
	w.awaits(reportPage, "[[:Test Wiki:Noticeboard]], region noticeboard: the page would be made; 1 new {{PLURAL:1|entry|entries}}")
	if text := w.text(gadgets) + w.text(extensions) + w.text(board); text != "" {
		t.Fatalf("something was written though the bot is not enabled:\n%s", text)
	}

	// They are enabled; then a change is prepared.
	rev := w.edit(w.admin, configPage, modernRules(`"enabled": true,`))
	w.awaits(gadgets, "Alpha", "Beta")
	w.awaits(board, "Poem")
	w.await("the report without a preview", func() bool { return !strings.Contains(w.text(reportPage), "Preview") })
	w.edit(w.admin, configPage, modernRules(`"enabled": true, "preview": {"tables": [{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget", "skin"]}]},`))
	w.awaits(reportPage, "Preview of the change", "[[:Test Wiki:Gadgets]], region gadgets:", "rows}} added (", "Vector", "[[:Test Wiki:Extensions]], region extensions: a line would say that it is not kept up any more")
	if text := w.text(gadgets); strings.Contains(text, "Vector") {
		t.Errorf("the change that is only prepared was made:\n%s", text)
	}

	// A mistake is told by name, and so is that it was mended.
	bad := w.edit(w.admin, configPage, strings.Replace(modernRules(`"enabled": true,`), `"kinds"`, `"kindz"`, 1))
	w.awaits(reportPage, "not in force", "kindz", "kinds", "[[User:"+w.admin.String()+"|", "PermanentLink/"+itoa(bad))
	good := w.edit(w.admin, configPage, modernRules(`"enabled": true,`))
	w.awaits(reportPage, "No problems", "all is well again", "revision "+itoa(good), "revision "+itoa(bad)+"]] by [[User:")

	// The stop page stops what it names; the report says what, by whom.
	w.edit(w.admin, stopPage, "tables\n")
	w.awaits(reportPage, "tables are stopped by the line “tables” of "+w.admin.String())
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Gamma[ResourceLoader]|Gamma.js\n")
	w.ask(w.ada, "More", "And [[mw:Extension:Poem]]?")
	w.await("another entry, which is not stopped", func() bool { return strings.Count(w.text(board), `id="cs-`) == 2 })
	if text := w.text(gadgets); strings.Contains(text, "Gamma") {
		t.Errorf("a table was written though tables are stopped:\n%s", text)
	}
	w.edit(w.ada, stopPage, "tables\nI have seen enough of this.\n")
	w.await("a note that everything is stopped, and still by whom the tables are", func() bool {
		stops := bot.StopNote(w.notes())
		return len(stops) == 2 && stops[0].User == w.admin.String() && stops[1].Stops == "" && stops[1].User == "Ada"
	})
	w.edit(w.admin, stopPage, "")
	w.awaits(gadgets, "Gamma")
	w.await("a report without stops", func() bool { return !strings.Contains(w.text(reportPage), "Stopped") })
	w.awaits(statusPage, "all is well", gadgets)

	history, err := w.wiki.History(ctx, gadgets)
	w.must(err)
	if first := history[len(history)-1]; !strings.Contains(first.Comment+history[0].Comment, "Special:Diff/"+itoa(rev)) {
		t.Errorf("no summary names the rules %d: %q, %q", rev, first.Comment, history[0].Comment)
	}
}

func TestATrialEndsByItself(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, modernRules(`"enabled": true, "trial": {"edits": 1},`))
	w.start()
	w.awaits(reportPage, "The trial of 1 {{PLURAL:1|edit|edits}} is over")
	w.awaits(statusPage, "the trial is over", "1 of 1 {{PLURAL:1|edit|edits}} of the trial made")
	w.must(w.stop())
	w.start() // it is counted over restarts
	w.settled()
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]?")
	w.awaitsLog(`"message":"found"`)
	w.await("the note", func() bool { return strings.Contains(w.notes()["mode"], "1 of 1") })
	if n := w.botEdits(gadgets) + w.botEdits(extensions) + w.botEdits(board); n != 1 {
		t.Errorf("%d edits were made in a trial of one", n)
	}
	w.edit(w.admin, configPage, modernRules(`"enabled": true,`))
	w.awaits(gadgets, "Alpha")
	w.awaits(extensions, "Poem")
	w.awaits(board, "Poem")
}

func TestRegionsThatLeaveTheRulesSaySoOnce(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(gadgets, "Alpha")
	w.awaits(extensions, "Poem")
	w.awaits(reportPage, "No problems")
	moved := strings.Replace(goodRules, "Project:Gadgets", "Project:Gadgets2", 1)
	w.edit(w.admin, configPage, moved)
	w.awaits("Test Wiki:Gadgets2", "Alpha")
	old := w.awaits(gadgets, "not kept up any more", "Alpha")
	n := w.botEdits(gadgets)
	w.must(w.stop())
	w.start()
	w.settled()
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Gamma[ResourceLoader]|Gamma.js\n")
	w.awaits("Test Wiki:Gadgets2", "Gamma")
	if w.botEdits(gadgets) != n || w.text(gadgets) != old {
		t.Errorf("the page that left the rules was written again:\n%s", w.text(gadgets))
	}
	w.edit(w.admin, configPage, goodRules)
	back := w.awaits(gadgets, "Gamma")
	if strings.Contains(back, "not kept up") {
		t.Errorf("the table is back, and says that it is not:\n%s", back)
	}
	w.awaits("Test Wiki:Gadgets2", "not kept up any more")
}

func TestABlockedBotSaysSoAndGoesOnByItself(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.start()
	w.awaits(reportPage, "No problems")
	w.settled()
	w.must(w.admin.Block(ctx, botName, "wait"))
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]?")
	w.await("a note on the block", func() bool { return strings.Contains(w.notes()["halted"], "blocked") })
	w.must(w.admin.Unblock(ctx, botName, "go on"))
	w.ahead.Store(int64(11 * time.Minute))
	w.awaits(board, "Poem")
	w.await("the note is gone", func() bool { return w.notes()["halted"] == "" })
}
