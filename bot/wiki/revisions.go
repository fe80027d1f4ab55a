// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds reading of revisions, by their ids and as a page's history.

package wiki

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxHistory = 500 // revisions that History returns at most
	allOf      = "ids|timestamp|user|comment|tags|content"
)

// queryRevision is a revision in an answer of action=query.
type queryRevision struct {
	RevID, ParentID int64
	User, Comment   string
	Anon, Temp      bool
	Tags            []string
	Timestamp       time.Time
	Slots           struct {
		Main struct {
			ContentModel string
			Content      *string // nil if it is hidden, lost or broken
		}
	}
}

func (q queryRevision) revision(p queryPage) Revision {
	main := q.Slots.Main
	r := Revision{
		ID: q.RevID, Parent: q.ParentID, Title: p.Title, Namespace: p.NS, PageID: p.PageID, User: q.User,
		Registered: q.User != "" && !q.Anon && !q.Temp, Temp: q.Temp, Time: q.Timestamp, Model: main.ContentModel, Comment: q.Comment, Tags: append([]string(nil), q.Tags...),
		Hidden: main.Content == nil,
	}
	if !r.Hidden {
		r.Text = *main.Content
	}
	return r
}

// Revisions reads revisions by their ids, as many at once as the wiki lets the account ask for, and in several answers
// where their texts are too long for one. Each id asked for is in the result; one that the wiki does not know, or whose
// page is deleted, has Missing set.
func (c *Client) Revisions(ctx context.Context, ids ...int64) (map[int64]Revision, error) {
	found := make(map[int64]Revision, len(ids))
	limit := usualLimit
	if len(ids) > limit {
		limit = c.TitleLimit(ctx)
	}
	for chunk := range slices.Chunk(ids, limit) {
		words := make([]string, len(chunk))
		for i, id := range chunk {
			words[i] = strconv.FormatInt(id, 10)
		}
		revs, err := c.revisions(ctx, map[string]string{"revids": strings.Join(words, "|")}, len(chunk), func(queryPage) {})
		if err != nil {
			return nil, err
		}
		for _, r := range revs {
			found[r.ID] = r
		}
	}
	for _, id := range ids {
		if _, ok := found[id]; !ok {
			found[id] = Revision{ID: id, Missing: true}
		}
	}
	return found, nil
}

// History reads the revisions of a page that are newer than the revision after, with their texts, oldest first; after 0
// means from the beginning. It returns at most 500: if it returns so many, there may be more after the last. A page
// that does not exist has none.
func (c *Client) History(ctx context.Context, title string, after int64) ([]Revision, error) {
	revs, err := c.historyFrom(ctx, title, after)
	if err != nil {
		return nil, err
	}
	revs = slices.DeleteFunc(revs, func(r Revision) bool { return r.ID <= after })
	return revs[:min(len(revs), maxHistory)], nil
}

// historyFrom is History with the revision that it begins at.
func (c *Client) historyFrom(ctx context.Context, title string, first int64) ([]Revision, error) {
	if err := checkTitle("query", title); err != nil {
		return nil, err
	}
	p := map[string]string{"titles": title, "rvdir": "newer", "rvlimit": strconv.Itoa(usualLimit)}
	if first > 0 {
		p["rvstartid"] = strconv.FormatInt(first, 10)
	}
	pages := 0
	revs, err := c.revisions(ctx, p, maxHistory+1, func(queryPage) { pages++ })
	if err == nil && pages == 0 {
		return nil, &Error{Code: "unreadable", Action: "query", Title: title, Info: "the answer is about no page"}
	}
	return revs, err
}

// enough ends GetAll early.
type enough struct{}

func (enough) Error() string { return "enough" }

// revisions asks for revisions until there are max or no more. Each page that the wiki tells of is seen.
func (c *Client) revisions(ctx context.Context, which map[string]string, max int, seen func(queryPage)) ([]Revision, error) {
	p := map[string]string{"action": "query", "prop": "revisions", "rvprop": allOf, "rvslots": "main"}
	for k, v := range which {
		p[k] = v
	}
	var revs []Revision
	err := c.GetAll(ctx, p, func(body []byte) error {
		var answer struct{ Query struct{ Pages []queryPage } }
		if err := decode(body, "query", &answer); err != nil {
			return err
		}
		for _, page := range answer.Query.Pages {
			seen(page)
			for _, r := range page.Revisions {
				revs = append(revs, r.revision(page))
			}
		}
		if len(revs) >= max {
			return enough{}
		}
		return nil
	})
	if err != nil && err != (enough{}) {
		return nil, err
	}
	return revs, nil
}
