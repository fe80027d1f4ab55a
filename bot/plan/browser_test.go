// SPDX-License-Identifier: GPL-3.0-or-later

package plan_test

import (
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/web/browsertest"
)

// openWiki shows a page of a wiki in a window of a width, with its scripts. One of
// them that did not come once, on a busy machine, comes with another try.
func openWiki(t *testing.T, b *browsertest.Browser, address string, width int) {
	t.Helper()
	for range 5 {
		b.Open(address, width, 800, false)
		var ready bool
		b.Value(`(async () => {
			const there = () => window.mw && mw.loader && mw.loader.using;
			for (let i = 0; i < 300 && !there(); i++) { await new Promise(r => setTimeout(r, 50)) }
			if (there()) { await mw.loader.using('jquery'); await document.fonts.ready }
			return Boolean(there()) })()`, &ready)
		if ready {
			return
		}
	}
	t.Fatalf("open %s: its scripts do not come", address)
}
