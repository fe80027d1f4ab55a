// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of edits of which no proper answer came.

package wiki

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDoubtfulEditIsMadeOnce(t *testing.T) {
	after := func(fault func(http.ResponseWriter, *http.Request, func())) func(http.ResponseWriter, *http.Request, func()) {
		return func(w http.ResponseWriter, r *http.Request, done func()) {
			done()
			fault(w, r, done)
		}
	}
	faults := map[string]func(http.ResponseWriter, *http.Request, func()){
		"no answer":      hang,
		"503":            answering(503, "Retry-After: 2", apologies),
		"cut answer":     answering(200, "", `{"edit":{"result":"Succ`),
		"HTML":           answering(200, "Content-Type: text/html", apologies),
		"failed program": answering(200, "", `{"error":{"code":"internal_api_error_DBTransactionError","info":"[x]"}}`),
	}
	for name, fault := range faults {
		for what, edit := range map[string]Edit{
			"change":    {Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1},
			"signed":    {Title: "Page", Text: "after ~~~~", Summary: "sum", BaseRevision: 1},
			"new page":  {Title: "Page", Text: "after", Summary: "sum", Create: true},
			"some edit": {Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1}, // and somebody edits right after
		} {
			for _, arrived := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, %s, arrived %v", name, what, arrived), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						f := &fakeWiki{}
						want := []string{}
						if !edit.Create {
							f.add("Alice", "before", "")
							want = append(want, "before")
						}
						want = append(want, strings.ReplaceAll(edit.Text, "~~~~", "[[User:Bot]] now"))
						struck := fault
						if arrived {
							struck = after(fault)
							if what == "some edit" {
								struck = after(func(w http.ResponseWriter, r *http.Request, done func()) {
									f.add("Alice", "Alice's", "")
									fault(w, r, done)
								})
								want = append(want, "Alice's")
							}
						}
						f.fault = first(1, "edit", struck)
						c, log := f.client(t)
						c.patience = 20 * time.Second
						saved, err := NewEditor(c).Save(t.Context(), edit)
						if err != nil || saved.Revision != edit.BaseRevision+1 || saved.Old != edit.BaseRevision || !saved.Time.Equal(someTime) {
							t.Errorf("got %+v, %v", saved, err)
						}
						if diff := cmp.Diff(want, f.texts()); diff != "" {
							t.Error(diff)
						}
						if n := f.count("edit"); arrived && n != 1 || !arrived && n != 2 {
							t.Errorf("%d edits were sent", n)
						}
						if _, reason := c.Trouble(); reason != "" || len(log.lines) != 2 {
							t.Errorf("trouble %q, log %q", reason, log.lines)
						}
					})
				})
			}
		}
	}
}

func TestLateArrivalIsFoundAfterAConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		// The wiki makes the first edit only when the second one comes.
		n := 0
		f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
			if p.Get("action") != "edit" {
				return false
			}
			if n++; n == 1 {
				hang(w, r, done)
				return true
			}
			f.add("Bot", "after", "sum")
			return false
		}
		c, _ := f.client(t)
		c.patience = 20 * time.Second
		saved, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1})
		if err != nil || saved.Revision != 2 || len(f.texts()) != 2 {
			t.Errorf("got %+v, %v, history %q", saved, err, f.texts())
		}
	})
}

func TestSomebodyElsesEditIsNotOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		f.fault = first(1, "edit", func(w http.ResponseWriter, r *http.Request, done func()) {
			f.add("Mallory", "after", "sum")
			hang(w, r, done)
		})
		c, _ := f.client(t)
		c.patience = 20 * time.Second
		_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", Summary: "sum", BaseRevision: 1})
		wantError(t, err, "editconflict", Conflict)
	})
}

func TestEditThatKillsTheServerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		f.fault = first(-1, "edit", answering(503, "", apologies))
		c, _ := f.client(t)
		_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", BaseRevision: 1})
		wantError(t, err, "http-503", Unknown)
		if n := f.count("edit"); n != maxTries {
			t.Errorf("sent %d times", n)
		}
	})
}

func TestEditsKeepTheirDistance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		c, _ := f.client(t)
		c.cfg.EditInterval = 10 * time.Second
		e := NewEditor(c)
		start := time.Now()
		for i := range 4 {
			if _, err := e.Save(t.Context(), Edit{Title: "Page", Text: fmt.Sprint(i), BaseRevision: int64(i + 1)}); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != 30*time.Second {
			t.Errorf("four edits took %v, want 30 s", d)
		}
	})
}

func TestFailuresInAnEditsAnswer(t *testing.T) {
	tests := map[string]struct {
		answer, code string
		class        Class
	}{
		"captcha":          {`{"edit":{"result":"Failure","captcha":{"type":"image","id":"1"}}}`, "captcha", Halt},
		"old spam list":    {`{"edit":{"result":"Failure","spamblacklist":"bad.example"}}`, "spamblacklist", Refused},
		"old abuse filter": {`{"edit":{"result":"Failure","code":"abusefilter-disallowed","info":"no"}}`, "abusefilter-disallowed", Refused},
		"global block":     {`{"error":{"code":"globalblocking-blockedtext-user","info":"no"}}`, "globalblocking-blockedtext-user", Halt},
		"nothing at all":   {`{}`, "unreadable", Unknown},
		"bad token twice":  {`{"error":{"code":"badtoken","info":"no"}}`, "badtoken", Identity},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeWiki{fault: first(-1, "edit", answering(200, "", tt.answer))}
				c, _ := f.client(t)
				_, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "x", Create: true})
				wantError(t, err, tt.code, tt.class)
			})
		})
	}
}
