// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the stage for tests of the gate on a real MediaWiki: a wiki
// with all that refuses edits, the bot's accounts on it, and the wire between
// the two, which can be made to fail.

package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	gateBot = "Gate Bot" // an ordinary account of a bot
	slowBot = "Slow Bot" // may edit once in an hour
	thinBot = "Thin Bot" // has a bot password without the grant to edit
)

// settings make a wiki refuse as many things as it can.
const settings = `
$wgReadOnlyFile = "$wikitestDir/readonly";
$wgMaxArticleSize = 64;
$wgGroupPermissions['bot']['skipcaptcha'] = false;
foreach ( [ 'edit', 'create' ] as $trigger ) { $wgCaptchaTriggersOnNamespace[NS_HELP][$trigger] = true; }
$wgNamespaceProtection[NS_CATEGORY] = [ 'editinterface' ];
$wgGroupPermissions['slowbot']['bot'] = true;
$wgRateLimits = [ 'edit' => [ 'slowbot' => [ 1, 3600 ] ] ];
$wgHooks['EditFilterMergedContent'][] = static function ( $context ) {
	return $context->getTitle()->getText() !== 'An extension says no' || $context->getUser()->getName() === 'Admin';
};
define( 'NS_NOTES', 3000 );
$wgExtraNamespaces[NS_NOTES] = 'Notes';
$wgNamespaceContentModels[NS_NOTES] = CONTENT_MODEL_JSON;`

// scene is a wiki with the bot's accounts.
type scene struct {
	t         *testing.T
	wiki      *wikitest.Wiki
	dir       string
	site      *wikitext.Site
	passwords map[string][2]string // account to login and password
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, dir: t.TempDir(), passwords: map[string][2]string{}}
	s.wiki = wikitest.Start(t, wikitest.Options{DB: "gatewiki", Sitename: "Gate Wiki", Extra: settings, Dir: s.dir})
	grants := map[string][]string{thinBot: {"basic", "highvolume"}}
	for account, group := range map[string]string{gateBot: "bot", slowBot: "slowbot", thinBot: "bot"} {
		_, err := s.wiki.CreateUser(t.Context(), account, group)
		s.must(err)
		login, password, err := s.wiki.BotPassword(t.Context(), account, grants[account]...)
		s.must(err)
		s.passwords[account] = [2]string{login, password}
	}
	about, err := s.client(gateBot, nil, nil).Site(t.Context())
	s.must(err)
	s.site, err = wikitext.NewSite(about.Info)
	s.must(err)
	return s
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// admin does something as an administrator.
func (s *scene) admin(action string, pairs ...string) {
	s.t.Helper()
	p := map[string]string{"action": action}
	for i := 0; i < len(pairs); i += 2 {
		p[pairs[i]] = pairs[i+1]
	}
	_, err := s.wiki.Admin().Do(s.t.Context(), p)
	s.must(err)
}

func (s *scene) put(title, text string) {
	s.t.Helper()
	_, err := s.wiki.Admin().Edit(s.t.Context(), title, text, "seed")
	s.must(err)
}

// readOnly switches the wiki's read-only mode.
func (s *scene) readOnly(on bool) {
	s.t.Helper()
	file := filepath.Join(s.dir, "readonly")
	if !on {
		s.must(os.Remove(file))
		return
	}
	s.must(os.WriteFile(file, []byte("The databases are moved."), 0o600))
}

// client returns a client of an account that has little patience.
func (s *scene) client(account string, wire http.RoundTripper, log io.Writer, more ...func(*wiki.Config)) *wiki.Client {
	s.t.Helper()
	c := wiki.Config{
		Wiki: s.wiki.DB, API: s.wiki.API, User: account, Login: s.passwords[account][0], Password: s.passwords[account][1],
		UserAgent: "codesteward-test/0 (https://wiki.example/bot; operator@wiki.example)", Transport: wire,
		Patience: time.Minute, FirstWait: 10 * time.Millisecond,
	}
	if log != nil {
		c.Log = zerolog.New(log)
	}
	for _, change := range more {
		change(&c)
	}
	client, err := wiki.New(c)
	s.must(err)
	s.t.Cleanup(client.Close)
	return client
}

// publisher returns a gate with a registry of values.
func (s *scene) publisher(account string, client *wiki.Client, store *fake, count prometheus.Registerer) *Publisher {
	return New(Config{
		Site: plan.Site{Wiki: s.wiki.DB, Bot: account, StopPage: "User:" + account + "/stop", ConfigPage: "User:" + account + "/config.json"},
		Text: s.site, Reader: client, Editor: wiki.NewEditor(client), Outbox: store, Ledger: store, Metrics: count,
	})
}

// text is what a page holds, noPage if it does not exist, and how many of its
// revisions are the account's.
func (s *scene) text(title, account string) (text string, edits int) {
	s.t.Helper()
	revs, err := s.wiki.History(s.t.Context(), title)
	if e, ok := errors.AsType[*wikitest.APIError](err); ok && e.Code == "invalidtitle" {
		return noPage, 0
	}
	s.must(err)
	for _, r := range revs {
		if r.User == account {
			edits++
		}
	}
	if len(revs) == 0 {
		return noPage, 0
	}
	return revs[len(revs)-1].Text, edits
}

const noPage = "(no page)"

// tablePlan is a page with one region, as a table has it.
func tablePlan(title, line string) plan.Page {
	return plan.Page{Title: title, Region: "report", Scope: plan.Tables, Summary: "update", MayCreate: true, Changes: []plan.Change{plan.Report{Body: line}}}
}

// fault answers the n-th request of an action, or lets next answer it.
type fault func(n int, q asked, next func() (*http.Response, error)) (*http.Response, error)

// wire carries the requests of one client, and can fail.
type wire struct {
	base  http.RoundTripper
	fault fault

	mu   sync.Mutex
	seen map[string]int
	log  []asked
}

// asked is a request to the API.
type asked struct {
	action string
	params url.Values // those of address and body
	req    *http.Request
}

func newWire() *wire { return &wire{base: http.DefaultTransport, seen: map[string]int{}} }

// RoundTrip hands a request over to the fault, or to the wiki.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	q := readRequest(r)
	w.mu.Lock()
	w.seen[q.action]++
	w.log = append(w.log, q)
	n := w.seen[q.action]
	w.mu.Unlock()
	next := func() (*http.Response, error) { return w.base.RoundTrip(r) }
	if w.fault == nil {
		return next()
	}
	return w.fault(n, q, next)
}

// readRequest reads the parameters of a request, which can be sent after that.
func readRequest(r *http.Request) asked {
	params := r.URL.Query()
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		setBody(r, body)
		again := &http.Request{Method: r.Method, Header: r.Header, Body: io.NopCloser(bytes.NewReader(body)), URL: &url.URL{}}
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
			err = again.ParseMultipartForm(1 << 20)
		} else {
			err = again.ParseForm()
		}
		if err != nil {
			panic(err)
		}
		for name, values := range again.PostForm {
			params[name] = values
		}
	}
	action := params.Get("action")
	if params.Get("meta") == "tokens" {
		action = "token"
	}
	return asked{action: action, params: params, req: r}
}

func setBody(r *http.Request, body []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

// with changes parameters of a request that is sent as a short form.
func (q asked) with(change map[string]string) {
	p := q.params
	for name, value := range change {
		p.Set(name, value)
	}
	setBody(q.req, []byte(p.Encode()))
}

// answer is an answer of some server.
func (q asked) answer(status int, kind, body string, header ...string) (*http.Response, error) {
	h := http.Header{"Content-Type": {kind}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Status: fmt.Sprint(status), Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: q.req}, nil
}

// hang answers when nobody waits any more.
func (q asked) hang() (*http.Response, error) {
	<-q.req.Context().Done()
	return nil, context.Cause(q.req.Context())
}
