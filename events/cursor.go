// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what one does with a Cursor: store it, read it back, and
// turn it into a place to resume from that misses nothing.

package events

import (
	"encoding/json"
	"fmt"
	"time"
)

// stored is a Cursor as text.
type stored struct {
	Streams string    `json:"streams"`
	ID      string    `json:"id,omitempty"`
	Time    time.Time `json:"time,omitzero"`

	Seen    []string         `json:"seen,omitempty"`
	Offsets map[string]int64 `json:"offsets,omitempty"`
}

// MarshalText writes the cursor as a JSON object, for storage.
func (c Cursor) MarshalText() ([]byte, error) {
	return json.Marshal(stored(c))
}

// UnmarshalText reads what MarshalText wrote. A cursor that cannot be read is
// an error and c is left as it was: to start live instead would lose events
// without a word.
func (c *Cursor) UnmarshalText(text []byte) error {
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("read cursor: %w", err)
	}
	if s.ID != "" {
		if _, err := parseID(s.ID); err != nil {
			return fmt.Errorf("read cursor: %w", err)
		}
	}
	*c = Cursor(s)
	return nil
}

// place is one entry of an SSE id: a position in one partition of one topic,
// given as a time or as an offset. Offset -1 is the end of the topic at the
// time of the connection.
type place struct {
	Topic     string `json:"topic"`
	Partition int    `json:"partition"`
	// Timestamp is in milliseconds: one more than that of the last event seen.
	Timestamp *int64 `json:"timestamp,omitempty"`
	Offset    *int64 `json:"offset,omitempty"`
}

func parseID(id string) ([]place, error) {
	var places []place
	if err := json.Unmarshal([]byte(id), &places); err != nil {
		return nil, fmt.Errorf("read stream id %q: %w", shorten(id), err)
	}
	for _, p := range places {
		if p.Topic == "" || p.Timestamp == nil && p.Offset == nil {
			return nil, fmt.Errorf("read stream id %q: entry without a topic or a position", shorten(id))
		}
	}
	return places, nil
}

func formatID(places []place) string {
	text, err := json.Marshal(places)
	if err != nil {
		panic(err) // unreachable: strings and integers always marshal
	}
	return string(text)
}

// resume returns what to ask the server for to go on from c: an SSE id, or
// else a time to start from, or neither, which means live.
//
// The id as the server gave it would lose the other events of its last
// millisecond, events that come out of order, and whatever arrives in a topic
// that was silent before. So every entry becomes a time some margin earlier:
// its own if it has one, else that of the newest event seen. The caller drops
// what it has seen already.
func (c Cursor) resume(margin time.Duration) (id string, since time.Time) {
	if !c.Time.IsZero() {
		since = c.Time.Add(-margin)
	}
	if c.ID == "" {
		return "", since
	}
	places, err := parseID(c.ID)
	if err != nil || len(places) == 0 {
		return "", since
	}
	seen := newest(places)
	if !c.Time.IsZero() {
		seen = max(seen, c.Time.UnixMilli())
	}
	for i := range places {
		p := &places[i]
		at := seen
		if p.Timestamp != nil {
			at = *p.Timestamp
		} else if seen == 0 {
			continue // nothing is known but the offset
		}
		at -= margin.Milliseconds()
		p.Timestamp, p.Offset = &at, nil
	}
	return formatID(places), time.Time{}
}

// newest is the latest time in an id, in milliseconds; 0 if it has none.
func newest(places []place) int64 {
	latest := int64(0)
	for _, p := range places {
		if p.Timestamp != nil {
			latest = max(latest, *p.Timestamp)
		}
	}
	return latest
}

// floors are the times, in milliseconds, at which a connection asked each topic
// to start, by topic and partition.
type floors struct {
	topics map[string]int64
	// rest is for the topics not named; 0 if they start live.
	rest int64
}

// newFloors tells the floors of a connection that resumes from c, before any
// margin: where a topic stands that has sent nothing yet.
func newFloors(c Cursor, margin time.Duration) floors {
	id, since := c.resume(margin)
	f := floors{topics: map[string]int64{}}
	if id == "" {
		if !since.IsZero() {
			f.rest = since.Add(margin).UnixMilli()
		}
		return f
	}
	places, _ := parseID(id) // resume has just written it
	for _, p := range places {
		if p.Timestamp != nil {
			f.topics[p.key()] = *p.Timestamp + margin.Milliseconds()
		}
	}
	return f
}

func (p place) key() string { return fmt.Sprintf("%s/%d", p.Topic, p.Partition) }

// pin returns id with each offset that stands for "nothing seen yet" replaced
// by the time that was asked for, and "" for an id that is none. While several
// topics are replayed at once the newest event seen may be hours ahead of a
// topic whose turn has not come; an offset says where that one stands, but only
// in the data centre that gave it. Offset -1 stays: that topic had nothing
// after the time asked for.
func (f floors) pin(id string) string {
	places, err := parseID(id)
	if err != nil {
		return ""
	}
	changed := false
	for i := range places {
		p := &places[i]
		if p.Timestamp != nil || *p.Offset < 0 {
			continue
		}
		at, ok := f.topics[p.key()]
		if !ok {
			at = f.rest
		}
		if at > 0 {
			p.Timestamp, p.Offset = &at, nil
			changed = true
		}
	}
	if !changed {
		return id
	}
	return formatID(places)
}
