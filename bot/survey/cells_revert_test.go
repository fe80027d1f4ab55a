// SPDX-License-Identifier: GPL-3.0-or-later

package survey

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

func TestBringingBackWhatStoodConfirmsNothing(t *testing.T) {
	ana, ben := []registry.Holder{{Name: "Ana", Kind: registry.User}}, []registry.Holder{{Name: "Ben", Kind: registry.User}}
	like := registry.CellChange{Item: "gadget:metawiki:A", User: "Ana", Registered: true, Revision: 9}
	with := func(added, removed, kept []registry.Holder) registry.CellChange {
		c := like
		c.Added, c.Removed, c.Kept = added, removed, kept
		return c
	}
	nobodys := with(ana, nil, nil)
	nobodys.User = ""
	for name, c := range map[string]struct{ in, want []registry.CellChange }{
		"her own name comes back":         {[]registry.CellChange{with(ana, nil, nil)}, []registry.CellChange{nobodys}},
		"what stood beside it comes back": {[]registry.CellChange{with(nil, nil, ana)}, nil},
		"she takes a name out by it":      {[]registry.CellChange{with(ana, ben, nil)}, []registry.CellChange{with(nil, ben, nil), nobodys}},
	} {
		if diff := cmp.Diff(c.want, ofNobody(c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for tag, want := range map[string]bool{"mw-rollback": true, "mw-undo": true, "mw-manual-revert": true, "mw-reverted": false, "visualeditor": false} {
		if got := isRevert(wiki.Revision{Tags: []string{"other", tag}}); got != want {
			t.Errorf("%s is a revert: %v", tag, got)
		}
	}
}
