// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the checks between settings, which a schema cannot make.

package config

import "fmt"

// checkRegions finds settings that would get in each other's way on a page. It
// looks at what could be read, so that it works on a page with other faults.
func checkRegions(p page) []fault {
	var faults []fault
	tell := func(n *node, format string, args ...any) {
		faults = append(faults, fault{n.at, n.path, fmt.Sprintf(format, args...)})
	}

	sources := map[string]*node{}
	for _, source := range p.root.member("sources").member("maintainers").list() {
		n := source.member("page")
		if n.text() == "" {
			continue
		}
		// Pages on other wikis can have the names of pages here.
		title := source.member("wiki").text() + "\x00" + normalTitle(n.text())
		if first := sources[title]; first != nil {
			tell(n, "this page is in the list twice, the first time on line %d; delete one of the two", p.lines.number(first.at))
			continue
		}
		sources[title] = n
	}
	// readBack tells of a page that the bot would write and then take for a source.
	readBack := func(n *node) {
		if source := sources["\x00"+normalTitle(n.text())]; n.text() != "" && source != nil {
			tell(n, "the bot reads who looks after what from this page (line %d), so it cannot write on it too; choose another page", p.lines.number(source.at))
		}
	}

	single := singlePages(p)
	for _, id := range singleIDs {
		readBack(single[id])
	}
	for i, id := range singleIDs {
		for _, other := range singleIDs[:i] {
			if n, first := single[id], single[other]; n.text() != "" && normalTitle(n.text()) == normalTitle(first.text()) && (id == LogID || other == LogID) {
				tell(n, "%s is on this page already (line %d), and the log needs one of its own: it is parted when it gets long", singleNames[other], p.lines.number(first.at))
			}
		}
	}
	read := peoplesPages(p)
	for i, n := range read {
		for _, id := range singleIDs {
			if by := single[id]; n.text() != "" && normalTitle(n.text()) == normalTitle(by.text()) {
				tell(n, "the bot writes %s on this page (line %d); people need one of their own", singleNames[id], p.lines.number(by.at))
			}
		}
		for _, first := range read[:i] {
			if n.text() != "" && normalTitle(n.text()) == normalTitle(first.text()) {
				tell(n, "this page is named for something else on line %d; each needs its own", p.lines.number(first.at))
				break
			}
		}
		for _, table := range p.root.member("tables").list() {
			if by := table.member("page"); n.text() != "" && normalTitle(n.text()) == normalTitle(by.text()) {
				tell(n, "the bot writes a table on this page (line %d); people need one of their own", p.lines.number(by.at))
				break
			}
		}
	}
	ids := map[string]*node{}
	for _, table := range p.root.member("tables").list() {
		readBack(table.member("page"))
		id := table.member("id")
		if id.text() == "" {
			continue
		}
		if first := ids[id.text()]; first != nil {
			tell(id, "the table on line %d has this id too; every table needs its own", p.lines.number(first.at))
			continue
		}
		ids[id.text()] = id
		if taken := single[id.text()]; taken.text() != "" && normalTitle(taken.text()) == normalTitle(table.member("page").text()) {
			tell(id, "%s is on this page (line %d) and has this id already; give the table another", singleNames[id.text()], p.lines.number(taken.at))
		}
	}
	return faults
}

// singleIDs are the ids of the regions that there is one of.
var singleIDs = []string{NoticeboardID, OverviewID, AdoptionID, LogID}

// singleNames are what people call them.
var singleNames = map[string]string{NoticeboardID: "the noticeboard", OverviewID: "the overview", AdoptionID: "the list of what needs somebody", LogID: "the log"}

// singlePages are the titles of the pages with those, by id; nil where there is
// none.
func singlePages(p page) map[string]*node {
	return map[string]*node{
		NoticeboardID: p.root.member("noticeboard").member("page"),
		OverviewID:    p.root.member("overview").member("page"),
		AdoptionID:    p.root.member("adoption").member("page"),
		LogID:         p.root.member("notices").member("log"),
	}
}

// peoplesPages are the titles of pages that people write and the bot reads: who
// wants messages and who does not, and proposals.
func peoplesPages(p page) []*node {
	var all []*node
	notices := p.root.member("notices")
	for _, n := range append([]*node{notices.member("sign_up"), notices.member("opt_out")}, notices.member("requests").list()...) {
		if n != nil {
			all = append(all, n)
		}
	}
	return all
}
