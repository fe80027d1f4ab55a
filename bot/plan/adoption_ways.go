// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where to look at an item that needs somebody, and how to adopt
// it: each way is one edit away.

package plan

import (
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const (
	// LineRegion is the id of the region on the page that new lines of the sign-up
	// page are filled from, which is below that.
	LineRegion = "adopt-line"
	lineEnding = "/adopt"
)

// places links to what is known of an item elsewhere. Addresses on sites that
// anybody may have are shown without a link.
func (a adopting) places(item registry.Item) []string {
	w := a.in.Words
	var out []string
	add := func(name, to string) {
		if to == "" {
			return
		}
		label := w.Text("adoption-" + name)
		if _, ok := trustedAddress(to); ok {
			out = append(out, "["+to+" "+label+"]")
			return
		}
		out = append(out, w.Text("adoption-place", label, isolated(w, address(to))))
	}
	add("docs", item.Details.Docs)
	add("code", item.Details.Repository)
	add("tasks", taskBoard(item))
	return out
}

// taskBoard is the address of an item's tasks, as far as one of its names tells:
// projects of extensions and skins on Wikimedia's Phabricator are named alike.
func taskBoard(item registry.Item) string {
	for _, alias := range item.Aliases {
		slug := strings.ToLower(strings.TrimPrefix(alias, "#"))
		if strings.HasPrefix(slug, "mediawiki-extensions-") || strings.HasPrefix(slug, "mediawiki-skins-") {
			return "https://phabricator.wikimedia.org/tag/" + inQuery(slug) + "/"
		}
	}
	return ""
}

// ways are how somebody can adopt an item: in its row, or on the sign-up page.
func (a adopting) ways(s subject) []string {
	w := a.in.Words
	var out []string
	if title := rowPage(a.in, s); title != "" {
		out = append(out, w.Text("adoption-way-row", "[[:"+title+"#"+registry.RowID(s.Item.Key)+"|"+w.Text("adoption-row")+"]]",
			"<span class=\"plainlinks\">[{{fullurl:"+title+"|action=edit}} "+w.Text("adoption-edit")+"]</span>"))
	}
	if link := signUpLink(a.in, s.Item.Key, w.Text("adoption-sign-up")); link != "" {
		out = append(out, link)
	}
	return out
}

// rowPage is the page with the row of an item in which people can enter themselves,
// "" where there is none.
func rowPage(in Input, s subject) string {
	for _, t := range in.Rules.Tables {
		if !slices.Contains(t.Kinds, string(s.Item.Key.Kind())) || !slices.Contains(t.Columns, columnSteward) || !passes(t.Filter, s) ||
			len(t.Verdicts) > 0 && !slices.Contains(t.Verdicts, string(s.opinion.Verdict)) {
			continue
		}
		n, rows := 1, in.Placed[t.ID].rows
		if i := slices.IndexFunc(rows, func(r standingRow) bool { return r.id == registry.RowID(s.Item.Key) }); i >= 0 {
			n = rows[i].page
		}
		if title := subpage(t.Page, n); titleSafe(title) {
			return title
		}
	}
	return ""
}

// signUpLink links to a new line on the sign-up page that enters whoever saves it
// for an item, "" where there is no such page. The line is filled from a page of
// the bot's: https://www.mediawiki.org/wiki/Manual:Creating_pages_with_preloaded_text.
func signUpLink(in Input, key registry.Key, label string) string {
	page, ok := linePage(in.Rules)
	if !ok {
		return ""
	}
	query := "action=edit&section=new&nosummary=1&preload=" + inQuery(page) + "&preloadparams%5B%5D=" + inQuery(string(key))
	return "<span class=\"plainlinks\">[{{fullurl:" + in.Rules.Notices.SignUp + "|" + query + "}} " + label + "]</span>"
}

// inQuery writes a text as a part of an address in wikitext: letters and digits of
// ASCII stay, for all else stand its bytes.
func inQuery(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// linePage is the title of the page that new lines of the sign-up page are filled
// from; ok is false where nobody needs it.
func linePage(rules *config.Rules) (title string, ok bool) {
	if rules.Adoption == nil || rules.Notices == nil || !titleSafe(rules.Notices.SignUp) {
		return "", false
	}
	return rules.Notices.SignUp + lineEnding, true
}

// signUpLine is what a new line is filled with: $1 stands for the item. On the page
// itself nothing of it is replaced when it is saved.
const signUpLine = "<onlyinclude>* [[User:{{<includeonly>subst:</includeonly>REVISIONUSER}}]]: $1</onlyinclude>"

// linePages plans that page.
func linePages(in Input) []Page {
	title, ok := linePage(in.Rules)
	if !ok {
		return nil
	}
	w := in.Words
	state := in.View.Pages[RegionName(title, LineRegion)]
	return []Page{{
		Title: title, Region: LineRegion, Scope: Tables, Minor: true, MayCreate: state == "", Summary: w.Text("adoption-line-summary"),
		Changes: []Change{Listing{ID: LineRegion, Body: w.Text("adoption-line", pageLink(in.Rules.Notices.SignUp)) + "\n" + signUpLine, State: state}},
	}}
}
