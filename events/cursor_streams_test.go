// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of cursors that go from one set of streams to
// another.

package events

import (
	"fmt"
	"maps"
	"testing"
)

func TestCursorIsAdaptedToOtherStreams(t *testing.T) {
	at := noon.UnixMilli()
	early := at - 60_000
	id := func(entries ...string) string {
		text := "["
		for i, e := range entries {
			if i > 0 {
				text += ","
			}
			text += e
		}
		return text + "]"
	}
	stamp := func(topic string, at int64) string {
		return fmt.Sprintf(`{"topic":%q,"partition":0,"timestamp":%d}`, topic, at)
	}
	latest := func(topic string) string { return fmt.Sprintf(`{"topic":%q,"partition":0,"offset":-1}`, topic) }
	recent := id(stamp(eqiad, early), latest(codfw))
	tests := []struct {
		name     string
		from     Cursor
		to       string
		want     string // the id, "" if it cannot be adapted
		wantLeft map[string]int64
	}{
		{
			"a stream is added, under an alias",
			Cursor{Streams: "mediawiki.recentchange", ID: recent, Time: noon}, "mediawiki.recentchange,page-move",
			id(stamp(eqiad, early), latest(codfw), stamp("eqiad.mediawiki.page-move", at), stamp("codfw.mediawiki.page-move", at)), nil,
		},
		{
			"a stream is taken away",
			Cursor{Streams: "mediawiki.page_change.v1,recentchange", ID: id(stamp(eqiad, early), latest(codfw), stamp("eqiad.mediawiki.page_change.v1", at)), Time: noon,
				Offsets: map[string]int64{eqiad + "/0": 7, "eqiad.mediawiki.page_change.v1/0": 8}},
			"recentchange", recent, map[string]int64{eqiad + "/0": 7},
		},
		{
			"one takes the place of another",
			Cursor{Streams: "recentchange", ID: recent, Time: noon, Offsets: map[string]int64{eqiad + "/0": 7}}, "mediawiki.page_change.v1",
			id(stamp("eqiad.mediawiki.page_change.v1", at), stamp("codfw.mediawiki.page_change.v1", at)), nil,
		},
		{
			"without a time, from the newest of the id",
			Cursor{Streams: "recentchange", ID: recent}, "mediawiki.page_change.v1",
			id(stamp("eqiad.mediawiki.page_change.v1", early), stamp("codfw.mediawiki.page_change.v1", early)), nil,
		},
		{"another name for the same", Cursor{Streams: "recentchange", ID: recent, Time: noon, Offsets: map[string]int64{"x/0": 1}}, "mediawiki.recentchange", recent, map[string]int64{"x/0": 1}},
		{"a name unheard of", Cursor{Streams: "recentchange", ID: recent, Time: noon}, "recentchange,teatime", "", nil},
		{"from a name unheard of", Cursor{Streams: "teatime", ID: recent, Time: noon}, "recentchange", "", nil},
		{"a topic of no known data centre", Cursor{Streams: "recentchange", ID: id(stamp("mars.mediawiki.recentchange", at)), Time: noon}, "mediawiki.page_change.v1", "", nil},
		{"nothing but offsets", Cursor{Streams: "recentchange", ID: id(latest(eqiad))}, "mediawiki.page_change.v1", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			offsets := maps.Clone(test.from.Offsets)
			got, err := test.from.adapt(test.to)
			if test.want == "" {
				if err == nil {
					t.Errorf("adapted to %+v", got)
				}
				return
			}
			if err != nil || got.ID != test.want || got.Streams != test.to || !got.Time.Equal(test.from.Time) || !maps.Equal(got.Offsets, test.wantLeft) {
				t.Errorf("got %+v, %v\nwant id %s, offsets %v", got, err, test.want, test.wantLeft)
			}
			if !maps.Equal(test.from.Offsets, offsets) {
				t.Error("the cursor itself was changed")
			}
		})
	}
}

func TestAddedStreamStartsAtTheTimeOfTheCursor(t *testing.T) {
	s := serve(t, hangs(say(1)))
	c := client(s, func(cfg *Config) { cfg.Streams = []string{"page-move", "mediawiki.recentchange"} })
	got, err := take(t, c, Cursor{Streams: "mediawiki.recentchange", ID: idAt(noon.UnixMilli()), Time: noon}, 1)
	if err != nil || got[0].Cursor.Streams != "mediawiki.recentchange,page-move" {
		t.Fatalf("got %+v, %v", got, err)
	}
	back := noon.Add(-DefaultMargin).UnixMilli()
	want := ""
	for _, topic := range []string{eqiad, codfw, "eqiad.mediawiki.page-move", "codfw.mediawiki.page-move"} {
		want += fmt.Sprintf(`,{"topic":%q,"partition":0,"timestamp":%d}`, topic, back)
	}
	if id := s.request(0).Header.Get("Last-Event-ID"); id != "["+want[1:]+"]" {
		t.Errorf("asked for %s\nwant      [%s]", id, want[1:])
	}
}
