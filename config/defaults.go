// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is in force where a page of rules does not say.

package config

import "encoding/json"

// DefaultColumns returns the columns of a table that names none.
func DefaultColumns() []string {
	return []string{"item", "steward", "maintainers", "verdict", "why", "changed", "notes"}
}

// DefaultUnowned returns the verdicts of items that nobody looks after where the
// page does not say.
func DefaultUnowned() []string { return []string{"unassigned", "inactive"} }

// DefaultLimits returns how many edits the bot makes where the page does not say.
func DefaultLimits() Limits {
	return Limits{PerMinute: 12, PerHour: 200, PerDay: 1000, PerPageHour: 20}
}

// DefaultSettleMinutes is how long a mention must stand where the page does
// not say.
const DefaultSettleMinutes = 60

// DefaultInactiveDays is after how many days a silent steward is called inactive
// where the page does not say.
const DefaultInactiveDays = 365

// DefaultReconfirmMonths is after how many months stewards are asked again where
// the page does not say.
const DefaultReconfirmMonths = 12

// DefaultSafety returns when the bot lets people look where the page does not say.
func DefaultSafety() Safety { return Safety{ThawDays: 7, ShrinkPercent: 20, ShrinkRows: 10} }

// What holds for the noticeboard and the adoption page where the page does not
// say.
const (
	DefaultArchiveMonths = 2
	DefaultBoardBytes    = 200000
	DefaultAdoptionLimit = 200
)

// DefaultDone returns the templates that mark an entry as resolved where the page
// does not say.
func DefaultDone() []string { return []string{"done", "resolved"} }

// What holds for messages to people where the page does not say.
const (
	DefaultCooldownDays = 90
	DefaultPerPersonDay = 1
	DefaultPerWikiDay   = 20
)

// DefaultLadder returns who is told where the page does not say: the steward
// alone.
func DefaultLadder() []Rung { return []Rung{{To: ToSteward}} }

// DefaultGraceDays is for how many days rows of items that are gone stay where
// the page does not say.
const DefaultGraceDays = 30

// DefaultPageSize is how many rows a page takes, DefaultMinInterval how many
// minutes lie between two edits of a table, where the page does not say.
const (
	DefaultPageSize    = 500
	DefaultMinInterval = 60
)

// DefaultSort returns what the rows of a table are sorted by where the page does
// not say.
func DefaultSort() []string { return []string{"item"} }

// UnmarshalJSON fills in the defaults.
func (t *Table) UnmarshalJSON(data []byte) error {
	type plain Table
	p := plain{
		Columns: DefaultColumns(), GraceDays: DefaultGraceDays, Filter: Filter{Deprecated: Show}, Sort: DefaultSort(),
		PageSize: DefaultPageSize, MinIntervalMinutes: DefaultMinInterval,
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*t = Table(p)
	return nil
}

// UnmarshalJSON fills in the defaults. The verdicts come from another
// group.
func (n *Noticeboard) UnmarshalJSON(data []byte) error {
	type plain Noticeboard
	p := plain{
		SettleMinutes: DefaultSettleMinutes, ArchiveMonths: DefaultArchiveMonths, MaxBytes: DefaultBoardBytes, Done: DefaultDone(),
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*n = Noticeboard(p)
	return nil
}

// UnmarshalJSON fills in the default limit.
func (a *Adoption) UnmarshalJSON(data []byte) error {
	type plain Adoption
	p := plain{Limit: DefaultAdoptionLimit}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*a = Adoption(p)
	return nil
}

// UnmarshalJSON fills in the defaults.
func (n *Notices) UnmarshalJSON(data []byte) error {
	type plain Notices
	p := plain{
		SettleMinutes: DefaultSettleMinutes, Digest: AtOnce, CooldownDays: DefaultCooldownDays,
		PerPersonDay: DefaultPerPersonDay, PerWikiDay: DefaultPerWikiDay, Ladder: DefaultLadder(),
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*n = Notices(p)
	return nil
}

// usual are the rules of a page that says nothing.
func usual() *Rules {
	return &Rules{
		Limits:  DefaultLimits(),
		Safety:  DefaultSafety(),
		Verdict: Verdict{InactiveDays: DefaultInactiveDays, ReconfirmMonths: DefaultReconfirmMonths, Unowned: DefaultUnowned()},
	}
}

// complete fills in the defaults that come from other groups.
func (r *Rules) complete() {
	delete(r.Messages, "$comment")
	if r.Noticeboard != nil && r.Noticeboard.Verdicts == nil {
		r.Noticeboard.Verdicts = append([]string{}, r.Verdict.Unowned...)
	}
}
