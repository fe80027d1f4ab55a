// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the second look at a mention before anybody is told of it,
// and what happens when its revision is hidden later.

package bot

import (
	"context"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

const (
	// fresh is how old a mention may be to be told of without a second look.
	fresh = time.Minute
	// lookedAfter is how far back mentions are looked at again that only make
	// a row.
	lookedAfter = 7 * 24 * time.Hour
	// plainName is the rule that finds names by knowing them, as RULES.md has it.
	plainName = "plain-name"
)

// secondLook looks again at each mention that a planned page tells of, and
// once at each that is all we know of its item. It withdraws those whose words
// are not on their page any more or are hidden, and returns the mentions to
// plan with, as they stand on their pages now: what cannot be read or looked at
// in this pass is kept out until the next one. What was told already stays as
// it is; redact takes care of that.
func (s *site) secondLook(ctx context.Context, in plan.Input, pages []plan.Page, look *looker) ([]registry.Mention, error) {
	waiting, err := s.lookAtMessages(ctx, in, pages, look)
	if err != nil {
		return nil, err
	}
	entered, messaged := toldOf(pages)
	mentioned := map[registry.Key]bool{}
	for _, e := range in.View.Entries {
		mentioned[e.Item.Key] = e.Item.Mentioned
	}
	var kept []registry.Mention
	for _, m := range in.View.Mentions {
		age, key := in.Now.Sub(m.Time), plan.BoardKey(m)
		onBoard := in.View.Notices[key].Sent.IsZero() && (entered[key] || mentioned[m.Item] && age < lookedAfter && !s.stood[key])
		if age < fresh || m.Redacted || !messaged[key] && !onBoard {
			kept = append(kept, m)
			continue
		}
		found, err := look.at(ctx, m)
		switch {
		case err != nil:
			if err := s.elsewhere(ctx, err, "page of a mention cannot be read again"); err != nil {
				return nil, err
			}
			if !entered[key] && !messaged[key] {
				kept = append(kept, m) // it is only about a row
			}
		case found == unseen && !entered[key] && !messaged[key]:
			kept = append(kept, m)
		case found == stands && !waiting[key]:
			s.stood[key] = true
			m.Snippet, m.Answered = look.snippets[key], s.answers[key]
			kept = append(kept, m)
		case found == gone:
			s.log.Info().Str("key", key).Str("title", m.Title).Int64("rev", m.Revision).Msg("mention withdrawn: its text is gone or hidden")
			delete(s.stood, key)
			if err := s.reg.Withdraw(ctx, m, in.Now); err != nil {
				return nil, err
			}
		}
	}
	return kept, nil
}

// toldOf returns which mentions, by the keys of their entries, the planned pages
// tell of: with an entry on the noticeboard, and in messages.
func toldOf(pages []plan.Page) (entered, messaged map[string]bool) {
	entered, messaged = map[string]bool{}, map[string]bool{}
	for _, p := range pages {
		for _, n := range p.Notices {
			entered[n.Key] = true
			for _, t := range n.Told {
				messaged[t.Mention] = true
			}
		}
	}
	return entered, messaged
}

// looksAPass bounds how many mentions are looked at again in one pass, so that a
// noticeboard that cannot be written does not keep the wiki busy.
const looksAPass = 50

// sight is what a second look finds.
type sight int

const (
	unseen sight = iota // it cannot be told now: deleted for the moment, or enough was looked at
	stands
	gone
)

// looker looks again in one pass, at each mention and page once.
type looker struct {
	client   *wiki.Client
	detector *detect.Detector
	names    *detect.Lexicon
	pages    map[string]wiki.Page
	seen     map[string]sight  // by board key
	snippets map[string]string // the words of those that stand, as they are now
	// answers are when somebody who was told of a mention edited its page since.
	answers map[string]time.Time
}

func (s *site) newLooker() *looker {
	s.detector.mu.Lock()
	names := s.detector.lexicon
	s.detector.mu.Unlock()
	return &looker{client: s.client, detector: s.detector.Load(), names: names, pages: map[string]wiki.Page{}, seen: map[string]sight{}, snippets: map[string]string{}, answers: map[string]time.Time{}}
}

// at looks at one mention.
func (l *looker) at(ctx context.Context, m registry.Mention) (sight, error) {
	key := plan.BoardKey(m)
	if found, ok := l.seen[key]; ok {
		return found, nil
	}
	if len(l.seen) >= looksAPass {
		return unseen, nil
	}
	found, snippet, err := l.look(ctx, m)
	if err != nil {
		return unseen, err
	}
	l.seen[key], l.snippets[key] = found, snippet
	return found, nil
}

// look reads the mention's revision, which has to be public, and the page, or
// the one that it was moved to, which has to name the item in the same section.
func (l *looker) look(ctx context.Context, m registry.Mention) (sight, string, error) {
	revisions, err := l.client.Revisions(ctx, m.Revision)
	if err != nil {
		return unseen, "", err
	}
	switch r := revisions[m.Revision]; {
	case r.Missing: // deleted; it may come back
		return unseen, "", nil
	case hidden(r):
		return gone, "", nil
	}
	page, err := l.page(ctx, m.Title)
	if err == nil && page.Redirect != "" {
		page, err = l.page(ctx, page.Redirect)
	}
	if err != nil || page.Missing {
		return unseen, "", err
	}
	for _, f := range l.detector.Mentions(detect.Change{Wiki: m.Wiki, Title: page.Title, Namespace: page.Namespace, After: page.Text}) {
		if f.Section == m.Section && l.same(f, m) {
			if strings.Contains(page.Text, m.Snippet) {
				return stands, m.Snippet, nil
			}
			return stands, f.Snippet, nil
		}
	}
	if _, known := l.names.Lookup(m.As.Kind(), m.Name); m.Rule == plainName && !known && m.Snippet != "" && strings.Contains(page.Text, m.Snippet) {
		return stands, m.Snippet, nil // though the name is not looked for any more
	}
	return gone, "", nil
}

// same reports whether a mention that is found is of the item of one that was
// recorded: under the same name, or one that is known to be another of it.
func (l *looker) same(f detect.Mention, m registry.Mention) bool {
	if f.Kind != m.As.Kind() {
		return false
	}
	a, known := l.names.Lookup(f.Kind, f.Name)
	return f.Name == m.Name || known && a.Item == m.Item.Name() && (a.Wiki == "" || a.Wiki == m.Item.Wiki())
}

func (l *looker) page(ctx context.Context, title string) (wiki.Page, error) {
	page, ok := l.pages[title]
	if ok {
		return page, nil
	}
	page, err := l.client.Page(ctx, title)
	if err == nil {
		l.pages[title] = page
	}
	return page, err
}

// hidden reports whether a part of a revision that a notice would show is not
// public any more.
func hidden(r wiki.Revision) bool { return r.Missing || r.Hidden || r.User == "" }

// redact looks at the revisions of all mentions on a page, or of a revision,
// after something of it was hidden or deleted, and takes what is not public out
// of the registry. What is only deleted and was never told is left: it may come
// back, and is told only if it has.
func (s *site) redact(ctx context.Context, e events.Event) (changed bool, err error) {
	mentions, err := s.reg.MentionsOn(ctx, s.conf.Wiki.Wiki, e.Title, e.Revision)
	if err != nil || len(mentions) == 0 {
		return false, err
	}
	var ids []int64
	for _, m := range mentions {
		ids = append(ids, m.Revision)
	}
	revisions, err := s.client.Revisions(ctx, ids...)
	if err != nil {
		return false, s.elsewhere(ctx, err, "revisions of mentions cannot be read again")
	}
	for _, m := range mentions {
		r := revisions[m.Revision]
		if !hidden(r) {
			continue
		}
		if r.Missing {
			told, err := s.reg.IsSent(ctx, plan.BoardKey(m))
			if err != nil {
				return changed, err
			}
			if !told {
				continue
			}
		}
		s.log.Info().Str("title", m.Title).Int64("rev", m.Revision).Msg("mention redacted: its revision is hidden")
		if err := s.reg.Redact(ctx, m); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
