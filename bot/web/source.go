// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the site asks of the bot: how it is doing, and what the
// registry knows.

package web

import (
	"context"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// Source answers what the site asks. Its methods may be called at any time, and
// at the same time; an error is an error of the bot's own state.
type Source interface {
	// State tells how the bot is doing.
	State(ctx context.Context) (State, error)
	// Read reads what the registry knows of one wiki, a part at a time, so that
	// not all of it has to be in memory at once.
	Read(ctx context.Context, wiki string, take func(Part)) error
	// Shown returns those of some mentions that were neither hidden nor taken
	// back since they were read.
	Shown(ctx context.Context, mentions []registry.Mention) ([]registry.Mention, error)
	// Recorded returns the keys of the gadgets and user scripts that have a
	// record in Toolhub.
	Recorded(ctx context.Context) (map[registry.Key]bool, error)
}

// Part is some of the items of one wiki, with their mentions.
type Part struct {
	View registry.View
	// Judge gives the verdict on an item under the rules of the wiki.
	Judge func(registry.Entry) registry.Opinion
	// Unowned are the verdicts of items that nobody looks after there.
	Unowned []registry.Verdict
	// Settled is until when a mention must have been made to be shown.
	Settled time.Time
}

// State is how the bot is doing at one moment.
type State struct {
	Now time.Time
	// Running says that a process holds the lease, or of several shards each one.
	Running bool
	// LastEvent is when the newest event that was handled was made, zero before
	// the first one.
	LastEvent time.Time
	Wikis     []Wiki // served, sorted by name
	// Places are further wikis that claims are read from.
	Places []Place
}

// Place is where the pages of a wiki are.
type Place struct {
	Wiki string // database name
	// Article is the address of a page, $1 in it stands for the title; Script is
	// that of index.php. One of them may be "".
	Article, Script string
}

// Wiki is how the bot is doing on one wiki.
type Wiki struct {
	Place
	// Account is the bot's user name there.
	Account string
	// The full titles of the pages that steer the bot and that it reports on.
	ConfigPage, ReportPage, StatusPage, StopPage string
	Mode                                         Mode
	// Trial is how far the trial has come, such as "3 of 50 edits made".
	Trial string
	// Rules are those in force, nil if there are none.
	Rules *registry.RulesState
	// Rejected is a newer revision of the config page that is not in force, and
	// Problems say why.
	Rejected int64
	Problems []string
	Stops    []Stop
	// Halted says why the wiki does not let the account write, "" if it does.
	Halted string
	// Waiting are writes that are held, Refused those that cannot be made.
	Waiting, Refused []Held
	Sources          []SourceState
	Gaps             []registry.Gap
	Edits            []registry.Edit // the newest first
}

// Mode is how far the bot goes on a wiki.
type Mode string

// The modes: there are no valid rules yet, they allow previews only, or so many
// edits, or all; or the operator lets nothing be saved.
const (
	NoRules Mode = "no rules"
	Preview Mode = "preview"
	Trial   Mode = "trial"
	Live    Mode = "live"
	DryRun  Mode = "dry run"
)

// Stop is a line of the stop page.
type Stop struct {
	// What is stopped: a scope or a title, "" for everything.
	What string `json:"what,omitempty"`
	User string `json:"user,omitempty"`
	// Since is when the line was written, zero if that is not known.
	Since time.Time `json:"since,omitzero"`
}

// Held is a page that is not written, and why.
type Held struct {
	Page   string `json:"page"`
	Reason string `json:"reason"`
}

// SourceState is how an ownership source is doing. Why it cannot be read stands
// on the report page: here it could tell of the machine.
type SourceState struct {
	Name   string    `json:"name"`
	Shared bool      `json:"shared,omitempty"` // with all wikis
	Read   time.Time `json:"read,omitzero"`
	Next   time.Time `json:"next,omitzero"`
	Failed time.Time `json:"failing_since,omitzero"`
	Held   time.Time `json:"held_since,omitzero"`
}
