// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the wiki says about many pages, without their texts.

package wiki

import (
	"context"
	"slices"
	"strings"
)

// Pages reads about pages, without their texts and who made them, in as few requests as possible. They come by the
// titles as they were asked for; one that no page can have is left out. A redirect has nothing but Title and Redirect.
func (c *Client) Pages(ctx context.Context, titles []string) (map[string]Page, error) {
	found := map[string]Page{}
	titles = slices.DeleteFunc(slices.Clone(titles), func(t string) bool { return checkTitle("query", t) != nil })
	for chunk := range slices.Chunk(titles, usualLimit) {
		if err := c.pages(ctx, chunk, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// pages reads about as many pages as one request can be about.
func (c *Client) pages(ctx context.Context, titles []string, found map[string]Page) error {
	normalized, redirects, pages := map[string]string{}, map[string]string{}, map[string]Page{}
	type change struct{ From, To string }
	err := c.GetAll(ctx, map[string]string{"action": "query", "prop": "info", "titles": strings.Join(titles, "|"), "redirects": "1",
		"intestactions": "edit|create", "intestactionsdetail": "full"}, func(body []byte) error {
		var answer struct {
			Query struct {
				Normalized, Redirects []change
				Pages                 []queryPage
			}
		}
		if err := decode(body, "query", &answer); err != nil {
			return err
		}
		for _, n := range answer.Query.Normalized {
			normalized[n.From] = n.To
		}
		for _, r := range answer.Query.Redirects {
			redirects[r.From] = r.To
		}
		for _, q := range answer.Query.Pages {
			if q.Invalid || q.Special {
				continue
			}
			// An answer that goes on repeats the other pages without what it says of them.
			if _, again := pages[q.Title]; !again || q.Actions != nil {
				pages[q.Title] = Page{Title: q.Title, ID: q.PageID, Namespace: q.NS, Missing: q.Missing, Model: q.Model, Barred: q.barred()}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, asked := range titles {
		title := asked
		if to, ok := normalized[asked]; ok {
			title = to
		}
		if to, ok := redirects[title]; ok {
			found[asked] = Page{Title: title, Redirect: to}
		} else if p, ok := pages[title]; ok {
			found[asked] = p
		}
	}
	return nil
}
