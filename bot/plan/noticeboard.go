// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the noticeboard should hold: an entry for each mention of
// an item that nobody looks after, newest first, in one section a month.

package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// BoardRegion is the id of the region of the noticeboard and of its archives.
const BoardRegion = "noticeboard"

// boardAge is how old a mention may be to get an entry: news of last month is
// none.
const boardAge = 30 * 24 * time.Hour

// noticeboardPages plans the entries that are due and not yet sent, takes what
// was hidden or taken back since out of those that are, and moves old ones to the
// archive.
func noticeboardPages(in Input) []Page {
	rules := in.Rules.Noticeboard
	if rules == nil || waits(in, rules.Page) {
		return nil
	}
	d := dueOn(in)
	pages, held := archivePages(in, d.rewritten, d.archived)
	board := newBoard(in)
	board.Entries, board.Rewritten, board.Cuts = d.entries, d.rewritten, held
	page := Page{
		Title: rules.Page, Region: BoardRegion, Scope: Notices, MayCreate: board.State == "",
		Intro: in.Words.Text("board-intro") + "\n", Notices: d.notices, Changes: []Change{board},
	}
	switch {
	case len(d.entries) > 0:
		page.Seen = !rules.BotFlag
		page.Summary = d.summary(in)
	case len(d.rewritten) > 0:
		page.Seen = !rules.BotFlag
		page.Summary = in.Words.Text("board-summary-out")
	case len(held) > 0:
		page.Minor = true
		page.Summary = in.Words.Text("board-summary-cut", strconv.Itoa(len(held)))
	case len(d.notices) > 0:
	default:
		return pages
	}
	return append(pages, page)
}

// due is what there is to tell on the noticeboard.
type due struct {
	entries []BoardEntry // newest first
	notices []Notice
	names   []string // of the items
	asked   int      // how many of the entries are about proposals
	// rewritten are entries that may stand there and say what they must not any
	// more.
	rewritten []BoardEntry
	// archived are those that stand on archive pages, by title, though nobody
	// noted that they were sent.
	archived map[string][]Notice
}

// dueOn gathers what there is to tell.
func dueOn(in Input) due {
	d := due{archived: map[string][]Notice{}}
	entries, unwanted := entriesByKey(in.View), dismissedSpots(in.View)
	rules := in.Rules.Noticeboard
	pinging, later := pingsNow(in)
	stands := entriesRead(in)
	// What people wrote on top of a month that is on its way stays on top until it
	// is gone.
	moving := map[month]bool{}
	for _, p := range piecesToMove(in, in.Board[rules.Page]) {
		moving[p.month] = moving[p.month] || p.anchor == ""
	}
	for _, m := range slices.Concat(in.View.Mentions, in.View.Withdrawn) {
		e := entries[m.Item]
		verdict := judge(in, e).Verdict
		entry := boardEntry(in, e, m, verdict, pinging == "")
		key, age := BoardKey(m), in.Now.Sub(m.Time)
		told := sent(in.View, key)
		switch title := stands[entry.Anchor]; {
		case m.Redacted && (told || title != ""):
			d.rewritten = append(d.rewritten, entry)
			continue
		case m.Redacted:
			continue
		case !m.Withdrawn.IsZero():
			if told && in.Now.Sub(m.Withdrawn) >= minutes(rules.SettleMinutes) {
				d.rewritten = append(d.rewritten, entry)
			}
			continue
		case told && title != "" && saysTakenBack(in.Board[title], entry):
			d.rewritten = append(d.rewritten, entry) // it is back
			continue
		case told:
			continue
		case title != "" && title != rules.Page:
			d.archived[title] = append(d.archived[title], Notice{Key: key, Mark: entry.mark()})
			continue
		case title != "": // it was saved, though nobody noted so
			d.notices = append(d.notices, Notice{Key: key, Mark: entry.mark()})
			continue
		case unwanted[spotOf(m)], age < minutes(rules.SettleMinutes), age > boardAge, later[key], moving[monthOf(m.Time)],
			!known(in, m.Kind), !slices.Contains(rules.Verdicts, string(verdict)), !archiveKnown(in, monthOf(m.Time)):
			continue
		}
		if key == pinging {
			entry.Ping = pingLine(in.Words, in.Pings[key])
		}
		d.add(key, entry)
		d.names = append(d.names, nameOf(e, m))
	}
	d.addRequests(in, pinging == "", moving, stands)
	return d
}

func (d *due) add(key string, entry BoardEntry) {
	d.notices = append(d.notices, Notice{Key: key, Mark: entry.mark()})
	d.entries = append(d.entries, entry)
}

// summary says in short what is added.
func (d *due) summary(in Input) string {
	var parts []string
	if n := len(d.entries) - d.asked; n > 0 {
		parts = append(parts, in.Words.Text("board-summary-entries", strconv.Itoa(n), summaryNames(d.names)))
	}
	if d.asked > 0 {
		parts = append(parts, in.Words.Text("board-summary-requests", strconv.Itoa(d.asked)))
	}
	return strings.Join(parts, "; ")
}

// pingsNow chooses the one entry that pings with the next edit: Echo takes what
// is inserted with more than one signature, or with links to others, for
// something else. Those that have to wait for another edit are later.
func pingsNow(in Input) (now string, later map[string]bool) {
	later = map[string]bool{}
	for _, m := range slices.Backward(in.View.Mentions) {
		key := BoardKey(m)
		users := in.Pings[key]
		if len(users) == 0 || sent(in.View, key) || m.Redacted || pingLine(in.Words, users) == "" {
			continue
		}
		if now == "" {
			now = key
		} else {
			later[key] = true
		}
	}
	return now, later
}

// entriesRead are the titles of the pages, of those that were read, on which
// entries stand, by their anchors; that of the noticeboard where one is on two.
func entriesRead(in Input) map[string]string {
	stands := map[string]string{}
	for title, text := range in.Board {
		for _, found := range entryAnchor.FindAllStringSubmatch(text, -1) {
			if stands[found[1]] != in.Rules.Noticeboard.Page {
				stands[found[1]] = title
			}
		}
	}
	return stands
}

// saysTakenBack reports whether an entry says that its text was taken back.
func saysTakenBack(text string, e BoardEntry) bool {
	_, rest, _ := strings.Cut(text, e.mark())
	return strings.Contains(ownWords(rest), takenBackMark)
}

// archiveKnown reports whether it can be told that an entry of a month is not in
// the archive: the pages were read, or nothing was to be.
func archiveKnown(in Input, m month) bool {
	if in.Board == nil {
		return true
	}
	_, whole := archiveTexts(in, m)
	return whole
}

// BoardTitles are the pages whose texts planning the noticeboard needs next;
// none when in.Board has all.
func BoardTitles(in Input) []string {
	rules := in.Rules.Noticeboard
	if rules == nil || waits(in, rules.Page) {
		return nil
	}
	text, read := in.Board[rules.Page]
	if !read {
		return []string{rules.Page}
	}
	var titles []string
	add := func(m month) {
		for n := 1; ; n++ {
			title := archiveTitle(rules.Page, m, n)
			text, read := in.Board[title]
			if !read && !slices.Contains(titles, title) {
				titles = append(titles, title)
			}
			if text == "" {
				return
			}
		}
	}
	for _, p := range piecesToMove(in, text) {
		add(p.month)
	}
	written := archivesWritten(in, text)
	for _, b := range parseBoard(text) {
		if b.month != "" && (written[b.month] || b.month > monthOf(in.Now).before(recentMonths)) {
			add(b.month)
		}
	}
	for _, m := range slices.Concat(in.View.Mentions, in.View.Withdrawn) {
		told := sent(in.View, BoardKey(m))
		gone := m.Redacted || !m.Withdrawn.IsZero()
		switch of := monthOf(m.Time); {
		case gone && told && written[of], !gone && !told && in.Now.Sub(m.Time) <= boardAge:
			add(of)
		}
	}
	for _, q := range in.View.Requests {
		if !sent(in.View, RequestKey(q)) && in.Now.Sub(q.Time) <= boardAge || sent(in.View, RequestKey(q)) && (q.Redacted || !q.Withdrawn.IsZero()) {
			add(monthOf(q.Time))
		}
	}
	return titles
}

// recentMonths are those of which an archive is looked for though nobody knows of
// one.
const recentMonths = 3

// archivesWritten are the months with archives that the registry knows or the
// noticeboard links to.
func archivesWritten(in Input, text string) map[month]bool {
	written := map[month]bool{}
	titles := BoardArchives(in.Rules, in.View.Pages)
	for _, link := range archiveLabel.FindAllString(headLine.FindString(text), -1) {
		titles = append(titles, titleIn(link))
	}
	for _, title := range titles {
		m, _, _ := readArchiveTitle(in.Rules.Noticeboard.Page, title)
		written[m] = true
	}
	return written
}

// BoardMoves reports whether something on the noticeboard is to go to the archive,
// so that what is known of the archive has to be fresh.
func BoardMoves(in Input) bool { return len(piecesToMove(in, in.Board[in.Rules.Noticeboard.Page])) > 0 }

// newBoard is the noticeboard with nothing to do.
func newBoard(in Input) Board {
	rules := in.Rules.Noticeboard
	b := Board{
		Page: rules.Page, Append: rules.Append, Done: rules.Done, State: in.View.Pages[RegionName(rules.Page, BoardRegion)],
		Archives: in.Words.Text("board-archives", slot), All: in.Words.Text("board-archives-all"), Counts: in.Words.Text("board-counts", slot, slot+slot),
	}
	if rules.ArchiveMonths > 0 && in.Board != nil {
		b.Old = monthOf(in.Now).before(rules.ArchiveMonths)
	}
	for _, title := range BoardArchives(in.Rules, in.View.Pages) {
		if in.View.Pages[RegionName(title, BoardRegion)] != registry.PageGone {
			b.Links = append(b.Links, archiveLink(in, title))
		}
	}
	return b
}
