// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source infoboxes: what the pages of extensions and skins
// say about them in {{Extension}} and {{Skin}}.

package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// infoboxesSource is the name of the source in the store.
const infoboxesSource = "infoboxes"

// Infoboxes is the source infoboxes of a served wiki: for every extension and
// skin that it runs, that a page lists or that was mentioned lately, the infobox
// of its page on the wiki on, whose database name that is and which api reads.
//
// An account that the parameter maintainer links to is a claim; other names are
// only hints for people. The status "unmaintained" is a claim, too: the page's
// own word that nobody maintains the item.
func Infoboxes(api asker, wiki, on string) Source {
	b := infoboxes{api: api, wiki: wiki, on: on, site: wikitext.DefaultSite()}
	return Source{Name: infoboxesSource, Every: 24 * time.Hour, Triggers: b.triggers, Read: b.read}
}

// infoboxes reads the pages of one wiki for another.
type infoboxes struct {
	api      asker
	wiki, on string
	site     *wikitext.Site
}

func (b infoboxes) triggers(wiki, title string) bool {
	if wiki != b.on || strings.Contains(title, "/") {
		return false
	}
	_, _, ok := component(title)
	return ok && (strings.HasPrefix(title, "Extension:") || strings.HasPrefix(title, "Skin:"))
}

// pagesAnswer is the part of an answer that is about pages.
type pagesAnswer struct {
	Normalized, Redirects moved
	Pages                 []struct {
		Title            string
		NS               int
		Missing, Invalid bool
		Redirects        []struct{ Title string }
		Revisions        []struct {
			RevID int64
			User  string
			Slots struct {
				Main struct{ Content *string }
			}
		}
	}
}

// boxPage is the page of one or more items.
type boxPage struct {
	title     string
	missing   bool
	revision  int64
	text      string
	readable  bool
	redirects []string
}

func (b infoboxes) read(ctx context.Context, in Reading) (registry.Survey, error) {
	fail := func(err error) (registry.Survey, error) {
		return registry.Survey{}, fmt.Errorf("read the infoboxes on %s: %w", b.on, err)
	}
	known, err := in.Known(ctx)
	if err != nil {
		return fail(err)
	}
	wanted := make(map[string]registry.Item)
	var titles []string
	for _, e := range known {
		title := pageOf(e.Item.Key)
		if _, twice := wanted[title]; twice || !wantsInfobox(e) || !askable(title) {
			continue
		}
		wanted[title] = e.Item
		titles = append(titles, title)
	}
	slices.Sort(titles)
	names, err := b.templates(ctx)
	if err != nil {
		return fail(err)
	}
	s := registry.Survey{Source: infoboxesSource, Wiki: b.wiki, At: in.At}
	done := 0
	for batch := range slices.Chunk(titles, titlesPerQuery) { // texts are long: not more of them at once
		tell(in, done, len(titles))
		pages, err := b.pages(ctx, batch)
		if err != nil {
			return fail(err)
		}
		for _, title := range batch {
			if page := pages[title]; page != nil && !page.missing {
				b.take(&s, wanted, title, page, names)
			}
		}
		done += len(batch)
	}
	tell(in, done, len(titles))
	return s, nil
}

// wantsInfobox reports whether an item's page is read. An item that only this
// source names is not, or none would ever leave.
func wantsInfobox(e registry.Entry) bool {
	kind := e.Item.Key.Kind()
	if kind != detect.Extension && kind != detect.Skin || !e.Item.Gone.IsZero() {
		return false
	}
	return e.Item.Deployed || e.Item.Listed || e.Quarter > 0 ||
		slices.ContainsFunc(e.Claims, func(c registry.Claim) bool { return c.Evidence.Source != infoboxesSource })
}

// templates returns the names that the infoboxes go by, with their redirects.
func (b infoboxes) templates(ctx context.Context) (map[detect.Kind]map[string]bool, error) {
	names := map[detect.Kind]map[string]bool{detect.Extension: {"extension": true}, detect.Skin: {"skin": true}}
	err := askAll(ctx, b.api, map[string]string{
		"action": "query", "titles": "Template:Extension|Template:Skin", "prop": "redirects", "rdprop": "title", "rdlimit": "500",
	}, func(body json.RawMessage) error {
		var answer struct{ Query pagesAnswer }
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		for _, p := range answer.Query.Pages {
			// The wiki may have a name of its own for the namespace.
			if _, name, ok := strings.Cut(p.Title, ":"); ok {
				for _, r := range p.Redirects {
					if _, other, ok := strings.Cut(r.Title, ":"); ok && names[detect.Kind(strings.ToLower(name))] != nil {
						names[detect.Kind(strings.ToLower(name))][templateName(other)] = true
					}
				}
			}
		}
		return nil
	})
	return names, err
}

// pages reads a batch of pages, by the titles asked for.
func (b infoboxes) pages(ctx context.Context, titles []string) (map[string]*boxPage, error) {
	found := make(map[string]*boxPage)
	var normalized, redirects moved
	err := askAll(ctx, b.api, map[string]string{
		"action": "query", "titles": strings.Join(titles, "|"), "redirects": "1",
		"prop": "revisions|redirects", "rvprop": "ids|content", "rvslots": "main", "rdprop": "title", "rdlimit": "500",
	}, func(body json.RawMessage) error {
		var answer struct{ Query pagesAnswer }
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		normalized = append(normalized, answer.Query.Normalized...)
		redirects = append(redirects, answer.Query.Redirects...)
		for _, q := range answer.Query.Pages {
			p := found[q.Title]
			if p == nil {
				p = &boxPage{title: q.Title, missing: q.Missing || q.Invalid}
				found[q.Title] = p
			}
			for _, r := range q.Redirects {
				p.redirects = append(p.redirects, r.Title)
			}
			for _, r := range q.Revisions {
				if r.Slots.Main.Content != nil { // hidden ones have none
					p.revision, p.text, p.readable = r.RevID, *r.Slots.Main.Content, true
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make(map[string]*boxPage, len(titles))
	for asked, end := range ends(titles, normalized, redirects) {
		out[asked] = found[end]
	}
	return out, nil
}

// take adds what the page says of the item whose title led there.
func (b infoboxes) take(s *registry.Survey, wanted map[string]registry.Item, asked string, page *boxPage, names map[detect.Kind]map[string]bool) {
	known := wanted[asked]
	item := registry.Item{Key: known.Key, Name: known.Name}
	if known.Page == "" && known.URL == "" {
		switch b.on {
		case b.wiki:
			item.Page = page.title
		case mediawikiOrg:
			item.URL = pageAddress(page.title)
		}
	}
	if _, another := wanted[page.title]; page.title == asked || !another {
		// Where the page is another item's, its names are that one's.
		addAlias(&item, page.title)
		for _, r := range page.redirects {
			addAlias(&item, r)
		}
	}
	if page.readable {
		if box, ok := readInfobox(b.site, page.text, item.Key.Kind(), names[item.Key.Kind()]); ok {
			b.says(s, &item, box, registry.Evidence{Wiki: b.on, Page: b.link(known.Page, page.title), Revision: page.revision})
		}
	}
	s.Items = append(s.Items, item)
}

// says takes in what an infobox says of an item.
func (b infoboxes) says(s *registry.Survey, item *registry.Item, box infobox, where registry.Evidence) {
	item.Details = box.Details
	for _, name := range box.aliases {
		if name != item.Name && name != item.Key.Name() && !slices.Contains(item.Aliases, name) {
			item.Aliases = append(item.Aliases, name)
		}
	}
	claim := func(kind registry.HolderKind, name string) {
		s.Claims = append(s.Claims, registry.Claim{
			Item: item.Key, Role: registry.Maintainer, Holder: name, HolderKind: kind, Standing: registry.Stated, Evidence: where,
		})
	}
	for _, name := range box.maintainers {
		claim(registry.User, name)
	}
	if box.unmaintained {
		claim(registry.Nobody, "")
	}
}

// link is the title of a page as a link on the served wiki, with the prefix that
// the link to the item has there.
func (b infoboxes) link(known, title string) string {
	if b.on == b.wiki {
		return title
	}
	for _, space := range []string{"Extension:", "Skin:"} {
		if prefix, _, ok := strings.Cut(known, space); ok {
			return prefix + title
		}
	}
	return title
}

// tell says how far a reading is.
func tell(in Reading, done, whole int) {
	if in.Progress != nil {
		in.Progress(done, whole)
	}
}
