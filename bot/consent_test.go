// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what people say on the sign-up and the opt-out page, on a real
// wiki: who is told then, who is not, and what stands on the log.

package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	signUps    = "Test Wiki:Sign-up"
	optOuts    = "Test Wiki:No messages"
	messageLog = "Test Wiki:Message log"

	consentRules = `{
	"version": 2, "enabled": true, "limits": {"per_minute": 200, "per_hour": 2000, "per_day": 5000, "per_page_hour": 500},
	"watch": {"namespaces": [1, 3, 5]},
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"], "min_interval_minutes": 0},
		{"id": "tools", "page": "Project:Tools", "kinds": ["tool"], "min_interval_minutes": 0}
	],
	"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 0},
	"notices": {"talk": true, "settle_minutes": 0, "per_person_day": 10, "per_wiki_day": 100,
		"sign_up": "project:Sign-up", "opt_out": "Project:No messages", "log": "Project:Message log"}
}`
)

func newConsentWorld(t *testing.T) *world {
	w := newWorld(t)
	w.edit(w.admin, configPage, consentRules)
	w.edit(w.admin, signUps, "Sign up here.\n")
	w.edit(w.admin, optOuts, "Who is here gets no messages.\n")
	w.conf = func(c *bot.Config) { c.Wikis[0].Operators = []string{"Admin"} }
	return w
}

// TestSigningUpAndOptingOut goes through what one line each does.
func TestSigningUpAndOptingOut(t *testing.T) {
	w := newConsentWorld(t)
	w.start()
	w.settled()
	w.awaits("Test Wiki:Tools", botName, "User:Admin", "owned")

	w.edit(w.ada, signUps, "Sign up here.\n* [[User:Ada]]: gadget:Alpha, Beta; looking for a co-maintainer; montly\n")
	w.awaits(gadgets, "confirmed in", signUps, "owned")
	w.awaits(reportPage, "“montly”", "weekly", signUps)
	w.ask(w.admin, "Alpha", "[[MediaWiki:Gadget-Alpha.js]] is slow.")
	w.awaits("User talk:Ada", "Alpha")
	w.awaits(messageLog, "[[User:Ada|Ada]] was told of", "Special:Diff/")

	// Somebody else says no for her, and asks in the next moment.
	w.edit(w.admin, optOuts, "Who is here gets no messages.\n* {{u|Ada}} asked me to write this [[User:Admin|Admin]] ([[User talk:Admin|talk]]) 12:00, 20 May 2026 (UTC)\n")
	w.ask(w.admin, "Beta", "[[MediaWiki:Gadget-Beta.js]] is slow.")
	w.await("the reason is on record", func() bool { return w.withheld("opted-out") })
	if text := w.text("User talk:Ada"); strings.Contains(text, "Beta") {
		t.Errorf("she was told though she wants no messages:\n%s", text)
	}
	w.ahead.Add(int64(61 * 60 * 1e9)) // the next hour
	w.edit(w.admin, "Talk:Tick", "x")
	w.awaits(messageLog, "[[User:Ada|Ada]] was not told of", "wants no messages")

	// Somebody else takes her out; she answers with a date.
	w.edit(w.admin, signUps, "Sign up here.\n")
	w.awaits(gadgets, "disputed")
	w.edit(w.admin, signUps, "Sign up here.\n* [[User:Ada]]: gadget:Alpha, Beta\n")
	w.edit(w.ada, signUps, "Sign up here.\n* [[User:Ada]] 2026-05-20: gadget:Alpha, Beta\n")
	w.await("she is the steward again", func() bool {
		text := w.text(gadgets)
		return !strings.Contains(text, "disputed") && strings.Contains(text, "confirmed in") && strings.Contains(text, signUps)
	})
	// Stepping down is hers, at once.
	w.edit(w.ada, signUps, "Sign up here.\n")
	w.await("nobody is the steward", func() bool { return !strings.Contains(w.text(gadgets), signUps) })
}

// withheld reports whether the registry has a reason for a message that was not
// sent.
func (w *world) withheld(reason string) (found bool) {
	w.Helper()
	w.registry(func(ctx context.Context, reg *registry.Registry) {
		view, err := reg.View(ctx, registry.Query{Wiki: w.wiki.DB, Now: time.Now(), Told: time.Unix(1, 0)})
		w.must(err)
		for _, told := range view.Told {
			found = found || told.Withheld == reason
		}
	})
	return found
}
