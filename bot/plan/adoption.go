// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the adoption page: what needs somebody to look after it, the
// most important first, and how to do that.

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// askedFor is how long an item is said to be asked for.
const askedFor = 90 * 24 * time.Hour

// adoptionPages plans the page, and the one that new lines of the sign-up page are
// filled from.
func adoptionPages(in Input, s stock) []Page {
	rules := in.Rules.Adoption
	if rules == nil || s.pending || len(s.known) == 0 || waits(in, rules.Page) {
		return nil
	}
	w := in.Words
	state := in.View.Pages[RegionName(rules.Page, config.AdoptionID)]
	body, listed := adoption(in, s)
	page := Page{
		Title: rules.Page, Region: config.AdoptionID, Scope: Tables, Minor: true, MayCreate: state == "",
		Summary: w.Text("adoption-summary", listed), Intro: w.Text("adoption-intro") + "\n", MinInterval: countsMove,
		Changes: []Change{Listing{ID: config.AdoptionID, Body: speechOn(in.Site, w).within(body), Append: rules.Append, State: state}},
	}
	return append(linePages(in), page)
}

// adoption writes the body of the page, and counts the items on it.
func adoption(in Input, s stock) (body string, listed int) {
	w := in.Words
	a := newAdoption(in)
	unowned := s.unowned(in.Rules)
	var asked, seeking []subject
	for _, item := range s.subjects {
		key := item.Item.Key
		_, waiting := a.asked[key]
		switch {
		case len(a.seekers[key]) > 0:
			seeking = append(seeking, item)
		case waiting && !slices.Contains(in.Rules.Verdict.Unowned, string(item.opinion.Verdict)):
			asked = append(asked, item)
		}
	}
	unowned = slices.DeleteFunc(unowned, func(item subject) bool { return len(a.seekers[item.Item.Key]) > 0 })
	byPoints(seeking)
	byPoints(asked)
	shown := unowned[:min(len(unowned), in.Rules.Adoption.Limit)]

	parts := []string{w.Text("adoption-lead", numeral(len(unowned)), len(unowned)) + "\n\n" + w.Text("adoption-means")}
	add := func(heading string, items []subject, more string) {
		if len(items) == 0 {
			return
		}
		var cards []string
		for _, item := range items {
			cards = append(cards, a.card(item))
		}
		if more != "" {
			cards = append(cards, more)
		}
		parts = append(parts, section(w.Text(heading), asItMoves(strings.Join(cards, "\n"))))
		listed += len(items)
	}
	add("adoption-heading-seeking", seeking, "")
	add("adoption-heading-asked", asked, "")
	more := ""
	if n := len(unowned) - len(shown); n > 0 {
		more = w.Text("adoption-more", numeral(n), n)
	}
	add("adoption-heading-most", shown, more)
	parts = append(parts, w.Text("overview-points", pointsForAll))
	return strings.Join(parts, "\n\n"), listed
}

// adopting is what cards are made from.
type adopting struct {
	in      Input
	why     registry.Language
	seekers map[registry.Key][]string  // who look for somebody
	asked   map[registry.Key]time.Time // when an item was last sent here
}

func newAdoption(in Input) adopting {
	a := adopting{in: in, why: reasons(in), seekers: map[registry.Key][]string{}, asked: map[registry.Key]time.Time{}}
	for user, preference := range in.View.Preferences {
		for _, key := range preference.Seeking {
			a.seekers[key] = append(a.seekers[key], user)
		}
	}
	for _, users := range a.seekers {
		slices.Sort(users)
	}
	for _, t := range in.View.Told {
		if t.Rung == config.ToAdoption && t.Withheld == "" && in.Now.Sub(t.At) < askedFor && t.At.After(a.asked[t.Item]) {
			a.asked[t.Item] = t.At
		}
	}
	for item, at := range in.Sought {
		if at.After(a.asked[item]) {
			a.asked[item] = at
		}
	}
	return a
}

// card tells all about one item: what it is, why it is here, how much it matters,
// where to look, and how to adopt it.
func (a adopting) card(s subject) string {
	w, key := a.in.Words, s.Item.Key
	lines := []string{w.Text("adoption-item", "'''"+isolated(w, itemLink(s.Item))+"'''", kindIn(w, key.Kind()), numeral(s.points()), s.points())}
	add := func(name string, args ...any) { lines = append(lines, w.Text("adoption-"+name, args...)) }
	if d := s.Item.Details.Description; d != "" {
		lines = append(lines, nameIn(w, shortened(d, descriptionLength)))
	}
	if users := a.seekers[key]; len(users) > 0 {
		var links []string
		for _, user := range users {
			links = append(links, isolated(w, userLink(user)))
		}
		add("seeking", enumerate(w, links), len(links))
	}
	_, phrases := registry.Reasons(s.Claims, a.in.View.Accounts, Limits(a.in.Site.Wiki, a.in.Rules), a.in.Now)
	verdict := fmt.Sprintf(`<span %s>&nbsp;%s&nbsp;</span>`, verdictStyle(s.opinion.Verdict), verdictIn(w, s.opinion.Verdict))
	add("why", verdict, a.why.Sentence(phrases))
	if matters := s.matters(w); matters != "" {
		add("use", matters)
	}
	if at, ok := a.asked[key]; ok {
		add("asked", dayIn(w, at))
	}
	if places := a.places(s.Item); len(places) > 0 {
		add("see", commas(w, places))
	}
	if similar := a.in.Similar[key]; len(similar) > 0 {
		var links []string
		for _, item := range similar {
			links = append(links, isolated(w, itemLink(item)))
		}
		add("similar", commas(w, links))
	}
	if ways := a.ways(s); len(ways) > 0 {
		add("how", strings.Join(ways, " · "))
	}
	return fmt.Sprintf(`<div class="codesteward-card" id="%s" style="border:1px solid %s;border-inline-start:4px solid %s;border-radius:2px;padding:0.5em 0.9em;margin:0.6em 0;max-width:60em">`,
		cardID+registry.RowID(key), colour{"border-color-subtle", "#c8ccd1"}, looks[s.opinion.Verdict].bar) + "\n" + strings.Join(lines, "<br>\n") + "\n</div>"
}

// cardID is what the ids of cards begin with.
const cardID = "adopt-"

// descriptionLength is the longest description that is shown, in characters.
const descriptionLength = 200

// shortened cuts a text that is longer than a number of characters.
func shortened(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
