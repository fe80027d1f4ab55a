// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source links: how many pages of a wiki link to an item.

package survey

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// linksSource is the name of the source in the store.
const linksSource = "links"

// LinkLimits bound what the source links counts. A zero stands for the usual
// bound.
type LinkLimits struct {
	// Pages is how many pages are counted for one item, usually 500, which is
	// also the most that the wiki tells at once; a count that reaches it is one
	// of at least so many.
	Pages int
	// Items is how many items one reading counts, usually 2000. The next one
	// goes on behind them.
	Items int
	// Own reports whether a page is one of those where the bot itself links to
	// items, which do not count; nil: none is.
	Own func(title string) bool
}

// Links is the source links of a served wiki: how many of its pages link to an
// item that matters there, which is one that it runs, that a page lists, or that
// was mentioned in the last 90 days. For tools those are links to their
// addresses, the old ones included, and by interwiki prefix; for extensions and
// skins links to their pages on mediawiki.org by prefix; for what has pages on
// the wiki itself links to those.
//
// A tool, an extension or a skin takes one request for each way to link to it;
// pages of the wiki are asked for fifty at a time.
func Links(api Asker, wiki string, limits LinkLimits) Source {
	l := links{api: api, wiki: wiki, LinkLimits: limits}
	l.Pages = cmp.Or(max(0, min(l.Pages, 500)), 500)
	l.Items = cmp.Or(max(0, l.Items), 2000)
	if l.Own == nil {
		l.Own = func(string) bool { return false }
	}
	return Source{Name: linksSource, Every: 24 * time.Hour, Read: l.read}
}

// links counts the links on one wiki.
type links struct {
	LinkLimits
	api  asker
	wiki string
	prefixes
}

// prefixes are the interwiki prefixes of a wiki, without colons, by where they
// lead.
type prefixes struct {
	tools, toolhub, mediawiki []string
}

func (l links) read(ctx context.Context, in Reading) (registry.Survey, error) {
	fail := func(err error) (registry.Survey, error) {
		return registry.Survey{}, fmt.Errorf("count the links on %s: %w", l.wiki, err)
	}
	known, err := in.Known(ctx)
	if err != nil {
		return fail(err)
	}
	items := countable(known, l.wiki)
	from, found := slices.BinarySearchFunc(items, in.Last.Checkpoint, func(i registry.Item, key string) int { return cmp.Compare(string(i.Key), key) })
	if found {
		from++
	}
	end := min(len(items), from+l.Items)
	whole := registry.Survey{Source: linksSource, Wiki: l.wiki, At: in.At, Part: from > 0 || end < len(items)}
	if end < len(items) {
		whole.Checkpoint = string(items[end-1].Key)
	}
	if l.prefixes, err = readPrefixes(ctx, l.api); err != nil {
		return fail(err)
	}
	linked := make(map[registry.Key]bool)
	for _, e := range known {
		linked[e.Item.Key] = counts(e, registry.Links)
	}
	for batch := range slices.Chunk(items[from:end], titlesPerQuery) {
		found, err := l.batch(ctx, batch, in.At, func(n int) { tell(in, from+n, len(items)) })
		if err != nil {
			return fail(err)
		}
		if err := l.tooFew(in, batch, linked, found); err != nil {
			return fail(err)
		}
		whole.Measures = append(whole.Measures, found...)
		if from += len(batch); from == end || in.Keep == nil {
			continue
		}
		part := registry.Survey{
			Source: linksSource, Wiki: l.wiki, At: in.At, Part: true, Measures: found, Checkpoint: string(batch[len(batch)-1].Key),
		}
		if err := in.Keep(ctx, part); err != nil {
			return fail(err)
		}
	}
	tell(in, from, len(items))
	return whole, nil
}

// tooFew returns errFewer if far fewer items of a batch have links than were
// linked before.
func (l links) tooFew(in Reading, batch []registry.Item, linked map[registry.Key]bool, found []registry.Measure) error {
	before, now := 0, 0
	for _, item := range batch {
		if linked[item.Key] {
			before++
		}
	}
	for _, m := range found {
		if m.Value > 0 {
			now++
		}
	}
	return fewer(in, before, now)
}

// countable returns the items whose links are counted, by key.
func countable(known []registry.Entry, wiki string) []registry.Item {
	var out []registry.Item
	for _, e := range known {
		i := e.Item
		if !i.Gone.IsZero() || i.Key.Wiki() != "" && i.Key.Wiki() != wiki {
			continue
		}
		if i.Deployed || i.Listed || e.Quarter > 0 {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b registry.Item) int { return cmp.Compare(a.Key, b.Key) })
	return slices.CompactFunc(out, func(a, b registry.Item) bool { return a.Key == b.Key })
}

// readPrefixes asks the wiki which interwiki prefixes lead to tools, to the
// catalogue of tools and to mediawiki.org.
func readPrefixes(ctx context.Context, api asker) (p prefixes, err error) {
	var answer struct {
		Query struct{ Interwikimap []interwiki }
	}
	err = api.Get(ctx, map[string]string{"action": "query", "meta": "siteinfo", "siprop": "interwikimap"}, &answer)
	if err != nil {
		return p, fmt.Errorf("read its interwiki prefixes: %w", err)
	}
	for _, i := range answer.Query.Interwikimap {
		u, err := url.Parse(i.URL)
		if err != nil {
			continue
		}
		switch u.Host + u.Path {
		case "iw.toolforge.org/$1", "tools.wmflabs.org/$1":
			p.tools = append(p.tools, i.Prefix)
		case "toolhub.wikimedia.org/$1":
			p.toolhub = append(p.toolhub, i.Prefix)
		case mediawikiOrgHost + "/wiki/$1":
			p.mediawiki = append(p.mediawiki, i.Prefix)
		}
	}
	return p, nil
}

// batch counts the links to some items.
func (l links) batch(ctx context.Context, items []registry.Item, at time.Time, progress func(done int)) ([]registry.Measure, error) {
	counts := make([]count, len(items))
	titles := make(map[string][]int) // pages of this wiki and the items that they belong to
	for n, item := range items {
		progress(n)
		counts[n].pages = make(map[int64]bool)
		for _, title := range l.localPages(item) {
			titles[title] = append(titles[title], n)
		}
		for _, way := range l.ways(item) {
			if err := l.countWay(ctx, way, &counts[n]); err != nil {
				return nil, fmt.Errorf("of %s: %w", item.Key, err)
			}
		}
	}
	if err := l.countLocal(ctx, titles, counts); err != nil {
		return nil, err
	}
	var out []registry.Measure
	for n, item := range items {
		if !counts[n].asked {
			continue
		}
		out = append(out, registry.Measure{
			Item: item.Key, Metric: registry.Links, Value: int64(min(len(counts[n].pages), l.Pages)),
			AtLeast: counts[n].more || len(counts[n].pages) >= l.Pages, Source: linksSource, AsOf: at,
		})
	}
	return out, nil
}

// count is the pages found so far that link to one item.
type count struct {
	pages map[int64]bool // by id
	more  bool           // there may be others
	asked bool           // there was something to ask for
}

// localPages are the titles on the served wiki that a link to the item leads to.
func (l links) localPages(item registry.Item) []string {
	var titles []string
	switch item.Key.Kind() {
	case detect.Gadget:
		titles = []string{item.Page, gadgetPrefix + item.Key.Name(), gadgetPrefix + item.Key.Name() + ".js"}
	case detect.UserScript:
		titles = []string{item.Page, item.Key.Name()}
	case detect.Extension, detect.Skin:
		if l.wiki == mediawikiOrg {
			titles = []string{pageOf(item.Key)}
		}
	}
	titles = slices.DeleteFunc(titles, func(t string) bool { return !askable(t) })
	slices.Sort(titles)
	return slices.Compact(titles)
}
