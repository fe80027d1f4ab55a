// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the page that the tests of guards play with: of what keeps a
// region from being written, reverts by people and losses of many rows.

package publish

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// shelf is a notebook of values.
type shelf struct {
	notes map[string]string
	cells int64 // up to which revision the cells of people are read
}

func (s *shelf) Notes(context.Context, string) (map[string]string, error) {
	return maps.Clone(s.notes), nil
}

func (s *shelf) SetNote(_ context.Context, _, name, text string) error {
	s.notes[name] = text
	if text == "" {
		delete(s.notes, name)
	}
	return nil
}

func (s *shelf) CellsRead(context.Context, string, string) (int64, error) { return s.cells, nil }

// looked counts what the gate asks a wiki for.
type looked struct {
	*fake
	pages, histories int
}

func (l *looked) Page(ctx context.Context, title string) (wiki.Page, error) {
	if title != stopPg {
		l.pages++
	}
	return l.fake.Page(ctx, title)
}

func (l *looked) History(ctx context.Context, title string, after int64) ([]wiki.Revision, error) {
	l.histories++
	return l.fake.History(ctx, title, after)
}

// yard is a gate before a wiki with one table.
type yard struct {
	*testing.T
	fake    *fake
	wiki    *looked
	shelf   *shelf
	gate    *Publisher
	now     time.Time
	rules   Rules
	verdict string // of all items but the first
	rows    int
	read    time.Time
}

const yardPage = "Project:Gadgets"

func newYard(t *testing.T, rows int) *yard {
	y := &yard{T: t, fake: newFake(), shelf: &shelf{notes: map[string]string{}}, now: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC), rows: rows}
	y.rules = Rules{Revision: 10, Enabled: true, Thaw: 7 * 24 * time.Hour, ShrinkPercent: 20, ShrinkRows: 10}
	y.read = y.now
	y.wiki = &looked{fake: y.fake}
	y.restart()
	return y
}

// restart has another process go on.
func (y *yard) restart() {
	p := y.fake.publisher(nil)
	p.Reader, p.Memory, p.Now = y.wiki, y.shelf, func() time.Time { return y.now }
	y.gate = p
}

// page is the table as it should be.
func (y *yard) page() plan.Page {
	y.Helper()
	rules, problems := config.ParseRules(`{"version": 1, "tables": [{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"], "columns": ["item", "steward", "verdict", "maintainers", "notes"]}]}`)
	if rules == nil {
		y.Fatal(problems)
	}
	view := registry.View{Wiki: "testwiki", Pages: map[string]registry.PageState{}, Surveys: []registry.SurveyState{{Source: "gadgets", Wiki: "testwiki", Read: y.read}}}
	for i := range y.rows {
		name := fmt.Sprintf("G%02d", i)
		e := registry.Entry{Item: registry.Item{Key: registry.NewKey("gadget", "testwiki", name), Name: name}}
		if i == 0 && y.verdict != "" {
			e.Claims = []registry.Claim{{Item: e.Item.Key, Role: registry.Maintainer, HolderKind: registry.Team, Holder: y.verdict, Standing: registry.Stated}}
		}
		view.Entries = append(view.Entries, e)
	}
	if len(y.fake.pages[yardPage]) > 0 {
		view.Pages[plan.RegionName(yardPage, "gadgets")] = registry.PageHeld
	}
	pages := plan.Pages(plan.Input{Site: plan.Site{Wiki: "testwiki"}, Rules: rules, View: view, Now: y.now})
	if len(pages) != 1 {
		y.Fatalf("%d pages", len(pages))
	}
	return pages[0]
}

// pass has the bot publish the table, in which the first item has a maintainer.
func (y *yard) pass(maintainer string) Outcome {
	y.Helper()
	y.verdict = maintainer
	y.now = y.now.Add(time.Minute)
	outcome, err := y.gate.Publish(context.Background(), y.page(), y.rules)
	if err != nil {
		y.Fatal(err)
	}
	return outcome
}

func (y *yard) saves(maintainer string) int64 {
	y.Helper()
	outcome := y.pass(maintainer)
	if outcome.Result != Saved {
		y.Fatalf("the edit with %q: %+v", maintainer, outcome)
	}
	return outcome.Revision
}

func (y *yard) text() string { return y.revision(len(y.fake.pages[yardPage]) - 1).Text }

func (y *yard) revision(n int) wiki.Revision { return y.fake.pages[yardPage][n] }

// person saves the page as somebody.
func (y *yard) person(user, text string, tags ...string) int64 {
	y.fake.put(yardPage, user, text)
	revs := y.fake.pages[yardPage]
	revs[len(revs)-1].Tags = tags
	y.gate.Retry(yardPage)
	return revs[len(revs)-1].ID
}

// begins is how a row begins.
func begins(row int) string {
	return fmt.Sprintf("|- id=%q", registry.RowID(registry.NewKey("gadget", "testwiki", fmt.Sprintf("G%02d", row))))
}

// note fills in the Notes cell of a row.
func note(text string, row int, words string) string {
	before, after, _ := strings.Cut(text, begins(row)+"\n")
	cells := strings.SplitN(after, "\n", 6)
	cells[4] = strings.TrimSpace("| " + words)
	return before + begins(row) + "\n" + strings.Join(cells, "\n")
}

// height is how many rows of the bot stand in a text.
func height(text string) int { return strings.Count(text, "|- id=\"") }

func (y *yard) frozen(outcome Outcome, words ...string) {
	y.Helper()
	if outcome.Result != Held || outcome.Step != StepRevert {
		y.Fatalf("not frozen: %+v", outcome)
	}
	for _, w := range words {
		if !strings.Contains(outcome.Reason, w) {
			y.Errorf("%q does not say %q", outcome.Reason, w)
		}
	}
}
