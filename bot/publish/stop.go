// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the stop page: anybody who can edit it can stop the bot.

package publish

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// stopAge is how long a reading of the stop page holds.
const stopAge = 10 * time.Second

// stoppedError ends a save that was allowed when it began.
type stoppedError struct{ reason string }

func (e *stoppedError) Error() string { return e.reason }

// stopPage is the stop page as it was last read.
type stopPage struct {
	title string

	mu   sync.Mutex
	text string
	read time.Time // zero: not read, or forgotten
}

func (s *stopPage) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = time.Time{}
}

// check returns why a page must not be written now, "" if it may be. A stop
// page that cannot be read stops everything.
func (s *stopPage) check(ctx context.Context, r reader, page plan.Page, rules Rules, now time.Time) string {
	s.mu.Lock()
	fresh, text := !s.read.IsZero() && now.Sub(s.read) < stopAge, s.text
	s.mu.Unlock()
	if !fresh {
		p, err := r.Page(ctx, s.title)
		if err != nil {
			return fmt.Sprintf("the stop page %s cannot be read, so nothing is written: %s", s.title, err)
		}
		text = p.Text
		s.mu.Lock()
		s.text, s.read = text, now
		s.mu.Unlock()
	}
	if !stops(text, page, rules.Pages) {
		return ""
	}
	return fmt.Sprintf("%s says stop", s.title)
}

// stops reports whether the stop page's text stops the writing of a page. Lines
// that name a scope, one of the bot's pages or a user's talk page stop just
// that; any other text, also beside them, stops everything.
func stops(text string, page plan.Page, pages []string) bool {
	hit := false
	for line := range strings.Lines(text) {
		name := stopName(line)
		switch {
		case strings.TrimSpace(line) == "":
		case name == string(plan.Tables), name == string(plan.Notices):
			hit = hit || name == string(page.Scope)
		case name != "" && name == page.Title:
			hit = true
		case slices.Contains(pages, name), talkPage.MatchString(name):
		default:
			return true
		}
	}
	return hit
}

// talkPage matches what can only be meant as the title of a user's talk page: a
// sentence that begins with one is a sentence.
var talkPage = regexp.MustCompile(`^User talk:[^ ,;:.!?/]+( [^ ,;:.!?/]+){0,2}$`)

// stopName reads a line of the stop page as a name: the target of a link that
// is the whole line, or the line itself, without list marks.
func stopName(line string) string {
	name := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "*# "))
	if inner, ok := strings.CutPrefix(name, "[["); ok {
		inner, ok = strings.CutSuffix(inner, "]]")
		if !ok || strings.ContainsAny(inner, "[]") {
			return ""
		}
		name, _, _ = strings.Cut(strings.TrimPrefix(inner, ":"), "|")
	}
	if lower := strings.ToLower(name); lower == string(plan.Tables) || lower == string(plan.Notices) {
		return lower
	}
	space, rest, ok := strings.Cut(wikitext.NormalizeTitle(name), ":")
	if !ok {
		return space
	}
	return space + ":" + wikitext.NormalizeTitle(rest)
}
