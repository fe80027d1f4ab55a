// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where a request wants to start: its Last-Event-ID, its since
// parameter, or now; and the ids that it gets.

package relay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Offsets that are not numbers of events.
const (
	offsetLatest   = -1
	offsetEarliest = -2
)

// place is a position in a topic: a time in milliseconds or an offset.
type place struct {
	topic  int
	stamp  *int64
	offset *int64
}

// problem is an answer that is not a stream.
type problem struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Detail  string `json:"detail,omitempty"`
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Message, p.Detail) }

func badRequest(format string, args ...any) *problem {
	return &problem{Status: http.StatusBadRequest, Message: "Bad Request", Detail: fmt.Sprintf(format, args...)}
}

// checkStreams accepts the names of the one stream that there is.
func checkStreams(list string) *problem {
	for name := range strings.SplitSeq(list, ",") {
		if name != "recentchange" && name != streamName {
			return &problem{Status: http.StatusBadRequest, Message: "Stream Not Found",
				Detail: fmt.Sprintf("stream %q does not exist; there is %s", name, streamName)}
		}
	}
	return nil
}

// asked tells the places where a request wants to start. A Last-Event-ID comes
// before since, and replaces the list of topics: one that it does not name is
// not read.
func asked(req *http.Request) ([]place, *problem) {
	if id := req.Header.Get("Last-Event-ID"); id != "" {
		return parseID(id)
	}
	everywhere := func(p place) []place {
		all := make([]place, len(topics))
		for i := range all {
			all[i] = p
			all[i].topic = i
		}
		return all
	}
	if since := req.URL.Query().Get("since"); since != "" {
		stamp, ok := parseSince(since)
		if !ok {
			return nil, badRequest("since %q is neither milliseconds nor a date", since)
		}
		return everywhere(place{stamp: &stamp}), nil
	}
	latest := int64(offsetLatest)
	return everywhere(place{offset: &latest}), nil
}

// wirePlace is a place in the JSON of an id.
type wirePlace struct {
	Topic     string `json:"topic"`
	Partition *int   `json:"partition"`
	Timestamp *int64 `json:"timestamp,omitempty"`
	Offset    *int64 `json:"offset,omitempty"`
}

func parseID(id string) ([]place, *problem) {
	var wire []wirePlace
	if err := json.Unmarshal([]byte(id), &wire); err != nil {
		return nil, badRequest("Last-Event-ID is no JSON array of positions: %v", err)
	}
	if len(wire) == 0 {
		return nil, badRequest("Last-Event-ID has no positions")
	}
	onlyStamp := func(p wirePlace) bool { return p.Timestamp != nil && p.Offset == nil }
	stamps := slices.ContainsFunc(wire, onlyStamp)
	var places []place
	for _, p := range wire {
		if p.Topic == "" || p.Partition == nil || p.Timestamp == nil && p.Offset == nil {
			return nil, badRequest("Last-Event-ID has an entry without topic, partition, or timestamp or offset")
		}
		topic := slices.Index(topics[:], p.Topic)
		if topic < 0 || *p.Partition != 0 {
			return nil, &problem{Status: http.StatusNotFound, Message: "Not Found",
				Detail: fmt.Sprintf("topic %s partition %d is not available", p.Topic, *p.Partition)}
		}
		switch {
		case p.Timestamp != nil && p.Offset != nil && stamps:
			// The service loses such an entry when another has only a time, and
			// so does its likeness.
			continue
		case p.Offset != nil:
			p.Timestamp = nil
		}
		places = append(places, place{topic: topic, stamp: p.Timestamp, offset: p.Offset})
	}
	return places, nil
}

// sinceLayouts are some of what JavaScript's Date.parse takes.
var sinceLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02 15:04:05", "2006-01-02", "2006-01", time.RFC1123, time.RFC1123Z, "2 Jan 2006", "Jan 2, 2006",
}

// parseSince reads milliseconds or a date, in UTC unless it says otherwise.
func parseSince(since string) (int64, bool) {
	if ms, err := strconv.ParseInt(since, 10, 64); err == nil {
		return ms, true
	}
	for _, layout := range sinceLayouts {
		if t, err := time.Parse(layout, since); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// id is the SSE id that stands for where the reader is.
func (rd *reader) id() string {
	zero := 0
	var wire []wirePlace
	for i, p := range rd.places {
		if rd.start[i] >= 0 {
			wire = append(wire, wirePlace{Topic: topics[i], Partition: &zero, Timestamp: p.stamp, Offset: p.offset})
		}
	}
	text, err := json.Marshal(wire)
	if err != nil {
		panic(err) // unreachable: strings and integers always marshal
	}
	return string(text)
}
