// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where a mention counts: in added text, and not where sources
// are cited, code is shown or somebody signs.

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

// quiet is where nothing counts.
type quiet struct{ citations, code spans }

// against returns what speaks against a reference, "" if nothing does.
func (p *page) against(ref reference) string {
	if p.silence != "" {
		return p.silence
	}
	if !p.isNew(ref.name) {
		return "not added by this edit"
	}
	if p.quiet == nil {
		p.quiet = p.quietPlaces()
	}
	switch {
	case p.quiet.citations.overlap(ref.name):
		return "inside a citation"
	case p.quiet.code.overlap(ref.name):
		return "inside code"
	case p.inSignature(ref.name):
		return "inside a signature"
	case p.isCopy(ref.Span):
		return "signed long before the edit: moved or copied"
	}
	return ""
}

// quietPlaces returns where sources are cited, which is no discussion of them,
// and where code is shown.
func (p *page) quietPlaces() *quiet {
	var cited []wikitext.Span
	shown := codes(p.masked())
	for tag := range p.doc.Tags("ref") {
		cited = append(cited, wikitext.Span{Start: tag.Start, End: tag.End})
	}
	spaces := p.templateSpaces()
	for _, t := range p.templates() {
		switch name := templateName(t, spaces); {
		case isCitation(name):
			cited = append(cited, wikitext.Span{Start: t.Start, End: t.End})
		case codeTemplates[name]:
			shown = append(shown, wikitext.Span{Start: t.Start, End: t.End})
		}
	}
	return &quiet{citations: merge(cited), code: merge(shown)}
}

// codeTemplates show their arguments as code.
var codeTemplates = set("code codes pre prettyprint codenowiki")

// citationWords begin the names of templates that cite a source, in the
// languages of many wikis; a word ends with the name or a space.
var citationWords = []string{
	"cite", "citation", "cita", "citar", "citat", "citace", "cytuj", "citeer", "citer", "citation bloc", "lien web", "ouvrage", "article",
	"internetquelle", "literatur", "webref", "bokref", "webbref", "tidningsref", "kilde", "kilde www", "kilde bok", "kilde bog", "verkkoviite",
	"kirjaviite", "lehtiviite", "web kaynağı", "kitap kaynağı", "haber kaynağı", "citweb", "citlib", "ref-web", "ref-llibre", "ref-notícia",
	"ref-publicació", "erreferentzia", "книга", "статья", "публикация", "стаття", "цитат", "цитиране", "цитата", "подробности", "sfn", "harvnb",
	"harvard", "efn", "refn", "r", "يادکرد", "یادکرد", "یادکرد وب", "استشهاد", "مرجع", "صحيفة", "הערה", "צ-ספר", "צ-מאמר", "קישור כללי",
	"chú thích", "웹 인용", "뉴스 인용", "서적 인용", "저널 인용", "인용", "引用", "參考", "स्रोत", "उद्धरण", "वेब सन्दर्भ", "βιβλίο", "cite",
	"chú thích web", "وب",
}

var citationNames = func() map[string]bool {
	names := map[string]bool{}
	for _, word := range citationWords {
		names[word] = true
	}
	return names
}()

// isCitation reports whether a template of a name cites a source.
func isCitation(name string) bool {
	if citationNames[name] {
		return true
	}
	first, _, ok := strings.Cut(name, " ")
	return ok && len(first) > 1 && citationNames[first] && name != "citation needed" && name != "cita requerida"
}

// codes returns what stands between <code> and </code>. A tag that is not
// closed is none.
func codes(text string) spans {
	const opening, closing = "<code", "</code>"
	var found spans
	for i := 0; ; {
		n := indexFold(text[i:], opening)
		if n < 0 {
			return found
		}
		start := i + n
		i = start + len(opening)
		if i < len(text) && text[i] != '>' && text[i] != ' ' {
			continue
		}
		n = indexFold(text[i:], closing)
		if n < 0 {
			return found
		}
		i += n + len(closing)
		found = append(found, wikitext.Span{Start: start, End: i})
	}
}

// indexFold is strings.Index for a tag, whose name may have capitals.
func indexFold(text, tag string) int {
	for i := 0; ; {
		n := strings.IndexByte(text[i:], '<')
		if n < 0 || i+n+len(tag) > len(text) {
			return -1
		}
		if i += n; strings.EqualFold(text[i:i+len(tag)], tag) {
			return i
		}
		i++
	}
}
