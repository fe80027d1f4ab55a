// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the text of a noticeboard is taken apart: into months, and
// those into entries with what people wrote below them. Put together again it is
// the same text, byte for byte.

package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// month is one such as "2026-11"; "" is none. The later one is the greater.
type month string

func monthOf(t time.Time) month { return month(t.UTC().Format("2006-01")) }

// before is the month n months earlier; of none it is none.
func (m month) before(n int) month {
	t, err := time.Parse("2006-01", string(m))
	if err != nil {
		return ""
	}
	return monthOf(t.AddDate(0, -n, 0))
}

// named is the month in words.
func (m month) named(words *messages.Set) string {
	year, number, _ := strings.Cut(string(m), "-")
	return words.Text("board-month-"+number, year)
}

// heading is the line above the entries of a month. Its anchor stays the same in
// all languages, so that links to it last and the bot finds it again.
func (m month) heading(words *messages.Set) string {
	return fmt.Sprintf(`== <span id="codesteward-%s"></span>%s ==`, m, m.named(words))
}

var monthAnchor = regexp.MustCompile(`<span id="codesteward-([0-9]{4}-(?:0[1-9]|1[0-2]))"></span>`)

// monthName is how a month is written in a language: the year is between the two
// parts.
type monthName struct{ before, after, number string }

var monthNames = sync.OnceValue(func() []monthName {
	var all []monthName
	for n := 1; n <= 12; n++ {
		number := fmt.Sprintf("%02d", n)
		messages.All("board-month-"+number, func(_, text string) {
			if before, after, ok := strings.Cut(text, "$1"); ok {
				all = append(all, monthName{before, after, number})
			}
		})
	}
	return all
})

// readMonth reads a heading without markup in any language that is known.
func readMonth(title string) month {
	for _, name := range monthNames() {
		year, ok := strings.CutPrefix(title, name.before)
		year, ends := strings.CutSuffix(year, name.after)
		if _, err := time.Parse("2006", year); ok && ends && err == nil {
			return month(year + "-" + name.number)
		}
	}
	return ""
}

// block is a month of a noticeboard, or what stands between months, which is
// people's.
type block struct {
	month   month  // "" for what is people's
	heading string // its line, with the line break
	// plain says that nobody has written anything into the heading.
	plain bool
	// chunks are the text below the heading: what stands before the first entry,
	// and each entry with all until the next one. Of what is people's, there is
	// one.
	chunks []chunk
}

// chunk is a piece of a month.
type chunk struct {
	// anchor is that of the entry, "" for what stands before the first.
	anchor string
	text   string
}

func (b block) String() string {
	var s strings.Builder
	s.WriteString(b.heading)
	for _, c := range b.chunks {
		s.WriteString(c.text)
	}
	return s.String()
}

// blank reports whether nothing but white space stands below the heading.
func (b block) blank() bool {
	return !slices.ContainsFunc(b.chunks, func(c chunk) bool { return strings.TrimSpace(c.text) != "" })
}

func joinBlocks(blocks []block) string {
	var s strings.Builder
	for _, b := range blocks {
		s.WriteString(b.String())
	}
	return s.String()
}

// parseBoard takes the body of a noticeboard's region apart. The first block is
// what stands above all months, and may be empty.
func parseBoard(body string) []block {
	d := wikitext.Parse(body)
	blocks := []block{{}}
	from, level := 0, 0 // of the block that is being read
	cut := func(to int) {
		last := &blocks[len(blocks)-1]
		text := body[from:to]
		if last.month == "" {
			last.chunks = []chunk{{text: text}}
		} else {
			last.chunks = chunksOf(text)
		}
	}
	for h := range d.Headings() {
		start := strings.LastIndexByte(body[:h.Start], '\n') + 1
		end := len(body)
		if n := strings.IndexByte(body[h.End:], '\n'); n >= 0 {
			end = h.End + n + 1
		}
		line := body[start:end]
		m, plain := monthAt(line, h.Title)
		of := blocks[len(blocks)-1].month
		if m == "" && (of == "" || h.Level > level) || start < from {
			continue
		}
		cut(start)
		b := block{month: m}
		from, level = start, h.Level
		if m != "" {
			b.heading, b.plain, from = line, plain, end
		}
		blocks = append(blocks, b)
	}
	cut(len(body))
	return blocks
}

// monthAt reads the month in a heading, and whether that is all that stands in
// its line.
func monthAt(line, title string) (m month, plain bool) {
	if found := monthAnchor.FindStringSubmatchIndex(line); found != nil {
		m = month(line[found[2]:found[3]])
		title = strings.Replace(title, line[found[0]:found[1]], "", 1)
	} else if m = readMonth(wikitext.Plain(title)); m == "" {
		return "", false
	}
	bare := strings.Trim(monthAnchor.ReplaceAllString(strings.TrimSpace(line), ""), "= ")
	return m, bare == title && readMonth(title) == m
}

// chunksOf takes what stands below the heading of a month apart, where lines with
// the anchor of an entry begin that are not inside of something else.
func chunksOf(text string) []chunk {
	var inside []wikitext.Node
	d := wikitext.Parse(text)
	for n := range d.Nodes() {
		switch n.Kind {
		case wikitext.TemplateNode, wikitext.FunctionNode, wikitext.ParameterNode, wikitext.CommentNode, wikitext.NowikiNode, wikitext.TagNode, wikitext.TableNode:
			if strings.Contains(text[n.Start:n.End], "\n") {
				inside = append(inside, n)
			}
		}
	}
	chunks := []chunk{{}}
	from := 0
	for _, found := range entryAnchor.FindAllStringSubmatchIndex(text, -1) {
		start := strings.LastIndexByte(text[:found[0]], '\n') + 1
		nested := slices.ContainsFunc(inside, func(n wikitext.Node) bool {
			return n.Start < start && start < n.End || n.Start < found[0] && found[0] < n.End
		})
		if nested || start < from || start == from && len(chunks) > 1 {
			continue // the second one of its line
		}
		chunks[len(chunks)-1].text = text[from:start]
		chunks = append(chunks, chunk{anchor: text[found[2]:found[3]]})
		from = start
	}
	chunks[len(chunks)-1].text = text[from:]
	return chunks
}

// done reports whether a template of people's marks the entry as resolved; names
// are those of the templates, in any case of their first letters.
func (c chunk) done(names []string) bool {
	if c.anchor == "" || !strings.Contains(c.text, "{{") {
		return false
	}
	for t := range wikitext.Parse(c.text).Templates() {
		if slices.ContainsFunc(names, func(name string) bool { return templateKey(name) == templateKey(t.Name) }) {
			return true
		}
	}
	return false
}

// templateKey is the same for all spellings of a template's name.
func templateKey(name string) string {
	name = strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
	if space, rest, ok := strings.Cut(name, ":"); ok && strings.EqualFold(strings.TrimSpace(space), "template") {
		name = strings.TrimSpace(rest)
	}
	return wikitext.NormalizeTitle(name)
}
