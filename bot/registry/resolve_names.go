// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the resolver for names as people and sources write them.

package registry

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Resolver resolves the names that people and sources use to the items of one
// wiki, those of catalogues included. It never guesses: what several items are
// called means all of them. It does not change, and serves several goroutines
// at once.
type Resolver struct {
	known resolver
	wiki  string
	// detectors read addresses and prefixes as on the wiki itself, and as on
	// the wiki where extensions have their pages.
	detectors [2]*detect.Detector
	late      func() lateIndex
}

// lateIndex has the spellings that are looked up only where the names fail.
type lateIndex struct {
	loose     map[identity][]Key
	addresses map[string][]Key
}

// Resolver reads all items of a wiki and of the catalogues but those that are
// known from mentions alone, and makes a resolver of them.
func (r *Registry) Resolver(ctx context.Context, wiki string) (*Resolver, error) {
	var rows []presence
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		rows, err = presences(ctx, tx, `wiki IN (?, ?) AND source <> ?`, wiki, AllWikis, fromMentions)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make the resolver of %s: %w", wiki, err)
	}
	return resolverOf(wiki, newResolver(rows)), nil
}

// NewResolver makes a resolver of the items of a wiki, each of which stands for
// itself: those of a View, for one.
func NewResolver(wiki string, items []Item) *Resolver {
	known := resolver{items: items, place: make(map[identity]int, len(items))}
	for i := range items {
		known.place[identify(items[i].Key)] = i
	}
	known.index()
	return resolverOf(wiki, known)
}

func resolverOf(wiki string, known resolver) *Resolver {
	r := &Resolver{known: known, wiki: wiki, detectors: [2]*detect.Detector{
		detect.New(detect.Options{Wiki: wiki}), detect.New(detect.Options{Wiki: mediawikiOrg}),
	}}
	r.late = sync.OnceValue(r.indexLate)
	return r
}

// longestName is more than the bytes of any name or address that is worth
// reading.
const longestName = 2048

// Resolve returns the items that a raw name means, sorted; none if it names
// nothing that is known. A kind of "" stands for all. The wiki is the one that
// a gadget or a user script is on where the name does not say it itself; ""
// stands for the resolver's own.
//
// A name can be the item's own or an alias in any case, with spaces or
// underscores; a page title with or without namespace, interwiki prefix and
// subpage; the file of a gadget; a repository by path, mirror or address; a
// project of Phabricator; a record of Toolhub or Striker; a host; the address of
// any of these; an item key. The first of these ways that leads to something
// counts: the name as it is, what it says if it is read as a title, a path or
// an address, an address that a source gave, the name without regard to case and
// to dashes, dots and spaces, and at last the name of an item that is gone.
//
// The result is shared: it is not to be changed.
func (r *Resolver) Resolve(kind detect.Kind, wiki, raw string) []Key {
	raw = strings.Trim(raw, " \t\r\n_")
	raw = strings.TrimLeft(raw, ": ")
	if raw == "" || len(raw) > longestName {
		return nil
	}
	if kind == "" {
		var all []Key
		for _, k := range detect.Kinds {
			all = union(all, r.Resolve(k, wiki, raw))
		}
		return all
	}
	wiki = cmp.Or(wiki, r.wiki)
	if keys := r.named(spelling{kind, wiki, raw}); len(keys) > 0 {
		return keys
	}
	names := append([]spelling{{kind, wiki, raw}}, r.read(kind, wiki, raw)...)
	for _, s := range names[1:] {
		if keys := r.named(s); len(keys) > 0 {
			return keys
		}
	}
	if keys := ofKind(kind, r.late().addresses[addressOf(raw)]); len(keys) > 0 {
		return keys
	}
	for _, s := range names {
		if keys := r.late().loose[s.loose()]; len(keys) > 0 {
			return keys
		}
	}
	for _, s := range names {
		if keys := r.known.resolve(s.key()); len(keys) > 0 {
			return keys
		}
	}
	return nil
}

// named returns the live items that have a name. A bare name of a tool may be
// that of a Toolforge tool and that of a record in Toolhub.
func (r *Resolver) named(s spelling) []Key {
	keys := r.known.have(identify(s.key()))
	if s.kind == detect.Tool && !strings.Contains(s.name, ":") {
		s.name = toolhubPrefix + s.name
		keys = union(keys, r.known.have(identify(s.key())))
	}
	return keys
}

// indexLate makes the late index.
func (r *Resolver) indexLate() lateIndex {
	late := lateIndex{loose: make(map[identity][]Key, len(r.known.items)), addresses: make(map[string][]Key)}
	var (
		names []string
		seen  []identity
	)
	for i := range r.known.items {
		item := &r.known.items[i]
		if !item.Gone.IsZero() {
			continue
		}
		kind, wiki, name := item.Key.parts()
		names = append(append(names[:0], name, strings.TrimPrefix(name, toolhubPrefix), item.Name), item.Aliases...)
		seen = seen[:0]
		for n, alias := range names {
			if slices.Contains(names[:n], alias) {
				continue
			}
			if id := (spelling{kind, wiki, alias}).loose(); id.name != "" && !slices.Contains(seen, id) {
				seen = append(seen, id)
				late.loose[id] = append(late.loose[id], item.Key)
			}
		}
		for _, address := range []string{item.Page, item.URL, item.Repository} {
			if address = addressOf(address); address != "" && !slices.Contains(late.addresses[address], item.Key) {
				late.addresses[address] = append(late.addresses[address], item.Key)
			}
		}
	}
	for _, keys := range late.loose {
		slices.Sort(keys)
	}
	for _, keys := range late.addresses {
		slices.Sort(keys)
	}
	return late
}

// ofKind returns the keys of a kind.
func ofKind(kind detect.Kind, keys []Key) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { return k.Kind() != kind })
}
