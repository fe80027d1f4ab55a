// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the raw bytes of an event say about it, by which events
// that nobody wants are dropped without being decoded.

package events

import "encoding/json"

// head is what the raw bytes of an event say. Its slices are parts of the
// event, or nil where the event does not tell.
type head struct {
	// wiki is the database name, namespace that of the page. For a move it is
	// the one that Decode gives.
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

// readHead reads the head of an event. It reports whether that is certain; if
// not, only Decode can tell what the event is.
func readHead(data []byte) (head, bool) {
	return head{}, false
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
