// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

func TestLevelChangesWhileTheProgramRuns(t *testing.T) {
	var out output
	log, level := newLog(&out, "info")
	child := log.With().Str("wiki", "teawiki").Logger().Sample(&zerolog.BurstSampler{Burst: 100, Period: time.Hour})
	say := func() string {
		before := len(out.String())
		child.Trace().Msg("trace")
		child.Debug().Msg("debug")
		child.Info().Msg("info")
		child.Warn().Msg("warn")
		var said []string
		for line := range strings.Lines(out.String()[before:]) {
			_, words, _ := strings.Cut(line, `"message":"`)
			said = append(said, strings.TrimSuffix(words, "\"}\n"))
		}
		return strings.Join(said, " ")
	}
	tests := []struct {
		name string
		by   zerolog.Level
		want string
	}{
		{"at the start", 0, "info warn"},
		{"more", -1, "debug info warn"},
		{"more again", -1, "trace debug info warn"},
		{"more than all", -1, "trace debug info warn"},
		{"less", +1, "debug info warn"},
		{"much less", +2, "warn"},
		{"as little as can be", +9, ""},
	}
	for _, test := range tests {
		if test.by != 0 {
			level.change(test.by, log)
			if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); !strings.Contains(lines[len(lines)-1], `"log_level":`) {
				t.Errorf("%s: the log does not say so", test.name)
			}
		}
		if got := say(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestRepeatedWarningsAreLeftOut(t *testing.T) {
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	var out output
	log := zerolog.New(&out).Hook(&repeats{now: func() time.Time { return now }})
	for i := range 100 {
		log.Warn().Int("try", i).Msg("the same")
		log.Info().Int("try", i).Msg("a change")
		log.Error().Msg(fmt.Sprint("another ", i))
	}
	count := func(words string) int { return strings.Count(out.String(), words) }
	if a, b, c := count(`"the same"`), count(`"a change"`), count(`"another `); a != mostRepeats || b != 100 || c != 100 {
		t.Errorf("%d, %d and %d lines", a, b, c)
	}
	now = now.Add(time.Minute)
	log.Warn().Msg("the same")
	if n := count(`"left_out":70`); n != 1 {
		t.Errorf("what was left out is told %d times:\n%s", n, out.String()[len(out.String())-200:])
	}
	now = now.Add(-time.Hour)
	log.Warn().Msg("the same")
	if n := count(`"the same"`); n != mostRepeats+2 {
		t.Errorf("%d lines after the clock was set back", n)
	}
}
