// SPDX-License-Identifier: GPL-3.0-or-later

package survey

import (
	"errors"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestTheBotIsAToolOfItsOperators(t *testing.T) {
	source := Operators("metawiki", nil, "Steward bot", []string{"ana b", "Ben"})
	s, err := source.Read(t.Context(), Reading{At: noon})
	if err != nil || len(s.Items) != 1 || s.Items[0].Name != "Steward bot" || s.Items[0].Page != "User:Steward bot" || len(s.Claims) != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	for i, want := range []string{"Ana b", "Ben"} {
		if c := s.Claims[i]; c.Holder != want || c.Standing != registry.Stated || c.Role != registry.Steward || c.Item != s.Items[0].Key {
			t.Errorf("claim %d: %+v, want %s", i, c, want)
		}
	}
	if _, err := source.Read(t.Context(), Reading{At: noon, Last: registry.SurveyState{Mark: s.Mark}}); !errors.Is(err, ErrUnchanged) {
		t.Errorf("read again: %v", err)
	}
}
