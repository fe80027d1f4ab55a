// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the counting of links to pages of the wiki itself.

package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// countLocal counts the links to pages of the wiki, fifty pages at a time, and
// adds them to the counts of the items that the pages belong to.
func (l links) countLocal(ctx context.Context, titles map[string][]int, counts []count) error {
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(titles)), titlesPerQuery) {
		found, err := l.linksHere(ctx, batch)
		if err != nil {
			return fmt.Errorf("of %d pages from %s: %w", len(batch), batch[0], err)
		}
		for title, pages := range found {
			for _, n := range titles[title] {
				c := &counts[n]
				c.asked = true
				for id := range pages {
					c.pages[id] = true
				}
			}
		}
	}
	return nil
}

// linksHere returns the ids of the pages that link to each of some titles, at
// most l.Pages and a few for each. The wiki tells the links to all of them one
// after the other; a title with too many is left out of the rest of the
// question, so that it takes at most a few requests a title.
func (l links) linksHere(ctx context.Context, titles []string) (map[string]map[int64]bool, error) {
	out := make(map[string]map[int64]bool, len(titles))
	open := slices.Clone(titles)
	for len(open) > 0 {
		names := make(map[string]string) // as the wiki writes them, to as we do
		for _, t := range open {
			names[t], out[t] = t, make(map[int64]bool)
		}
		full := fullTitles{}
		err := askAll(ctx, l.api, map[string]string{
			"action": "query", "titles": strings.Join(open, "|"),
			"prop": "linkshere", "lhprop": "pageid|title", "lhshow": "!redirect", "lhlimit": strconv.Itoa(l.Pages),
		}, func(body json.RawMessage) error {
			var answer struct {
				Continue map[string]any
				Query    struct {
					Normalized moved
					Pages      []struct {
						Title     string
						LinksHere []struct {
							PageID int64
							Title  string
						}
					}
				}
			}
			if err := json.Unmarshal(body, &answer); err != nil {
				return fmt.Errorf("read the answer: %w", err)
			}
			for _, n := range answer.Query.Normalized {
				names[n.To] = n.From
			}
			for _, p := range answer.Query.Pages {
				asked, ok := names[p.Title]
				if !ok {
					continue
				}
				for _, from := range p.LinksHere {
					if !l.Own(from.Title) {
						out[asked][from.PageID] = true
					}
				}
				if len(out[asked]) >= l.Pages {
					full[asked] = true
				}
			}
			if len(full) > 0 && len(answer.Continue) > 0 {
				return full
			}
			return nil
		})
		if err == nil {
			return out, nil
		}
		if _, stopped := err.(fullTitles); !stopped {
			return nil, err
		}
		open = slices.DeleteFunc(open, func(t string) bool { return full[t] })
	}
	return out, nil
}

// fullTitles ends a question: these titles have enough links.
type fullTitles map[string]bool

func (fullTitles) Error() string { return "there are enough links to some of the pages" }
