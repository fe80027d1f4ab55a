// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of how far a gap is looked up.

package bot

import (
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// What is lost if a wiki is asked for less than the gap.
func TestAGapIsAskedForAsTheStreamTellsIt(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	in := func(d time.Duration) time.Time { return now.Add(d) }
	for _, tt := range []struct {
		name                       string
		from, to, wantFrom, wantTo time.Time
	}{
		{"long ago", in(-3 * time.Hour), in(-2 * time.Hour), in(-3 * time.Hour), in(-2 * time.Hour)},
		{"just now, with a margin", in(-10 * time.Second), in(10 * time.Second), in(-10 * time.Second), in(10 * time.Second)},
		{"this machine's clock is slow", in(5 * time.Minute), in(6 * time.Minute), in(5 * time.Minute), in(6 * time.Minute)},
		{"no end", in(-time.Minute), time.Time{}, in(-time.Minute), in(time.Hour)},
		{"an end that no clock shows", in(-time.Minute), time.UnixMilli(1 << 55), in(-time.Minute), in(time.Hour)},
		{"both ends", time.UnixMilli(1 << 54), time.UnixMilli(1 << 55), in(-time.Hour), in(time.Hour)},
	} {
		got := bounded(events.GapInfo{From: tt.from, To: tt.to}, now)
		if !got.From.Equal(tt.wantFrom) || !got.To.Equal(tt.wantTo) {
			t.Errorf("%s: %s to %s, want %s to %s", tt.name, got.From, got.To, tt.wantFrom, tt.wantTo)
		}
	}
}
