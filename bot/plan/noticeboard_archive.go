// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the archive of the noticeboard. What moves there is saved on
// the archive page first, and taken off the noticeboard only when it was read
// there: a process that ends in between leaves it on both for a moment, and the
// next one goes on. What people add meanwhile is archived once more.

package plan

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// archiveFolder stands between the titles of a noticeboard and of its archives.
const archiveFolder = "/Archive/"

// fullShare is how much of its greatest size, in percent, the noticeboard has
// after entries went to the archive early, so that not each new one moves another.
const fullShare = 80

var archivePath = regexp.MustCompile(`^([0-9]{4}-(?:0[1-9]|1[0-2]))(?:/([1-9][0-9]{0,4}))?$`)

// archiveEnd ends the title of an archive, whatever the noticeboard.
var archiveEnd = regexp.MustCompile(`/Archive/[0-9]{4}-[0-9]{2}(?:/[0-9]+)?$`)

// archiveTitle is the page for a month; parts are counted from 1.
func archiveTitle(base string, m month, part int) string {
	return subpage(base+archiveFolder+string(m), part)
}

// readArchiveTitle reads a title that archiveTitle has made.
func readArchiveTitle(base, title string) (m month, part int, ok bool) {
	path, below := strings.CutPrefix(title, base+archiveFolder)
	found := archivePath.FindStringSubmatch(path)
	if !below || found == nil {
		return "", 0, false
	}
	part, err := strconv.Atoi(cmp.Or(found[2], "1"))
	m = month(found[1])
	return m, part, err == nil && archiveTitle(base, m, part) == title
}

// isBoardArchive reports whether a title is that of an archive of the noticeboard.
func isBoardArchive(rules *config.Rules, title string) bool {
	if rules.Noticeboard == nil {
		return false
	}
	_, _, ok := readArchiveTitle(rules.Noticeboard.Page, title)
	return ok
}

// BoardArchives are the titles of the archives that the bot has written, sorted.
func BoardArchives(rules *config.Rules, states map[string]registry.PageState) []string {
	var titles []string
	for name := range states {
		if title, region := splitName(name); region == BoardRegion && isBoardArchive(rules, title) {
			titles = append(titles, title)
		}
	}
	slices.Sort(titles)
	return titles
}

// ArchivesOf are the titles on which the entry of a mention may stand once it is
// archived, the first of which is missing if the second is.
func ArchivesOf(board string, m registry.Mention, parts int) []string {
	var titles []string
	for n := 1; n <= parts; n++ {
		titles = append(titles, archiveTitle(board, monthOf(m.Time), n))
	}
	return titles
}

// piece is a chunk that goes to the archive of its month.
type piece struct {
	month month
	// heading is the line of the month where people wrote into that; it goes with
	// what stands before the first entry, and is "" elsewhere.
	heading string
	chunk
}

// piecesToMove are the chunks of the noticeboard that do not stay: those that an
// archive has, those of old months, and where the page is too large some more, those that are done first
// and then the oldest. The newest entry stays.
func piecesToMove(in Input, text string) []piece {
	rules := in.Rules.Noticeboard
	region, err := wikitext.Parse(text).Region(BoardRegion)
	if err != nil {
		return nil // Apply tells what is wrong
	}
	var old, kept []piece
	size := len(text)
	for _, b := range parseBoard(region.Body) {
		if b.month == "" {
			continue
		}
		heading := ""
		if !b.plain {
			heading = strings.TrimRight(b.heading, "\n")
		}
		for _, c := range b.chunks {
			p := piece{b.month, heading, c}
			heading = "" // goes with what stands before the first entry
			switch {
			case c.anchor != "" && inArchive(in, b.month, c.anchor): // it was begun
				old = append(old, p)
				size -= len(c.text)
			case rules.ArchiveMonths > 0 && b.month <= monthOf(in.Now).before(rules.ArchiveMonths):
				if strings.TrimSpace(c.text) != "" || p.heading != "" {
					old = append(old, p)
					size -= len(c.text)
				}
			case c.anchor != "":
				kept = append(kept, p)
			}
		}
	}
	if size <= rules.MaxBytes || len(kept) < 2 {
		return old
	}
	byAge := slices.Clone(kept)
	slices.SortStableFunc(byAge, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.month, b.month), cmp.Compare(AnchoredAt(a.anchor), AnchoredAt(b.anchor)))
	})
	byAge = byAge[:len(byAge)-1]
	slices.SortStableFunc(byAge, func(a, b piece) int {
		return cmp.Compare(resolvedLast(a, rules.Done), resolvedLast(b, rules.Done))
	})
	moves := map[string]bool{}
	for _, p := range byAge {
		if size <= rules.MaxBytes*fullShare/100 {
			break
		}
		size -= len(p.text)
		moves[p.anchor] = true
	}
	for _, p := range kept {
		if moves[p.anchor] {
			old = append(old, p)
		}
	}
	return old
}

// inArchive reports whether an archive page of a month, of those that were read,
// has an entry.
func inArchive(in Input, m month, anchor string) bool {
	texts, _ := archiveTexts(in, m)
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, anchorMark(anchor)) })
}

// resolvedLast sorts the entries that are resolved before the others.
func resolvedLast(p piece, done []string) int {
	if p.done(done) {
		return 0
	}
	return 1
}

// Archive puts entries on an archive page, and keeps those true that are there.
type Archive struct {
	Month month
	// Heading is the line above the month where it is not there yet.
	Heading string
	Pieces  []piece
	// Redacted are as on the noticeboard.
	Redacted []BoardEntry
	State    registry.PageState
}

// Apply adds what is not there. What is there already gets what the pieces have
// more.
func (a Archive) Apply(text string) (string, error) {
	after, err := a.apply(text, union)
	if _, broken := errors.AsType[*wikitext.RegionError](err); broken {
		return a.apply(text, both)
	}
	return after, err
}

// apply brings two copies of one entry together with join.
func (a Archive) apply(text string, join func(a, b string) string) (string, error) {
	return edit(text, place{id: BoardRegion, state: a.State, appends: true, mayBeEmptied: true}, func(body string) (string, error) {
		blocks := parseBoard(dropLeft(body))
		for _, p := range a.Pieces {
			blocks = a.add(blocks, p, join)
		}
		return redact(joinBlocks(blocks), a.Redacted), nil
	})
}

// add puts one piece into its month. An entry goes before the first that is older.
func (a Archive) add(blocks []block, p piece, join func(a, b string) string) []block {
	p.text = redact(withoutPings(p.text), a.Redacted)
	var there *chunk
	for i := range blocks {
		for j := range blocks[i].chunks {
			c := &blocks[i].chunks[j]
			if p.anchor == "" || !strings.Contains(c.text, anchorMark(p.anchor)) {
				continue
			}
			if includes(c.text, p.text) {
				return blocks
			}
			if there == nil {
				there = c
			}
		}
	}
	if there != nil {
		there.text = endLine(join(there.text, p.text))
		return blocks
	}
	at := slices.IndexFunc(blocks, func(b block) bool {
		own, other := strings.Fields(b.heading), strings.Fields(p.heading)
		return b.month == p.month && (b.plain || within(own, other) || within(other, own))
	})
	switch {
	case at < 0:
		blocks = append(blocks, block{month: p.month, heading: cmp.Or(p.heading, a.Heading) + "\n", chunks: []chunk{{}}})
		at = len(blocks) - 1
		endBlock(&blocks[at-1])
	case len(p.heading) > len(strings.TrimSpace(blocks[at].heading)) || p.heading != "" && blocks[at].plain:
		blocks[at].heading, blocks[at].plain = p.heading+"\n", false
	}
	b := &blocks[at]
	if p.anchor == "" {
		if strings.TrimSpace(p.text) != "" && !strings.Contains(b.chunks[0].text, strings.TrimSpace(p.text)) {
			b.chunks[0].text = endLine(join(b.chunks[0].text, p.text))
		}
		return blocks
	}
	to := 1
	for to < len(b.chunks) && AnchoredAt(b.chunks[to].anchor) > AnchoredAt(p.anchor) {
		to++
	}
	b.chunks[to-1].text = endLine(b.chunks[to-1].text)
	b.heading = endLine(b.heading)
	p.text = endLine(p.text)
	b.chunks = slices.Insert(b.chunks, to, p.chunk)
	return blocks
}

// endLine ends a text with a line break, unless it is empty.
func endLine(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// archivePages plans the archive pages that have to change, and returns the
// pieces that the archives hold as they are, which may leave the noticeboard.
// Without the texts of the pages nothing moves.
func archivePages(in Input, redacted []BoardEntry, told map[string][]Notice) (pages []Page, held []piece) {
	rules := in.Rules.Noticeboard
	moves := map[month][]piece{}
	for _, p := range piecesToMove(in, in.Board[rules.Page]) {
		moves[p.month] = append(moves[p.month], p)
	}
	var months []month
	for m := range moves {
		months = append(months, m)
	}
	for title := range in.Board {
		if m, _, ok := readArchiveTitle(rules.Page, title); ok && !slices.Contains(months, m) {
			months = append(months, m)
		}
	}
	slices.Sort(months)
	for _, m := range months {
		texts, whole := archiveTexts(in, m)
		if !whole {
			continue
		}
		parts := allot(moves[m], texts, rules.MaxBytes)
		for i := range max(len(parts), len(texts)) {
			page, all := archivePage(in, m, i+1, partOf(parts, i), partOf(texts, i), redacted, told)
			if all {
				held = append(held, partOf(parts, i)...)
			} else {
				pages = append(pages, page)
			}
		}
	}
	return pages, held
}

func partOf[T any](list []T, i int) (none T) {
	if i < len(list) {
		return list[i]
	}
	return none
}

// archiveTexts are the texts of the archive pages of a month, up to the first that
// is missing; whole is false where one was not read.
func archiveTexts(in Input, m month) (texts []string, whole bool) {
	for n := 1; ; n++ {
		text, read := in.Board[archiveTitle(in.Rules.Noticeboard.Page, m, n)]
		if !read || text == "" {
			return texts, read
		}
		texts = append(texts, text)
	}
}

// allot gives each piece of a month its page: the one that has its entry, else the
// last one, as long as there is room, or one more.
func allot(pieces []piece, texts []string, most int) [][]piece {
	parts, sizes := make([][]piece, len(texts)), make([]int, len(texts))
	for i, text := range texts {
		sizes[i] = len(text)
	}
	for _, p := range pieces {
		at := slices.IndexFunc(texts, func(text string) bool {
			if p.anchor == "" {
				return p.heading != "" && strings.Contains(text, p.heading) || sharesLine(text, p.text)
			}
			return strings.Contains(text, anchorMark(p.anchor))
		})
		if at < 0 {
			at = len(parts) - 1
			if at < 0 || sizes[at] > 0 && sizes[at]+len(p.text) > most {
				parts, sizes = append(parts, nil), append(sizes, 0)
				at++
			}
		}
		sizes[at] += len(p.text)
		parts[at] = append(parts[at], p)
	}
	return parts
}

// sharesLine reports whether a page has a line of a text that is more than a word.
func sharesLine(page, text string) bool {
	lines := strings.Split(page, "\n")
	return slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
		return len(strings.Fields(line)) > 1 && slices.Contains(lines, line)
	})
}

// archivePage plans one archive page; held is true where it is as it should be.
func archivePage(in Input, m month, part int, pieces []piece, text string, redacted []BoardEntry, told map[string][]Notice) (page Page, held bool) {
	rules := in.Rules.Noticeboard
	title := archiveTitle(rules.Page, m, part)
	state := in.View.Pages[RegionName(title, BoardRegion)]
	change := Archive{Month: m, Heading: m.heading(in.Words), Pieces: pieces, State: state}
	for _, e := range redacted {
		if strings.Contains(text, e.mark()) || slices.ContainsFunc(pieces, func(p piece) bool { return p.anchor == e.Anchor }) {
			change.Redacted = append(change.Redacted, e)
		}
	}
	page = Page{
		Title: title, Region: BoardRegion, Scope: Notices, Minor: true, MayCreate: state == "",
		Intro:   in.Words.Text("board-archive-intro", "[[:"+rules.Page+"]]") + "\n",
		Changes: []Change{change}, Notices: told[title], Leads: len(pieces) > 0,
		Summary: in.Words.Text("board-summary-archive", rules.Page, strconv.Itoa(len(pieces))),
	}
	if len(pieces) == 0 {
		page.Summary = in.Words.Text("board-summary-out")
	}
	if len(told[title]) > 0 {
		return page, false
	}
	if text == "" {
		return page, len(pieces) == 0
	}
	after, err := change.Apply(text)
	return page, after == text || err != nil && len(pieces)+len(change.Redacted) == 0
}

// archiveLink links to an archive page.
func archiveLink(in Input, title string) string {
	m, part, _ := readArchiveTitle(in.Rules.Noticeboard.Page, title)
	label := m.named(in.Words)
	if part > 1 {
		label = in.Words.Text("board-archives-part", label, strconv.Itoa(part))
	}
	return fmt.Sprintf("[[:%s|%s]]", title, label)
}
