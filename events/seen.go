// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the memory of which events have been handed over: all that
// this process can remember, and the tail of it that a cursor carries.

package events

import "time"

// seen is a set of event ids that forgets the oldest when it is full.
type seen struct {
	ids  map[string]struct{}
	ring []string
	next int
}

func newSeen(size int) *seen {
	return &seen{ids: make(map[string]struct{}), ring: make([]string, size)}
}

// add puts id in the set and reports whether it was not there.
func (s *seen) add(id string) bool {
	if _, ok := s.ids[id]; ok {
		return false
	}
	if old := s.ring[s.next]; old != "" {
		delete(s.ids, old)
	}
	s.ring[s.next] = id
	s.next = (s.next + 1) % len(s.ring)
	s.ids[id] = struct{}{}
	return true
}

// tail is the ids of the events that a connection which resumes from the
// present position would bring again. Each is kept until its own topic has gone
// on by twice the margin: one that is silent would repeat its last events even
// days later.
type tail struct {
	span int64 // in milliseconds
	// ids only grows, up to a new start in another array, so that cursors can
	// share it.
	ids    []string
	places []tailPlace // one for each id
	topics []tailTopic
	// full is the number of ids at which those that are not needed go.
	full int
}

type tailPlace struct {
	topic int
	at    int64 // where the topic stood, in milliseconds
}

type tailTopic struct {
	key  string
	high int64
}

// minTail is the number of ids below which none is taken away.
const minTail = 64

// newTail goes on from a cursor. Of its ids the topics are not known; they stay
// until the stream as a whole has gone on.
func newTail(c Cursor, margin time.Duration) *tail {
	t := &tail{span: 2 * margin.Milliseconds()}
	t.topics = append(t.topics, tailTopic{})
	if !c.Time.IsZero() {
		t.topics[0].high = c.Time.UnixMilli()
	}
	ids := c.Seen[max(0, len(c.Seen)-maxSeen*3/4):]
	t.ids = append(make([]string, 0, len(ids)+minTail), ids...)
	t.places = make([]tailPlace, len(ids), len(ids)+minTail)
	for i := range t.places {
		t.places[i].at = t.topics[0].high
	}
	t.full = cap(t.ids)
	return t
}

// add appends the id of an event of a topic that stands at a time in
// milliseconds, and returns all.
func (t *tail) add(id, key string, at int64) []string {
	topic := 0
	for topic < len(t.topics) && t.topics[topic].key != key {
		topic++
	}
	if topic == len(t.topics) {
		if topic < maxTopics {
			t.topics = append(t.topics, tailTopic{key: key})
		} else {
			topic = 0
		}
	}
	t.topics[topic].high = max(t.topics[topic].high, at)
	t.topics[0].high = max(t.topics[0].high, at)
	if len(t.ids) >= t.full {
		t.forget()
	}
	t.ids = append(t.ids, id)
	t.places = append(t.places, tailPlace{topic, at})
	return t.ids[:len(t.ids):len(t.ids)]
}

// forget starts a new array with the ids that may come again. If they are too
// many, the oldest go.
func (t *tail) forget() {
	needed := func(p tailPlace) bool { return p.at >= t.topics[p.topic].high-t.span }
	live := 0
	for _, p := range t.places {
		if needed(p) {
			live++
		}
	}
	excess := max(0, live-maxSeen*3/4)
	live -= excess
	t.full = min(maxSeen, max(minTail, 2*live))
	ids := make([]string, 0, t.full)
	n := 0
	for i, p := range t.places {
		if !needed(p) {
			continue
		}
		if excess > 0 {
			excess--
			continue
		}
		ids = append(ids, t.ids[i])
		t.places[n] = p
		n++
	}
	t.ids, t.places = ids, t.places[:n]
}
