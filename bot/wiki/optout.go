// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how people on a wiki keep bots off pages, under the names that this wiki has for it.

package wiki

import (
	"context"
	"strings"
)

// OptOuts are a wiki's own names for keeping bots and messages away.
type OptOuts struct {
	// Bots and Nobots are the redirects to the templates of these names, as full titles.
	Bots, Nobots []string
	// Category is the name, without its namespace, of the category of talk pages that want no messages, which MassMessage
	// obeys: https://www.mediawiki.org/wiki/Extension:MassMessage. "" where the wiki has none.
	Category string
}

// OptOuts asks for them, in one request.
func (c *Client) OptOuts(ctx context.Context) (OptOuts, error) {
	const message = "massmessage-optout-category"
	var answer struct {
		Query struct {
			Pages []struct {
				Title     string
				Redirects []struct{ Title string }
			}
			AllMessages []struct{ Name, Content string }
		}
	}
	if err := c.Get(ctx, map[string]string{"action": "query", "prop": "redirects", "titles": "Template:Bots|Template:Nobots", "rdlimit": "max",
		"rdprop": "title", "meta": "allmessages", "ammessages": message, "uselang": "content"}, &answer); err != nil {
		return OptOuts{}, err
	}
	var o OptOuts
	for _, p := range answer.Query.Pages {
		to := &o.Bots
		if strings.HasSuffix(strings.ToLower(p.Title), ":nobots") {
			to = &o.Nobots
		}
		for _, r := range p.Redirects {
			*to = append(*to, r.Title)
		}
	}
	for _, m := range answer.Query.AllMessages {
		if m.Name == message && m.Content != "-" {
			o.Category = m.Content
		}
	}
	return o, nil
}
