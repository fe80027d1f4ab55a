// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that the colours can be told apart, by the formula of
// WCAG 2.2.

package web

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// palettes are the colours of the style sheet by name: by day and by night.
func palettes(t *testing.T) (day, night map[string]string) {
	t.Helper()
	text, err := files.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, rest, ok := strings.Cut(string(text), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("there is no night")
	}
	dark, _, _ := strings.Cut(rest, "\n}\n")
	read := func(css string) map[string]string {
		found := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
			found[m[1]] = m[2]
		}
		return found
	}
	return read(light), read(dark)
}

// luminance is the relative luminance of a colour such as "#fbfaf7".
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var rgb [3]int
	if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		t.Fatalf("colour %q: %v", colour, err)
	}
	linear := func(n int) float64 {
		c := float64(n) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb[0]) + 0.7152*linear(rgb[1]) + 0.0722*linear(rgb[2])
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestColoursHaveContrast(t *testing.T) {
	if c := contrast(t, "#ffffff", "#000000"); math.Abs(c-21) > 0.01 {
		t.Fatalf("white on black has a contrast of %.2f", c)
	}
	if c := contrast(t, "#777777", "#ffffff"); c >= 4.5 || c < 4.4 {
		t.Fatalf("#777 on white has a contrast of %.2f", c)
	}
	day, night := palettes(t)
	if len(day) < 15 || len(day) != len(night) {
		t.Fatalf("%d colours by day, %d by night", len(day), len(night))
	}
	for when, p := range map[string]map[string]string{"day": day, "night": night} {
		check := func(ink, paper string, least float64) {
			if c := contrast(t, p[ink], p[paper]); c < least {
				t.Errorf("by %s %s on %s has a contrast of %.2f, want %.1f", when, ink, paper, c, least)
			}
		}
		for _, paper := range []string{"paper", "card"} {
			for _, ink := range []string{"ink", "soft", "link", "warn-ink", "good-ink"} {
				check(ink, paper, 4.5)
			}
			check("edge", paper, 3) // the borders of fields
			check("accent", paper, 3)
			for _, v := range registry.Verdicts { // their marks and bars; the word stands beside
				check(string(v), paper, 3)
			}
		}
		check("accent-ink", "accent", 4.5)
		check("warn-ink", "warn-paper", 4.5)
		check("ink", "warn-paper", 4.5)
		check("link", "warn-paper", 4.5)
		check("good-ink", "good-paper", 4.5)
	}
}

// A verdict has a word and a mark of its own, so that nobody needs its colour.
func TestVerdictsAreNeverAColourAlone(t *testing.T) {
	var seen []string
	for _, v := range registry.Verdicts {
		m := marks[string(v)]
		if m == "" || slices.Contains(seen, m) || meanings[string(v)] == "" {
			t.Errorf("%s has the mark %q and means %q", v, m, meanings[string(v)])
		}
		seen = append(seen, m)
	}
	page := show(t, newSite(t, newWorld()), "/items")
	for _, m := range regexp.MustCompile(`<span class="verdict ([a-z-]+)"><span class="mark" aria-hidden="true">([^<]+)</span>([^<]+)</span>`).FindAllStringSubmatch(page, -1) {
		if m[1] != m[3] || marks[m[1]] != m[2] {
			t.Errorf("a verdict is shown as %q", m[0])
		}
	}
}
