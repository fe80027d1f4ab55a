// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the replay command.

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

type replayCmd struct {
	Wiki []string `help:"Database names of the wikis whose events are wanted; every wiki's if not given." env:"CODESTEWARD_REPLAY_WIKI"`
	File string   `arg:"" help:"Recorded server-sent events or JSON lines, plain or compressed by gzip; - for standard input."`
}

// summary is what a replay prints. Wanted events are those that the bot would
// look at; Dropped counts the others by reason.
type summary struct {
	Events   int                 `json:"events"`
	Wanted   int                 `json:"wanted"`
	Dropped  map[string]int      `json:"dropped"`
	Findings map[detect.Kind]int `json:"findings"`
	// Wikis are those with the most events; OtherWikis sums up the rest.
	Wikis      []wikiCount `json:"wikis"`
	OtherWikis otherWikis  `json:"other_wikis"`
	// Bytes are those of the recording, compressed if it is.
	Bytes           int64   `json:"bytes"`
	Seconds         float64 `json:"seconds"`
	EventsPerSecond float64 `json:"events_per_second"`
}

type wikiCount struct {
	Wiki   string `json:"wiki"`
	Events int    `json:"events"`
	Wanted int    `json:"wanted"`
}

type otherWikis struct {
	Wikis  int `json:"wikis"`
	Events int `json:"events"`
	Wanted int `json:"wanted"`
}

func (c *replayCmd) Run(p *program) error {
	f, err := open(p, c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	src := &recording{ctx: p.ctx, r: f, bar: progress(p.stderr, f)}
	sum, err := c.replay(src)
	src.bar.hide()
	switch {
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case err != nil:
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	out := json.NewEncoder(p.stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(sum); err != nil {
		return err
	}
	if sum.Events == 0 {
		return fmt.Errorf("%s holds no events", c.File)
	}
	return nil
}

// replay reads a recording to its end.
func (c *replayCmd) replay(src *recording) (summary, error) {
	sum := summary{Dropped: map[string]int{}, Findings: map[detect.Kind]int{}}
	wikis := wikiCounts{}
	rec := events.Recording{Dropped: func(wiki []byte) {
		sum.Events++
		sum.Dropped["other-wiki"]++
		wikis.of(wiki).Events++
	}}
	if len(c.Wiki) > 0 {
		rec.Want = func(wiki []byte, _ int) bool {
			return slices.ContainsFunc(c.Wiki, func(w string) bool { return w == string(wiki) })
		}
	}
	start := time.Now()
	for e, err := range rec.Events(src) {
		if errors.Is(err, events.ErrRecording) {
			return sum, err
		}
		sum.Events++
		wiki := wikis.of([]byte(e.Wiki))
		wiki.Events++
		if reason := dropReason(e, err); reason != "" {
			sum.Dropped[reason]++
			continue
		}
		sum.Wanted++
		wiki.Wanted++
		for _, t := range detect.Touches(e) {
			sum.Findings[t.Kind]++
		}
	}
	sum.Bytes = src.n
	sum.Seconds = time.Since(start).Seconds()
	sum.EventsPerSecond = float64(sum.Events) / sum.Seconds
	sum.Wikis, sum.OtherWikis = wikis.largest(20)
	return sum, nil
}

// dropReason gives the reason why an event is not looked at, "" if it is.
func dropReason(e events.Event, err error) string {
	switch {
	case errors.Is(err, events.ErrServer):
		return "server-error"
	case err != nil:
		return "undecodable"
	case e.Kind == events.Canary:
		return "canary"
	case e.Kind == events.Log || e.Kind == events.Other:
		return "not-a-page-change"
	case e.Bot:
		return "bot"
	}
	return ""
}

// wikiCounts counts the events of each wiki, by its name. Those that have none,
// as canaries and what cannot be decoded, stand under "".
type wikiCounts map[string]*wikiCount

// of returns the counts of a wiki. Names come from the recording: there is an
// end to how many and how long ones it remembers, and one count for the rest.
func (w wikiCounts) of(wiki []byte) *wikiCount {
	const most, longest, rest = 10_000, 100, "(more)"
	if count, ok := w[string(wiki)]; ok {
		return count
	}
	name := string(wiki)
	if len(w) >= most || len(name) > longest {
		name = rest
	}
	count, ok := w[name]
	if !ok {
		count = &wikiCount{Wiki: name}
		w[name] = count
	}
	return count
}

// largest returns the counts of the n wikis with the most events, and the sum of
// the others.
func (w wikiCounts) largest(n int) ([]wikiCount, otherWikis) {
	all := []wikiCount{}
	for name, count := range w {
		if name != "" {
			all = append(all, *count)
		}
	}
	slices.SortFunc(all, func(a, b wikiCount) int {
		return cmp.Or(cmp.Compare(b.Events, a.Events), cmp.Compare(a.Wiki, b.Wiki))
	})
	n = min(n, len(all))
	rest := otherWikis{Wikis: len(all) - n}
	for _, count := range all[n:] {
		rest.Events += count.Events
		rest.Wanted += count.Wanted
	}
	return all[:n], rest
}

// recording is the source of a replay. It counts its bytes, moves the bar, and
// ends with ctx.
type recording struct {
	ctx context.Context
	r   io.Reader
	bar bar
	n   int64
}

func (r *recording) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	r.n += int64(n)
	r.bar.add(n)
	return n, err
}

// bar shows on a terminal how much is read, or nothing if shown is nil.
type bar struct{ shown *progressbar.ProgressBar }

// progress makes the bar for reading a recording, whose size is known if it is
// a file.
func progress(stderr io.Writer, recording io.Reader) bar {
	terminal, ok := stderr.(*os.File)
	if !ok || !isTerminal(terminal) {
		return bar{}
	}
	size := int64(-1)
	if f, ok := recording.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			size = max(info.Size(), 1)
		}
	}
	return bar{progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(terminal),
		progressbar.OptionSetDescription("replay"),
		progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0), // else it leaves a goroutine behind
		progressbar.OptionClearOnFinish(),
	)}
}

func (b bar) add(n int) {
	if b.shown != nil {
		b.shown.Add(n) // an error is of the terminal, for which reading goes on
	}
}

// hide takes the bar off the terminal.
func (b bar) hide() {
	if b.shown != nil {
		b.shown.Clear()
		b.shown.Exit()
	}
}
