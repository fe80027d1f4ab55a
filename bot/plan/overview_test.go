// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the overview and the adoption page.

package plan_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const overviewRules = `{
	"version": 2,
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"], "title": "Gadgets"},
		{"id": "extensions", "page": "Project:Extensions", "kinds": ["extension", "skin"], "columns": ["item", "verdict"]}
	],
	"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 10},
	"overview": {"page": "Project:Stewardship", "data": "Stewardship"},
	"adoption": {"page": "Project:Adopt", "limit": 3},
	"notices": {"sign_up": "Project:Sign up", "opt_out": "Project:Opt out"}
}`

// land is a wiki of which a year is known.
func land() registry.View {
	v := view()
	poem, cat, old, clock := extension("Poem"), gadget("Cat-a-lot"), gadget("Old-tabs"), gadget("UTC-clock")
	cat.Details = registry.Details{Description: "Moves files between categories.", Docs: "https://commons.wikimedia.org/wiki/Help:Gadget-Cat-a-lot", Repository: "https://git.example.org/cat"}
	poem.Aliases = []string{"mediawiki-extensions-Poem"}
	old.Gone = now.Add(-2 * 24 * time.Hour)
	clock.Default = true
	nobody := func(item registry.Item) []registry.Claim {
		return []registry.Claim{claim(item, registry.Nobody, "", registry.Stated, "list")}
	}
	v.Entries[1].Item = poem
	v.Entries = append(v.Entries,
		registry.Entry{Item: cat, Claims: nobody(cat), Measures: []registry.Measure{measure(cat, registry.Users, 1234, false), measure(cat, registry.Links, 20, false)}},
		registry.Entry{Item: old},
		registry.Entry{Item: clock, Claims: nobody(clock)},
	)
	v.Surveys = append(v.Surveys, registry.SurveyState{Source: "toolhub", Wiki: registry.AllWikis, Read: now})
	v.Tracked = map[detect.Kind]time.Time{detect.Extension: now.AddDate(0, -3, 0), detect.Gadget: now.AddDate(0, -3, 0)}
	day := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	v.Turns = []registry.Turn{
		{Item: poem.Key, At: day(20), Was: registry.Owned, Became: registry.Inactive}, // long ago
		{Item: poem.Key, At: day(5), Was: registry.Inactive, Became: registry.Unassigned},
		{Item: v.Entries[0].Item.Key, At: day(4), Was: registry.Owned, Became: registry.Inactive},
		{Item: v.Entries[0].Item.Key, At: day(3), Was: registry.Inactive, Became: registry.Owned}, // as it was
		{Item: v.Entries[3].Item.Key, At: day(4), Was: registry.Unknown, Became: registry.Unassigned},
		{Item: v.Entries[3].Item.Key, At: day(3), Was: registry.Unassigned, Became: registry.Unknown}, // as it was
		{Item: cat.Key, At: day(3), Was: "", Became: registry.Unassigned},
		{Item: old.Key, At: day(2), Was: registry.Unknown, Became: ""},
		{Item: v.Entries[2].Item.Key, At: day(1), Was: registry.Unassigned, Became: registry.Owned}, // its steward is told
	}
	v.Tallies = tallies(now, 20, 7)
	return v
}

// tallies are those of some weeks, but for one that nobody knows.
func tallies(now time.Time, weeks, gap int) []registry.Tally {
	var out []registry.Tally
	for n := weeks - 1; n >= 0; n-- {
		if n == gap {
			continue
		}
		out = append(out, registry.Tally{Week: registry.Week(now).AddDate(0, 0, -7*n), Counts: map[detect.Kind]map[registry.Verdict]int{
			detect.Extension: {registry.Owned: 40 - n, registry.Unassigned: 10 + n/2},
			detect.Gadget:    {registry.Owned: 3, registry.Unknown: 20},
		}})
	}
	return out
}

func landed(t *testing.T, edit func(*plan.Input)) map[string]plan.Page {
	t.Helper()
	in := plan.Input{Site: site, Rules: rules(t, overviewRules), View: land(), Now: now}
	if edit != nil {
		edit(&in)
	}
	byTitle := map[string]plan.Page{}
	for _, p := range plan.Pages(in) {
		byTitle[p.Title] = p
	}
	return byTitle
}

func created(t *testing.T, pages map[string]plan.Page, title string) string {
	t.Helper()
	p, ok := pages[title]
	if !ok {
		t.Fatalf("%s is not planned", title)
	}
	text, err := p.Create()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := p.Apply(text); err != nil || again != text {
		t.Errorf("%s: applied twice it is not what it was once: %v\n%s", title, err, cmp.Diff(text, again))
	}
	return text
}

func TestOverviewAndAdoption(t *testing.T) {
	pages := landed(t, nil)
	golden(t, "overview.wiki", created(t, pages, "Project:Stewardship"))
	golden(t, "adoption.wiki", created(t, pages, "Project:Adopt"))
	golden(t, "adoption-line.wiki", created(t, pages, "Project:Sign up/adopt"))
	arabic := landed(t, func(in *plan.Input) { in.Words = messages.In("ar", nil) })
	golden(t, "overview-ar.wiki", created(t, arabic, "Project:Stewardship"))
	golden(t, "adoption-ar.wiki", created(t, arabic, "Project:Adopt"))
}

func TestPointsTellSizesApart(t *testing.T) {
	v := land()
	v.Entries, v.Mentions = nil, nil
	add := func(name string, users, links int64, mentions int, all bool) {
		g := gadget(name)
		g.Default = all
		e := registry.Entry{Item: g, Claims: []registry.Claim{claim(g, registry.Nobody, "", registry.Stated, "list")}}
		e.Measures = []registry.Measure{measure(g, registry.Users, users, false), measure(g, registry.Links, links, false)}
		v.Entries = append(v.Entries, e)
		for i := range mentions {
			v.Mentions = append(v.Mentions, mention(g, name, detect.Gadget, "Bo", int64(1000+len(v.Mentions)), now.Add(-time.Duration(i+1)*time.Hour)))
		}
	}
	add("A9", 9, 0, 0, false)                // 1
	add("B10", 10, 0, 0, false)              // 2
	add("C99", 99, 0, 0, false)              // 2, and more users
	add("D-mentioned", 0, 0, 1, false)       // 2, and mentioned
	add("E-linked", 0, 100, 0, false)        // 3
	add("F-all", 3, 0, 0, true)              // 5
	add("G-everything", 1000, 10, 10, false) // 4 + 2 + 4
	add("H-nothing", 0, 0, 0, false)
	text := created(t, landed(t, func(in *plan.Input) {
		in.View, in.Rules = v, rules(t, strings.Replace(overviewRules, `"limit": 3`, `"limit": 9`, 1))
	}), "Project:Adopt")
	var got []string
	for _, m := range regexp.MustCompile(`Gadget-([A-Z][^|]*)\|[^\n]*\{\{PLURAL:(\d+)\|`).FindAllStringSubmatch(text, -1) {
		got = append(got, m[1]+" "+m[2])
	}
	want := []string{"G-everything 10", "F-all 5", "E-linked 3", "D-mentioned 2", "C99 2", "B10 2", "A9 1", "H-nothing 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestWhatIsNotKnownIsNotPlanned(t *testing.T) {
	for name, edit := range map[string]func(*plan.Input){
		"a source is still to be tried":  func(in *plan.Input) { in.Pending = map[string]bool{"gadgets": true} },
		"the rules ask for no such page": func(in *plan.Input) { in.Rules = rules(t, allRules) },
	} {
		pages := landed(t, edit)
		for _, title := range []string{"Project:Stewardship", "Project:Adopt", "Project:Sign up/adopt", "Data:Stewardship.tab"} {
			if _, ok := pages[title]; ok {
				t.Errorf("%s: %s is planned", name, title)
			}
		}
	}
	text := created(t, landed(t, func(in *plan.Input) { in.View.Surveys = in.View.Surveys[:1] }), "Project:Stewardship")
	if strings.Contains(text, "Map-peek]] (gadget)") || !strings.Contains(text, "Not counted, since it is not known yet which there are: gadgets") {
		t.Errorf("a kind that was never read is counted, or it is not said that it is not:\n%s", text)
	}
}

// What moves by itself is saved once a day; what people wait for at once.
func TestWhatOnlyMoves(t *testing.T) {
	tests := []struct {
		name  string
		edit  func(*plan.Input)
		title string
		moves bool
	}{
		{"more users", func(in *plan.Input) { in.View.Entries[4].Measures[0].Value = 99999 }, "Project:Stewardship", true},
		{"more users, adoption", func(in *plan.Input) { in.View.Entries[4].Measures[0].Value = 99999 }, "Project:Adopt", true},
		{"another order", func(in *plan.Input) { in.View.Entries[4].Measures[0].Value = 1 }, "Project:Adopt", true},
		{"another verdict", func(in *plan.Input) { in.View.Entries[6].Claims = nil }, "Project:Stewardship", false},
		{"an adopted item", func(in *plan.Input) {
			e := &in.View.Entries[6]
			e.Claims = []registry.Claim{claim(e.Item, registry.User, "Ada", registry.Confirmed, "cells")}
		}, "Project:Adopt", false},
		{"one item for another", func(in *plan.Input) {
			adopted, left := &in.View.Entries[6], &in.View.Entries[2]
			adopted.Claims, left.Claims = []registry.Claim{claim(adopted.Item, registry.User, "Ada", registry.Confirmed, "cells")},
				[]registry.Claim{claim(left.Item, registry.Nobody, "", registry.Stated, "list")}
		}, "Project:Adopt", false},
		{"a new change", func(in *plan.Input) {
			in.View.Turns = append(in.View.Turns, registry.Turn{Item: in.View.Entries[6].Item.Key, At: now, Was: registry.Owned, Became: registry.Unassigned})
		}, "Project:Stewardship", false},
	}
	before := landed(t, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			was, is := created(t, before, test.title), created(t, landed(t, test.edit), test.title)
			if was == is {
				t.Fatal("nothing has changed")
			}
			region := before[test.title].Region
			if got := plan.OnlyMoves(region, was, is); got != test.moves {
				t.Errorf("only moves: %v\n%s", got, cmp.Diff(was, is))
			}
		})
	}
	if plan.OnlyMoves("gadgets", "a", "b") || plan.OnlyMoves(config.OverviewID, "a", "b") || plan.OnlyMoves(config.OverviewID, "<!-- codesteward: moving -->", "<!-- codesteward: moving -->") {
		t.Error("what is no such text only moves")
	}
}

// Time alone changes neither page within a day.
func TestTimeAloneChangesNothing(t *testing.T) {
	weekAgo := func(in *plan.Input) {
		in.View.Turns = append(in.View.Turns, registry.Turn{Item: gadget("Quiet-toc").Key, At: now.AddDate(0, 0, -7).Add(time.Hour), Was: registry.Owned, Became: registry.Unknown})
		slices.SortFunc(in.View.Turns, func(a, b registry.Turn) int { return a.At.Compare(b.At) })
	}
	first := landed(t, weekAgo)
	later := landed(t, func(in *plan.Input) { weekAgo(in); in.Now = now.Add(11 * time.Hour) })
	for _, title := range []string{"Project:Stewardship", "Project:Adopt"} {
		if diff := cmp.Diff(created(t, first, title), created(t, later, title)); diff != "" {
			t.Errorf("%s:\n%s", title, diff)
		}
	}
}

func TestTheLadderAndPeopleSendItemsToTheAdoptionPage(t *testing.T) {
	peek, toc := gadget("Map-peek"), gadget("Quiet-toc")
	text := created(t, landed(t, func(in *plan.Input) {
		in.View.Told = []registry.Told{
			{Item: peek.Key, Rung: config.ToAdoption, At: now.AddDate(0, 0, -2)},
			{Item: toc.Key, Rung: config.ToAdoption, At: now.AddDate(0, 0, -3), Withheld: "answered"},
			{Item: extension("Echo").Key, Rung: config.ToAdoption, At: now.AddDate(0, 0, -100)},
			{Item: gadget("Cat-a-lot").Key, Rung: config.ToSteward, At: now.AddDate(0, 0, -2)},
		}
		in.View.Preferences = map[string]registry.Preference{"Cleo": {User: "Cleo", Seeking: []registry.Key{gadget("UTC-clock").Key}}}
	}), "Project:Adopt")
	if n := strings.Count(text, "Asked for on"); n != 1 || !strings.Contains(text, "Asked for on 2026-11-19") {
		t.Errorf("%d items are asked for:\n%s", n, text)
	}
	seeking, rest, ok := strings.Cut(text, "== Asked for ==")
	if !ok || !strings.Contains(seeking, "UTC-clock") || !strings.Contains(seeking, "[[User:Cleo|Cleo]]") || strings.Contains(rest, "UTC-clock") {
		t.Errorf("who looks for somebody is not told of, or twice:\n%s", text)
	}
}

func TestRegionsOfThesePagesAreLikeOthers(t *testing.T) {
	r := rules(t, overviewRules)
	for _, title := range []string{"Project:Stewardship", "Project:Adopt", "Project:Sign up/adopt", "Data:Stewardship.tab", "Data:Stewardship.chart"} {
		if !slices.Contains(plan.Titles(r), title) || !plan.Owned(site, r, title) {
			t.Errorf("%s is no title of the bot's", title)
		}
	}
	states := map[string]registry.PageState{"Project:Stewardship#overview": registry.PageHeld, "Project:Adopt#adoption": registry.PageHeld}
	if standing, gone := plan.Dropped(plan.Input{Site: site, Rules: r, View: registry.View{Pages: states}}); len(standing)+len(gone) > 0 {
		t.Errorf("dropped while the rules name them: %v %v", standing, gone)
	}
	if standing, _ := plan.Dropped(plan.Input{Site: site, Rules: rules(t, allRules), View: registry.View{Pages: states}}); len(standing) != 2 {
		t.Errorf("dropped: %v", standing)
	}
	for _, source := range []string{"siteinfo", "gadgets"} {
		if !slices.Contains(plan.Needs(rules(t, `{"version": 2, "overview": {"page": "X"}}`)), source) {
			t.Errorf("the overview does not wait for %s", source)
		}
	}
	pages := landed(t, func(in *plan.Input) { in.View.Pages = states })
	p := pages["Project:Stewardship"]
	if _, err := p.Apply("Somebody's text."); p.MayCreate || err == nil {
		t.Errorf("a region that people took away is made anew: %v", err)
	}
	around := "Above.\n<!-- codesteward begin overview -->\nold\n<!-- codesteward end overview -->\nBelow."
	if text, err := p.Apply(around); err != nil || !strings.HasPrefix(text, "Above.\n") || !strings.HasSuffix(text, "\nBelow.") {
		t.Errorf("text around the region: %v\n%s", err, text)
	}
}

// shape is what a text does on a wiki, without the words and links: headings, lists
// and tables, templates and functions, tags.
func shape(text string) string {
	var b strings.Builder
	doc := wikitext.Parse(text)
	for tpl := range doc.Templates() {
		fmt.Fprintln(&b, "template", tpl.Name)
	}
	for _, m := range regexp.MustCompile(`(?m)^(=+ |[*#:;]+|\{\||\|\}|\|-|!|\|)|</?[a-z]+|<!--`).FindAllString(text, -1) {
		fmt.Fprintln(&b, m)
	}
	return b.String()
}

// Whatever others wrote about items, both pages do what they would do without.
func TestTextsFromElsewhereMeanNothingOnTheOtherPages(t *testing.T) {
	with := func(text string) map[string]plan.Page {
		return landed(t, func(in *plan.Input) {
			in.View.Turns = nil
			for i := range in.View.Entries {
				e := &in.View.Entries[i]
				if i == 3 {
					continue
				}
				e.Item.Name, e.Item.Section = text, text
				e.Item.Details = registry.Details{Licence: text, Docs: text, Repository: text, ReplacedBy: text, Description: text, Title: text}
				e.Item.Aliases = []string{"mediawiki-extensions-" + text}
				e.Claims = append(e.Claims, claim(e.Item, registry.Team, text, registry.Suggested, "list"))
				e.Claims[0].Evidence.User, e.Claims[0].Evidence.Page = text, text
				in.View.Turns = append(in.View.Turns, registry.Turn{Item: registry.Key("gadget:testwiki:" + text), At: now, Was: registry.Owned})
			}
			in.View.Preferences = map[string]registry.Preference{text: {User: text, Seeking: []registry.Key{gadget("UTC-clock").Key}}}
			in.Similar = map[registry.Key][]registry.Item{gadget("Cat-a-lot").Key: {{Key: "tool:x", Name: text, URL: text, Page: text}}}
		})
	}
	for _, text := range hostile {
		for _, title := range []string{"Project:Stewardship", "Project:Adopt"} {
			got := created(t, with(text), title)
			if diff := cmp.Diff(shape(created(t, with("plain "+strings.Repeat("x", 3)), title)), shape(got)); diff != "" && !addresses(text) {
				t.Errorf("%q: %s has another shape (-plain +got):\n%s", text, title, diff)
			}
			for _, bad := range []string{"[[Category", "~~~", "{{ping", "{{!", "__NOTOC", "[http://", "[https://spam", "[https://ada@", "[https://www.mediawiki.org:81", "[//", "[mailto:", "[javascript", "<ref", "<nowiki", "\u202e"} {
				if strings.Contains(got, bad) {
					t.Errorf("%q: %q stands in %s\n%s", text, bad, title, got)
				}
			}
			for _, m := range regexp.MustCompile(`\[https?://([^/ \]]+)`).FindAllStringSubmatch(got, -1) {
				if m[1] != "www.mediawiki.org" && m[1] != "phabricator.wikimedia.org" {
					t.Errorf("%q: %s links to %s", text, title, m[1])
				}
			}
		}
	}
}

// addresses reports whether a text may be linked to as it is.
func addresses(text string) bool { return strings.HasPrefix(text, "https://www.mediawiki.org/") }
