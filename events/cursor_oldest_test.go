// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of positions that several readers have in common.

package events

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheOldestPositionMissesNothing(t *testing.T) {
	stamp := func(topic string, s int) string {
		return fmt.Sprintf(`{"topic":%q,"partition":0,"timestamp":%d}`, topic, noon.UnixMilli()+int64(s)*1000)
	}
	latest := func(topic string) string { return fmt.Sprintf(`{"topic":%q,"partition":0,"offset":-1}`, topic) }
	cursor := func(id string, s int) Cursor {
		return Cursor{Streams: "a", ID: id, Time: noon.Add(time.Duration(s) * time.Second)}
	}
	tests := []struct {
		name string
		all  []Cursor
		want Cursor
	}{
		{"none", nil, Cursor{}},
		{"one", []Cursor{cursor("["+stamp("x", 3)+"]", 3)}, cursor("["+stamp("x", 3)+"]", 3)},
		{"each is behind in one topic",
			[]Cursor{cursor("["+stamp("x", 1)+","+stamp("y", 9)+"]", 9), cursor("["+stamp("x", 5)+","+stamp("y", 4)+"]", 5)},
			cursor("["+stamp("x", 1)+","+stamp("y", 4)+"]", 5)},
		{"one has seen nothing of a topic",
			[]Cursor{cursor("["+stamp("x", 7)+","+latest("y")+"]", 7), cursor("["+stamp("x", 8)+","+stamp("y", 8)+"]", 8)},
			cursor("["+stamp("x", 7)+","+stamp("y", 7)+"]", 7)},
		{"none has", []Cursor{cursor("["+stamp("x", 7)+","+latest("y")+"]", 7)}, cursor("["+stamp("x", 7)+","+latest("y")+"]", 7)},
		{"one has a time alone", []Cursor{cursor("", 7), cursor("["+stamp("x", 2)+"]", 8)}, cursor("", 2)},
		{"other streams", []Cursor{{Streams: "b", ID: "[" + stamp("z", 6) + "]", Time: noon.Add(6 * time.Second)}, cursor("["+stamp("x", 9)+"]", 9)},
			Cursor{Streams: "b", Time: noon.Add(6 * time.Second)}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, Oldest(test.all...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
