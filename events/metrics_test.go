// SPDX-License-Identifier: GPL-3.0-or-later

package events

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestEventsAreCountedByTheStreamsThatAreFollowed(t *testing.T) {
	const change, recent = "mediawiki.page_change.v1", "mediawiki.recentchange"
	tests := []struct {
		name    string
		streams []string
		of      string
		want    string
	}{
		{"one stream", []string{recent}, recent, recent},
		{"an event that does not say, of one stream", []string{recent}, "", recent},
		{"an event that says something else, of one stream", []string{recent}, "anything at all", recent},
		{"one of two", []string{recent, change}, recent, recent},
		{"the topic of one of two", []string{recent, change}, "eqiad." + change, change},
		{"an event that does not say, of two", []string{recent, change}, "", otherStream},
		{"a name from outside", []string{recent, change}, "made.up", otherStream},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := New(Config{Streams: test.streams})
			s.count(test.of, delivered)
			if n := testutil.ToFloat64(s.metrics.events.WithLabelValues(test.want, delivered)); n != 1 {
				t.Errorf("counted %v times as %s", n, test.want)
			}
			if n := testutil.CollectAndCount(s.metrics.events); n != 1 {
				t.Errorf("%d series, want 1", n)
			}
		})
	}
}
