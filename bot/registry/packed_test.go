// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsPackedComesOutAsItWas(t *testing.T) {
	rows := []presence{
		{},
		{wiki: "metawiki", source: "gadgets", item: Item{
			Key: "gadget:metawiki:A", Name: "A", Page: "MediaWiki:Gadget-A", URL: "https://a", Section: "s", Deployed: true,
			Changed: at(3), ChangedRevision: 7,
		}},
		{wiki: "metawiki", source: "toolhub", item: Item{
			Key: "tool:a", Name: "A", Listed: true, Default: true, Aliases: []string{"b", "c"}, Gone: at(4), Details: Details{Title: "T", Keywords: []string{"k"}},
		}},
	}
	items := packItems(rows)
	for i, want := range rows {
		if diff := cmp.Diff(want, items.at(i), cmp.AllowUnexported(presence{})); diff != "" || items.key(i) != want.item.Key {
			t.Errorf("row %d (-want +got):\n%s", i, diff)
		}
	}
	claims := []storedClaim{
		{},
		{id: 9, wiki: "metawiki", Claim: Claim{
			Item: "tool:a", Role: Steward, Holder: "Ana", HolderKind: User, Standing: Confirmed, Superseded: at(9),
			Evidence: Evidence{Source: "cells", Wiki: "dewiki", Page: "P", Revision: 5, User: "Ben", Time: at(2)},
		}},
		{id: 10, wiki: "metawiki", Claim: Claim{Item: "tool:a", Role: Maintainer, Holder: "P", HolderKind: Team, Standing: Stated}},
	}
	packed := packClaims(claims)
	for i, want := range claims {
		if diff := cmp.Diff(want, packed.at(i), cmp.AllowUnexported(storedClaim{})); diff != "" || packed.item(i) != want.Item {
			t.Errorf("claim %d (-want +got):\n%s", i, diff)
		}
	}
	if n := len(packed.text); n > len("metawikitool:astewardAnauserconfirmedcellsdewikiPBenmaintainerteamstated") {
		t.Errorf("texts that are the same stand more than once: %q", packed.text)
	}
}
