// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds storms: hundreds of random edits by people between refreshes
// with changing data, over tables with subpages, two of them on one page, and
// the noticeboard. Nothing of theirs may get lost, and nothing may be doubled.

package plan_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// stormEdits is how many edits people make in one storm.
const stormEdits = 500

func TestStormOfEdits(t *testing.T) {
	t.Log("seeds 0 to 19")
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			newStorm(t, seed).run(stormEdits)
		})
	}
}

func TestSoakStormOfEdits(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("takes minutes: set SOAK=1")
	}
	first, n := uint64(time.Now().Unix()), uint64(1000)
	if only := os.Getenv("SEED"); only != "" { // to see one again
		seed, err := strconv.ParseUint(only, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, n = seed, 1
	}
	t.Logf("seeds %d to %d", first, first+n-1)
	for seed := first; seed < first+n; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			newStorm(t, seed).run(stormEdits)
		})
	}
}

// storm is one run: pages, what is known of the items, and people at work.
type storm struct {
	*testing.T
	*rand.Rand
	seed   uint64
	text   map[string]string // pages by title; those that do not exist are not in it
	rules  config.Rules
	view   registry.View
	now    time.Time
	speech *messages.Set
	names  int // of items so far
	revs   int64

	words   map[string]bool   // of people, where they must stay
	last    int               // of all words
	damaged map[string]damage // by title
	done    map[string]int    // edits by kind
	story   []string          // the last edits
	refused int
	saved   int

	// sync brings the pages to a wiki and back.
	sync func(who string)
}

const (
	stormTable  = "Project:Gadgets"
	stormBoard  = "Project:Board"
	stormScrap  = "Project:Gadgets/Archive" // a page of people
	stormIntro  = "Above. [[Project:Gadgets]] {{nobody|a=b}}\n== Our gadgets ==\n"
	stormBottom = "\n== Talk ==\n* Below.\n{| class=\"wikitable\"\n! Item !! Notes ✎\n|-\n| a || b\n|}"
)

const stormRules = `{"version": 2, "enabled": true, "tables": [
	{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"], "grace_days": 0, "append": true},
	{"id": "tools", "page": "Project:Gadgets", "kinds": ["extension", "tool"], "append": true, "grace_days": 0}],
	"noticeboard": {"page": "Project:Board", "settle_minutes": 0}}`

func newStorm(t *testing.T, seed uint64) *storm {
	s := &storm{T: t, Rand: rand.New(rand.NewPCG(seed, 11)), seed: seed, now: now,
		text: map[string]string{}, words: map[string]bool{}, damaged: map[string]damage{}, done: map[string]int{}, sync: func(string) {}}
	s.rules = *rules(t, stormRules)
	s.view = registry.View{Wiki: "testwiki", Pages: map[string]registry.PageState{}, Notices: map[string]registry.Notice{},
		Surveys: []registry.SurveyState{{Source: "siteinfo", Wiki: "testwiki", Read: now}, {Source: "gadgets", Wiki: "testwiki", Read: now}}}
	for range 7 {
		s.newItem()
	}
	s.text[stormScrap] = "Nothing yet."
	if s.IntN(2) == 0 { // people have made the page, and said where the first table goes
		s.text[stormTable] = stormIntro + wikitext.NewRegion("gadgets", "") + stormBottom
	}
	s.newRules()
	return s
}

// run has people make so many edits.
func (s *storm) run(edits int) {
	s.refresh()
	for n := 0; n < edits; {
		for range 1 + s.IntN(15) {
			if s.edit() {
				n++
			}
		}
		s.sync("people")
		for range s.IntN(3) {
			s.data()
		}
		s.refresh()
		if s.IntN(6) == 0 {
			s.rests()
		}
	}
	for title := range s.damaged {
		s.mend(title)
	}
	s.sync("people")
	s.refresh()
	s.rests()
	s.entriesOnce()
	if s.saved < edits/20 || s.last < edits/5 {
		s.Fatalf("seed %d: %d pages saved, %d refused, %d words stand; the storm proves little: %v", s.seed, s.saved, s.refused, len(s.words), s.done)
	}
}

// rests sees that what stands needs no more edits. What goes to an archive takes
// several: it is written there first and taken off the noticeboard then.
func (s *storm) rests() {
	s.Helper()
	for range 6 {
		before := maps.Clone(s.text)
		s.tell("again")
		s.refresh()
		moves := false
		for title := range s.text {
			if before[title] == s.text[title] {
				continue
			}
			if moves = true; !strings.HasPrefix(title, stormBoard) {
				s.fail("%s changes though nothing has changed:\n%s\n\nbecame\n%s", title, before[title], s.text[title])
			}
		}
		if !moves {
			return
		}
	}
	s.fail("the noticeboard does not come to rest:\n%s", s.text[stormBoard])
}

func (s *storm) fail(format string, args ...any) {
	s.Helper()
	s.Fatalf("seed %d, after %s:\n%s", s.seed, strings.Join(s.story[max(0, len(s.story)-12):], "; "), fmt.Sprintf(format, args...))
}

func (s *storm) tell(what string) { s.story = append(s.story, what) }

// input is what planning looks at now.
func (s *storm) input() plan.Input {
	in := plan.Input{Site: site, Rules: &s.rules, View: s.view, Now: s.now, Words: s.speech, Placed: map[string]plan.Places{}}
	for in.Board = map[string]string{}; len(plan.BoardTitles(in)) > 0; {
		for _, title := range plan.BoardTitles(in) {
			in.Board[title] = s.text[title]
		}
	}
	for _, t := range s.rules.Tables {
		titles := plan.TablePages(t, s.view.Pages)
		if len(titles) == 1 && !plan.Overflows(in, t) {
			continue
		}
		var texts []string
		for _, title := range titles {
			texts = append(texts, s.text[title])
		}
		in.Placed[t.ID] = plan.PlacesOf(in, t, texts)
	}
	return in
}

// refresh has the bot bring every page up to date, and looks at what it did.
func (s *storm) refresh() {
	s.Helper()
	in := s.input()
	before := maps.Clone(s.text)
	stands := s.count()
	for _, page := range plan.Pages(in) {
		s.publish(page)
	}
	s.sync("the bot")
	after := s.count()
	for word, n := range stands {
		if got := after[word]; s.words[word] && (got == 0 || got > n && !s.onBoard(word)) {
			s.fail("the word %s stood %d times and now %d times:\n%s\n\nbecame\n%s", word, n, got, pagesWith(before, word), pagesWith(s.text, word))
		}
	}
	for word := range s.words {
		if after[word] == 0 {
			delete(s.words, word) // a person took it out
		}
	}
	for _, t := range s.rules.Tables {
		s.rowsOf(in, t)
	}
}

// publish saves one page as the gate does.
func (s *storm) publish(page plan.Page) {
	s.Helper()
	before, exists := s.text[page.Title]
	if !exists && !page.MayCreate {
		if s.damaged[page.Title].region == "" {
			s.fail("%s is not there and cannot be made", page.Title)
		}
		return
	}
	after, err := page.Apply(before)
	if !exists {
		after, err = page.Create()
	}
	if err != nil {
		s.refusal(page, before, err)
		return
	}
	if d, ok := s.damaged[page.Title]; ok && d.must && d.hits(page) && after != before {
		s.fail("%s was written though %s:\n%s\n\nbecame\n%s", page.Title, d.what, before, after)
	}
	if after != before {
		s.saved++
	}
	s.outsideStays(page, before, after)
	if s.IntN(3) == 0 {
		if again, err := page.Apply(after); err != nil || again != after {
			s.fail("applying it again changes %s: %v\n%s\n\nbecame\n%s", page.Title, err, after, again)
		}
	}
	s.text[page.Title] = after
	s.view.Pages[plan.RegionName(page.Title, page.Region)] = registry.PageHeld
	for _, n := range page.Notices {
		s.view.Notices[n.Key] = registry.Notice{Key: n.Key, Sent: s.now}
	}
}

// refusal sees that a page is refused for a reason.
func (s *storm) refusal(page plan.Page, text string, err error) {
	s.Helper()
	var region *wikitext.RegionError
	var gone *plan.GoneError
	var edit *wikitext.EditError
	if !errors.As(err, &region) && !errors.As(err, &gone) && !errors.As(err, &edit) {
		s.fail("%s: %v", page.Title, err)
	}
	s.refused++
	if d, ok := s.damaged[page.Title]; !ok || !d.hits(page) {
		s.fail("%s, region %s, is refused without need: %v\n%s", page.Title, page.Region, err, text)
	}
}

// stormRegions are the regions of the bot.
var stormRegions = []string{"gadgets", "tools", plan.BoardRegion}

// markLines are where lines begin and end that are a marker and nothing else.
func markLines(text, marker string) (lines [][2]int) {
	for i := 0; ; {
		n := strings.Index(text[i:], marker)
		if n < 0 {
			return lines
		}
		i += n
		start := strings.LastIndexByte(text[:i], '\n') + 1
		end := len(text)
		if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
			end = i + n
		}
		if line := strings.TrimSpace(text[start:end]); strings.HasPrefix(line, marker) && strings.HasSuffix(line, "-->") {
			lines = append(lines, [2]int{start, end})
		}
		i += len(marker)
	}
}

// bounds are where the body of a region begins and ends; ok is false where there
// is not one of each marker.
func bounds(id, text string) (start, end int, ok bool) {
	b, e := markLines(text, "<!-- codesteward begin "+id+" "), markLines(text, "<!-- codesteward end "+id+" -->")
	if len(b) != 1 || len(e) != 1 || b[0][1] >= e[0][0] {
		return 0, 0, false
	}
	return b[0][1] + 1, e[0][0], true
}

// outsideStays compares what stands outside of the region, byte for byte.
func (s *storm) outsideStays(page plan.Page, before, after string) {
	s.Helper()
	start, end, ok := bounds(page.Region, before)
	from, to, now := bounds(page.Region, after)
	switch {
	case !now:
		s.fail("the markers of %s are gone from %s:\n%s", page.Region, page.Title, after)
	case !ok && !strings.HasPrefix(after, before):
		s.fail("a region was added to %s, but not below what stands there:\n%s\n\nbecame\n%s", page.Title, before, after)
	case ok && (before[:start] != after[:from] || before[end:] != after[to:]):
		s.fail("text outside of %s changed on %s:\n%s\n\nbecame\n%s", page.Region, page.Title, before, after)
	}
}

var stormWord = regexp.MustCompile(`w\d+w`)

// count says how often each word of a person stands on all pages.
func (s *storm) count() map[string]int {
	n := map[string]int{}
	for _, text := range s.text {
		for _, word := range stormWord.FindAllString(text, -1) {
			n[word]++
		}
	}
	return n
}

var stormEntry = regexp.MustCompile(`(?m)^\* <span id="cs-[^"]*">`)

// entriesOnce sees that each entry of the noticeboard stands once, there or in
// the archive. One that somebody strikes while it is on its way may stand in the
// archive both ways.
func (s *storm) entriesOnce() {
	s.Helper()
	on := map[string]string{}
	for _, title := range slices.Sorted(maps.Keys(s.text)) {
		for _, entry := range stormEntry.FindAllString(s.text[title], -1) {
			if other := on[entry]; other != "" {
				s.fail("%s stands on %s and %s:\n%s", entry, other, title, pagesWith(s.text, entry))
			}
			on[entry] = title
		}
	}
}

// onBoard reports words on the noticeboard, or on its archives.
func (s *storm) onBoard(word string) bool {
	for title, text := range s.text {
		if strings.HasPrefix(title, stormBoard) && strings.Contains(text, word) {
			return true
		}
	}
	return false
}

func pagesWith(texts map[string]string, word string) string {
	var b strings.Builder
	for _, title := range slices.Sorted(maps.Keys(texts)) {
		if strings.Contains(texts[title], word) {
			fmt.Fprintf(&b, "--- %s\n%s\n", title, texts[title])
		}
	}
	return b.String()
}

// rowsOf sees that each row of a table stands once, where it should.
func (s *storm) rowsOf(in plan.Input, t config.Table) {
	s.Helper()
	on := map[string]string{}
	for _, table := range plan.NewTables(in, t) {
		text := s.text[table.Title]
		if _, ok := s.damaged[table.Title]; ok {
			continue
		}
		start, end, ok := bounds(t.ID, text)
		if !ok {
			s.fail("%s has not the region %s:\n%s", table.Title, t.ID, text)
		}
		parsed, err := wikitext.ParseTable(text[start:end])
		if err != nil {
			s.fail("%s: %v\n%s", table.Title, err, text)
		}
		ids := map[string]int{}
		for _, r := range parsed.Rows() {
			if _, ok := registry.KeyOfRow(r.ID); ok {
				if ids[r.ID]++; ids[r.ID] > 1 {
					s.fail("row %s stands twice on %s:\n%s", r.ID, table.Title, text)
				}
			}
		}
		for _, r := range table.Rows {
			if ids[r.ID] == 0 {
				s.fail("row %s is missing on %s:\n%s", r.ID, table.Title, text)
			}
			if other := on[r.ID]; other != "" {
				s.fail("row %s is planned on %s and %s", r.ID, other, table.Title)
			}
			on[r.ID] = table.Title
		}
	}
}
