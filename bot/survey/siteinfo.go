// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source siteinfo: the extensions and skins that a wiki
// runs.

package survey

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// mediawikiOrg is the wiki where extensions and skins have their pages, which
// name them.
const (
	mediawikiOrg     = "mediawikiwiki"
	mediawikiOrgHost = "www.mediawiki.org"
)

// asker asks the Action API for something that changes nothing. The client of
// bot/wiki is one.
type asker interface {
	Get(ctx context.Context, params map[string]string, out any) error
}

// installed is an extension or a skin as siteinfo gives it.
type installed struct {
	Type, Name, URL string
	Version         string
	VCSVersion      string `json:"vcs-version"`
	LicenceName     string `json:"license-name"`
	Author          string
}

// interwiki is a prefix that the wiki knows.
type interwiki struct {
	Prefix, URL string
}

// SiteinfoSource is the source siteinfo: which extensions and skins a wiki
// runs, with the versions that they give, and since when. It is the list that
// the wiki itself has, so it names what is deployed, not what anybody answers for.
func SiteinfoSource(api asker, wiki string) Source {
	return Source{
		Name:  "siteinfo",
		Every: 6 * time.Hour,
		Read: func(ctx context.Context, in Reading) (registry.Survey, error) {
			return readSiteinfo(ctx, api, wiki, in)
		},
	}
}

func readSiteinfo(ctx context.Context, api asker, wiki string, in Reading) (registry.Survey, error) {
	var answer struct {
		Query struct {
			Extensions   []installed
			Interwikimap []interwiki
		}
	}
	err := api.Get(ctx, map[string]string{
		"action": "query", "meta": "siteinfo", "siprop": "extensions|interwikimap",
	}, &answer)
	if err != nil {
		return registry.Survey{}, fmt.Errorf("read the extensions of %s: %w", wiki, err)
	}
	s := registry.Survey{Source: "siteinfo", Wiki: wiki, At: in.At}
	prefix, linked := mediawikiPrefix(wiki, answer.Query.Interwikimap)
	places := make(map[registry.Key]int)
	for _, e := range answer.Query.Extensions {
		item, ok := e.item(prefix, linked)
		if !ok {
			continue
		}
		i, again := places[item.Key]
		if !again {
			places[item.Key] = len(s.Items)
			s.Items = append(s.Items, item)
			continue
		}
		// Parts of one extension share its page. What they all say is the extension's.
		s.Items[i].Aliases = append(s.Items[i].Aliases, item.Name)
		s.Items[i].Version = cmp.Or(s.Items[i].Version, item.Version)
	}
	if err := dateVersions(ctx, in, s.Items); err != nil {
		return registry.Survey{}, fmt.Errorf("look up the versions that %s had: %w", wiki, err)
	}
	return s, nil
}

// dateVersions says when items last changed: when they were first seen with the
// version that they have. Of one that has had no other yet, nobody can tell.
func dateVersions(ctx context.Context, in Reading, items []registry.Item) error {
	if in.Known == nil {
		return nil
	}
	entries, err := in.Known(ctx)
	if err != nil {
		return err
	}
	before := make(map[registry.Key]registry.Item, len(entries))
	for _, e := range entries {
		before[e.Item.Key] = e.Item
	}
	for i := range items {
		old := before[items[i].Key]
		items[i].Changed = old.Changed
		if old.Deployed && old.Version != "" && old.Version != items[i].Version {
			items[i].Changed = in.At
		}
	}
	return nil
}

// item makes an item of an installed part; ok is false for one without a name.
// The page that its address leads to names it, if that is an extension's or a
// skin's, since the name that it gives itself may be for show.
func (e installed) item(prefix string, linked bool) (item registry.Item, ok bool) {
	kind := detect.Extension
	if e.Type == "skin" {
		kind = detect.Skin
	}
	display := aName(e.Name)
	item = registry.Item{Name: display, Deployed: true, Details: registry.Details{
		Version: e.version(), Licence: aName(e.LicenceName), Authors: people(e.Author),
	}}
	name := display
	if page, host := componentPage(e.URL); page != "" {
		_, name, _ = strings.Cut(page, ":")
		item.Name = cmp.Or(display, name)
		if display != name && display != "" {
			item.Aliases = []string{name}
		}
		if linked && host == mediawikiOrgHost {
			item.Page = prefix + page
		}
	}
	if item.Page == "" {
		if strings.HasPrefix(e.URL, "//") {
			e.URL = "https:" + e.URL
		}
		item.URL = keptAddress(e.URL)
	}
	if name == "" {
		return registry.Item{}, false
	}
	item.Key = registry.NewKey(kind, "", name)
	return item, true
}

// version is the version that the part gives and the start of the id of its
// commit, as Special:Version shows them; "" where there is neither.
func (e installed) version() string {
	version := aName(e.Version)
	commit := strings.TrimSpace(e.VCSVersion)
	if len(commit) < 7 || strings.Trim(commit, "0123456789abcdef") != "" {
		return version
	}
	if version == "" {
		return commit[:7]
	}
	return version + " (" + commit[:7] + ")"
}

// componentPage returns the title of the extension's or skin's page that an
// address leads to, without subpages, and the host; both are "" for any other
// address.
func componentPage(address string) (title, host string) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return "", ""
	}
	path, found := strings.CutPrefix(u.Path, "/wiki/")
	if !found {
		path = u.Query().Get("title")
	}
	kind, name, ok := component(path)
	if !ok {
		return "", ""
	}
	host = strings.ToLower(u.Host)
	if host == "mediawiki.org" || host == "m.mediawiki.org" {
		host = mediawikiOrgHost
	}
	return kind + ":" + name, host
}

// component takes a page title such as "mw:Extension:Echo/de" apart into
// "Extension" and "Echo"; ok is false for other titles.
func component(title string) (kind, name string, ok bool) {
	title = wikitext.NormalizeTitle(title)
	for _, kind := range []string{"Extension", "Skin"} {
		for rest := title; rest != ""; {
			head, tail, found := strings.Cut(rest, ":")
			head = strings.TrimSpace(head[strings.LastIndexByte(head, '/')+1:]) // Special:MyLanguage/Extension
			if found && strings.EqualFold(head, kind) {
				name, _, _ := strings.Cut(tail, "/")
				if name = wikitext.NormalizeTitle(name); name == "" || hasMail(name) {
					return "", "", false
				}
				return kind, name, true
			}
			rest = tail
		}
	}
	return "", "", false
}

// mediawikiPrefix returns what makes a title on mediawiki.org a link on the
// wiki; ok is false where there is no such prefix.
func mediawikiPrefix(wiki string, prefixes []interwiki) (prefix string, ok bool) {
	if wiki == mediawikiOrg {
		return "", true
	}
	var found []string
	for _, p := range prefixes {
		u, err := url.Parse(p.URL)
		if err == nil && u.Host == mediawikiOrgHost && u.Path == "/wiki/$1" {
			found = append(found, p.Prefix+":")
		}
	}
	if len(found) == 0 {
		return "", false
	}
	return slices.MinFunc(found, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	}), true
}

func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
