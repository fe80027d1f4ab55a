// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of notices that are saved once, though nobody has
// said whether they were.

package publish

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

var silence = &wiki.Error{Class: wiki.Transient, Code: "in-doubt", Action: "edit"}

func TestANoticeWithoutAnAnswerIsNotSentAgainWhileItMayArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.put(reported, "Ada", "Hi.")
		f.fail = []error{silence}
		p := f.publisher(nil)
		for range 4 {
			if got := publish(t, p, message("k")); got.Result != Waits || len(f.edits) != 0 {
				t.Fatalf("outcome %+v, %d edits", got, len(f.edits))
			}
			<-time.After(time.Minute - time.Second)
		}
		// It arrives late, and is taken off at once.
		f.put(reported, self, "Hi.\n\n<!-- codesteward k -->\nText.")
		f.put(reported, "Ada", "Hi.")
		<-time.After(time.Hour)
		if got := publish(t, p, message("k")); got.Result != Again || len(f.edits) != 0 || f.sent["k"] != 2 || len(f.saves) != 1 {
			t.Errorf("outcome %+v, %d edits, sent %v, noted %v", got, len(f.edits), f.sent, f.saves)
		}
	})
}

func TestANoticeThatNeverArrivedIsSentInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.fail = []error{silence}
		p := f.publisher(nil)
		first := publish(t, p, message("k"))
		<-time.After(arrivesFor + time.Second)
		if got := publish(t, p, message("k")); first.Result != Waits || got.Result != Saved || len(f.edits) != 1 {
			t.Errorf("outcomes %+v and %+v, %d edits", first, got, len(f.edits))
		}
	})
}

func TestATableWithoutAnAnswerDoesNotWait(t *testing.T) {
	f := newFake()
	f.fail = []error{silence}
	p := f.publisher(nil)
	if first := publish(t, p, table("Project:A", "x")); first.Result != Waits {
		t.Errorf("outcome %+v", first)
	}
	if got := publish(t, p, table("Project:A", "x")); got.Result != Saved {
		t.Errorf("outcome %+v", got)
	}
}

func TestANewProcessWaitsForWhatTheLastOneHasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.put(reported, "Ada", "Hi.")
		f.open["k"] = 1
		p := f.publisher(nil)
		start := time.Now()
		p.Reader = lookedUp{f, func() {
			if took := time.Since(start); took != settlesFor {
				t.Errorf("the history was looked at after %v", took)
			}
			f.put(reported, self, "Hi.\n\n<!-- codesteward k -->\nText.")
			f.put(reported, "Ada", "Hi.")
		}}
		if got := publish(t, p, message("k")); got.Result != Again || len(f.edits) != 0 {
			t.Errorf("outcome %+v, %d edits", got, len(f.edits))
		}
		// What this process has begun itself needs no such wait.
		f.fail = []error{refused(wiki.Conflict, "editconflict")}
		start = time.Now()
		if got := publish(t, f.publisher(nil), message("l")); got.Result != Saved || time.Since(start) != 0 {
			t.Errorf("outcome %+v after %v", got, time.Since(start))
		}
	})
}

// lookedUp does something when a history is looked up.
type lookedUp struct {
	*fake
	first func()
}

func (l lookedUp) History(ctx context.Context, title string, after int64) ([]wiki.Revision, error) {
	l.first()
	return l.fake.History(ctx, title, after)
}
