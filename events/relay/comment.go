// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a small version of what MediaWiki makes of an edit summary:
// links and the name of the section. It knows no interwiki links.

package relay

import (
	"html"
	"regexp"
	"strings"
)

var (
	commentSection = regexp.MustCompile(`^/\*\s*(.*?)\s*\*/`)
	commentLink    = regexp.MustCompile(`\[\[:?([^\[\]|{}<>\n]+)(?:\|([^\[\]\n]*))?\]\]`)
)

// longComment is where links end in the HTML of a summary. MediaWiki's have at
// most 500 characters; a packet made to have thousands of links to a long
// address would come out as hundreds of megabytes.
const longComment = 64 << 10

// parseComment turns an edit summary into HTML. pages is the address of a page
// with $1 for its title.
func parseComment(comment, pages string) string {
	var out strings.Builder
	if m := commentSection.FindStringSubmatch(comment); m != nil {
		comment = comment[len(m[0]):]
		colon := ""
		if strings.TrimSpace(comment) != "" {
			colon = ":"
		}
		out.WriteString(`<span dir="auto"><span class="autocomment">` + html.EscapeString(m[1]) + colon + `</span></span>`)
	}
	end := 0
	for _, m := range commentLink.FindAllStringSubmatchIndex(comment, -1) {
		if out.Len() > longComment {
			break
		}
		title := strings.TrimSpace(comment[m[2]:m[3]])
		label := title
		if m[4] >= 0 && m[5] > m[4] {
			label = comment[m[4]:m[5]]
		}
		out.WriteString(html.EscapeString(comment[end:m[0]]))
		out.WriteString(`<a href="` + html.EscapeString(pageURL(pages, title)) + `" title="` + html.EscapeString(title) + `">` + html.EscapeString(label) + `</a>`)
		end = m[1]
	}
	out.WriteString(html.EscapeString(comment[end:]))
	return out.String()
}
