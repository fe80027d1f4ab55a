// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what one does with a Cursor: store it, read it back, and
// turn it into a place to resume from that misses nothing.

package events

import (
	"encoding/json"
	"fmt"
	"strconv"
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

// UnmarshalText reads what MarshalText wrote, also before there were Seen and
// Offsets. A cursor that cannot be read is an error and c is left as it was: to
// start live instead would lose events without a word.
func (c *Cursor) UnmarshalText(text []byte) error {
	var s stored
	err := json.Unmarshal(text, &s)
	if err == nil {
		err = Cursor(s).Check()
	}
	if err != nil {
		return fmt.Errorf("read cursor %q: %w", shorten(string(text)), err)
	}
	s.Seen = s.Seen[max(0, len(s.Seen)-maxSeen):]
	*c = Cursor(s)
	return nil
}

// Check reports what is wrong with a cursor whose ID is no SSE id. Such a cursor
// is good for its Time alone.
func (c Cursor) Check() error {
	if c.ID == "" {
		return nil
	}
	_, err := parseID(nil, c.ID)
	return err
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
	places, err := parseID(nil, c.ID)
	if err != nil || len(places) == 0 {
		return "", since
	}
	seen := newest(places)
	if !c.Time.IsZero() {
		seen = max(seen, c.Time.UnixMilli())
	}
	for i := range places {
		p := &places[i]
		if !p.timed {
			if seen == 0 {
				continue // nothing is known but the offset
			}
			p.timed, p.stamp = true, seen
		}
		p.stamp -= margin.Milliseconds()
	}
	return formatID(places), time.Time{}
}

// floor is where a connection stands in one partition of one topic.
type floor struct {
	topic     string
	partition int
	// asked is the time, in milliseconds, at which the connection asked to go
	// on, before any margin.
	asked int64
	// high is the latest time that an event had, or asked if none came that was
	// later, in milliseconds.
	high int64
}

// floors are those of all topics of one connection.
type floors struct {
	list []floor
	// rest is asked for topics that were not named; 0 if they start live.
	rest   int64
	margin int64 // in milliseconds
	now    int64 // some time ago, in milliseconds
	places []place
}

// newFloors tells the floors of a connection that resumes from c.
func newFloors(c Cursor, margin time.Duration) *floors {
	f := &floors{margin: margin.Milliseconds()}
	id, since := c.resume(margin)
	if id == "" {
		if !since.IsZero() {
			f.rest = since.Add(margin).UnixMilli()
		}
		return f
	}
	places, _ := parseID(nil, id) // resume has just written it
	for _, p := range places {
		if p.timed {
			asked := p.stamp + f.margin
			f.list = append(f.list, floor{topic: p.topic, partition: p.partition, asked: asked, high: asked})
		}
	}
	return f
}

// find returns the floor of a partition. A server may name topics without end;
// those above a bound are not remembered.
func (f *floors) find(topic string, partition int) *floor {
	for i := range f.list {
		if p := &f.list[i]; p.topic == topic && p.partition == partition {
			return p
		}
	}
	if len(f.list) >= maxTopics {
		return &floor{asked: f.rest, high: f.rest}
	}
	f.list = append(f.list, floor{topic: topic, partition: partition, asked: f.rest, high: f.rest})
	return &f.list[len(f.list)-1]
}

// advance takes the id of an event and returns the one to resume from, which is
// most often the same. It reports whether it was an id.
//
// An offset that stands for "nothing seen yet" becomes the time that was asked
// for. While several topics are replayed at once the newest event seen may be
// hours ahead of a topic whose turn has not come; an offset says where that one
// stands, but only in the data centre that gave it. Offset -1 stays: that topic
// had nothing after the time asked for.
//
// A time never goes back: an old event that was sent again would have all since
// then read once more. Nor does it go into the future, which would skip what
// comes until then.
func (f *floors) advance(id string) (string, bool) {
	places, err := parseID(f.places[:0], id)
	f.places = places
	if err != nil || len(places) == 0 {
		return "", false
	}
	changed := false
	for i := range places {
		p := &places[i]
		at := f.find(p.topic, p.partition)
		switch {
		case p.timed && f.future(p.stamp):
			p.stamp, changed = max(at.high, f.now), true
		case p.timed && p.stamp < at.high-f.margin/2:
			p.stamp, changed = at.high, true
		case p.timed:
			at.high = max(at.high, p.stamp)
		case p.offset >= 0 && at.asked > 0:
			p.timed, p.stamp, changed = true, at.asked, true
		}
	}
	if !changed {
		return id, true
	}
	return formatID(places), true
}

// future reports whether a time in milliseconds is later than now by more than
// clocks differ.
func (f *floors) future(stamp int64) bool {
	if stamp <= f.now {
		return false
	}
	f.now = time.Now().UnixMilli()
	return stamp > f.now+f.margin
}

// stand is the latest time of a partition named as the keys of offsets are, or
// that of any for "", in milliseconds; 0 if nothing came.
func (f *floors) stand(key string) int64 {
	latest := int64(0)
	for i := range f.list {
		at := &f.list[i]
		if n := len(at.topic); len(key) > n && key[n] == '/' && key[:n] == at.topic && key[n+1:] == strconv.Itoa(at.partition) {
			return at.high
		}
		latest = max(latest, at.high)
	}
	return latest
}
