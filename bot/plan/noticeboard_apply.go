// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the edit of the noticeboard.

package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Board is the edit of the noticeboard: what it adds, takes out, and takes off.
type Board struct {
	Page    string       // its title
	Entries []BoardEntry // newest first
	// Rewritten are entries that may stand there and have other words now: those
	// that say what is hidden, or was taken back.
	Rewritten []BoardEntry
	// Cuts are what the archive holds exactly as it stands here.
	Cuts []piece
	// Old is the last month that goes when nothing stands in it, "" for none.
	Old month
	// Links are those to archives that are known. Others stay in the list.
	Links []string
	// Archives, All and Counts are the words of the line above the months, Done
	// the templates that mark an entry as resolved.
	Archives, All, Counts string
	Done                  []string
	Append                bool
	State                 registry.PageState
}

const (
	headBegin, headEnd = "<!-- codesteward archives -->", "<!-- /codesteward archives -->"
	// slot stands in words for what is put in when the page is at hand; no text
	// of a page has it.
	slot = "\x00"
	// linksShown is how many archives are linked to from the noticeboard.
	linksShown = 12
)

var (
	headLine     = regexp.MustCompile(regexp.QuoteMeta(headBegin) + `[^\n]*?` + regexp.QuoteMeta(headEnd))
	archiveLabel = regexp.MustCompile(`\[\[:([^\[\]|\n]+)\|[^\[\]\n]*\]\]`)
)

// Apply adds the entries that are not on the page yet, newest first, under the
// heading of their month, rewrites those that have to be, and takes off what the
// archive holds, if it still stands there as it was. Nothing else is touched.
func (b Board) Apply(text string) (string, error) {
	return edit(text, place{id: BoardRegion, state: b.State, appends: b.Append, mayBeEmptied: true}, func(body string) (string, error) { return b.rewrite(text, body), nil })
}

// rewrite returns the region's body as it should be.
func (b Board) rewrite(page, body string) string {
	if strings.TrimSpace(body) == "" {
		body = ""
	}
	blocks := b.cut(parseBoard(dropLeft(body)))
	for _, e := range slices.Backward(b.Entries) {
		if !strings.Contains(page, e.mark()) {
			blocks = insertEntry(blocks, e)
		}
	}
	after := redact(joinBlocks(blocks), b.Rewritten)
	links := b.links(headLine.FindString(body))
	if after == body && !slices.ContainsFunc(b.Links, func(l string) bool { return !strings.Contains(body, upToLabel(l)) }) {
		return body // counts alone are no reason
	}
	return b.withHead(after, links)
}

// cut takes off what the archive holds.
func (b Board) cut(blocks []block) []block {
	var kept []block
	for _, bl := range blocks {
		if bl.month == "" {
			kept = append(kept, bl)
			continue
		}
		heading := strings.TrimRight(bl.heading, "\n")
		taken, named := false, bl.plain
		var chunks []chunk
		for _, c := range bl.chunks {
			gone := slices.ContainsFunc(b.Cuts, func(p piece) bool {
				same := p.month == bl.month && p.anchor == c.anchor && strings.TrimRight(p.text, "\n") == strings.TrimRight(c.text, "\n")
				named = named || same && p.anchor == "" && p.heading == heading
				return same
			})
			taken = taken || gone
			switch {
			case !gone:
				chunks = append(chunks, c)
			case c.anchor == "":
				chunks = append(chunks, chunk{})
			}
		}
		bl.chunks = chunks
		if bl.blank() && named && (taken || bl.month <= b.Old) {
			continue
		}
		kept = append(kept, bl)
	}
	return kept
}

// insertEntry puts an entry on top of its month, below what people wrote there.
func insertEntry(blocks []block, e BoardEntry) []block {
	m := monthOf(e.Time)
	at := slices.IndexFunc(blocks, func(b block) bool { return b.month == m })
	if at < 0 {
		at = monthPlace(blocks, m)
		endBlock(&blocks[at-1])
		blocks = slices.Insert(blocks, at, block{month: m, heading: e.Heading + "\n", plain: true, chunks: []chunk{{}}})
	}
	b := &blocks[at]
	b.heading = endLine(b.heading)
	top := &b.chunks[0]
	new := chunk{anchor: e.Anchor, text: e.text()}
	for range wikitext.Parse(top.text).Headings() { // the others stand under one of people's
		new.text, top.text = new.text+top.text, ""
		break
	}
	top.text = endLine(top.text)
	b.chunks = slices.Insert(b.chunks, 1, new)
	return blocks
}

// endBlock has a block end with a line break.
func endBlock(b *block) {
	if n := len(b.chunks) - 1; n >= 0 && b.chunks[n].text != "" {
		b.chunks[n].text = endLine(b.chunks[n].text)
	} else {
		b.heading = endLine(b.heading)
	}
}

// monthPlace returns where a new month goes: before the first that is older, or
// behind the last.
func monthPlace(blocks []block, m month) int {
	last := len(blocks)
	for i, b := range blocks {
		if b.month != "" && b.month < m {
			return i
		}
		if b.month != "" {
			last = i + 1
		}
	}
	return last
}

// links are those to all archives, the newest first: those that are known, and
// those that the list has.
func (b Board) links(head string) []string {
	all := slices.Clone(b.Links)
	for _, link := range archiveLabel.FindAllString(head, -1) {
		if _, _, ok := readArchiveTitle(b.Page, titleIn(link)); ok && !slices.ContainsFunc(all, func(l string) bool { return upToLabel(l) == upToLabel(link) }) {
			all = append(all, link)
		}
	}
	slices.SortFunc(all, func(x, y string) int {
		m, part, _ := readArchiveTitle(b.Page, titleIn(x))
		n, other, _ := readArchiveTitle(b.Page, titleIn(y))
		return cmp.Or(cmp.Compare(n, m), cmp.Compare(part, other))
	})
	return all
}

// upToLabel is the beginning of a link, up to its label.
func upToLabel(link string) string { return link[:strings.IndexByte(link, '|')+1] }

func titleIn(link string) string {
	return strings.TrimSuffix(strings.TrimPrefix(upToLabel(link), "[[:"), "|")
}

// withHead writes the line above the months anew: links to the archives, and how
// many entries are resolved. There is none while there is nothing to say.
func (b Board) withHead(body string, links []string) string {
	open, resolved := b.tally(body)
	has := headLine.MatchString(body)
	if len(links) == 0 && resolved == 0 && !has {
		return body
	}
	var parts []string
	if len(links) > linksShown {
		links = append(links[:linksShown:linksShown], fmt.Sprintf("[[Special:PrefixIndex/%s%s|%s]]", b.Page, archiveFolder, b.All))
	}
	if len(links) > 0 {
		parts = append(parts, strings.Replace(b.Archives, slot, strings.Join(links, " · "), 1))
	}
	counts := strings.Replace(b.Counts, slot+slot, strconv.Itoa(resolved), 1)
	parts = append(parts, strings.Replace(counts, slot, strconv.Itoa(open), 1))
	head := headBegin + strings.Join(parts, " — ") + headEnd
	if !has {
		return head + "\n" + body
	}
	at := headLine.FindStringIndex(body)
	return body[:at[0]] + head + body[at[1]:]
}

// tally counts the entries, and those that people have marked as resolved.
func (b Board) tally(body string) (open, resolved int) {
	for _, bl := range parseBoard(body) {
		for _, c := range bl.chunks {
			switch {
			case c.anchor == "":
			case c.done(b.Done):
				resolved++
			default:
				open++
			}
		}
	}
	return open, resolved
}

// dropLeft takes the line out that says that the region is not kept up, for one
// that is back in the rules.
func dropLeft(body string) string {
	if !strings.Contains(body, droppedMark) {
		return body
	}
	return strings.Join(keptUp(strings.Split(body, "\n")), "\n")
}
