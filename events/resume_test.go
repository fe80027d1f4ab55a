// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of where a connection asks the server to start.

package events

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
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
		{"its time, with an id of no topic", Cursor{Streams: "mediawiki.recentchange", ID: "[]", Time: noon}, since, false, false},
		{"nowhere, with an id of no topic alone", Cursor{Streams: "mediawiki.recentchange", ID: "null"}, "", false, true},
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

func TestRestartRepeatsNothing(t *testing.T) {
	s := serve(t, hangs(say(1), say(2), say(3), say(2), say(4)))
	c := client(s, nil)
	got, err := take(t, c, Cursor{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	got, err = take(t, c, reopened(t, got[2].Cursor), 1)
	if err != nil || titles(got) != "4" {
		t.Errorf("after a restart got %s, %v; want 4 alone", titles(got), err)
	}
}

func TestLastEventsOfASilentTopicAreNotRepeated(t *testing.T) {
	const margin = time.Second
	old := newTail(Cursor{}, margin)
	for i := range 10 {
		old.add(fmt.Sprint("silent-", i), "eqiad/0", int64(1000+i))
	}
	var ids []string
	for i := range 100_000 {
		ids = old.add(fmt.Sprint("busy-", i), "codfw/0", int64(2000+10*i))
	}
	if len(ids) > 2*(10+2*100)+minTail {
		t.Errorf("%d ids are kept, 210 may come again", len(ids))
	}
	kept := map[string]bool{}
	for _, id := range ids {
		kept[id] = true
	}
	for i := range 10 {
		if !kept[fmt.Sprint("silent-", i)] {
			t.Errorf("silent-%d is forgotten", i)
		}
	}
	for i := range 200 {
		if !kept[fmt.Sprint("busy-", 99_999-i)] {
			t.Errorf("busy-%d is forgotten", 99_999-i)
		}
	}
}

func TestTailIsBounded(t *testing.T) {
	long := newTail(Cursor{}, time.Hour)
	var first, ids []string
	for i := range 3 * maxSeen {
		ids = long.add(fmt.Sprint(i), "eqiad/0", 1000)
		if i == 10 {
			first = ids
		}
		if len(ids) > maxSeen {
			t.Fatalf("%d ids", len(ids))
		}
	}
	if ids[len(ids)-1] != fmt.Sprint(3*maxSeen-1) || len(ids) < maxSeen/2 {
		t.Errorf("%d ids, the last one %s", len(ids), ids[len(ids)-1])
	}
	if len(first) != 11 || first[10] != "10" {
		t.Errorf("what a cursor carries became %v", first)
	}
	if again := newTail(Cursor{Seen: ids, Time: noon}, time.Hour); len(again.ids) > maxSeen*3/4 {
		t.Errorf("%d ids after a restart", len(again.ids))
	}
}

func TestPositionNeverGoesBackNorIntoTheFuture(t *testing.T) {
	next := time.Now().Add(time.Hour)
	old := "id: " + idAt(noon.Add(-24*time.Hour).UnixMilli()) + "\ndata: " + dataAt(7, noon.Add(-24*time.Hour)) + "\n\n"
	future := "id: " + idAt(next.UnixMilli()) + "\ndata: " + dataAt(8, next) + "\n\n"
	noID := "data: " + dataAt(9, noon.Add(2*time.Second)) + "\n\n"
	badID := "id: [{\ndata: " + dataAt(10, noon.Add(3*time.Second)) + "\n\n"
	s := serve(t, hangs(say(1), old, noID, badID, future))
	c := client(s, nil)
	got, err := take(t, c, Cursor{}, 5)
	if err != nil {
		t.Fatal(err)
	}
	want := idAt(noon.Add(time.Second).UnixMilli() + 1)
	for i, e := range got[:4] {
		if e.Cursor.ID != want {
			t.Errorf("cursor %d is %s, want %s", i, e.Cursor.ID, want)
		}
	}
	places, err := parseID(nil, got[4].Cursor.ID)
	if err != nil || places[0].stamp > time.Now().UnixMilli() || got[4].Cursor.Time.After(time.Now()) {
		t.Errorf("last cursor %+v, %v", got[4].Cursor, err)
	}
	if n := testutil.ToFloat64(c.metrics.decodeErrors.WithLabelValues("id")); n != 1 {
		t.Errorf("%v bad ids counted", n)
	}
}

func TestRepeatedCutsDoNotWalkThePositionBack(t *testing.T) {
	// Each connection is cut within what it repeats.
	s := serve(t, sends(say(100)), sends(say(91), say(92)), sends(say(93)), sends(say(91)), hangs(say(101)))
	if _, err := take(t, client(s, nil), Cursor{}, 5); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint(noon.Add(90*time.Second).UnixMilli() + 1)
	for i := 1; i < 5; i++ {
		if id := s.request(i).Header.Get("Last-Event-ID"); !strings.Contains(id, want) {
			t.Errorf("connection %d resumed with %s, want %s", i, id, want)
		}
	}
}
