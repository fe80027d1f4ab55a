// SPDX-License-Identifier: GPL-3.0-or-later

// Package registry is what the bot knows, durably: items, aliases, claims,
// mentions, notices and the cursor. It is a cache with provenance; the wikis
// are the truth.
//
// The rule it keeps: findings and the cursor that stands behind them are
// written in one transaction, so the cursor is never ahead of the findings.
// Recording is a fold: the same finding twice is once.
package registry

import (
	"context"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// Registry is an open store. It is safe for concurrent use.
type Registry struct { /* unexported */
}

// Open opens the store that dsn names ("sqlite:PATH") and brings its tables up to date.
func Open(ctx context.Context, dsn string) (*Registry, error) { panic("not yet") }

func (r *Registry) Close() error { panic("not yet") }

// Mention is a recorded mention.
type Mention struct {
	Item     Key
	Kind     detect.Kind
	Name     string // as written
	Wiki     string // of the page
	Title    string
	Revision int64
	Section  string
	Rule     string
	User     string
	Time     time.Time
	Snippet  string
}

// Batch is what one or more events led to.
type Batch struct {
	Mentions []detect.Mention // with Change giving page, revision, user, time
	Change   detect.Change    // texts are not stored
	Touches  []detect.Touch
	Cursor   events.Cursor
}

// Record stores a batch and its cursor in one transaction and reports whether
// anything but the cursor changed.
func (r *Registry) Record(ctx context.Context, b Batch) (changed bool, err error) { panic("not yet") }

// Cursor returns the stored position for a set of streams, zero if there is none.
func (r *Registry) Cursor(ctx context.Context, streams string) (events.Cursor, error) {
	panic("not yet")
}

// Survey is everything that one source says at one time, for one wiki.
type Survey struct {
	Source string // "siteinfo", "gadgets", "maintainers"
	Wiki   string // the wiki that is served
	At     time.Time
	Items  []Item
	Claims []Claim
}

// SaveSurvey replaces what the source said before. Claims that are gone are
// superseded, not deleted; items that no source names any more get Gone. An empty survey where there
// were items before is refused with ErrShrunk.
func (r *Registry) SaveSurvey(ctx context.Context, s Survey) (changed bool, err error) {
	panic("not yet")
}

// SurveyFailed notes that a source could not be read; what it said before stays in force.
func (r *Registry) SurveyFailed(ctx context.Context, source, wiki string, at time.Time, reason string) error {
	panic("not yet")
}

// SaveCells records Steward cell edits, oldest first, and that page was read up to revision.
func (r *Registry) SaveCells(ctx context.Context, wiki, page string, revision int64, changes []CellChange) (changed bool, err error) {
	panic("not yet")
}

// CellsRead returns the revision up to which a table page's cells were read, 0 if never.
func (r *Registry) CellsRead(ctx context.Context, wiki, page string) (int64, error) { panic("not yet") }

// View is all that planning the pages of one wiki needs, at one moment.
type View struct {
	Wiki     string
	Entries  []Entry   // sorted by key
	Mentions []Mention // newest first
	Notices  map[string]Notice
	Surveys  []SurveyState
	// Notes is what the running bot last said of itself, by name.
	Notes map[string]string
}

// Entry is an item with what is claimed about it.
type Entry struct {
	Item   Item
	Claims []Claim
}

// SurveyState is how a source is doing.
type SurveyState struct {
	Source, Wiki string
	Read         time.Time // last good reading
	Failed       time.Time // zero if the last reading was good
	Reason       string
}

// View reads everything about one wiki, with mentions since a time.
func (r *Registry) View(ctx context.Context, wiki string, since time.Time) (View, error) {
	panic("not yet")
}

// Notice is one message, once: its intent is stored before the edit, the revision after it.
type Notice struct {
	Key      string
	Wiki     string
	Page     string
	Intended time.Time
	Revision int64 // 0 until the edit is known to be saved
	Sent     time.Time
}

func (r *Registry) Intend(ctx context.Context, n Notice) error { panic("not yet") }
func (r *Registry) Sent(ctx context.Context, key string, revision int64, at time.Time) error {
	panic("not yet")
}

// Rules is a stored revision of a wiki's config page.
type Rules struct {
	Wiki     string
	Revision int64
	User     string
	Since    time.Time // when it came into force
	Text     string
}

// LastRules returns the last good rules, ok is false when there were never any.
func (r *Registry) LastRules(ctx context.Context, wiki string) (rules Rules, ok bool, err error) {
	panic("not yet")
}
func (r *Registry) SaveRules(ctx context.Context, rules Rules) error { panic("not yet") }

// Lease: one process writes.
func (r *Registry) Acquire(ctx context.Context, owner string, now time.Time, ttl time.Duration) (held bool, err error) {
	panic("not yet")
}
func (r *Registry) Release(ctx context.Context, owner string) error { panic("not yet") }

// SetNote stores what the running bot says of itself; "" takes the note away.
func (r *Registry) SetNote(ctx context.Context, wiki, name, text string) error { panic("not yet") }

// Notes returns the notes of a wiki by name.
func (r *Registry) Notes(ctx context.Context, wiki string) (map[string]string, error) {
	panic("not yet")
}
