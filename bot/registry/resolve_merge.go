// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the words of several sources on one item are put
// together.

package registry

import (
	"cmp"
	"slices"
)

// sourceRank orders the sources by how well they know an item; those that are
// not named come between. What a wiki runs comes first, then what people keep
// by hand for it, then catalogues: Toolhub's records hold what people added to
// those of Striker.
func sourceRank(source string) int {
	switch source {
	case "siteinfo":
		return 0
	case "gadgets":
		return 1
	case "maintainers":
		return 2
	case "infoboxes":
		return 3
	case "list":
		return 4
	case "toolhub":
		return 6
	case "striker":
		return 7
	case fromTouches:
		return 8
	case fromMentions:
		return 9
	}
	return 5
}

// merge puts together what several sources say about one item. Sources that
// name it now come before those that did, better ones before others; the first
// that says something is heard. The item is gone when none names it.
func merge(rows []presence) Item {
	if len(rows) > 1 {
		slices.SortFunc(rows, comparePresences)
	}
	out := rows[0].item
	out.Mentioned = out.Gone.IsZero() && rows[0].source == fromMentions // which come last
	for _, p := range rows[1:] {
		i := p.item
		if out.Page == "" && out.URL == "" {
			out.Page, out.URL = i.Page, i.URL
		}
		out.Section = cmp.Or(out.Section, i.Section)
		if i.Changed.After(out.Changed) {
			out.Changed, out.ChangedRevision = i.Changed, i.ChangedRevision
		}
		switch {
		case i.Gone.IsZero():
			out.Deployed = out.Deployed || i.Deployed
			out.Listed = out.Listed || i.Listed
			out.Default = out.Default || i.Default
			out.Details = out.Details.or(i.Details)
		case out.Gone.IsZero(): // it left that source, which says nothing now
		default:
			out.Details = out.Details.or(i.Details)
			if i.Gone.After(out.Gone) {
				out.Gone = i.Gone
			}
		}
	}
	if !out.Gone.IsZero() {
		out.Deployed, out.Listed, out.Default = false, false, false
	}
	out.Aliases = aliases(out.Name, rows)
	return out
}

// aliases are all names that the sources use but the one, sorted.
func aliases(name string, rows []presence) []string {
	var all []string
	add := func(alias string) {
		if alias != name {
			all = append(all, alias)
		}
	}
	for _, p := range rows {
		for _, a := range p.item.Aliases {
			add(a)
		}
		add(p.item.Name)
		add(p.item.Key.Name())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func comparePresences(a, b presence) int {
	return cmp.Or(
		cmp.Compare(flag(!a.item.Gone.IsZero()), flag(!b.item.Gone.IsZero())),
		cmp.Compare(sourceRank(a.source), sourceRank(b.source)),
		cmp.Compare(a.source, b.source),
		cmp.Compare(a.item.Key, b.item.Key),
	)
}

// or fills the fields that are empty from another source, field by field.
// Something is deprecated or experimental if one source says so.
func (d Details) or(o Details) Details {
	d.Title = cmp.Or(d.Title, o.Title)
	d.Description = cmp.Or(d.Description, o.Description)
	d.Type = cmp.Or(d.Type, o.Type)
	d.Status = cmp.Or(d.Status, o.Status)
	d.Version = cmp.Or(d.Version, o.Version)
	d.Licence = cmp.Or(d.Licence, o.Licence)
	d.Docs = cmp.Or(d.Docs, o.Docs)
	d.Repository = cmp.Or(d.Repository, o.Repository)
	d.ReplacedBy = cmp.Or(d.ReplacedBy, o.ReplacedBy)
	if len(d.Keywords) == 0 {
		d.Keywords = o.Keywords
	}
	if len(d.Authors) == 0 {
		d.Authors = o.Authors
	}
	d.Experimental = d.Experimental || o.Experimental
	d.Deprecated = d.Deprecated || o.Deprecated
	return d
}
