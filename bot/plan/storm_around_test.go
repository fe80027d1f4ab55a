// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what people do in a storm around the tables: text outside of
// regions, the noticeboard, archives, and damage to pages.

package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
)

// outsideTexts are what people write around regions.
var outsideTexts = []string{
	"%s", "== %s ==", "* %s\n** x", "{{box|%s}}", "<!-- %s -->", "{| class=\"wikitable\"\n! Item !! Notes ✎\n|-\n| x || %s\n|}", "", "<nowiki>%s <!-- begin gadgets --></nowiki>",
	"----\n%s", " %s", "[[Category:%s]]", "<ref>%s</ref>", "''%s", "&lt;!-- codesteward begin tools %s -->", "{{#if:x|%s}}", "<pre>\n%s\n</pre>",
}

// outside adds a line to a page where no region is.
func (s *storm) outside() string {
	title := s.page()
	if title == "" {
		return ""
	}
	text := s.text[title]
	if strings.Count(text, "\n") > 120 {
		return s.takeOutside()
	}
	var places []int
	for i := range len(text) + 1 {
		if i == 0 || i == len(text) || text[i-1] == '\n' {
			places = append(places, i)
		}
	}
	closed := s.closed(text)
	places = slices.DeleteFunc(places, closed)
	if len(places) == 0 {
		return ""
	}
	at := pick(s.Rand, places)
	line := strings.ReplaceAll(pick(s.Rand, outsideTexts), "%s", s.word(true))
	if at == len(text) && text != "" && !strings.HasSuffix(text, "\n") {
		line = "\n" + line
	} else {
		line += "\n"
	}
	s.text[title] = text[:at] + line + text[at:]
	return "outside of " + title
}

// page picks a page that stands in good order.
func (s *storm) page() string {
	var all []string
	for _, title := range slices.Sorted(maps.Keys(s.text)) {
		if _, ok := s.damaged[title]; !ok {
			all = append(all, title)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return pick(s.Rand, all)
}

// closed tells places that are in a region, its markers' lines included, or in
// something that people have opened.
func (s *storm) closed(text string) func(i int) bool {
	var spans [][2]int
	for _, id := range stormRegions {
		if start, end, ok := bounds(id, text); ok {
			spans = append(spans, [2]int{strings.LastIndexByte(text[:start-1], '\n') + 1, end + 1})
		}
	}
	return func(i int) bool {
		for _, span := range spans {
			if i > span[0] && i <= span[1] {
				return true
			}
		}
		for _, pair := range [][2]string{{"{|", "|}"}, {"<pre>", "</pre>"}, {"{{", "}}"}} {
			if strings.Count(text[:i], pair[0]) > strings.Count(text[:i], pair[1]) {
				return true
			}
		}
		return false
	}
}

// takeOutside takes a line of people's out.
func (s *storm) takeOutside() string {
	title := s.page()
	text := s.text[title]
	closed, start := s.closed(text), 0
	for line := range strings.Lines(text) {
		whole := strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(whole, "w") && len(stormWord.FindString(whole)) == len(whole) && !closed(start) && s.IntN(2) == 0 {
			s.text[title] = text[:start] + text[start+len(line):]
			return "take out " + whole
		}
		start += len(line)
	}
	return ""
}

// boardLines are the lines of the board's region, and where they begin.
func (s *storm) boardLines() (lines []string, at []int) {
	text := s.text[stormBoard]
	start, end, ok := bounds(plan.BoardRegion, text)
	if _, broken := s.damaged[stormBoard]; !ok || broken {
		return nil, nil
	}
	for line := range strings.Lines(text[start:end]) {
		lines, at = append(lines, line), append(at, start)
		start += len(line)
	}
	return lines, at
}

// boardReply answers below an entry.
func (s *storm) boardReply() string {
	lines, at := s.boardLines()
	if len(lines) == 0 {
		return ""
	}
	i := s.IntN(len(lines))
	if !strings.HasPrefix(lines[i], "*") || len(lines) > 60 {
		return ""
	}
	end := at[i] + len(lines[i])
	text := s.text[stormBoard]
	s.text[stormBoard] = text[:end] + pick(s.Rand, []string{"*: ", "** ", ": "}) + s.word(true) + " {{done}} ~~~~\n" + text[end:]
	return "reply"
}

// boardStrike strikes an entry or takes it off, with the answers it has.
func (s *storm) boardStrike() string {
	lines, at := s.boardLines()
	if len(lines) == 0 {
		return ""
	}
	i := s.IntN(len(lines))
	if !strings.HasPrefix(lines[i], "* ") {
		return ""
	}
	text := s.text[stormBoard]
	line, struck := strings.TrimSuffix(lines[i], "\n"), ""
	if s.IntN(2) == 0 {
		struck = "* <s>" + strings.TrimPrefix(line, "* ") + "</s>\n"
	}
	s.text[stormBoard] = text[:at[i]] + struck + text[at[i]+len(lines[i]):]
	return "strike"
}

// inRegion writes into a region beside the table, where nothing lasts.
func (s *storm) inRegion() string {
	g, ok := s.grid()
	if !ok {
		return ""
	}
	s.replace(g, 0, 0, s.word(false)+"\n")
	return "text in region"
}

// blankLines adds empty lines, which mean nothing.
func (s *storm) blankLines() string {
	g, ok := s.grid()
	if !ok || len(g.rows) == 0 {
		return ""
	}
	for _, at := range []int{len(g.body), pick(s.Rand, g.rows).Start, 0} {
		if s.IntN(2) == 0 {
			s.replace(g, at, at, "\n")
		}
	}
	return "blank lines"
}

// archive copies or moves rows to a page of people's.
func (s *storm) archive() string {
	g, ok := s.grid()
	if !ok || len(g.items) == 0 {
		return ""
	}
	r := pick(s.Rand, g.items)
	if len(s.text[stormScrap]) > 2000 {
		s.text[stormScrap] = "Emptied."
	}
	s.text[stormScrap] += "\n{|\n" + g.source(r) + "|}"
	if s.IntN(2) == 0 {
		g.setRow(s, r, "")
	}
	return "archive row " + r.ID
}

// damage is a page that a person has broken.
type damage struct {
	region string // that it is about, "" for the whole page
	what   string
	must   bool   // the bot must not write there
	good   string // the page before
}

// form is a way to break a region.
type form struct{ what, bad string }

// damages are ways to break a region of which the markers and the body are given.
func damages(region, begin, body, finish string) []form {
	whole := begin + body + finish
	return []form{
		{"begin only", begin + body},
		{"end only", body + finish},
		{"no region", body},
		{"the begin marker is doubled", begin + begin + body + finish},
		{"the end marker is doubled", begin + body + finish + "\n" + finish},
		{"the region is doubled", whole + "\n" + whole},
		{"the markers are swapped", finish + "\n" + body + strings.TrimSuffix(begin, "\n")},
		{"another region begins in it", begin + "<!-- codesteward begin other -->\n" + body + "<!-- codesteward end other -->\n" + finish},
		{"another region crosses it", begin + "<!-- codesteward begin other -->\n" + body + finish + "\n<!-- codesteward end other -->"},
		{"it stands in another region", "<!-- codesteward begin other -->\n" + whole + "\n<!-- codesteward end other -->"},
		{"nowiki", "<nowiki>" + whole + "</nowiki>"},
		{"nowiki around it", "<nowiki>\n" + whole + "\n</nowiki>"},
		{"pre around it", "<pre>\n" + whole + "\n</pre>"},
		{"a comment around it", "<!-- \n" + strings.ReplaceAll(whole, "-->", "-- >") + "\n-->"},
		{"a template around it", "{{box|\n" + whole + "\n}}"},
		{"a parameter around it", "{{{box|\n" + whole + "\n}}}"},
		{"a cell around it", "{|\n|\n" + begin + body + finish + " x\n|}"},
		{"a begin marker in a paragraph", "Hello " + whole},
		{"a begin marker before a word", strings.TrimSuffix(begin, "\n") + "Hello\n" + body + finish},
		{"an end marker in a paragraph", begin + body + "So " + finish},
		{"begin and end on one line", strings.TrimSuffix(begin, "\n") + finish},
		{"a marker that is not closed", strings.Replace(begin, "-->", "", 1) + body + finish},
		{"a marker over two lines", strings.Replace(begin, " (", "\n(", 1) + body + finish},
		{"other letters", strings.Replace(begin, "begin "+region, "begin "+strings.ToUpper(region), 1) + body + finish},
		{"the note is gone from the end", begin + body + strings.Replace(finish, "-->", "", 1)},
	}
}

// hits reports whether the damage may keep a page back.
func (d damage) hits(page plan.Page) bool {
	return d.region == "" || d.region == page.Region || d.region == "all"
}

func (s *storm) anyDamaged() string {
	titles := slices.Sorted(maps.Keys(s.damaged))
	if len(titles) == 0 {
		return ""
	}
	return pick(s.Rand, titles)
}

// harm breaks a page. Until it is mended, people touch nothing else there.
func (s *storm) harm() string {
	name := pick(s.Rand, slices.Sorted(maps.Keys(s.view.Pages)))
	title, region := plan.PageOf(name), name[strings.LastIndexByte(name, '#')+1:]
	text := s.text[title]
	start, end, ok := bounds(region, text)
	if _, broken := s.damaged[title]; broken || !ok {
		return ""
	}
	begin := text[strings.LastIndexByte(text[:start-1], '\n')+1 : start]
	finish := text[end : end+strings.Index(text[end:], "-->")+len("-->")]
	body := text[start:end]
	all := damages(region, begin, body, finish)
	if region != plan.BoardRegion {
		all = append(all, form{"it is emptied", begin + finish})
		if i := strings.LastIndex(body, "\n|}"); i > 0 {
			all = append(all, form{"the table has no end", begin + body[:i] + "\n" + finish})
		}
	}
	if s.IntN(10) == 0 {
		all = []form{{"the page is blanked", ""}, {"the page is gone", "gone"}}
	}
	c := pick(s.Rand, all)
	d := damage{region: "all", what: c.what, must: true, good: text}
	switch c.what {
	case "the page is blanked":
		s.text[title] = ""
	case "the page is gone":
		delete(s.text, title)
	default:
		s.text[title] = text[:start-len(begin)] + c.bad + text[end+len(finish):]
		d.region = region
		if others := strings.Count(text, "<!-- codesteward begin"); others > 1 {
			d.region, d.must = "all", false
		}
	}
	s.damaged[title] = d
	return fmt.Sprintf("harm %s on %s: %s", region, title, c.what)
}

// mend undoes the damage.
func (s *storm) mend(title string) {
	d := s.damaged[title]
	s.text[title] = d.good
	delete(s.damaged, title)
	s.tell("mend " + title)
}
