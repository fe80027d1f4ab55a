// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the SSE ids of EventStreams: what their text means.

package events

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// place is one entry of an SSE id: a position in one partition of one topic,
// given as a time or as an offset.
type place struct {
	topic     string
	partition int
	// timed says that the position is a time. An entry that has both a time and
	// an offset counts as timed.
	timed bool
	// stamp is in milliseconds: one more than that of the last event seen.
	stamp int64
	// offset -1 is the end of the topic at the time of the connection.
	offset int64
}

// wirePlace is a place in JSON.
type wirePlace struct {
	Topic     string `json:"topic"`
	Partition int    `json:"partition"`
	Timestamp *int64 `json:"timestamp"`
	Offset    *int64 `json:"offset"`
}

// parseID reads an id and appends its entries to places, of which it may have
// none.
func parseID(places []place, id string) ([]place, error) {
	if list, ok := scanID(places, id); ok {
		return list, nil
	}
	var wire []wirePlace
	if err := json.Unmarshal([]byte(id), &wire); err != nil {
		return places, fmt.Errorf("read stream id %q: %w", shorten(id), err)
	}
	for _, w := range wire {
		p := place{topic: w.Topic, partition: w.Partition, timed: w.Timestamp != nil}
		switch {
		case w.Topic == "" || w.Timestamp == nil && w.Offset == nil:
			return places, fmt.Errorf("read stream id %q: entry without a topic or a position", shorten(id))
		case p.timed:
			p.stamp = *w.Timestamp
		default:
			p.offset = *w.Offset
		}
		places = append(places, p)
	}
	return places, nil
}

// scanID reads an id as the service writes it. It reports whether it is written
// so; if not, it may still be an id.
func scanID(places []place, id string) ([]place, bool) {
	given := places
	rest, ok := strings.CutPrefix(id, `[{"topic":"`)
	for ok {
		var p place
		end := strings.IndexByte(rest, '"')
		if end <= 0 {
			return given, false
		}
		p.topic, rest = rest[:end], rest[end:]
		for i := range len(p.topic) {
			if c := p.topic[i]; c <= ' ' || c >= 0x7f || c == '\\' {
				return given, false
			}
		}
		if rest, ok = strings.CutPrefix(rest, `","partition":`); !ok {
			return given, false
		}
		var partition int64
		if partition, rest, ok = scanNumber(rest); !ok || partition > 1<<30 || partition < -1<<30 {
			return given, false
		}
		p.partition = int(partition)
		at := &p.offset
		if after, found := strings.CutPrefix(rest, `,"timestamp":`); found {
			p.timed, at, rest = true, &p.stamp, after
		} else if rest, found = strings.CutPrefix(rest, `,"offset":`); !found {
			return given, false
		}
		if *at, rest, ok = scanNumber(rest); !ok {
			return given, false
		}
		places = append(places, p)
		if rest == "}]" {
			return places, true
		}
		rest, ok = strings.CutPrefix(rest, `},{"topic":"`)
	}
	return given, false
}

// scanNumber reads a whole number as JSON writes it, and returns what is behind.
func scanNumber(text string) (n int64, rest string, ok bool) {
	const most = 18 // digits, which an int64 has room for
	digits := strings.TrimPrefix(text, "-")
	i := 0
	for i < len(digits) && digits[i]-'0' < 10 {
		if i == most {
			return 0, text, false
		}
		n = n*10 + int64(digits[i]-'0')
		i++
	}
	if i == 0 || digits[0] == '0' && i > 1 {
		return 0, text, false
	}
	if len(digits) < len(text) {
		n = -n
	}
	return n, digits[i:], true
}

// formatID writes an id. A place that is a time says nothing else: the server
// loses an entry that has both.
func formatID(places []place) string {
	text := []byte{'['}
	for i, p := range places {
		if i > 0 {
			text = append(text, ',')
		}
		topic, err := json.Marshal(p.topic)
		if err != nil {
			panic(err) // unreachable: a string always marshals
		}
		text = append(append(text, `{"topic":`...), topic...)
		text = strconv.AppendInt(append(text, `,"partition":`...), int64(p.partition), 10)
		if p.timed {
			text = strconv.AppendInt(append(text, `,"timestamp":`...), p.stamp, 10)
		} else {
			text = strconv.AppendInt(append(text, `,"offset":`...), p.offset, 10)
		}
		text = append(text, '}')
	}
	return string(append(text, ']'))
}

// newest is the latest time in an id, in milliseconds; 0 if it has none.
func newest(places []place) int64 {
	latest := int64(0)
	for _, p := range places {
		if p.timed {
			latest = max(latest, p.stamp)
		}
	}
	return latest
}

// oldest is the earliest time in an id, in milliseconds; 0 if it has none.
func oldest(places []place) int64 {
	first := int64(0)
	for _, p := range places {
		if p.timed && (first == 0 || p.stamp < first) {
			first = p.stamp
		}
	}
	return first
}
