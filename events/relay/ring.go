// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the relay remembers: the last events of both topics, in
// the order in which they came, for any number of readers. The newest are in
// memory, the others in the store if there is one.

package relay

import (
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// errBehind says that a reader's next event is forgotten already.
var errBehind = errors.New("reader is too far behind")

const (
	// What stays in memory of events that are in the store, too.
	hotEvents, hotBytes = 4096, 4 << 20
	// retryStore is how long the store is left alone after it could not write.
	retryStore = 5 * time.Second
)

// spot is where an event stands.
type spot struct {
	topic int
	stamp int64    // milliseconds; several events may share one, and none is less than the one before
	next  [2]int64 // the next offsets of both topics before it
}

// offset is the event's, within its topic.
func (s spot) offset() int64 { return s.next[s.topic] }

// number is the event's, over both topics. One comes after the other, but for
// those that nobody has any more.
func (s spot) number() int64 { return s.next[0] + s.next[1] }

// after is the next offset of a topic after the event.
func (s spot) after(topic int) int64 {
	if topic == s.topic {
		return s.next[topic] + 1
	}
	return s.next[topic]
}

// entry is one event as it is sent.
type entry struct {
	spot
	data []byte
}

// ring is the memory. Readers take from it at their own speed; nobody who adds
// ever waits for them.
type ring struct {
	events, bytes int // bounds of what is only in memory
	store         *store
	log           zerolog.Logger

	adding  sync.Mutex // one adds at a time; comes before mu
	saved   int64      // number of the first event that is not in the store
	failing error      // why the store does not take events at the moment
	retry   time.Time
	granted [2]int64 // offsets up to which the store's note reserves them
	closed  bool     // the store takes no more

	mu    sync.Mutex
	hot   []entry
	first int64    // number of hot[0], or of the next event if hot is empty
	size  int      // of the data in hot, in bytes
	next  [2]int64 // the next offset of each topic
	last  int64    // the last stamp
	more  chan struct{}
}

func newRing(events, bytes int) *ring {
	return &ring{events: events, bytes: bytes, more: make(chan struct{})}
}

// openRing is newRing with a store.
func openRing(events, bytes int, dir string, limit int64, log zerolog.Logger) (*ring, error) {
	r := newRing(events, bytes)
	var err error
	if r.store, r.next, r.last, err = openStore(dir, limit, log); err != nil {
		return nil, err
	}
	r.log = log
	r.first = r.next[0] + r.next[1]
	r.saved = r.first
	return r, nil
}

// add gives an event its place, and wakes the readers once it is stored.
func (r *ring) add(topic int, now time.Time, e event) {
	r.adding.Lock()
	defer r.adding.Unlock()
	at := spot{topic: topic, stamp: max(r.last, now.UnixMilli()), next: r.next}
	data, err := e.encode(topic, at.offset(), time.UnixMilli(at.stamp))
	if err != nil {
		panic(err) // unreachable: it was made of JSON
	}
	added := entry{spot: at, data: data}
	stored := false
	if r.store != nil && !r.closed {
		stored = r.save(added, now)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hot = append(r.hot, added)
	r.last = at.stamp
	r.next[topic]++
	r.size += len(data)
	events, bytes := r.events, r.bytes
	if stored {
		events, bytes = min(events, hotEvents), min(bytes, hotBytes)
	}
	for len(r.hot) > events || r.size > bytes && len(r.hot) > 1 {
		r.size -= len(r.hot[0].data)
		r.hot[0] = entry{} // free its data; the slot goes when the slice grows
		r.hot = r.hot[1:]
		r.first++
	}
	close(r.more)
	r.more = make(chan struct{})
}

// save puts an entry in the store, after those that it could not take before.
// While it cannot write, events stay in memory, as far as there is room. It
// reports whether all is stored.
func (r *ring) save(e entry, now time.Time) bool {
	if r.failing != nil && now.Before(r.retry) {
		r.reserve(e)
		return false
	}
	lost := max(r.first-r.saved, 0)
	var err error
	for i := r.saved + lost - r.first; err == nil && i < int64(len(r.hot)); i++ {
		if err = r.store.append(r.hot[i]); err == nil {
			r.saved = r.hot[i].number() + 1
		}
	}
	if err == nil {
		err = r.store.append(e)
	}
	if err != nil {
		if r.failing == nil {
			r.log.Error().Err(err).Msg("event store cannot be written; events stay in memory until it can")
		}
		r.setFailing(err)
		r.retry = now.Add(retryStore)
		r.reserve(e)
		return false
	}
	r.saved = e.number() + 1
	if r.failing != nil {
		r.log.Info().Int64("lost", lost).Msg("event store can be written again")
		r.setFailing(nil)
		r.granted = [2]int64{}
	}
	return true
}

func (r *ring) setFailing(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failing = err
}

// reserve notes offsets ahead of an entry that only memory holds, so that they
// are not given out again if the relay ends before they can be stored.
func (r *ring) reserve(e entry) {
	if e.after(0) <= r.granted[0] && e.after(1) <= r.granted[1] {
		return
	}
	ahead := [2]int64{e.next[0] + skipAhead, e.next[1] + skipAhead}
	if err := r.store.state.write(position{Next: ahead, Stamp: e.stamp}); err != nil {
		r.log.Error().Err(err).Msg("event store cannot reserve offsets; they may be used again after a restart")
	}
	r.granted = ahead
}

// close ends the store. What is added afterwards stays in memory.
func (r *ring) close() {
	r.adding.Lock()
	defer r.adding.Unlock()
	if r.store == nil || r.closed {
		return
	}
	r.closed = true
	if r.failing != nil {
		r.log.Error().Int64("events", r.first+int64(len(r.hot))-max(r.saved, r.first)).AnErr("because", r.failing).Msg("events were never stored")
	}
	r.store.close(r.next, r.last)
}

// describe fills in what there is.
func (r *ring) describe(s *Stats) {
	if _, _, since := r.bounds(); since > 0 {
		s.Oldest = time.UnixMilli(since)
	}
	r.mu.Lock()
	s.MemoryBytes = int64(r.size)
	if r.failing != nil {
		s.StoreError = r.failing.Error()
	}
	r.mu.Unlock()
	if r.store != nil {
		r.store.mu.Lock()
		s.StoredBytes = r.store.bytes
		r.store.mu.Unlock()
	}
}
