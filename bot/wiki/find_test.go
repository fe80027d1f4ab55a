// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of edits that are looked for among others'.

package wiki

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// joins lets the edit arrive, joined with somebody else's as MediaWiki does, and
// taken back by a third person before the bot can look.
func joins(f *fakeWiki, texts ...string) func(http.ResponseWriter, *http.Request, func()) {
	return func(w http.ResponseWriter, r *http.Request, _ func()) {
		f.add("Alice", texts[0], "mine")
		f.add("Bot", texts[1], "sum")
		f.add("Carol", texts[2], "off")
		answering(503, "", apologies)(w, r, nil)
	}
}

func TestAnEditThatWasJoinedAndTakenBackIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "one\n\ntwo", "")
		f.fault = first(1, "edit", joins(f, "ONE\n\ntwo", "ONE\n\ntwo\n\nthree [[User:Bot]]\nfour", "ONE\n\ntwo"))
		c, _ := f.client(t)
		saved, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "one\n\ntwo\n\nthree ~~~~\nfour", Summary: "sum", BaseRevision: 1})
		if err != nil || saved.Revision != 3 || saved.Old != 2 || f.count("edit") != 1 {
			t.Errorf("got %+v, %v after %d edits", saved, err, f.count("edit"))
		}
	})
}

func TestAnotherEditOfTheBotIsNotTakenForThisOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "one\n\ntwo", "")
		f.fault = first(1, "edit", joins(f, "ONE\n\ntwo", "ONE\n\ntwo\n\nanother", "ONE\n\ntwo"))
		c, _ := f.client(t)
		_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "one\n\ntwo\n\nthree", Summary: "sum", BaseRevision: 1})
		wantError(t, err, "editconflict", Conflict)
	})
}

func TestAnEditThatMustBeMadeOnceIsNotSentAgain(t *testing.T) {
	for _, arrives := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeWiki{}
			f.add("Alice", "before", "")
			f.fault = first(1, "edit", answering(503, "", apologies))
			c, _ := f.client(t)
			if arrives {
				go func() {
					_ = pause(t.Context(), 4*time.Second)
					f.add("Bot", "after", "sum")
				}()
			}
			start := time.Now()
			saved, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1, Once: true})
			if arrives && (err != nil || saved.Revision != 2) {
				t.Errorf("got %+v, %v", saved, err)
			}
			if !arrives {
				wantError(t, err, "in-doubt", Transient)
			}
			if f.count("edit") != 1 || time.Since(start) > time.Minute {
				t.Errorf("%d edits in %v", f.count("edit"), time.Since(start))
			}
		})
	}
}

func TestAHollowAnswerIsNoEmptyHistory(t *testing.T) {
	for _, body := range []string{`{}`, `null`, `{"curtimestamp":"2026-05-20T10:00:00Z"}`, `{"batchcomplete":true}`, `{"query":{"pages":[]}}`} {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		c, _ := loggedIn(t, f)
		f.fault = first(-1, "query", answering(200, "", body))
		_, err := c.History(t.Context(), "Page", 1)
		wantError(t, err, "unreadable", Unknown)
	}
}

// When the history cannot be read, the edit stays in doubt.
func TestAnEditThatCannotBeLookedForStaysInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		c, _ := loggedIn(t, f)
		f.fault = first(-1, "edit", func(w http.ResponseWriter, r *http.Request, done func()) {
			f.fault = first(-1, "query", answering(403, "", apologies))
			done()
			answering(503, "", apologies)(w, r, done)
		})
		_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1, Once: true})
		wantError(t, err, "in-doubt", Transient)
	})
}
