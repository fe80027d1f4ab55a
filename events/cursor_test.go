// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of storing a cursor and of resuming from one.

package events

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC) // 1779278400000 ms

func TestCursorSurvivesStorage(t *testing.T) {
	for name, c := range map[string]Cursor{
		"zero":      {},
		"time only": {Streams: "a,b", Time: noon},
		"full": {Streams: "mediawiki.recentchange", ID: `[{"topic":"eqiad.x","partition":0,"timestamp":5}]`, Time: noon.Add(time.Millisecond),
			Seen: []string{"a", "b"}, Offsets: map[string]int64{"eqiad.x/0": 7}},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := c.MarshalText()
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid(text) {
				t.Errorf("text %q is not JSON", text)
			}
			var got Cursor
			if err := got.UnmarshalText(text); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c) {
				t.Errorf("got %+v, want %+v", got, c)
			}
		})
	}
}

func TestCursorThatCannotBeReadIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               ``,
		"half":                  `{"streams":"a","id":"[`,
		"an id that is cut":     `{"streams":"a","id":"[{\"topic\":\"eqi"}`,
		"an id without a place": `{"streams":"a","id":"[{\"topic\":\"x\",\"partition\":0}]"}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := Cursor{Streams: "kept"}
			if err := c.UnmarshalText([]byte(text)); err == nil {
				t.Errorf("read %+v without an error", c)
			}
			if c.Streams != "kept" {
				t.Errorf("cursor became %+v", c)
			}
		})
	}
}

func TestResume(t *testing.T) {
	tests := []struct {
		name      string
		cursor    Cursor
		wantID    string
		wantSince time.Time
	}{
		{"nothing known starts live", Cursor{}, "", time.Time{}},
		{"a time alone", Cursor{Time: noon}, "", noon.Add(-10 * time.Second)},
		{
			"a time moves back by the margin, the end of a topic becomes the newest time",
			Cursor{ID: `[{"topic":"eqiad.x","partition":0,"timestamp":1779278400001},{"topic":"codfw.x","partition":0,"offset":-1}]`, Time: noon.Add(-time.Second)},
			`[{"topic":"eqiad.x","partition":0,"timestamp":1779278390001},{"topic":"codfw.x","partition":0,"timestamp":1779278390001}]`,
			time.Time{},
		},
		{
			"an offset becomes the newest time",
			Cursor{ID: `[{"topic":"eqiad.x","partition":0,"offset":55},{"topic":"codfw.x","partition":0,"offset":-1}]`, Time: noon},
			`[{"topic":"eqiad.x","partition":0,"timestamp":1779278390000},{"topic":"codfw.x","partition":0,"timestamp":1779278390000}]`,
			time.Time{},
		},
		{
			"never both in one entry",
			Cursor{ID: `[{"topic":"eqiad.x","partition":0,"timestamp":1779278400001,"offset":9}]`, Time: noon},
			`[{"topic":"eqiad.x","partition":0,"timestamp":1779278390001}]`,
			time.Time{},
		},
		{
			"offsets stay when no time is known",
			Cursor{ID: `[{"topic":"eqiad.x","partition":0,"offset":9}]`},
			`[{"topic":"eqiad.x","partition":0,"offset":9}]`,
			time.Time{},
		},
		{"an id that is none", Cursor{ID: `[{"topic":"eqi`, Time: noon}, "", noon.Add(-10 * time.Second)},
		{"an id without entries", Cursor{ID: `[]`, Time: noon}, "", noon.Add(-10 * time.Second)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			id, since := test.cursor.resume(10 * time.Second)
			if id != test.wantID || !since.Equal(test.wantSince) {
				t.Errorf("resume = %s, %v\nwant %s, %v", id, since, test.wantID, test.wantSince)
			}
		})
	}
}

func TestSilentTopicKeepsThePlaceThatWasAskedFor(t *testing.T) {
	const margin = 10 * time.Second
	asked := Cursor{ID: `[{"topic":"eqiad.x","partition":0,"timestamp":1000000},{"topic":"codfw.x","partition":0,"timestamp":900000}]`}
	tests := []struct {
		name     string
		from     Cursor
		id, want string
	}{
		{
			"after resuming by id", asked,
			`[{"topic":"eqiad.x","partition":0,"timestamp":5000001},{"topic":"codfw.x","partition":0,"offset":17}]`,
			`[{"topic":"eqiad.x","partition":0,"timestamp":5000001},{"topic":"codfw.x","partition":0,"timestamp":900000}]`,
		},
		{
			"after starting from a time", Cursor{Time: time.UnixMilli(700000)},
			`[{"topic":"eqiad.x","partition":0,"timestamp":5000001},{"topic":"codfw.x","partition":0,"offset":17}]`,
			`[{"topic":"eqiad.x","partition":0,"timestamp":5000001},{"topic":"codfw.x","partition":0,"timestamp":700000}]`,
		},
		{
			"not when it had nothing newer", asked,
			`[{"topic":"eqiad.x","partition":0,"timestamp":5000001},{"topic":"codfw.x","partition":0,"offset":-1}]`,
			`[{"topic":"eqiad.x","partition":0,"timestamp":5000001},{"topic":"codfw.x","partition":0,"offset":-1}]`,
		},
		{"an id that is none is dropped", asked, `17`, ``},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := newFloors(test.from, margin).advance(test.id); got != test.want || ok != (got != "") {
				t.Errorf("advance = %s, %v\nwant      %s", got, ok, test.want)
			}
		})
	}
}

func TestCursorReadsWhatWasStoredBefore(t *testing.T) {
	var c Cursor
	if err := c.UnmarshalText([]byte(`{"streams":"a","id":"[]","time":"2026-05-20T12:00:00Z"}`)); err != nil {
		t.Fatal(err)
	}
	if want := (Cursor{Streams: "a", ID: "[]", Time: noon}); !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestIDsAreReadAsJSON(t *testing.T) {
	for _, id := range []string{
		`[]`, `[{"topic":"eqiad.x","partition":0,"timestamp":5}]`, `[{"topic":"a","partition":1,"offset":-1},{"topic":"b","partition":0,"timestamp":6}]`,
		`[{"topic":"a","partition":0,"offset":9,"timestamp":5}]`, ` [ {"partition":0,"offset":9, "topic":"a"} ] `, `[{"topic":"\u00e9","partition":0,"offset":9}]`,
		`[{"topic":"a","partition":0,"offset":9},]`, `[{"topic":"a","partition":0,"offset":09}]`, `[{"topic":"a","partition":0,"offset":9}`, `{}`, `null`, ``,
		`[{"topic":"a","partition":0,"offset":99999999999999999999}]`, `[{"topic":"a","partition":0,"timestamp":null,"offset":1}]`, "[{\"topic\":\"a\x01\",\"partition\":0,\"offset\":9}]",
		`[{"topic":"","partition":0,"offset":9}]`, `[{"topic":"a","partition":0,"offset":-0}]`, `[{"topic":"a","partition":99999999999,"offset":0}]`,
	} {
		compareID(t, id)
	}
}

// compareID compares how an id is read with how encoding/json reads it.
func compareID(t *testing.T, id string) {
	t.Helper()
	got, err := parseID(nil, id)
	var wire []wirePlace
	wrong := json.Unmarshal([]byte(id), &wire) != nil
	for _, w := range wire {
		wrong = wrong || w.Topic == "" || w.Timestamp == nil && w.Offset == nil
	}
	if wrong != (err != nil) {
		t.Errorf("%s: error %v", id, err)
	}
	if err != nil {
		return
	}
	for i, w := range wire {
		if p := got[i]; len(got) != len(wire) || p.topic != w.Topic || p.partition != w.Partition ||
			p.timed != (w.Timestamp != nil) || p.timed && p.stamp != *w.Timestamp || !p.timed && p.offset != *w.Offset {
			t.Errorf("%s: read %+v", id, got)
			return
		}
	}
	again, err := parseID(nil, formatID(got))
	if err != nil || len(again) != len(got) {
		t.Errorf("%s: written as %s", id, formatID(got))
	}
}

func FuzzID(f *testing.F) {
	f.Add(`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":1746030241001},{"topic":"codfw.mediawiki.recentchange","partition":0,"offset":-1}]`)
	f.Add(`[{"topic":"a","partition":0,"offset":9,"timestamp":5},{"topic":"b"}]`)
	f.Fuzz(func(t *testing.T, id string) {
		compareID(t, id)
		c := Cursor{ID: id, Time: noon}
		asked, since := c.resume(time.Second)
		if asked == "" && since.IsZero() {
			t.Errorf("%q resumes live", id)
		}
		if next, ok := newFloors(c, time.Second).advance(id); ok {
			if _, err := parseID(nil, next); err != nil {
				t.Errorf("%q became %q: %v", id, next, err)
			}
		}
		if adapted, err := (Cursor{Streams: "recentchange", ID: id, Time: noon}).adapt("page-move"); err == nil {
			if err := adapted.Check(); err != nil {
				t.Errorf("%q adapted to %q: %v", id, adapted.ID, err)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add([]byte(`{"streams":"a","id":"[{\"topic\":\"x\",\"partition\":0,\"timestamp\":5}]","time":"2026-05-20T12:00:00Z","seen":["a"],"offsets":{"x/0":5}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c, again Cursor
		if c.UnmarshalText(text) != nil {
			return
		}
		stored, err := c.MarshalText()
		if err != nil {
			return // a time of a year that JSON has no room for
		}
		if err := again.UnmarshalText(stored); err != nil {
			t.Fatalf("%q became %q: %v", text, stored, err)
		}
		if !c.Time.Equal(again.Time) || c.ID != again.ID || len(c.Seen) != len(again.Seen) || len(c.Offsets) != len(again.Offsets) {
			t.Errorf("%+v became %+v", c, again)
		}
		newOffsets(c, time.Second).snapshot()
		newTail(c, time.Second).add("x", "y/0", 5)
	})
}
