// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the public log of messages to people: who was told of what, and
// who was not and why. It shows no more than the wiki does already: no quotes,
// nothing of a mention that is hidden, no name without an account.

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	// logMonths are how many months stand on the log, the present one among them.
	logMonths = 2
	// logLines are how many lines a month has at most; the newest stay.
	logLines = 1000
	// logQuiet is how long lines wait for others while nothing is sent.
	logQuiet = time.Hour
	// archivesLinked are how many archives the log links to.
	archivesLinked = 12
)

// Log is the log, or an archive of it, as it should be.
type Log struct {
	Body  string
	State registry.PageState
}

// Apply writes it into its region, which is added where it is missing: the page
// is the bot's own.
func (l Log) Apply(text string) (string, error) {
	return edit(text, place{id: config.LogID, state: l.State, appends: true, mayBeEmptied: true}, func(string) (string, error) { return l.Body, nil })
}

// NoticeMark is the comment that carries the key of a message in a page's text.
func NoticeMark(key string) string { return Message{Key: key}.mark() }

// isLogArchive reports whether a title is that of an archive of the log.
func isLogArchive(rules *config.Rules, title string) bool {
	if rules == nil || rules.Notices == nil || rules.Notices.Log == "" {
		return false
	}
	_, _, ok := readArchiveTitle(rules.Notices.Log, title)
	return ok
}

// logPages plans the log and the archive of the month that has left it last. All
// of it follows from what is stored, so that nothing is lost and nothing twice
// wherever a process ends.
func logPages(in Input) []Page {
	if in.Rules.Notices == nil || in.Rules.Notices.Log == "" {
		return nil
	}
	l := newLogger(in)
	title, present := in.Rules.Notices.Log, monthOf(in.Now)
	var body strings.Builder
	for n := range logMonths {
		if m := present.before(n); len(l.months[m]) > 0 {
			fmt.Fprintf(&body, "%s\n%s", m.heading(in.Words), l.lines(m))
		}
	}
	if body.Len() == 0 {
		body.WriteString(in.Words.Text("log-empty") + "\n")
	}
	var pages []Page
	last := present.before(logMonths)
	if len(l.months[last]) > 0 {
		pages = append(pages, logPage(in, archiveTitle(title, last, 1), l.lines(last),
			in.Words.Text("log-archive-intro", pageLink(title)), in.Words.Text("log-summary-archive", string(last))))
	}
	if archives := l.archives(title, last); len(archives) > 0 {
		body.WriteString("\n" + in.Words.Text("log-archive", commas(in.Words, archives)) + "\n")
	}
	return append(pages, logPage(in, title, body.String(), in.Words.Text("log-intro"), in.Words.Text("log-summary")))
}

func logPage(in Input, title, body, intro, summary string) Page {
	state := in.View.Pages[RegionName(title, config.LogID)]
	return Page{
		Title: title, Region: config.LogID, Scope: Notices, Minor: true, MayCreate: state == "", Intro: intro + "\n", Summary: summary,
		Changes: []Change{Log{Body: speechOn(in.Site, in.Words).within(strings.TrimRight(body, "\n")), State: state}},
	}
}

// logger puts what was told into lines.
type logger struct {
	in     Input
	words  *messages.Set
	items  map[registry.Key]registry.Item
	hidden map[string]bool // keys of the entries of mentions that are hidden
	months map[month][]logLine
}

// logLine is what one edit told one user, or why a user was not told on a day.
type logLine struct {
	registry.Told
	items []string
}

func newLogger(in Input) *logger {
	l := &logger{in: in, words: in.Words, items: map[registry.Key]registry.Item{}, hidden: map[string]bool{}, months: map[month][]logLine{}}
	for _, e := range in.View.Entries {
		l.items[e.Item.Key] = e.Item
	}
	for _, mentions := range [][]registry.Mention{in.View.Mentions, in.View.Dismissed} {
		for _, m := range mentions {
			if m.Redacted {
				l.hidden[BoardKey(m)] = true
			}
		}
	}
	type same struct {
		user, withheld, way, rung, day string
		revision                       int64
	}
	at := map[same]int{}
	until := l.until()
	for _, t := range in.View.Told { // the newest first
		if t.Revision == 0 && t.Withheld == "" || t.At.After(until) {
			continue // on its way, or not told of yet
		}
		m := monthOf(t.At)
		key := same{t.User, t.Withheld, t.Way, t.Rung, t.At.UTC().Format(time.DateOnly), t.Revision}
		item := l.item(t)
		if i, ok := at[key]; ok {
			if line := &l.months[m][i]; !slices.Contains(line.items, item) {
				line.items = append(line.items, item)
			}
			continue
		}
		at[key] = len(l.months[m])
		l.months[m] = append(l.months[m], logLine{t, []string{item}})
	}
	return l
}

// until is up to when lines are shown: the beginning of the hour, or what was
// sent last, so that reasons alone make no more than one edit an hour.
func (l *logger) until() time.Time {
	until := l.in.Now.Truncate(logQuiet)
	for _, t := range l.in.View.Told {
		if t.Revision > 0 && t.At.After(until) {
			until = t.At
		}
	}
	return until
}

// item names the item of a line.
func (l *logger) item(t registry.Told) string {
	if l.hidden[t.Mention] || t.Withheld == string(NothingToShow) {
		return l.words.Text("log-hidden-item")
	}
	if item, ok := l.items[t.Item]; ok {
		return isolated(l.words, itemLink(item))
	}
	return nameIn(l.words, strings.ReplaceAll(t.Item.Name(), "_", " "))
}

// user names the user of a line.
func (l *logger) user(name string) string {
	if a, known := l.in.View.Accounts[name]; known && a.Missing && a.RenamedTo == "" {
		return l.words.Text("log-hidden-user")
	}
	return isolated(l.words, userLink(name))
}

// lines writes a month.
func (l *logger) lines(m month) string {
	var b strings.Builder
	all := l.months[m]
	for _, line := range all[:min(len(all), logLines)] {
		b.WriteString("* " + l.line(line) + "\n")
	}
	if more := len(all) - logLines; more > 0 {
		b.WriteString("* " + l.words.Text("log-more", numeral(more)) + "\n")
	}
	return b.String()
}

func (l *logger) line(t logLine) string {
	at, items := momentIn(l.words, t.At), upTo(l.words, t.items)
	name, user := "log-sent", ""
	if t.User == "" {
		name = "log-sent-nobody"
	} else {
		user = l.user(t.User)
	}
	if t.Withheld != "" {
		return l.words.Text(strings.Replace(name, "sent", "withheld", 1), at, user, items, reasonIn(l.words, t.Withheld))
	}
	edit := fmt.Sprintf("[[Special:Diff/%d|%s]]", t.Revision, l.words.Text("log-edit"))
	if t.Rung == registry.RungConfirm {
		name = "log-asked"
	}
	return l.words.Text(name, at, user, items, wayIn(l.words, t.Way), edit)
}

// reasonIn says why somebody was not told.
func reasonIn(w *messages.Set, reason string) string {
	if name := "log-reason-" + reason; messages.Has(name) {
		return w.Text(name)
	}
	return w.Text("log-reason-other", wikitext.Escape(reason))
}

// wayIn names a way to tell people.
func wayIn(w *messages.Set, way string) string {
	if name := "log-way-" + way; messages.Has(name) {
		return w.Text(name)
	}
	return wikitext.Escape(way)
}

// archives links to the newest archives, those that stand and the one that is
// being made.
func (l *logger) archives(title string, last month) []string {
	var months []month
	for name, state := range l.in.View.Pages {
		page, region := splitName(name)
		if m, part, ok := readArchiveTitle(title, page); ok && region == config.LogID && part == 1 && state == registry.PageHeld {
			months = append(months, m)
		}
	}
	if len(l.months[last]) > 0 && !slices.Contains(months, last) {
		months = append(months, last)
	}
	slices.Sort(months)
	slices.Reverse(months)
	var links []string
	for _, m := range months[:min(len(months), archivesLinked)] {
		links = append(links, isolated(l.words, fmt.Sprintf("[[:%s|%s]]", archiveTitle(title, m, 1), m.named(l.words))))
	}
	return links
}
