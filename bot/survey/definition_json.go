// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader of MediaWiki:Gadgets/<id>.json, the other shape in
// which a gadget can be defined: content model GadgetDefinition of the Gadgets
// extension, $wgGadgetsRepo "json" or "json+definition".

package survey

import (
	"encoding/json"
	"fmt"
	"strings"
)

// gadgetModel is the content model of a page with one gadget.
const gadgetModel = "GadgetDefinition"

// gadgetJSON is such a page. What it does not say is false or empty.
type gadgetJSON struct {
	Settings struct {
		Section, Category                                      string // Category is the name in MediaWiki 1.39
		Default, Hidden, Package, RequiresES6, SupportsURLLoad bool
		Rights, Actions, Skins, Namespaces, Categories         gadgetTexts
		ContentModels                                          gadgetTexts
	}
	Module struct {
		Pages                                     gadgetTexts
		Scripts, Styles, Datas                    gadgetTexts // of MediaWiki 1.39, in place of Pages
		Dependencies, Peers, Messages, CodexIcons gadgetTexts
		Type                                      string
	}
}

// gadgetTexts is a list of texts. Other values in it, such as the numbers of
// namespaces, stand as they are written, and what is no list has none: "skins"
// can be true, which means all.
type gadgetTexts []string

// UnmarshalJSON never fails for valid JSON.
func (n *gadgetTexts) UnmarshalJSON(b []byte) error {
	var values []json.RawMessage
	if json.Unmarshal(b, &values) != nil {
		*n = nil
		return nil
	}
	*n = make(gadgetTexts, 0, len(values))
	for _, value := range values {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		*n = append(*n, text)
	}
	return nil
}

// ParseGadgetJSON reads the text of the page MediaWiki:Gadgets/<id>.json. The
// error says what is wrong with the text, or that the id can be no gadget's.
func ParseGadgetJSON(id, text string) (Gadget, error) {
	id = strings.ReplaceAll(id, " ", "_")
	if !validGadgetID(id) {
		return Gadget{}, fmt.Errorf("gadget %q: no name of a gadget", id)
	}
	var page gadgetJSON
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		return Gadget{}, fmt.Errorf("gadget %s: %w", id, err)
	}
	s, m := page.Settings, page.Module
	g := Gadget{ID: id, Section: s.Section}
	if g.Section == "" {
		g.Section = s.Category
	}
	flag := func(on bool, key string, values ...string) {
		if on {
			g.Options = append(g.Options, Option{Key: key, Values: values})
		}
	}
	flag(true, "ResourceLoader") // this shape knows no other way of loading
	flag(s.Default, "default")
	flag(s.Hidden, "hidden")
	flag(s.Package, "package")
	flag(s.RequiresES6, "requiresES6")
	flag(s.SupportsURLLoad, "supportsUrlLoad")
	flag(m.Type != "", "type", m.Type)
	for _, list := range []struct {
		key    string
		values gadgetTexts
	}{
		{"rights", s.Rights}, {"actions", s.Actions}, {"skins", s.Skins}, {"namespaces", s.Namespaces}, {"categories", s.Categories},
		{"contentModels", s.ContentModels}, {"dependencies", m.Dependencies}, {"peers", m.Peers}, {"messages", m.Messages}, {"codexIcons", m.CodexIcons},
	} {
		flag(len(list.values) > 0, list.key, list.values...)
	}
	for _, list := range []gadgetTexts{m.Pages, m.Scripts, m.Styles, m.Datas} {
		for _, page := range list {
			if page = strings.Trim(page, phpTrimmed); page != "" {
				g.Pages = append(g.Pages, gadgetPrefix+page)
			}
		}
	}
	g.derive()
	return g, nil
}

// gadgetOfJSONPage returns the id that the name of a page, without namespace,
// gives a gadget: "x" for "Gadgets/x.json".
func gadgetOfJSONPage(name string) (id string, ok bool) {
	id, ok = strings.CutPrefix(name, "Gadgets/")
	if !ok {
		return "", false
	}
	id, ok = strings.CutSuffix(id, ".json")
	return strings.ReplaceAll(id, " ", "_"), ok && id != ""
}
