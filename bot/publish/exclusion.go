// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds {{bots}} and {{nobots}}: how a page says that bots should
// leave it alone. Implementations differ; this is the strictest reading of
// them all, so any template that any of them would obey is obeyed.

package publish

import (
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// messageCodes are the values of optout= that mean this bot's messages.
var messageCodes = []string{"all", "stewardship", "stewardship-ping", "toolstatus"}

// excluded returns the template on a page that keeps the bot off it, "" where
// there is none. Templates in comments and nowiki do not count; of several, any
// that denies is enough.
func excluded(text, bot string) string {
	for _, t := range wikitext.Parse(text).Templates() {
		if denies(t, bot) {
			return "{{" + strings.TrimSpace(t.Name) + "}}"
		}
	}
	return ""
}

// denies reads one template.
func denies(t wikitext.Template, bot string) bool {
	name := strings.TrimPrefix(fold(t.Name), "template:")
	if name != "bots" && name != "nobots" {
		return false
	}
	us := []string{"all", fold(bot)}
	allowed, listed := false, false
	for _, a := range t.Args {
		names := values(a.Value)
		switch fold(a.Name) {
		case "allow":
			listed = listed || len(names) > 0
			allowed = allowed || intersect(names, us)
		case "deny":
			if intersect(names, us) {
				return true
			}
		case "optout":
			if intersect(names, messageCodes) {
				return true
			}
		}
	}
	if name == "nobots" {
		return !allowed
	}
	return listed && !allowed
}

// values splits a list argument.
func values(s string) []string {
	var names []string
	for _, v := range strings.Split(s, ",") {
		if v = fold(v); v != "" {
			names = append(names, v)
		}
	}
	return names
}

func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(s, "_", " ")), " "))
}

func intersect(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
