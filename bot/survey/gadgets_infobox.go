// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what infoboxes on the documentation pages of gadgets say.

package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// GadgetInfobox is a template of a wiki that documents a gadget, on a page such
// as Help:Gadget-X. Which there are, only the wiki can say.
type GadgetInfobox struct {
	// Template is its name without the namespace.
	Template string
	// Gadget is the argument with the gadget's id; where the template does not
	// have it, the page's name counts, without "Gadget-".
	Gadget string
	// Maintainers are the arguments that name who looks after it.
	Maintainers []string
}

// docSpaces are the namespaces of documentation: of the project, of messages, of
// help.
const docSpaces = "4|8|12"

// readInfoboxes reads the pages with the infoboxes. Accounts that they link to
// are claims that nobody has confirmed.
func (r *gadgetReader) readInfoboxes(ctx context.Context, gadgets map[string]gadgetFound) (claims []registry.Claim, err error) {
	for _, box := range r.infoboxes {
		fail := func(err error) ([]registry.Claim, error) {
			return nil, fmt.Errorf("read the pages with {{%s}}: %w", box.Template, err)
		}
		var titles []string
		err := askAll(ctx, r.api, map[string]string{
			"action": "query", "list": "embeddedin", "eititle": "Template:" + box.Template, "einamespace": docSpaces, "eilimit": "max",
		}, func(body json.RawMessage) error {
			var answer struct {
				Query struct{ EmbeddedIn []struct{ Title string } }
			}
			err := json.Unmarshal(body, &answer)
			for _, p := range answer.Query.EmbeddedIn {
				titles = append(titles, p.Title)
			}
			return err
		})
		if err != nil {
			return fail(err)
		}
		for batch := range slices.Chunk(titles, batchOf(ctx, r.api)) {
			pages, err := readBatch(ctx, r.api, batch, map[string]string{"prop": "revisions", "rvprop": "ids|content", "rvslots": "main"})
			if err != nil {
				return fail(err)
			}
			for _, title := range batch {
				claims = append(claims, r.boxClaims(box, pages[title], gadgets)...)
			}
		}
	}
	return claims, nil
}

// boxClaims are the claims of the infoboxes on a page.
func (r *gadgetReader) boxClaims(box GadgetInfobox, p pageFound, gadgets map[string]gadgetFound) (claims []registry.Claim) {
	for t := range r.on.Parse(p.newest().Slots.Main.Content).Templates() {
		if templateName(t.Name) != templateName(box.Template) {
			continue
		}
		id := r.documented(box, t, p.Title)
		if _, known := gadgets[id]; !known {
			continue
		}
		for _, name := range box.Maintainers {
			users, _ := whoIs(r.on, argument(t, name))
			for _, user := range users {
				claims = append(claims, registry.Claim{
					Item: registry.NewKey(detect.Gadget, r.wiki, id), Role: registry.Maintainer,
					Holder: user, HolderKind: registry.User, Standing: registry.Unconfirmed,
					Evidence: registry.Evidence{Wiki: r.wiki, Page: p.Title, Revision: p.newest().RevID},
				})
			}
		}
	}
	return claims
}

// documented is the id of the gadget that an infobox on a page is about.
func (r *gadgetReader) documented(box GadgetInfobox, t wikitext.Template, page string) string {
	name := ""
	if box.Gadget != "" {
		name = strings.TrimSpace(wikitext.Plain(argument(t, box.Gadget)))
	}
	if name == "" {
		title, err := r.on.ParseTitle(page)
		if err != nil {
			return ""
		}
		name, _, _ = strings.Cut(title.Name, "/")
		name = strings.TrimPrefix(name, "Gadget-")
	}
	return strings.ReplaceAll(name, " ", "_")
}
