// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds proposals: whether they still stand on their pages before the
// noticeboard tells of them, and what exists that is similar to them.

package bot

import (
	"context"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// requests looks again at the proposals that are due: those that do not stand on
// their pages any more are withdrawn. It works out what is similar to the others,
// once for each.
func (s *site) requests(ctx context.Context, in *plan.Input) error {
	in.Alike = map[string][]registry.Item{}
	var fresh []registry.Request
	for _, q := range plan.DueRequests(*in) {
		items, known := s.proposed[q.ID]
		if known && len(items) == 0 {
			continue
		}
		page, err := s.client.Page(ctx, q.Title)
		switch {
		case err != nil:
			if err := s.elsewhere(ctx, err, "page with proposals cannot be read again"); err != nil {
				return err
			}
		case page.Missing, page.Redirect != "": // it may come back
		case plan.HasSection(page.Text, q.Section):
			if in.Alike[q.ID] = items; !known {
				fresh = append(fresh, q)
			}
		default:
			q.Withdrawn = in.Now
			if err := s.reg.SetRequest(ctx, q); err != nil {
				return err
			}
			s.log.Info().Str("title", q.Title).Int64("rev", q.Revision).Msg("proposal withdrawn: its section is gone")
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	view, err := s.reg.View(ctx, registry.Query{
		Wiki: s.conf.Wiki.Wiki, Kinds: []detect.Kind{detect.Tool, detect.Gadget, detect.UserScript}, Catalogue: in.Rules.Sources.Toolhub, Uncounted: true,
	})
	if err != nil {
		return err
	}
	items := map[registry.Key]registry.Item{}
	for _, e := range view.Entries {
		items[e.Item.Key] = e.Item
	}
	texts := make([]registry.Proposed, len(fresh))
	for i, q := range fresh {
		texts[i] = registry.Proposed{Title: q.Section, Text: wikitext.Plain(q.Text)}
	}
	for i, alike := range registry.SimilarTo(view.Entries, texts) {
		var list []registry.Item
		for _, l := range alike {
			list = append(list, items[l.Item])
		}
		s.proposed[fresh[i].ID], in.Alike[fresh[i].ID] = list, list
	}
	return nil
}

// redactRequests takes the proposals of revisions out of the registry that were
// hidden or deleted.
func (s *site) redactRequests(ctx context.Context, e events.Event) (changed bool, err error) {
	all, err := s.reg.RequestsOn(ctx, s.conf.Wiki.Wiki, e.Title, e.Revision)
	if err != nil || len(all) == 0 {
		return false, err
	}
	var ids []int64
	for _, q := range all {
		ids = append(ids, q.Revision)
	}
	revisions, err := s.client.Revisions(ctx, ids...)
	if err != nil {
		return false, s.elsewhere(ctx, err, "revisions of proposals cannot be read again")
	}
	for _, q := range all {
		if !hidden(revisions[q.Revision]) {
			continue
		}
		q.Redacted = true
		if err := s.reg.SetRequest(ctx, q); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
