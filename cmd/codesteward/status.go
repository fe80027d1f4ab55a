// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the status command writes what the registry knows of the
// running bot.

package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// printStatus writes the status for a person, a line a fact.
func printStatus(out io.Writer, s registry.Status, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(what, of, text string) { fmt.Fprintf(w, "%s\t%s\t%s\n", what, of, text) }
	leases := s.Shards
	if len(leases) == 0 {
		leases = []registry.LeaseState{s.Lease}
	}
	for _, l := range leases {
		what := "bot"
		if l.Of > 1 {
			what = fmt.Sprintf("bot, shard %d of %d", l.Shard, l.Of)
		}
		switch {
		case l.Owner == "":
			line(what, "", "not running, or ended in good order")
		case !l.Held(now):
			line(what, l.Owner, "gone without notice since about "+when(l.Expires, now))
		default:
			line(what, l.Owner, "running")
		}
	}
	for _, c := range s.Cursors {
		line("cursor", c.Streams, "newest event handled: "+when(c.Time, now))
		if c.Problem != "" {
			line("cursor", c.Streams, c.Problem)
		}
	}
	for _, g := range s.Gaps {
		missing := "an unknown number of events"
		if g.Missing >= 0 {
			missing = fmt.Sprintf("%d events of all wikis", g.Missing)
		}
		line("gap", g.Wiki, fmt.Sprintf("%s to %s: the stream left out %s (%s), %d changes looked up %s",
			g.From.UTC().Format(time.DateTime), g.To.UTC().Format(time.DateTime), missing, g.Cause, g.Found, when(g.Filled, now)))
	}
	for _, r := range s.Rules {
		line("rules", r.Wiki, fmt.Sprintf("revision %d by %s in force since %s", r.Revision, r.User, when(r.Since, now)))
	}
	for _, wiki := range slices.Sorted(maps.Keys(s.Notes)) {
		if r := bot.RejectedNote(s.Notes[wiki]); r != nil {
			for _, problem := range r.Problems {
				line("rules", wiki, fmt.Sprintf("revision %d by %s is not in force: %s", r.Revision, cmp.Or(r.User, "somebody"), problem))
			}
		}
		for _, stop := range bot.StopNote(s.Notes[wiki]) {
			line("stop", wiki, stop.String())
		}
	}
	for _, v := range s.Surveys {
		for _, text := range sourceLines(v, s.Notes[v.Wiki], now) {
			line("source", cmp.Or(v.Wiki, "every wiki")+" "+v.Source, text)
		}
	}
	for _, n := range s.Open {
		line("unconfirmed notice", n.Page, n.Key+", begun "+when(n.Intended, now))
	}
	for _, wiki := range slices.Sorted(maps.Keys(s.Notes)) {
		for _, name := range slices.Sorted(maps.Keys(s.Notes[wiki])) {
			if bot.IsOwnNote(name) {
				continue // told above
			}
			line("note", wiki+" "+name, s.Notes[wiki][name])
		}
	}
	return w.Flush()
}

// sourceLines says how a source is doing, by what the registry and the bot's
// notes on the wiki know: when it was read and when it is next, since when what
// it said is stale, what is held, and how far a long reading is.
func sourceLines(v registry.SurveyState, notes map[string]string, now time.Time) []string {
	about := bot.SourceNotes(notes, v.Source)
	text := "read " + when(v.Read, now)
	if !about.Next.IsZero() {
		text += ", next " + about.Next.Format("2006-01-02 15:04:05 UTC")
	}
	lines := []string{text}
	if about.Progress != "" {
		lines = append(lines, "being read: "+about.Progress)
	} else if v.Checkpoint != "" {
		lines = append(lines, "half read; it goes on from there")
	}
	if !v.Failed.IsZero() {
		lines = append(lines, fmt.Sprintf("stale, fails since %s: %s", when(v.Failed, now), v.Reason))
	}
	if !v.Held.IsZero() {
		lines = append(lines, fmt.Sprintf("held since %s, until a second reading agrees: %s", when(v.Held, now), cmp.Or(about.Held, fmt.Sprintf("%d items", v.HeldItems))))
	}
	return lines
}

// when writes a time with its age.
func when(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return fmt.Sprintf("%s (%s ago)", t.UTC().Format("2006-01-02 15:04:05 UTC"), now.Sub(t).Round(time.Second))
}
