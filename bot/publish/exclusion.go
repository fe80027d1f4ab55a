// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds {{bots}} and {{nobots}}: how a page says that bots should
// leave it alone. Implementations differ; this is the strictest reading of
// them all, so any template that any of them would obey is obeyed.

package publish

import (
	"regexp"
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
	site := wikitext.DefaultSite()
	if by := excludedIn(site.Parse(text), bot); by != "" {
		return by
	}
	return excludedIn(site.ParseTransclusion(text), bot) // also what is in includeonly
}

func excludedIn(doc *wikitext.Document, bot string) string {
	found := 0
	for t := range doc.Templates() {
		if denies(t, bot) {
			return "{{" + strings.TrimSpace(t.Name) + "}}"
		}
		if isExclusion(t.Name) {
			found++
		}
	}
	if len(begun.FindAllString(doc.Masked(), -1)) > found {
		return "{{bots}} or {{nobots}} in a way that cannot be read"
	}
	return ""
}

// begun finds where an exclusion template begins, closed or not.
var begun = regexp.MustCompile(`(?i)\{\{\s*(template\s*:\s*)?(no)?bots\s*($|[|}])`)

func isExclusion(name string) bool {
	name = strings.TrimPrefix(fold(name), "template:")
	return name == "bots" || name == "nobots"
}

// denies reads one template.
func denies(t wikitext.Template, bot string) bool {
	if !isExclusion(t.Name) {
		return false
	}
	us := []string{"all", fold(bot)}
	allowed, listed := false, false
	for a := range t.Args() {
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
	if strings.HasSuffix(fold(t.Name), "nobots") {
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
