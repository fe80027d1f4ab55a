// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests that the quick way to decode an event agrees with
// encoding/json.

package events

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkDecode compares both ways, and looks for what no event may be.
func checkDecode(t *testing.T, data []byte) {
	t.Helper()
	got, err := Decode(data)
	want, wantErr := decodeStandard(data)
	if !reflect.DeepEqual(want, got) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Errorf("Decode: %v, not %v (-want +got)\n%s\n%s", err, wantErr, cmp.Diff(want, got), data)
	}
	switch {
	case err != nil && !reflect.DeepEqual(got, Event{}):
		t.Errorf("an event with an error: %+v, %v", got, err)
	case err == nil && got.Kind == "":
		t.Errorf("an event without a kind: %+v", got)
	case err == nil && got.Kind == Move && got.Title == "":
		t.Errorf("a move to nowhere: %+v", got)
	}
}

func scans(data []byte) bool {
	var f form
	return f.scan(data)
}

// TestScanAgrees decodes events in the shape of the real ones, whole and
// spoiled.
func TestScanAgrees(t *testing.T) {
	c := newCorpus(5)
	scanned, n := 0, 400
	for i := range n {
		data := streams[i%len(streams)].make(c)
		if !scans(data) {
			t.Errorf("not read quickly: %s", data)
		}
		checkDecode(t, data)
		for range 8 {
			if c.rand.IntN(4) > 0 {
				data = streams[i%len(streams)].make(c)
			}
			data = c.mutate(data)
			checkDecode(t, data)
			if scans(data) {
				scanned++
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if scanned < n*2 {
		t.Errorf("of %d spoiled events only %d were read quickly: spoiled too much to show anything", n*8, scanned)
	}
}

func TestScan(t *testing.T) {
	const change = `{"page_change_kind":"edit","wiki_id":"dewiki","page":{"page_title":"A"},`
	tests := []struct {
		name, data string
		want       bool
	}{
		{"white space everywhere", " { \"type\" : \"edit\" ,\n\"wiki\":\t\"a\" , \"revision\" : { \"new\" : 4 } , \"x\" : [ 1 , { } , [ ] ] } ", true},
		{"nulls", change + `"comment":null,"performer":null,"revision":{"editor":null,"rev_id":null,"content_slots":{"main":null},"is_editor_visible":null},"dt":null,"log_params":null}`, true},
		{"escapes and other alphabets", `{"type":"edit","wiki":"a","title":"\u0041\ud83c\udf75\n \"茶\" \ud800"}`, true},
		{"a time that is none", change + `"dt":"tea time"}`, true},
		{"numbers of all kinds", `{"type":"edit","wiki":"a","x":[0,-0,-1.50e+9,1E-7,0.0,1e5]}`, true},
		{"empty strings that come twice", `{"type":"edit","wiki":"","wiki":"a","revision":{"new":0},"revision":{"new":3}}`, true},

		{"a performer that comes twice", change + `"performer":{"user_text":"A"},"performer":null}`, false},
		{"a comment that comes twice", change + `"comment":"","comment":"x"}`, false},
		{"a comment that is taken back", change + `"comment":"x","comment":null}`, false},
		{"slots that are taken back", change + `"revision":{"content_slots":{"main":{"content_model":"a"}},"content_slots":null}}`, false},
		{"a main slot that comes twice", change + `"revision":{"content_slots":{"main":{"content_model":"a"},"main":{}}}}`, false},
		{"a time that comes twice", change + `"dt":"2026-05-20T10:00:00Z","dt":"x"}`, false},
		{"a number that comes twice", `{"type":"edit","wiki":"a","namespace":4,"namespace":null}`, false},
		{"a flag that comes twice", `{"type":"edit","wiki":"a","bot":true,"bot":null}`, false},
		{"capitals", `{"type":"edit","wiki":"a","Title":"B"}`, false},
		{"the long s", `{"type":"edit","wiki":"a","u` + "\u017f" + `er":"B"}`, false},
		{"a number as text", `{"type":"edit","wiki":"a","namespace":"4"}`, false},
		{"a number that is too big", `{"type":"edit","wiki":"a","namespace":9223372036854775808}`, false},
		{"half a number", `{"type":"edit","wiki":"a","namespace":4.5}`, false},
		{"a title that is a list", `{"type":"edit","wiki":"a","title":[]}`, false},
		{"a user that is a string", change + `"performer":"Quill"}`, false},
		{"a slot that is a string", change + `"revision":{"content_slots":{"x":"y"}}}`, false},
		{"bytes of no alphabet, which become others", `{"type":"edit","wiki":"a","title":"` + "\xff" + `"}`, true},
		{"control characters", `{"type":"edit","wiki":"a","x":"` + "\n" + `"}`, false},
		{"an escape that is none", `{"type":"edit","wiki":"a","x":"\v"}`, false},
		{"half an escape", `{"type":"edit","wiki":"a","x":"\u00g0"}`, false},
		{"a number with a zero in front", `{"type":"edit","wiki":"a","x":01}`, false},
		{"a number without digits", `{"type":"edit","wiki":"a","x":-}`, false},
		{"a comma too many", `{"type":"edit","wiki":"a","x":[1,]}`, false},
		{"a comma at the end", `{"type":"edit","wiki":"a",}`, false},
		{"a word that is none", `{"type":"edit","wiki":"a","x":nil}`, false},
		{"braces that do not match", `{"type":"edit","wiki":"a","x":[1}}`, false},
		{"more behind it", `{"type":"edit","wiki":"a"}]`, false},
		{"half of it", `{"type":"edit","wiki":"a","x":"`, false},
		{"a deep list", `{"type":"edit","wiki":"a","x":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, false},
		{"a list that is too deep", `{"type":"edit","wiki":"a","x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, false},
		{"a list", `[]`, false},
		{"null", `null`, false},
		{"nothing", ``, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := scans([]byte(test.data)); got != test.want {
				t.Errorf("scan = %v, want %v", got, test.want)
			}
			checkDecode(t, []byte(test.data))
			checkKeeps(t, []byte(test.data))
		})
	}
}

func FuzzDecode(f *testing.F) {
	c := newCorpus(6)
	for i := range 40 {
		data := streams[i%len(streams)].make(c)
		f.Add(data)
		f.Add(c.mutate(data))
	}
	for _, data := range pageChangeFiles(f) {
		f.Add(data)
	}
	for _, value := range oddValues {
		f.Add([]byte(`{"type":"log","wiki":"a","log_type":"move","title":"A","log_params":` + value + `,"namespace":` + value + `}`))
	}
	f.Add([]byte(`{"meta":{"domain":"canary","dt":7}}`))
	f.Fuzz(checkDecode)
}
