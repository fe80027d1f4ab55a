// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the client: its session with the wiki, and how a request is sent once.

package wiki

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	mwclient "cgt.name/pkg/go-mwclient"
	"cgt.name/pkg/go-mwclient/params"
)

// Client asks one wiki. It sends one request after the other, whoever asks, as Wikimedia's etiquette wants it:
// https://www.mediawiki.org/wiki/API:Etiquette. Several goroutines may use one.
type Client struct {
	cfg     Config // without the secret
	secret  secret
	metrics *metrics
	ids     *requestIDs

	server atomic.Pointer[string] // what Site has told of where the wiki's pages are, nil before

	turn    chan struct{} // held while a request is under way; guards the next three
	session *session      // nil when a new one is needed
	refused *Error        // the last login that was refused
	since   time.Time     // when that was

	editing  chan struct{} // held while an edit is under way, its waiting included; guards the next three
	nextEdit time.Time     // no edit before, for the sake of EditInterval
	resume   time.Time     // no edit before, since the wiki has asked for it
	untagged bool          // the wiki does not take the tag

	reads, writes trouble

	titles atomic.Int64 // the answer of TitleLimit, 0 before it is known

	patience    time.Duration // for one request
	editBudget  time.Duration // for all the waiting of one Save
	firstWait   time.Duration // before the first repetition; it doubles each time
	longestWait time.Duration
}

// session is one login, or one stay as a visitor.
type session struct {
	mw   *mwclient.Client
	wire *wire
	csrf string // edit token, "" until one is needed
}

// New returns a client. It sends nothing yet: the first request logs in.
func New(cfg Config) (*Client, error) {
	api, err := url.Parse(cfg.API)
	switch {
	case err != nil:
		return nil, fmt.Errorf("wiki %s: address of the API: %w", cfg.Wiki, err)
	case api.Scheme != "http" && api.Scheme != "https" || api.Host == "":
		return nil, fmt.Errorf("wiki %s: %q is not the address of an API, such as https://meta.wikimedia.org/w/api.php", cfg.Wiki, cfg.API)
	case cfg.UserAgent == "":
		return nil, fmt.Errorf("wiki %s: the user agent must say who answers for the tool", cfg.Wiki)
	}
	if cfg.known() {
		if err := cfg.Auth.CheckSecret(cfg.Password); err != nil {
			return nil, fmt.Errorf("wiki %s: secret of %s: %w", cfg.Wiki, cmp.Or(cfg.Login, cfg.User), err)
		}
		if err := checkChannel(api); err != nil {
			return nil, fmt.Errorf("wiki %s: %w", cfg.Wiki, err)
		}
	}
	if cfg.User == "" {
		cfg.User, _, _ = strings.Cut(cfg.Login, "@")
	}
	if cfg.MaxLag == 0 {
		cfg.MaxLag = 5
	}
	if cfg.Transport == nil {
		cfg.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	cfg.Log = cfg.Log.With().Str("wiki", cfg.Wiki).Logger()
	proof := hide(cfg.Password)
	cfg.Password = ""
	return &Client{
		cfg: cfg, secret: proof, metrics: newMetrics(cfg.Metrics), ids: newRequestIDs(),
		turn: make(chan struct{}, 1), editing: make(chan struct{}, 1),
		patience: cmp.Or(cfg.Patience, 90*time.Second), editBudget: cmp.Or(cfg.EditWait, time.Minute),
		firstWait: cmp.Or(cfg.FirstWait, time.Second), longestWait: time.Minute,
	}, nil
}

// Close gives idle connections back. The client can be used again.
func (c *Client) Close() {
	if t, ok := c.cfg.Transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Login logs in anew. There is no need for it, except to learn early that the password is wrong: an error of class
// Identity says so.
func (c *Client) Login(ctx context.Context) error {
	err := c.persist(ctx, &c.reads, time.Time{}, func() *Error {
		if err := c.take(ctx, "login", ""); err != nil {
			return err
		}
		defer c.give()
		c.session, c.refused = nil, nil
		return c.ensureSession(ctx)
	})
	if err != nil {
		return err
	}
	return nil
}

// request is one thing to ask.
type request struct {
	action, title string
	params        map[string]string // without action, token and asserts
	post          bool
	edit          bool // changes something: it carries a token and is never repeated if it may have been carried out

	allowed func(context.Context) error // of an edit: asked before each sending, unless nil
	until   time.Time                   // of an edit: it is not sent later than this
}

// call asks until there is an answer, and returns the answer's body. An edit that may have been carried out comes back
// as an error with doubtful set, one that was given up with the cause errWaited or a deniedError.
func (c *Client) call(ctx context.Context, r request) ([]byte, *Error) {
	t := &c.reads
	if r.edit {
		t = &c.writes
	}
	var body []byte
	err := c.persist(ctx, t, r.until, func() (err *Error) {
		body, err = c.once(ctx, r)
		return err
	})
	return body, err
}

// once asks once, and again if only the token or the session was too old.
func (c *Client) once(ctx context.Context, r request) ([]byte, *Error) {
	newToken, newSession := false, false
	for {
		used, body, err := c.attempt(ctx, r)
		switch {
		case err == nil:
			return body, nil
		case err.Code == "badtoken" && r.edit && !newToken:
			newToken = true
			c.forget(ctx, used, false)
		case sessionLost(err.Code) && c.cfg.known() && c.cfg.Auth.session() && !newSession:
			newSession = true
			c.forget(ctx, used, true)
		case err.Code == "assertbotfailed":
			// Logged in just now, and still no bot: the account has lost its flag.
			err.Class = Halt
			return nil, err
		default:
			return nil, err
		}
	}
}

// take waits for our turn to send a request; give ends it.
func (c *Client) take(ctx context.Context, action, title string) *Error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return canceled(action, title, ctx.Err())
	}
}

func (c *Client) give() { <-c.turn }

// forget drops a session, or just its token, unless another caller has done so already.
func (c *Client) forget(ctx context.Context, used *session, whole bool) {
	if c.take(ctx, "", "") != nil {
		return // the context has ended, and the caller will see it
	}
	defer c.give()
	if used == nil || c.session != used {
		return
	}
	if used.csrf = ""; whole {
		c.session = nil
	}
}

// leaveHolds is how long the answer of request.allowed is good for, when others have the turn meanwhile.
const leaveHolds = 5 * time.Second

// prepare takes the turn, with a session and all that an edit needs. The turn is given back if there is an error. It
// asks for leave last, without the turn, since that may read the wiki.
func (c *Client) prepare(ctx context.Context, r request) (*session, *Error) {
	var asked time.Time
	for {
		if err := c.take(ctx, r.action, r.title); err != nil {
			return nil, err
		}
		err := c.ensureSession(ctx)
		if err == nil && r.edit {
			err = c.ensureToken(ctx, c.session)
		}
		if err == nil && r.edit && time.Now().After(r.until) {
			err = &Error{Code: "waited", Class: Transient, Action: r.action, Title: r.title, cause: errWaited}
		}
		s := c.session
		if err == nil && (r.allowed == nil || time.Since(asked) < leaveHolds) {
			return s, nil
		}
		c.give()
		if err != nil {
			return s, err
		}
		if err := r.allowed(ctx); err != nil {
			return s, &Error{Code: "denied", Action: r.action, Title: r.title, cause: deniedError{err}}
		}
		asked = time.Now()
	}
}

// attempt sends a request once, after logging in and getting a token if need be.
func (c *Client) attempt(ctx context.Context, r request) (*session, []byte, *Error) {
	s, err := c.prepare(ctx, r)
	if err != nil {
		return s, nil, err
	}
	defer c.give()
	p := maps.Clone(r.params) // the library writes into it
	p["action"] = r.action
	c.assert(p, r.edit)
	if r.edit {
		p["token"] = s.csrf
		finished, done := inHand(ctx)
		defer done()
		ctx = finished
	} else {
		ctx = context.WithValue(ctx, readOnly{}, true)
	}
	body, err := c.send(ctx, s, r, p)
	if err != nil && r.edit {
		// Lag, read-only mode and rate limits are told before anything is done.
		err.doubtful = err.Code == "network" || err.Code == "not-json" || err.Code == "too-big" || strings.HasPrefix(err.Code, "http-5") || crashed(err.Code)
	}
	return s, body, err
}

// assert makes the wiki refuse a request that it would not take as the account's: a lost login must not turn an edit
// into one by an address.
func (c *Client) assert(p map[string]string, edit bool) {
	if edit {
		p["assert"] = "bot"
	} else if c.cfg.known() {
		p["assert"] = "user"
	}
	if edit && c.cfg.User != "" {
		p["assertuser"] = accountName(c.cfg.User)
	}
}

// send is the only place that talks to the wiki, but for the login.
func (c *Client) send(ctx context.Context, s *session, r request, p map[string]string) ([]byte, *Error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	s.wire.ctx, s.wire.last = ctx, reply{}
	start, id := time.Now(), c.ids.next()
	p["requestid"] = id // the answer has it as well
	ask := s.mw.GetRaw
	if r.post {
		ask = s.mw.PostRaw
	}
	_, libErr := ask(params.Values(p))
	last := s.wire.last
	if libErr != nil && last.err == nil {
		last.err = libErr // it did not come to a request
	}
	err := last.fail(r.action, r.title)
	if err != nil {
		err.Request = id
	}
	c.observe(r, id, last, err, time.Since(start))
	return last.body, err
}

// ensureSession makes a session, with a login if there is an account. The caller has the turn.
func (c *Client) ensureSession(ctx context.Context) *Error {
	if c.session != nil {
		return nil
	}
	if c.refused != nil && time.Since(c.since) < time.Minute {
		again := *c.refused // a wrong password gets no better; asking again only makes the wiki throttle us
		return &again
	}
	// A new library client has no cookies: MediaWiki refuses a login on top of a bot password's session.
	mw, err := mwclient.New(c.cfg.API, c.cfg.UserAgent)
	if err != nil {
		return &Error{Code: "network", Info: err.Error(), Action: "login"}
	}
	s := &session{mw: mw, wire: &wire{base: c.cfg.Auth.transport(c.cfg.Transport, c.secret)}}
	mw.SetHTTPClient(&http.Client{Transport: s.wire})
	if c.cfg.known() && c.cfg.Auth.session() {
		if err := c.login(ctx, s); err != nil {
			if err.Class == Identity {
				refused := *err
				c.refused, c.since = &refused, time.Now()
			}
			return err
		}
	}
	c.session, c.refused = s, nil
	return nil
}

// login logs a new session in.
func (c *Client) login(ctx context.Context, s *session) *Error {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	s.wire.ctx, s.wire.last = ctx, reply{}
	start := time.Now()
	libErr := s.mw.Login(c.cfg.Login, c.secret())
	err := s.wire.last.fail("login", "")
	if err == nil && libErr != nil {
		err = loginRefusal(s.wire.last.body)
	}
	c.observe(request{action: "login"}, "", s.wire.last, err, time.Since(start))
	return err
}

// loginRefusal reads what the wiki answered to a login.
func loginRefusal(body []byte) *Error {
	e := &Error{Code: "unreadable", Action: "login", Info: excerpt(body)}
	var answer struct {
		Login struct {
			Result, Reason string
			Wait           int
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Login.Result == "" {
		return e
	}
	e.Code, e.Info, e.Class = answer.Login.Result, answer.Login.Reason, Identity
	if e.Code == "Throttled" {
		e.Class, e.RetryAfter = Transient, time.Duration(answer.Login.Wait)*time.Second
	}
	return e
}

// ensureToken gets an edit token for a session. The caller has the turn.
func (c *Client) ensureToken(ctx context.Context, s *session) *Error {
	if s.csrf != "" {
		return nil
	}
	p := map[string]string{"action": "query", "meta": "tokens", "type": "csrf"}
	c.assert(p, false)
	body, err := c.send(ctx, s, request{action: "query"}, p)
	if err != nil {
		return err
	}
	var answer struct {
		Query struct{ Tokens struct{ CSRFToken string } }
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Query.Tokens.CSRFToken == "" {
		return &Error{Code: "unreadable", Action: "query", Info: "no edit token in the answer"}
	}
	s.csrf = answer.Query.Tokens.CSRFToken
	return nil
}
