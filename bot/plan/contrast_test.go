// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that pages can be read by day and by night, where a
// skin has the colours of Codex.

package plan_test

import (
	"regexp"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// tokens are the colours of Codex 2.4 by day and by night:
// https://doc.wikimedia.org/codex/latest/design-tokens/color.html.
var tokens = map[string][2]string{
	"color-base":                          {"#202122", "#eaecf0"},
	"background-color-base":               {"#ffffff", "#101418"},
	"background-color-success-subtle":     {"#dff2eb", "#132821"},
	"background-color-progressive-subtle": {"#e8eeff", "#1b223d"},
	"background-color-warning-subtle":     {"#fdf2d5", "#2d2212"},
	"background-color-error-subtle":       {"#ffe9e5", "#3c1a13"},
	"background-color-neutral":            {"#eaecf0", "#27292d"},
	"border-color-base":                   {"#a2a9b1", "#72777d"},
	"border-color-success":                {"#099979", "#099979"},
	"border-color-warning":                {"#ab7f2a", "#ab7f2a"},
	"border-color-error":                  {"#f54739", "#f54739"},
	"border-color-progressive":            {"#6485d1", "#6485d1"},
}

func TestPagesCanBeReadByDayAndByNight(t *testing.T) {
	in := plan.Input{Site: site, Rules: rules(t, sceneRules), View: sceneView(), Now: now}
	var text string
	for _, c := range in.Rules.Tables {
		text += apply(t, plan.NewTable(in, c), "")
	}
	texts := regexp.MustCompile(`style="background:var\(--([a-z-]+),#[0-9a-f]+\);color:var\(--([a-z-]+),#[0-9a-f]+\)" \|`)
	bars := regexp.MustCompile(`flex:\d+;margin-inline-end:1px;background:var\(--([a-z-]+),#[0-9a-f]+\)`)
	seen := map[string]bool{}
	for night, scheme := range []string{"by day", "by night"} {
		colour := func(token string) string {
			if tokens[token][0] == "" {
				t.Fatalf("%s is no token that is known here", token)
			}
			seen[token] = true
			return tokens[token][night]
		}
		for _, m := range texts.FindAllStringSubmatch(text, -1) {
			if c := contrast(t, colour(m[1]), colour(m[2])); c < 7 {
				t.Errorf("%s on %s %s: %.1f:1", m[2], m[1], scheme, c)
			}
		}
		for _, m := range bars.FindAllStringSubmatch(text, -1) {
			// What is unknown is the rest of the bar, drawn like its edge.
			if c := contrast(t, colour(m[1]), colour("background-color-base")); c < 3 && m[1] != "border-color-base" {
				t.Errorf("the part %s of the bar %s: %.1f:1", m[1], scheme, c)
			}
		}
	}
	if len(seen) < 11 {
		t.Errorf("only %v of the verdicts %v", seen, registry.Verdicts)
	}
	if colours := regexp.MustCompile(`(?:color|background|border)[a-z-]*:[^;"]*#`).FindAllString(regexp.MustCompile(`var\([^()]*\)`).ReplaceAllString(text, ""), -1); len(colours) > 0 {
		t.Errorf("colours that know no night: %q", colours)
	}
}
