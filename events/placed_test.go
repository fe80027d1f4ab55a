// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of events that get their place.

package events

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestAnEventGetsItsPlace(t *testing.T) {
	const placed = `"topic":"eqiad.x","partition":2,"offset":77`
	tests := []struct {
		name, data, want string // "" for what encoding/json makes of it
	}{
		{"a plain event", `{"$schema":"/a/1","meta":{"id":"u"},"a":1}`, `{"$schema":"/a/1","meta":{` + placed + `,"id":"u"},"a":1}`},
		{"over several lines", "{\n \"meta\": {\r\n \"id\":\"u\"}}", `{  "meta": {` + placed + `,   "id":"u"}}`},
		{"another meta further in", `{"log_params":{"meta":{"id":1}},"meta":{"id":"u"}}`, `{"log_params":{"meta":{"id":1}},"meta":{` + placed + `,"id":"u"}}`},
		{"meta in a comment", `{"comment":"\"meta\":{","meta":{"id":"u"}}`, `{"comment":"\"meta\":{","meta":{` + placed + `,"id":"u"}}`},
		{"another place", `{"meta":{"id":"u","offset":3,"topic":"y"}}`, ""},
		{"meta twice", `{"meta":{"id":"u"},"meta":{"id":"v"}}`, ""},
		{"nothing in meta", `{"meta":{}}`, `{"meta":{"offset":77,"partition":2,"topic":"eqiad.x"}}`},
		{"no meta", `{"a":1}`, `{"meta":{` + placed + `}}`},
		{"half an event", `{"meta":{"id":"u"`, `{"meta":{` + placed + `}}`},
		{"no event", "\n\n", `{"meta":{` + placed + `}}`},
		{"nothing", "", `{"meta":{` + placed + `}}`},
		{"null", "null", `{"meta":{` + placed + `}}`},
	}
	for _, test := range tests {
		got := Placed([]byte(test.data), "eqiad.x", 2, 77)
		if test.want != "" && string(got) != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		checkPlaced(t, got)
	}
}

func checkPlaced(t *testing.T, got []byte) {
	t.Helper()
	var e struct {
		Meta struct {
			Topic             string
			Partition, Offset int
		}
	}
	if err := json.Unmarshal(got, &e); err != nil || bytes.ContainsAny(got, "\r\n") {
		t.Fatalf("%q: %v", got, err)
	}
	if e.Meta.Topic != "eqiad.x" || e.Meta.Partition != 2 || e.Meta.Offset != 77 {
		t.Errorf("%s tells another place", got)
	}
}

func FuzzPlaced(f *testing.F) {
	f.Add([]byte(`{"meta":{"id":"u","Topic":"y"},"x":[1,{"meta":{}}]}`))
	f.Add([]byte(`{"meta":{"id":"u"},"title":"a\nb"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		before, fault := Decode(data)
		placed := Placed(bytes.Clone(data), "eqiad.x", 2, 77)
		checkPlaced(t, placed)
		after, again := Decode(placed)
		if fault == nil && (again != nil || after.ID != before.ID || after.Title != before.Title || after.Kind != before.Kind) && after.Kind != Canary && before.ID != "" {
			t.Errorf("%q became %q: %v", data, placed, again)
		}
	})
}
