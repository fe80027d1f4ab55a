// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is forgotten and what is not: when all is read again, and
// when a wiki went back; and a file that goes away, on the kinds of store that
// have it.

package registry

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// toForget is a store that has been told of things before and after revision 100.
func toForget(t *testing.T, r *Registry) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	send := func(key string, revision int64, told ...Told) {
		t.Helper()
		must(r.Intend(ctx, "metawiki", "Board", revision-1, []string{key}, at(1), told...))
		must(r.Sent(ctx, "metawiki", "Board", revision, []string{key}, at(1)))
	}
	for _, revision := range []int64{90, 110} {
		_, err := r.Record(ctx, Batch{
			Mentions: []detect.Mention{{Kind: detect.Extension, Name: "Poem"}},
			Change:   detect.Change{Wiki: "metawiki", Title: "Pump", Revision: revision, User: "Ana", Time: at(0)},
		})
		must(err)
		must(r.SaveEdit(ctx, "metawiki", "Table", "gadgets", revision+1, 5, at(1)))
	}
	send("board/before", 95)
	send("board/after", 111)
	send("board/pinged", 112, Told{Wiki: "metawiki", Key: "board/pinged", User: "Ben", Item: "extension:Poem", Mention: "board/pinged", Rung: "steward", Way: "ping"})
	send("notice/metawiki/extension:Poem/2026-W01/User:Ana", 113, Told{Wiki: "metawiki", Key: "notice/metawiki/extension:Poem/2026-W01/User:Ana", User: "Ana", Item: "extension:Poem", Rung: "steward", Way: "talk"})
	must(r.Intend(ctx, "metawiki", "Board", 114, []string{"notice/begun"}, at(1)))
	must(r.SaveRules(ctx, Rules{Wiki: "metawiki", Revision: 105, Text: "{}", Since: at(0)}))
	_, err := r.SaveCells(ctx, "metawiki", "Table#gadgets", 108, []CellChange{{Item: "gadget:metawiki:A", Added: []Holder{{Name: "Ana", Kind: User}}, Page: "Table", Revision: 107, User: "Ana", Registered: true, Time: at(0)}})
	must(err)
	must(r.SetPage(ctx, "metawiki", "Table#gadgets", PageHeld))
	must(r.SetNote(ctx, "metawiki", "region Table#gadgets", "{}"))
	must(r.SetNote(ctx, "metawiki", "mode", "trial"))
}

// left is what a store still has of that.
func left(t *testing.T, r *Registry) map[string]bool {
	t.Helper()
	ctx, has := t.Context(), map[string]bool{}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"board/before", "board/after", "board/pinged", "notice/metawiki/extension:Poem/2026-W01/User:Ana"} {
		sent, err := r.IsSent(ctx, key)
		must(err)
		has[key] = sent
	}
	_, pending, err := r.Pending(ctx, []string{"notice/begun"})
	must(err)
	has["begun"] = pending
	for revision, name := range map[int64]string{90: "old mention", 110: "new mention"} {
		mentions, err := r.MentionsOn(ctx, "metawiki", "", revision)
		must(err)
		has[name] = len(mentions) > 0
	}
	_, has["rules"], err = r.LastRules(ctx, "metawiki")
	must(err)
	read, err := r.CellsRead(ctx, "metawiki", "Table#gadgets")
	must(err)
	claims, err := r.CellClaims(ctx, "metawiki", "Table")
	must(err)
	has["cells"] = read > 0 && len(claims) > 0
	pages, err := r.Pages(ctx, "metawiki")
	must(err)
	has["pages"] = len(pages) > 0
	notes, err := r.Notes(ctx, "metawiki")
	must(err)
	has["guard"], has["mode"] = notes["region Table#gadgets"] != "", notes["mode"] != ""
	edits, err := r.LastEdits(ctx, "metawiki", 9)
	must(err)
	has["an edit"], has["both edits"] = len(edits) > 0, len(edits) > 1
	return has
}

func TestWhatIsForgotten(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		for name, c := range map[string]struct {
			do   func(r *Registry) error
			gone []string
		}{
			"when all is read again": {func(r *Registry) error { return r.Forget(t.Context()) },
				[]string{"rules", "cells", "pages", "mode", "an edit", "both edits"}},
			"when the wiki went back": {func(r *Registry) error { return r.Rewind(t.Context(), "metawiki", 100) },
				[]string{"board/after", "begun", "new mention", "rules", "cells", "pages", "guard", "both edits"}},
			"when another wiki went back": {func(r *Registry) error { return r.Rewind(t.Context(), "enwiki", 1) }, nil},
		} {
			t.Run(name, func(t *testing.T) {
				r := newStore(t).open()
				toForget(t, r)
				want := left(t, r)
				for what, has := range want {
					if !has {
						t.Fatalf("the store had no %s to begin with", what)
					}
				}
				if err := c.do(r); err != nil {
					t.Fatal(err)
				}
				for _, what := range c.gone {
					want[what] = false
				}
				for what, has := range left(t, r) {
					if has != want[what] {
						t.Errorf("%s: there is %t, want %t", what, has, want[what])
					}
				}
			})
		}
	})
}

func TestTheNewestRevisionIsNotThatOfANotice(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		r := newStore(t).open()
		toForget(t, r)
		known, own, err := r.NewestRevision(t.Context(), "metawiki")
		if known != 111 || own != 111 || err != nil {
			t.Errorf("got %d, %d, %v; want 111 twice", known, own, err)
		}
		if err := r.Rewind(t.Context(), "metawiki", 100); err != nil {
			t.Fatal(err)
		}
		if known, _, err = r.NewestRevision(t.Context(), "metawiki"); known > 100 || err != nil {
			t.Errorf("after going back to 100 it is %d, %v", known, err)
		}
	})
}

func TestAFileThatIsGoneIsNotWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "registry.db")
	r, err := Open(t.Context(), "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.Rename(file, file+".old"); err != nil {
		t.Fatal(err)
	}
	if err := r.SetNote(t.Context(), "metawiki", "mode", "x"); !errors.Is(err, ErrStoreGone) {
		t.Errorf("with the file gone: %v", err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.SetNote(t.Context(), "metawiki", "mode", "x"); !errors.Is(err, ErrStoreGone) {
		t.Errorf("with another file in its place: %v", err)
	}
	if err := os.Rename(file+".old", file); err != nil {
		t.Fatal(err)
	}
	if err := r.SetNote(t.Context(), "metawiki", "mode", "x"); err != nil {
		t.Errorf("with the file back: %v", err)
	}
}

func TestALeaseBeatsWithEachRenewal(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		r := newStore(t).open()
		beats := map[string]bool{}
		for n := range 3 {
			if held, err := r.Acquire(t.Context(), "a", at(n), time.Minute); !held || err != nil {
				t.Fatal(held, err)
			}
			beat, err := r.Beat(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			beats[beat] = true
		}
		if len(beats) != 3 {
			t.Errorf("three renewals are told by %d texts", len(beats))
		}
	})
}
