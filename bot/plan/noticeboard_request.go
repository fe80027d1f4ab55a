// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the entries of the noticeboard about proposals: what exists
// that has words in common with one, as a suggestion. They ping nobody.

package plan

import (
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// requestHash is how much of the id of a proposal its key and anchor have.
const requestHash = 8

// RequestKey is the key of a proposal's entry on the noticeboard.
func RequestKey(q registry.Request) string { return "request/" + q.Wiki + "/" + q.ID }

// RequestAnchor is the anchor of a proposal's entry.
func RequestAnchor(q registry.Request) string {
	return "cs-" + strconv.FormatInt(q.Revision, 10) + "-request-" + q.ID[:min(requestHash, len(q.ID))]
}

// requestEntry is the entry of a proposal as it would be written now.
func requestEntry(in Input, q registry.Request, linked bool) BoardEntry {
	entry := BoardEntry{
		Anchor: RequestAnchor(q),
		Time:   q.Time, Heading: monthOf(q.Time).heading(in.Words),
	}
	switch {
	case q.Redacted:
		entry.Line = in.Words.Text("board-request-hidden")
	case !q.Withdrawn.IsZero():
		entry.Line = takenBackMark + in.Words.Text("board-request-taken-back", revisionOf(q.Title, q.Revision), since(q.Time))
	default:
		var links []string
		for _, item := range in.Alike[q.ID] {
			links = append(links, itemLink(item))
		}
		entry.Line = in.Words.Text("board-request", sectionLink(q.Title, q.Section, q.Revision), byline(in, q.User, linked), since(q.Time), strings.Join(links, ", "))
	}
	return entry
}

// addRequests adds the entries of proposals that are similar to something.
func (d *due) addRequests(in Input, linked bool, moving map[month]bool, stands map[string]string) {
	rules := in.Rules.Noticeboard
	for _, q := range in.View.Requests {
		entry, key := requestEntry(in, q, linked), RequestKey(q)
		told, age := sent(in.View, key), in.Now.Sub(q.Time)
		title := stands[entry.Anchor]
		switch {
		case q.Redacted && (told || title != ""):
			d.rewritten = append(d.rewritten, entry)
		case q.Redacted, told && q.Withdrawn.IsZero():
		case !q.Withdrawn.IsZero():
			if told {
				d.rewritten = append(d.rewritten, entry)
			}
		case title != "" && title != rules.Page:
			d.archived[title] = append(d.archived[title], Notice{Key: key, Mark: entry.mark()})
		case title != "":
			d.notices = append(d.notices, Notice{Key: key, Mark: entry.mark()})
		case dueRequest(in, q) && age <= boardAge && !moving[monthOf(q.Time)] && archiveKnown(in, monthOf(q.Time)) && len(in.Alike[q.ID]) > 0:
			d.add(key, entry)
			d.asked++
		}
	}
	slices.SortStableFunc(d.entries, func(a, b BoardEntry) int { return b.Time.Compare(a.Time) })
}

// dueRequest reports whether a proposal has stood long enough, on a page that is
// one for proposals.
func dueRequest(in Input, q registry.Request) bool {
	return in.Rules.Notices != nil && slices.Contains(in.Rules.Notices.Requests, q.Title) && in.Now.Sub(q.Time) >= minutes(in.Rules.Noticeboard.SettleMinutes)
}

// DueRequests are the proposals that an entry is to be made of, if they still
// stand on their pages and something is similar to them.
func DueRequests(in Input) []registry.Request {
	var due []registry.Request
	if in.Rules == nil || in.Rules.Noticeboard == nil {
		return nil
	}
	for _, q := range in.View.Requests {
		if !q.Redacted && q.Withdrawn.IsZero() && !sent(in.View, RequestKey(q)) && dueRequest(in, q) && in.Now.Sub(q.Time) <= boardAge {
			due = append(due, q)
		}
	}
	return due
}

// HasSection reports whether a page has a section with a heading.
func HasSection(text, section string) bool {
	for h := range wikitext.Parse(text).Headings() {
		if wikitext.Plain(h.Title) == section {
			return true
		}
	}
	return false
}
