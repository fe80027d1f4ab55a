// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the relay's memory: the last events of both topics, in the
// order in which they came, for any number of readers.

package relay

import (
	"errors"
	"sync"
	"time"
)

// errBehind says that a reader's next event is forgotten already.
var errBehind = errors.New("reader is too far behind")

// entry is one event as it is sent.
type entry struct {
	topic  int
	offset int64 // within the topic
	stamp  int64 // milliseconds; several events may share one
	data   []byte
}

// ring is the memory. Readers take from it at their own speed; nobody who adds
// ever waits for them.
type ring struct {
	events, bytes int // bounds

	mu      sync.Mutex
	entries []entry
	first   int64    // how many entries were forgotten: the number of entries[0]
	size    int      // of the entries' data, in bytes
	next    [2]int64 // the next offset of each topic
	last    int64    // the last stamp; stamps do not go back
	more    chan struct{}
}

func newRing(events, bytes int) *ring {
	return &ring{events: events, bytes: bytes, more: make(chan struct{})}
}

// add gives an event its place and wakes the readers.
func (r *ring) add(topic int, now time.Time, e event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = max(r.last, now.UnixMilli())
	data, err := e.encode(topic, r.next[topic], time.UnixMilli(r.last))
	if err != nil {
		panic(err) // unreachable: it was made of JSON
	}
	r.entries = append(r.entries, entry{topic: topic, offset: r.next[topic], stamp: r.last, data: data})
	r.next[topic]++
	r.size += len(data)
	for len(r.entries) > r.events || r.size > r.bytes && len(r.entries) > 1 {
		r.size -= len(r.entries[0].data)
		r.entries[0] = entry{} // free its data; the slot goes when the slice grows
		r.entries = r.entries[1:]
		r.first++
	}
	close(r.more)
	r.more = make(chan struct{})
}

// from returns up to limit entries from number on, and a channel that is closed
// when there are more. It returns errBehind if that entry is forgotten.
func (r *ring) from(number int64, limit int) ([]entry, <-chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if number < r.first {
		return nil, nil, errBehind
	}
	rest := r.entries[number-r.first:]
	batch := make([]entry, min(len(rest), limit))
	copy(batch, rest)
	return batch, r.more, nil
}

// reader is the place of one reader.
type reader struct {
	number int64 // of the next entry to look at
	// start is the first offset wanted of each topic, -1 for a topic that is
	// not read at all.
	start [2]int64
	// places is what the ids say of each topic.
	places [2]place
}

// seek turns the places that a reader asked for into the place where it starts.
// A time becomes the offset of the first event at or after it, or the end of
// the topic if there is none; so does an offset that is out of range.
func (r *ring) seek(asked []place) *reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	rd := &reader{start: [2]int64{-1, -1}, number: r.first + int64(len(r.entries))}
	for _, p := range asked {
		earliest, found := r.next[p.topic], int64(-1)
		for _, e := range r.entries {
			if e.topic != p.topic {
				continue
			}
			earliest = min(earliest, e.offset)
			if found < 0 && p.stamp != nil && e.stamp >= *p.stamp {
				found = e.offset
			}
		}
		var at int64
		switch {
		case p.stamp != nil:
			at = found
		case *p.offset == offsetEarliest:
			at = earliest
		case *p.offset < earliest || *p.offset > r.next[p.topic]:
			at = offsetLatest
		default:
			at = *p.offset
		}
		rd.places[p.topic] = place{topic: p.topic, offset: &at}
		rd.start[p.topic] = at
		if at == offsetLatest {
			rd.start[p.topic] = r.next[p.topic]
		}
	}
	for i, e := range r.entries {
		if rd.wants(e) {
			rd.number = r.first + int64(i)
			break
		}
	}
	return rd
}

// wants reports whether an entry is one that the reader asked for.
func (rd *reader) wants(e entry) bool {
	return rd.start[e.topic] >= 0 && e.offset >= rd.start[e.topic]
}

// pass moves the reader past an entry that it was sent.
func (rd *reader) pass(e entry) {
	after := e.stamp + 1
	rd.places[e.topic] = place{topic: e.topic, stamp: &after}
}
