// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the replay command.

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

type replayCmd struct {
	Wiki []string `help:"Database names of the wikis whose events are wanted; every wiki's if not given." env:"CODESTEWARD_REPLAY_WIKI"`
	File string   `arg:"" help:"Recorded server-sent events or JSON lines, - for standard input."`
}

// summary is what a replay prints. Wanted events are those that the bot would
// look at; Dropped counts the others by reason.
type summary struct {
	Events          int                 `json:"events"`
	Wanted          int                 `json:"wanted"`
	Dropped         map[string]int      `json:"dropped"`
	Findings        map[detect.Kind]int `json:"findings"`
	Seconds         float64             `json:"seconds"`
	EventsPerSecond float64             `json:"events_per_second"`
}

func (c *replayCmd) Run(p *program) error {
	f, err := open(p, c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := summary{Dropped: map[string]int{}, Findings: map[detect.Kind]int{}}
	start := time.Now()
	for e, err := range events.Recorded(f) {
		if p.ctx.Err() != nil {
			return p.ctx.Err()
		}
		if errors.Is(err, events.ErrRecording) {
			return fmt.Errorf("read %s: %w", c.File, err)
		}
		sum.Events++
		if reason := c.drop(e, err); reason != "" {
			sum.Dropped[reason]++
			continue
		}
		sum.Wanted++
		for _, t := range detect.Touches(e) {
			sum.Findings[t.Kind]++
		}
	}
	sum.Seconds = time.Since(start).Seconds()
	sum.EventsPerSecond = float64(sum.Events) / sum.Seconds
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

// drop gives the reason why an event is not looked at, "" if it is.
func (c *replayCmd) drop(e events.Event, err error) string {
	switch {
	case err != nil:
		return "undecodable"
	case e.Kind == events.Canary:
		return "canary"
	case len(c.Wiki) > 0 && !slices.Contains(c.Wiki, e.Wiki):
		return "other-wiki"
	case e.Kind == events.Log || e.Kind == events.Other:
		return "not-a-page-change"
	case e.Bot:
		return "bot"
	}
	return ""
}
