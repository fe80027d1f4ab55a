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
