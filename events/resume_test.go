// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of where a connection asks the server to start.

package events

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestStreamResumesWithAMargin(t *testing.T) {
	s := serve(t, sends(say(1), say(2)), hangs(say(2), say(3)))
	got, err := take(t, client(s, nil), Cursor{}, 3)
	if err != nil || titles(got) != "1 2 3" {
		t.Fatalf("got %s, %v", titles(got), err)
	}
	first := s.request(0)
	if first.Header.Get("Last-Event-ID") != "" || first.URL.RawQuery != "" {
		t.Errorf("without a cursor asked for %q %q", first.Header.Get("Last-Event-ID"), first.URL.RawQuery)
	}
	if ua := first.Header.Get("User-Agent"); ua != "test/1 (https://wiki.example)" {
		t.Errorf("user agent %q", ua)
	}
	back := noon.Add(2*time.Second).UnixMilli() + 1 - 10_000
	want := fmt.Sprintf(`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":%d},{"topic":"codfw.mediawiki.recentchange","partition":0,"timestamp":%d}]`, back, back)
	if id := s.request(1).Header.Get("Last-Event-ID"); id != want {
		t.Errorf("resumed with %s\nwant         %s", id, want)
	}
	if want := (Cursor{Streams: "mediawiki.recentchange", ID: idAt(noon.Add(2*time.Second).UnixMilli() + 1), Time: noon.Add(2 * time.Second), Seen: []string{"event-1", "event-2"}}); !reflect.DeepEqual(got[1].Cursor, want) {
		t.Errorf("cursor %+v, want %+v", got[1].Cursor, want)
	}
}

func TestReplayOfTwoTopicsDoesNotPassTheSlowerOne(t *testing.T) {
	id := func(eqiad int64, codfw string) string {
		return fmt.Sprintf(`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":%d},{"topic":"codfw.mediawiki.recentchange","partition":0,%s}]`, eqiad, codfw)
	}
	hour := time.Hour.Milliseconds()
	start := noon.UnixMilli()
	// The first topic is an hour further when the connection is cut; of the
	// second one nothing has come yet.
	s := serve(t, sends("id: "+id(start+hour, `"offset":812`)+"\ndata: "+dataAt(1, noon.Add(time.Hour))+"\n\n"), hangs(say(2)))
	from := Cursor{Streams: "mediawiki.recentchange", ID: id(start, fmt.Sprintf(`"timestamp":%d`, start)), Time: noon}
	if _, err := take(t, client(s, nil), from, 2); err != nil {
		t.Fatal(err)
	}
	want := id(start+hour-10_000, fmt.Sprintf(`"timestamp":%d`, start-10_000))
	if got := s.request(1).Header.Get("Last-Event-ID"); got != want {
		t.Errorf("resumed with %s\nwant         %s", got, want)
	}
}

func TestStreamStartsWhereTheCursorSays(t *testing.T) {
	since := fmt.Sprintf("since=%d", noon.Add(-10*time.Second).UnixMilli())
	tests := []struct {
		name          string
		from          Cursor
		wantQuery     string
		wantID, fails bool
	}{
		{"its id", Cursor{Streams: "mediawiki.recentchange", ID: idAt(5), Time: noon}, "", true, false},
		{"its time, for streams unheard of", Cursor{Streams: "page_change", ID: idAt(noon.UnixMilli()), Time: noon}, since, false, false},
		{"its time, without an id", Cursor{Streams: "mediawiki.recentchange", Time: noon}, since, false, false},
		{"its time, with a broken id", Cursor{Streams: "mediawiki.recentchange", ID: "[{", Time: noon}, since, false, false},
		{"nowhere, with a broken id alone", Cursor{Streams: "mediawiki.recentchange", ID: "[{"}, "", false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, hangs(say(1)))
			_, err := take(t, client(s, nil), test.from, 1)
			if (err != nil) != test.fails {
				t.Fatalf("error %v, want one: %v", err, test.fails)
			}
			r := s.request(0)
			if id := r.Header.Get("Last-Event-ID"); (id != "") != test.wantID || r.URL.RawQuery != test.wantQuery {
				t.Errorf("asked for id %q, query %q; want an id: %v, query %q", id, r.URL.RawQuery, test.wantID, test.wantQuery)
			}
		})
	}
}

func TestRefusedResumeFallsBackToTime(t *testing.T) {
	for _, status := range []int{400, 404} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := serve(t, answers(status, "X", "x", "topic not available"), hangs(say(1)))
			from := Cursor{Streams: "mediawiki.recentchange", ID: idAt(noon.UnixMilli()), Time: noon}
			got, err := take(t, client(s, nil), from, 1)
			if err != nil || titles(got) != "1" {
				t.Fatalf("got %s, %v", titles(got), err)
			}
			r := s.request(1)
			want := fmt.Sprintf("since=%d", noon.Add(-10*time.Second).UnixMilli())
			if r.URL.RawQuery != want || r.Header.Get("Last-Event-ID") != "" {
				t.Errorf("fell back to %q, id %q; want %q and no id", r.URL.RawQuery, r.Header.Get("Last-Event-ID"), want)
			}
		})
	}
}

func TestLiveStartThatIsCutAtOnceMissesNothing(t *testing.T) {
	s := serve(t, sends(), hangs(say(1)))
	before := time.Now().Add(-DefaultMargin).UnixMilli()
	if _, err := take(t, client(s, nil), Cursor{}, 1); err != nil {
		t.Fatal(err)
	}
	var since int64
	if _, err := fmt.Sscanf(s.request(1).URL.RawQuery, "since=%d", &since); err != nil || since < before {
		t.Errorf("second connection asked for %q, want a time after %d", s.request(1).URL.RawQuery, before)
	}
}
