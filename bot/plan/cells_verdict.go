// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a verdict looks, and the day of the last change.

package plan

import (
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// colour is a design token of Codex, which follows the skin and its dark mode,
// and what stands for it where the skin has none:
// https://doc.wikimedia.org/codex/latest/design-tokens/color.html.
type colour struct{ token, otherwise string }

func (c colour) String() string { return fmt.Sprintf("var(--%s,%s)", c.token, c.otherwise) }

// ink is the colour of text on every ground.
var ink = colour{"color-base", "#202122"}

// look is how a verdict is shown: the ground of its cell, and its part of the
// bar of shares. The word is always there, the colour never alone.
type look struct{ ground, bar colour }

// The grounds have a contrast of at least 7:1 to the ink.
var looks = map[registry.Verdict]look{
	registry.Owned:           {colour{"background-color-success-subtle", "#dff2eb"}, colour{"border-color-success", "#177860"}},
	registry.IndividualOnly:  {colour{"background-color-progressive-subtle", "#eaf3ff"}, colour{"border-color-progressive", "#36c"}},
	registry.UnconfirmedOnly: {colour{"background-color-warning-subtle", "#fef6e7"}, colour{"border-color-warning", "#ab7f2a"}},
	registry.Inactive:        {colour{"background-color-warning-subtle", "#fdf2d5"}, colour{"border-color-warning", "#ab7f2a"}},
	registry.InDispute:       {colour{"background-color-warning-subtle", "#fdf2d5"}, colour{"border-color-warning", "#ab7f2a"}},
	registry.Unassigned:      {colour{"background-color-error-subtle", "#ffe9e5"}, colour{"border-color-error", "#d73333"}},
	registry.Unknown:         {colour{"background-color-neutral", "#eaecf0"}, colour{"border-color-base", "#a2a9b1"}},
}

// verdictStyle is the attribute of a verdict's cell.
func verdictStyle(v registry.Verdict) string {
	return fmt.Sprintf(`style="background:%s;color:%s"`, looks[v].ground, ink)
}

// changed gives the day of the item's last change, linked to it.
func changed(item registry.Item) string {
	day := item.Changed.UTC().Format(time.DateOnly)
	if item.ChangedRevision == 0 {
		return day
	}
	return fmt.Sprintf("[[Special:Diff/%d|%s]]", item.ChangedRevision, day)
}
