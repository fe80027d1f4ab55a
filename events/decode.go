// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the way from the JSON of an event to an Event: what all
// streams share, and which of them an event is of.

package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// ErrUnknown is the error of an event whose shape is none that Decode knows:
// another stream, or a kind of change that did not exist when it was written.
var ErrUnknown = errors.New("unknown event")

// Decode reads one JSON object of the recentchange stream (schema 1.0) or of
// mediawiki.page_change.v1 (schema 1.0 to 1.12); the fields that it needs have
// not changed between those. A packet of MediaWiki's RCFeed, which is a
// recentchange event without meta, decodes too and has no ID. Canaries of every
// stream decode with the kind Canary.
//
// Hidden users, missing ids and unknown fields are no error. What is valid JSON
// but of another shape matches ErrUnknown. The Event shares no memory with data.
func Decode(data []byte) (Event, error) {
	var f form
	if f.scan(data) {
		return f.event(nil)
	}
	return decodeStandard(data)
}

// decodeStandard is Decode by encoding/json alone, which says what an event
// means where it is not as plain as the real ones are. It takes about ten times
// as long.
func decodeStandard(data []byte) (Event, error) {
	var head header
	if err := unmarshal(data, &head); err != nil {
		return Event{}, fmt.Errorf("decode event: %w", err)
	}
	f := form{header: head}
	return f.event(data)
}

// form is all that is read of the JSON of an event, of whatever stream.
type form struct {
	header
	change recentChange
	page   pageChange
}

// event tells what the event is. Whatever of it is not in the form yet is read
// from unread, unless that is nil.
func (f *form) event(unread []byte) (Event, error) {
	e := f.header.event()
	switch {
	case f.canary():
		e.Kind = Canary
		return e, nil
	case f.PageChangeKind != "":
		kind, ok := changeKinds[f.PageChangeKind]
		if !ok {
			return Event{}, fmt.Errorf("%w: page_change of kind %q", ErrUnknown, shorten(f.PageChangeKind))
		}
		if unread != nil {
			var page pageChange
			if err := unmarshal(unread, &page); err != nil {
				return Event{}, fmt.Errorf("decode page_change: %w", err)
			}
			f.page = page
		}
		if f.page.Page.Title == "" || f.WikiID == "" {
			return Event{}, fmt.Errorf("%w: page_change without a page", ErrUnknown)
		}
		e.Kind, e.Wiki = kind, f.WikiID
		f.page.fill(&e)
		return e, nil
	case f.recentChange():
		if unread != nil {
			var change recentChange
			if err := unmarshal(unread, &change); err != nil {
				return Event{}, fmt.Errorf("decode recentchange: %w", err)
			}
			f.change = change
		}
		e.Wiki = f.Wiki
		if !f.change.fill(&e, f.Type) {
			return Event{}, fmt.Errorf("%w: recentchange of type %q", ErrUnknown, shorten(f.Type))
		}
		return e, nil
	}
	return Event{}, fmt.Errorf("%w: schema %q, stream %q", ErrUnknown, shorten(f.Schema), shorten(f.Meta.Stream))
}

// header is the part of an event that tells its stream.
type header struct {
	Schema         string `json:"$schema"`
	Meta           meta   `json:"meta"`
	Type           string `json:"type"`
	Wiki           string `json:"wiki"`
	WikiID         string `json:"wiki_id"`
	PageChangeKind string `json:"page_change_kind"`
}

// meta is what every stream adds to an event.
type meta struct {
	ID     string    `json:"id"`
	Stream string    `json:"stream"`
	Domain string    `json:"domain"`
	Time   timestamp `json:"dt"`
}

// canary reports whether the event is artificial.
func (h header) canary() bool { return artificial(h.Meta.Domain, h.WikiID, h.Wiki) }

// artificial reports whether an event is a canary. Those of recentchange carry
// nothing but meta; those of page_change are filled with the examples of the
// schema, which are about a wiki called examplewiki.
func artificial[T string | []byte](domain, wikiID, wiki T) bool {
	const example = "examplewiki"
	return string(domain) == "canary" || string(domain) == example || string(wikiID) == example || string(wiki) == example
}

func (h header) recentChange() bool { return isRecentChange(h.Schema, h.Type, h.Wiki) }

// isRecentChange reports whether an event says that it is one of recentchange,
// or says nothing and looks like a packet of RCFeed.
func isRecentChange[T string | []byte](schema, changeType, wiki T) bool {
	const recentChange = "/mediawiki/recentchange/1."
	if len(schema) > 0 {
		return len(schema) >= len(recentChange) && string(schema[:len(recentChange)]) == recentChange
	}
	return len(changeType) > 0 && len(wiki) > 0
}

// event starts an Event with what its meta says.
func (h header) event() Event {
	return Event{
		ID:     h.Meta.ID,
		Stream: h.Meta.Stream,
		Domain: h.Meta.Domain,
		Time:   h.Meta.Time.seconds(),
	}
}

// unmarshal is json.Unmarshal, except that JSON of the wrong shape matches
// ErrUnknown.
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return err
}

// integer is a whole number that may be null, or a string as PHP's database
// drivers give it.
type integer int64

func (n *integer) UnmarshalJSON(data []byte) error {
	data = bytes.Trim(data, `"`)
	if len(data) == 0 || string(data) == "null" {
		*n = 0
		return nil
	}
	v, err := strconv.ParseInt(string(data), 10, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: shorten(string(data)), Type: reflect.TypeFor[integer]()}
	}
	*n = integer(v)
	return nil
}

// timestamp is an ISO 8601 time that may be missing or malformed: a bad time
// does not make an event worthless.
type timestamp time.Time

func (t *timestamp) UnmarshalJSON(data []byte) error {
	*t = parseTime(bytes.Trim(data, `"`))
	return nil
}

func parseTime(text []byte) timestamp {
	v, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return timestamp{}
	}
	return timestamp(v)
}

// seconds is the time in UTC without its fraction.
func (t timestamp) seconds() time.Time {
	return credible(time.Time(t).UTC().Truncate(time.Second))
}

// credible is t, or the zero time if t is not in a year that text has room for:
// a cursor with such a time could not be stored.
func credible(t time.Time) time.Time {
	if y := t.Year(); y < 0 || y > 9999 {
		return time.Time{}
	}
	return t
}

// shorten bounds foreign text for an error or a log line.
func shorten(s string) string {
	const most = 120
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
