// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source maintainers: pages like
// mw:Developers/Maintainers, which say who answers for which component.

package survey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// maintainersSource is the name of the source in the store.
const maintainersSource = "maintainers"

// MaintainersPage is a page that has the layout of mw:Developers/Maintainers.
type MaintainersPage struct {
	// API reads the wiki that the page is on, whose database name is Wiki.
	API  asker
	Wiki string
	// Title is the page's full title there. A redirect is followed.
	Title string
	// Prefix makes a title of that wiki a link on the served one, such as "mw:";
	// "" where it is the same wiki or there is no such prefix.
	Prefix string
	// On is how the wiki of the page reads titles; nil stands for an English one.
	On *wikitext.Site
}

// MaintainersSource is the source maintainers of a served wiki: what the pages
// say together. Extensions and skins become items; the other components have
// no keys, and are left out. Evidence carries the wiki of the page, and its
// title as a link on the served one.
//
// Each page fails alone: what the others say is taken in, what it said itself
// stays in force, and the error names it.
func MaintainersSource(wiki string, pages []MaintainersPage) Source {
	m := maintainers{wiki: wiki, pages: slices.Clone(pages), ends: new(sync.Map)}
	for i, p := range m.pages {
		if p.Prefix != "" && !strings.HasSuffix(p.Prefix, ":") {
			m.pages[i].Prefix += ":"
		}
		if p.On == nil {
			m.pages[i].On = wikitext.DefaultSite()
		}
	}
	return Source{Name: maintainersSource, Every: 6 * time.Hour, Triggers: m.triggers, Read: m.read}
}

// maintainers are the pages of one served wiki.
type maintainers struct {
	wiki  string
	pages []MaintainersPage
	ends  *sync.Map // titles that redirects led to, by the pages' places in the list
}

func (m maintainers) triggers(wiki, title string) bool {
	for i, p := range m.pages {
		end, known := m.ends.Load(i)
		if p.Wiki == wiki && (sameTitle(p.On, p.Title, title) || known && end == title) {
			return true
		}
	}
	return false
}

// sameTitle reports whether two texts are the same title on a wiki.
func sameTitle(on *wikitext.Site, a, b string) bool {
	one, err := on.ParseTitle(a)
	if err != nil {
		return a == b
	}
	other, err := on.ParseTitle(b)
	return err == nil && one.String() == other.String()
}

func (m maintainers) read(ctx context.Context, in Reading) (registry.Survey, error) {
	if known := in.Known; known != nil {
		once := sync.OnceValues(func() ([]registry.Entry, error) { return known(ctx) })
		in.Known = func(context.Context) ([]registry.Entry, error) { return once() }
	}
	s := registry.Survey{Source: maintainersSource, Wiki: m.wiki, At: in.At}
	var failed []MaintainersPage
	var errs []error
	read := make(map[registry.Evidence]bool) // the pages that were read, as claims name them
	for i, page := range m.pages {
		tell(in, i, len(m.pages))
		found, where, err := m.page(ctx, in, page)
		if err == nil {
			m.ends.Store(i, strings.TrimPrefix(where.Page, page.Prefix))
			err = m.tooFew(ctx, in, page, where, found)
		}
		if err != nil {
			failed, errs = append(failed, page), append(errs, err)
			continue
		}
		read[where] = true
		s.Items = append(s.Items, found.Items...)
		s.Claims = append(s.Claims, found.Claims...)
	}
	s.Items = joined(s.Items)
	if len(failed) == 0 {
		return s, nil
	}
	err := errors.Join(errs...)
	if len(failed) == len(m.pages) || ctx.Err() != nil {
		return registry.Survey{}, err
	}
	if kept := m.keep(ctx, in, s, read); kept != nil {
		return registry.Survey{}, kept
	}
	return registry.Survey{}, err
}

// tooFew returns errFewer if a page says far less than it did. One that stands
// alone is left to the registry; among others it would hardly be missed there.
func (m maintainers) tooFew(ctx context.Context, in Reading, p MaintainersPage, where registry.Evidence, found registry.Survey) error {
	if len(m.pages) == 1 || in.Known == nil {
		return nil
	}
	entries, err := in.Known(ctx)
	if err != nil {
		return fmt.Errorf("look up what the pages said before: %w", err)
	}
	before, now := 0, make(map[registry.Key]bool)
	for _, e := range entries {
		if slices.ContainsFunc(e.Claims, func(c registry.Claim) bool {
			return c.Evidence.Source == maintainersSource && c.Evidence.Wiki == where.Wiki && c.Evidence.Page == where.Page
		}) {
			before++
		}
	}
	for _, c := range found.Claims {
		now[c.Item] = true
	}
	if err := fewer(in, before, len(now)); err != nil {
		return fmt.Errorf("read maintainers from %s on %s: %w", p.Title, p.Wiki, err)
	}
	return nil
}

// keep stores what the pages say that could be read, beside what the others
// said before.
func (m maintainers) keep(ctx context.Context, in Reading, s registry.Survey, read map[registry.Evidence]bool) error {
	if in.Keep == nil || in.Known == nil {
		return nil
	}
	entries, err := in.Known(ctx)
	if err != nil {
		return fmt.Errorf("look up what the pages said before: %w", err)
	}
	named := make(map[registry.Key]bool, len(s.Items))
	for _, item := range s.Items {
		named[item.Key] = true
	}
	before := 0 // what the pages that were read listed
	for _, e := range entries {
		var stay []registry.Claim
		listed := false // by a page that was read
		for _, c := range e.Claims {
			switch where := (registry.Evidence{Wiki: c.Evidence.Wiki, Page: c.Evidence.Page}); {
			case c.Evidence.Source != maintainersSource:
			case read[where]:
				listed = true
			default:
				stay = append(stay, c)
			}
		}
		if listed {
			before++
		}
		switch {
		case named[e.Item.Key]:
			s.Claims = append(s.Claims, stay...)
		case listed && len(stay) == 0:
			s.Left = append(s.Left, e.Item.Key)
		}
	}
	if len(s.Left) >= 3 && 5*len(s.Left) > before {
		// Half a page, perhaps: a whole reading will be asked again.
		s.Left = nil
	}
	s.Part = true
	if !in.Last.Read.IsZero() {
		s.Checkpoint = somePages
	}
	return in.Keep(ctx, s)
}

// somePages is the checkpoint of a reading without those pages that failed: it
// is not one of the whole source, which stays stale since the last such. The
// next reading begins anew.
const somePages = "some pages"

// page reads one page, and says as what claims on it are known.
func (m maintainers) page(ctx context.Context, in Reading, p MaintainersPage) (registry.Survey, registry.Evidence, error) {
	components, where, err := readComponents(ctx, p.API, p.Wiki, p.Title, p.On)
	if err != nil {
		return registry.Survey{}, where, err
	}
	where.Page = p.Prefix + where.Page
	s := listed(components, m.wiki, p.Wiki, p.Prefix, where)
	if p.Wiki == mediawikiOrg {
		if err := m.redirects(ctx, in, p, &s); err != nil {
			return registry.Survey{}, where, fmt.Errorf("look up the redirects to what %s lists: %w", p.Title, err)
		}
	}
	return s, registry.Evidence{Wiki: where.Wiki, Page: where.Page}, nil
}

// redirects gives the items on a page the names of redirects. An item that the
// page lists under an old name of one that the wiki runs is that one.
func (m maintainers) redirects(ctx context.Context, in Reading, p MaintainersPage, s *registry.Survey) error {
	s.Items = joined(s.Items)
	away, err := addRedirects(ctx, p.API, s.Items)
	if err != nil || len(away) == 0 || in.Known == nil {
		return err
	}
	entries, err := in.Known(ctx)
	if err != nil {
		return err
	}
	deployed := make(map[registry.Key]bool)
	for _, e := range entries {
		deployed[e.Item.Key] = e.Item.Deployed && e.Item.Gone.IsZero()
	}
	key := func(old registry.Key) registry.Key {
		if now, ok := away[old]; ok && deployed[now] && !deployed[old] {
			return now
		}
		return old
	}
	for i := range s.Items {
		item := &s.Items[i]
		if now := key(item.Key); now != item.Key {
			if old := item.Key.Name(); old != item.Name && !slices.Contains(item.Aliases, old) {
				item.Aliases = append(item.Aliases, old)
			}
			item.Key = now
		}
	}
	for i := range s.Claims {
		s.Claims[i].Item = key(s.Claims[i].Item)
	}
	return nil
}

// readComponents reads the rows of a page; text and revision come from one
// answer.
func readComponents(ctx context.Context, api asker, wiki, page string, on *wikitext.Site) ([]Component, registry.Evidence, error) {
	var answer struct {
		Parse struct {
			Title string
			RevID int64
			Text  string
		}
	}
	where := registry.Evidence{Wiki: wiki, Page: page}
	err := api.Get(ctx, map[string]string{
		"action": "parse", "page": page, "redirects": "1", "prop": "text|revid", "disablelimitreport": "1", "disableeditsection": "1",
	}, &answer)
	if err != nil {
		return nil, where, fmt.Errorf("read maintainers from %s on %s: %w", page, wiki, err)
	}
	components, err := ParseMaintainers(answer.Parse.Text, on)
	if err != nil {
		return nil, where, fmt.Errorf("read maintainers from %s on %s: %w", page, wiki, err)
	}
	where.Page, where.Revision = cmp.Or(answer.Parse.Title, page), answer.Parse.RevID
	return components, where, nil
}

// listed makes items and claims of the rows of a page on a wiki; the other
// components are left out.
func listed(components []Component, wiki, on, prefix string, where registry.Evidence) (s registry.Survey) {
	for _, c := range components {
		if item, ok := c.item(wiki, on, prefix); ok {
			s.Items = append(s.Items, item)
			s.Claims = append(s.Claims, c.claims(item.Key, where)...)
		}
	}
	return s
}

// joined makes one item of those with the same key: the first, with the names of
// them all.
func joined(items []registry.Item) []registry.Item {
	var out []registry.Item
	places := make(map[registry.Key]int, len(items))
	for _, item := range items {
		i, again := places[item.Key]
		if !again {
			places[item.Key] = len(out)
			out = append(out, item)
			continue
		}
		first := &out[i]
		for _, name := range append([]string{item.Name}, item.Aliases...) {
			if name != first.Name && !slices.Contains(first.Aliases, name) {
				first.Aliases = append(first.Aliases, name)
			}
		}
	}
	return out
}

// item makes an item of a component on a page of the wiki on, whose titles are
// links on the served wiki behind a prefix; ok is false for one that is neither
// an extension nor a skin.
func (c Component) item(wiki, on, prefix string) (item registry.Item, ok bool) {
	if c.Kind != string(detect.Extension) && c.Kind != string(detect.Skin) {
		return registry.Item{}, false
	}
	item = registry.Item{Name: cutText(c.Name, maxWords), Section: cutText(c.Section, maxWords), Listed: true}
	name := c.Name
	if kind, linked, ok := component(c.Page); ok {
		name = linked
		item.Name = cmp.Or(item.Name, linked)
		if item.Name != linked {
			item.Aliases = []string{linked}
		}
		title := kind + ":" + linked
		switch {
		case wiki == mediawikiOrg:
			item.Page = title
		case on == mediawikiOrg && prefix != "":
			item.Page = prefix + title
		default:
			item.URL = pageAddress(title)
		}
	}
	if name == "" || len(name) > maxWords {
		return registry.Item{}, false
	}
	item.Key = registry.NewKey(detect.Kind(c.Kind), "", name)
	return item, true
}

// claims are what a row says about an item. Plain text names a team: it is
// nobody's account.
func (c Component) claims(key registry.Key, e registry.Evidence) []registry.Claim {
	var out []registry.Claim
	add := func(role registry.Role, kind registry.HolderKind, name string) {
		out = append(out, registry.Claim{Item: key, Role: role, Holder: name, HolderKind: kind, Standing: registry.Stated, Evidence: e})
	}
	if c.Unassigned {
		add(registry.Steward, registry.Nobody, "")
	}
	for _, column := range []struct {
		role    registry.Role
		holders []Holder
	}{
		{registry.Steward, c.Stewards}, {registry.Maintainer, c.Maintainers},
		{registry.Consulted, c.Consulted}, {registry.Informed, c.Informed},
	} {
		for _, h := range column.holders {
			switch {
			case h.User:
				add(column.role, registry.User, h.Name)
			case !registry.IsNobody(h.Name):
				add(column.role, registry.Team, h.Name)
			}
		}
	}
	return out
}
