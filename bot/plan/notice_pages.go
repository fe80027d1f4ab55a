// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the pages are planned on which people are told something:
// the noticeboard with its pings, and the messages.

package plan

import (
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// boardPages plans the noticeboard, with those whom its entries ping.
func (d *Decision) boardPages(in Input) []Page {
	in.Pings = d.Pings
	pages := noticeboardPages(d.withoutLater(in))
	for i := range pages {
		for j := range pages[i].Notices {
			n := &pages[i].Notices[j]
			n.Told = append(n.Told, d.pinged[n.Key]...)
		}
	}
	return pages
}

// messagePages plans the messages that are due, and what a link in them needs.
func (d *Decision) messagePages(in Input) []Page {
	var pages []Page
	for _, l := range d.letters {
		pages = append(pages, letterPage(in, l))
	}
	if len(pages) > 0 && in.Rules.Notices.OptOut != "" {
		pages = append(pages, preloadPage(in))
	}
	return pages
}

// withoutLater leaves out the mentions whose entries are not made yet.
func (d *Decision) withoutLater(in Input) Input {
	if len(d.Later) > 0 {
		in.View.Mentions = slices.DeleteFunc(slices.Clone(in.View.Mentions), func(m registry.Mention) bool { return d.Later[BoardKey(m)] })
	}
	return in
}
