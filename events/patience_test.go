// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of everything that takes time: waiting, giving up,
// trying again. Their clocks are false, so that hours pass at once.

package events

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

// script of one connection: it writes frames and returns when the server ends
// it, with the error that the reader then sees.
type lines func(ctx context.Context, w io.Writer) error

// pipes serves the n-th request with the n-th script, without a network, and
// notes when each was made. A nil script is an answer of 502.
func pipes(at *[]time.Time, scripts ...lines) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		script := scripts[min(len(*at), len(scripts)-1)]
		*at = append(*at, time.Now())
		resp := &http.Response{StatusCode: http.StatusBadGateway, Status: "502 Bad Gateway", Header: http.Header{}, Body: http.NoBody, Request: r}
		if script == nil {
			return resp, nil
		}
		resp.StatusCode = http.StatusOK
		resp.Header.Set("Content-Type", "text/event-stream")
		reader, writer := io.Pipe()
		resp.Body = reader
		context.AfterFunc(r.Context(), func() { reader.CloseWithError(context.Cause(r.Context())) })
		go func() { writer.CloseWithError(script(r.Context(), writer)) }()
		return resp, nil
	})
}

// nowSaid is a frame for the event of a number, made now.
func nowSaid(n int) string {
	at := time.Now()
	return fmt.Sprintf("id: %s\ndata: %s\n\n", idAt(at.UnixMilli()+1), dataAt(n, at))
}

func piped(at *[]time.Time, scripts ...lines) *Stream {
	return New(Config{URL: "http://wiki.example", Streams: []string{"mediawiki.recentchange"}, Log: zerolog.Nop(), Transport: pipes(at, scripts...)})
}

func TestConnectionThatEndsEvery15MinutesIsMadeAgainAtOnceForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		var asked []time.Time
		s := piped(&asked, func(ctx context.Context, w io.Writer) error {
			for range 30 {
				n++
				fmt.Fprint(w, nowSaid(n))
				sleep(ctx, 30*time.Second)
			}
			if len(asked)%2 == 0 {
				return io.ErrUnexpectedEOF
			}
			return io.EOF
		})
		start, got := time.Now(), 0
		for e, err := range s.Events(t.Context(), Cursor{}) {
			if got++; err != nil || e.Title != fmt.Sprintf("Page %d", got) {
				t.Fatalf("event %d is %q, %v", got, e.Title, err)
			}
			if got == 30*20 {
				break
			}
		}
		if took := time.Since(start); len(asked) != 20 || took > 5*time.Hour+30*time.Second {
			t.Errorf("%d connections in %v", len(asked), took)
		}
		for i, at := range asked[1:] {
			if d := at.Sub(asked[i]) - 15*time.Minute; d < 0 || d > time.Second {
				t.Errorf("connection %d was made %v after the last one ended", i+1, d)
			}
		}
	})
}

func TestWaitsGrowUntilThereIsProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		good := func(ctx context.Context, w io.Writer) error {
			n++
			fmt.Fprint(w, nowSaid(n))
			return io.EOF
		}
		scripts := []lines{good}
		for range 10 {
			scripts = append(scripts, nil)
		}
		scripts = append(scripts, good, nil, good)
		var asked []time.Time
		s := piped(&asked, scripts...)
		got := 0
		for range s.Events(t.Context(), Cursor{}) {
			if got++; got == 3 {
				break
			}
		}
		if len(asked) != len(scripts) {
			t.Fatalf("%d connections", len(asked))
		}
		between := func(i int, least, most time.Duration) {
			t.Helper()
			if d := asked[i].Sub(asked[i-1]); d < least || d > most {
				t.Errorf("wait %d was %v, want %v to %v", i, d, least, most)
			}
		}
		between(1, 0, time.Second)
		between(2, time.Second/2, time.Second)
		between(3, time.Second, 2*time.Second)
		between(4, 2*time.Second, 4*time.Second)
		between(9, 30*time.Second, time.Minute)
		between(11, 30*time.Second, time.Minute)
		between(12, 0, time.Second)
		between(13, time.Second/2, time.Second)
	})
}

func TestSilenceIsGivenUpButASlowReaderIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var written atomic.Int64
		var asked []time.Time
		s := piped(&asked,
			func(ctx context.Context, w io.Writer) error {
				for i := range 5000 {
					n, err := fmt.Fprint(w, nowSaid(i))
					if err != nil {
						return err
					}
					written.Add(int64(n))
				}
				<-ctx.Done()
				return io.EOF
			},
			func(ctx context.Context, w io.Writer) error { fmt.Fprint(w, nowSaid(5000)); return io.EOF })
		got := 0
		var last time.Time
		for e, err := range s.Events(t.Context(), Cursor{}) {
			if err != nil || e.Title != fmt.Sprintf("Page %d", got) {
				t.Fatalf("event %d is %q, %v", got, e.Title, err)
			}
			got++
			if got <= 20 {
				sleep(t.Context(), 10*time.Minute)
				// What the pipe, the body and the library hold, and no more.
				if held := int(written.Load()) - got*len(nowSaid(1)); held > 3*usual {
					t.Fatalf("%d bytes are read ahead", held)
				}
				if len(asked) != 1 {
					t.Fatal("the connection of a slow reader was given up")
				}
			}
			if got == 5000 {
				last = time.Now()
			}
			if got > 5000 {
				break
			}
		}
		if waited := asked[1].Sub(last); waited < DefaultIdle || waited > DefaultIdle+2*time.Second {
			t.Errorf("the silent connection was given up after %v", waited)
		}
	})
}

func TestContextEndsAnyWait(t *testing.T) {
	hang := func(ctx context.Context, _ io.Writer) error { <-ctx.Done(); return io.EOF }
	cause := fmt.Errorf("shutdown")
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"by a deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Second)
		},
		"for a cause of its own": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(ctx, 20*time.Second, cause)
		},
	} {
		for wait, script := range map[string]lines{"for events": hang, "to try again": nil} {
			t.Run(name+"/"+wait, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var asked []time.Time
					s := piped(&asked, script)
					ctx, cancel := end(t.Context())
					defer cancel()
					start := time.Now()
					for e, err := range s.Events(ctx, Cursor{}) {
						t.Errorf("got %+v, %v", e, err)
					}
					if took := time.Since(start); took != 20*time.Second {
						t.Errorf("ended after %v", took)
					}
				})
			})
		}
	}
}

func TestRetryAfterIsBounded(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "7": 7 * time.Second, "99999999999999999999": 0, "99999999": defaultRetry.longest,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute, now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := defaultRetry.delay(0, retryAfter(header, now)); got < want || got > max(want, defaultRetry.pause) {
			t.Errorf("%q: wait %v, want %v", header, got, want)
		}
	}
}

func TestLongOutageIsAGapOnlyIfItIsLongerThanTheServerKeeps(t *testing.T) {
	for _, test := range []struct {
		name string
		out  time.Duration
		want bool
	}{{"a week and a day", 8 * 24 * time.Hour, true}, {"six days", 6 * 24 * time.Hour, false}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked []time.Time
				start := time.Now()
				n := 0
				s := piped(&asked, func(ctx context.Context, w io.Writer) error {
					n++
					fmt.Fprint(w, nowSaid(n))
					return io.EOF
				})
				up := s.cfg.Transport
				s.cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					if n == 1 && time.Since(start) < test.out {
						return nil, io.ErrUnexpectedEOF
					}
					return up.RoundTrip(r)
				})
				var kinds []string
				for e := range s.Events(t.Context(), Cursor{}) {
					kinds = append(kinds, string(e.Kind))
					if e.Title == "Page 2" {
						break
					}
				}
				if got := strings.Join(kinds, " "); (got == "edit gap edit") != test.want || !test.want && got != "edit edit" {
					t.Errorf("got %s", got)
				}
			})
		})
	}
}
