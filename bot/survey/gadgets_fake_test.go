// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a wiki in memory that answers the queries of the sources of
// gadgets and scripts, and counts them.

package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// memoryPage is a page of a memoryWiki, with its one revision.
type memoryPage struct {
	text, model, user string
	revision          int64
	time              time.Time
	links             []string // titles that it links to
	older             []string // users of the revisions before, the newest first
}

// memoryWiki answers as the Action API does, with few results at a time, so
// that everything has to be continued.
type memoryWiki struct {
	pages   map[string]memoryPage
	list    string // the body of list=gadgets
	usage   string // the body of list=querypage
	general string // the body of siteinfo
	active  []string
	bots    []string
	limit   int // results at a time, 0 for 500
	titles  int // titles that it takes at once, 0 for 50

	// fail is an error for the requests that it is not nil for.
	fail  func(params map[string]string) error
	asked []map[string]string
}

func (w *memoryWiki) Page(_ context.Context, title string) (wiki.Page, error) {
	p, ok := w.pages[title]
	return wiki.Page{Title: title, Text: p.text, Revision: p.revision, Missing: !ok}, nil
}

func (w *memoryWiki) Get(ctx context.Context, params map[string]string, out any) error {
	w.asked = append(w.asked, maps.Clone(params))
	for key, value := range params {
		if value == "" {
			return fmt.Errorf("%s is empty", key)
		}
	}
	if w.fail != nil {
		if err := w.fail(params); err != nil {
			return err
		}
	}
	limit := w.limit
	if limit == 0 {
		limit = 500
	}
	offset, _ := strconv.Atoi(params["offset"])
	query, more := map[string]any{}, false
	// some gives the results from the offset on, as many as fit.
	some := func(all []any) []any {
		all = all[min(offset, len(all)):]
		more = more || len(all) > limit
		return all[:min(limit, len(all))]
	}
	switch list := params["list"]; {
	case params["meta"] == "siteinfo":
		return json.Unmarshal([]byte(`{"query":`+w.general+`}`), out)
	case params["titles"] != "":
		titles := strings.Split(params["titles"], "|")
		if len(titles) > w.TitleLimit(ctx) {
			return fmt.Errorf("%d titles at once", len(titles))
		}
		query["pages"], more = w.read(titles, params, offset, limit)
	case list == "allpages":
		query[list] = some(w.listed(func(title string, p memoryPage) bool {
			return strings.HasPrefix(title, "MediaWiki:"+params["apprefix"])
		}))
	case list == "embeddedin":
		query[list] = some(w.listed(func(title string, p memoryPage) bool {
			return strings.Contains(p.text, "{{"+strings.TrimPrefix(params["eititle"], "Template:")+"|")
		}))
	case list == "search":
		words := strings.Fields(params["srsearch"])
		query[list] = some(w.listed(func(title string, p memoryPage) bool {
			return strings.HasPrefix(title, "User:") && !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(p.text, word) })
		}))
	case list == "allusers":
		names := w.active
		if params["augroup"] != "" {
			names = w.bots
		}
		var found []any
		for _, name := range slices.Sorted(slices.Values(names)) {
			if name >= params["aufrom"] {
				found = append(found, map[string]any{"name": name})
			}
		}
		query[list] = some(found)
	case list == "gadgets":
		return json.Unmarshal([]byte(w.list), out)
	case list == "querypage":
		return json.Unmarshal([]byte(w.usage), out)
	default:
		return fmt.Errorf("asked %v", params)
	}
	answer := map[string]any{"query": query}
	if more {
		answer["continue"] = map[string]any{"offset": offset + limit, "continue": "-||"}
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, out)
}

// listed lists the pages that something holds for.
func (w *memoryWiki) listed(holds func(title string, p memoryPage) bool) []any {
	out := []any{}
	for _, title := range slices.Sorted(maps.Keys(w.pages)) {
		if holds(title, w.pages[title]) {
			out = append(out, map[string]any{"title": title})
		}
	}
	return out
}

// TitleLimit is what a client says of the wiki.
func (w *memoryWiki) TitleLimit(context.Context) int { return max(w.titles, titlesPerQuery) }

// read answers for pages. Texts and links to them come limit at a time, as where
// an answer would be too long.
func (w *memoryWiki) read(titles []string, params map[string]string, offset, limit int) (pages []any, more bool) {
	more = len(titles) > offset+limit && strings.Contains(params["rvprop"], "content")
	for i, title := range titles {
		p, ok := w.pages[title]
		page := map[string]any{"title": title}
		if !ok {
			page["missing"] = true
			pages = append(pages, page)
			continue
		}
		if strings.Contains(params["prop"], "revisions") && (i >= offset && i < offset+limit || !strings.Contains(params["rvprop"], "content")) {
			page["revisions"] = p.revisions(params)
		}
		if strings.Contains(params["prop"], "linkshere") {
			here := w.listed(func(_ string, p memoryPage) bool { return slices.Contains(p.links, title) })
			here = here[min(offset, len(here)):]
			more = more || len(here) > limit
			page["linkshere"] = here[:min(limit, len(here))]
		}
		pages = append(pages, page)
	}
	return pages, more
}

func (p memoryPage) revisions(params map[string]string) []any {
	newest := map[string]any{"revid": p.revision, "timestamp": p.time.Format(time.RFC3339), "user": p.user}
	if strings.Contains(params["rvprop"], "content") {
		newest["slots"] = map[string]any{"main": map[string]any{"contentmodel": p.model, "content": p.text}}
	}
	out := []any{newest}
	if params["rvlimit"] != "" {
		for i, user := range p.older {
			out = append(out, map[string]any{"revid": p.revision - int64(i) - 1, "timestamp": p.time.Add(-time.Hour).Format(time.RFC3339), "user": user})
		}
	}
	return out
}

// askedTitles returns in how many requests how many titles were asked about.
func (w *memoryWiki) askedTitles(holds func(params map[string]string) bool) (requests, titles int) {
	for _, params := range w.asked {
		if params["titles"] != "" && holds(params) {
			requests++
			titles += strings.Count(params["titles"], "|") + 1
		}
	}
	return requests, titles
}

// hour is a time on the day of the tests.
func hour(n int) time.Time { return time.Date(2026, 5, 19, n, 0, 0, 0, time.UTC) }
