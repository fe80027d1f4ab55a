// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the rules of the pages besides the tables, and of messages to
// people.

package config

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
	// ArchiveMonths is how many months stay on the page; 0 is all.
	ArchiveMonths int `json:"archive_months"`
	// MaxBytes is the size of the page above which older entries are archived
	// sooner.
	MaxBytes int `json:"max_bytes"`
	// Done are the names of templates, without the namespace, with which people
	// mark an entry as resolved.
	Done []string `json:"done"`
	// BotFlag marks the edits as a bot's, which hides them from most watchlists.
	BotFlag bool `json:"bot_flag"`
}

// Overview is the page that shows how much is looked after.
type Overview struct {
	Page string `json:"page"`
	// Append adds the region at the end of a page that has no markers.
	Append bool `json:"append"`
	// Data is the name of the pages in the namespace Data, without the namespace
	// and ending, that hold numbers and chart; "" where bars are drawn instead.
	Data string `json:"data"`
}

// Adoption is the page that lists what needs somebody to look after it.
type Adoption struct {
	Page string `json:"page"`
	// Append adds the region at the end of a page that has no markers.
	Append bool `json:"append"`
	// Limit is how many items are listed at most; at least 1.
	Limit int `json:"limit"`
}

// Notices says whether people get messages.
type Notices struct {
	// Talk allows messages; without it nobody is told of anything.
	Talk bool `json:"talk"`
	// SignUp is the page where people enter themselves for items, OptOut the one
	// for those who want no messages, Log the one that lists what was sent and
	// what was not; "" where there is none.
	SignUp string `json:"sign_up"`
	OptOut string `json:"opt_out"`
	Log    string `json:"log"`
	// Ways are how people are told; the first that fits an item counts, and where
	// none does it is a section on the talk page.
	Ways []WayRule `json:"ways"`
	// Digest is how often somebody gets a message at most: AtOnce, Daily or Weekly.
	Digest string `json:"digest"`
	// CooldownDays is after how many days the same user is told of the same item
	// again.
	CooldownDays int `json:"cooldown_days"`
	// PerPersonDay and PerWikiDay are the most messages in a day.
	PerPersonDay int `json:"per_person_day"`
	PerWikiDay   int `json:"per_wiki_day"`
	// QuietHours are those without messages, nil for none.
	QuietHours *QuietHours `json:"quiet_hours"`
	// Ladder is who is told when nobody has answered; never empty.
	Ladder []Rung `json:"ladder"`
	// Requests are the titles of pages with proposals or wishes.
	Requests []string `json:"requests"`
	// SettleMinutes is how long a mention must stand before it is told.
	SettleMinutes int `json:"settle_minutes"`
	// BotFlag marks the edits as a bot's, which hides them from most watchlists.
	BotFlag bool `json:"bot_flag"`
}

// WayRule says how people are told of items.
type WayRule struct {
	// Kinds and Verdicts of the items, as in bot/detect and bot/registry; empty
	// stands for all.
	Kinds    []string `json:"kinds"`
	Verdicts []string `json:"verdicts"`
	// Ways are some of WayNoticeboard, WayPing, WayTalk and WayItem; never empty.
	Ways []string `json:"ways"`
}

// The ways to tell people.
const (
	WayNoticeboard = "noticeboard" // an entry that pings nobody
	WayPing        = "ping"        // an entry that pings
	WayTalk        = "talk"        // a section on the talk page of the user
	WayItem        = "item"        // a section on the discussion page of the item
)

// How often somebody gets a message at most.
const (
	AtOnce = "at-once"
	Daily  = "daily"
	Weekly = "weekly"
)

// QuietHours are hours of the day in UTC, each from 0 to 23: from the beginning
// of the one to the beginning of the other, which may be on the next day.
type QuietHours struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Rung is a step of the ladder.
type Rung struct {
	// To is one of ToSteward, ToCoMaintainers, ToItem and ToAdoption.
	To string `json:"to"`
	// AfterDays is how many days after the step before.
	AfterDays int `json:"after_days"`
}

// Who is told.
const (
	ToSteward       = "steward"
	ToCoMaintainers = "co-maintainers"
	ToItem          = "item"
	ToAdoption      = "adoption"
)
