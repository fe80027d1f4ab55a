// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of regions that people revert, and of cells of the bot
// that they edit.

package publish

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

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
