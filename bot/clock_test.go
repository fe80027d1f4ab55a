// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of a clock that jumps.

package bot_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
)

func TestAClockThatJumpsTellsNobodyEarly(t *testing.T) {
	w := newWorld(t)
	var wrong atomic.Bool
	w.conf = func(c *bot.Config) {
		c.Clock = func() time.Time {
			if wrong.Load() {
				return c.Now()
			}
			return time.Now()
		}
	}
	w.edit(w.admin, configPage, strings.Replace(goodRules, `"talk": true, "settle_minutes": 0`, `"talk": true, "settle_minutes": 60`, 1))
	w.start()
	w.awaits(gadgets, "Alpha")
	w.settled()
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "| [[User:Ada]]\n", "owned")
	w.ask(w.admin, "Odd", "[[MediaWiki:Gadget-Alpha.js]] does nothing here.")
	w.awaitsLog(`"message":"found"`)
	wrong.Store(true)
	for _, jump := range []time.Duration{2 * time.Hour, -3 * time.Hour, 50 * time.Hour} {
		w.ahead.Store(int64(jump))
		w.anotherPassOn(gadgets) // tables go on
		if text := w.text("User talk:Ada"); text != "" {
			t.Fatalf("Ada was told with the clock %s off:\n%s", jump, text)
		}
	}
	w.awaitsLog("clock of this machine")
	w.ahead.Store(0)
	w.anotherPassOn(gadgets)
	if text := w.text("User talk:Ada"); text != "" {
		t.Fatalf("Ada was told before the mention had settled:\n%s", text)
	}
	wrong.Store(false)
	w.ahead.Store(int64(2 * time.Hour)) // as if so much time had passed on the wiki too
	w.anotherPassOn(gadgets)
	w.awaits("User talk:Ada", "Alpha was mentioned")
}
