// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that pages whose markers are damaged are left alone,
// whatever the damage, and that people are told what to do.

package plan_test

import (
	"errors"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestADamagedRegionIsLeftAlone(t *testing.T) {
	table := plan.NewTable(plan.Input{Site: site, Rules: rules(t, allRules), View: view(), Now: now}, rules(t, allRules).Tables[0])
	good := "Above.\n" + apply(t, table, "") + "\nBelow."
	start, end, ok := bounds("gadgets", good)
	if !ok {
		t.Fatal(good)
	}
	begin := good[strings.LastIndexByte(good[:start-1], '\n')+1 : start]
	finish := "<!-- codesteward end gadgets -->"
	table.State = registry.PageHeld
	table.Rows = table.Rows[1:]
	mended, err := table.Apply(good)
	if err != nil || mended == good {
		t.Fatal(err)
	}
	for _, d := range damages("gadgets", begin, good[start:end], finish) {
		bad := good[:start-len(begin)] + d.bad + good[end+len(finish):]
		got, err := table.Apply(bad)
		var region *wikitext.RegionError
		var gone *plan.GoneError
		if !errors.As(err, &region) && !errors.As(err, &gone) {
			t.Errorf("%s: %v\n%s\n\nbecame\n%s", d.what, err, bad, got)
			continue
		}
		if !strings.Contains(err.Error(), "gadgets") && !strings.Contains(err.Error(), "region other") {
			t.Errorf("%s: the reason does not name the region: %s", d.what, err)
		}
		if !strings.Contains(err.Error(), "put them back") && !strings.Contains(err.Error(), "on a line of its own") {
			t.Errorf("%s: nobody is told what to do: %s", d.what, err)
		}
		if again, err := table.Apply(good); err != nil || again != mended {
			t.Errorf("%s: after the repair: %v", d.what, err)
		}
	}
}

// In a cell of a table a region can stand as anywhere else.
func TestARegionInACellKeepsWhatIsAroundIt(t *testing.T) {
	table := plan.NewTable(plan.Input{Site: site, Rules: rules(t, allRules), View: view(), Now: now}, rules(t, allRules).Tables[0])
	before := "{|\n| a\n|\n" + apply(t, table, "") + "\n| b\n|}"
	table.State = registry.PageHeld
	table.Rows = table.Rows[1:]
	after, err := table.Apply(before)
	if err != nil {
		return // as good
	}
	start, end, _ := bounds("gadgets", before)
	from, to, ok := bounds("gadgets", after)
	if !ok || before[:start] != after[:from] || before[end:] != after[to:] {
		t.Errorf("%s\n\nbecame\n%s", before, after)
	}
}
