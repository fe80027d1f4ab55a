// SPDX-License-Identifier: GPL-3.0-or-later

// Package config holds the two things that steer the bot: the rules, which the
// admins of a wiki write on a JSON page there and which govern that wiki only,
// and the process config, which the operator writes in a file.
//
// The rule it keeps: a page is taken whole or not at all. Unknown keys are
// errors, every problem is found in one go, and each says where it is and what
// is allowed, so that somebody who knows the wiki but not the bot can mend it.
package config

// The ids of the regions on pages that are not tables. A table on the page of one
// cannot have its id.
const (
	NoticeboardID = "noticeboard"
	OverviewID    = "overview"
	AdoptionID    = "adoption"
	LogID         = "log"
)

// Rules is the validated content of one revision of a wiki's config page.
// Defaults are filled in, except where a field says otherwise.
type Rules struct {
	// Version of the format; always the newest, also for an older page.
	Version int `json:"version"`
	// Enabled lets the bot edit. If it is false, only the report page is
	// written, with what would be done.
	Enabled bool   `json:"enabled"`
	Trial   Trial  `json:"trial"`
	Limits  Limits `json:"limits"`
	// Language is the code of the language that the bot writes in, "" for that of
	// the wiki.
	Language string `json:"language"`
	// Messages are the wiki's own words, by the names of messages; every one is
	// known and has no parameter that the message lacks.
	Messages map[string]string `json:"messages"`
	Safety   Safety            `json:"safety"`
	Report   Report            `json:"report"`
	Watch    Watch             `json:"watch"`
	Sources  Sources           `json:"sources"`
	Verdict  Verdict           `json:"verdict"`
	Similar  Similar           `json:"similar"`
	// Tables in the order of the page.
	Tables []Table `json:"tables"`
	// Noticeboard, Overview, Adoption and Notices are nil when the page does not
	// have them: then there is none.
	Noticeboard *Noticeboard `json:"noticeboard"`
	Overview    *Overview    `json:"overview"`
	Adoption    *Adoption    `json:"adoption"`
	Notices     *Notices     `json:"notices"`
	// Preview is the rules as they would be with the change that the page
	// prepares, nil where there is none. It has no warnings and no preview of
	// its own.
	Preview *Rules `json:"-"`
	// Warnings are what is odd about the page, in the order of the text. They
	// keep nothing from being in force.
	Warnings []Problem `json:"-"`

	written page // the text that the rules were read from
}

// Trial ends the bot's edits by itself.
type Trial struct {
	// Edits is how many edits the bot makes under one revision of the rules; 0
	// where the page has no trial.
	Edits int `json:"edits"`
}

// Limits are how many edits the bot makes on the wiki at most; 0 is no limit.
type Limits struct {
	PerMinute int `json:"per_minute"`
	PerHour   int `json:"per_hour"`
	PerDay    int `json:"per_day"`
	// PerPageHour counts the edits of one page in an hour.
	PerPageHour int `json:"per_page_hour"`
}

// Safety says when the bot stops and lets people look.
type Safety struct {
	// ThawDays is how many days a region is left alone of which an edit of the
	// bot's was undone; at least 1.
	ThawDays int `json:"thaw_days"`
	// A table that would lose more than ShrinkPercent of its rows, or ShrinkRows of
	// them or more, is held; both are at least 1.
	ShrinkPercent int `json:"shrink_percent"`
	ShrinkRows    int `json:"shrink_rows"`
}

// Report says what the report page tells.
type Report struct {
	// PingEditor pings the user who saved a revision that cannot be taken.
	PingEditor bool `json:"ping_editor"`
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
	// ReconfirmMonths is after how many months a steward is asked to confirm that
	// they still are; 0 is never.
	ReconfirmMonths int `json:"reconfirm_months"`
	// Unowned are the verdicts, as in bot/registry, of items that nobody looks
	// after; never empty.
	Unowned []string `json:"unowned"`
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
	// GraceDays is how many days the row of an item that is gone stays while it
	// holds words of people; 0 is for ever.
	GraceDays int `json:"grace_days"`
	// Filter leaves out items.
	Filter Filter `json:"filter"`
	// Sort are what rows are sorted by, the most important first, each turned
	// round by a "-" in front; never empty.
	Sort []string `json:"sort"`
	// Group puts rows under headings: "section", or "" for none.
	Group string `json:"group"`
	// PageSize is how many rows a page takes; more are on subpages.
	PageSize int `json:"page_size"`
	// MinIntervalMinutes is the least time between two edits that are only about
	// the bot's own columns; 0 is none.
	MinIntervalMinutes int `json:"min_interval_minutes"`
}

// Filter says which items get a row. An item must pass all of it.
type Filter struct {
	// Section is the heading that a source lists items under, Wiki the database
	// name of the wiki that they belong to, Name a pattern of their names with
	// "*" and "?"; "" lets all pass. Case does not count.
	Section string `json:"section"`
	Wiki    string `json:"wiki"`
	Name    string `json:"name"`
	// MinUsers is the least number of users or importers; 0 lets all pass.
	MinUsers int `json:"min_users"`
	// Deprecated is one of Show, Hide and Only.
	Deprecated string `json:"deprecated"`
}

// What becomes of deprecated items.
const (
	Show = "show"
	Hide = "hide"
	Only = "only"
)
