// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what keeps a region from being written: reverts
// by people, and losses of many rows.

package publish

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

func TestARegionThatPeopleRevertFreezes(t *testing.T) {
	y := newYard(t, 3)
	y.saves("A Team")
	first := y.text()
	ours := y.saves("B Team")
	second := y.text()
	theirs := y.person("Ada", first)
	y.frozen(y.pass("C Team"), "Ada has reverted", fmt.Sprint("edit ", ours), fmt.Sprint("revision ", theirs), "edits the rules page", "2026-05-27")
	asked := *y.wiki
	y.frozen(y.pass("D Team"), "Ada")
	y.restart()
	y.frozen(y.pass("D Team"), "Ada")
	if y.wiki.pages != asked.pages || y.wiki.histories != asked.histories {
		t.Error("a frozen page is read though nothing has changed")
	}
	y.rules.Revision++
	y.saves("D Team")
	y.person("Bo", second) // of before the frost
	y.saves("E Team")
	y.person("Bo", y.revision(len(y.fake.pages[yardPage])-2).Text)
	y.frozen(y.pass("F Team"), "Bo")
	y.now = y.now.Add(7 * 24 * time.Hour)
	y.saves("F Team")
}

func TestWhatIsARevertOfTheBot(t *testing.T) {
	for _, test := range []struct {
		name   string
		play   func(y *yard)
		frozen string // by whom, "" if the bot goes on
	}{
		{"the last edit undone", func(y *yard) { y.person("Ada", y.revision(0).Text, "mw-undo") }, "Ada"},
		{"two edits rolled back", func(y *yard) { y.saves("C Team"); y.person("Ada", y.revision(0).Text, "mw-rollback") }, "Ada"},
		{"an older state of ours with people's words between", func(y *yard) {
			y.person("Bo", note(y.text(), 1, "hello"))
			y.saves("C Team")
			y.person("Ada", y.revision(0).Text)
			y.shelf.cells = 100
		}, "Ada"},
		{"undone after somebody's note", func(y *yard) {
			y.person("Bo", note(y.text(), 1, "hello"))
			y.person("Ada", note(y.revision(0).Text, 1, "hello"), "mw-undo")
		}, "Ada"},
		{"the same text by hand, without a tag", func(y *yard) {
			y.person("Bo", note(y.text(), 1, "hello"))
			y.person("Ada", note(y.revision(0).Text, 1, "hello"))
		}, ""},
		{"undone after the history was looked at", func(y *yard) {
			y.person("Bo", note(y.text(), 1, "hello"))
			y.rules.Limits.PerMinute = 1
			y.fake.saves = append(y.fake.saves, saved{at: y.now.Add(2 * time.Minute)})
			y.pass("C Team") // waits
			y.rules.Limits.PerMinute = 0
			y.person("Ada", note(y.revision(0).Text, 1, "hello"), "mw-undo")
		}, "Ada"},
		{"somebody's note after it", func(y *yard) { y.person("Ada", y.revision(0).Text); y.person("Bo", note(y.text(), 1, "hello")) }, "Ada"},
		{"undone and put back", func(y *yard) {
			y.person("Ada", y.revision(0).Text, "mw-undo")
			y.person("Bo", y.revision(1).Text, "mw-undo")
		}, ""},
		{"a note and its undoing", func(y *yard) {
			y.person("Ada", note(y.text(), 1, "hello"))
			y.person("Bo", y.revision(1).Text, "mw-undo")
		}, ""},
		{"an older note undone", func(y *yard) {
			y.person("Ada", note(y.text(), 1, "hello"))
			y.saves("C Team")
			y.person("Bo", note(y.text(), 1, ""), "mw-undo")
		}, ""},
		{"text outside undone", func(y *yard) { y.person("Ada", "Hi\n"+y.text()); y.person("Bo", y.revision(1).Text, "mw-rollback") }, ""},
		{"another page part edited and undone with a tag", func(y *yard) { y.person("Ada", y.text()+"\nBye", "mw-undo") }, ""},
		{"nobody", func(*yard) {}, ""},
		{"the bot's other half did it", func(y *yard) { y.person(self, y.revision(0).Text) }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			y := newYard(t, 3)
			y.saves("A Team")
			y.saves("B Team")
			test.play(y)
			outcome := y.pass("Z Team")
			if test.frozen != "" {
				y.frozen(outcome, test.frozen+" has reverted")
				y.restart()
				y.frozen(y.pass("Y Team"), test.frozen)
			} else if outcome.Result != Saved {
				t.Errorf("%+v", outcome)
			}
		})
	}
}

func TestWhatTheBotWouldNotChangeIsNoReason(t *testing.T) {
	y := newYard(t, 3)
	y.saves("A Team")
	y.saves("B Team")
	y.person("Ada", y.revision(0).Text)
	if outcome := y.pass("A Team"); outcome.Result != Unchanged {
		t.Errorf("%+v", outcome)
	}
	y.saves("C Team")
}

// Whoever puts a page back to where it was before somebody's words has often
// meant those. Once they are read the bot may want nothing else.
func TestAPageThatIsPutBackBehindSomebodysWordsWaitsUntilTheyAreRead(t *testing.T) {
	for name, test := range map[string]struct {
		wants  string // the maintainer that the bot wants once the cells are read
		result Result
		step   Step
	}{
		"that is all":            {"A Team", Unchanged, ""},
		"the bot wants it still": {"C Team", Held, StepRevert},
	} {
		y := newYard(t, 3)
		y.saves("A Team")
		y.person("Ada", note(y.text(), 1, "hello"))
		y.saves("B Team") // which follows from that
		theirs := y.person("Ada", y.revision(0).Text)
		for range 3 {
			outcome := y.pass("B Team")
			if outcome.Result != Waits || outcome.Reason != "" || !outcome.Again.After(y.now) {
				t.Fatalf("%s: %+v", name, outcome)
			}
			y.now = y.now.Add(-50 * time.Second)
		}
		y.shelf.cells = theirs
		if outcome := y.pass(test.wants); outcome.Result != test.result || outcome.Step != test.step {
			t.Errorf("%s: %+v", name, outcome)
		}
	}
}

func TestCellsThatAreNeverReadKeepNothingBack(t *testing.T) {
	y := newYard(t, 3)
	y.saves("A Team")
	y.person("Ada", note(y.text(), 1, "hello"))
	y.saves("B Team")
	y.person("Ada", y.revision(0).Text)
	y.pass("B Team")
	y.now = y.now.Add(2 * time.Minute)
	y.frozen(y.pass("B Team"), "Ada")
}

// The process ended before it could note its edit.
func TestAnEditThatNobodyNotedIsKnownForTheBots(t *testing.T) {
	y := newYard(t, 3)
	y.saves("A Team")
	noted := maps.Clone(y.shelf.notes)
	y.saves("B Team")
	var g Guard
	name := noteGuard + plan.RegionName(yardPage, "gadgets")
	g = ReadGuards(y.shelf.notes)[plan.RegionName(yardPage, "gadgets")]
	g.Edits[len(g.Edits)-1].Revision = 0
	y.gate.remember(context.Background(), y.page(), &g)
	if y.shelf.notes[name] == noted[name] {
		t.Fatal("nothing was noted before the edit")
	}
	y.restart()
	y.person("Ada", y.revision(0).Text)
	y.frozen(y.pass("C Team"), "Ada has reverted the bot's edit 2")
}

// One that was never saved is not taken for the bot's.
func TestAnEditThatWasNeverSavedCannotBeReverted(t *testing.T) {
	y := newYard(t, 3)
	y.saves("A Team")
	y.fake.fail = []error{refused(wiki.Refused, "protectedpage")}
	y.pass("B Team")
	y.person("Ada", note(y.text(), 1, "hello"))
	y.saves("B Team")
	y.person("Ada", note(y.text(), 1, "hello again"))
	y.saves("C Team")
}

func TestTheHistoryIsReadOnceAfterAChange(t *testing.T) {
	y := newYard(t, 3)
	y.saves("A Team")
	y.saves("B Team")
	y.person("Ada", note(y.text(), 1, "hello"))
	y.rules.Limits.PerMinute = 1
	y.fake.saves = append(y.fake.saves, saved{at: y.now.Add(2 * time.Minute)})
	for range 3 {
		if outcome := y.pass("C Team"); outcome.Step != StepQuota {
			t.Fatalf("%+v", outcome)
		}
		y.now = y.now.Add(-time.Minute)
	}
	if y.wiki.histories != 1 {
		t.Errorf("the history was read %d times", y.wiki.histories)
	}
}

func TestAnEditOfABotsCellIsOverwrittenOnceAndThenNotFoughtOver(t *testing.T) {
	y := newYard(t, 3)
	y.saves("A Team")
	theirs := y.person("Ada", strings.Replace(y.text(), "| A Team", "| Me", 1))
	y.saves("A Team")
	told := ReadGuards(y.shelf.notes)[plan.RegionName(yardPage, "gadgets")].Overwritten
	if len(told) != 1 || told[0].User != "Ada" || told[0].Revision != theirs || told[0].Column != "maintainers" || told[0].Name != "G00" || told[0].Title != yardPage {
		t.Fatalf("%+v", told)
	}
	y.person("Ada", note(y.text(), 1, "but"))
	if y.pass("A Team").Result != Unchanged {
		t.Fatal("a note is not left alone")
	}
	y.saves("B Team") // the data has changed meanwhile
	y.restart()
	y.person("Bo", strings.Replace(y.text(), "| B Team", "|Me ", 1))
	y.frozen(y.pass("B Team"), "Bo has put back", "the cell “maintainers” of the row “G00”")
}

func TestARowThatIsTakenOutTwiceFreezesTheRegion(t *testing.T) {
	y := newYard(t, 6)
	y.saves("A Team")
	without := func() string {
		before, row, _ := strings.Cut(y.text(), begins(2))
		_, after, _ := strings.Cut(row, "|- id=")
		return before + "|- id=" + after
	}
	y.person("Ada", without())
	y.saves("B Team")
	if told := ReadGuards(y.shelf.notes)[plan.RegionName(yardPage, "gadgets")].Overwritten; len(told) != 1 || told[0].Column != "" || told[0].Name != "G02" {
		t.Fatalf("%+v", told)
	}
	y.saves("C Team")
	y.person("Ada", without())
	y.frozen(y.pass("D Team"), "the row “G02” taken out")
}

func TestAnotherSpellingIsNoEditOfACell(t *testing.T) {
	y := newYard(t, 3)
	y.saves("A Team")
	y.person("Ada", strings.ReplaceAll(y.text(), "| A Team", "|  A   Team"))
	y.saves("B Team")
	if told := ReadGuards(y.shelf.notes)[plan.RegionName(yardPage, "gadgets")].Overwritten; len(told) != 0 {
		t.Fatalf("%+v", told)
	}
}

// heldBy tells a loss that is held.
func (y *yard) heldBy(outcome Outcome, words ...string) {
	y.Helper()
	if outcome.Result != Held || outcome.Step != StepShrink {
		y.Fatalf("not held: %+v", outcome)
	}
	for _, w := range words {
		if !strings.Contains(outcome.Reason, w) {
			y.Errorf("%q does not say %q", outcome.Reason, w)
		}
	}
}

func TestALossOfRowsWaitsForSomebodysWord(t *testing.T) {
	lose := func(y *yard) {
		y.saves("A Team")
		y.rows = 14
		y.read = y.now
		outcome := y.pass("A Team")
		y.heldBy(outcome, "6 of its 20 rows", "− G14, − G15, − G16, − G17, − G18, − G19.", "edits the rules page")
		if !outcome.Reread {
			y.Error("nobody has the sources read again")
		}
		asked := y.wiki.pages
		if again := y.pass("A Team"); again.Reread || y.wiki.pages != asked {
			y.Error("it is looked at again though nothing has changed")
		}
		y.restart()
		y.heldBy(y.pass("A Team"), "6 of its 20 rows")
	}
	for _, test := range []struct {
		name string
		then func(y *yard)
		goes bool
	}{
		{"nothing", func(*yard) {}, false},
		{"a reading of before", func(y *yard) { y.read = y.read.Add(time.Second) }, false},
		{"a second reading", func(y *yard) { y.read = y.now.Add(time.Second) }, true},
		{"a second reading that names fewer still", func(y *yard) { y.read, y.rows = y.now.Add(time.Second), 12 }, false},
		{"a second reading that names more", func(y *yard) { y.read, y.rows = y.now.Add(time.Second), 15 }, true},
		{"all are back", func(y *yard) { y.rows = 20; y.verdict = "B Team" }, true},
		{"few are lost after all", func(y *yard) { y.rows = 17 }, true},
		{"other rules", func(y *yard) { y.rules.Revision++ }, true},
		{"a long time", func(y *yard) { y.now = y.now.Add(100 * 24 * time.Hour) }, false},
		{"an edit of a person", func(y *yard) { y.person("Ada", note(y.text(), 1, "hello")) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			y := newYard(t, 20)
			lose(y)
			test.then(y)
			outcome := y.pass("B Team")
			if test.goes != (outcome.Result == Saved) {
				t.Fatalf("%+v", outcome)
			}
			held := ReadGuards(y.shelf.notes)[plan.RegionName(yardPage, "gadgets")].Held
			if test.goes != (held == nil) {
				t.Errorf("noted: %+v", held)
			}
			if n := height(y.text()); !test.goes && n != 20 {
				t.Errorf("%d rows", n)
			}
		})
	}
}

func TestALossOfWhichThereIsNoNoteIsHeldAgain(t *testing.T) {
	y := newYard(t, 20)
	y.saves("A Team")
	y.rows = 10
	y.heldBy(y.pass("A Team"))
	for _, spoilt := range []string{"", "{", `{"held":7}`} {
		y.shelf.notes = map[string]string{noteGuard + plan.RegionName(yardPage, "gadgets"): spoilt}
		y.restart()
		y.heldBy(y.pass("A Team"))
	}
}

func TestRulesThatAreNewMayTakeRowsOut(t *testing.T) {
	y := newYard(t, 20)
	y.saves("A Team")
	y.rules.Revision++
	y.rows = 5
	y.saves("A Team")
	y.rows = 1
	y.heldBy(y.pass("A Team"))
}

func TestAStoreThatCannotBeWrittenKeepsTheTable(t *testing.T) {
	y := newYard(t, 20)
	y.saves("A Team")
	y.rows = 5
	y.gate.Memory = broken{y.shelf}
	y.gate.guards = nil
	if _, err := y.gate.Publish(context.Background(), y.page(), y.rules); err == nil {
		t.Error("no error")
	}
	if height(y.text()) != 20 {
		t.Error("it was written")
	}
}

type broken struct{ *shelf }

func (broken) SetNote(context.Context, string, string, string) error {
	return fmt.Errorf("the disk is full")
}

func TestEntriesTakenOffByHandDoNotFreezeTheBoard(t *testing.T) {
	board := func(entries ...string) plan.Page {
		b := plan.Board{State: registry.PageHeld}
		for _, e := range entries {
			b.Entries = append(b.Entries, plan.BoardEntry{Anchor: "cs-1-" + e, Time: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Line: e})
		}
		return plan.Page{Title: "Project:Board", Region: plan.BoardRegion, Scope: plan.Notices, Changes: []plan.Change{b}}
	}
	for _, tag := range []string{"mw-undo", "mw-rollback", "mw-manual-revert"} {
		y := newYard(t, 1)
		y.fake.put("Project:Board", "Ada", "<!-- codesteward begin noticeboard -->\n<!-- codesteward end noticeboard -->")
		for _, entries := range [][]string{{"a"}, {"b", "a"}} {
			if outcome, err := y.gate.Publish(t.Context(), board(entries...), y.rules); err != nil || outcome.Result != Saved {
				t.Fatalf("%+v %v", outcome, err)
			}
		}
		revs := y.fake.pages["Project:Board"]
		y.fake.put("Project:Board", "Ada", revs[len(revs)-2].Text)
		revs = y.fake.pages["Project:Board"]
		revs[len(revs)-1].Tags = []string{tag}
		outcome, err := y.gate.Publish(t.Context(), board("c", "a"), y.rules)
		if want := slices.Contains([]string{"mw-undo", "mw-rollback"}, tag); err != nil || want != (outcome.Step == StepRevert) || !want && outcome.Result != Saved {
			t.Errorf("%s: %+v %v", tag, outcome, err)
		}
	}
}
