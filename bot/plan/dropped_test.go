// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of regions that leave the rules.

package plan_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestRegionsThatTheRulesNameNoLongerAreFound(t *testing.T) {
	v := view()
	v.Pages = map[string]registry.PageState{
		"Project:Gadgets#gadgets": registry.PageHeld, "Project:Old#gadgets": registry.PageHeld, "Project:Gadgets#old": registry.PageHeld,
		"Project:Gadgets/2#gadgets": registry.PageHeld, "Project:Gadgets/3#gadgets": registry.PageHeld, "Project:Old/2#gadgets": registry.PageHeld,
		"Project:Gone#x": registry.PageGone, "User:Steward bot/config report#report": registry.PageHeld, "User:Steward bot/status#status": registry.PageHeld,
		"Project:Noticeboard#noticeboard": registry.PageHeld,
	}
	in := plan.Input{Site: site, Rules: rules(t, allRules), View: v, Now: now}
	standing, gone := plan.Dropped(in)
	if !slices.Equal(standing, []string{"Project:Gadgets#old", "Project:Old#gadgets", "Project:Old/2#gadgets"}) || !slices.Equal(gone, []string{"Project:Gone#x"}) {
		t.Errorf("got %q and %q", standing, gone)
	}
	in.Rules = nil
	if standing, gone := plan.Dropped(in); standing != nil || gone != nil {
		t.Errorf("without rules %q and %q are dropped", standing, gone)
	}
}

func TestARegionThatIsDroppedSaysSoOnceAndIsWholeAgainWhenItIsBack(t *testing.T) {
	planned := pages(t, view())
	for title, name := range map[string]string{"Project:Gadgets": "Project:Gadgets#gadgets", "Project:Noticeboard": "Project:Noticeboard#noticeboard"} {
		before, err := planned[title].Create()
		if err != nil {
			t.Fatal(err)
		}
		before = "Ours.\n" + before + "\nOurs too."
		dropped, err := plan.DroppedPage(plan.Input{Site: site}, name, 12).Apply(before)
		if err != nil || strings.Count(dropped, "not kept up any more") != 1 || !strings.HasPrefix(dropped, "Ours.\n") {
			t.Fatalf("got %v\n%s", err, dropped)
		}
		if twice, err := plan.DroppedPage(plan.Input{Site: site}, name, 13).Apply(dropped); err != nil || twice != dropped {
			t.Errorf("told twice: %v\n%s", err, twice)
		}
		if back, err := planned[title].Apply(dropped); err != nil || back != before {
			t.Errorf("it comes back as %v\n%s", err, back)
		}
		var gone *plan.GoneError
		if _, err := plan.DroppedPage(plan.Input{Site: site}, name, 12).Apply("Ours."); !errors.As(err, &gone) {
			t.Errorf("without the region: %v", err)
		}
	}
}
