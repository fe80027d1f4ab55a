// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of recording many batches at once.

package registry

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestManyBatchesAtOnceAreAsOneAfterTheOther(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		script := "User:A/x.js"
		deleted, restored := touch(detect.UserScript, script, detect.Deleted, 40), touch(detect.UserScript, script, detect.Restored, 60)
		var batches []Batch
		for i := range 450 {
			b := edit(int64(i+1), mention(detect.Tool, "", fmt.Sprint("t", i%7), "A"), mention(detect.Tool, "", fmt.Sprint("T", i%7), "A"), mention(detect.Extension, "", "Echo", "A"))
			if i%5 == 0 {
				b.Change.Wiki = "dewiki"
			}
			if i%9 == 0 {
				b.Mentions = append(b.Mentions, mention(detect.UserScript, "metawiki", script, "A"))
			}
			switch i {
			case 100:
				b.Touches = []detect.Touch{deleted}
			case 300:
				b.Touches = []detect.Touch{restored}
			}
			b.Cursor = events.Cursor{Streams: "s", ID: fmt.Sprintf(`[{"topic":"t","partition":0,"offset":%d}]`, i), Time: at(i)}
			batches = append(batches, b)
		}
		s := newStore(t)
		r := s.open()
		for _, b := range batches {
			if _, err := r.Record(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		want := [2]View{s.view("metawiki"), s.view("dewiki")}
		wantCursor, err := s.open().Cursor(t.Context(), "s")
		if err != nil {
			t.Fatal(err)
		}

		s = newStore(t)
		r = s.open()
		for again := range 2 {
			changed, err := r.Record(t.Context(), append(batches[:200:200], batches...)...)
			if err != nil || changed != (again == 0) {
				t.Errorf("recorded: %t, %v", changed, err)
			}
		}
		if diff := cmp.Diff(want, [2]View{s.view("metawiki"), s.view("dewiki")}); diff != "" {
			t.Errorf("one after the other (-) and at once (+):\n%s", diff)
		}
		if got, err := s.open().Cursor(t.Context(), "s"); err != nil || !cmp.Equal(wantCursor, got) {
			t.Errorf("cursor: %v, %v, want %v", got, err, wantCursor)
		}
		if changed, err := s.open().Record(t.Context()); changed || err != nil {
			t.Errorf("nothing: %t, %v", changed, err)
		}
	})
}
