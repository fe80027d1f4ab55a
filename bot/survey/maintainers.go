// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source maintainers: pages like
// mw:Developers/Maintainers, which say who answers for which component.

package survey

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// Listing counts what the pages of the source maintainers list.
type Listing struct {
	// Components are all rows; Items are those of them that are extensions or
	// skins.
	Components, Items int
	// Unassigned is how many of Components a page says have no steward.
	Unassigned int
}

// Maintainers reads pages of the wiki that have the layout of
// mw:Developers/Maintainers, all of them or none: what the pages said together
// is replaced together. Extensions and skins become items; the other
// components are only counted.
func Maintainers(ctx context.Context, api asker, wiki string, at time.Time, pages ...string) (registry.Survey, Listing, error) {
	s := registry.Survey{Source: "maintainers", Wiki: wiki, At: at}
	var listing Listing
	for _, page := range pages {
		var answer struct {
			Parse struct {
				Title string
				RevID int64
				Text  string
			}
		}
		err := api.Get(ctx, map[string]string{
			"action": "parse", "page": page, "redirects": "1", "prop": "text|revid", "disablelimitreport": "1", "disableeditsection": "1",
		}, &answer)
		if err != nil {
			return registry.Survey{}, Listing{}, fmt.Errorf("read maintainers from %s on %s: %w", page, wiki, err)
		}
		components, err := ParseMaintainers(answer.Parse.Text)
		if err != nil {
			return registry.Survey{}, Listing{}, fmt.Errorf("read maintainers from %s on %s: %w", page, wiki, err)
		}
		evidence := registry.Evidence{Wiki: wiki, Page: cmp.Or(answer.Parse.Title, page), Revision: answer.Parse.RevID}
		for _, c := range components {
			listing.Components++
			if c.Unassigned {
				listing.Unassigned++
			}
			item, ok := c.item(wiki)
			if !ok {
				continue
			}
			listing.Items++
			s.Items = append(s.Items, item)
			s.Claims = append(s.Claims, c.claims(item.Key, evidence)...)
		}
	}
	return s, listing, nil
}

// item makes an item of a component; ok is false for one that is neither an
// extension nor a skin.
func (c Component) item(wiki string) (item registry.Item, ok bool) {
	if c.Kind != string(detect.Extension) && c.Kind != string(detect.Skin) {
		return registry.Item{}, false
	}
	item = registry.Item{Name: c.Name, Section: c.Section, Listed: true}
	name := c.Name
	if kind, linked, ok := component(c.Page); ok {
		name = linked
		item.Name = cmp.Or(c.Name, linked)
		if c.Name != linked {
			item.Aliases = []string{linked}
		}
		if wiki == mediawikiOrg {
			item.Page = kind + ":" + linked
		} else {
			u := url.URL{Scheme: "https", Host: mediawikiOrgHost, Path: "/wiki/" + kind + ":" + strings.ReplaceAll(linked, " ", "_")}
			item.URL = u.String()
		}
	}
	if name == "" {
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
