// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what a message to a user says: what happened, why it is said
// to this user, what can be done about it, and how to get fewer. It is signed, so
// it links to no user.

package plan

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	// placesShown is how many mentions of an item a message links to, namesAtTop
	// how many items its summary names.
	placesShown = 3
	namesAtTop  = 3
)

// letterPage plans a message that is due.
func letterPage(in Input, l letter) Page {
	w := in.Words
	letter := Letter{Closing: closing(in, l)}
	var names []string
	page := Page{Title: l.title, Scope: Notices, Seen: !in.Rules.Notices.BotFlag, MayCreate: true}
	for _, part := range l.parts {
		names = append(names, part.entry.Item.Name)
		notice := Notice{Key: part.key, Told: part.told, Mark: keyMark(part.key)}
		letter.Parts = append(letter.Parts, LetterPart{Mark: notice.Mark, Text: partText(in, l, part)})
		page.Notices = append(page.Notices, notice)
	}
	first := nameIn(w, names[0])
	shown := strings.Join(names[:min(len(names), namesAtTop)], ", ")
	if len(names) > namesAtTop {
		shown += ", …"
	}
	form := "-one"
	if len(names) > 1 {
		form = "-many"
	}
	switch l.kind {
	case ofMentions:
		letter.Heading, page.Summary = w.Text("notice-heading"+form, first), w.Text("notice-summary", shown)
	case onItemPage:
		letter.Heading, page.Summary = w.Text("notice-heading-one", first), w.Text("notice-summary-item", shown)
	case ofClaims:
		letter.Heading, page.Summary = w.Text("notice-confirm-heading"+form, first), w.Text("notice-summary-confirm", shown)
	}
	letter.Speech = speechOn(in.Site, w)
	page.Changes = []Change{letter}
	return page
}

// partText is what a message says of one item.
func partText(in Input, l letter, part part) string {
	w := in.Words
	item := quietLink(part.entry.Item)
	kind := kindIn(w, part.entry.Item.Key.Kind())
	if l.kind == ofClaims {
		return "* " + w.Text("notice-confirm-item", item, kind, dayIn(w, part.claim.Evidence.Time), groundLink(in, part.claim)) + " " + confirmHow(in, part) + " " + change(in, part)
	}
	lines := []string{"* " + w.Text("notice-item", item, kind)}
	for _, m := range part.mentions[:min(len(part.mentions), placesShown)] {
		lines = append(lines, "** "+placeText(in, m))
	}
	if more := len(part.mentions) - placesShown; more > 0 {
		lines = append(lines, "** "+w.Text("notice-more", strconv.Itoa(more)))
	}
	if part.claim != nil && l.kind == ofMentions {
		lines = append(lines, "*: "+w.Text("notice-why-"+string(part.claim.Role), groundLink(in, part.claim), dayIn(w, part.claim.Evidence.Time))+" "+change(in, part))
	}
	return strings.Join(lines, "\n")
}

// placeText says where, by whom and when something was mentioned.
func placeText(in Input, m *registry.Mention) string {
	w := in.Words
	link := isolated(w, sectionLink(m.Title, m.Section, m.Revision))
	text := w.Text("notice-place-hidden", link, momentIn(w, m.Time))
	if by := cmp.Or(m.Author, m.User); by != "" {
		text = w.Text("notice-place", link, nameIn(w, by), momentIn(w, m.Time))
	}
	if quote := quote(m.Snippet); quote != "" {
		text = w.Text("notice-quote", text, isolated(w, quote))
	}
	return text
}

// closing says what can be done and how to get fewer messages.
func closing(in Input, l letter) string {
	w, rules := in.Words, in.Rules.Notices
	if l.kind == onItemPage {
		return w.Text("notice-item-closing")
	}
	var b strings.Builder
	if l.kind == ofMentions {
		b.WriteString(w.Text("notice-answer"))
	} else {
		b.WriteString(w.Text("notice-confirm-closing"))
	}
	b.WriteString("\n\n<small>")
	if rules.SignUp != "" {
		b.WriteString(w.Text("notice-fewer", editLink(w.Text("notice-link-fewer"), rules.SignUp, w.Text("notice-edit-fewer"))) + " ")
	}
	template := "<code><nowiki>{{nobots}}</nowiki></code>"
	if rules.OptOut != "" {
		b.WriteString(w.Text("notice-none", optOutLink(w.Text("notice-link-none"), rules.OptOut, l.user), template))
	} else {
		b.WriteString(w.Text("notice-none-here", template))
	}
	return b.String() + "</small>"
}

// groundLink links to the edit that a claim rests on.
func groundLink(in Input, c *registry.Claim) string {
	page := nameIn(in.Words, c.Evidence.Page)
	prefix, ok := in.Site.prefixOf(c.Evidence.Wiki)
	if c.Evidence.Revision == 0 || !ok {
		return page
	}
	return fmt.Sprintf("[[%sSpecial:Diff/%d|%s]]", prefix, c.Evidence.Revision, page)
}

// confirmHow says how to confirm a claim: an edit of the page that changes what
// stands beside the user's name.
func confirmHow(in Input, part part) string {
	w, e := in.Words, part.claim.Evidence
	page := groundLink(in, part.claim)
	if (e.Wiki == "" || e.Wiki == in.Site.Wiki) && titleSafe(e.Page) {
		page = editLink(w.Text("notice-link-confirm"), e.Page, w.Text("notice-edit-confirm", part.entry.Item.Name))
	}
	return w.Text("notice-confirm-how", page)
}

// change says how to hand an item over and to step down: links to the page that
// names the user, to be edited.
func change(in Input, part part) string {
	w, e := in.Words, part.claim.Evidence
	if e.Wiki != "" && e.Wiki != in.Site.Wiki || !titleSafe(e.Page) {
		return w.Text("notice-change-there")
	}
	item := part.entry.Item.Name
	return w.Text("notice-change",
		editLink(w.Text("notice-link-hand-over"), e.Page, w.Text("notice-edit-hand-over", item)),
		editLink(w.Text("notice-link-step-down"), e.Page, w.Text("notice-edit-step-down", item)))
}

// quietLink links to an item's page, unless that is one by which a user would be
// pinged.
func quietLink(item registry.Item) string {
	if item.Key.Kind() == detect.UserScript && !strings.ContainsRune(item.Page, '/') {
		return wikitext.Escape(item.Name)
	}
	return itemLink(item)
}
