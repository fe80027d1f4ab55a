// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where a mention counts: in added text, and not in a citation.

package detect

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// spans are sorted stretches of text that do not overlap.
type spans []wikitext.Span

// overlap reports whether any of the spans shares a byte with s.
func (ss spans) overlap(s wikitext.Span) bool {
	i := sort.Search(len(ss), func(i int) bool { return ss[i].End > s.Start })
	return i < len(ss) && ss[i].Start < s.End
}

// merge sorts spans and joins those that overlap.
func merge(ss []wikitext.Span) spans {
	slices.SortFunc(ss, func(a, b wikitext.Span) int { return cmp.Compare(a.Start, b.Start) })
	var merged spans
	for _, s := range ss {
		if k := len(merged) - 1; k >= 0 && s.Start <= merged[k].End {
			merged[k].End = max(merged[k].End, s.End)
		} else {
			merged = append(merged, s)
		}
	}
	return merged
}

// citations returns where sources are cited: that is no discussion of them.
func citations(doc *wikitext.Document, templates []wikitext.Template) spans {
	var cited []wikitext.Span
	for tag := range doc.Tags("ref") {
		cited = append(cited, wikitext.Span{Start: tag.Start, End: tag.End})
	}
	for _, t := range templates {
		name := templateName(t)
		if name == "citation" || name == "cite" || strings.HasPrefix(name, "cite ") {
			cited = append(cited, wikitext.Span{Start: t.Start, End: t.End})
		}
	}
	return merge(cited)
}

// templateName returns the name of a template in lower case, without its
// namespace.
func templateName(t wikitext.Template) string {
	if len(t.Name) > 255 {
		return ""
	}
	name := strings.ToLower(wikitext.NormalizeTitle(t.Name))
	return strings.TrimSpace(strings.TrimPrefix(name, "template:"))
}
