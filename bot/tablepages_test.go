// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of a table that needs several pages.

package bot_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestALongTableStandsOnSeveralPagesAndRowsStayWhereTheyAre(t *testing.T) {
	w := newWorld(t)
	var definition strings.Builder
	for i := range 45 {
		fmt.Fprintf(&definition, "* Long%02d[ResourceLoader]|Long.js\n", i)
	}
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition.String())
	w.edit(w.admin, configPage, strings.ReplaceAll(strings.Replace(goodRules, `"kinds": ["gadget"]`, `"kinds": ["gadget"], "page_size": 20`, 1), `"version": 1`, `"version": 2, "enabled": true`))
	w.start()
	w.awaits(gadgets, "Long00", "Long19")
	w.awaits(gadgets+"/2", "Long20", "Long39")
	w.awaits(gadgets+"/3", "Long40", "Long44")

	w.adoptOn(w.ada, gadgets+"/2", "Long25", "[[User:Ada]]")
	w.awaits(gadgets+"/2", "confirmed")

	w.edit(w.admin, "MediaWiki:Gadgets-definition", "* Aaa[ResourceLoader]|Long.js\n"+definition.String())
	w.awaits(gadgets+"/3", "Aaa")
	all := w.text(gadgets) + w.text(gadgets+"/2") + w.text(gadgets+"/3")
	if n := strings.Count(all, "\n|- id="); n != 46 {
		t.Errorf("%d rows on all pages, want 46", n)
	}
	if !strings.Contains(w.text(gadgets+"/2"), "| [[User:Ada]]") {
		t.Errorf("the steward's name has moved:\n%s", w.text(gadgets+"/2"))
	}
}
