// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the cells of a table like mw:Developers/Maintainers say:
// their text, the page they link to, and who they name now. Who is named as of
// the past is not named.

package survey

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// shown returns a copy of an element without what does not belong to its text:
// notes, edit links, addresses for mail, what is struck out, hidden or in a table
// of its own.
func shown(s *goquery.Selection) *goquery.Selection {
	s = s.Clone()
	s.Find("style, script, link, meta, sup.reference, .mw-editsection, s, strike, del, table").Remove()
	s.Find("a[href]").FilterFunction(func(_ int, a *goquery.Selection) bool { return isMail(a.AttrOr("href", "")) }).Remove()
	s.Find("[style], [class], [hidden]").FilterFunction(func(_ int, e *goquery.Selection) bool { return hidesItself(e) }).Remove()
	return s
}

// cellText is the text of an element on one line.
func cellText(s *goquery.Selection) string {
	s = shown(s)
	s.Find("br, p, li, div").BeforeHtml(" ")
	return oneLine(s.Text())
}

func isMail(address string) bool {
	scheme, _, _ := strings.Cut(strings.TrimSpace(address), ":")
	return strings.EqualFold(scheme, "mailto")
}

// spaceFile is the number of the namespace of files, the same on every wiki.
const spaceFile = 6

// firstPage is the title that the first link to a wiki page leads to. Pages of
// files are passed over: they are icons.
func firstPage(on *wikitext.Site, cell *goquery.Selection) string {
	var title string
	shown(cell).Find("a[href]").EachWithBreak(func(_ int, a *goquery.Selection) bool {
		if t, ok := linkedTitle(on, a.AttrOr("href", "")); ok && t.Namespace != spaceFile {
			title = t.String()
		}
		return title == ""
	})
	return title
}

// linkedTitle is the title of the wiki page at an address; ok is false for other
// addresses. It does not tell which wiki.
func linkedTitle(on *wikitext.Site, address string) (t wikitext.Title, ok bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return wikitext.Title{}, false
	}
	var title string
	if rest, ok := strings.CutPrefix(u.Path, "/wiki/"); ok {
		title = rest
	} else if _, rest, ok := strings.Cut(u.Path, "/index.php/"); ok {
		title = rest
	} else if strings.HasSuffix(u.Path, "/index.php") {
		title = u.Query().Get("title")
	} else if u.Host == "" { // an article path of this wiki's own
		title = strings.TrimLeft(u.Path, "./")
		if colon := strings.IndexByte(title, ':'); colon >= 0 {
			title = title[strings.LastIndexByte(title[:colon], '/')+1:]
		}
	}
	if _, rest, ok := strings.Cut(title, ":MyLanguage/"); ok {
		title = rest
	}
	t, err = on.ParseTitle(title)
	return t, err == nil && t.Name != ""
}

// linkedHolder is the user whose user page, talk page or a subpage of one is at
// an address, "" for others.
func linkedHolder(on *wikitext.Site, address string) string {
	t, ok := linkedTitle(on, address)
	if !ok {
		return ""
	}
	name, _ := ownerOf(on, t)
	return name
}

// The words for the past: lapsed is a remark on somebody, in parentheses;
// pastWords begin what is said of the past.
var (
	remarkText = regexp.MustCompile(`[(\[（]([^()\[\]（）]*)[)\]）]?`)
	lapsed     = regexp.MustCompile(`(?i)^\s*(former|formerly|previously|inactive|retired|emeritus|(until|left|till)\b.*)\s*$`)
	pastWords  = regexp.MustCompile(`(?i)\b(formerly|previously)\b|^\W*former\b`)
)

// part is what stands between two separators of a cell.
type part struct {
	text  strings.Builder
	users []userAt
	first bool // on its line
}

// userAt is a user linked at an offset of a part's text.
type userAt struct {
	name string
	at   int
}

// namedIn reads who a cell names, each once. Names stand between commas,
// semicolons and line breaks. Where a part links to users, they are named and
// its text is a remark; else its text is the name, with what stands in
// parentheses only if remarks says so. From "formerly" to the end of the line
// nobody is named, as one cannot tell where the past ends. A text as long as no
// name is, an account that is called by an e-mail address, and whoever comes
// after the first fifty, is nobody either.
func namedIn(on *wikitext.Site, cell *goquery.Selection, remarks bool) []Holder {
	var list []Holder
	add := func(h Holder) {
		if h.Name != "" && len(h.Name) <= maxWords && len(list) < maxNamed && !hasMail(h.Name) && !slices.Contains(list, h) {
			list = append(list, h)
		}
	}
	past := false
	for _, p := range splitCell(on, shown(cell)) {
		past = past && !p.first
		text, users := p.present()
		if at := pastWords.FindStringIndex(text); at != nil {
			text, past = text[:at[0]], true
			users = slices.DeleteFunc(users, func(u userAt) bool { return u.at >= at[0] })
		} else if past {
			continue
		}
		for _, u := range users {
			add(Holder{Name: u.name, User: true})
		}
		if len(users) == 0 {
			if !remarks {
				text = remarkText.ReplaceAllString(text, " ")
			}
			add(Holder{Name: strings.Trim(oneLine(text), " .:/–—-")})
		}
	}
	return list
}

// present gives a part's text and users without remarks on the past. Nothing is
// left of a part whose remark says that it is all past. Offsets stay.
func (p *part) present() (string, []userAt) {
	text, users := p.text.String(), slices.Clone(p.users)
	for _, m := range remarkText.FindAllStringSubmatchIndex(text, -1) {
		remark := text[m[2]:m[3]]
		switch {
		case lapsed.MatchString(remark):
			return "", nil
		case pastWords.MatchString(remark):
			users = slices.DeleteFunc(users, func(u userAt) bool { return u.at >= m[0] && u.at < m[1] })
			text = text[:m[0]] + strings.Repeat(" ", m[1]-m[0]) + text[m[1]:]
		}
	}
	return text, users
}

// splitCell parts a cell at its separators. Commas in parentheses divide
// nothing.
func splitCell(on *wikitext.Site, cell *goquery.Selection) []*part {
	parts := []*part{{first: true}}
	depth := 0
	cut := func(newLine bool) {
		last := parts[len(parts)-1]
		if newLine {
			depth = 0
		}
		if last.text.Len() == 0 {
			last.first = last.first || newLine
			return
		}
		parts = append(parts, &part{first: newLine})
	}
	write := func(text string) {
		for _, r := range text {
			switch {
			case r == ';' || r == '；':
				cut(true)
				continue
			case depth == 0 && (r == ',' || r == '、' || r == '،' || r == '，'):
				cut(false)
				continue
			case r == '(' || r == '（':
				depth++
			case (r == ')' || r == '）') && depth > 0:
				depth--
			}
			parts[len(parts)-1].text.WriteRune(r)
		}
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		block := false
		switch n.Type {
		case html.TextNode:
			write(n.Data)
		case html.ElementNode:
			switch n.Data {
			case "br", "p", "li", "div", "dd", "dt", "ul", "ol":
				block = true
			case "a":
				for _, attribute := range n.Attr {
					if name := linkedHolder(on, attribute.Val); attribute.Key == "href" && name != "" {
						p := parts[len(parts)-1]
						p.users = append(p.users, userAt{name, p.text.Len()})
						// A name is no place to divide.
						p.text.WriteString(strings.Map(plainLetter, linkText(n)))
						return
					}
				}
			}
		}
		if block {
			cut(true)
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
		if block {
			cut(true)
		}
	}
	for _, n := range cell.Nodes {
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	return parts
}

// linkText is the text of a link.
func linkText(n *html.Node) string {
	return goquery.NewDocumentFromNode(n).Text()
}

// plainLetter makes a letter of everything in a linked name, so that no
// parenthesis and no word in it is taken for a remark.
func plainLetter(rune) rune { return 'x' }
