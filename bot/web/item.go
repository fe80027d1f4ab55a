// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds an item as the site shows it, and as the API gives it.

package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// item is what one wiki's registry knows of one item. Every text in it is fit
// to be shown.
type item struct {
	Key     string `json:"key"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Wiki    string `json:"wiki"` // that is served, under whose rules the verdict is
	Verdict string `json:"verdict"`
	// Reason is the verdict's, in words.
	Reason string `json:"reason"`
	// Disagree says that two sources name different stewards, or one of them
	// nobody.
	Disagree bool    `json:"sources_disagree"`
	Page     string  `json:"page,omitempty"`
	URL      address `json:"url,omitempty"`
	Claims   []claim `json:"claims"`

	Deployed bool      `json:"deployed"`
	Default  bool      `json:"on_by_default"`
	Gone     time.Time `json:"gone_since,omitzero"`
	Section  string    `json:"section,omitempty"`
	Aliases  []string  `json:"aliases,omitempty"`

	Title        string   `json:"title,omitempty"`
	Description  string   `json:"description,omitempty"`
	Keywords     []string `json:"keywords,omitempty"`
	Type         string   `json:"type,omitempty"`
	Status       string   `json:"status,omitempty"`
	Version      string   `json:"version,omitempty"`
	Licence      string   `json:"licence,omitempty"`
	Docs         address  `json:"docs,omitempty"`
	Repository   address  `json:"repository,omitempty"`
	Authors      []string `json:"authors,omitempty"`
	Experimental bool     `json:"experimental,omitempty"`
	Deprecated   bool     `json:"deprecated,omitempty"`
	ReplacedBy   string   `json:"replaced_by,omitempty"`

	Changed         time.Time `json:"changed,omitzero"`
	ChangedRevision int64     `json:"changed_revision,omitempty"`
	ChangedURL      address   `json:"changed_url,omitempty"`

	Measures []measure `json:"measures"`
	Month    int       `json:"mentions_30_days"`
	Quarter  int       `json:"mentions_90_days"`
	Wikis    int       `json:"wikis"` // served ones that run it
}

// claim is one statement about who looks after an item, with its evidence.
type claim struct {
	Role       string `json:"role"`
	HolderKind string `json:"holder_kind"`
	Holder     string `json:"holder,omitempty"`
	// HolderURL is the page of a user, on the wiki that says so.
	HolderURL   address   `json:"holder_url,omitempty"`
	Standing    string    `json:"standing"`
	Source      string    `json:"source"`
	Wiki        string    `json:"wiki,omitempty"`
	Page        string    `json:"page,omitempty"`
	PageURL     address   `json:"page_url,omitempty"`
	Revision    int64     `json:"revision,omitempty"`
	RevisionURL address   `json:"revision_url,omitempty"`
	User        string    `json:"user,omitempty"`
	Time        time.Time `json:"time,omitzero"`
	Read        time.Time `json:"read,omitzero"`
}

// measure is one number about an item.
type measure struct {
	Metric  string    `json:"metric"`
	Value   int64     `json:"value"`
	AtLeast bool      `json:"at_least,omitempty"`
	Source  string    `json:"source"`
	AsOf    time.Time `json:"as_of,omitzero"`
}

// places are where the pages of wikis are, by name.
type places map[string]Place

// newItem makes what is shown of an entry of the registry. ok is false where its
// key, by which it is found, may not be shown.
func newItem(e registry.Entry, o registry.Opinion, wiki string, at places, clean cleaner) (shown item, ok bool) {
	i := e.Item
	shown = item{
		Key: string(i.Key), Kind: string(i.Key.Kind()), Name: i.Name, Wiki: wiki, Verdict: string(o.Verdict), Reason: o.Ground,
		Disagree: disagree(e.Claims), Page: i.Page, Deployed: i.Deployed, Default: i.Default, Gone: i.Gone, Section: i.Section,
		Aliases: slices.Clone(i.Aliases), Title: i.Title, Description: i.Description, Keywords: slices.Clone(i.Keywords), Type: i.Type,
		Status: i.Status, Version: i.Version, Licence: i.Licence, Authors: slices.Clone(i.Authors), Experimental: i.Experimental,
		Deprecated: i.Deprecated, ReplacedBy: i.ReplacedBy, Changed: i.Changed, ChangedRevision: i.ChangedRevision,
		Month: e.Month, Quarter: e.Quarter, Wikis: e.Wikis, Claims: []claim{}, Measures: []measure{},
	}
	for _, c := range e.Claims {
		shown.Claims = append(shown.Claims, newClaim(c, at, clean))
	}
	for _, m := range e.Measures {
		shown.Measures = append(shown.Measures, measure{string(m.Metric), m.Value, m.AtLeast, m.Source, m.AsOf})
	}
	clean.all(&shown)
	if shown.Key != string(i.Key) || shown.Key == "" {
		return item{}, false
	}
	shown.URL = clean.link(at[wiki].page(i.Page))
	if shown.URL == "" {
		shown.URL = clean.link(i.URL)
	}
	shown.Docs, shown.Repository = clean.link(i.Docs), clean.link(i.Repository)
	shown.ChangedURL = clean.link(at[wiki].change(i.ChangedRevision))
	if shown.Name == "" {
		shown.Name = i.Key.Name()
	}
	shown.Aliases = slices.DeleteFunc(shown.Aliases, func(s string) bool { return s == "" })
	slices.SortStableFunc(shown.Claims, func(a, b claim) int { return strings.Compare(a.Source, b.Source) })
	return shown, true
}

func newClaim(c registry.Claim, at places, clean cleaner) claim {
	e := c.Evidence
	place := at[e.Wiki]
	shown := claim{
		Role: string(c.Role), HolderKind: string(c.HolderKind), Holder: c.Holder, Standing: string(c.Standing), Source: e.Source,
		Wiki: e.Wiki, Page: e.Page, Revision: e.Revision, User: e.User, Time: e.Time, Read: e.Read,
		PageURL: clean.link(place.page(e.Page)), RevisionURL: clean.link(place.revision(e.Revision, e.Page)),
	}
	if c.HolderKind == registry.User && c.Holder != "" {
		shown.HolderURL = clean.link(place.page("User:" + c.Holder))
	}
	if u := clean.link(e.Page); u != "" { // of a source that is no wiki
		shown.PageURL, shown.RevisionURL = u, u
	}
	return shown
}

// disagree reports whether two sources name stewards and none in common, or one
// of them says that there is nobody. One that names more than another does not
// contradict it.
func disagree(claims []registry.Claim) bool {
	says := map[string]map[string]bool{}
	for _, c := range claims {
		stands := c.Standing == registry.Confirmed || c.Standing == registry.Stated
		nobody := c.HolderKind == registry.Nobody && (c.Role == registry.Steward || c.Role == registry.Maintainer)
		if !nobody && (c.Role != registry.Steward || !stands) {
			continue
		}
		source := c.Evidence.Source
		if says[source] == nil {
			says[source] = map[string]bool{}
		}
		says[source][string(c.HolderKind)+":"+c.Holder] = true
	}
	for a, named := range says {
		for b, other := range says {
			if a < b && !overlap(named, other) {
				return true
			}
		}
	}
	return false
}

func overlap(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return true
		}
	}
	return false
}

// holders are whom the claims name, in their order, each once.
func (i item) holders(roles ...string) []string {
	var names []string
	for _, c := range i.Claims {
		if c.Holder != "" && slices.Contains(roles, c.Role) && !slices.Contains(names, c.Holder) {
			names = append(names, c.Holder)
		}
	}
	return names
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
