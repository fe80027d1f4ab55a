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
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
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
	site  *wikitext.Site

	mu   sync.Mutex
	text string
	read time.Time // zero: not read, or forgotten
}

func (s *stopPage) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = time.Time{}
}

// check returns a *stoppedError if a page must not be written now. A stop page
// that cannot be read stops everything; that the wiki does not know the account
// any more is returned as it is.
func (s *stopPage) check(ctx context.Context, r reader, page plan.Page, rules Rules, now time.Time) error {
	s.mu.Lock()
	fresh, text := !s.read.IsZero() && now.Sub(s.read) < stopAge, s.text
	s.mu.Unlock()
	if !fresh {
		p, err := r.Page(ctx, s.title)
		if ctx.Err() != nil {
			return ctx.Err()
		} else if classOf(err) == wiki.Identity {
			return err
		} else if err != nil {
			return &stoppedError{fmt.Sprintf("the stop page %s cannot be read, so nothing is written: %s", s.title, err)}
		}
		text = p.Text
		s.mu.Lock()
		s.text, s.read = text, now
		s.mu.Unlock()
	}
	if !stops(s.site, text, page, rules.Pages) {
		return nil
	}
	return &stoppedError{fmt.Sprintf("%s says stop; blank it, or its line about this page, to let the bot go on", s.title)}
}

// stops reports whether the stop page's text stops the writing of a page. Lines
// that name a scope, one of the bot's pages or a user's talk page stop just
// that; any other text, also beside them, stops everything.
func stops(site *wikitext.Site, text string, page plan.Page, pages []string) bool {
	pages = append([]string{page.Title}, pages...)
	hit := false
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		switch named(site, line, pages) {
		case "":
			return true
		case string(page.Scope), page.Title:
			hit = true
		}
	}
	return hit
}

// named is what a line of the stop page stops: a scope, one of pages, or
// another talk page; "" for everything.
func named(site *wikitext.Site, line string, pages []string) string {
	word, linked := stopWord(line)
	if scope := strings.ToLower(word); scope == string(plan.Tables) || scope == string(plan.Notices) {
		return scope
	}
	title := canonical(site, word)
	if i := slices.IndexFunc(pages, func(p string) bool { return canonical(site, p) == title }); i >= 0 {
		return pages[i]
	}
	if isTalkPage(site, word, linked) {
		return title
	}
	return ""
}

// isTalkPage reports what can only be meant as the title of a user's talk page.
// A sentence can begin with one, so without a link it must be one word.
func isTalkPage(site *wikitext.Site, word string, linked bool) bool {
	t, err := site.ParseTitle(word)
	return err == nil && t.Interwiki == "" && t.Namespace == nsUserTalk && (linked || oneWord.MatchString(t.Name))
}

var oneWord = regexp.MustCompile(`^[^ ,;:.!?/]+$`)

// stopWord reads a line of the stop page: the target of a link that is the whole
// line, or the line itself, without list marks.
func stopWord(line string) (word string, linked bool) {
	word = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "*# "))
	inner, ok := strings.CutPrefix(word, "[[")
	if !ok {
		return word, false
	}
	inner, ok = strings.CutSuffix(inner, "]]")
	if !ok || strings.ContainsAny(inner, "[]") {
		return "", false
	}
	word, _, _ = strings.Cut(strings.TrimPrefix(inner, ":"), "|")
	return strings.TrimSpace(word), true
}
