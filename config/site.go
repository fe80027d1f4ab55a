// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the checks of rules against the wiki that they are for.

package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Site is what a wiki says that rules are checked against. What is nil is not
// known, and not checked.
type Site struct {
	// Bot is the account's name, without namespace.
	Bot string
	// Namespaces are the numbers of the wiki's namespaces.
	Namespaces []int
	// Title reads a title as people write it: how the wiki writes it, and the
	// number of its namespace. The error says why it is no page of this wiki.
	Title func(written string) (title string, namespace int, err error)
	// Own are the bot's own pages, as the wiki writes their titles, with what
	// each is for, such as "the rules".
	Own map[string]string
	// Denied reports whether the operator rules a page out, by the title as the
	// wiki writes it.
	Denied func(title string) bool
	// Pages are those that Rules.Titles names, by the title as it is written
	// there. One that could not be asked is left out.
	Pages map[string]Page
	// Wikis are the database names of the wikis that the bot can read, this one
	// among them.
	Wikis []string
}

// Page is what the wiki says of a page.
type Page struct {
	Missing bool
	// Redirect is the title that the page leads to, "" if it is no redirect.
	Redirect string
	// Model is the content model, "" if it is not known.
	Model string
	// Barred is why the wiki does not let the bot edit or make this page, "" if
	// it does. What bars the bot everywhere, such as a block, is not meant: rules
	// cannot help it.
	Barred string
}

// The namespaces that matter here; their numbers are the same on every wiki:
// https://www.mediawiki.org/wiki/Manual:Namespace_constants.
const (
	nsUser      = 2
	nsUserTalk  = 3
	nsMediaWiki = 8
	nsModule    = 828
)

// Titles are the pages on the wiki that Check looks at, as the rules and their
// preview write them, each once and in the order of the text.
func (r *Rules) Titles() []string {
	var titles []string
	add := func(title string) {
		if title != "" && !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	for _, p := range r.versions() {
		for _, n := range written(p) {
			add(n.text())
		}
		for _, n := range sourcePages(p) {
			add(n.text())
		}
		for _, n := range peoplesPages(p) {
			add(n.text())
		}
		for _, n := range p.root.member("watch").member("templates").list() {
			add(templatePage(n))
		}
	}
	return titles
}

// Check looks for what is wrong with good rules on this wiki, and for what is
// odd: problems and warnings in the order of the text. Rules that were not made
// by ParseRules have none.
func Check(rules *Rules, site Site) []Problem {
	c := &siteCheck{site: site}
	for _, p := range rules.versions() {
		c.namespaces(p)
		c.written(p)
		c.peoples(p)
		c.sources(p)
		c.ignored(p)
		c.templates(p)
	}
	lines := rules.written.lines
	return inOrder(append(problems(lines, c.faults, Error), problems(lines, c.odd, Warning)...))
}

// versions are the page and what its preview makes of it.
func (r *Rules) versions() []page {
	var all []page
	for ; r != nil; r = r.Preview {
		if r.written.root != nil {
			all = append(all, r.written)
		}
	}
	return all
}

// written are the titles of the pages that the bot writes.
func written(p page) []*node {
	var all []*node
	for _, table := range p.root.member("tables").list() {
		all = append(all, table.member("page"))
	}
	single := singlePages(p)
	for _, id := range singleIDs {
		if n := single[id]; n != nil {
			all = append(all, n)
		}
	}
	return all
}

// sourcePages are the titles of pages on this wiki that the bot reads.
func sourcePages(p page) []*node {
	var all []*node
	for _, source := range p.root.member("sources").member("maintainers").list() {
		if source.member("wiki") == nil {
			all = append(all, source.member("page"))
		}
	}
	return all
}

// templatePage is the title of the page of a template.
func templatePage(n *node) string { return "Template:" + n.member("template").text() }

// siteCheck collects what is wrong and what is odd.
type siteCheck struct {
	site        Site
	faults, odd []fault
}

func (c *siteCheck) wrong(n *node, format string, args ...any) {
	c.faults = append(c.faults, fault{n.at, n.path, fmt.Sprintf(format, args...)})
}

func (c *siteCheck) warn(n *node, format string, args ...any) {
	c.odd = append(c.odd, fault{n.at, n.path, fmt.Sprintf(format, args...)})
}

// namespaces looks for those that the wiki does not have.
func (c *siteCheck) namespaces(p page) {
	if c.site.Namespaces == nil {
		return
	}
	var known []int
	for _, number := range c.site.Namespaces {
		if number >= 0 { // those of special pages and files have no text
			known = append(known, number)
		}
	}
	slices.Sort(known)
	for _, n := range p.root.member("watch").member("namespaces").list() {
		if number, ok := n.integer(); ok && !slices.Contains(known, number) {
			c.wrong(n, "this wiki has no namespace %d; it has %s", number, ranges(known))
		}
	}
}

// ranges writes sorted numbers as "0 to 15, 828 and 829".
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if j > i+1 {
			parts = append(parts, fmt.Sprintf("%d to %d", numbers[i], numbers[j]))
		} else {
			for _, number := range numbers[i : j+1] {
				parts = append(parts, strconv.Itoa(number))
			}
		}
		i = j + 1
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// local reads a title as the wiki does; ok is false where nothing more can be
// said of the page.
func (c *siteCheck) local(n *node) (title string, namespace int, ok bool) {
	if c.site.Title == nil {
		return "", 0, false
	}
	title, namespace, err := c.site.Title(n.text())
	if err != nil {
		c.wrong(n, "%s is no page of this wiki: %s", quote(n.text()), err)
		return "", 0, false
	}
	return title, namespace, true
}

// written looks at the pages that the bot is to write: whether it ever may,
// whether it can now, and whether two regions meet.
func (c *siteCheck) written(p page) {
	type region struct{ title, id string }
	regions := map[region]*node{}
	for _, n := range written(p) {
		title, namespace, ok := c.local(n)
		if !ok {
			continue
		}
		if why := c.never(title, namespace); why != "" {
			c.wrong(n, "%s; name another page", why)
			continue
		}
		c.unwritable(n, title)
		// By the text two titles can differ that are one page on the wiki.
		of := region{title, p.regionOf(n)}
		if first := regions[of]; first != nil {
			c.wrong(n, "the region %s of this page is used on line %d already; give the table another id", quote(of.id), p.lines.number(first.at))
			continue
		}
		regions[of] = n
	}
	for _, n := range sourcePages(p) {
		source, _, ok := c.local(n)
		if !ok {
			continue
		}
		for of, by := range regions {
			if of.title == source {
				c.wrong(by, "the bot reads who looks after what from this page (line %d), so it cannot write on it too; choose another page", p.lines.number(n.at))
			}
		}
	}
}

// regionOf returns the id of the region whose page a node is.
func (p page) regionOf(n *node) string {
	for _, table := range p.root.member("tables").list() {
		if table.member("page") == n {
			return table.member("id").text()
		}
	}
	for id, single := range singlePages(p) {
		if single == n {
			return id
		}
	}
	return ""
}

// never says why no rules may have the bot write a page, "" if they may.
func (c *siteCheck) never(title string, namespace int) string {
	_, rest, _ := strings.Cut(title, ":")
	owner, _, _ := strings.Cut(rest, "/")
	switch {
	case c.site.Own[title] != "":
		return "this page is for " + c.site.Own[title]
	case namespace < 0:
		return "a special page cannot be edited"
	case namespace == nsMediaWiki:
		return "this page is part of the wiki's interface, which the bot never edits"
	case namespace == nsModule:
		return "this page is code, which the bot never edits"
	case namespace == nsUser && owner != c.site.Bot:
		return "this page belongs to another user, and the bot never edits it"
	case namespace == nsUserTalk && owner != c.site.Bot:
		return "this is the talk page of another user, and the bot only writes messages there"
	case c.site.Denied != nil && c.site.Denied(title):
		return "the bot's operator has ruled this page out"
	}
	return ""
}

// unwritable tells what keeps the bot from writing a page as it is now.
func (c *siteCheck) unwritable(n *node, title string) {
	page, ok := c.site.Pages[n.text()]
	switch {
	case !ok:
	case page.Redirect != "":
		c.wrong(n, "%s is a redirect to %s; name that page", quote(title), quote(page.Redirect))
	case !page.Missing && page.Model != "" && page.Model != "wikitext":
		c.wrong(n, "%s holds no wikitext but %s; name another page", quote(title), page.Model)
	case page.Barred != "":
		c.wrong(n, "the wiki does not let the bot edit %s: %s", quote(title), page.Barred)
	}
}

// peoples looks at the pages that people write and the bot reads.
func (c *siteCheck) peoples(p page) {
	writes := map[string]*node{}
	for _, n := range written(p) {
		if title, _, ok := c.local(n); ok {
			writes[title] = n
		}
	}
	for _, n := range peoplesPages(p) {
		title, _, ok := c.local(n)
		if !ok {
			continue
		}
		if by := writes[title]; by != nil && by.text() != n.text() { // the same text is told of without the wiki
			c.wrong(n, "the bot writes this page (line %d); people need one of their own", p.lines.number(by.at))
		}
		page, known := c.site.Pages[n.text()]
		switch {
		case c.site.Own[title] != "":
			c.wrong(n, "this page is for %s; name another page", c.site.Own[title])
		case known && page.Redirect != "":
			c.wrong(n, "%s is a redirect to %s; name that page", quote(title), quote(page.Redirect))
		case known && page.Missing:
			c.warn(n, "there is no page %s yet; make it, so that people can write there", quote(title))
		}
	}
}

// sources looks for pages that are not there to be read.
func (c *siteCheck) sources(p page) {
	for _, n := range sourcePages(p) {
		if page, ok := c.site.Pages[n.text()]; ok && page.Missing {
			c.wrong(n, "there is no page %s on this wiki; correct the title, or say with \"wiki\" which wiki it is on", quote(n.text()))
		}
	}
	for _, source := range p.root.member("sources").member("maintainers").list() {
		if n := source.member("wiki"); n != nil && c.site.Wikis != nil && !slices.Contains(c.site.Wikis, n.text()) {
			end := "."
			if meant := nearest(n.text(), c.site.Wikis); meant != "" {
				end = fmt.Sprintf("; did you mean %s?", quote(meant))
			}
			c.wrong(n, "the bot does not read the wiki %s%s Its operator can add it to the wikis file", quote(n.text()), end)
		}
	}
}

// ignored looks for pages that are left out of what is not looked at anyway.
func (c *siteCheck) ignored(p page) {
	watch := p.root.member("watch")
	if c.site.Title == nil {
		return
	}
	var watched Watch
	for _, n := range watch.member("namespaces").list() {
		number, _ := n.integer()
		watched.Namespaces = append(watched.Namespaces, number)
	}
	look := func(n *node) {
		_, namespace, err := c.site.Title(n.text())
		switch {
		case err != nil:
			c.warn(n, "this does nothing: %s is no page of this wiki: %s", quote(n.text()), err)
		case !watched.Covers(namespace, "", "\x00"):
			c.warn(n, "this does nothing: the namespace of the page, %d, is not watched", namespace)
		}
	}
	for _, n := range watch.member("ignore_pages").list() {
		look(n)
	}
	for _, entry := range watch.member("ignore").list() {
		if n := entry.member("page"); n != nil {
			look(n)
		}
	}
}

// templates looks for templates that are not there.
func (c *siteCheck) templates(p page) {
	for _, n := range p.root.member("watch").member("templates").list() {
		if page, ok := c.site.Pages[templatePage(n)]; ok && page.Missing {
			c.warn(n.member("template"), "this does nothing: the wiki has no template %s", quote(n.member("template").text()))
		}
	}
}
