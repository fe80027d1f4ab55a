// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the counting of events: a topic numbers its events without a
// break, so that a number left out is an event that was lost.

package events

import (
	"strconv"
	"strings"
	"time"
)

// maxTopics bounds how many partitions of topics are told apart.
const maxTopics = 64

// track is how far one partition of one topic was counted.
type track struct {
	key       string // "topic/partition"
	topic     string
	partition int
	last      int64 // the highest offset
	// at is the time of the event with that offset, in milliseconds; 0 if it is
	// not known. It is kept up only while behind.
	at int64
	// behind says that the present events are ones that were counted before.
	behind bool
}

// offsets counts the events of one connection. It goes on from those of a
// cursor.
type offsets struct {
	tracks []track
	margin int64 // in milliseconds
	told   map[string]int64
	// hint is the track of the last event.
	hint int
}

// newOffsets goes on from a cursor. The margin is by how much clocks and the
// order of events may differ.
func newOffsets(c Cursor, margin time.Duration) *offsets {
	o := &offsets{margin: margin.Milliseconds(), told: c.Offsets}
	places, err := parseID(nil, c.ID)
	if err != nil {
		places = nil // it has a time alone
	}
	for key, last := range c.Offsets {
		topic, number, _ := strings.Cut(key, "/")
		partition, err := strconv.Atoi(number)
		if err != nil || len(o.tracks) >= maxTopics {
			continue // not one that was written here
		}
		t := track{key: key, topic: topic, partition: partition, last: last, behind: true}
		if !c.Time.IsZero() {
			t.at = c.Time.UnixMilli()
		}
		for _, p := range places {
			if p.timed && p.topic == topic && p.partition == partition {
				t.at = p.stamp
			}
		}
		o.tracks = append(o.tracks, t)
	}
	return o
}

// find returns the track of an event, nil if it tells no place or there are too
// many.
func (o *offsets) find(h *head) *track {
	if len(h.topic) == 0 {
		return nil
	}
	if o.hint < len(o.tracks) {
		if t := &o.tracks[o.hint]; t.partition == h.partition && t.topic == string(h.topic) {
			return t
		}
	}
	for i := range o.tracks {
		if t := &o.tracks[i]; t.partition == h.partition && t.topic == string(h.topic) {
			o.hint = i
			return t
		}
	}
	return nil
}

// start begins to count a partition with an event.
func (o *offsets) start(h *head) *track {
	if len(h.topic) == 0 || len(o.tracks) >= maxTopics {
		return nil
	}
	topic := string(h.topic)
	o.tracks = append(o.tracks, track{
		key: topic + "/" + strconv.Itoa(h.partition), topic: topic, partition: h.partition, last: h.offset,
	})
	o.told, o.hint = nil, len(o.tracks)-1
	return &o.tracks[o.hint]
}

// pass counts an event that is not the next one of t. It returns how many are
// missing before it. The times are those of the event and of the one before it
// in its topic, in milliseconds, 0 if unknown.
//
// Offsets differ between Kafka clusters. Another cluster shows in events that
// are not older although their offsets are lower, or the other way about; then
// counting starts anew.
func (o *offsets) pass(t *track, offset, at, before int64) (missing int64) {
	if !t.behind {
		t.at = max(t.at, before)
	}
	known := t.at > 0 && at > 0
	switch {
	case offset <= t.last:
		t.behind = true
		if known && at > t.at+o.margin {
			t.last, t.at, t.behind = offset, 0, false
			o.told = nil
		}
		return 0
	case t.behind && known && at < t.at-o.margin/2:
		t.last, t.at, t.behind = offset, 0, false
		o.told = nil
		return 0
	}
	missing = offset - t.last - 1
	t.last, t.behind = offset-1, false
	o.told = nil
	return missing
}

// next counts the next event of t.
func (o *offsets) next(t *track) {
	t.last++
	t.behind = false
	o.told = nil
}

// snapshot is what a cursor says of the offsets. The caller must not change it.
func (o *offsets) snapshot() map[string]int64 {
	if o.told == nil && len(o.tracks) > 0 {
		o.told = make(map[string]int64, len(o.tracks))
		for i := range o.tracks {
			o.told[o.tracks[i].key] = o.tracks[i].last
		}
	}
	return o.told
}
