// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tables that stand on several pages: where their rows are.

package bot

import (
	"context"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
)

// place reads where the rows of the tables are that have more pages than one,
// or need them. A text that was read is not read again until somebody edits a
// page of the bot's, or the bot that page. A page that cannot be read keeps its
// table from being planned.
func (s *site) place(ctx context.Context, in *plan.Input) error {
	if in.Rules == nil {
		return nil
	}
	in.Placed = map[string]plan.Places{}
	for _, t := range in.Rules.Tables {
		titles := plan.TablePages(t, in.View.Pages)
		if len(titles) == 1 && !plan.Overflows(*in, t) {
			continue
		}
		texts := make([]string, len(titles))
		whole := true
		for i, title := range titles {
			text, known := s.placed[title]
			if !known {
				page, err := s.client.Page(ctx, title)
				if err != nil {
					whole = false
					if err := s.elsewhere(ctx, err, "page of a table cannot be read"); err != nil {
						return err
					}
					break
				}
				text = page.Text
				s.placed[title] = text
			}
			texts[i] = text
		}
		if whole {
			in.Placed[t.ID] = plan.PlacesOf(*in, t, texts)
		}
	}
	return nil
}
