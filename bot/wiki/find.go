// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the search for an edit of which nobody knows whether it was saved.

package wiki

import (
	"context"
	"slices"
	"strings"
)

// find looks for an edit in the page's history. It is ours if the account has saved this text, or, with this summary,
// has changed the base in this way: directly, or joined by the wiki with what others had changed meanwhile.
func (e *Editor) find(ctx context.Context, edit Edit) (Saved, bool, error) {
	revs, err := e.c.historyFrom(ctx, edit.Title, edit.BaseRevision)
	if err != nil {
		return Saved{}, false, err
	}
	texts := map[int64]string{}
	for _, r := range revs {
		texts[r.ID] = r.Text
	}
	added := addedLines(texts[edit.BaseRevision], edit.Text)
	me := accountName(e.c.cfg.User)
	for _, r := range revs {
		if r.ID <= edit.BaseRevision || r.User != me {
			continue
		}
		sameText := !r.Hidden && strings.TrimRight(r.Text, " \t\n") == edit.Text
		// Signatures and substitutions make the saved text differ from the sent one.
		sameChange := r.Parent == edit.BaseRevision || !r.Hidden && brings(texts[r.Parent], r.Text, added)
		if sameText || sameChange && sameSummary(r.Comment, edit.Summary) {
			return Saved{Revision: r.ID, Old: r.Parent, Time: r.Time}, true, nil
		}
	}
	return Saved{}, false, nil
}

// addedLines are the lines that only the second text has, without those that the wiki changes when it saves them.
func addedLines(before, after string) []string {
	had := lineSet(before)
	return slices.DeleteFunc(strings.Split(after, "\n"), func(line string) bool {
		return had[line] || strings.Contains(line, "~~~") || strings.Contains(line, "subst:")
	})
}

// brings reports whether a revision has all the lines, and its parent has not.
func brings(before, after string, lines []string) bool {
	had, has := lineSet(before), lineSet(after)
	all := !slices.ContainsFunc(lines, func(line string) bool { return !has[line] })
	return all && slices.ContainsFunc(lines, func(line string) bool { return !had[line] })
}

func lineSet(text string) map[string]bool {
	set := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		set[line] = true
	}
	return set
}

// sameSummary compares a saved summary with a sent one: MediaWiki folds lines and cuts at 500 characters.
func sameSummary(saved, sent string) bool {
	fold := func(s string) string {
		r := []rune(strings.Join(strings.Fields(s), " "))
		return string(r[:min(len(r), 480)])
	}
	return fold(saved) == fold(sent)
}
