// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is known of pages.

package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatesOfPages(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		if v := s.view("metawiki"); v.Pages == nil || len(v.Pages) > 0 {
			t.Errorf("before any: %v", v.Pages)
		}
		for _, p := range []struct {
			wiki, name string
			state      PageState
		}{
			{"metawiki", "A#x", PageHeld}, {"metawiki", "A#y", PageHeld}, {"metawiki", "B#x", PageHeld}, {"dewiki", "A#x", PageHeld},
			{"metawiki", "A#x", PageGone}, {"metawiki", "B#x", ""}, {"metawiki", "never#x", ""},
		} {
			if err := s.open().SetPage(t.Context(), p.wiki, p.name, p.state); err != nil {
				t.Fatal(err)
			}
		}
		for wiki, want := range map[string]map[string]PageState{
			"metawiki": {"A#x": PageGone, "A#y": PageHeld},
			"dewiki":   {"A#x": PageHeld},
		} {
			if diff := cmp.Diff(want, s.view(wiki).Pages); diff != "" {
				t.Errorf("pages of %s (-want +got):\n%s", wiki, diff)
			}
		}
	})
}
