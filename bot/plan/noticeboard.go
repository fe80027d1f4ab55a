// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the noticeboard: an entry for each mention of an item that
// nobody looks after, newest first, in one section a month.

package plan

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// BoardRegion is the id of the noticeboard's region.
const BoardRegion = "noticeboard"

// boardIntro stands above a noticeboard that the bot makes. It is outside the
// region, so people may change it.
const boardIntro = "This page lists where people mention extensions, skins, gadgets, user scripts and tools that have no steward. " +
	"If you can answer, please do so where the question was asked. You may add a reply below an entry; the bot only adds entries.\n"

// boardAge is how old a mention may be to get an entry: news of last month is
// none.
const boardAge = 30 * 24 * time.Hour

// Board adds entries to the noticeboard.
type Board struct {
	Entries []BoardEntry // newest first
	// Redacted are entries that may stand there and hold what is hidden now.
	Redacted []BoardEntry
	Append   bool
	State    registry.PageState
}

// BoardEntry is one mention on the noticeboard.
type BoardEntry struct {
	// Anchor is the id that the entry carries on the page, and by which it is
	// found again.
	Anchor string
	Time   time.Time
	// Line is the entry's wikitext without its anchor.
	Line string
}

// mark is what the page holds where the entry stands.
func (e BoardEntry) mark() string { return `<span id="` + e.Anchor + `"></span>` }

// noticeboardPage plans the entries that are due and not yet sent, and takes
// what was hidden since out of those that are.
func noticeboardPage(in Input) (Page, bool) {
	rules := in.Rules.Noticeboard
	if rules == nil || waits(in, rules.Page) {
		return Page{}, false
	}
	entries := entriesByKey(in.View)
	board := Board{Append: rules.Append, State: in.View.Pages[RegionName(rules.Page, BoardRegion)]}
	page := Page{Title: rules.Page, Region: BoardRegion, Scope: Notices, Seen: !rules.BotFlag, MayCreate: board.State == "", Intro: boardIntro}
	var names []string
	unwanted := dismissedSpots(in.View)
	for _, m := range in.View.Mentions {
		e := entries[m.Item]
		opinion := judge(in, e)
		entry := BoardEntry{Anchor: Anchor(m), Time: m.Time, Line: boardLine(e, m, opinion)}
		key, age := BoardKey(m), in.Now.Sub(m.Time)
		switch {
		case m.Redacted && sent(in.View, key):
			board.Redacted = append(board.Redacted, entry)
			continue
		case m.Redacted, sent(in.View, key), unwanted[spotOf(m)],
			age < minutes(rules.SettleMinutes), age > boardAge,
			!known(in, m.Kind), !slices.Contains(rules.Verdicts, string(opinion.Verdict)):
			continue
		}
		page.Notices = append(page.Notices, Notice{Key: key, Mark: entry.mark()})
		board.Entries = append(board.Entries, entry)
		if name := cmp.Or(e.Item.Name, m.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	page.Changes = []Change{board}
	page.Summary = "take out what is hidden now"
	if len(board.Entries) > 0 {
		page.Summary = count(len(board.Entries), "mention") + " of " + list(names)
	}
	return page, len(board.Entries)+len(board.Redacted) > 0
}

// BoardKey is the key of a mention's entry on the noticeboard. It is made from
// the name as written: what that name stands for may change.
func BoardKey(m registry.Mention) string {
	return fmt.Sprintf("board/%s/%s/%d/%s", m.Wiki, m.As, m.Revision, sectionHash(m))
}

// sectionHash tells the sections of one revision apart; headings have any
// length and any characters.
func sectionHash(m registry.Mention) string {
	h := fnv.New32a()
	h.Write([]byte(m.Section))
	return fmt.Sprintf("%08x", h.Sum32())
}

// boardLine says what was mentioned where, by whom and when.
func boardLine(e registry.Entry, m registry.Mention, opinion registry.Opinion) string {
	item := wikitext.Escape(m.Name)
	if e.Item.Name != "" {
		item = itemLink(e.Item)
	}
	if m.Redacted {
		return fmt.Sprintf("'''%s''' (%s): mentioned in a revision that is hidden now", item, kindNames[m.Kind])
	}
	where := wikitext.Escape(m.Title)
	target := fmt.Sprintf("Special:PermanentLink/%d", m.Revision)
	if m.Section != "" {
		where += " § " + wikitext.Escape(mail.ReplaceAllString(m.Section, "…"))
		if !mail.MatchString(m.Section) {
			target += "#" + fragment(m.Section)
		}
	}
	by := "a user whose name is hidden"
	if m.User != "" {
		by = userLink(m.User)
	}
	line := fmt.Sprintf("'''%s''' (%s, %s): mentioned in [[%s|%s]] by %s, %s", item, kindNames[m.Kind], opinion.Verdict, target, where, by, since(m.Time))
	if quote := quote(m.Snippet); quote != "" {
		line += ". “" + quote + "”"
	}
	return line
}

// Apply adds the entries that are not on the page yet, newest first, under the
// heading of their month, and redacts those that have to be. Nothing else that
// stands there is touched.
func (b Board) Apply(text string) (string, error) {
	return edit(text, place{id: BoardRegion, state: b.State, appends: b.Append, mayBeEmptied: true}, func(body string) (string, error) { return b.add(text, body), nil })
}

// add returns the region's body with the entries that page does not hold.
func (b Board) add(page, body string) string {
	lines := []string{}
	if strings.TrimSpace(body) != "" {
		lines = keptUp(strings.Split(strings.Trim(body, "\n"), "\n"))
	}
	for _, e := range b.Redacted {
		for i, line := range lines {
			if strings.HasPrefix(line, "* "+e.mark()) {
				lines[i] = "* " + e.mark() + e.Line
			}
		}
	}
	for _, e := range slices.Backward(b.Entries) {
		if strings.Contains(page, e.mark()) {
			continue
		}
		heading := "== " + e.Time.UTC().Format("January 2006") + " =="
		at := slices.Index(lines, heading)
		if at < 0 {
			at = monthPlace(lines, e.Time)
			lines = slices.Insert(lines, at, heading)
		}
		lines = slices.Insert(lines, at+1, "* "+e.mark()+e.Line)
	}
	return strings.Join(lines, "\n")
}

// monthPlace returns the line before which a new month's heading goes: the
// first heading of an older month, or the end.
func monthPlace(lines []string, t time.Time) int {
	for i, line := range lines {
		month, err := time.Parse("== January 2006 ==", line)
		if err == nil && month.Before(t) {
			return i
		}
	}
	return len(lines)
}
