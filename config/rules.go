// SPDX-License-Identifier: GPL-3.0-or-later

// Package config holds the two things that steer the bot: the rules, which the
// admins of a wiki write on a JSON page there and which govern that wiki only,
// and the process config, which the operator writes in a file.
//
// The rule it keeps: a page is taken whole or not at all. Unknown keys are
// errors, every problem is found in one go, and each says where it is and what
// is allowed, so that somebody who knows the wiki but not the bot can mend it.
package config

import (
	"encoding/json"
	"slices"
	"strings"
)

// MaxBytes is the size of the biggest page that is read as rules, in bytes. A
// page with a hundred tables is a tenth of it.
const MaxBytes = 256 << 10

// NoticeboardID is the id of the region that holds the noticeboard's entries on
// its page. A table on that page cannot have it.
const NoticeboardID = "noticeboard"

// Rules is the validated content of one revision of a wiki's config page.
// Defaults are filled in, except where a field says otherwise.
type Rules struct {
	// Version of the format; always 1.
	Version int     `json:"version"`
	Watch   Watch   `json:"watch"`
	Sources Sources `json:"sources"`
	Verdict Verdict `json:"verdict"`
	Similar Similar `json:"similar"`
	// Tables in the order of the page.
	Tables []Table `json:"tables"`
	// Noticeboard and Notices are nil when the page does not have them: then
	// there is none.
	Noticeboard *Noticeboard `json:"noticeboard"`
	Notices     *Notices     `json:"notices"`
}

// Watch says which edits are looked at for mentions.
type Watch struct {
	// Namespaces by number; nil stands for every talk namespace and the
	// project namespace (4). Ask Covers rather than reading it.
	Namespaces []int `json:"namespaces"`
	// IgnorePages are page titles; one that ends in "/*" stands for every
	// subpage of the page before it.
	IgnorePages []string `json:"ignore_pages"`
	// IgnoreUsers are user names without a namespace.
	IgnoreUsers []string `json:"ignore_users"`
	// Ignore are mentions that do not count.
	Ignore []Ignored `json:"ignore"`
	// Templates name items on this wiki, besides those that every wiki has.
	Templates []NamingTemplate `json:"templates"`
}

// Ignored are the mentions of an item, on a page, in a line with a phrase, or
// all three; what is "" does not matter, and one is not.
type Ignored struct {
	// Item is an item key or a name as people write it.
	Item string `json:"item"`
	// Page is a title; one that ends in "/*" stands for every subpage.
	Page string `json:"page"`
	// Phrase is plain text; case does not count.
	Phrase string `json:"phrase"`
}

// NamingTemplate is a template whose argument names an item, or that marks the
// page it is on as that of an item.
type NamingTemplate struct {
	// Template is its name without the namespace.
	Template string `json:"template"`
	// Kind of item, as in bot/detect.
	Kind string `json:"kind"`
	// Argument is the name or number of the argument with the item's name.
	Argument string `json:"argument"`
	// Page says that the page with the template is the item's own: its
	// infobox. Then a missing argument means the name of the page.
	Page bool `json:"page"`
}

// Verdict says what makes an item count as owned.
type Verdict struct {
	// InactiveDays is after how many days without an edit or a log entry of
	// theirs on any wiki a steward is called inactive; 0 is never.
	InactiveDays int `json:"inactive_days"`
}

// Similar says how items that are like each other are shown.
type Similar struct {
	// Except are pairs of item keys that have nothing in common.
	Except [][2]string `json:"except"`
}

// Sources says where, besides what every wiki has, ownership is read from.
type Sources struct {
	Maintainers []MaintainersPage `json:"maintainers"`
	// Infoboxes reads the pages of extensions and skins on mediawiki.org.
	Infoboxes bool `json:"infoboxes"`
	// Toolhub lists the tools of the catalogue, Toolforge's own list included;
	// ToolhubAll also those that nobody on the wiki has named.
	Toolhub    bool `json:"toolhub"`
	ToolhubAll bool `json:"toolhub_all"`
	// Scripts counts who loads which user script.
	Scripts bool `json:"scripts"`
	// Usage counts users of gadgets and links to tools and extensions.
	Usage bool `json:"usage"`
}

// MaintainersPage is a page that is laid out like mw:Developers/Maintainers.
type MaintainersPage struct {
	Page string `json:"page"`
	// Wiki is the database name of the wiki that it is on, "" for this one.
	Wiki string `json:"wiki"`
}

// Table is one stewardship table: a region of a page.
type Table struct {
	// ID names the region and is unique among the tables of the wiki.
	ID   string `json:"id"`
	Page string `json:"page"`
	// Kinds of item that get a row, as in bot/detect; never empty.
	Kinds []string `json:"kinds"`
	// Columns from left to right; never empty, always with "item".
	Columns []string `json:"columns"`
	// Verdicts that a row can have, as in bot/registry; empty stands for all.
	Verdicts []string `json:"verdicts"`
	// Append adds the region at the end of a page that has no markers.
	Append bool `json:"append"`
	// Title is the caption as plain text, "" for none.
	Title string `json:"title"`
}

// Noticeboard is the page that lists where items that nobody answers for are
// being talked about.
type Noticeboard struct {
	Page string `json:"page"`
	// Verdicts that make a mention worth an entry; never empty.
	Verdicts []string `json:"verdicts"`
	// SettleMinutes is how long a mention must stand before it is entered.
	SettleMinutes int `json:"settle_minutes"`
	// Append adds the region at the end of a page that has no markers.
	Append bool `json:"append"`
}

// Notices says whether people get messages.
type Notices struct {
	// Talk allows sections on the talk pages of confirmed stewards.
	Talk bool `json:"talk"`
	// SettleMinutes is how long a mention must stand before it is told.
	SettleMinutes int `json:"settle_minutes"`
}

// DefaultColumns returns the columns of a table that names none.
func DefaultColumns() []string {
	return []string{"item", "steward", "maintainers", "verdict", "why", "changed", "notes"}
}

// DefaultNoticeVerdicts returns the verdicts that make an entry where the
// noticeboard names none.
func DefaultNoticeVerdicts() []string { return []string{"unassigned", "inactive"} }

// DefaultSettleMinutes is how long a mention must stand where the page does
// not say.
const DefaultSettleMinutes = 60

// DefaultInactiveDays is after how many days a silent steward is called inactive
// where the page does not say.
const DefaultInactiveDays = 365

// UnmarshalJSON fills in the default columns.
func (t *Table) UnmarshalJSON(data []byte) error {
	type plain Table
	p := plain{Columns: DefaultColumns()}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*t = Table(p)
	return nil
}

// UnmarshalJSON fills in the default verdicts and settle time.
func (n *Noticeboard) UnmarshalJSON(data []byte) error {
	type plain Noticeboard
	p := plain{Verdicts: DefaultNoticeVerdicts(), SettleMinutes: DefaultSettleMinutes}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*n = Noticeboard(p)
	return nil
}

// UnmarshalJSON fills in the default settle time.
func (n *Notices) UnmarshalJSON(data []byte) error {
	type plain Notices
	p := plain{SettleMinutes: DefaultSettleMinutes}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*n = Notices(p)
	return nil
}

// Covers reports whether an edit of a page by a user is looked at for mentions.
func (w Watch) Covers(namespace int, title, user string) bool {
	if w.Namespaces == nil {
		if namespace != 4 && (namespace <= 0 || namespace%2 == 0) {
			return false
		}
	} else if !slices.Contains(w.Namespaces, namespace) {
		return false
	}
	title = normalTitle(title)
	for _, ignored := range w.IgnorePages {
		if page, subpages := strings.CutSuffix(ignored, "/*"); subpages {
			if strings.HasPrefix(title, normalTitle(page)+"/") {
				return false
			}
		} else if title == normalTitle(ignored) {
			return false
		}
	}
	return !slices.ContainsFunc(w.IgnoreUsers, func(ignored string) bool {
		return normalTitle(ignored) == normalTitle(user)
	})
}

// ParseRules reads the text of a config page. It returns the rules with their
// defaults filled in, or else every problem of the page in the order of the
// text, at most a hundred and a note of how many are left; never both. A text
// that is not JSON, is empty, is bigger than MaxBytes, or has a list of more than
// 5000 entries is one problem.
func ParseRules(text string) (*Rules, []Problem) {
	p, faults := scan(text, form{"page", `{"version": 1}`, MaxBytes})
	if p.root != nil {
		faults = append(faults, rulesSchema().check(p.root)...)
		faults = append(faults, checkRegions(p)...)
		faults = append(faults, checkWatch(p)...)
	}
	if len(faults) == 0 {
		rules := &Rules{Verdict: Verdict{InactiveDays: DefaultInactiveDays}}
		err := p.root.decode(rules)
		if err == nil {
			return rules, nil
		}
		// Unreachable while the schema and the types say the same.
		faults = []fault{{0, "$", err.Error()}}
	}
	return nil, problems(p.lines, faults)
}
