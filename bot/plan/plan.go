// SPDX-License-Identifier: GPL-3.0-or-later

// Package plan says what every page should hold. It is pure: it takes what is
// known, the rules and the time, and returns pages as data. Each page carries
// changes that are applied to the live text just before it is saved; applying
// them twice equals applying them once, and a change that cannot be made
// safely is refused with a reason instead of guessed.
package plan

import (
	"fmt"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// Scope is a kind of write that the stop page can stop by name.
type Scope string

// The scopes. Reports are stopped only together with everything.
const (
	Tables  Scope = "tables"
	Notices Scope = "notices"
	Reports Scope = "reports"
)

// Change is one change of a page's text.
type Change interface {
	// Apply returns the text with the change made. The text comes back as it
	// was when the change is already there. The error says, in words for an
	// editor, why the change cannot be made safely.
	Apply(text string) (string, error)
}

// Page is what one page, or one region of it, should hold.
type Page struct {
	Title string
	// Region is the id of the region that the changes are about, "" for a
	// message, which has none.
	Region string
	// Model is the content model that the page must have, "" for wikitext.
	Model   string
	Scope   Scope
	Summary string
	// Minor marks the edit as minor. An edit of a user's talk page must not be
	// minor, or its owner is not told.
	Minor bool
	// Seen leaves the edit without the bot flag, so that people who watch the
	// page see it in their lists.
	Seen    bool
	Changes []Change
	// MayCreate says that a missing page is made, beginning with Intro.
	MayCreate bool
	Intro     string
	// MinInterval is the least time between two edits of the page's region for
	// which nothing but the bot's own columns gives cause; 0 is none.
	MinInterval time.Duration
	// Read is when the sources were read that say which rows the table of the
	// page has; zero where there are none. It does not tell plans apart.
	Read time.Time
	// Leads says that another page has to change once this one is saved.
	Leads bool
	// Notices are those that the changes carry. They are written to the
	// registry before the edit and closed after it.
	Notices []Notice
}

// Notice is a message or an entry that is saved once.
type Notice struct {
	Key string
	// Told is what it tells whom; it is stored with the intent.
	Told []registry.Told
	// Mark is what the page's text holds once the notice is saved.
	Mark string
}

// Name tells the planned pages apart, also those that are regions of one page.
func (p Page) Name() string {
	if p.Region == "" && len(p.Notices) > 0 {
		return p.Title + "#" + p.Notices[0].Key
	}
	return RegionName(p.Title, p.Region)
}

// Is tells plans of the page apart, whenever its sources were read.
func (p Page) Is() string {
	p.Read = time.Time{}
	return fmt.Sprintf("%v", p)
}

// RegionName names a region of a page, for the registry.
func RegionName(title, region string) string { return title + "#" + region }

// Keys are the keys of the notices.
func (p Page) Keys() []string {
	var keys []string
	for _, n := range p.Notices {
		keys = append(keys, n.Key)
	}
	return keys
}

// Told is what the notices tell whom.
func (p Page) Told() []registry.Told {
	var told []registry.Told
	for _, n := range p.Notices {
		for _, t := range n.Told {
			t.Key = n.Key
			told = append(told, t)
		}
	}
	return told
}

// Apply makes all changes of the page, or none.
func (p Page) Apply(text string) (string, error) {
	for _, c := range p.Changes {
		next, err := c.Apply(text)
		if err != nil {
			return "", err
		}
		text = next
	}
	return text, nil
}

// Create returns the text of the page where there is none yet.
func (p Page) Create() (string, error) {
	text, err := p.Apply("")
	if err != nil || p.Intro == "" {
		return text, err
	}
	return p.Intro + "\n" + text, nil
}

// Input is what planning looks at: one wiki at one moment under one revision
// of its rules.
type Input struct {
	Site  Site
	Rules *config.Rules
	View  registry.View
	Now   time.Time
	// Pending are the sources that were not yet read, or tried, since the start
	// or since the rules came into force. What depends on them is not planned.
	Pending map[string]bool
	// Similar are the items that each is similar to, the most alike first. Where
	// it is nil, that was not worked out yet.
	Similar map[registry.Key][]registry.Item
	// Closed are the titles of pages that did not take a message lately: they ask
	// bots to stay away, or cannot be written.
	Closed map[string]bool
	// Sought are the items for which nobody who was told has answered, so that
	// somebody else is looked for, and since when. Pages fills it in.
	Sought map[registry.Key]time.Time
	// Words are what is written in; nil is English.
	Words *messages.Set
	// Board is the texts of the noticeboard and of those of its archives that
	// BoardTitles asked for, by title; "" stands for a page that is missing. Where
	// it is nil, nothing goes to the archive.
	Board map[string]string
	// Alike are the items that proposals are similar to, by the ids of those.
	Alike map[string][]registry.Item
	// Pings are the users that the entry of a mention pings, by its BoardKey.
	Pings map[string][]string
	// Placed says, by the id of the table, where rows stand. A table that is not
	// in it has one page, or is not planned if it had more.
	Placed map[string]Places
}

// Site names the wiki and the bot's own pages on it.
type Site struct {
	// Wiki is the database name.
	Wiki string
	// Language is the code of the language of its pages, "" for English.
	Language string
	// Prefixes are those that links to other wikis begin with, without the colon.
	Prefixes []string
	// Bot is the account's user name, without namespace.
	Bot string
	// Charts says that the wiki keeps pages with data and draws charts of them.
	Charts bool
	// The full titles of the bot's own pages.
	ConfigPage, ReportPage, StopPage, StatusPage string
	// TaskPrefix and ChangePrefix make links to tasks of Phabricator and changes of
	// Gerrit, such as "phab:", "" where the wiki has no prefix for them.
	TaskPrefix, ChangePrefix string
}

// Pages returns the tables, the noticeboard, the other pages and the messages
// that should be on the wiki, in the order in which they should be written.
// Without rules there are none.
func Pages(in Input) []Page {
	if in.Rules == nil {
		return nil
	}
	var pages []Page
	for _, t := range in.Rules.Tables {
		pages = append(pages, tablePages(in, t)...)
	}
	told := Decide(in)
	in.Sought = told.Sought
	pages = append(pages, told.boardPages(in)...)
	if in.Rules.Overview != nil || in.Rules.Adoption != nil {
		s := takeStock(in)
		pages = append(pages, slices.Concat(overviewPages(in, s), adoptionPages(in, s))...)
	}
	pages = append(pages, told.messagePages(in)...)
	return append(pages, logPages(in)...)
}

// Titles returns the titles of the pages that the rules tell the bot to write.
func Titles(rules *config.Rules) []string {
	var titles []string
	for _, t := range rules.Tables {
		titles = append(titles, t.Page)
	}
	if rules.Noticeboard != nil {
		titles = append(titles, rules.Noticeboard.Page)
	}
	for _, name := range listingRegions(rules) {
		titles = append(titles, PageOf(name))
	}
	if n := rules.Notices; n != nil && n.Log != "" {
		titles = append(titles, n.Log)
	}
	return titles
}

// Heard are the titles of the pages on which people say what messages they want.
func Heard(rules *config.Rules) []string {
	var titles []string
	if rules != nil && rules.Notices != nil {
		for _, title := range []string{rules.Notices.SignUp, rules.Notices.OptOut} {
			if title != "" {
				titles = append(titles, title)
			}
		}
	}
	return titles
}

// Owned reports whether the page is one that the bot itself writes under these
// rules, or one for what people tell the bot, so that what stands on it is not
// taken for a mention.
func Owned(site Site, rules *config.Rules, title string) bool {
	return title == site.ConfigPage || title == site.ReportPage || title == site.StopPage || title == site.StatusPage ||
		rules != nil && (slices.Contains(Titles(rules), title) || isSubpage(rules, title) || isBoardArchive(rules, title) || isLogArchive(rules, title) || slices.Contains(Heard(rules), title))
}

// judge gives the verdict on an item under the rules.
func judge(in Input, e registry.Entry) registry.Opinion {
	return registry.Judge(e.Claims, in.View.Accounts, Limits(in.Site.Wiki, in.Rules), in.Now)
}

// Limits are the thresholds of verdicts on a wiki under its rules.
func Limits(wiki string, rules *config.Rules) registry.Limits {
	return registry.Limits{Inactive: days(rules.Verdict.InactiveDays), Reconfirm: rules.Verdict.ReconfirmMonths, Wiki: wiki}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// count writes a number with its noun: "1 item", "3 items".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
