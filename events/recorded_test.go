// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of reading recordings.

package events

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestRecorded(t *testing.T) {
	broken := errors.New("broken disk")
	line := func(n int) string { return dataAt(n, noon) + "\n" }
	tests := []struct {
		name string
		in   io.Reader
		want string // titles, with ! for a bad event and !! for a bad recording
	}{
		{"a stream", strings.NewReader(":ok\n\n" + say(1) + "event: message\r\nid: []\r\ndata: " + line(2) + "\r\n" + say(3)), "1 2 3"},
		{"a stream that is cut", strings.NewReader(say(1) + say(2)[:len(say(2))-30]), "1"},
		{"JSON lines", strings.NewReader(line(1) + "\n" + line(2) + strings.TrimSpace(line(3))), "1 2 3"},
		{"lines that are no events", strings.NewReader(line(1) + "{}\n" + "{\"half\n" + line(2)), "1 ! ! 2"},
		{"a line that is too big", strings.NewReader(line(1) + "{" + strings.Repeat("x", DefaultMaxEvent) + "\n" + line(2)), "1 ! 2"},
		{"a bad disk", io.MultiReader(strings.NewReader(line(1)), iotest.ErrReader(broken)), "1 !!"},
		{"nothing", strings.NewReader(""), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for e, err := range Recorded(test.in) {
				switch {
				case errors.Is(err, ErrRecording) && errors.Is(err, broken):
					got = append(got, "!!")
				case err != nil:
					got = append(got, "!")
				default:
					got = append(got, strings.TrimPrefix(e.Title, "Page "))
				}
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got %q, want %q", text, test.want)
			}
		})
	}
}
