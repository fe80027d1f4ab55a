// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the pages: HTML made by the server, which works in any
// browser.

package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

//go:embed templates static
var files embed.FS

const pageType = "text/html; charset=utf-8"

// page is what every page gets.
type page struct {
	Title string
	Here  string // the part of the site that it belongs to
	State State
	Style string // the address of the style sheet
	Icon  string
	About About
	AsOf  time.Time // of the index, zero where the page shows nothing of it
	Feed  string    // the address of a feed that belongs to the page
	Body  any
}

// kindNames are the kinds of item, as everywhere in the registry.
func kindNames() []string { return []string{"extension", "skin", "gadget", "userscript", "tool"} }

// parsePages reads the templates, each with the frame around it.
func (s *Site) parsePages() error {
	sum := fnv.New64a()
	for _, name := range []string{"static/style.css", "static/icon.svg"} {
		text, err := files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err) // unreachable
		}
		sum.Write(text)
	}
	s.style = fmt.Sprintf("/static/%x/", sum.Sum64())
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return fmt.Errorf("list the templates: %w", err) // unreachable
	}
	s.pages = map[string]*template.Template{}
	for _, name := range names {
		t, err := template.New("frame.html").Funcs(s.functions()).ParseFS(files, "templates/frame.html", "templates/parts.html", name)
		if err != nil {
			return fmt.Errorf("read the templates: %w", err)
		}
		s.pages[name[len("templates/"):]] = t
	}
	return nil
}

// draw makes an answer of a page.
func (s *Site) draw(name string, p page) (answer, error) {
	p.Style, p.Icon, p.About = s.style+"style.css", s.style+"icon.svg", s.about
	var b bytes.Buffer
	if err := s.pages[name].Execute(&b, p); err != nil {
		return answer{}, fmt.Errorf("draw %s: %w", name, err)
	}
	return answer{kind: pageType, body: b.Bytes(), maxAge: pageAge}, nil
}

func (s *Site) overviewPage(ctx context.Context, _ *http.Request) (answer, error) {
	state, x, err := s.known(ctx)
	if err != nil {
		return answer{}, err
	}
	all, err := x.search(search{Page: 1})
	if err != nil {
		return answer{}, err
	}
	return s.draw("overview.html", page{Title: "Who looks after this?", Here: "/", State: state, AsOf: x.made, Body: map[string]any{
		"Search": search{}, "Choices": choicesOf(state), "Bars": barsOf(all.Verdicts), "Total": all.Total, "Kinds": all.Kinds,
	}})
}

func (s *Site) wikiPage(ctx context.Context, r *http.Request) (answer, error) {
	state, x, err := s.known(ctx)
	if err != nil {
		return answer{}, err
	}
	w, err := state.wiki(r.PathValue("wiki"))
	if err != nil {
		return answer{}, err
	}
	found, err := x.search(search{Wiki: w.Wiki, Page: 1})
	if err != nil {
		return answer{}, err
	}
	list, err := s.mentionsOf(ctx, x, w.Wiki, "", 5)
	if err != nil {
		return answer{}, err
	}
	a, err := s.draw("wiki.html", page{Title: w.Wiki, Here: "/", State: state, AsOf: x.made, Feed: "/mentions.atom" + params("wiki", w.Wiki), Body: map[string]any{
		"Wiki": w, "Bars": barsOf(found.Verdicts), "Total": found.Total, "Mentions": list,
	}})
	a.maxAge = shortAge
	return a, err
}

func (s *Site) itemsPage(ctx context.Context, r *http.Request) (answer, error) {
	state, x, err := s.known(ctx)
	if err != nil {
		return answer{}, err
	}
	wanted, err := searchOf(r, state, x)
	if err != nil {
		return answer{}, err
	}
	found, err := x.search(wanted)
	if err != nil {
		return answer{}, err
	}
	title := "Items"
	if wanted.Text != "" {
		title = "Items: " + s.clean.text(wanted.Text)
	}
	wanted.Text = s.clean.text(wanted.Text)
	pages := min(maxPages, (found.Total+perPage-1)/perPage)
	return s.draw("items.html", page{Title: title, Here: "/items", State: state, AsOf: x.made, Body: map[string]any{
		"Search": wanted, "Choices": choicesOf(state), "Found": found, "Pages": pages,
		"First": min((wanted.Page-1)*perPage+1, found.Total), "Last": min(wanted.Page*perPage, found.Total),
	}})
}

func (s *Site) itemPage(ctx context.Context, r *http.Request) (answer, error) {
	state, items, x, err := s.wantedItem(ctx, r)
	if err != nil {
		return answer{}, err
	}
	key, wiki := items[0].Key, r.URL.Query().Get("wiki")
	list, err := s.mentionsOf(ctx, x, wiki, key, 10)
	if err != nil {
		return answer{}, err
	}
	body := map[string]any{"Item": richest(items), "Views": viewsOf(items), "Mentions": list, "Wiki": wiki}
	var measures []measureOn
	month, quarter := 0, 0
	for _, i := range items {
		month, quarter = month+i.Month, quarter+i.Quarter
		for _, m := range i.Measures {
			measures = append(measures, measureOn{m, i.Wiki})
		}
	}
	body["Measures"], body["Month"], body["Quarter"] = measures[:min(len(measures), measuresShown)], month, quarter
	a, err := s.draw("item.html", page{
		Title: items[0].Name, Here: "/items", State: state, AsOf: x.made, Feed: "/mentions.atom" + params("key", key, "wiki", wiki), Body: body,
	})
	a.maxAge = shortAge
	return a, err
}

func (s *Site) mentionsPage(ctx context.Context, r *http.Request) (answer, error) {
	state, err := s.state.get(ctx)
	if err != nil {
		return answer{}, err
	}
	wiki, key, list, x, err := s.wantedMentions(ctx, r)
	if err != nil {
		return answer{}, err
	}
	a, err := s.draw("mentions.html", page{
		Title: "Mentions without a steward", Here: "/mentions", State: state, AsOf: x.made, Feed: "/mentions.atom" + params("wiki", wiki, "key", key),
		Body: map[string]any{"Mentions": list, "Wiki": wiki, "Key": key, "Choices": choicesOf(state), "Most": mentionsAtOnce},
	})
	a.maxAge = shortAge
	return a, err
}

func (s *Site) aboutPage(ctx context.Context, _ *http.Request) (answer, error) {
	state, err := s.state.get(ctx)
	if err != nil {
		return answer{}, err
	}
	return s.draw("about.html", page{Title: "About", Here: "/about", State: state, Body: verdictNames()})
}

func (s *Site) missingPage(context.Context, *http.Request) (answer, error) {
	return answer{}, &refusal{http.StatusNotFound, "There is no such page."}
}

// failPage tells a reader what is wrong.
func (s *Site) failPage(_ *http.Request, e refusal) answer {
	a, err := s.draw("fail.html", page{Title: http.StatusText(e.status), Body: e.text})
	if err != nil {
		a = answer{kind: "text/plain; charset=utf-8", body: []byte(e.text)} // unreachable
	}
	a.status = e.status
	return a
}

// static answers with a file that never changes under its address.
func (s *Site) static(_ context.Context, r *http.Request) (answer, error) {
	kinds := map[string]string{"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
	kind := kinds[r.PathValue("name")]
	if kind == "" || s.style != "/static/"+r.PathValue("version")+"/" {
		return answer{}, &refusal{http.StatusNotFound, "There is no such file."}
	}
	body, err := files.ReadFile("static/" + r.PathValue("name"))
	return answer{kind: kind, body: body, maxAge: 365 * 24 * time.Hour}, err
}

// choices are what a form lets people choose from.
type choices struct{ Wikis, Kinds, Verdicts []string }

func choicesOf(s State) choices {
	c := choices{Kinds: kindNames(), Verdicts: verdictNames()}
	for _, w := range s.Wikis {
		c.Wikis = append(c.Wikis, w.Wiki)
	}
	return c
}

// bar is how many items have a verdict, as a part of a bar of 1000 units.
type bar struct {
	Verdict     string
	Count       int
	Left, Width float64
}

func barsOf(counts map[string]int) []bar {
	total := 0
	for _, n := range counts {
		total += n
	}
	var bars []bar
	left := 0.0
	for _, v := range registry.Verdicts {
		n := counts[string(v)]
		if n == 0 {
			continue
		}
		width := 1000 * float64(n) / float64(total)
		bars = append(bars, bar{string(v), n, left, width})
		left += width
	}
	return bars
}

// measuresShown is how many numbers an item's page has at most.
const measuresShown = 30

// measureOn is a number about an item on a wiki.
type measureOn struct {
	measure
	Wiki string
}

// richest returns the item of that wiki which knows most about it.
func richest(items []item) item {
	return slices.MaxFunc(items, func(a, b item) int {
		know := func(i item) int {
			return len(i.Title) + len(i.Description) + len(i.Repository) + len(i.Aliases) + len(i.Page)
		}
		return know(a) - know(b)
	})
}

// view is an item as some wikis see it alike.
type view struct {
	item
	On []string // the wikis
}

// viewsOf puts wikis together that see an item alike.
func viewsOf(items []item) []view {
	var views []view
	for _, i := range items {
		at := slices.IndexFunc(views, func(v view) bool {
			return v.Verdict == i.Verdict && v.Reason == i.Reason && slices.EqualFunc(v.Claims, i.Claims, sameClaim)
		})
		if at < 0 {
			views = append(views, view{item: i})
			at = len(views) - 1
		}
		views[at].On = append(views[at].On, i.Wiki)
	}
	return views
}

// sameClaim reports whether two wikis know the same, whenever each has read it.
func sameClaim(a, b claim) bool {
	a.Read, b.Read = time.Time{}, time.Time{}
	return a == b
}
