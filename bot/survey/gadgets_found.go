// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the gadgets of a wiki are found: in its definitions of
// either shape, and in what it says of itself.

package survey

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// gadgetFound is what is known of one gadget before its pages are read.
type gadgetFound struct {
	section   string
	isDefault bool
	files     []string // full titles as the wiki writes them, each once
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

// find returns the gadgets by their ids. A gadget with a page of its own is what
// that says, as with $wgGadgetsRepo = 'json+definition'; and what the wiki says
// of one that it lists counts more than either.
func (r *gadgetReader) find(ctx context.Context) (map[string]gadgetFound, error) {
	page, err := r.api.Page(ctx, definitionPage)
	if err != nil {
		return nil, err
	}
	defined := ParseGadgetsDefinition(page.Text)
	single, err := r.readDefinitions(ctx)
	if err != nil {
		return nil, err
	}
	// A wiki without the extension answers with a warning and no list.
	var answer struct {
		Query struct{ Gadgets []listedGadget }
	}
	err = r.api.Get(ctx, map[string]string{"action": "query", "list": "gadgets", "gaprop": "id|metadata"}, &answer)
	if err != nil {
		return nil, fmt.Errorf("ask for the list: %w", err)
	}

	found := make(map[string]gadgetFound)
	for _, g := range append(defined, single...) {
		found[g.ID] = gadgetFound{section: g.Section, isDefault: g.Default, files: r.titles(g.Pages)}
	}
	for _, g := range answer.Query.Gadgets {
		if g.ID == "" {
			continue
		}
		m, before := g.Metadata, found[g.ID]
		listed := r.titles(slices.Concat(m.Module.Scripts, m.Module.Vues, m.Module.Styles, m.Module.Datas))
		for _, file := range before.files { // some are loaded by nobody, but are there
			if !slices.Contains(listed, file) {
				listed = append(listed, file)
			}
		}
		found[g.ID] = gadgetFound{
			section:   cmp.Or(m.Settings.Section, m.Settings.Category, before.section),
			isDefault: m.Settings.Default,
			files:     listed,
		}
	}
	return found, nil
}

// titles writes titles as the wiki does and drops those that are none.
func (r *gadgetReader) titles(texts []string) (titles []string) {
	for _, text := range texts {
		if title := r.title(text); title != "" && !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	return titles
}

// readDefinitions reads the pages that define one gadget each. A page of
// another content model defines none, and one that cannot be understood leaves
// the gadget to what the wiki says of it.
func (r *gadgetReader) readDefinitions(ctx context.Context) ([]Gadget, error) {
	fail := func(err error) ([]Gadget, error) {
		return nil, fmt.Errorf("read their definitions in JSON: %w", err)
	}
	var titles []string
	err := askAll(ctx, r.api, map[string]string{
		"action": "query", "list": "allpages", "apnamespace": fmt.Sprint(messageSpace), "apprefix": "Gadgets/", "aplimit": "max",
	}, func(body json.RawMessage) error {
		var answer struct {
			Query struct{ AllPages []struct{ Title string } }
		}
		err := json.Unmarshal(body, &answer)
		for _, p := range answer.Query.AllPages {
			if strings.HasSuffix(p.Title, ".json") {
				titles = append(titles, p.Title)
			}
		}
		return err
	})
	if err != nil {
		return fail(err)
	}
	var gadgets []Gadget
	for batch := range slices.Chunk(titles, batchOf(ctx, r.api)) {
		pages, err := readBatch(ctx, r.api, batch, map[string]string{"prop": "revisions", "rvprop": "ids|content", "rvslots": "main"})
		if err != nil {
			return fail(err)
		}
		for _, title := range batch {
			t, err := r.on.ParseTitle(title)
			id, ok := gadgetOfJSONPage(t.Name)
			main := pages[title].newest().Slots.Main
			if err != nil || !ok || main.ContentModel != gadgetModel {
				continue
			}
			if g, err := ParseGadgetJSON(id, main.Content); err == nil {
				gadgets = append(gadgets, g)
			}
		}
	}
	return gadgets, nil
}
