// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what people do to the entries of the noticeboard: they take
// them off, strike them, and put them back.

package plan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

var (
	entryAnchor = regexp.MustCompile(`<span id="(cs-[^"<>]+)"></span>`)
	strikeTag   = regexp.MustCompile(`(?i)<(/?)(?:s|strike|del)(?:\s[^<>]*)?>`)
)

// Dismissals compares two texts of the noticeboard. It returns the anchors of the
// entries that were taken off or struck, and of those that stand there again, in
// their order.
func Dismissals(before, after string) (gone, back []string) {
	was, is := standing(before), standing(after)
	for _, anchor := range was {
		if !slices.Contains(is, anchor) {
			gone = append(gone, anchor)
		}
	}
	for _, anchor := range is {
		if !slices.Contains(was, anchor) {
			back = append(back, anchor)
		}
	}
	return gone, back
}

// standing returns the anchors of the entries that are not struck.
func standing(text string) []string {
	struck := strikes(text)
	var anchors []string
	for _, m := range entryAnchor.FindAllStringSubmatchIndex(text, -1) {
		end := len(text)
		if n := strings.IndexByte(text[m[1]:], '\n'); n >= 0 {
			end = m[1] + n
		}
		if n := entryAnchor.FindStringIndex(text[m[1]:end]); n != nil {
			end = m[1] + n[0]
		}
		covered := 0
		for _, s := range struck {
			covered += max(0, min(s[1], end)-max(s[0], m[1]))
		}
		if 2*covered <= end-m[1] || end == m[1] {
			anchors = append(anchors, text[m[2]:m[3]])
		}
	}
	return anchors
}

// strikes returns where a text is struck out, in its order. A tag that is not
// closed strikes nothing.
func strikes(text string) [][2]int {
	var found [][2]int
	start, depth := 0, 0
	for _, m := range strikeTag.FindAllStringSubmatchIndex(text, -1) {
		switch closing := m[2] < m[3]; {
		case !closing && depth == 0:
			start, depth = m[1], 1
		case !closing:
			depth++
		case depth == 1:
			found, depth = append(found, [2]int{start, m[0]}), 0
		case depth > 1:
			depth--
		}
	}
	return found
}

// Anchor is the id that the entry of a mention carries on the noticeboard, unique
// for item, revision and section.
func Anchor(m registry.Mention) string {
	return "cs-" + strconv.FormatInt(m.Revision, 10) + "-" + registry.RowID(m.As) + "-" + sectionHash(m.Section)
}

// AnchoredAt returns the revision of the mention whose entry has an anchor, 0
// where it is none of ours.
func AnchoredAt(anchor string) int64 {
	rest, ok := strings.CutPrefix(anchor, "cs-")
	number, _, more := strings.Cut(rest, "-")
	revision, err := strconv.ParseInt(number, 10, 64)
	if !ok || !more || err != nil {
		return 0
	}
	return revision
}

// spot is where an item was mentioned, whatever the revision.
type spot struct {
	item           registry.Key
	title, section string
}

func spotOf(m registry.Mention) spot { return spot{m.Item, m.Title, m.Section} }

// dismissedSpots are the places of mentions that people do not want on the
// noticeboard.
func dismissedSpots(v registry.View) map[spot]bool {
	spots := make(map[spot]bool, len(v.Dismissed))
	for _, m := range v.Dismissed {
		spots[spotOf(m)] = true
	}
	return spots
}
