// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of edits that are not sent any more: they are no longer allowed, or have waited too long.

package wiki

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const lagged = `{"error":{"code":"maxlag","info":"Waiting for db1: 7 seconds lagged.","lag":7}}`

var errStopped = errors.New("the stop page says stop")

func TestEditIsSentOnlyWhileAllowed(t *testing.T) {
	faults := map[string]func(http.ResponseWriter, *http.Request, func()){
		"lag":          answering(200, "Retry-After: 5", lagged),
		"read-only":    answering(200, "", `{"error":{"code":"readonly","info":"?"}}`),
		"429":          answering(429, "Retry-After: 5", apologies),
		"no answer":    hang,
		"503":          answering(503, "", apologies),
		"old token":    answering(200, "", `{"error":{"code":"badtoken","info":"?"}}`),
		"lost session": answering(200, "", `{"error":{"code":"assertbotfailed","info":"?"}}`),
	}
	for name, fault := range faults {
		for deniedAt := range 4 {
			synctest.Test(t, func(t *testing.T) {
				// Two failures, then a success.
				f := &fakeWiki{}
				f.add("Alice", "before", "")
				n := 0
				f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
					if n == 2 || p.Get("action") != "edit" {
						return false
					}
					if n++; n == 2 && (name == "old token" || name == "lost session") {
						fault = faults["lag"] // twice in a row ends the edit
					}
					fault(w, r, done)
					return true
				}
				c, _ := f.client(t)
				c.patience = 10 * time.Second
				asked := 0
				edit := Edit{Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1}
				edit.Allowed = func(ctx context.Context) error {
					if sent := f.count("edit"); sent != asked {
						t.Errorf("%s: asked %d times, but sent %d edits", name, asked, sent)
					}
					if f.count("token") == 0 {
						t.Errorf("%s: asked for leave before it was needed", name)
					}
					if asked == deniedAt {
						return errStopped
					}
					asked++
					return c.Get(ctx, map[string]string{"action": "query", "list": "users"}, nil) // it may read
				}
				_, err := NewEditor(c).Save(t.Context(), edit)
				if f.count("edit") != asked {
					t.Errorf("%s: sent %d edits, of which %d were allowed", name, f.count("edit"), asked)
				}
				if wantSaved := deniedAt == 3; wantSaved && err != nil || !wantSaved && err != errStopped {
					t.Errorf("%s, denied at %d: got %v", name, deniedAt, err)
				}
			})
		}
	}
}

func TestDenialIsReturnedWhenTheContextEndsToo(t *testing.T) {
	f := &fakeWiki{}
	c, _ := f.client(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := NewEditor(c).Save(ctx, Edit{Title: "Page", Text: "x", Create: true, Allowed: func(context.Context) error {
		cancel()
		return errStopped
	}})
	if err != errStopped || f.count("edit") != 0 {
		t.Errorf("got %v after %d edits", err, f.count("edit"))
	}
}

func TestDenialSaysNothingAboutTheWiki(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{fault: first(1, "edit", answering(200, "", lagged))}
		c, log := f.client(t)
		n := 0
		_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "x", Create: true, Allowed: func(context.Context) error {
			if n++; n == 2 {
				return errStopped
			}
			return nil
		}})
		if _, reason := c.Trouble(); !errors.Is(err, errStopped) || reason == "" || len(log.lines) != 1 {
			t.Errorf("got %v, trouble %q, log %q; nobody knows whether the lag has passed", err, reason, log.lines)
		}
	})
}

func TestLeaveFromBeforeALongQueueIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		c, _ := loggedIn(t, f)
		f.fault = first(1, "parse", func(_ http.ResponseWriter, r *http.Request, _ func()) { _ = pause(r.Context(), 20*time.Second) })
		done := make(chan error)
		asked := 0
		_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", BaseRevision: 1, Allowed: func(ctx context.Context) error {
			if asked++; asked > 1 {
				return errStopped
			}
			go func() { done <- c.Get(ctx, map[string]string{"action": "parse", "text": "x"}, nil) }()
			synctest.Wait() // it has the turn
			return nil
		}})
		if err != errStopped || f.count("edit") != 0 {
			t.Errorf("got %v after %d edits", err, f.count("edit"))
		}
		<-done
	})
}

func TestLeaveThatTookLongIsTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		c, _ := f.client(t)
		_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", BaseRevision: 1, Allowed: func(ctx context.Context) error {
			return pause(ctx, 2*time.Minute) // the wiki did not show its stop page
		}})
		wantError(t, err, "waited", Transient)
		if n := f.count("edit"); n != 0 {
			t.Errorf("%d edits were sent", n)
		}
	})
}

func TestSaveGivesUpAfterAMinute(t *testing.T) {
	tests := map[string]struct {
		action, meta string
		fault        func(http.ResponseWriter, *http.Request, func())
		left         time.Duration // of what the wiki asked for
		edits        int
	}{
		"lag":                     {"edit", "", answering(200, "Retry-After: 7", lagged), 0, 6},
		"read-only mode":          {"edit", "", answering(200, "", `{"error":{"code":"readonly","info":"?"}}`), 0, 6},
		"rate limit":              {"edit", "", answering(200, "", `{"error":{"code":"ratelimited","info":"?"}}`), 0, 6},
		"429":                     {"edit", "", answering(429, "Retry-After: 3600", apologies), 59 * time.Minute, 1},
		"503 with a wait":         {"edit", "", answering(503, "Retry-After: 3600", apologies), 59 * time.Minute, 1},
		"no token, limited":       {"query", "tokens", answering(429, "", apologies), 0, 0},
		"wiki down before a send": {"query", "", answering(503, "", apologies), 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeWiki{}
				f.add("Alice", "before", "")
				c, _ := loggedIn(t, f)
				f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
					if p.Get("action") != tt.action || tt.meta != "" && p.Get("meta") != tt.meta {
						return false
					}
					tt.fault(w, r, done)
					return true
				}
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Hour)
				defer cancel()
				start := time.Now()
				edit := Edit{Title: "Page", Text: "after", BaseRevision: 1}
				_, err := NewEditor(c).Save(ctx, edit)
				wantError(t, err, "waited", Transient)
				if d := time.Since(start); d != time.Minute || f.count("edit") != tt.edits {
					t.Errorf("gave up after %v and %d edits, want a minute and %d", d, f.count("edit"), tt.edits)
				}
				if e, ok := errors.AsType[*Error](err); ok && e.RetryAfter != tt.left {
					t.Errorf("%v are left to wait, want %v", e.RetryAfter, tt.left)
				}
				if _, reason := c.Trouble(); reason == "" {
					t.Error("no trouble is told")
				}

				// The caller comes again, and the wiki would answer.
				f.fault = nil
				for err != nil && ctx.Err() == nil {
					if _, err = NewEditor(c).Save(ctx, edit); err != nil {
						wantError(t, err, "waited", Transient)
					}
				}
				if d := time.Since(start) - time.Minute; err != nil || d != tt.left {
					t.Errorf("saved after another %v: %v; want %v", d, err, tt.left)
				}
			})
		})
	}
}

func TestTheWaitBetweenEditsIsNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		c, _ := f.client(t)
		c.cfg.EditInterval = 5 * time.Minute
		start := time.Now()
		for i := range 2 {
			if _, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", BaseRevision: int64(i + 1)}); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != 5*time.Minute {
			t.Errorf("two edits took %v", d)
		}
	})
}

func TestEditThatHungIsLookedForBeforeGivingUp(t *testing.T) {
	for _, arrived := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeWiki{}
			f.add("Alice", "before", "")
			f.fault = first(1, "edit", func(w http.ResponseWriter, r *http.Request, done func()) {
				if arrived {
					done()
				}
				hang(w, r, done)
			})
			c, _ := f.client(t) // hangs for 90 seconds
			saved, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1})
			want := []string{"before"}
			if arrived {
				want = append(want, "after")
				if err != nil || saved.Revision != 2 {
					t.Errorf("got %+v, %v", saved, err)
				}
			} else {
				wantError(t, err, "waited", Transient)
			}
			if diff := cmp.Diff(want, f.texts()); diff != "" || f.count("edit") != 1 || f.count("query") != 1 {
				t.Errorf("%s after %q", diff, f.log)
			}
		})
	}
}

func TestLateArrivalIsFoundAfterAMinuteOfLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		n := 0
		f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
			if p.Get("action") != "edit" {
				return false
			}
			switch n++; n {
			case 1:
				answering(503, "", apologies)(w, r, done)
				return true
			case 3:
				f.add("Bot", "after", "sum") // the first one
			}
			answering(200, "", lagged)(w, r, done)
			return true
		}
		c, log := f.client(t)
		saved, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1})
		if err != nil || saved.Revision != 2 || !slices.Equal(f.texts(), []string{"before", "after"}) {
			t.Errorf("got %+v, %v, history %q", saved, err, f.texts())
		}
		if _, reason := c.Trouble(); reason != "" || len(log.lines) != 2 {
			t.Errorf("trouble %q, log %q", reason, log.lines)
		}
	})
}

func TestNothingIsSentAfterALongLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		c, _ := loggedIn(t, f)
		up, looks := time.Now().Add(time.Hour), 0
		f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
			if p.Get("meta") == "tokens" {
				return false
			}
			if time.Now().After(up) {
				if p.Get("prop") == "revisions" {
					looks++
				}
				return false
			}
			answering(503, "", apologies)(w, r, done)
			return true
		}
		_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", BaseRevision: 1})
		wantError(t, err, "waited", Transient)
		if looks != 1 || f.count("edit") != 1 {
			t.Errorf("%d edits, and %d looks at the history since the wiki was back, %v ago", f.count("edit"), looks, time.Since(up))
		}
	})
}
