// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the play of people and the bot on a noticeboard and its
// archives: nothing that anybody wrote may get lost or be there twice.

package plan

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// boardWorld is a noticeboard on a wiki, with what the bot remembers.
type boardWorld struct {
	t      *testing.T
	random *rand.Rand
	in     Input
	live   map[string]string // texts by title
	tokens []string          // what people wrote
	last   int64             // revision
	moving bool              // something may stand on two pages
}

const boardPage = "Project:Board"

func newBoardWorld(t *testing.T, seed uint64) *boardWorld {
	key := registry.NewKey(detect.Extension, "", "Poem")
	w := &boardWorld{t: t, random: rand.New(rand.NewPCG(seed, 8)), live: map[string]string{}}
	w.in = Input{
		Site: Site{Wiki: "w"}, Now: time.Date(2026, 9, 20, 12, 0, 0, 0, time.UTC),
		Rules: &config.Rules{Noticeboard: &config.Noticeboard{
			Page: boardPage, Verdicts: []string{"unknown"}, ArchiveMonths: 1 + w.random.IntN(2), MaxBytes: 1500 + w.random.IntN(4000), Done: []string{"done"},
		}},
		View: registry.View{
			Entries: []registry.Entry{{Item: registry.Item{Key: key, Name: "Poem"}}},
			Notices: map[string]registry.Notice{}, Pages: map[string]registry.PageState{},
		},
	}
	for _, name := range sources(w.in.Rules, detect.Extension) {
		w.in.View.Surveys = append(w.in.View.Surveys, registry.SurveyState{Source: name, Read: w.in.Now})
	}
	return w
}

func (w *boardWorld) token() string {
	w.tokens = append(w.tokens, fmt.Sprintf("tok%dx", len(w.tokens)))
	return w.tokens[len(w.tokens)-1]
}

// mention has somebody mention the item.
func (w *boardWorld) mention() {
	w.last++
	key := w.in.View.Entries[0].Item.Key
	w.in.View.Mentions = slices.Insert(w.in.View.Mentions, 0, registry.Mention{
		Item: key, As: key, Kind: detect.Extension, Name: "Poem", Wiki: "w", Title: "Talk:A", Revision: w.last, Section: fmt.Sprintf("S%d", w.last),
		User: "Ada", Time: w.in.Now, Snippet: "Who knows that?",
	})
}

// person edits one of the pages at random.
func (w *boardWorld) person() {
	title := boardPage
	for other := range w.live { // any of them
		if !w.moving && w.random.IntN(3) == 0 {
			title = other
		}
		break
	}
	lines := strings.Split(w.live[title], "\n")
	var inside []int // lines of the region
	for i, begun := 0, false; i < len(lines); i++ {
		switch {
		case strings.Contains(lines[i], "codesteward begin"):
			begun = true
		case strings.Contains(lines[i], "codesteward end"):
			begun = false
		case begun:
			inside = append(inside, i)
		}
	}
	if len(inside) == 0 {
		return
	}
	at := inside[w.random.IntN(len(inside))]
	insert := func(i int, text ...string) { lines = slices.Insert(lines, i, text...) }
	switch w.random.IntN(9) {
	case 0, 1, 2: // a reply
		insert(at+1, "*: "+w.token()+" is a reply. --~~~~")
	case 3: // a mark at the end of a line
		if strings.HasPrefix(lines[at], "*") {
			lines[at] += " {{Done|" + w.token() + "}}"
		}
	case 4: // a mark in a reply
		insert(at+1, "*: {{done}} "+w.token())
	case 5: // a word in a heading
		if strings.HasPrefix(lines[at], "== ") {
			lines[at] = strings.TrimSuffix(lines[at], " ==") + " " + w.token() + " =="
		}
	case 6: // a section of theirs
		level := "==="
		if w.random.IntN(2) == 0 { // between months, or at the end
			level = "=="
			for at < inside[len(inside)-1] && !strings.HasPrefix(lines[at+1], "== ") {
				at++
			}
		}
		insert(at+1, level+" "+w.token()+" "+level, "Text "+w.token(), "")
	case 7: // text over several lines
		for at < inside[len(inside)-1] && !strings.HasPrefix(lines[at], "* <span") && !strings.HasPrefix(lines[at], "==") {
			at++
		}
		insert(at+1, "<!-- "+w.token()+"\n* "+w.token()+" -->", "{{box|\n* "+w.token()+"\n}}")
	case 8: // while nothing is on its way, the line of an entry is moved up or down in its month
		to := at + w.random.IntN(7) - 3
		plain := regexp.MustCompile(`^\*`)
		if w.moving && len(w.live) > 1 || !plain.MatchString(lines[at]) || slices.ContainsFunc(lines[max(0, min(at, to)):min(len(lines), max(at, to)+1)], func(l string) bool { return !plain.MatchString(l) }) {
			return
		}
		moved := lines[at]
		lines = slices.Insert(slices.Delete(lines, at, at+1), to, moved)
	}
	text := strings.Join(lines, "\n")
	if strings.Count(text, "codesteward begin") == 1 && strings.Index(text, "codesteward begin") < strings.Index(text, "codesteward end") {
		w.live[title] = text
	}
}

// pass is one pass of the bot. It may end after any edit, and people may edit
// between what it reads and what it saves.
func (w *boardWorld) pass(crash, between bool) (edits int) {
	w.moving = true
	in := w.in
	in.Board = map[string]string{}
	for titles := BoardTitles(in); len(titles) > 0; titles = BoardTitles(in) {
		for _, title := range titles {
			in.Board[title] = w.live[title]
		}
	}
	for _, page := range noticeboardPages(in) {
		if between && w.random.IntN(2) == 0 {
			w.person()
		}
		if crash && w.random.IntN(3) == 0 {
			return edits
		}
		text, exists := w.live[page.Title]
		var after string
		var err error
		if exists {
			after, err = page.Apply(text)
		} else {
			after, err = page.Create()
		}
		if err != nil {
			w.t.Fatalf("%s: %v\n%s", page.Title, err, text)
		}
		if again, err := page.Apply(after); err != nil || again != after {
			w.t.Fatalf("%s: applied twice: %v\n%s", page.Title, err, cmp.Diff(after, again))
		}
		if after != text {
			edits++
		}
		w.live[page.Title] = after
		w.in.View.Pages[RegionName(page.Title, BoardRegion)] = registry.PageHeld
		for _, n := range page.Notices {
			if crash && w.random.IntN(3) == 0 {
				continue // it ended before it was noted
			}
			w.in.View.Notices[n.Key] = registry.Notice{Key: n.Key, Sent: w.in.Now}
		}
	}
	return edits
}

func (w *boardWorld) all() string {
	var b strings.Builder
	for title, text := range w.live {
		b.WriteString("--- " + title + "\n" + text + "\n")
	}
	return b.String()
}

// never fails where something is lost, and, once all is settled, where it is
// there twice.
func (w *boardWorld) never(settled bool, step string) {
	w.t.Helper()
	all := w.all()
	for _, token := range w.tokens {
		if n := strings.Count(all, token); n == 0 || settled && n > 1 {
			w.t.Fatalf("%s: %s is there %d times:\n%s", step, token, n, all)
		}
	}
	for _, m := range w.in.View.Mentions {
		n := strings.Count(all, anchorMark(Anchor(m)))
		if told := sent(w.in.View, BoardKey(m)); told && n == 0 || settled && n > 1 {
			w.t.Fatalf("%s: the entry of revision %d is there %d times:\n%s", step, m.Revision, n, all)
		}
	}
}

func TestNothingOfPeoplesIsLostOrDoubledOnTheBoardAndItsArchives(t *testing.T) {
	seeds := 20
	if os.Getenv("SOAK") != "" {
		seeds = 1000
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newBoardWorld(t, seed)
			for step := range 60 {
				for range w.random.IntN(3) {
					w.mention()
				}
				for range w.random.IntN(4) {
					w.person()
				}
				if w.random.IntN(12) == 0 {
					clear(w.in.View.Notices) // the registry is lost
					clear(w.in.View.Pages)
				}
				if w.random.IntN(8) == 0 {
					w.in.Words = messages.In([]string{"en", "de", "fr", "ar"}[w.random.IntN(4)], nil)
				}
				w.pass(w.random.IntN(3) == 0, w.random.IntN(3) == 0)
				w.never(false, fmt.Sprint("step ", step))
				w.in.Now = w.in.Now.Add(time.Duration(w.random.IntN(7*24)) * time.Hour)
				if w.random.IntN(5) == 0 {
					w.settle(fmt.Sprint("step ", step))
				}
			}
			w.settle("the end")
			if len(w.live) < 2 {
				t.Error("nothing was archived: the test shows nothing")
			}
		})
	}
}

// settle lets the bot work until there is nothing to do.
func (w *boardWorld) settle(step string) {
	w.t.Helper()
	for n := 0; w.pass(false, false) > 0; n++ {
		if n > 20 {
			w.t.Fatalf("%s: it never ends:\n%s", step, w.all())
		}
	}
	w.moving = false
	w.never(true, step)
}
