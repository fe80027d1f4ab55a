// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the two shares.

package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSharesAreOfTwoWholes(t *testing.T) {
	var entries []Entry
	verdicts := map[Key]Verdict{}
	add := func(key Key, listed, deployed bool, v Verdict) {
		entries = append(entries, Entry{Item: Item{Key: key, Listed: listed, Deployed: deployed}})
		verdicts[key] = v
	}
	add("extension:Both", true, true, Unassigned)
	add("extension:Owned", true, true, Owned)
	add("extension:Inactive", true, true, Inactive)
	add("extension:EmptyCell", true, true, Unknown) // listed, so not without a mention
	add("extension:ListedOnly", true, false, Unassigned)
	add("skin:ListedOnly", true, false, IndividualOnly)
	add("extension:DeployedOnly", false, true, Unknown)
	add("skin:DeployedOnly", false, true, Unknown)
	add("extension:OwnedByACell", false, true, Owned)
	add("extension:Neither", false, false, Unassigned)
	add("gadget:metawiki:X", true, true, Unassigned)
	add("tool:x", true, false, Unassigned)
	add("extension:Gone", true, true, Unassigned)
	entries[len(entries)-1].Item.Gone = at(1)

	listed, deployed := Shares(entries, func(e Entry) Verdict { return verdicts[e.Item.Key] })
	got := []string{listed.String(), deployed.String()}
	want := []string{
		"2 of 6 extensions and skins that an ownership source lists are unassigned (33 %)",
		"3 of 7 extensions and skins that the wiki runs are unassigned or not mentioned by any ownership source (43 %)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
	none, _ := Shares(nil, nil)
	if percent, ok := none.Percent(); ok || none.String() != "0 of 0 extensions and skins that an ownership source lists are unassigned" {
		t.Errorf("of nothing: %v %%, %s", percent, none)
	}
}
