// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the second look at a mention before anybody is told of it:
// text that was taken out in the meantime leads to nothing.

package bot

import (
	"context"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// fresh is how old a mention may be to be told of without a second look.
const fresh = time.Minute

// secondLook looks again, once, at each mention that one of the planned pages
// tells of. It withdraws those whose text is not on its page any more, and
// returns the mentions to plan with: a page that cannot be read now keeps its
// mentions out until the next time.
func (s *site) secondLook(ctx context.Context, in plan.Input, pages []plan.Page) ([]registry.Mention, error) {
	stood := map[string]bool{}
	defer func() { s.stood = stood }()
	var kept []registry.Mention
	for _, m := range in.View.Mentions {
		key := plan.BoardKey(m)
		if in.Now.Sub(m.Time) >= fresh && told(in, pages, m) && !s.stood[key] {
			stands, err := s.stands(ctx, m)
			switch {
			case err != nil:
				if err := s.elsewhere(ctx, err, "page of a mention cannot be read again"); err != nil {
					return nil, err
				}
				continue
			case !stands:
				s.log.Info().Str("key", key).Str("title", m.Title).Int64("rev", m.Revision).Msg("mention withdrawn: its text is gone")
				if err := s.reg.Withdraw(ctx, m, in.Now); err != nil {
					return nil, err
				}
				continue
			}
			stood[key] = true
		}
		stood[key] = stood[key] || s.stood[key]
		kept = append(kept, m)
	}
	return kept, nil
}

// told reports whether a planned page carries a notice about the mention.
func told(in plan.Input, pages []plan.Page, m registry.Mention) bool {
	keys := []string{plan.BoardKey(m)}
	for _, e := range in.View.Entries {
		if e.Item.Key != m.Item {
			continue
		}
		for _, c := range e.Claims {
			keys = append(keys, plan.MessageKey(m, c.Holder))
		}
	}
	for _, p := range pages {
		if slices.ContainsFunc(p.Keys, func(k string) bool { return slices.Contains(keys, k) }) {
			return true
		}
	}
	return false
}

// stands reports whether the page, or the one that it was moved to, still names
// the item.
func (s *site) stands(ctx context.Context, m registry.Mention) (bool, error) {
	page, err := s.client.Page(ctx, m.Title)
	if err == nil && page.Redirect != "" {
		page, err = s.client.Page(ctx, page.Redirect)
	}
	if err != nil || page.Missing {
		return false, err
	}
	found := detect.Mentions(detect.Change{Wiki: m.Wiki, Title: page.Title, Namespace: page.Namespace, After: page.Text})
	return slices.ContainsFunc(found, func(f detect.Mention) bool { return f.Kind == m.Kind && f.Name == m.Name }), nil
}
