// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source gadgets: those that a wiki's definition page
// names, with what the wiki itself makes of it.

package survey

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	definitionPage = "MediaWiki:Gadgets-definition"
	gadgetPrefix   = "MediaWiki:Gadget-"
	// titlesPerQuery is how many titles the API takes from any account.
	titlesPerQuery = 50
)

// definitionReader is what the source gadgets needs of the client.
type definitionReader interface {
	asker
	Page(ctx context.Context, title string) (wiki.Page, error)
}

// listedGadget is a gadget as list=gadgets gives it.
type listedGadget struct {
	ID       string
	Metadata struct {
		Settings struct {
			Default bool
			// Older versions of the extension, as in MediaWiki 1.39, call it category.
			Section, Category string
		}
		Module struct {
			Scripts, Styles, Datas, Vues []string
		}
	}
}

// gadget is what is known of one gadget.
type gadget struct {
	section   string
	isDefault bool
	files     []string // full titles
}

// Gadgets reads which gadgets a wiki has: those of MediaWiki:Gadgets-definition
// and those that the wiki lists itself, which may come from elsewhere. What
// the wiki says of one it lists counts. No source says who maintains a gadget.
func Gadgets(ctx context.Context, api definitionReader, wiki string, at time.Time) (registry.Survey, error) {
	fail := func(err error) (registry.Survey, error) {
		return registry.Survey{}, fmt.Errorf("read the gadgets of %s: %w", wiki, err)
	}
	page, err := api.Page(ctx, definitionPage)
	if err != nil {
		return fail(err)
	}
	// A wiki without the extension answers with a warning and no list.
	var answer struct {
		Query struct{ Gadgets []listedGadget }
	}
	err = api.Get(ctx, map[string]string{"action": "query", "list": "gadgets", "gaprop": "id|metadata"}, &answer)
	if err != nil {
		return fail(err)
	}

	found := make(map[string]gadget)
	for _, g := range ParseGadgetsDefinition(page.Text) {
		found[g.ID] = gadget{section: g.Section, isDefault: g.Default, files: g.Pages}
	}
	for _, g := range answer.Query.Gadgets {
		m := g.Metadata
		found[g.ID] = gadget{
			section:   cmp.Or(m.Settings.Section, m.Settings.Category, found[g.ID].section),
			isDefault: m.Settings.Default,
			files:     slices.Concat(m.Module.Scripts, m.Module.Vues, m.Module.Styles, m.Module.Datas),
		}
	}
	exist, err := existing(ctx, api, found)
	if err != nil {
		return fail(err)
	}

	s := registry.Survey{Source: "gadgets", Wiki: wiki, At: at}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		g := found[id]
		item := registry.Item{
			Key:      registry.NewKey(detect.Gadget, wiki, id),
			Name:     id,
			Section:  g.section,
			Deployed: true,
			Default:  g.isDefault,
		}
		for _, title := range append([]string{gadgetPrefix + id}, g.files...) {
			if title = wikitext.NormalizeTitle(title); exist[title] {
				item.Page = title
				break
			}
		}
		for _, title := range g.files {
			if stem := fileStem(title); stem != "" && stem != id {
				item.Aliases = append(item.Aliases, stem)
			}
		}
		s.Items = append(s.Items, item)
	}
	return s, nil
}

// existing returns which description pages and files of the gadgets exist.
func existing(ctx context.Context, api asker, gadgets map[string]gadget) (map[string]bool, error) {
	var titles []string
	for id, g := range gadgets {
		titles = append(titles, wikitext.NormalizeTitle(gadgetPrefix+id))
		for _, file := range g.files {
			titles = append(titles, wikitext.NormalizeTitle(file))
		}
	}
	titles = slices.DeleteFunc(titles, func(t string) bool { return strings.ContainsAny(t, "|<>[]{}#") })
	slices.Sort(titles)
	titles = slices.Compact(titles)

	exist := make(map[string]bool, len(titles))
	for batch := range slices.Chunk(titles, titlesPerQuery) {
		var answer struct {
			Query struct {
				Normalized []struct{ From, To string }
				Pages      []struct {
					Title            string
					Missing, Invalid bool
				}
			}
		}
		err := api.Get(ctx, map[string]string{"action": "query", "titles": strings.Join(batch, "|")}, &answer)
		if err != nil {
			return nil, fmt.Errorf("look which of its pages exist: %w", err)
		}
		for _, p := range answer.Query.Pages {
			exist[p.Title] = !p.Missing && !p.Invalid
		}
		for _, n := range answer.Query.Normalized {
			exist[n.From] = exist[n.To]
		}
	}
	return exist, nil
}

// fileStem returns the name that a gadget's file gives: "lib" for
// "MediaWiki:Gadget-lib.js". It is "" for a title of another kind.
func fileStem(title string) string {
	_, name, ok := strings.Cut(wikitext.NormalizeTitle(title), ":Gadget-")
	if !ok {
		return ""
	}
	for _, suffix := range []string{".js", ".css", ".json", ".vue"} {
		if stem, ok := strings.CutSuffix(name, suffix); ok {
			return stem
		}
	}
	return ""
}
