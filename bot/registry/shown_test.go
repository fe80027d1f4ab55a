// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

func TestShownLeavesOutWhatTheWikiDoesNotShow(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		for i, name := range []string{"kept", "withdrawn", "hidden", "dismissed"} {
			s.record(Batch{
				Change:   detect.Change{Wiki: "metawiki", Title: "Talk:Foo", Revision: int64(i + 1), User: "Ana", Time: at(i)},
				Mentions: []detect.Mention{{Kind: detect.Tool, Name: name, Section: "A"}},
			})
		}
		read := s.view("metawiki").Mentions
		read = append(read, Mention{As: "tool:never-stored", Wiki: "metawiki", Revision: 9})
		s.withdraw(s.find("tool:withdrawn"))
		unwanted := s.find("tool:dismissed")
		if err := s.open().Dismiss(t.Context(), unwanted, "Ana", at(80)); err != nil {
			t.Fatal(err)
		}
		s.redact(s.find("tool:hidden"))
		shown, err := s.open().Shown(t.Context(), read)
		if err != nil {
			t.Fatal(err)
		}
		if len(read) != 5 || len(shown) != 1 || shown[0].As != "tool:kept" {
			t.Errorf("of %d mentions these are shown: %+v", len(read), shown)
		}
		if none, err := s.open().Shown(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("of none: %v, %v", none, err)
		}
	})
}
