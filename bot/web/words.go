// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the templates say in words: times, numbers, verdicts.

package web

import (
	"fmt"
	"html/template"
	"maps"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// marks tell verdicts apart by shape, for those who do not see their colours.
var marks = map[string]string{
	string(registry.Owned): "●", string(registry.IndividualOnly): "◐", string(registry.UnconfirmedOnly): "◔", string(registry.Inactive): "◌",
	string(registry.InDispute): "≠", string(registry.Unassigned): "○", string(registry.Unknown): "?",
}

// meanings say what the verdicts mean.
var meanings = map[string]string{
	string(registry.Owned):           "A steward has confirmed it, or a source states one.",
	string(registry.IndividualOnly):  "There is no steward; a source names somebody who maintains it.",
	string(registry.UnconfirmedOnly): "Somebody is named who has not confirmed it.",
	string(registry.Inactive):        "Nobody can tell whether its stewards still answer.",
	string(registry.InDispute):       "A steward was taken out by somebody else and has not answered yet.",
	string(registry.Unassigned):      "A source says that it has no steward.",
	string(registry.Unknown):         "No source says anything about who looks after it.",
}

// standings say what the standings of a claim mean.
var standings = map[string]string{
	string(registry.Confirmed): "confirmed by themself", string(registry.Stated): "stated by the source",
	string(registry.Unconfirmed): "named, not confirmed", string(registry.Suggested): "suggested without an account",
	string(registry.Disputed): "taken out by somebody else",
}

var kindWords = map[string]string{
	"extension": "extension", "skin": "skin", "gadget": "gadget", "userscript": "user script", "tool": "tool",
}

var modeWords = map[Mode]string{
	NoRules: "There are no valid rules yet: the bot writes nothing but its report.",
	Preview: "The rules are not enabled: the bot previews and writes no other page.",
	Trial:   "A trial: the rules let the bot make some edits.",
	DryRun:  "The operator runs the bot without letting it save anything.",
	Live:    "The bot keeps the pages that the rules name.",
}

// functions are those that the templates call.
func (s *Site) functions() template.FuncMap {
	lookUp := func(m map[string]string) func(string) string {
		return func(key string) string {
			if text := m[key]; text != "" {
				return text
			}
			return key
		}
	}
	return template.FuncMap{
		"mark": lookUp(marks), "meaning": lookUp(meanings), "standing": lookUp(standings), "kind": lookUp(kindWords),
		"mode":    func(m Mode) string { return modeWords[m] },
		"ago":     ago,
		"day":     func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") },
		"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"number":  number10,
		"count":   countOf,
		"query":   params,
		"join":    strings.Join,
		"page":    func(w Wiki, title string) address { return s.clean.link(w.page(title)) },
		"change":  func(w Wiki, id int64) address { return s.clean.link(w.change(id)) },
		"rule":    func(w Wiki) address { return s.clean.link(w.revision(w.Rules.Revision, w.ConfigPage)) },
		"user":    func(w Wiki, name string) address { return s.clean.link(w.page("User:" + name)) },
		"turn":    turn,
		"add":     func(a, b int) int { return a + b },
		"parts":   func(pairs ...any) map[string]any { return parts(pairs) },
		"unit":    func(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) },
		"last":    func(w Wiki) time.Time { return w.lastEdit() },
		"stopped": func(w Wiki) bool { return w.stopped() },
		"held":    func(w Wiki) int { return len(w.Waiting) + len(w.Refused) },
		"health":  func(s State) string { return string(s.health()) },
		"some":    func(list []Wiki, n int) []Wiki { return list[:min(n, len(list))] },
		"holders": func(h hit) []string { return h.holders("steward") },
		"metric":  func(m string) string { return strings.ReplaceAll(m, "_", " ") },
	}
}

// turn is the address of another page of the same search.
func turn(s search, page int) string {
	n := ""
	if page > 1 {
		n = strconv.Itoa(page)
	}
	return "/items" + params("q", s.Text, "wiki", s.Wiki, "kind", s.Kind, "verdict", s.Verdict, "page", n)
}

// parts makes a map of names and values, for a template within a template.
func parts(pairs []any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return maps.Clone(m)
}

// number10 writes a number with spaces between thousands.
func number10(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

// countOf writes a number with its noun: "1 item", "3 items".
func countOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number10(n) + " " + noun + "s"
}

// ago says how long before now a time was, in the biggest unit that gives at
// least two.
func ago(now, t time.Time) string {
	d := now.Sub(t)
	switch {
	case d < -time.Minute:
		return "in " + length(-d)
	case d < 5*time.Second:
		return "just now"
	}
	return length(d) + " ago"
}

func length(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*365*day:
		return fmt.Sprintf("%d years", d/(365*day))
	case d >= 60*day:
		return fmt.Sprintf("%d months", d/(30*day))
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}
