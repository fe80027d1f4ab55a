// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the raw bytes of an event say about it, by which events
// that nobody wants are dropped without being decoded.

package events

import (
	"encoding/json"
)

// head is what the raw bytes of an event say. Its slices are parts of the
// event, or nil where the event does not tell.
type head struct {
	// wiki is the database name, namespace that of the page; for a move it is
	// the one that Decode gives. A canary has neither.
	wiki      []byte
	namespace int
	// The others are what meta says: dt is the time as it stands there, topic,
	// partition and offset are the event's place in Kafka.
	id, topic, stream, domain, dt []byte
	partition                     int
	offset                        int64
	// canary reports whether the event is artificial.
	canary bool
	// certain reports whether the bytes tell all this beyond doubt: if the event
	// decodes at all, then to what is said here.
	certain bool
}

// keeps reports whether an event is for the consumer: whether it is a canary, or
// want accepts its wiki and namespace; a nil want accepts all. It agrees with
// what Decode says of the event. One that cannot be decoded is kept, so that it
// is counted, unless it is plainly of a wiki that is not wanted.
func keeps(data []byte, want func(wiki []byte, namespace int) bool) (bool, head) {
	h, certain := readHead(data)
	if !certain {
		e, err := Decode(data)
		h = decodedHead(data, e)
		if err != nil {
			return true, h
		}
	}
	return h.canary || want == nil || want(h.wiki, h.namespace), h
}

// decodedHead is the head of an event whose bytes left a doubt.
func decodedHead(data []byte, e Event) head {
	h := head{
		wiki: []byte(e.Wiki), namespace: e.Namespace, canary: e.Kind == Canary,
		id: []byte(e.ID), stream: []byte(e.Stream), domain: []byte(e.Domain),
	}
	var place struct {
		Meta struct {
			Topic     string  `json:"topic"`
			Partition integer `json:"partition"`
			Offset    integer `json:"offset"`
			Time      string  `json:"dt"`
		} `json:"meta"`
	}
	if json.Unmarshal(data, &place) == nil {
		m := place.Meta
		h.topic, h.dt, h.partition, h.offset = []byte(m.Topic), []byte(m.Time), int(m.Partition), int64(m.Offset)
	}
	return h
}

// readHead reads the head of an event, in one pass without allocating. It
// reports whether that is certain; if not, only Decode can tell what the event
// is. There is a doubt when a key that counts comes twice or in another spelling
// that encoding/json takes for it, when its value is not as plain as those of
// the real streams are, and for whatever is not plainly one JSON object.
func readHead(data []byte) (head, bool) {
	w := walk{data: data}
	if i := w.object(blanks(data, 0), inEvent); i < 0 || blanks(data, i) != len(data) {
		return head{}, false
	}
	h := head{
		id: w.text[metaID], topic: w.text[metaTopic], stream: w.text[metaStream],
		domain: w.text[metaDomain], dt: w.text[metaTime],
		partition: int(w.number[metaPartition]), offset: w.number[metaOffset],
		certain: true,
	}
	switch {
	case artificial(w.text[metaDomain], w.text[wikiID], w.text[wiki]):
		h.canary = true
	case len(w.text[pageChangeKind]) > 0:
		h.wiki, h.namespace = w.text[wikiID], int(w.number[pageNamespace])
	case isRecentChange(w.text[schema], w.text[changeType], w.text[wiki]):
		if string(w.text[logType]) == "move" {
			return head{}, false // its namespace depends on the titles
		}
		h.wiki, h.namespace = w.text[wiki], int(w.number[namespace])
	default:
		return head{}, false
	}
	return h, true
}

// counted names a value that readHead looks at.
type counted int8

// Those before metaPartition are strings, those from there on whole numbers.
const (
	schema counted = iota
	changeType
	logType
	wiki
	wikiID
	pageChangeKind
	metaID
	metaTopic
	metaStream
	metaDomain
	metaTime
	metaPartition
	metaOffset
	namespace
	pageNamespace
	metaObject
	pageObject
	passed // any other
)

// level is an object whose keys count.
type level int8

const (
	inEvent level = iota
	inMeta
	inPage
)

// find names what key stands for.
func (l level) find(key []byte) counted {
	switch l {
	case inEvent:
		switch string(key) {
		case "$schema":
			return schema
		case "meta":
			return metaObject
		case "page":
			return pageObject
		case "type":
			return changeType
		case "log_type":
			return logType
		case "wiki":
			return wiki
		case "wiki_id":
			return wikiID
		case "page_change_kind":
			return pageChangeKind
		case "namespace":
			return namespace
		}
	case inMeta:
		switch string(key) {
		case "id":
			return metaID
		case "topic":
			return metaTopic
		case "stream":
			return metaStream
		case "domain":
			return metaDomain
		case "dt":
			return metaTime
		case "partition":
			return metaPartition
		case "offset":
			return metaOffset
		}
	case inPage:
		if string(key) == "namespace_id" {
			return pageNamespace
		}
	}
	return passed
}

// walk goes through the bytes of an event. Its methods take the index at which
// something starts and return the one behind its end, or -1 if there is a doubt.
type walk struct {
	data   []byte
	text   [metaPartition][]byte
	number [metaObject]int64
	seen   uint32 // a bit for each counted
}

// object reads an object whose keys count.
func (w *walk) object(i int, in level) int {
	data := w.data
	if !at(data, i, '{') {
		return -1
	}
	i = blanks(data, i+1)
	if at(data, i, '}') {
		return i + 1
	}
	for {
		if !at(data, i, '"') {
			return -1
		}
		start := i + 1
		i = plainKey(data, start)
		if i < 0 {
			return -1
		}
		what := in.find(data[start : i-1])
		i = blanks(data, i)
		if !at(data, i, ':') {
			return -1
		}
		i = blanks(data, i+1)
		if what == passed {
			i = pass(data, i)
		} else {
			i = w.value(i, what)
		}
		if i < 0 {
			return -1
		}
		i = blanks(data, i)
		if i >= len(data) {
			return -1
		}
		switch data[i] {
		case ',':
			i = blanks(data, i+1)
		case '}':
			return i + 1
		default:
			return -1
		}
	}
}

// value reads a value that counts.
func (w *walk) value(i int, what counted) int {
	if w.seen&(1<<what) != 0 {
		return -1
	}
	w.seen |= 1 << what
	switch {
	case what < metaPartition:
		if !at(w.data, i, '"') {
			return -1
		}
		end := plainText(w.data, i+1)
		if end >= 0 {
			w.text[what] = w.data[i+1 : end-1]
		}
		return end
	case what == metaObject:
		return w.object(i, inMeta)
	case what == pageObject:
		return w.object(i, inPage)
	}
	n, end := plainNumber(w.data, i)
	w.number[what] = n
	return end
}
