// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the storm on a real MediaWiki, which merges, refuses and signs
// in its own way.

package publish

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

func TestStormOnARealWiki(t *testing.T) { stormOnARealWiki(t, 20) }

func TestSoakStormOnARealWiki(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("takes minutes: set SOAK=1")
	}
	stormOnARealWiki(t, 1000)
}

func stormOnARealWiki(t *testing.T, saves int) {
	w := wikitest.Start(t, wikitest.Options{DB: "stormwiki"})
	r := &realStorm{t: t, wiki: w}
	_, err := w.CreateUser(t.Context(), "Storm bot", "bot")
	if err == nil {
		r.login, r.password, err = w.BotPassword(t.Context(), stormBot)
	}
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	s := newStorm(t, seed, r)
	s.real = true
	s.run(saves)
}

// realStorm is a real wiki in a storm.
type realStorm struct {
	t               *testing.T
	wiki            *wikitest.Wiki
	login, password string
}

func (r *realStorm) client(wire http.RoundTripper) *wiki.Client {
	c, err := wiki.New(wiki.Config{Wiki: r.wiki.DB, API: r.wiki.API, Login: r.login, Password: r.password, UserAgent: "codesteward-test/0 (operator@wiki.example)",
		Transport: wire, FirstWait: time.Millisecond, Patience: 5 * time.Second})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// serve lets a request arrive, whoever may still wait for it.
func (r *realStorm) serve(q asked) (*http.Response, error) {
	req := q.req.Clone(context.WithoutCancel(q.req.Context()))
	if q.req.GetBody != nil {
		body, err := q.req.GetBody()
		if err != nil {
			return nil, err
		}
		req.Body = body
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

func (r *realStorm) text(title string) string {
	text, _, err := r.wiki.Admin().Read(r.t.Context(), title)
	if err != nil {
		r.t.Error(err)
	}
	return text
}

// person edits a page as people do, again if somebody was quicker.
func (r *realStorm) person(title string, change func(string) string) {
	ctx := r.t.Context()
	before, _, err := r.wiki.Admin().Read(ctx, title)
	if err == nil {
		_, err = r.wiki.Admin().Replace(ctx, title, before, change(before), "")
	} else {
		_, err = r.wiki.Admin().Edit(ctx, title, change(""), "")
	}
	if err != nil {
		r.t.Error(err)
	}
}

func (r *realStorm) texts(title string) (texts, users []string) {
	c := r.client(nil)
	defer c.Close()
	for last := int64(0); ; {
		revs, err := c.History(r.t.Context(), title, last)
		if err != nil {
			r.t.Error(err)
		}
		for _, rev := range revs {
			texts, users, last = append(texts, rev.Text), append(users, rev.User), rev.ID
		}
		if len(revs) == 0 || err != nil {
			return texts, users
		}
	}
}
