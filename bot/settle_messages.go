// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the second look at what messages to people tell of: all of a
// message, or it waits; and whether somebody who was told before has answered.

package bot

import (
	"context"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// closedFor is how long a page is taken for one that takes no messages.
const closedFor = 6 * time.Hour

// lookAtMessages looks at what each planned message tells of, one message after
// the other. It returns the mentions, by the keys of their entries, of those
// messages that could not be looked at as a whole in this pass: half a message
// would use up the one that a user may get.
func (s *site) lookAtMessages(ctx context.Context, in plan.Input, pages []plan.Page, look *looker) (waiting map[string]bool, err error) {
	waiting = map[string]bool{}
	byKey := map[string]*registry.Mention{}
	for _, p := range pages {
		keys := mentionsIn(p)
		if p.Region != "" || len(keys) == 0 {
			continue
		}
		if len(byKey) == 0 {
			for i := range in.View.Mentions {
				byKey[plan.BoardKey(in.View.Mentions[i])] = &in.View.Mentions[i]
			}
		}
		whole := true
		for _, key := range keys {
			m := byKey[key]
			if m == nil || m.Redacted || in.Now.Sub(m.Time) < fresh {
				continue
			}
			if _, err := look.at(ctx, *m); err != nil {
				if err := s.elsewhere(ctx, err, "page of a mention cannot be read again"); err != nil {
					return nil, err
				}
			}
			found, looked := look.seen[key]
			whole = whole && looked
			if found == stands {
				if err := s.lookForAnswer(ctx, in, *m, look); err != nil {
					return nil, err
				}
			}
		}
		if !whole {
			for _, key := range keys {
				waiting[key] = true
			}
		}
	}
	return waiting, nil
}

// mentionsIn are the keys of the entries of the mentions that a page tells of.
func mentionsIn(p plan.Page) []string {
	var keys []string
	for _, n := range p.Notices {
		for _, t := range n.Told {
			if t.Mention != "" && !slices.Contains(keys, t.Mention) {
				keys = append(keys, t.Mention)
			}
		}
	}
	return keys
}

// lookForAnswer finds out whether one of those who were told of a mention before
// has edited its page since.
func (s *site) lookForAnswer(ctx context.Context, in plan.Input, m registry.Mention, look *looker) error {
	key := plan.BoardKey(m)
	if _, asked := look.answers[key]; asked {
		return nil
	}
	told := map[string]time.Time{}
	for _, t := range in.View.Told {
		if t.Mention == key && t.Withheld == "" && t.User != "" {
			told[t.User] = t.At
		}
	}
	if len(told) == 0 {
		return nil
	}
	look.answers[key] = time.Time{}
	revisions, err := s.client.History(ctx, m.Title, m.Revision)
	if err != nil {
		return s.elsewhere(ctx, err, "page of a mention cannot be read again")
	}
	for _, r := range revisions {
		if at, ok := told[r.User]; ok && r.Time.After(at) {
			look.answers[key], s.answers[key] = r.Time, r.Time
		}
	}
	return nil
}

// recallAnswers enters into mentions when they were answered, as far as that was
// found out.
func (s *site) recallAnswers(mentions []registry.Mention) {
	if len(s.answers) == 0 {
		return
	}
	for i := range mentions {
		mentions[i].Answered = s.answers[plan.BoardKey(mentions[i])]
	}
}

// unpingable notes whose talk pages ask bots to stay away, of those whom the
// planned pages ping, and reports whether there are any.
func (s *site) unpingable(ctx context.Context, in *plan.Input, pages []plan.Page) (found bool, err error) {
	for _, p := range pages {
		for _, n := range p.Notices {
			for _, t := range n.Told {
				title := "User talk:" + t.User
				if t.Way != config.WayPing || in.Closed[title] {
					continue
				}
				none, err := s.gate.WantsNone(ctx, title)
				if err != nil {
					if err := s.elsewhere(ctx, err, "talk page of a user who would be pinged cannot be read"); err != nil {
						return false, err
					}
					none = true // for now
				}
				if none {
					s.closed[title], in.Closed[title] = in.Now.Add(closedFor), true
					found = true
				}
			}
		}
	}
	return found, nil
}

// closedPages are the titles of pages that took no message lately.
func (s *site) closedPages(at time.Time) map[string]bool {
	closed := map[string]bool{}
	for title, until := range s.closed {
		if at.Before(until) {
			closed[title] = true
		} else {
			delete(s.closed, title)
		}
	}
	return closed
}
