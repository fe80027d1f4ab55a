// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that nothing is lost or doubled, however often the
// connection is cut.

package events

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// broker serves a fixed list of events in two topics and cuts every connection
// after some frames, each time in another way. Like the real one it gives ids
// with the time of the last event plus one, and takes them back.
type broker struct {
	events []brokerEvent

	mu   sync.Mutex // a connection that the client has left may still be served
	cuts int
	rand *rand.Rand
}

func (b *broker) intN(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rand.IntN(n)
}

type brokerEvent struct {
	topic int
	stamp int64
	data  string
}

var brokerTopics = []string{"eqiad.mediawiki.recentchange", "codfw.mediawiki.recentchange"}

// newBroker makes events that share milliseconds and come out of order by
// some, the last third of them in the other data centre.
func newBroker(n int) *broker {
	b := &broker{rand: rand.New(rand.NewPCG(1, 2))}
	for i := range n {
		at := noon.Add(time.Duration(i/2*100) * time.Millisecond)
		topic := 0
		if i > n*2/3 {
			topic = 1
		}
		stamp := at.UnixMilli() - int64(i%7)
		b.events = append(b.events, brokerEvent{topic, stamp, dataAt(i, at)})
	}
	return b
}

func (b *broker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	starts := []int64{0, 0} // the broker has no live end: without an id, all
	places := []string{"", ""}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		var asked []wirePlace
		if err := json.Unmarshal([]byte(id), &asked); err != nil || len(asked) != 2 {
			http.Error(w, "bad id "+id, http.StatusBadRequest)
			return
		}
		for i, p := range asked {
			if p.Topic != brokerTopics[i] || p.Timestamp == nil || p.Offset != nil {
				http.Error(w, "bad place in "+id, http.StatusBadRequest)
				return
			}
			starts[i] = *p.Timestamp
		}
	}
	for i := range places {
		places[i] = fmt.Sprintf(`{"topic":%q,"partition":0,"offset":-1}`, brokerTopics[i])
	}
	began := []bool{false, false}
	stream(w)
	left := 60 + b.intN(60)
	for i, e := range b.events {
		if began[e.topic] = began[e.topic] || e.stamp >= starts[e.topic]; !began[e.topic] {
			continue
		}
		places[e.topic] = fmt.Sprintf(`{"topic":%q,"partition":0,"timestamp":%d}`, brokerTopics[e.topic], e.stamp+1)
		lines := []string{"event: message\n", "id: [" + strings.Join(places, ",") + "]\n", "data: " + e.data + "\n\n"}
		if left--; left == 0 && i < len(b.events)-1 {
			b.cut(w, r, strings.Join(lines, ""))
			return
		}
		for _, line := range lines {
			fmt.Fprint(w, line)
			w.(http.Flusher).Flush()
		}
	}
	<-r.Context().Done()
}

// cut ends the connection somewhere in the frame.
func (b *broker) cut(w http.ResponseWriter, r *http.Request, frame string) {
	b.mu.Lock()
	b.cuts++
	how := b.cuts % 5
	b.mu.Unlock()
	fmt.Fprint(w, frame[:b.intN(len(frame))])
	w.(http.Flusher).Flush()
	switch how {
	case 0, 1:
		return
	case 2, 3:
		panic(http.ErrAbortHandler)
	default:
		<-r.Context().Done()
	}
}

func TestManyCutsLoseAndDoubleNothing(t *testing.T) {
	defer goleak.VerifyNone(t)
	const n = 2000
	b := newBroker(n)
	server := httptest.NewServer(b)
	defer server.Close()
	s := New(Config{URL: server.URL, Streams: []string{"mediawiki.recentchange"}, Idle: 100 * time.Millisecond, Margin: 2 * time.Second, Retention: ages, Log: zerolog.Nop()})
	s.retry = retry{pause: time.Millisecond, first: time.Millisecond, most: 5 * time.Millisecond}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	seen := map[string]int{}
	var stored Cursor
	for len(seen) < n && ctx.Err() == nil {
		// Every 700 events the process starts again, from what it has stored.
		fresh := 0
		since := map[string]bool{}
		for e, err := range s.Events(ctx, stored) {
			if err != nil {
				t.Fatal(err)
			}
			if since[e.ID] {
				t.Errorf("%s came twice", e.ID)
			}
			since[e.ID] = true
			if seen[e.ID]++; seen[e.ID] == 1 {
				fresh++
			}
			stored = e.Cursor
			if fresh == 700 || len(seen) == n {
				break
			}
		}
	}
	for i := range n {
		if seen[fmt.Sprintf("event-%d", i)] == 0 {
			t.Errorf("event-%d is lost", i)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cuts < 20 {
		t.Errorf("only %d cuts", b.cuts)
	}
	t.Logf("%d events over %d cut connections", len(seen), b.cuts)
}
