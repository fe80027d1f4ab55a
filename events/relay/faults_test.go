// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the faults, as a client meets them.

package relay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// unlucky serves a relay whose connections all have one fault, with n events.
func unlucky(t *testing.T, n int, f Fault) (*Relay, string) {
	t.Helper()
	r, url := start(t, Config{Canary: -1, Faults: &Faults{Seed: 1, Plan: func(int, *rand.Rand) Fault { return f }}})
	publish(t, r, 1, n)
	return r, url + "recentchange?since=0"
}

func TestFaultInsteadOfAStream(t *testing.T) {
	for _, f := range []Fault{{Status: 503, RetryAfter: "7"}, {Status: 429}, {Status: 400}, {ContentType: "text/html"}} {
		t.Run(fmt.Sprint(f.Status, f.ContentType), func(t *testing.T) {
			_, url := unlucky(t, 1, f)
			resp := get(t, url, "")
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if f.ContentType != "" {
				if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/html" || !strings.Contains(string(body), "\n\ndata: {") {
					t.Errorf("%s %s %s", resp.Status, resp.Header, body)
				}
			} else if resp.StatusCode != f.Status || resp.Header.Get("Retry-After") != f.RetryAfter {
				t.Errorf("%s %s", resp.Status, resp.Header)
			}
		})
	}
}

// TestCutsAtEveryByte shows that a client gets just so many bytes.
func TestCutsAtEveryByte(t *testing.T) {
	var after atomic.Int64
	var how Cut
	r, url := start(t, Config{Canary: -1, Faults: &Faults{Plan: func(int, *rand.Rand) Fault { return Fault{Cut: how, After: after.Load()} }}})
	publish(t, r, 1, 2)
	after.Store(1 << 40)
	how = CutEnd
	resp := get(t, url+"recentchange?since=0", "")
	whole := make([]byte, 1500)
	if _, err := io.ReadFull(resp.Body, whole); err != nil {
		t.Fatal(err)
	}
	for _, cut := range []struct {
		how  Cut
		want error
	}{{CutEnd, nil}, {CutAbort, io.ErrUnexpectedEOF}} {
		how = cut.how
		for n := 1; n < len(whole); n += 13 {
			after.Store(int64(n))
			got, err := io.ReadAll(get(t, url+"recentchange?since=0", "").Body)
			if !errors.Is(err, cut.want) || !bytes.Equal(got, whole[:n]) {
				t.Fatalf("cut %d after %d bytes: %d bytes, %v", cut.how, n, len(got), err)
			}
		}
	}
}

func TestResetThrowsTheConnectionAway(t *testing.T) {
	_, url := unlucky(t, 2, Fault{Cut: CutReset, After: 700})
	_, err := io.ReadAll(get(t, url, "").Body)
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("ended with %v, want a reset", err)
	}
}

func TestHangSaysNothingMore(t *testing.T) {
	r, url := unlucky(t, 2, Fault{Cut: CutHang, After: 700})
	body := get(t, url, "").Body
	if n, err := io.ReadFull(body, make([]byte, 700)); err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if r.Stats().Readers != 1 {
		t.Error("reader is gone")
	}
	r.Close()
	if rest, err := io.ReadAll(body); err != nil || len(rest) > 0 {
		t.Errorf("then %q, %v", rest, err)
	}
}

func TestErrorEventEndsTheStream(t *testing.T) {
	_, url := unlucky(t, 3, Fault{Cut: CutError, After: 1200})
	all, err := io.ReadAll(get(t, url, "").Body)
	got := frames(t, bytes.NewReader(all), 3)
	if err != nil || got[1].name != "message" || got[2].name != "error" || got[2].id != got[1].id || strings.Count(string(all), "event: ") != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestLargeEventComesFirst(t *testing.T) {
	_, url := unlucky(t, 1, Fault{Large: 4 << 20})
	body := get(t, url, "").Body
	buf := make([]byte, 4<<20)
	if _, err := io.ReadFull(body, buf); err != nil {
		t.Fatal(err)
	}
	_, data, _ := strings.Cut(string(buf), "data: ")
	var e struct{ Wiki string }
	if err := json.NewDecoder(io.MultiReader(strings.NewReader(data), body)).Decode(&e); err != nil || e.Wiki != LargeWiki {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestEventsTwice(t *testing.T) {
	_, url := unlucky(t, 20, Fault{Duplicate: 1})
	for i, f := range frames(t, get(t, url, "").Body, 40) {
		if want := fmt.Sprint("Page ", i/2+1); f.title != want {
			t.Errorf("event %d is %s, want %s", i, f.title, want)
		}
	}
}

func TestOldEventsAgain(t *testing.T) {
	_, url := unlucky(t, 20, Fault{Replay: 0.5})
	newest, again := 0, 0
	ids := map[string]string{}
	for newest < 20 {
		newest, again = 0, 0
		for _, f := range frames(t, get(t, url, "").Body, 40) {
			var n int
			fmt.Sscanf(f.title, "Page %d", &n)
			if ids[f.title] == "" {
				ids[f.title] = f.id
			}
			switch {
			case n == newest+1:
				newest = n
			case n <= newest && ids[f.title] == f.id:
				again++
			default:
				t.Fatalf("page %d after %d", n, newest)
			}
		}
	}
	if again == 0 {
		t.Error("nothing came again")
	}
}

func TestShortIDs(t *testing.T) {
	_, url := unlucky(t, 20, Fault{ShortID: 0.5})
	short := 0
	for _, f := range frames(t, get(t, url, "").Body, 20) {
		if !json.Valid([]byte(f.id)) {
			short++
		}
	}
	if short == 0 || short == 20 {
		t.Errorf("%d of 20 ids are short", short)
	}
}

// TestFaultsComeAgain shows that a seed says it all.
func TestFaultsComeAgain(t *testing.T) {
	run := func(t *testing.T, seed uint64) (got []string) {
		r, url := start(t, Config{Canary: -1, Faults: &Faults{Seed: seed, Plan: func(n int, rnd *rand.Rand) Fault {
			return Fault{Cut: CutEnd, After: int64(rnd.IntN(5000)), Duplicate: 0.3, Replay: 0.1}
		}}})
		publish(t, r, 10, 30)
		for range 5 {
			all, err := io.ReadAll(get(t, url+"recentchange?since=0", "").Body)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(len(all), strings.Count(string(all), "Page")))
		}
		return got
	}
	var got [3]string
	for i, seed := range []uint64{1, 1, 2} {
		t.Run(fmt.Sprint("run ", i), func(t *testing.T) { got[i] = fmt.Sprint(run(t, seed)) })
	}
	if got[0] != got[1] || got[0] == got[2] {
		t.Errorf("seeds 1, 1, 2: %v", got)
	}
}

func TestTooManyReadersInAll(t *testing.T) {
	_, url := start(t, Config{Readers: 2})
	for range 2 {
		if resp := get(t, url+"recentchange", ""); resp.StatusCode != 200 {
			t.Fatal(resp.Status)
		}
	}
	if resp := get(t, url+"recentchange", ""); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s, want 503 with Retry-After", resp.Status)
	}
	resp, err := http.Head(strings.Split(url, "/v2")[0] + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("health: %v %v", resp, err)
	}
}

func TestHeadIsAnsweredAtOnce(t *testing.T) {
	r, url := start(t, Config{})
	resp, err := http.Head(url + "recentchange")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		t.Errorf("%s %s", resp.Status, resp.Header)
	}
	waitFor(t, func() bool { return r.Stats().Readers == 0 })
}
