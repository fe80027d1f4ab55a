// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a verdict looks, and how its reason is written with
// links to the evidence.

package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
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

// evidence is a place that a reason names.
type evidence struct {
	named string // as the reason names it
	link  string // wikitext
}

// why gives the reason for the verdict. Where it names a revision of a page on
// this wiki, the name is a link to it, with the day on which that was written.
func why(in Input, claims []registry.Claim, opinion registry.Opinion) string {
	var places []evidence
	for _, c := range claims {
		e := c.Evidence
		if e.Wiki != in.Site.Wiki || e.Revision == 0 {
			continue
		}
		named := fmt.Sprintf("%s, revision %d", e.Page, e.Revision)
		link := fmt.Sprintf("[[Special:PermanentLink/%d|%s]]", e.Revision, wikitext.Escape(named))
		if !e.Time.IsZero() {
			link += " (" + e.Time.UTC().Format(time.DateOnly) + ")"
		}
		places = append(places, evidence{named, link})
	}
	// The longest first: revision 12 begins like revision 123. Of one revision
	// that several claims rest on, the first names the day.
	slices.SortStableFunc(places, func(a, b evidence) int { return cmp.Compare(len(b.named), len(a.named)) })
	var b strings.Builder
	for rest := opinion.Ground; rest != ""; {
		at, first := len(rest), evidence{}
		for _, p := range places {
			if i := strings.Index(rest, p.named); i >= 0 && i < at {
				at, first = i, p
			}
		}
		b.WriteString(wikitext.Escape(rest[:at]))
		b.WriteString(first.link)
		rest = rest[at+len(first.named):]
	}
	return b.String()
}

// changed gives the day of the item's last change, linked to it.
func changed(item registry.Item) string {
	if item.Changed.IsZero() {
		return ""
	}
	day := item.Changed.UTC().Format(time.DateOnly)
	if item.ChangedRevision == 0 {
		return day
	}
	return fmt.Sprintf("[[Special:Diff/%d|%s]]", item.ChangedRevision, day)
}
