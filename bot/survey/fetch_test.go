// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of how catalogues are fetched from servers that behave
// badly in every way.

package survey

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// fetchList fetches a JSON list and returns how many values it has.
func fetchList(ctx context.Context, f *Fetcher, address string, known validators) (n int, now validators, err error) {
	v, err := f.visit(address)
	if err != nil {
		return 0, validators{}, err
	}
	now, err = v.get(ctx, v.home, known, f.conf.MaxPage, func(dec *json.Decoder) error {
		return readList(dec, func(json.RawMessage) error { n++; return nil })
	})
	return n, now, err
}

// sendJSON answers with a text as JSON.
func sendJSON(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, text)
}

func TestBadAnswersAreToldInAFewWords(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	defer elsewhere.Close()
	endless := func(w io.Writer) {
		fmt.Fprint(w, `[`)
		for value := []byte(strings.Repeat(`"`+strings.Repeat("x", 1000)+`",`, 1000)); ; {
			if _, err := w.Write(value); err != nil {
				return
			}
		}
	}
	const secret = "secret words of the answer"
	tests := []struct {
		name    string
		serve   func(w http.ResponseWriter, r *http.Request)
		want    string
		outcome string
	}{
		{"500 with HTML", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(500)
			fmt.Fprint(w, "<html>"+secret)
		}, "answers 500 Internal Server Error", gotRefusal},
		{"a status of its own", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) }, "answers 299", gotRefusal},
		{"404", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, "answers 404 Not Found", gotRefusal},
		{"HTML with 200", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<!DOCTYPE html><title>"+secret+"</title>")
		}, "answers with an HTML page instead of JSON", gotInvalid},
		{"HTML that calls itself JSON", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, "<!DOCTYPE html>"+secret) },
			"answers with broken JSON at byte 1", gotInvalid},
		{"XML", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			fmt.Fprint(w, "<list/>"+secret)
		}, "answers with something else than JSON", gotInvalid},
		{"nothing", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, "") }, "answers with JSON that is cut off", gotInvalid},
		{"an object for a list", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, `{"error": "`+secret+`"}`) },
			"answers with JSON that is no list of records", gotInvalid},
		{"JSON that is cut off", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, `["`+secret+`", "b`) },
			"answers with JSON that is cut off", gotInvalid},
		{"a connection that is cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			sendJSON(w, `["a", "b"`)
		}, "answers with JSON that is cut off", gotInvalid},
		{"broken JSON", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, `["a" "`+secret+`"]`) }, "answers with broken JSON at byte 5", gotInvalid},
		{"more than JSON", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, `["a"] ["`+secret+`"]`) },
			"answers with more than one JSON value", gotInvalid},
		{"a body without an end", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			endless(w)
		}, "answers with more than the 1000000 bytes", gotTooMuch},
		{"a gzip bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			endless(gzip.NewWriter(w))
		}, "answers with more than the 1000000 bytes", gotTooMuch},
		{"one value without an end", func(w http.ResponseWriter, _ *http.Request) {
			sendJSON(w, `["`+strings.Repeat("x", 2_000_000))
		}, "answers with more than the 1000000 bytes", gotTooMuch},
		{"packed twice", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip, gzip")
			sendJSON(w, `["a"]`)
		}, "answers in an encoding that nobody asked for", gotInvalid},
		{"packed badly", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			sendJSON(w, `["`+strings.Repeat("a", 100)+`"]`)
		}, "answers with something that cannot be unpacked", gotInvalid},
		{"a body that never ends", func(w http.ResponseWriter, r *http.Request) {
			sendJSON(w, `["a"`)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "does not answer in full in 200ms", gotTooLate},
		{"an answer that never comes", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			"does not answer in full in 200ms", gotTooLate},
		{"a redirect to another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/?"+url.QueryEscape(secret), http.StatusFound)
		}, "redirects to another host", gotRefusal},
		{"a redirect to another scheme", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, "redirects to another host", gotRefusal},
		{"a redirect without an end", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/list", http.StatusFound) },
			"redirects more than 5 times", gotRefusal},
		{"304 that nobody asked for", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
			"answers that nothing has changed, which nobody asked", gotInvalid},
		{"a long pause", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1800")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, "answers 503 Service Unavailable and wants no requests for 30m0s", gotBusy},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(tt.serve))
			defer server.Close()
			counts := prometheus.NewRegistry()
			f := testFetcher(t, FetcherConfig{MaxPage: 1_000_000, Metrics: counts})
			if tt.outcome == gotTooLate {
				f.conf.Timeout = 200 * time.Millisecond
			}
			_, _, err := fetchList(t.Context(), f, server.URL+"/list?key="+url.QueryEscape(secret), validators{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "secret") || len(err.Error()) > 150 || !strings.HasPrefix(err.Error(), "127.0.0.1:") {
				t.Errorf("says too much: %v", err)
			}
			want := "# HELP codesteward_catalogue_requests_total Requests for catalogues of tools, by outcome.\n# TYPE codesteward_catalogue_requests_total counter\n" +
				fmt.Sprintf("codesteward_catalogue_requests_total{outcome=%q} 1\n", tt.outcome)
			if err := testutil.GatherAndCompare(counts, strings.NewReader(want)); err != nil {
				t.Error(err)
			}
		})
	}
}

// What is taken of an answer without an end is bounded by its size, and by that
// of a single value in it, which has to be in memory as a whole.
func TestABodyOfAHundredMegabytesIsNotRead(t *testing.T) {
	for name, tt := range map[string]struct {
		start, more string
		most        int64
	}{
		"spaces":      {" ", " ", 2 * maxValue},
		"one text":    {`["`, "x", 2 * maxValue},
		"many values": {`["a"`, `,"` + strings.Repeat("x", 1<<10-3) + `"`, defaultMaxPage + 4<<20},
	} {
		var sent atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			sendJSON(w, tt.start)
			block := strings.Repeat(tt.more, 1<<20/len(tt.more))
			for range 100 {
				n, err := io.WriteString(w, block)
				sent.Add(int64(n))
				if err != nil {
					return
				}
			}
		}))
		_, _, err := fetchList(t.Context(), testFetcher(t, FetcherConfig{}), server.URL, validators{})
		if err == nil || !strings.Contains(err.Error(), "of more than") && !strings.Contains(err.Error(), "with more than") {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
		if n := sent.Load(); n > tt.most+8<<20 { // what the system keeps in between
			t.Errorf("%s: %d bytes were taken", name, n)
		}
	}
}

func TestGoodAnswersInEveryShape(t *testing.T) {
	var asked http.Header
	serve := map[string]func(w http.ResponseWriter, r *http.Request){
		"/json": func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, `["a", {"b": [1]}, 3]`) },
		"/charset": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf8")
			fmt.Fprint(w, "\n[1,2,3]\n")
		},
		"/file": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			fmt.Fprint(w, "[1,2,3]")
		},
		"/packed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			fmt.Fprint(packed, "[1,2,3]")
			packed.Close()
		},
		"/moved": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/json", http.StatusMovedPermanently)
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header
		serve[r.URL.Path](w, r)
	}))
	defer server.Close()
	f := testFetcher(t, FetcherConfig{})
	for path := range serve {
		if n, _, err := fetchList(t.Context(), f, server.URL+path, validators{}); n != 3 || err != nil {
			t.Errorf("%s: %d values, %v", path, n, err)
		}
		if asked.Get("User-Agent") == "" || asked.Get("Accept") != "application/json" || asked.Get("Accept-Encoding") != "gzip" {
			t.Errorf("%s: asked with %v", path, asked)
		}
	}
}

func TestAnswersThatHoldAreNotSentAgain(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"one"`)
		w.Header().Set("Last-Modified", "Wed, 20 May 2026 12:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"one"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		sendJSON(w, `[1]`)
	}))
	defer server.Close()
	f := testFetcher(t, FetcherConfig{})
	n, now, err := fetchList(t.Context(), f, server.URL, validators{})
	if want := (validators{`"one"`, "Wed, 20 May 2026 12:00:00 GMT"}); n != 1 || err != nil || now != want {
		t.Fatalf("%d values, %v, %v", n, now, err)
	}
	if n, _, err := fetchList(t.Context(), f, server.URL, now); n != 0 || !errors.Is(err, ErrUnchanged) {
		t.Errorf("%d values, %v", n, err)
	}
	if n, _, err := fetchList(t.Context(), f, server.URL, validators{ETag: `"zero"`}); n != 1 || err != nil {
		t.Errorf("with another one: %d values, %v", n, err)
	}
}

func TestABusyServerIsAskedAgain(t *testing.T) {
	for _, status := range []int{429, 502, 503, 504} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked == 1 {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(status)
				return
			}
			sendJSON(w, `[1]`)
		}))
		f := testFetcher(t, FetcherConfig{MaxWait: time.Millisecond})
		if n, _, err := fetchList(t.Context(), f, server.URL, validators{}); n != 1 || err != nil || asked != 2 {
			t.Errorf("%d: asked %d times, %d values, %v", status, asked, n, err)
		}
		server.Close()
	}
}

func TestAServerThatStaysBusyIsGivenUp(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer server.Close()
	f := testFetcher(t, FetcherConfig{MaxWait: time.Millisecond})
	if _, _, err := fetchList(t.Context(), f, server.URL, validators{}); err == nil || asked != maxTries {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

func TestAServerThatWantsALongPauseGetsIt(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Retry-After", "99999999999999999999999")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer server.Close()
	f := testFetcher(t, FetcherConfig{})
	for range 3 {
		if _, _, err := fetchList(t.Context(), f, server.URL, validators{}); err == nil || !strings.Contains(err.Error(), "wants no requests for") {
			t.Error(err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestAFetchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/busy" {
			w.Header().Set("Retry-After", "50")
			w.WriteHeader(503)
			cancel()
			return
		}
		sendJSON(w, `[1`)
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	for _, path := range []string{"/busy", "/slow"} {
		if _, _, err := fetchList(ctx, testFetcher(t, FetcherConfig{}), server.URL+path, validators{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", path, err)
		}
		ctx, cancel = context.WithCancel(t.Context())
	}
	cancel()
}

func TestOnlySafeAddressesAreRead(t *testing.T) {
	f := NewFetcher(FetcherConfig{})
	for address, ok := range map[string]bool{
		"https://toolhub.wikimedia.org/api/": true,
		"http://127.0.0.1:8080/api/":         true,
		"http://[::1]/":                      true,
		"http://localhost/api/":              true,
		"http://toolhub.wikimedia.org/api/":  false,
		"http://localhost.example.org/":      false,
		"http://127.0.0.1.example.org/":      false,
		"ftp://example.org/":                 false,
		"file:///etc/passwd":                 false,
		"toolhub.wikimedia.org/api/":         false,
		"https:opaque":                       false,
		"https://":                           false,
		"":                                   false,
		"https://example.org:port/":          false,
		"HTTPS://example.org/":               true,
	} {
		if _, err := f.visit(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestPausesAreReadWithinReason(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, " 5 ": 5 * time.Second, "0": 0, "-5": 0, "soon": 0, "3601": time.Hour, "1.5": 0,
		"Wed, 20 May 2026 12:00:30 GMT": 30 * time.Second, "Wed, 20 May 2026 11:00:00 GMT": 0, "Wed, 20 May 2027 12:00:00 GMT": time.Hour,
	} {
		if got := pauseOf(value, noon); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
