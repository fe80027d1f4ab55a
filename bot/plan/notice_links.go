// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds links that open a page for editing, with the form filled in as
// far as can be.

package plan

import (
	"net/url"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// preloadEnd is the end of the title of the page that a new line of the opt-out
// page is taken from.
const preloadEnd = "/preload"

// preloadText is that line. MediaWiki puts the user in:
// https://www.mediawiki.org/wiki/Manual:Creating_pages_with_preloaded_text.
const preloadText = "* [[User:$1]]"

// editLink opens a page for editing, with a summary.
func editLink(label, title, summary string) string {
	return formLink(label, title, "action=edit&summary="+url.QueryEscape(summary))
}

// optOutLink opens the opt-out page for editing, with a new line that names a
// user.
func optOutLink(label, title, user string) string {
	return formLink(label, title, "action=edit&section=new&nosummary=1&preload="+url.QueryEscape(title+preloadEnd)+
		"&preloadparams%5B%5D="+url.QueryEscape(user))
}

// formLink leads to a form of a page; it is plain text where the title cannot
// stand in a link.
func formLink(label, title, query string) string {
	if !titleSafe(title) {
		return wikitext.Escape(title)
	}
	return "[{{fullurl:" + title + "|" + query + "}} " + label + "]"
}

// preloadPage plans the page that the new line of the opt-out page is taken from,
// where there is none yet.
func preloadPage(in Input) Page {
	return Page{
		Title: in.Rules.Notices.OptOut + preloadEnd, Scope: Notices, Minor: true, MayCreate: true,
		Summary: in.Words.Text("notice-summary-preload"),
		Changes: []Change{Preload{}},
	}
}

// Preload makes the page that a new line of the opt-out page is taken from. What
// stands there already stays.
type Preload struct{}

// Apply returns a text that is not blank as it is.
func (Preload) Apply(text string) (string, error) {
	if strings.TrimSpace(text) != "" {
		return text, nil
	}
	return preloadText, nil
}
