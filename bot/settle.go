// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the second look at a mention before anybody is told of it,
// and what happens when its revision is hidden later.

package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const (
	// fresh is how old a mention may be to be told of without a second look.
	fresh = time.Minute
	// lookedAfter is how far back mentions are looked at again that only make
	// a row.
	lookedAfter = 7 * 24 * time.Hour
)

// secondLook looks again at each mention that a planned page tells of, in
// every pass until it is told, and once at each that is all we know of its
// item. It withdraws those whose text is not on its page any more or is
// hidden, and returns the mentions to plan with: a page that cannot be read
// now keeps its mentions out until the next time.
func (s *site) secondLook(ctx context.Context, in plan.Input, pages []plan.Page) ([]registry.Mention, error) {
	told := toldOf(in, pages)
	mentioned := map[registry.Key]bool{}
	for _, e := range in.View.Entries {
		mentioned[e.Item.Key] = e.Item.Mentioned
	}
	look := looker{client: s.client, pages: map[string]wiki.Page{}}
	var kept []registry.Mention
	for _, m := range in.View.Mentions {
		age, key := in.Now.Sub(m.Time), plan.BoardKey(m)
		rowOnly := mentioned[m.Item] && age < lookedAfter && !s.stood[key]
		if age < fresh || !told(m) && !rowOnly {
			kept = append(kept, m)
			continue
		}
		stands, err := look.stands(ctx, m)
		switch {
		case err != nil:
			if err := s.elsewhere(ctx, err, "page of a mention cannot be read again"); err != nil {
				return nil, err
			}
		case stands:
			s.stood[key] = true
			kept = append(kept, m)
		default:
			s.log.Info().Str("key", key).Str("title", m.Title).Int64("rev", m.Revision).Msg("mention withdrawn: its text is gone or hidden")
			delete(s.stood, key)
			if err := s.reg.Withdraw(ctx, m, in.Now); err != nil {
				return nil, err
			}
		}
	}
	return kept, nil
}

// toldOf returns whether a mention is one that the planned pages tell of.
func toldOf(in plan.Input, pages []plan.Page) func(registry.Mention) bool {
	keys := map[string]bool{}
	for _, p := range pages {
		for _, key := range p.Keys() {
			keys[key] = true
		}
	}
	claims := map[registry.Key][]registry.Claim{}
	for _, e := range in.View.Entries {
		claims[e.Item.Key] = e.Claims
	}
	return func(m registry.Mention) bool {
		return keys[plan.BoardKey(m)] || slices.ContainsFunc(claims[m.Item], func(c registry.Claim) bool { return keys[plan.MessageKey(m, c.Holder)] })
	}
}

// looker reads pages again, each once in a pass.
type looker struct {
	client *wiki.Client
	pages  map[string]wiki.Page
}

// stands reports whether the revision of a mention is public and its words are
// still on the page, or on the one that it was moved to.
func (l looker) stands(ctx context.Context, m registry.Mention) (bool, error) {
	revisions, err := l.client.Revisions(ctx, m.Revision)
	if err != nil {
		return false, err
	}
	if hidden(revisions[m.Revision]) {
		return false, nil
	}
	page, err := l.page(ctx, m.Title)
	if err == nil && page.Redirect != "" {
		page, err = l.page(ctx, page.Redirect)
	}
	if err != nil || page.Missing {
		return false, err
	}
	found := detect.Mentions(detect.Change{Wiki: m.Wiki, Title: page.Title, Namespace: page.Namespace, After: page.Text})
	named := slices.ContainsFunc(found, func(f detect.Mention) bool { return f.Kind == m.Kind && f.Name == m.Name })
	return named && strings.Contains(page.Text, m.Snippet), nil
}

func (l looker) page(ctx context.Context, title string) (wiki.Page, error) {
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

// redact looks at the revisions of all mentions on a page after something of
// it was hidden or deleted, and takes what is not public out of the registry.
func (s *site) redact(ctx context.Context, title string) (changed bool, err error) {
	view, err := s.reg.View(ctx, s.conf.Wiki.Wiki, time.Time{})
	if err != nil {
		return false, err
	}
	var ids []int64
	for _, m := range view.Mentions {
		if m.Title == title && !m.Redacted {
			ids = append(ids, m.Revision)
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	revisions, err := s.client.Revisions(ctx, ids...)
	if err != nil {
		return false, s.elsewhere(ctx, err, "revisions of mentions cannot be read again")
	}
	for _, m := range view.Mentions {
		if m.Title != title || m.Redacted || !hidden(revisions[m.Revision]) {
			continue
		}
		s.log.Info().Str("title", title).Int64("rev", m.Revision).Msg("mention redacted: its revision is hidden")
		if err := s.reg.Redact(ctx, m); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
