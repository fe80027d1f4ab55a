// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the warnings: settings that are allowed and do not do what
// somebody who wrote them wants.

package config

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// warner collects what is odd about a page. It looks at what could be read, so
// that it works on a page with faults.
type warner struct {
	page
	faults []fault
}

// warn finds what is odd within a page.
func warn(p page) []fault {
	w := &warner{page: p}
	w.limits(p.root.member("limits"), p.root.member("trial").member("edits"))
	w.watched(p.root.member("watch"))
	w.templates(p.root.member("watch").member("templates"))
	w.pairs(p.root.member("similar").member("except"))
	w.tables(p.root.member("tables"))
	w.notices(p.root)
	if sources := p.root.member("sources"); sources.member("toolhub_all").isTrue() && !sources.member("toolhub").isTrue() {
		w.tell(sources.member("toolhub_all"), `this does nothing without "toolhub": true`)
	}
	return w.faults
}

func (w *warner) tell(n *node, format string, args ...any) {
	w.faults = append(w.faults, fault{n.at, n.path, fmt.Sprintf(format, args...)})
}

// again tells of an entry that says what an earlier one says.
func (w *warner) again(n, first *node, what string) {
	w.tell(n, "this %s is in the list already, on line %d; delete one of the two", what, w.lines.number(first.at))
}

// limitKeys are the limits, the narrowest first.
var limitKeys = []string{"per_minute", "per_hour", "per_day", "per_page_hour"}

// limits looks for limits that other ones keep from being reached.
func (w *warner) limits(limits, trial *node) {
	usual := DefaultLimits()
	inForce := map[string]int{"per_minute": usual.PerMinute, "per_hour": usual.PerHour, "per_day": usual.PerDay, "per_page_hour": usual.PerPageHour}
	for key := range inForce {
		if most, ok := limits.member(key).integer(); ok {
			inForce[key] = most
		}
	}
	times := map[string]string{"per_hour": "an hour", "per_day": "a day"}
	for _, pair := range []struct {
		key  string
		wide []string
	}{{"per_minute", []string{"per_hour", "per_day"}}, {"per_hour", []string{"per_day"}}, {"per_page_hour", []string{"per_hour", "per_day"}}} {
		n := limits.member(pair.key)
		most, ok := n.integer()
		if !ok {
			continue
		}
		if i := slices.IndexFunc(pair.wide, func(wide string) bool { return inForce[wide] > 0 && most > inForce[wide] }); i >= 0 {
			wide := pair.wide[i]
			w.tell(n, "this limit is never reached: %q allows %s in %s (%s)", wide, edits(inForce[wide]), times[wide], w.where(limits.member(wide)))
		}
	}
	for _, key := range limitKeys {
		if most, ok := limits.member(key).integer(); ok && most == 0 && !limits.member(key).isSupplied() {
			w.tell(limits.member(key), `0 is no limit, so the bot edits as much as the others allow; to keep it from editing, write "enabled": false`)
		}
	}
	if most, ok := trial.integer(); ok && inForce["per_day"] > 0 && most > inForce["per_day"] {
		w.tell(trial, `this trial takes more than a day: "per_day" allows %s (%s)`, edits(inForce["per_day"]), w.where(limits.member("per_day")))
	}
}

// edits counts them.
func edits(n int) string {
	if n == 1 {
		return "1 edit"
	}
	return fmt.Sprintf("%d edits", n)
}

// where says where a limit stands.
func (w *warner) where(limit *node) string {
	if limit == nil {
		return "the default"
	}
	return fmt.Sprintf("line %d", w.lines.number(limit.at))
}

// watched looks for namespaces where nobody asks, and for entries that leave out
// what others leave out already.
func (w *warner) watched(watch *node) {
	namespaces := watch.member("namespaces")
	if list := namespaces.list(); len(list) > 0 && !slices.ContainsFunc(list, func(n *node) bool {
		number, ok := n.integer()
		return !ok || number == 4 || number%2 == 1
	}) {
		w.tell(namespaces, "none of these is a talk namespace (they have odd numbers) or 4 (project), where people mostly ask")
	}
	pages := titles{}
	for _, n := range watch.member("ignore_pages").list() {
		if n.text() == "" {
			continue
		}
		if first := pages[normalTitle(n.text())]; first != nil && first.text() != n.text() { // the same text is an error
			w.again(n, first, "page")
		} else if first == nil {
			pages[normalTitle(n.text())] = n
		}
	}
	for _, n := range watch.member("ignore_pages").list() {
		if parent := pages.above(n.text()); parent != nil {
			w.tell(n, "this page is left out already by %s on line %d", quote(parent.text()), w.lines.number(parent.at))
		}
	}
	users := titles{}
	for _, n := range watch.member("ignore_users").list() {
		if first := users[normalTitle(n.text())]; first != nil && first.text() != n.text() {
			w.again(n, first, "user")
		} else if first == nil && n.text() != "" {
			users[normalTitle(n.text())] = n
		}
	}
	w.ignored(watch.member("ignore").list(), pages)
}

// ignored looks for mentions that do not count for another reason.
func (w *warner) ignored(list []*node, pages titles) {
	type entry struct{ item, page, phrase string }
	first := map[entry]*node{}
	read := func(n *node) entry {
		return entry{strings.ToLower(n.member("item").text()), normalTitle(n.member("page").text()), strings.ToLower(n.member("phrase").text())}
	}
	for _, n := range list {
		if e := read(n); first[e] == nil {
			first[e] = n
		}
	}
	for _, n := range list {
		e := read(n)
		page := n.member("page")
		switch by := cmp.Or(pages[e.page], pages.above(page.text())); {
		case e == entry{}:
		case page != nil && by != nil:
			w.tell(page, `this entry does nothing: "ignore_pages" leaves the page out already, on line %d`, w.lines.number(by.at))
		case first[e] != n:
			w.again(n, first[e], "entry")
		case e != entry{item: e.item} && first[entry{item: e.item}] != nil && e.item != "":
			w.tell(n, "this entry does nothing: the one on line %d leaves out the item everywhere", w.lines.number(first[entry{item: e.item}].at))
		}
	}
}

// titles finds titles by their one spelling.
type titles map[string]*node

// above returns the entry that ends in "/*" and stands for a page, nil if none
// does.
func (t titles) above(title string) *node {
	title = normalTitle(title)
	for i := range len(title) {
		if title[i] == '/' && title[i:] != "/*" {
			if n := t[title[:i]+"/*"]; n != nil {
				return n
			}
		}
	}
	return nil
}

// templates looks for templates that are named twice for one argument.
func (w *warner) templates(list *node) {
	first := map[[2]string]*node{}
	for _, n := range list.list() {
		name := n.member("template")
		if name.text() == "" {
			continue
		}
		key := [2]string{normalTitle(name.text()), n.member("argument").text()}
		if first[key] != nil {
			w.again(name, first[key], "template")
			continue
		}
		first[key] = name
	}
}

// pairs looks for pairs that are none, and for those that are there twice.
func (w *warner) pairs(list *node) {
	first := map[[2]string]*node{}
	for _, n := range list.list() {
		if len(n.items) != 2 || n.items[0].text() == "" || n.items[1].text() == "" {
			continue
		}
		pair := [2]string{n.items[0].text(), n.items[1].text()}
		if pair[0] == pair[1] {
			w.tell(n, "this pair does nothing: it is one item twice")
			continue
		}
		if pair[0] > pair[1] {
			pair[0], pair[1] = pair[1], pair[0]
		}
		if first[pair] != nil {
			w.again(n, first[pair], "pair")
			continue
		}
		first[pair] = n
	}
}

// tables looks for tables of one page that list the same.
func (w *warner) tables(list *node) {
	first := map[string]*node{}
	for _, n := range list.list() {
		if n.member("page").text() == "" {
			continue
		}
		w.sorted(n.member("sort"))
		shown := fmt.Sprint(normalTitle(n.member("page").text()), texts(n.member("kinds")), texts(n.member("verdicts")), filtered(n.member("filter")))
		if other := first[shown]; other != nil {
			w.tell(n, "this table lists the same as the one on line %d, on the same page", w.lines.number(other.at))
			continue
		}
		first[shown] = n
	}
}

// sorted looks for what rows are sorted by already.
func (w *warner) sorted(list *node) {
	first := map[string]*node{}
	for _, n := range list.list() {
		by := strings.TrimPrefix(n.text(), "-")
		if other := first[by]; other != nil && other.text() != n.text() { // the same text is an error
			w.tell(n, "this does nothing: the rows are sorted by %s already, on line %d", quote(other.text()), w.lines.number(other.at))
		} else if by != "" && other == nil {
			first[by] = n
		}
	}
}

// filtered is a filter as text, to tell two apart.
func filtered(filter *node) string {
	if filter == nil || !filter.isGroup() {
		return ""
	}
	return fmt.Sprint(filter.value)
}

// texts returns the texts of a list, sorted.
func texts(list *node) []string {
	var all []string
	for _, n := range list.list() {
		all = append(all, n.text())
	}
	slices.Sort(all)
	return all
}

// warnPreview looks for a preview that prepares nothing.
func warnPreview(p page) []fault {
	w := &warner{page: p}
	preview := p.root.member(previewKey)
	if preview == nil || !preview.isGroup() {
		return nil
	}
	changes := 0
	for _, key := range preview.keys {
		group, now := preview.members[key], p.root.member(key)
		if !slices.Contains(settings(rulesSchema().at([]string{previewKey})), key) {
			continue
		}
		if now != nil && reflect.DeepEqual(group.value, now.value) {
			w.faults = append(w.faults, fault{group.key, group.path, fmt.Sprintf("this is in force already, on line %d; there is nothing to preview", w.lines.number(now.key))})
		}
		changes++
	}
	if changes == 0 {
		w.tell(preview, "there is no change in here; delete it, or put in the groups that shall change")
	}
	return w.faults
}
