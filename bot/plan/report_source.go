// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the report page says of a source.

package plan

import (
	"cmp"
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// SourceTrouble says in sentences what is wrong with a source, nothing if all is
// well. Held says how much the answer names that is held, "" if that is not known.
func SourceTrouble(s registry.SurveyState, held string) []string {
	stays := "It was never read before."
	if !s.Read.IsZero() {
		stays = fmt.Sprintf("What it said on %s stays in force; it is stale since then.", since(s.Read))
	}
	var out []string
	if !s.Failed.IsZero() {
		out = append(out, fmt.Sprintf("The source %s cannot be read since %s: %s. %s", s.Source, since(s.Failed), s.Reason, stays))
	}
	if !s.Held.IsZero() {
		out = append(out, fmt.Sprintf("The source %s named far less than before on %s: %s. That is held until a second reading agrees. %s",
			s.Source, since(s.Held), cmp.Or(held, count(s.HeldItems, "item")), stays))
	}
	return out
}
