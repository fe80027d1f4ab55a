// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the HTTP side: where requests start, what they
// are refused, and what a connection looks like on the wire.

package relay

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// start serves a relay that ends with the test. Its sockets hold little, so
// that a slow reader is soon felt.
func start(t *testing.T, cfg Config) (*Relay, string) {
	t.Helper()
	return startWith(t, New(cfg))
}

// startWith is start with a relay that is there.
func startWith(t *testing.T, r *Relay) (*Relay, string) {
	t.Helper()
	server := httptest.NewUnstartedServer(r)
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if err := c.(*net.TCPConn).SetWriteBuffer(16 << 10); err != nil {
			t.Error(err)
		}
		return ctx
	}
	server.Start()
	t.Cleanup(func() {
		r.Close()
		http.DefaultClient.CloseIdleConnections()
		server.Close()
		goleak.VerifyNone(t)
	})
	return r, server.URL + "/v2/stream/"
}

// get asks for a stream, with a Last-Event-ID unless it is "".
func get(t *testing.T, url, id string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if id != "" {
		req.Header.Set("Last-Event-ID", id)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// frame is one event as a client sees it.
type frame struct{ name, id, title, topic string }

// frames reads n events.
func frames(t *testing.T, body io.Reader, n int) []frame {
	t.Helper()
	var got []frame
	var f frame
	lines := bufio.NewScanner(body)
	for len(got) < n && lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "event":
			f.name = value
		case "id":
			f.id = value
		case "data":
			var data struct {
				Title string
				Meta  struct{ Topic string }
			}
			if err := json.Unmarshal([]byte(value), &data); err != nil {
				t.Fatalf("data %q: %v", value, err)
			}
			f.title, f.topic = data.Title, data.Meta.Topic
		case "":
			if f.name != "" {
				got = append(got, f)
			}
			f = frame{}
		}
	}
	if len(got) < n {
		t.Fatalf("%d of %d events, then %v", len(got), n, lines.Err())
	}
	return got
}

func publish(t *testing.T, r *Relay, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		if err := r.Publish([]byte(strings.Replace(edit, "Tea house", fmt.Sprintf("Page %d", i), 1))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRequestStartsWhereItAsks(t *testing.T) {
	r, url := start(t, Config{Events: 8})
	publish(t, r, 1, 10) // offsets 0 to 9, of which 0 and 1 are forgotten
	r.ring.events = 100  // and no more, however slow the readers below
	// Events of the past cannot be made, so give those that are there times.
	for i := range r.ring.hot {
		r.ring.hot[i].stamp = int64(1000 + 10*(i/2)) // 1000 1000 1010 1010 …
	}
	place := func(topic, rest string) string {
		return fmt.Sprintf(`{"topic":"%s.mediawiki.recentchange","partition":0,%s}`, topic, rest)
	}
	tests := []struct {
		name, query, id, want string
	}{
		{"at a time, with all events of its millisecond", "?since=1010", "", "Page 5"},
		{"at a time before all", "?since=1970-01-01", "", "Page 3"},
		{"after the events of an id", "", "[" + place("eqiad", `"timestamp":1001`) + "," + place("codfw", `"offset":-1`) + "]", "Page 5"},
		{"at an offset", "", "[" + place("eqiad", `"offset":7`) + "]", "Page 8"},
		{"at the earliest", "", "[" + place("eqiad", `"offset":-2`) + "]", "Page 3"},
		{"at the offset, if there is a time too", "", "[" + place("eqiad", `"offset":7,"timestamp":1000`) + "]", "Page 8"},
		{"live, at an offset that is forgotten", "", "[" + place("eqiad", `"offset":1`) + "]", "Page 11"},
		{"live, at an offset that is yet to come", "", "[" + place("eqiad", `"offset":99`) + "]", "Page 11"},
		{"live, at a time yet to come", "?since=99999999999999", "", "Page 11"},
		{"live, when it asks for nothing", "", "", "Page 11"},
		{"not where a time and an offset stand beside a time alone", "", "[" + place("eqiad", `"offset":7,"timestamp":1000`) + "," + place("codfw", `"timestamp":1000`) + "]", ""},
		{"at the same place, named twice", "", "[" + place("eqiad", `"offset":2`) + "," + place("eqiad", `"offset":7`) + "]", "Page 8"},
		{"at a time before 1970", "?since=-5", "", "Page 3"},
		{"by its id, whatever since says", "?since=1000", "[" + place("eqiad", `"offset":9`) + "]", "Page 10"},
	}
	var bodies []io.Reader
	for _, test := range tests {
		resp := get(t, url+"recentchange"+test.query, test.id)
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
			t.Fatalf("%s: %s %s", test.name, resp.Status, resp.Header)
		}
		bodies = append(bodies, resp.Body)
	}
	publish(t, r, 11, 11)
	r.Canary()
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := frames(t, bodies[i], 1)[0]; got.title != test.want || got.name != "message" {
				t.Errorf("first event is %+v, want %s", got, test.want)
			}
		})
	}
}

func TestIdsSayWhatTheConnectionHasSeen(t *testing.T) {
	r, url := start(t, Config{})
	both := get(t, url+"recentchange,mediawiki.recentchange", "")
	one := get(t, url+"mediawiki.recentchange", `[{"topic":"codfw.mediawiki.recentchange","partition":0,"offset":-1}]`)
	publish(t, r, 1, 1)
	r.Canary()
	stamp := r.ring.hot[0].stamp
	got := frames(t, both.Body, 3)
	if want := fmt.Sprintf(`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":%d},{"topic":"codfw.mediawiki.recentchange","partition":0,"offset":-1}]`, stamp+1); got[0].id != want {
		t.Errorf("id after one topic is\n%s, want\n%s", got[0].id, want)
	}
	if strings.Contains(got[2].id, "offset") || got[2].topic != "codfw.mediawiki.recentchange" {
		t.Errorf("after both topics: %+v, want two timestamps", got[2])
	}
	// An id replaces the list of topics: this reader gets only the canary.
	if got := frames(t, one.Body, 1)[0]; got.topic != "codfw.mediawiki.recentchange" || strings.Contains(got.id, "eqiad") {
		t.Errorf("reader of one topic got %+v", got)
	}
}

func TestReplayedIdsKeepTheOffsetOfASilentTopic(t *testing.T) {
	r, url := start(t, Config{})
	publish(t, r, 1, 1)
	r.Canary()
	got := frames(t, get(t, url+"recentchange?since=1000", "").Body, 3)
	if !strings.HasSuffix(got[0].id, `{"topic":"codfw.mediawiki.recentchange","partition":0,"offset":0}]`) {
		t.Errorf("id is %s, want offset 0 for codfw", got[0].id)
	}
}

func TestRefusals(t *testing.T) {
	_, url := start(t, Config{Connections: 1})
	id := func(topic, rest string) string { return `[{"topic":"` + topic + `",` + rest + `}]` }
	known := "eqiad.mediawiki.recentchange"
	tests := []struct {
		name, path, id string
		status         int
		says           string
	}{
		{"a stream that does not exist", "mediawiki.page_change.v1", "", 400, "Stream Not Found"},
		{"one of several that does not exist", "recentchange,test", "", 400, "Stream Not Found"},
		{"a date that is none", "recentchange?since=soon", "", 400, "since"},
		{"an id that is no JSON", "recentchange", `[{"topic":"eqi`, 400, "Last-Event-ID"},
		{"an id that is no array", "recentchange", `{"topic":"x"}`, 400, "Last-Event-ID"},
		{"an empty id", "recentchange", `[]`, 400, "Last-Event-ID"},
		{"an id without a partition", "recentchange", id(known, `"offset":1`), 400, "Last-Event-ID"},
		{"an id without a position", "recentchange", id(known, `"partition":0`), 400, "Last-Event-ID"},
		{"an id of another topic", "recentchange", id("eqiad.mediawiki.page_change.v1", `"partition":0,"offset":1`), 404, "not available"},
		{"an id of another partition", "recentchange", id(known, `"partition":1,"offset":1`), 404, "not available"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp := get(t, url+test.path, test.id)
			said, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != test.status || !strings.Contains(string(said), test.says) {
				t.Errorf("%s %s, want %d and %q", resp.Status, said, test.status, test.says)
			}
		})
	}
	t.Run("a second connection", func(t *testing.T) {
		get(t, url+"recentchange", "")
		if resp := get(t, url+"recentchange", ""); resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s, want 429 with Retry-After", resp.Status)
		}
	})
	t.Run("another method", func(t *testing.T) {
		resp, err := http.Post(url+"recentchange", "text/plain", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != 405 {
			t.Errorf("%s, want 405", resp.Status)
		}
	})
}

func TestEachLineIsWrittenByItself(t *testing.T) {
	r, url := start(t, Config{})
	publish(t, r, 1, 1)
	conn, err := net.Dial("tcp", strings.TrimPrefix(strings.Split(url, "/v2")[0], "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /v2/stream/recentchange?since=0 HTTP/1.1\r\nHost: x\r\n\r\n")
	in := bufio.NewReader(conn)
	for line := ""; line != "\r\n"; {
		if line, err = in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{":ok\n\n", "event: ", "id: ", "data: "} {
		size, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		// The chunk by itself, then a last one, so that the reader stops there.
		var n int
		fmt.Sscanf(size, "%x", &n)
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(in, chunk); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(size + string(chunk) + "0\r\n\r\n")))
		if err != nil || !strings.HasPrefix(string(text), want) || strings.Count(strings.TrimSpace(string(text)), "\n") != 0 {
			t.Errorf("chunk %q, %v; want one line that starts with %q", text, err, want)
		}
	}
}

func TestConnectionsEnd(t *testing.T) {
	tests := []struct {
		name string
		cfg  Config
		do   func(*Relay)
		want error
		last string
	}{
		{"cleanly at their lifetime", Config{Lifetime: 20 * time.Millisecond}, nil, nil, "message"},
		{"abruptly at their lifetime", Config{Lifetime: 20 * time.Millisecond, Abrupt: true}, nil, io.ErrUnexpectedEOF, "message"},
		{"with an error event", Config{}, func(r *Relay) { r.Fail("broker gone") }, nil, "error"},
		{"when the relay closes", Config{}, (*Relay).Close, nil, "message"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, url := start(t, test.cfg)
			publish(t, r, 1, 1)
			resp := get(t, url+"recentchange?since=0", "")
			if test.do != nil {
				test.do(r)
			}
			all, err := io.ReadAll(resp.Body)
			if err != test.want {
				t.Errorf("ended with %v, want %v", err, test.want)
			}
			if i := strings.LastIndex(string(all), "event: "); test.last == "error" && (i < 0 || !strings.HasPrefix(string(all[i:]), "event: error")) {
				t.Errorf("last event is not an error: %q", all)
			}
		})
	}
}

func TestSlowReaderHoldsUpNobody(t *testing.T) {
	r, url := start(t, Config{Events: 50})
	slow, err := net.Dial("tcp", strings.TrimPrefix(strings.Split(url, "/v2")[0], "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if err := slow.(*net.TCPConn).SetReadBuffer(32 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(slow, "GET /v2/stream/recentchange HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	fast := get(t, url+"recentchange", "")
	waitFor(t, func() bool { return r.Stats().Readers == 2 })

	big := strings.Replace(edit, `"comment":""`, `"comment":"`+strings.Repeat("x", 20_000)+`"`, 1)
	in := bufio.NewReader(fast.Body)
	for range 20 { // 4 MB in all: more than the sockets of the slow one hold
		for range 10 {
			if err := r.Publish([]byte(big)); err != nil {
				t.Fatal(err)
			}
		}
		for n := 0; n < 10; {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatalf("fast reader: %v", err)
			}
			if strings.HasPrefix(line, "data: ") {
				n++
			}
		}
	}
	// What the slow one did not read is forgotten by now: it is told, and cut.
	all, err := io.ReadAll(slow)
	if i := strings.LastIndex(string(all), "event: "); err != nil || i < 0 || !strings.Contains(string(all[i:]), "too far behind") {
		t.Errorf("slow reader was not told; %d bytes, %v", len(all), err)
	}
}

// TestReaderThatDoesNotRead shows that with much in the store, too, a reader is
// not waited for.
func TestReaderThatDoesNotRead(t *testing.T) {
	r, err := Open(Config{Dir: t.TempDir(), StoreBytes: 64 << 20, Canary: -1})
	if err != nil {
		t.Fatal(err)
	}
	r.stuck = 50 * time.Millisecond
	_, url := startWith(t, r)
	big := strings.Replace(edit, `"comment":""`, `"comment":"`+strings.Repeat("x", 20_000)+`"`, 1)
	for range 200 {
		if err := r.Publish([]byte(big)); err != nil {
			t.Fatal(err)
		}
	}
	slow, err := net.Dial("tcp", strings.TrimPrefix(strings.Split(url, "/v2")[0], "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if err := slow.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(slow, "GET /v2/stream/recentchange?since=0 HTTP/1.1\r\nHost: x\r\n\r\n")
	waitFor(t, func() bool { s := r.Stats(); return s.Connections == 1 && s.Readers == 0 })
}

// waitFor waits for a condition, not for a time.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("condition did not come true")
		}
	}
}

func TestHealth(t *testing.T) {
	r, url := start(t, Config{})
	publish(t, r, 1, 2)
	resp := get(t, strings.Split(url, "/v2")[0]+"/healthz", "")
	var s Stats
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil || s.Events != 2 || s.Last.IsZero() || s.Oldest.IsZero() || s.MemoryBytes == 0 {
		t.Errorf("health %+v, %v; want 2 events", s, err)
	}
}
