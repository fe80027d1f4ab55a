// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reading of many pages at once.

package survey

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// titlesPerQuery is how many titles the API takes from any account.
const titlesPerQuery = 50

// pageFound is what a query says of one page.
type pageFound struct {
	Title            string // as the wiki writes it
	NS               int
	Missing, Invalid bool
	Revisions        []revisionFound // the newest first
	LinksHere        []struct{ Title string }
}

// revisionFound is a revision in such an answer, with the parts that were asked
// for.
type revisionFound struct {
	RevID     int64
	User      string
	Timestamp time.Time
	Slots     struct {
		Main struct {
			ContentModel string
			Content      string // "" also where it is hidden
		}
	}
}

// exists reports whether the page has a revision.
func (p pageFound) exists() bool { return len(p.Revisions) > 0 }

// newest is the page's newest revision; a zero one if there is none.
func (p pageFound) newest() revisionFound {
	if len(p.Revisions) == 0 {
		return revisionFound{}
	}
	return p.Revisions[0]
}

// readBatch asks about some titles at once, as many as batchOf allows at most,
// and returns what there is of each, by the title as it was asked for. A page of which the wiki
// said nothing is not in the result.
func readBatch(ctx context.Context, api asker, titles []string, params map[string]string) (map[string]pageFound, error) {
	ask := maps.Clone(params)
	ask["action"], ask["titles"] = "query", strings.Join(titles, "|")
	pages := make(map[string]pageFound, len(titles))
	asked := make(map[string]string) // from what a title was called in the question
	err := askAll(ctx, api, ask, func(body json.RawMessage) error {
		var answer struct {
			Query struct {
				Normalized []struct{ From, To string }
				Pages      []pageFound
			}
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return err
		}
		for _, n := range answer.Query.Normalized {
			asked[n.From] = n.To
		}
		for _, p := range answer.Query.Pages {
			// A page comes again with each part of its answer.
			before := pages[p.Title]
			p.Revisions = slices.Concat(before.Revisions, p.Revisions)
			pages[p.Title] = p
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for from, to := range asked {
		if p, ok := pages[to]; ok {
			pages[from] = p
		}
	}
	return pages, nil
}
