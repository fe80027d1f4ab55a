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

	board := p.root.member("noticeboard").member("page")
	readBack(board)
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
		if id.text() == NoticeboardID && board.text() != "" && normalTitle(board.text()) == normalTitle(table.member("page").text()) {
			tell(id, "the noticeboard is on this page (line %d) and has this id already; give the table another", p.lines.number(board.at))
		}
	}
	return faults
}
