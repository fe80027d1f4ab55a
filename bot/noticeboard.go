// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reading of the noticeboard and its archives, which planning
// needs to move what is old.

package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
)

// boardTexts reads the noticeboard, and those of its archives that matter now. A
// text that was read is not read again until somebody edits a page of the bot's,
// or the bot that page; an archive is while something goes there, since what it
// holds is taken off the noticeboard. What cannot be read keeps what depends on it
// from being planned.
func (s *site) boardTexts(ctx context.Context, in *plan.Input) error {
	if in.Rules == nil || in.Rules.Noticeboard == nil {
		return nil
	}
	in.Board = map[string]string{}
	for {
		titles := plan.BoardTitles(*in)
		if len(titles) == 0 {
			return nil
		}
		moves := plan.BoardMoves(*in)
		for _, title := range titles {
			text, known := s.placed[title]
			if !known || moves {
				page, err := s.client.Page(ctx, title)
				if err != nil {
					return s.elsewhere(ctx, err, "noticeboard or its archive cannot be read")
				}
				text = page.Text
				s.placed[title] = text
			}
			in.Board[title] = text
		}
	}
}

// mostArchives is how many archives that people have made are looked at for an
// entry that is not on the noticeboard any more.
const mostArchives = 50

// archived returns the texts of the pages to which people may have moved entries
// of the noticeboard: its subpages whose names begin like the word archive.
func (s *site) archived(ctx context.Context, board string) (string, error) {
	title, err := s.text.ParseTitle(board + "/Archiv")
	if err != nil {
		return "", nil // no page can have such a long title
	}
	var answer struct {
		Query struct{ AllPages []struct{ Title string } }
	}
	err = s.client.Get(ctx, map[string]string{
		"action": "query", "list": "allpages", "apnamespace": strconv.Itoa(title.Namespace), "apprefix": title.Name, "aplimit": "500",
	}, &answer)
	if err != nil {
		return "", err
	}
	found := answer.Query.AllPages
	slices.Reverse(found) // the newest months
	var all strings.Builder
	for _, p := range found[:min(len(found), mostArchives)] {
		page, err := s.client.Page(ctx, p.Title)
		if err != nil {
			return "", err
		}
		all.WriteString(page.Text + "\n")
	}
	return all.String(), nil
}
