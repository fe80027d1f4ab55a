// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the site: what it needs, its routes, and what holds for every
// answer. It is read-only, needs no script in the browser, and shows nothing
// that is not public on the wikis.

package web

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"html/template"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/zerolog"
)

// Config is what a Site needs.
type Config struct {
	Source Source
	About  About
	// Mask takes e-mail addresses out of a text.
	Mask func(string) string
	// Proxies are the addresses that X-Forwarded-For is believed from. Everybody
	// else could write there what they like.
	Proxies []netip.Prefix
	// Now tells the time; time.Now if nil.
	Now func() time.Time
	Log zerolog.Logger
}

// Site is the tool's web site.
type Site struct {
	source  Source
	about   About
	clean   cleaner
	now     func() time.Time
	log     zerolog.Logger
	state   *stateCache
	index   *keeper
	limits  *limiter
	pages   map[string]*template.Template
	style   string // the address of the style sheet
	handler http.Handler
}

// How much of a request is read, and how long an answer may take.
const (
	maxQuery   = 2 << 10
	answerTime = 20 * time.Second
)

// New makes a site. Handler answers, and Run has to run beside it.
func New(c Config) (*Site, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.About.Home != "" && (cleaner{c.Mask}).link(c.About.Home) == "" {
		return nil, fmt.Errorf("the site's address %q is no address of a web site", c.About.Home)
	}
	s := &Site{source: c.Source, about: c.About, clean: cleaner{c.Mask}, now: c.Now, log: c.Log, limits: newLimiter(c.Proxies)}
	s.state = newStateCache(func(ctx context.Context) (State, error) {
		state, err := c.Source.State(ctx)
		s.clean.all(&state)
		return state, err
	}, c.Now)
	s.index = newKeeper(func(ctx context.Context) (*index, error) {
		state, err := s.state.get(ctx)
		if err != nil {
			return nil, err
		}
		return newIndex(ctx, c.Source, state, c.About, c.Mask, c.Now())
	}, c.Now, c.Log)
	if err := s.parsePages(); err != nil {
		return nil, err
	}
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1000))
	if err != nil {
		return nil, fmt.Errorf("compress answers: %w", err)
	}
	s.handler = s.guard(compress(s.routes()))
	return s, nil
}

// Run keeps what the site knows up to date while people look, until ctx ends.
func (s *Site) Run(ctx context.Context) error {
	s.index.run(ctx)
	return nil
}

// Handler answers for the whole site.
func (s *Site) Handler() http.Handler { return s.handler }

// answer is what a route answers with.
type answer struct {
	kind string // content type
	body []byte
	// compressed says that the body is, with gzip.
	compressed bool
	maxAge     time.Duration
	status     int // 200 if 0
}

// route answers one kind of request. An error that is a refusal is told to the
// client; any other is logged, and the client learns no more than that.
type route func(ctx context.Context, r *http.Request) (answer, error)

// refusal is what is wrong with a request.
type refusal struct {
	status int
	text   string
}

func (e *refusal) Error() string { return e.text }

func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	for path, f := range map[string]route{
		"/{$}": s.overviewPage, "/wikis/{wiki}": s.wikiPage, "/items": s.itemsPage, "/item": s.itemPage, "/mentions": s.mentionsPage,
		"/about": s.aboutPage, "/": s.missingPage, "/mentions.atom": s.feed, "/toolinfo.json": s.toolinfo,
		"/robots.txt": s.robots, "/static/{version}/{name}": s.static,
	} {
		mux.Handle("GET "+path, s.serve(f, s.failPage))
	}
	for path, f := range s.apiRoutes() {
		mux.Handle("GET "+path, s.serve(f, failJSON))
	}
	return mux
}

// serve makes a handler of a route. Fail writes errors.
func (s *Site) serve(f route, fail func(*http.Request, refusal) answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), answerTime)
		defer cancel()
		a, err := f(ctx, r)
		var refused *refusal
		switch {
		case err == nil:
		case errors.As(err, &refused):
			a = fail(r, *refused)
		case r.Context().Err() != nil:
			return // whoever asked has gone
		default:
			s.log.Warn().Err(err).Str("path", r.URL.Path).Msg("web page cannot be shown")
			a = fail(r, refusal{http.StatusServiceUnavailable, "What the bot knows cannot be read at the moment. Try again in a minute."})
			w.Header().Set("Retry-After", "60")
		}
		send(w, r, a)
	})
}

// send writes an answer, or that it is still the one that the client has.
func send(w http.ResponseWriter, r *http.Request, a answer) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	if a.kind != pageType {
		h.Set("Access-Control-Allow-Origin", "*") // for scripts of wikis: all of it is public
	}
	if a.status != 0 && a.status != http.StatusOK {
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Length", fmt.Sprint(len(a.body)))
		w.WriteHeader(a.status)
		if r.Method != http.MethodHead {
			w.Write(a.body) // an error is the client's, who has gone
		}
		return
	}
	sum := fnv.New128a()
	sum.Write(a.body)
	h.Set("ETag", fmt.Sprintf(`W/"%x"`, sum.Sum(nil)))
	h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(a.maxAge.Seconds())))
	if a.compressed {
		h.Add("Vary", "Accept-Encoding")
		if !takesGzip(r) {
			sendPlain(w, r, a.body)
			return
		}
		h.Set("Content-Encoding", "gzip")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}

// sendPlain writes a compressed body to one of the few who cannot read it.
func sendPlain(w http.ResponseWriter, r *http.Request, compressed []byte) {
	if tag := w.Header().Get("ETag"); strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	plain, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil || r.Method == http.MethodHead {
		return
	}
	io.Copy(w, plain) // an error is the client's, who has gone
}

func takesGzip(r *http.Request) bool {
	for _, coding := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" || name == "*" {
			weight = strings.TrimPrefix(strings.TrimSpace(weight), "q=")
			n, err := strconv.ParseFloat(weight, 64)
			return err != nil || n > 0
		}
	}
	return false
}

// policy lets a page load the site's own style sheet and picture, send its own
// form, and do nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard refuses what no page of the site needs, and says to browsers what its
// pages may do.
func (s *Site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		r.Body = http.MaxBytesReader(w, r.Body, 0)
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "this site is read-only", http.StatusMethodNotAllowed)
		case len(r.URL.RawQuery)+len(r.URL.EscapedPath()) > maxQuery:
			http.Error(w, "the address is too long", http.StatusRequestURITooLong)
		case !s.limits.allow(r, s.now()):
			h.Set("Retry-After", "2")
			http.Error(w, "too many requests; wait a little", http.StatusTooManyRequests)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// params writes a query of names and values; those without a value are left
// out. It is "" if nothing is left.
func params(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// known returns the state and the index.
func (s *Site) known(ctx context.Context) (State, *index, error) {
	state, err := s.state.get(ctx)
	if err != nil {
		return State{}, nil, err
	}
	x, err := s.index.get(ctx)
	return state, x, err
}

// wiki returns a served wiki.
func (s State) wiki(name string) (Wiki, error) {
	for _, w := range s.Wikis {
		if w.Wiki == name {
			return w, nil
		}
	}
	return Wiki{}, &refusal{http.StatusNotFound, "The bot serves no wiki of that name."}
}

// lastEdit is the newest edit on a wiki, the zero one if there is none.
func (w Wiki) lastEdit() time.Time {
	var last time.Time
	for _, e := range w.Edits {
		if e.Saved.After(last) {
			last = e.Saved
		}
	}
	return last
}

// Health is how the bot is doing, in one word.
type health string

const (
	healthy health = "ok"
	late    health = "late" // no event for a while
	down    health = "down"
)

// lateAfter is from when on the events are late. Canary events come several
// times an hour on a quiet stream.
const lateAfter = 30 * time.Minute

func (s State) health() health {
	switch {
	case !s.Running:
		return down
	case s.LastEvent.IsZero(), s.Now.Sub(s.LastEvent) > lateAfter:
		return late
	}
	return healthy
}

// lag is the age of the newest event that was handled, negative if there is
// none.
func (s State) lag() time.Duration {
	if s.LastEvent.IsZero() {
		return -1
	}
	return max(0, cmp.Or(s.Now.Sub(s.LastEvent), 0))
}
