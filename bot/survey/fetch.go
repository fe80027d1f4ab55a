// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how catalogues are fetched over HTTP: politely, within bounds
// of time and size, and from no other host than the one that was configured.

package survey

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// FetcherConfig says how a Fetcher behaves. What is zero has a default.
type FetcherConfig struct {
	// UserAgent says which bot this is and how to reach its operator, as
	// Wikimedia's policy for User-Agents asks.
	UserAgent string
	Log       zerolog.Logger
	// Metrics gets a counter of requests by their outcome; nil: nobody counts.
	Metrics prometheus.Registerer
	// Timeout is how long one request may take until the last byte of its
	// answer; the default is a minute.
	Timeout time.Duration
	// MaxWhole is how many bytes, unpacked, all the answers of one reading of a
	// source may have together, MaxPage how many one of several pages may have;
	// the defaults are 64 and 16 MiB.
	MaxWhole, MaxPage int64
	// MaxWait is the longest pause that a busy server is given before it is
	// asked again at once; the default is a minute. For a longer one the
	// reading fails, and the host is not asked again before the pause is over.
	MaxWait time.Duration
	// Transport carries the requests; the default is one with net/http's
	// settings.
	Transport http.RoundTripper
}

const (
	defaultTimeout  = time.Minute
	defaultMaxWhole = 64 << 20
	defaultMaxPage  = 16 << 20
	defaultMaxWait  = time.Minute

	// longestPause bounds what a server can ask for.
	longestPause = time.Hour
	// maxTries is how often a request is sent while the server is busy.
	maxTries = 3
	// maxRedirects is how often an answer may point to another one.
	maxRedirects = 5
)

// Fetcher fetches catalogues. It serves several goroutines at once.
type Fetcher struct {
	conf     FetcherConfig
	requests *prometheus.CounterVec // by outcome; nil: not counted

	mu     sync.Mutex
	paused map[string]time.Time // until when a host wants no requests
}

// The outcomes of a request.
const (
	gotAnswer    = "answer"
	gotUnchanged = "unchanged"
	gotRefusal   = "refusal" // a status that is no answer
	gotBusy      = "busy"    // a status that asks for another try
	gotInvalid   = "invalid" // not what was expected
	gotTooMuch   = "too_much"
	gotTooLate   = "too_late"
	gotNothing   = "nothing"
)

// NewFetcher makes a Fetcher.
func NewFetcher(conf FetcherConfig) *Fetcher {
	conf.Timeout = cmp.Or(max(conf.Timeout, 0), defaultTimeout)
	conf.MaxWhole = cmp.Or(max(conf.MaxWhole, 0), defaultMaxWhole)
	conf.MaxPage = cmp.Or(max(conf.MaxPage, 0), defaultMaxPage)
	conf.MaxWait = cmp.Or(max(conf.MaxWait, 0), defaultMaxWait)
	if conf.Transport == nil {
		conf.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	f := &Fetcher{conf: conf, paused: make(map[string]time.Time)}
	if conf.Metrics != nil {
		f.requests = prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "codesteward", Name: "catalogue_requests_total",
			Help: "Requests for catalogues of tools, by outcome."}, []string{"outcome"})
		conf.Metrics.MustRegister(f.requests)
	}
	return f
}

// visit is one reading of a source: all its requests go to one host, and their
// answers share one bound.
type visit struct {
	*Fetcher
	client http.Client
	home   *url.URL
	left   int64 // bytes that answers may still have
}

// visit begins a reading of the source at an address, which must be https, or
// http on this machine.
func (f *Fetcher) visit(address string) (*visit, error) {
	home, err := url.Parse(address)
	switch {
	case err != nil || home.Host == "" || home.Opaque != "":
		return nil, errors.New("its address is no web address")
	case home.Scheme != "https" && (home.Scheme != "http" || !isLoopback(home.Hostname())):
		return nil, fmt.Errorf("its address at %s is not https", home.Host)
	}
	if home.Path == "" {
		home.Path = "/"
	}
	v := &visit{Fetcher: f, home: home, left: f.conf.MaxWhole}
	v.client = http.Client{Transport: f.conf.Transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		switch {
		case len(via) > maxRedirects:
			return &fetchError{outcome: gotRefusal, reason: fmt.Sprintf("redirects more than %d times", maxRedirects)}
		case !sameHost(req.URL, home) || req.URL.Scheme != home.Scheme && req.URL.Scheme != "https":
			return &fetchError{outcome: gotRefusal, reason: "redirects to another host"}
		}
		return nil
	}}
	return v, nil
}

// at returns the address that a link in an answer leads to, if that is on the
// host that was configured. Behind a proxy, servers may write http for https;
// the scheme stays the one that was configured.
func (v *visit) at(link string) (*url.URL, error) {
	to, err := v.home.Parse(link)
	if err != nil || !sameHost(to, v.home) {
		return nil, &fetchError{outcome: gotInvalid, reason: "links to another host for its next page"}
	}
	to.Scheme, to.Host, to.User, to.Fragment = v.home.Scheme, v.home.Host, v.home.User, ""
	return to, nil
}

// get fetches an address, at most so many bytes of it, and has the one JSON
// value of the answer read while it comes in. With validators of an earlier answer it returns
// ErrUnchanged if that one still holds. While the server is busy it is asked
// again, after the pause that it wants.
func (v *visit) get(ctx context.Context, address *url.URL, known validators, most int64, read func(*json.Decoder) error) (validators, error) {
	for try := 1; ; try++ {
		now, outcome, err := v.once(ctx, address, known, min(most, v.left), read)
		if v.requests != nil {
			v.requests.WithLabelValues(outcome).Inc()
		}
		switch {
		case err == nil || errors.Is(err, ErrUnchanged):
			return now, err
		case ctx.Err() != nil:
			return validators{}, ctx.Err()
		}
		pause := (*busyError)(nil)
		if !errors.As(err, &pause) || try == maxTries || pause.after > v.conf.MaxWait {
			if pause != nil {
				v.leaveAlone(address.Host, pause.after)
			}
			return validators{}, fmt.Errorf("%s%s %w", address.Host, address.Path, err)
		}
		wait := pause.after
		if wait == 0 {
			wait = min(time.Duration(try)*time.Second, v.conf.MaxWait)
		}
		v.conf.Log.Debug().Str("host", address.Host).Dur("wait", wait).Msg("catalogue is busy")
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return validators{}, ctx.Err()
		case <-timer.C:
		}
	}
}

// once sends one request.
func (v *visit) once(ctx context.Context, address *url.URL, known validators, most int64, read func(*json.Decoder) error) (validators, string, error) {
	if rest := v.pause(address.Host); rest > 0 {
		return validators{}, gotRefusal, fmt.Errorf("wants no requests for another %s", rest.Round(time.Second))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, v.conf.Timeout, errSlow)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return validators{}, gotInvalid, errors.New("is no web address")
	}
	// Accept-Encoding is left to the transport, which then unpacks the answer.
	req.Header.Set("User-Agent", v.conf.UserAgent)
	req.Header.Set("Accept", "application/json")
	known.ask(req.Header)
	resp, err := v.client.Do(req)
	if err != nil {
		return validators{}, outcomeOf(ctx, err), v.slowOr(ctx, inner(err))
	}
	defer resp.Body.Close()
	if err := known.check(resp); err != nil {
		return known, outcomeOf(ctx, err), err
	}

	body := &boundedReader{r: resp.Body, most: most}
	dec := json.NewDecoder(body)
	body.used = dec.InputOffset
	if err = read(dec); err == nil {
		err = readEnd(dec)
	}
	v.left -= body.n
	switch {
	case body.over != nil:
		err = body.over
	case err != nil:
		err = v.slowOr(ctx, err)
	default:
		return validatorsOf(resp.Header), gotAnswer, nil
	}
	return validators{}, outcomeOf(ctx, err), err
}

// slowOr is the error that the request took too long, if it did, or the other.
func (v *visit) slowOr(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSlow) {
		return fmt.Errorf("%w in %s", errSlow, v.conf.Timeout)
	}
	return err
}

// leaveAlone remembers that a host wants no requests for a while.
func (f *Fetcher) leaveAlone(host string, pause time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paused[host] = time.Now().Add(pause)
}

// pause returns for how long a host wants no requests.
func (f *Fetcher) pause(host string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Until(f.paused[host])
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// sameHost reports whether two addresses lead to one server, whatever their
// schemes are as long as both use the port of theirs.
func sameHost(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
			return ""
		}
		return u.Port()
	}
	return strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b) && (a.Scheme == "http" || a.Scheme == "https")
}

// isJSONType reports whether a Content-Type may be that of JSON. Servers of
// plain files do not always know.
func isJSONType(header string) bool {
	if header == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(header)
	if err != nil {
		kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(header)), ";")
	}
	switch kind {
	case "application/json", "text/json", "text/plain", "application/octet-stream":
		return true
	}
	return strings.HasSuffix(kind, "+json")
}
