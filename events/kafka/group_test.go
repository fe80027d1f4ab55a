// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of groups, and of what is left after all.

package kafka

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// Of two processes in one group each would be told of some of the wikis' events
// only. The second waits, and takes over when the first has left.
func TestOneProcessOfAGroupReads(t *testing.T) {
	c := newCluster(t)
	from := before(c)
	want := append(c.put(eqiad, 2), c.put(codfw, 2)...)
	first, second := c.config("codesteward"), c.config("codesteward")
	second.Patience = 2 * time.Second
	next, stop := pull(follow(New(first), nil), from)
	var got []string
	for range 4 {
		e, err := next()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Title)
	}
	same(t, "the first process", got, want)
	_, err := New(second).RoundTrip(request(t))
	if err == nil || !strings.Contains(err.Error(), "with other members") {
		t.Errorf("the second process is told %v", err)
	}
	stop()
	want = append(want, c.put(codfw, 1)...)
	got, _ = read(t, follow(New(second), nil), from, 5)
	same(t, "the second process", got, want)
}

func request(t *testing.T) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "kafka://x/"+stream, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// pull is a range over a stream that goes on when it is asked to.
func pull(s *events.Stream, from events.Cursor) (next func() (events.Event, error), stop func()) {
	type pair struct {
		e   events.Event
		err error
	}
	ctx, cancel := context.WithCancel(context.Background())
	out, over := make(chan pair), make(chan struct{})
	go func() {
		defer close(over)
		for e, err := range s.Events(ctx, from) {
			select {
			case out <- pair{e, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	next = func() (events.Event, error) {
		select {
		case p := <-out:
			return p.e, p.err
		case <-time.After(time.Minute):
			return events.Event{}, fmt.Errorf("no event within a minute: %+v", s.State())
		}
	}
	return next, func() { cancel(); <-over }
}

func TestNothingIsLeftBehind(t *testing.T) {
	c := newCluster(t)
	from := before(c)
	c.put(eqiad, 1)
	known := goleak.IgnoreCurrent()
	for range 3 {
		read(t, follow(New(c.config("codesteward")), nil), from, 1)
		read(t, follow(New(c.config("")), nil), from, 1)
	}
	// The cluster of the test takes a while to see that its clients are gone.
	var left error
	for range 20 {
		left = goleak.Find(known, goleak.IgnoreAnyFunction("github.com/twmb/franz-go/pkg/kfake.(*clientConn).read"), goleak.IgnoreAnyFunction("github.com/twmb/franz-go/pkg/kfake.(*clientConn).write"))
		if left == nil {
			return
		}
	}
	t.Error(left)
}
