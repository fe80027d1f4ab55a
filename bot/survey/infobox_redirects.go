// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how pages are asked for in batches, and the redirects that
// lead to the pages of extensions and skins: the other names that these have.

package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// maxAnswers bounds how often one query is continued.
const maxAnswers = 100

// askAll asks one query and goes on while the wiki has more.
func askAll(ctx context.Context, api asker, params map[string]string, each func(body json.RawMessage) error) error {
	more := map[string]string{}
	for range maxAnswers {
		p := maps.Clone(params)
		maps.Copy(p, more)
		var body json.RawMessage
		if err := api.Get(ctx, p, &body); err != nil {
			return err
		}
		var next struct{ Continue map[string]any }
		if err := json.Unmarshal(body, &next); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		if err := each(body); err != nil {
			return err
		}
		if len(next.Continue) == 0 {
			return nil
		}
		before := more
		more = make(map[string]string, len(next.Continue))
		for k, v := range next.Continue {
			more[k] = fmt.Sprint(v)
		}
		if maps.Equal(before, more) {
			return fmt.Errorf("the wiki continues where it was")
		}
	}
	return fmt.Errorf("the answer has no end after %d requests", maxAnswers)
}

// batchOf is how many titles or names the wiki takes at once from us.
func batchOf(ctx context.Context, api asker) int {
	if c, ok := api.(interface{ TitleLimit(context.Context) int }); ok {
		return max(c.TitleLimit(ctx), titlesPerQuery)
	}
	return titlesPerQuery
}

// askable reports whether a title can be asked for among others.
func askable(title string) bool {
	return title != "" && len(title) <= maxWords && !strings.ContainsAny(title, "|<>[]{}#\x1f\n")
}

// moved are the pages that an answer says titles lead to: other spellings and
// redirects.
type moved []struct{ From, To string }

// ends returns where each of some titles ends up, by what the wiki says of
// spellings first and of redirects then.
func ends(titles []string, normalized, redirects moved) map[string]string {
	step := func(title string, by moved) string {
		for _, m := range by {
			if m.From == title {
				return m.To
			}
		}
		return title
	}
	out := make(map[string]string, len(titles))
	for _, title := range titles {
		end := step(title, normalized)
		for range len(redirects) { // which may lead in a circle
			next := step(end, redirects)
			if next == end {
				break
			}
			end = next
		}
		out[title] = end
	}
	return out
}

// pageOf is the title on mediawiki.org of an extension or a skin.
func pageOf(key registry.Key) string {
	if key.Kind() == detect.Skin {
		return "Skin:" + key.Name()
	}
	return "Extension:" + key.Name()
}

// addRedirects gives items the names of the redirects to their pages, and
// returns which of the items have pages that redirect elsewhere themselves, with
// the key of what is there.
func addRedirects(ctx context.Context, api asker, items []registry.Item) (map[registry.Key]registry.Key, error) {
	places := make(map[string]int, len(items))
	for i, item := range items {
		if title := pageOf(item.Key); askable(title) {
			places[title] = i
		}
	}
	away := make(map[registry.Key]registry.Key)
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(places)), batchOf(ctx, api)) {
		names := make(map[string][]string)
		var normalized, redirects moved
		err := askAll(ctx, api, map[string]string{
			"action": "query", "titles": strings.Join(batch, "|"), "redirects": "1",
			"prop": "redirects", "rdprop": "title", "rdlimit": "500",
		}, func(body json.RawMessage) error {
			var answer struct{ Query pagesAnswer }
			if err := json.Unmarshal(body, &answer); err != nil {
				return fmt.Errorf("read the answer: %w", err)
			}
			normalized = append(normalized, answer.Query.Normalized...)
			redirects = append(redirects, answer.Query.Redirects...)
			for _, p := range answer.Query.Pages {
				for _, r := range p.Redirects {
					names[p.Title] = append(names[p.Title], r.Title)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		for title, end := range ends(batch, normalized, redirects) {
			item := &items[places[title]]
			if end != title {
				addAlias(item, end)
				if kind, name, ok := component(end); ok {
					key := registry.NewKey(detect.Kind(strings.ToLower(kind)), "", name)
					if key != item.Key {
						away[item.Key] = key
					}
				}
			}
			for _, name := range names[end] {
				addAlias(item, name)
			}
		}
	}
	return away, nil
}

// addAlias gives an item the name that a page of an extension or a skin has.
// Subpages are names of nothing.
func addAlias(item *registry.Item, title string) {
	kind, name, ok := component(title)
	if !ok || !strings.EqualFold(kind, string(item.Key.Kind())) || strings.Contains(title, "/") || len(item.Aliases) >= maxNamed {
		return
	}
	if name != item.Name && name != item.Key.Name() && !slices.Contains(item.Aliases, name) {
		item.Aliases = append(item.Aliases, name)
	}
}
