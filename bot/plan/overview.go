// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the overview of a wiki: how much of what it depends on is
// looked after, what needs somebody most, and how that changes.

package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	// topShown is how many items are named that need somebody.
	topShown = 10
	// countsMove is how often a page is saved at most for what moves by itself.
	countsMove = 24 * time.Hour
)

// Listing is the body of a region that is the bot's alone, and of which a part
// moves by itself all the time: numbers of users, links and mentions, and the
// order that follows from them.
type Listing struct {
	ID, Body string
	Append   bool
	State    registry.PageState
}

// Apply writes the body into its region. The error is a *wikitext.RegionError or
// a *GoneError.
func (l Listing) Apply(text string) (string, error) {
	return edit(text, place{id: l.ID, state: l.State, appends: l.Append, mayBeEmptied: true}, func(string) (string, error) { return l.Body, nil })
}

// listingRegions are the names of the regions of the overview, the adoption page
// and what belongs to them under the rules.
func listingRegions(rules *config.Rules) (names []string) {
	if o := rules.Overview; o != nil {
		names = append(names, RegionName(o.Page, config.OverviewID))
	}
	for _, title := range dataTitles(rules) {
		names = append(names, RegionName(title, DataRegion))
	}
	if a := rules.Adoption; a != nil {
		names = append(names, RegionName(a.Page, config.AdoptionID))
	}
	if title, ok := linePage(rules); ok {
		names = append(names, RegionName(title, LineRegion))
	}
	return names
}

// moving stands around what moves by itself.
var moving = [2]string{"<!-- codesteward: moving -->", "<!-- codesteward: still -->"}

// asItMoves marks lines as moving by themselves.
func asItMoves(lines string) string { return moving[0] + "\n" + lines + "\n" + moving[1] }

// OnlyMoves reports whether two texts of a page differ, in a region, in nothing
// but what moves by itself.
func OnlyMoves(region, before, after string) bool {
	was, ok := still(region, before)
	if !ok {
		return false
	}
	is, ok := still(region, after)
	return ok && was == is
}

// cards finds the ids of cards.
var cards = regexp.MustCompile(`id="` + cardID + `[^"]*"`)

// still is the text of a page without what moves by itself in a region: of that
// stays which cards there are. ok is false where nothing moves.
func still(region, text string) (rest string, ok bool) {
	if region != config.OverviewID && region != config.AdoptionID {
		return "", false
	}
	var b strings.Builder
	for {
		before, behind, found := strings.Cut(text, moving[0])
		b.WriteString(before)
		if !found {
			return b.String(), ok
		}
		var moves string
		if moves, text, ok = strings.Cut(behind, moving[1]); !ok {
			return "", false
		}
		b.WriteString(strings.Join(slices.Sorted(slices.Values(cards.FindAllString(moves, -1))), " "))
	}
}

// overviewPages plans the overview, and the pages with its numbers where the wiki
// draws charts.
func overviewPages(in Input, s stock) []Page {
	rules := in.Rules.Overview
	if rules == nil || s.pending || len(s.known) == 0 || waits(in, rules.Page) {
		return nil
	}
	state := in.View.Pages[RegionName(rules.Page, config.OverviewID)]
	unowned := s.unowned(in.Rules)
	w := in.Words
	page := Page{
		Title: rules.Page, Region: config.OverviewID, Scope: Tables, Minor: true, MayCreate: state == "",
		Summary: w.Text("overview-summary", len(s.subjects), len(unowned)), Intro: w.Text("overview-intro") + "\n", MinInterval: countsMove,
		Changes: []Change{Listing{ID: config.OverviewID, Body: speechOn(in.Site, w).within(overview(in, s, unowned)), Append: rules.Append, State: state}},
	}
	return append(dataPages(in), page)
}

// overview writes the body of the page.
func overview(in Input, s stock, unowned []subject) string {
	w := in.Words
	parts := []string{
		section(w.Text("overview-heading-now"), counted(in, s, len(unowned))),
		section(w.Text("overview-heading-top"), top(in, unowned)),
		section(w.Text("overview-heading-week"), lately(in, s)),
		section(w.Text("overview-heading-trend"), trend(in)),
		section(w.Text("overview-heading-more"), elsewhere(in)),
	}
	return strings.Join(parts, "\n\n")
}

// section writes a section with its heading.
func section(heading, body string) string { return "== " + heading + " ==\n" + body }

// top is the table of the items that need somebody most.
func top(in Input, unowned []subject) string {
	w := in.Words
	if len(unowned) == 0 {
		return w.Text("overview-top-none")
	}
	var b strings.Builder
	b.WriteString(wide + "\n{| class=\"wikitable codesteward\"\n|+ " + w.Text("overview-caption-top") + "\n")
	for _, column := range []string{"item", "verdict", "use", "points"} {
		b.WriteString("! scope=\"col\" | " + w.Text("overview-column-"+column) + "\n")
	}
	for _, s := range unowned[:min(len(unowned), topShown)] {
		fmt.Fprintf(&b, "|-\n! scope=\"row\" style=\"text-align:start;font-weight:normal\" | %s\n| %s | %s\n| %s\n| style=\"text-align:end\" | %d\n",
			named(w, s.Item), verdictStyle(s.opinion.Verdict), verdictIn(w, s.opinion.Verdict), s.matters(w), s.points())
	}
	b.WriteString("|}\n</div>")
	if more := len(unowned) - topShown; more > 0 && in.Rules.Adoption != nil {
		b.WriteString("\n" + w.Text("overview-top-more", numeral(more), more, pageLink(in.Rules.Adoption.Page)))
	} else if more > 0 {
		b.WriteString("\n" + w.Text("overview-top-rest", numeral(more), more))
	}
	return asItMoves(b.String()) + "\n" + w.Text("overview-points", pointsForAll)
}

// wide opens an element in which a table that is wider than the screen is moved
// sideways, without the page.
const wide = `<div style="overflow-x:auto" tabindex="0">`

// named links to an item and says what it is.
func named(w *messages.Set, item registry.Item) string {
	return w.Text("overview-item", isolated(w, itemLink(item)), kindIn(w, item.Key.Kind()))
}

// elsewhere links to the other pages.
func elsewhere(in Input) string {
	w, rules := in.Words, in.Rules
	var lines []string
	add := func(name string, links ...string) {
		if len(links) > 0 && links[0] != "" {
			lines = append(lines, "* "+w.Text("overview-more-"+name, commas(w, links)))
		}
	}
	link := func(title string) string {
		if title == "" {
			return ""
		}
		return isolated(w, pageLink(title))
	}
	var tables []string
	for _, t := range rules.Tables {
		tables = append(tables, isolated(w, tableLink(w, t)))
	}
	add("tables", tables...)
	if rules.Adoption != nil {
		add("adoption", link(rules.Adoption.Page))
	}
	if rules.Noticeboard != nil {
		add("board", link(rules.Noticeboard.Page))
	}
	if rules.Notices != nil {
		add("signup", link(rules.Notices.SignUp))
		add("optout", link(rules.Notices.OptOut))
	}
	add("report", link(in.Site.ReportPage))
	return strings.Join(lines, "\n")
}

// tableLink links to a table by its caption.
func tableLink(w *messages.Set, t config.Table) string {
	if !titleSafe(t.Page) {
		return pageLink(t.Page)
	}
	label := wikitext.Escape(t.Title)
	if label == "" {
		label = caption(w, t)
	}
	return "[[:" + t.Page + "|" + label + "]]"
}
