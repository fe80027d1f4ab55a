// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of requests that fail for good while the wiki answers others.

package wiki

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

var brokenAnswers = map[string]struct {
	fault func(http.ResponseWriter, *http.Request, func())
	code  string
}{
	"500":              {answering(500, "", apologies), "http-500"},
	"504 of a gateway": {answering(504, "", apologies), "http-504"},
	"HTML":             {answering(200, "Content-Type: text/html", apologies), "not-json"},
	"no answer":        {hang, "network"},
	"408":              {answering(408, "", apologies), "http-408"},
	"time-out told":    {answering(200, "", `{"error":{"code":"timeouterror","info":"pool"}}`), "timeouterror"},
	"failed program":   {answering(200, "", `{"error":{"code":"internal_api_error_TypeError","info":"[x]"}}`), "internal_api_error_TypeError"},
}

// loggedIn is a client of the fake with a session, so that its faults meet what the test asks for.
func loggedIn(t *testing.T, f *fakeWiki) (*Client, *logLines) {
	t.Helper()
	c, log := f.client(t)
	if err := c.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.log = nil
	return c, log
}

func TestPoisonedRequestIsGivenUp(t *testing.T) {
	for name, tt := range brokenAnswers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeWiki{fault: first(-1, "parse", tt.fault)}
				c, log := loggedIn(t, f)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				wantError(t, c.Get(ctx, map[string]string{"action": "parse", "text": "x"}, nil), tt.code, Unknown)
				if f.count("parse") != 6 || f.count("siteinfo") != 1 {
					t.Errorf("asked %q; want 5 tries, a look whether the wiki answers, and another try", f.log)
				}
				if _, reason := c.Trouble(); reason != "" || len(log.lines) != 2 {
					t.Errorf("the wiki answers, but Trouble says %q; logged %q", reason, log.lines)
				}
			})
		})
	}
}

func TestPoisonedHistoryDoesNotHoldAnEditForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		f.add("Alice", "before", "")
		c, _ := loggedIn(t, f)
		f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
			if p.Get("action") == "edit" || p.Get("prop") == "revisions" {
				answering(500, "", apologies)(w, r, done)
				return true
			}
			return false
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err := NewEditor(c).Save(ctx, Edit{Title: "Page", Text: "after", BaseRevision: 1})
		wantError(t, err, "http-500", Unknown)
		if n := f.count("edit"); n != 1 {
			t.Errorf("%d edits were sent without a look at the history", n)
		}
	})
}

func TestWikiThatIsDownIsWaitedFor(t *testing.T) {
	for name, tt := range brokenAnswers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeWiki{}
				c, _ := loggedIn(t, f)
				ends := time.Now().Add(5 * time.Hour)
				f.fault = func(w http.ResponseWriter, r *http.Request, _ url.Values, done func()) bool {
					if time.Now().After(ends) {
						return false
					}
					if _, reason := c.Trouble(); reason == "" && f.count("query") > 1 {
						t.Error("the wiki is down, but Trouble does not say so")
					}
					tt.fault(w, r, done)
					return true
				}
				if _, err := c.Page(t.Context(), "Page"); err == nil || ClassOf(err) != Unknown || time.Now().Before(ends) {
					// The fake's pages have no clock: the answer itself is an error, but a late one.
					t.Errorf("after %v: %v", time.Until(ends), err)
				}
				if n, looks := f.count("query"), f.count("siteinfo"); looks != (n-1)/5 {
					t.Errorf("%d tries, but %d looks whether the wiki answers", n, looks)
				}
			})
		})
	}
}

func TestPoisonedRequestIsGivenUpOnceTheWikiIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		c, _ := loggedIn(t, f)
		looks := 0
		f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
			if p.Get("meta") == "siteinfo" {
				if looks++; looks == 3 {
					return false
				}
			}
			answering(500, "", apologies)(w, r, done)
			return true
		}
		wantError(t, c.Get(t.Context(), map[string]string{"action": "parse", "text": "x"}, nil), "http-500", Unknown)
		if n := f.count("parse"); n != 16 || looks != 3 {
			t.Errorf("%d tries and %d looks, want 16 and 3", n, looks)
		}
	})
}

func TestRequestIsTriedOnceMoreWhenTheWikiIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		c, _ := loggedIn(t, f)
		f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
			if p.Get("meta") == "siteinfo" || f.count("query") > 5 {
				return false
			}
			hang(w, r, done)
			return true
		}
		if err := c.Get(t.Context(), map[string]string{"action": "query", "list": "users"}, nil); err != nil || f.count("siteinfo") != 1 {
			t.Errorf("got %v after %q", err, f.log)
		}
	})
}

func TestLookRenewsALostSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		c, _ := loggedIn(t, f)
		f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
			switch {
			case p.Get("action") == "parse":
				answering(500, "", apologies)(w, r, done)
			case p.Get("meta") == "siteinfo" && f.count("login") == 0:
				answering(200, "", `{"error":{"code":"assertuserfailed","info":"?"}}`)(w, r, done)
			default:
				return false
			}
			return true
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		wantError(t, c.Get(ctx, map[string]string{"action": "parse", "text": "x"}, nil), "http-500", Unknown)
	})
}

func TestLimitsAreNotTheRequestsFault(t *testing.T) {
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request, func()){
		"429":        answering(429, "", apologies),
		"rate limit": answering(200, "", `{"error":{"code":"ratelimited","info":"slow"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeWiki{fault: first(-1, "parse", fault)}
				c, _ := loggedIn(t, f)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				if err := c.Get(ctx, map[string]string{"action": "parse", "text": "x"}, nil); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestFailedLoginIsNotTheRequestsFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{fault: first(5, "login", answering(500, "", apologies))}
		c, _ := f.client(t)
		if err := c.Get(t.Context(), map[string]string{"action": "query", "list": "users"}, nil); err != nil || f.count("siteinfo") != 0 {
			t.Errorf("got %v after %q", err, f.log)
		}
	})
}

func TestTroubleFadesWhenNobodyTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{}
		c, log := loggedIn(t, f)
		f.fault = first(-1, "query", answering(503, "Retry-After: 3600", apologies))
		fails := func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := c.Page(ctx, "Page"); ClassOf(err) != Transient {
				t.Error(err)
			}
		}
		fails()
		_ = pause(t.Context(), time.Hour)
		if _, reason := c.Trouble(); reason == "" {
			t.Error("the wiki asked for this wait, but Trouble has forgotten it")
		}
		_ = pause(t.Context(), time.Hour)
		if since, reason := c.Trouble(); reason != "" || !since.IsZero() {
			t.Errorf("nobody has tried for long, but Trouble says %q since %v", reason, since)
		}
		start := time.Now()
		fails()
		if since, reason := c.Trouble(); reason == "" || !since.Equal(start) || len(log.lines) != 2 {
			t.Errorf("new trouble is %q since %v, not %v; logged %q", reason, since, start, log.lines)
		}
	})
}

func TestRevisionsCostOneRequest(t *testing.T) {
	f := &fakeWiki{}
	f.add("Alice", "a", "")
	f.add("Bot", "b", "")
	c, _ := loggedIn(t, f)
	if revs, err := c.History(t.Context(), "Page", 0); err != nil || len(revs) != 2 {
		t.Errorf("got %+v, %v", revs, err)
	}
	if revs, err := c.Revisions(t.Context(), 1, 2); err != nil || revs[2].Text != "b" {
		t.Errorf("got %+v, %v", revs, err)
	}
	if n := f.count("query"); n != 2 {
		t.Errorf("a history and a batch of revisions took %d requests", n)
	}
}
