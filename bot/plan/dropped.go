// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what becomes of regions that leave the rules: they stay as
// they are, with a line that says so.

package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// droppedMark is on the line that says that a region is not kept up.
const droppedMark = "<!-- codesteward: not kept up -->"

// Regions returns the names of the regions that rules have the bot write; states
// tell over how many pages a table goes.
func Regions(rules *config.Rules, states map[string]registry.PageState) []string {
	var names []string
	for _, t := range rules.Tables {
		for _, title := range TablePages(t, states) {
			names = append(names, RegionName(title, t.ID))
		}
	}
	if rules.Noticeboard != nil {
		names = append(names, RegionName(rules.Noticeboard.Page, BoardRegion))
		for _, title := range BoardArchives(rules, states) {
			names = append(names, RegionName(title, BoardRegion))
		}
	}
	if n := rules.Notices; n != nil && n.Log != "" {
		names = append(names, RegionName(n.Log, config.LogID))
		for name := range states {
			if title, region := splitName(name); region == config.LogID && isLogArchive(rules, title) {
				names = append(names, name)
			}
		}
	}
	return append(names, listingRegions(rules)...)
}

// splitName undoes RegionName. Neither a title nor an id has a "#".
func splitName(name string) (title, region string) {
	i := strings.LastIndexByte(name, '#')
	return name[:max(i, 0)], name[i+1:]
}

// PageOf returns the title in the name of a region.
func PageOf(name string) string {
	title, _ := splitName(name)
	return title
}

// Dropped returns the names of the regions that the bot has written and that the
// rules name no longer, sorted: those that stand, and those that people have
// taken away already.
func Dropped(in Input) (standing, gone []string) {
	if in.Rules == nil {
		return nil, nil
	}
	named := Regions(in.Rules, in.View.Pages)
	for _, name := range slices.Sorted(maps.Keys(in.View.Pages)) {
		title, region := splitName(name)
		switch {
		case slices.Contains(named, name), title == in.Site.ReportPage, title == in.Site.StatusPage:
		case in.View.Pages[name] == registry.PageGone, (region == BoardRegion || region == config.LogID) && archiveEnd.MatchString(title):
			gone = append(gone, name)
		default:
			standing = append(standing, name)
		}
	}
	return standing, gone
}

// DroppedPage plans the line for a region that has left the rules with a
// revision.
func DroppedPage(in Input, name string, revision int64) Page {
	title, region := splitName(name)
	line := "''" + speechOn(in.Site, in.Words).span(in.Words.Text("table-dropped", fmt.Sprintf("Special:Diff/%d", revision))) + "''"
	scope := Tables
	if region == BoardRegion || region == config.LogID {
		scope = Notices
	}
	return Page{
		Title: title, Region: region, Scope: scope, Minor: true,
		Summary: in.Words.Text("table-edit-dropped"),
		Changes: []Change{Leave{ID: region, Line: line + droppedMark}},
	}
}

// Leave puts a line on top of a region, once.
type Leave struct{ ID, Line string }

// Apply adds the line. The error is a *GoneError where there is no such region.
func (l Leave) Apply(text string) (string, error) {
	return edit(text, place{id: l.ID, state: registry.PageHeld, mayBeEmptied: true}, func(body string) (string, error) {
		if strings.Contains(body, droppedMark) {
			return body, nil
		}
		return l.Line + "\n" + strings.TrimLeft(body, "\n"), nil
	})
}

// keptUp takes the line out again, for a region that is back in the rules.
func keptUp(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return strings.HasSuffix(line, droppedMark) })
}
