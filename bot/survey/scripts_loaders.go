// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the pages are found on which people load scripts, and how
// they are counted.

package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// loadWords are what is searched for: the words of every call that loads a
// script. Any search understands them.
var loadWords = []string{"importScript", "importScriptURI", "mw.loader.load", "getScript"}

// maxFound is how many results of one search can be had: CirrusSearch gives no
// more than 10 000.
const maxFound = 10_000

// count finds the pages that load scripts and counts who loads what.
func (r *scriptReader) count(ctx context.Context) error {
	loaders, err := r.findLoaders(ctx)
	if err != nil {
		return err
	}
	owners := make([]string, 0, len(loaders))
	for _, title := range loaders {
		owners = append(owners, scriptOwner(title))
	}
	active, err := r.activeAmong(ctx, slices.Compact(slices.Sorted(slices.Values(owners))))
	if err != nil {
		return err
	}
	from, _ := slices.BinarySearch(loaders, r.point.Loader+"\x00")
	r.done, r.whole = from, len(loaders)
	t := tally{reader: r, active: active}
	for batch := range slices.Chunk(loaders[from:], batchOf(ctx, r.api)) {
		pages, err := readBatch(ctx, r.api, batch, map[string]string{"prop": "revisions", "rvprop": "content", "rvslots": "main"})
		if err != nil {
			return fmt.Errorf("read pages that load scripts: %w", err)
		}
		for _, title := range batch {
			t.add(title, r.loads.loads(pages[title].newest().Slots.Main.Content))
		}
		r.tell(len(batch))
		if r.isTime() && r.in.Keep != nil {
			kept := r.survey()
			kept.Part, kept.Checkpoint = true, r.checkpoint()
			if err := r.in.Keep(ctx, kept); err != nil {
				return err
			}
		}
	}
	t.flush()
	r.point.Counted = true
	return nil
}

// tally counts the accounts that load scripts. It is given the pages of one
// account after another, since an account that loads a script on several pages
// counts once.
type tally struct {
	reader *scriptReader
	active map[string]bool
	owner  string
	last   string // page of owner
	loaded map[script]bool
}

func (t *tally) add(title string, loads []script) {
	if owner := scriptOwner(title); owner != t.owner || t.loaded == nil {
		t.flush()
		t.owner, t.loaded = owner, make(map[script]bool)
	}
	t.last = title
	for _, s := range loads {
		t.loaded[s] = true
	}
}

// flush counts what the present owner loads.
func (t *tally) flush() {
	point := &t.reader.point
	counted := make(map[registry.Key]bool)
	for s := range t.loaded {
		key := registry.NewKey(detect.UserScript, s.wiki, s.title)
		if counted[key] {
			continue // under two addresses
		}
		counted[key] = true
		n := point.Importers[key]
		n[0]++
		if t.active[t.owner] {
			n[1]++
		}
		point.Importers[key] = n
		if s.host != "" {
			point.Hosts[s.wiki] = s.host
		}
	}
	if t.last != "" {
		point.Loader = t.last
	}
	t.loaded = nil
}

// findLoaders returns the titles of the pages that may load scripts, with the
// namespace in English, sorted: the pages of one account follow each other.
func (r *scriptReader) findLoaders(ctx context.Context) ([]string, error) {
	found := make(map[string]bool)
	add := func(title string) {
		if t, err := r.on.ParseTitle(title); err == nil && t.Interwiki == "" && t.Namespace == spaceUser && isLoader(t.Name) {
			found["User:"+t.Name] = true
		}
	}
	for _, words := range loadWords {
		if err := r.searchAll(ctx, words, add); err != nil {
			return nil, err
		}
	}
	var known []string
	for key := range r.known {
		if key.Wiki() == r.wiki && askable(key.Name()) {
			known = append(known, key.Name())
		}
	}
	slices.Sort(known)
	if len(known) > r.maxScripts {
		known, r.point.Cut = known[:r.maxScripts], true
	}
	for batch := range slices.Chunk(known, batchOf(ctx, r.api)) {
		if err := r.linking(ctx, batch, add); err != nil {
			return nil, fmt.Errorf("ask what links to scripts: %w", err)
		}
	}
	loaders := slices.Sorted(maps.Keys(found))
	if len(loaders) > r.maxLoaders {
		loaders, r.point.Cut = loaders[:r.maxLoaders], true
	}
	return loaders, nil
}

// isLoader reports whether a page, by its name without namespace, is one of
// those that MediaWiki loads for its owner, such as X/common.js.
func isLoader(name string) bool {
	_, page, ok := strings.Cut(name, "/")
	return ok && strings.HasSuffix(page, ".js") && !strings.Contains(page, "/") && !detect.UserScriptTitle("User:"+name)
}

// searchAll gives the titles of the pages of users with some words to add. Where
// a search finds more than it gives, narrower ones are made; a wiki that does
// not understand those finds nothing with them.
func (r *scriptReader) searchAll(ctx context.Context, words string, add func(title string)) error {
	_, whole, err := r.search(ctx, words, add)
	if err != nil || whole {
		return err
	}
	found := 0
	for _, page := range personalScripts {
		n, whole, err := r.search(ctx, words+" intitle:"+page, add)
		if err != nil {
			return err
		}
		found += n
		r.point.Cut = r.point.Cut || !whole
	}
	r.point.Cut = r.point.Cut || found == 0
	return nil
}

// personalScripts are the pages of an account that MediaWiki loads by itself.
var personalScripts = []string{
	"common.js", "global.js", "vector.js", "vector-2022.js", "monobook.js", "minerva.js", "timeless.js", "modern.js", "cologneblue.js",
}

// search gives the titles that one search finds to add, and returns how many
// results it had. whole is false if there may be more.
func (r *scriptReader) search(ctx context.Context, words string, add func(title string)) (results int, whole bool, err error) {
	err = askAll(ctx, r.api, map[string]string{
		"action": "query", "list": "search", "srsearch": words, "srnamespace": strconv.Itoa(spaceUser), "srwhat": "text", "srlimit": "max",
		"srprop": "timestamp", "srinfo": "totalhits",
	}, func(body json.RawMessage) error {
		var answer struct {
			Continue map[string]any
			Query    struct{ Search []struct{ Title string } }
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		for _, p := range answer.Query.Search {
			add(p.Title)
		}
		if results += len(answer.Query.Search); results+maxPerAnswer > maxFound && len(answer.Continue) > 0 {
			return errEnough
		}
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		return results, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("search for %s: %w", words, err)
	}
	// A wiki that stops at the limit by itself does not say that there is more.
	return results, results < maxFound, nil
}

// errEnough ends a query early.
var errEnough = errors.New("enough")

// maxPerAnswer is how many results the API gives at once to any account.
const maxPerAnswer = 500

// linking gives the titles of the pages of users that link to some scripts to
// add.
func (r *scriptReader) linking(ctx context.Context, scripts []string, add func(title string)) error {
	answers := 0
	err := askAll(ctx, r.api, map[string]string{
		"action": "query", "titles": strings.Join(scripts, "|"), "prop": "linkshere", "lhprop": "title", "lhnamespace": strconv.Itoa(spaceUser), "lhlimit": "max",
	}, func(body json.RawMessage) error {
		var answer struct{ Query struct{ Pages []pageFound } }
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		for _, p := range answer.Query.Pages {
			for _, from := range p.LinksHere {
				add(from.Title)
			}
		}
		if answers++; answers >= maxAnswers {
			r.point.Cut = true
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// readBots lists the accounts of bots.
func (r *scriptReader) readBots(ctx context.Context) (map[string]bool, error) {
	bots := make(map[string]bool)
	err := askAll(ctx, r.api, map[string]string{"action": "query", "list": "allusers", "augroup": "bot", "aulimit": "max"},
		func(body json.RawMessage) error {
			var answer accountsAnswer
			err := json.Unmarshal(body, &answer)
			for _, u := range answer.Query.AllUsers {
				bots[u.Name] = true
			}
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list bots: %w", err)
	}
	return bots, nil
}

// accountsAnswer is an answer of list=allusers.
type accountsAnswer struct {
	Continue map[string]any
	Query    struct{ AllUsers []struct{ Name string } }
}

// activeAmong returns which of some accounts, sorted by name, did something in
// the last 30 days. The wiki keeps a list of all those, which is gone through
// from one wanted name to the next.
func (r *scriptReader) activeAmong(ctx context.Context, names []string) (map[string]bool, error) {
	active := make(map[string]bool)
	for at := 0; at < len(names); {
		var answer accountsAnswer
		err := r.api.Get(ctx, map[string]string{"action": "query", "list": "allusers", "auactiveusers": "1", "aulimit": "max", "aufrom": names[at]}, &answer)
		if err != nil {
			return nil, fmt.Errorf("list who is active: %w", err)
		}
		last := ""
		for _, u := range answer.Query.AllUsers {
			active[u.Name] = true
			last = max(last, u.Name)
		}
		if len(answer.Continue) == 0 || last == "" {
			break
		}
		next, _ := slices.BinarySearch(names, last+"\x00")
		at = max(next, at+1)
	}
	return active, nil
}
