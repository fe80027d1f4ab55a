// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the log: lines of JSON, or for people on a terminal; from a
// level on that can change while the program runs; and without endless repeats.

package main

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// newLog returns a logger to stderr and its level.
func newLog(stderr io.Writer, least string) (zerolog.Logger, *level) {
	lvl, err := zerolog.ParseLevel(least)
	if err != nil {
		lvl = zerolog.InfoLevel // unreachable: the flag takes known levels only
	}
	if f, ok := stderr.(*os.File); ok && isTerminal(f) {
		stderr = zerolog.ConsoleWriter{Out: lineStart{f}}
	}
	l := &level{out: stderr}
	l.least.Store(int32(lvl))
	return zerolog.New(l).Hook(&repeats{now: time.Now}).With().Timestamp().Logger(), l
}

// level lets lines through from a level on. Lines without a level always pass.
type level struct {
	out   io.Writer
	least atomic.Int32 // a zerolog.Level
}

// Write is part of io.Writer; zerolog uses WriteLevel.
func (l *level) Write(line []byte) (int, error) { return l.out.Write(line) }

// WriteLevel is part of zerolog.LevelWriter.
func (l *level) WriteLevel(of zerolog.Level, line []byte) (int, error) {
	if of < zerolog.Level(l.least.Load()) {
		return len(line), nil
	}
	return l.out.Write(line)
}

// change moves the level by some steps, at most from trace to error, and says so
// in the log.
func (l *level) change(by zerolog.Level, log zerolog.Logger) {
	to := min(max(zerolog.Level(l.least.Load())+by, zerolog.TraceLevel), zerolog.ErrorLevel)
	l.least.Store(int32(to))
	log.Log().Stringer("log_level", to).Msg("log level changed")
}

// mostRepeats is how many warnings of the same words are written in a minute.
const mostRepeats = 30

// repeats is a hook that leaves out warnings and errors of the same words when
// there are too many of them in a minute; the next one says how many. What is
// below warnings is written once for each thing that happens, and stays.
type repeats struct {
	now func() time.Time

	mu   sync.Mutex
	said map[string]*saying
}

// saying is how often words were written since a time, and left out.
type saying struct {
	since        time.Time
	written, out int
}

// Run is part of zerolog.Hook.
func (r *repeats) Run(e *zerolog.Event, of zerolog.Level, words string) {
	if of != zerolog.WarnLevel && of != zerolog.ErrorLevel {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said == nil {
		r.said = map[string]*saying{}
	}
	s := r.said[words]
	if s == nil {
		s = &saying{}
		r.said[words] = s
	}
	now := r.now()
	if age := now.Sub(s.since); age >= time.Minute || age < 0 {
		if s.out > 0 {
			e.Int("left_out", s.out)
		}
		*s = saying{since: now}
	}
	if s.written >= mostRepeats {
		s.out++
		e.Discard()
		return
	}
	s.written++
}

// lineStart writes to a terminal from the start of a line, over the bar that may
// stand there.
type lineStart struct{ io.Writer }

func (l lineStart) Write(p []byte) (int, error) {
	if _, err := io.WriteString(l.Writer, "\r\x1b[K"); err != nil {
		return 0, err
	}
	return l.Writer.Write(p)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
