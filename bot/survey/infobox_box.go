// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the infobox on the page of an extension or a skin says.

package survey

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// infobox is what one {{Extension}} or {{Skin}} says.
type infobox struct {
	registry.Details
	aliases []string
	// maintainers are the accounts that the parameter maintainer links to.
	maintainers []string
	// unmaintained says that the status is that word: the page says itself that
	// nobody looks after it.
	unmaintained bool
}

// statuses are the values that the templates know; any other is shown as unknown.
var statuses = []string{"unstable", "experimental", "beta", "stable", "unknown", "unmaintained", "obsolete", "archive", "archived", "magic"}

// readInfobox reads the infobox on a page: the first template of one of those
// names, upper-case letters and language subpages aside, that does not stand in
// another. ok is false where there is none.
func readInfobox(on *wikitext.Site, text string, kind detect.Kind, names map[string]bool) (box infobox, ok bool) {
	for t := range on.Parse(text).Templates() {
		if !names[templateName(t.Name)] && !(templateName(t.Name) == "tnt" && names[templateName(argument(t, "1"))]) {
			continue
		}
		if !ok || !t.Inside {
			box, ok = newInfobox(on, kind, t), true
		}
		if !t.Inside {
			break
		}
	}
	return box, ok
}

// templateName is what tells templates apart: "Template:Extension/de" and
// "extension" are the same.
func templateName(name string) string {
	name = strings.ToLower(wikitext.NormalizeTitle(name))
	name = strings.TrimSpace(strings.TrimPrefix(name, "template:"))
	name, _, _ = strings.Cut(name, "/")
	return name
}

func newInfobox(on *wikitext.Site, kind detect.Kind, t wikitext.Template) infobox {
	get := func(name string) string { return argument(t, name) }
	status := strings.ToLower(aName(get("status")))
	if status != "" && !slices.Contains(statuses, status) {
		status = "unknown"
	}
	box := infobox{
		Details: registry.Details{
			Description: plainText(get("description"), maxSentence),
			Status:      status,
			Licence:     aName(get("license")),
			Docs:        address(on, get("help")),
		},
		unmaintained: status == "unmaintained",
	}
	add := func(name string) {
		if name != "" && len(name) <= maxWords && !slices.Contains(box.aliases, name) && len(box.aliases) < maxNamed {
			box.aliases = append(box.aliases, name)
		}
	}
	add(aName(get("name")))
	address, project := repository(kind, get("repo"))
	box.Repository = address
	add(project)
	if slug := strings.TrimPrefix(aName(get("phabricator")), "#"); phabricatorSlug.MatchString(slug) {
		add(slug)
	}

	users, hints := whoIs(on, get("maintainer"))
	box.maintainers = users
	for _, more := range [][]string{hints, people(get("username")), people(get("author"))} {
		for _, name := range more {
			if !slices.Contains(box.Authors, name) && len(box.Authors) < maxNamed {
				box.Authors = append(box.Authors, name)
			}
		}
	}
	return box
}

// argument is the value of a template's argument without comments, "" where
// there is none. Upper and lower case do not count in its name.
func argument(t wikitext.Template, name string) string {
	value := ""
	for a := range t.Args() {
		if strings.EqualFold(a.Name, name) {
			value = a.Value
		}
	}
	return strings.TrimSpace(comment.ReplaceAllString(value, ""))
}

var comment = regexp.MustCompile(`(?s)<!--.*?(-->|$)`)

// whoIs divides a list of people into the accounts that it links to and the
// names that are text only.
func whoIs(on *wikitext.Site, raw string) (users, hints []string) {
	for _, h := range holders(raw, on) {
		switch name := oneLine(h.Name); {
		case name == "" || len(name) > maxWords || len(users)+len(hints) == maxNamed:
		case h.Kind == registry.User:
			users = append(users, h.Name)
		default:
			hints = append(hints, name)
		}
	}
	return users, hints
}

var (
	repositoryName  = regexp.MustCompile(`^[\w][\w.-]*(/[\w][\w.-]*)*$`)
	phabricatorSlug = regexp.MustCompile(`^[\w][\w.()-]*$`)
)

// repository reads the parameter for the code: an address, the whole name of a
// project, or the name that it has among the extensions or skins.
func repository(kind detect.Kind, raw string) (address, project string) {
	if web := firstAddress(raw); web != "" {
		return web, ""
	}
	name := strings.TrimSuffix(aName(raw), ".git")
	if !repositoryName.MatchString(name) {
		return "", ""
	}
	if !strings.Contains(name, "/") {
		name = "mediawiki/" + string(kind) + "s/" + name
	}
	if !strings.HasPrefix(name, "mediawiki/") {
		return "", ""
	}
	return "https://gerrit.wikimedia.org/g/" + name, name
}

// firstAddress is the first web address in a text, "" without one.
func firstAddress(raw string) string {
	for u := range wikitext.Parse(raw).URLs() {
		if address := keptAddress(u.Target); address != "" {
			return address
		}
	}
	return ""
}

// address is the web address that a field for documentation gives: its own, or
// that of the page on mediawiki.org which it names.
func address(on *wikitext.Site, raw string) string {
	if web := firstAddress(raw); web != "" {
		return web
	}
	target := ""
	for l := range on.Parse(raw).Links() {
		target = cmp.Or(target, l.Target)
	}
	t, err := on.ParseTitle(cmp.Or(target, raw))
	if err != nil || t.Interwiki != "" || t.Name == "" {
		return ""
	}
	return pageAddress(t.String())
}

// pageAddress is the address of a page on mediawiki.org.
func pageAddress(title string) string {
	u := url.URL{Scheme: "https", Host: mediawikiOrgHost, Path: "/wiki/" + strings.ReplaceAll(title, " ", "_")}
	return u.String()
}
