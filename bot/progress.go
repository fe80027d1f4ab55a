// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how far long readings are: for the person at the terminal,
// for the log, and for the status command.

package bot

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// tellEvery is how often a reading says how far it is.
const tellEvery = 5 * time.Second

// terminal is where one reading at a time shows a bar; the others say in the log
// how far they are.
type terminal struct {
	out io.Writer // nil: there is none
	mu  sync.Mutex
	of  *meter // whose bar is shown
}

// meter is how far one reading is.
type meter struct {
	r     *reader
	mu    sync.Mutex
	told  time.Time // when the log, or the store, last heard of it
	noted bool
	first bool // of this process; the last one may have left a note
	bar   *progressbar.ProgressBar
	err   error // of the registry
}

func newMeter(r *reader) *meter {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &meter{r: r, told: time.Now(), first: r.last.IsZero()}
}

// set tells how far the reading is: on a bar, or else in the log every few
// seconds. What is over sooner says nothing there.
func (m *meter) set(ctx context.Context, done, whole int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	shown := m.draw(done, whole)
	if time.Since(m.told) < tellEvery {
		return
	}
	m.told = time.Now()
	if !shown {
		m.r.log.Info().Int("done", done).Int("whole", whole).Msg("survey goes on")
	}
	text := fmt.Sprint(done)
	if whole > 0 {
		text = fmt.Sprintf("%d of %d", done, whole)
	}
	m.noted = true
	if err := m.r.bot.Registry.SetNote(ctx, m.r.wiki, noteProgress+m.r.name, text); err != nil && ctx.Err() == nil {
		m.err = err
	}
}

// draw moves the bar, if there is a terminal that no other reading uses.
func (m *meter) draw(done, whole int) bool {
	t := &m.r.bot.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.out == nil || t.of != nil && t.of != m {
		return false
	}
	if m.bar == nil {
		t.of = m
		m.bar = progressbar.NewOptions(-1,
			progressbar.OptionSetWriter(t.out),
			progressbar.OptionSetDescription(strings.TrimSpace(m.r.wiki+" "+m.r.name)),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetSpinnerChangeInterval(0), // else it leaves a goroutine behind
			progressbar.OptionClearOnFinish(),
		)
	}
	if whole > 0 && m.bar.GetMax() != whole {
		m.bar.ChangeMax(whole)
	}
	m.bar.Set(done) // an error is of the terminal, for which reading goes on
	return true
}

// end takes the bar off the terminal and the note away.
func (m *meter) end(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bar != nil {
		t := &m.r.bot.terminal
		t.mu.Lock()
		m.bar.Clear()
		m.bar.Exit()
		t.of = nil
		t.mu.Unlock()
	}
	if !m.noted && !m.first || ctx.Err() != nil || m.err != nil {
		return m.err
	}
	return m.r.bot.Registry.SetNote(ctx, m.r.wiki, noteProgress+m.r.name, "")
}
