// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what becomes of an entry on the noticeboard whose text leaves
// its page later. The edits of such pages are looked at as they come; nothing is
// asked for otherwise.

package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// followedFor is how long the page of a mention is followed that has an entry.
const followedFor = 30 * 24 * time.Hour

// revertTags are on edits that undo others:
// https://www.mediawiki.org/wiki/Manual:Reverts
var revertTags = []string{"mw-undo", "mw-rollback", "mw-manual-revert"}

// archiving is in the summaries of people who move what is over to an archive:
// that takes nothing back.
var archiving = regexp.MustCompile(`(?i)ar[cq]u?h?iv|архив|أرشيف|أرشفة`)

// noteTold reads which mentions have entries, for the edits of their pages.
func (s *site) noteTold(ctx context.Context) error {
	mentions, err := s.reg.Entered(ctx, s.conf.Wiki.Wiki, s.now().Add(-followedFor), plan.BoardKey)
	if err != nil {
		return err
	}
	byTitle := map[string][]registry.Mention{}
	for _, m := range mentions {
		byTitle[m.Title] = append(byTitle[m.Title], m)
	}
	s.entered.Store(&byTitle)
	return nil
}

// toldOn returns the mentions on a page that have entries.
func (s *site) toldOn(title string) []registry.Mention {
	if told := s.entered.Load(); told != nil {
		return (*told)[title]
	}
	return nil
}

// takenBack looks for the texts of entries in the text that an edit has left. One
// that is gone was taken back, unless a bot or somebody who archives the page has
// moved it; one that is there again stands again. The entry is changed only when
// it has been so for the settle time: much of what is undone is vandalism.
func (s *site) takenBack(ctx context.Context, e *entry, texts map[int64]wiki.Revision) error {
	after, ok := texts[e.Revision]
	if !ok || after.Missing || after.Hidden {
		return nil
	}
	reverts := slices.ContainsFunc(after.Tags, func(tag string) bool { return slices.Contains(revertTags, tag) })
	moves := !reverts && (e.Bot || archiving.MatchString(after.Comment))
	changed := false
	for _, m := range s.toldOn(e.Title) {
		stands := m.Revision >= e.Revision || s.standsIn(m, e.Title, e.Namespace, after.Text)
		var err error
		switch {
		case stands == m.Withdrawn.IsZero(), !stands && moves:
			continue
		case stands:
			err = s.reg.Restore(ctx, m)
		default:
			err = s.reg.Withdraw(ctx, m, s.now())
		}
		if err != nil {
			return err
		}
		changed = true
		s.log.Info().Str("title", m.Title).Int64("rev", m.Revision).Int64("by", e.Revision).Bool("stands", stands).Msg("text of an entry taken back")
	}
	if !changed {
		return nil
	}
	s.plan.wake()
	return s.noteTold(ctx)
}

// standsIn reports whether the words of a mention are in a text, though somebody
// may have mended them.
func (s *site) standsIn(m registry.Mention, title string, namespace int, text string) bool {
	if m.Snippet != "" && strings.Contains(text, m.Snippet) {
		return true
	}
	look := s.newLooker()
	return slices.ContainsFunc(look.detector.Mentions(detect.Change{Wiki: m.Wiki, Title: title, Namespace: namespace, After: text}), func(f detect.Mention) bool {
		return look.same(f, m) && (m.Snippet == "" && f.Section == m.Section || mostly(m.Snippet, f.Snippet))
	})
}

// mostly reports whether a text has half of the words of another, or more, but for
// signatures, which are alike in all that somebody writes.
func mostly(words, text string) bool {
	all, has := strings.Fields(unsigned(words)), map[string]bool{}
	for _, w := range strings.Fields(unsigned(text)) {
		has[w] = true
	}
	n := 0
	for _, w := range all {
		if has[w] {
			n++
		}
	}
	return len(all) > 0 && 2*n >= len(all)
}

// unsigned is a line without the signature that ends it.
func unsigned(line string) string {
	for sig := range wikitext.Parse(line).Signatures() {
		return line[:sig.Start]
	}
	return line
}
