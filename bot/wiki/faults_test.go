// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of what the client does when the wiki or the network fails.

package wiki

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTransientTroubleIsWaitedOut(t *testing.T) {
	const lag = `{"error":{"code":"maxlag","info":"Waiting for db1: 7 seconds lagged.","lag":7}}`
	tests := map[string]struct {
		times int
		fault func(http.ResponseWriter, *http.Request, func())
		waits time.Duration // 1 s, then doubled, or what the wiki asks for
	}{
		"429 with HTML and Retry-After": {2, answering(429, "Retry-After: 17", apologies), 34 * time.Second},
		"429 with a date":               {1, answering(429, "Retry-After: Sat, 01 Jan 2000 00:02:00 GMT", apologies), 2 * time.Minute},
		"429 of a gateway, in JSON":     {1, answering(429, "Retry-After: 3", `{"httpCode":429,"httpReason":"slow down"}`), 3 * time.Second},
		"429 with an absurd wait":       {1, answering(429, "Retry-After: 99999999", apologies), time.Hour},
		"lag without the header":        {2, answering(200, "", lag), 3 * time.Second},
		"lag with just its header":      {1, answering(200, "X-Database-Lag: 7", lag), time.Second},
		"lag with Retry-After":          {2, answering(200, "Retry-After: 5", lag), 10 * time.Second},
		"read-only mode":                {4, answering(200, "", `{"error":{"code":"readonly","info":"switching"}}`), 15 * time.Second},
		"rate limit":                    {1, answering(200, "", `{"error":{"code":"ratelimited","info":"slow"}}`), time.Second},
		"database failure":              {4, answering(500, "", `{"error":{"code":"internal_api_error_DBQueryError","info":"[x]"}}`), 15 * time.Second},
	}
	for name, tt := range tests {
		for _, action := range []string{"query", "edit"} {
			if action == "edit" && name == "database failure" {
				continue // may have been carried out: see below
			}
			if action == "edit" && tt.waits > time.Minute {
				continue // given up
			}
			t.Run(name+", "+action, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := &fakeWiki{}
					f.add("Alice", "before", "")
					c, log := f.client(t)
					if err := c.Login(t.Context()); err != nil {
						t.Fatal(err)
					}
					if err := c.Get(t.Context(), map[string]string{"action": "query", "list": "users"}, nil); err != nil {
						t.Fatal(err)
					}
					f.log = nil
					n := 0
					f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
						if p.Get("action") != action || p.Get("meta") == "tokens" || n == tt.times {
							return false
						}
						if n++; n > 1 {
							if since, reason := c.Trouble(); reason == "" || time.Since(since) > time.Hour {
								t.Errorf("in trouble, but Trouble says %q since %v", reason, since)
							}
						}
						tt.fault(w, r, done)
						return true
					}
					start := time.Now()
					var err error
					if action == "edit" {
						_, err = NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "after", BaseRevision: 1})
					} else {
						err = c.Get(t.Context(), map[string]string{"action": "query", "list": "users"}, nil)
					}
					if err != nil || time.Since(start) != tt.waits || f.count(action) != tt.times+1 {
						t.Errorf("after %v and %d requests: %v; want %d requests in %v", time.Since(start), f.count(action), err, tt.times+1, tt.waits)
					}
					if strings.HasPrefix(name, "lag") && (len(log.lines) == 0 || !strings.Contains(log.lines[0], `"code":"maxlag"`)) {
						t.Errorf("logged %q, which does not tell of lag", log.lines)
					}
					if len(log.lines) != 2 || !strings.Contains(log.lines[0], `"warn"`) || !strings.Contains(log.lines[1], "answers again") {
						t.Errorf("logged %q; want one line at the start and one at the end", log.lines)
					}
					if _, reason := c.Trouble(); reason != "" {
						t.Errorf("trouble is over, but Trouble says %q", reason)
					}
				})
			})
		}
	}
}

func TestContextEndsTheWaiting(t *testing.T) {
	tests := map[string]func(http.ResponseWriter, *http.Request, func()){
		"in a hanging request": hang,
		"between attempts":     answering(503, "Retry-After: 3600", apologies),
	}
	for name, fault := range tests {
		for _, action := range []string{"query", "edit"} {
			t.Run(name+", "+action, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := &fakeWiki{fault: first(-1, action, fault)}
					c, _ := f.client(t)
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
					defer cancel()
					start := time.Now()
					var err error
					if action == "edit" {
						f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
							if p.Get("action") == "edit" {
								fault(w, r, done)
								return true
							}
							return false
						}
						_, err = NewEditor(c).Save(ctx, Edit{Title: "Page", Text: "x", Create: true})
					} else {
						_, err = c.Page(ctx, "Page")
					}
					want := 10 * time.Second
					if action == "edit" && name == "in a hanging request" {
						want += finishes // it is in hand
					}
					if !errors.Is(err, context.DeadlineExceeded) || ClassOf(err) != Transient || time.Since(start) != want {
						t.Errorf("after %v: %v", time.Since(start), err)
					}
				})
			})
		}
	}
}

func TestAnEditInHandIsFinishedWhenTheContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f := &fakeWiki{fault: func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
			if p.Get("action") == "edit" {
				cancel()
				timer := time.NewTimer(finishes / 2)
				defer timer.Stop()
				<-timer.C
			}
			return false
		}}
		c, _ := f.client(t)
		saved, err := NewEditor(c).Save(ctx, Edit{Title: "Page", Text: "x", Create: true})
		if err != nil || saved.Revision == 0 {
			t.Errorf("got %+v, %v; want it saved", saved, err)
		}
		if _, err := NewEditor(c).Save(ctx, Edit{Title: "Other", Text: "x", Create: true}); err == nil {
			t.Error("an edit was begun after the end")
		}
	})
}

func TestCallersInTheQueueCanLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{fault: first(1, "query", hang)}
		c, _ := f.client(t)
		done := make(chan error)
		go func() { _, err := c.Page(t.Context(), "Page"); done <- err }()
		synctest.Wait() // it hangs in the request for a token
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Page(ctx, "Page")
		wantError(t, err, "canceled", Transient)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		<-done
	})
}

func TestRefusedLoginIsNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeWiki{fault: first(-1, "login", answering(200, "", `{"login":{"result":"Failed","reason":"wrong"}}`))}
		c, _ := f.client(t)
		for range 10 {
			_, err := c.Page(t.Context(), "Page")
			wantError(t, err, "Failed", Identity)
		}
		if n := f.count("login"); n != 1 {
			t.Errorf("logged in %d times", n)
		}
		f.fault = first(1, "login", answering(200, "", `{"login":{"result":"Throttled","reason":"slow","wait":300}}`))
		start := time.Now()
		if err := c.Login(t.Context()); err != nil || time.Since(start) != 5*time.Minute {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestLoginAnsweredWithALostSession(t *testing.T) {
	f := &fakeWiki{fault: first(-1, "login", answering(200, "", `{"error":{"code":"notloggedin","info":"?"}}`))}
	c, _ := f.client(t)
	_, err := c.Page(t.Context(), "Page")
	wantError(t, err, "notloggedin", Identity)
}

func TestOnlyTheLostSessionIsForgotten(t *testing.T) {
	f := &fakeWiki{}
	c, _ := f.client(t)
	login := func() *session {
		if err := c.Login(t.Context()); err != nil {
			t.Fatal(err)
		}
		return c.session
	}
	old, now := login(), login()
	if c.forget(t.Context(), old, true); c.session != now {
		t.Error("a caller that failed in the old session has dropped the new one")
	}
	if c.forget(t.Context(), now, true); c.session != nil {
		t.Error("the lost session is still in use")
	}
}

func TestOddAnswersAreErrors(t *testing.T) {
	long := strings.Repeat("a", maxAnswer)
	tests := map[string]struct {
		answer func(http.ResponseWriter, *http.Request, func())
		code   string
		class  Class
	}{
		"403 of a filter":   {answering(403, "", "<html>go away</html>"), "http-403", Unknown},
		"404":               {answering(404, "", "no such file"), "http-404", Unknown},
		"moved":             {answering(301, "Location: https://elsewhere.example/", ""), "http-301", Unknown},
		"another shape":     {answering(200, "", `{"query":[]}`), "unreadable", Unknown},
		"no page":           {answering(200, "", `{"query":{}}`), "unreadable", Unknown},
		"too long":          {answering(200, "", `{"a":"`+long+`"}`), "too-big", Unknown},
		"unknown code":      {answering(200, "", `{"error":{"code":"new-code","info":"?"}}`), "new-code", Unknown},
		"refused to read":   {answering(200, "", `{"error":{"code":"permissiondenied","info":"?"}}`), "permissiondenied", Refused},
		"revoked access":    {answering(200, "", `{"error":{"code":"mwoauth-invalid-authorization","info":"?"}}`), "mwoauth-invalid-authorization", Identity},
		"no login any more": {answering(200, "", `{"error":{"code":"assertuserfailed","info":"?"}}`), "assertuserfailed", Identity},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := &fakeWiki{}
			c, _ := f.client(t)
			if err := c.Login(t.Context()); err != nil {
				t.Fatal(err)
			}
			f.fault = func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
				if p.Get("meta") == "tokens" || p.Get("action") == "login" {
					return false
				}
				tt.answer(w, r, done)
				return true
			}
			_, err := c.Page(t.Context(), "Page")
			wantError(t, err, tt.code, tt.class)
		})
	}
}

// TestOnANetwork sees that faults look the same from a socket as they do above.
func TestOnANetwork(t *testing.T) {
	f := &fakeWiki{}
	server := httptest.NewServer(f)
	defer server.Close()
	newHere := func(t *testing.T) *Client {
		c, err := New(Config{Wiki: "fakewiki", API: server.URL, User: "Bot", Login: "Bot@x", Password: "p", UserAgent: agent})
		if err != nil {
			t.Fatal(err)
		}
		c.firstWait = time.Millisecond
		t.Cleanup(c.Close)
		return c
	}
	t.Run("connection cut in the answer", func(t *testing.T) {
		f.fault = first(1, "edit", func(w http.ResponseWriter, _ *http.Request, done func()) {
			done()
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"edit":{"result":"Succ`)
		})
		saved, err := NewEditor(newHere(t)).Save(t.Context(), Edit{Title: "Page", Text: "x", Create: true})
		if err != nil || saved.Revision != 1 || len(f.texts()) != 1 {
			t.Errorf("got %+v, %v, history %q", saved, err, f.texts())
		}
	})
	t.Run("hang", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f.fault = first(1, "query", func(_ http.ResponseWriter, r *http.Request, _ func()) {
			cancel()
			<-r.Context().Done()
		})
		_, err := newHere(t).Page(ctx, "Page")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("nobody listens, then somebody does", func(t *testing.T) {
		f.fault = nil
		c := newHere(t)
		real := c.cfg.Transport
		n := 0
		c.cfg.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if n++; n < 4 {
				return nil, errors.New("connection refused")
			}
			return real.RoundTrip(r)
		})
		defer real.(*http.Transport).CloseIdleConnections()
		if err := c.Login(t.Context()); err != nil || n < 4 {
			t.Errorf("after %d requests: %v", n, err)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestConfigIsChecked(t *testing.T) {
	good := Config{Wiki: "w", API: "https://w.example/w/api.php", UserAgent: agent}
	for name, change := range map[string]func(*Config){
		"no address":    func(c *Config) { c.API = "" },
		"no scheme":     func(c *Config) { c.API = "w.example/w/api.php" },
		"another":       func(c *Config) { c.API = "ftp://w.example/" },
		"no agent":      func(c *Config) { c.UserAgent = "" },
		"no password":   func(c *Config) { c.Login = "Bot@x" },
		"broken escape": func(c *Config) { c.API = "https://w.example/%zz" },
	} {
		cfg := good
		change(&cfg)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), "wiki w") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}
