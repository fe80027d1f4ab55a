// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is known of the accounts that claims name.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Account is what a wiki shows of an account that a claim names. It holds no
// more than anybody can see there.
type Account struct {
	// Name is as the claims have it, as MediaWiki writes names of accounts.
	Name string `json:"name"`
	// RenamedTo is the name that it has now, "" if it still has this one. What
	// follows is about the account under that name.
	RenamedTo string `json:"renamed_to,omitempty"`
	// Missing says that there is no such account.
	Missing bool `json:"missing,omitempty"`
	// Blocked says that it is blocked from all of the served wiki, for as long
	// as BlockedUntil says; zero is for ever.
	Blocked      bool      `json:"blocked,omitempty"`
	BlockedUntil time.Time `json:"blocked_until,omitzero"`
	// Locked says that it cannot log in on any wiki.
	Locked bool `json:"locked,omitempty"`
	Bot    bool `json:"bot,omitempty"`
	// LastEdit and LastAction are its newest edit and log entry on the served
	// wiki, LastGlobal the newest edit on any wiki, as far as those were asked;
	// zero where there is none.
	LastEdit   time.Time `json:"last_edit,omitzero"`
	LastAction time.Time `json:"last_action,omitzero"`
	LastGlobal time.Time `json:"last_global,omitzero"`
	// Read is when all this was read.
	Read time.Time `json:"read"`
}

// saveAccounts stores the accounts of a survey, unless it has none.
func saveAccounts(ctx context.Context, tx *sql.Tx, s Survey, state *sourceState) (changed bool, err error) {
	if len(s.Accounts) == 0 {
		return false, nil
	}
	names := make([]string, 0, len(s.Accounts))
	for _, a := range s.Accounts {
		names = append(names, userName(a.Name))
	}
	if !s.Part {
		names = nil
	}
	stored, err := storedAccounts(ctx, tx, names, `wiki = ? AND source = ?`, s.Wiki, s.Source)
	if err != nil {
		return false, err
	}
	before := make(map[string]Account, len(stored))
	for _, a := range stored {
		before[a.Name] = a.Account
	}
	named := make(map[string]bool, len(s.Accounts))
	var rows [][]any
	var replaced []string
	for _, a := range s.Accounts {
		a = a.canonical(s)
		if a.Name == "" || len(a.Name) > maxName || len(a.RenamedTo) > maxName || named[a.Name] {
			continue
		}
		named[a.Name] = true
		old, known := before[a.Name]
		if known && old == a {
			continue
		}
		if known {
			replaced = append(replaced, a.Name)
		}
		old.Read = a.Read
		changed = changed || old != a
		rows = append(rows, []any{s.Wiki, s.Source, a.Name, a.RenamedTo, flag(a.Missing), flag(a.Blocked), micros(a.BlockedUntil),
			flag(a.Locked), flag(a.Bot), micros(a.LastEdit), micros(a.LastAction), micros(a.LastGlobal), micros(a.Read)})
	}
	for _, a := range stored {
		if !s.Part && !named[a.Name] {
			replaced, changed = append(replaced, a.Name), true
		}
	}
	if len(rows)+len(replaced) > 0 {
		state.changed()
	}
	if err := execEach(ctx, tx, `DELETE FROM account WHERE wiki = ? AND source = ?`, "name", replaced, s.Wiki, s.Source); err != nil {
		return false, fmt.Errorf("replace accounts: %w", err)
	}
	err = insertRows(ctx, tx, `INSERT INTO account
		(wiki, source, name, renamed_to, missing, blocked, blocked_until, locked, bot, last_edit, last_action, last_global, read_at)`, rows)
	if err != nil {
		return false, fmt.Errorf("save accounts: %w", err)
	}
	return changed, nil
}

// canonical is an account as the store gives it back. One that was read when
// all of its source were has no time of its own.
func (a Account) canonical(s Survey) Account {
	a.Name = userName(a.Name)
	if a.RenamedTo != "" {
		a.RenamedTo = userName(a.RenamedTo)
	}
	if a.Read.IsZero() {
		a.Read = s.At
	}
	if !s.Part && a.Read.Equal(s.At) {
		a.Read = time.Time{}
	}
	for _, t := range []*time.Time{&a.BlockedUntil, &a.LastEdit, &a.LastAction, &a.LastGlobal, &a.Read} {
		*t = moment(micros(*t))
	}
	return a
}

// accounts returns those accounts that claims name, by name, in a transaction.
func (r *Registry) accounts(ctx context.Context, tx *sql.Tx, wiki string, entries []Entry, states []sourceState) (map[string]Account, error) {
	known, err := r.memory.of(ctx, tx, wiki, accountsPart, "", states)
	if err != nil {
		return nil, err
	}
	read, _ := times(states)
	out := make(map[string]Account)
	for i := range entries {
		for j := range entries[i].Claims {
			c := &entries[i].Claims[j]
			a, ok := known.accounts[c.Holder]
			if !ok || c.HolderKind != User {
				continue
			}
			if a.Read.IsZero() {
				a.Read = read[a.source]
			}
			out[c.Holder] = a.Account
		}
	}
	return out, nil
}

// accountsByName reads the accounts of a wiki; of one that two sources tell of,
// what was read last.
func accountsByName(ctx context.Context, tx *sql.Tx, wiki string) (map[string]storedAccount, error) {
	stored, err := storedAccounts(ctx, tx, nil, `wiki = ?`, wiki)
	if err != nil {
		return nil, err
	}
	out := make(map[string]storedAccount, len(stored))
	for _, a := range stored {
		other, known := out[a.Name]
		if !known || !other.Read.IsZero() && (a.Read.IsZero() || a.Read.After(other.Read)) {
			out[a.Name] = a
		}
	}
	return out, nil
}

// storedAccount is an account as it stands in the store: one that was read when
// all of its source were has no time of its own.
type storedAccount struct {
	source string
	Account
}

// storedAccounts reads the accounts that a condition selects: those with some
// names, or all if names is nil.
func storedAccounts(ctx context.Context, tx *sql.Tx, names []string, where string, args ...any) ([]storedAccount, error) {
	var out []storedAccount
	read := func(where string, args ...any) error {
		return query(ctx, tx, func(scan func(...any) error) error {
			var a storedAccount
			var until, edit, action, global, read int64
			err := scan(&a.source, &a.Name, &a.RenamedTo, &a.Missing, &a.Blocked, &until, &a.Locked, &a.Bot, &edit, &action, &global, &read)
			a.BlockedUntil, a.LastEdit, a.LastAction, a.LastGlobal, a.Read = moment(until), moment(edit), moment(action), moment(global), moment(read)
			out = append(out, a)
			return err
		}, `SELECT source, name, renamed_to, missing, blocked, blocked_until, locked, bot, last_edit, last_action, last_global, read_at FROM account WHERE `+where, args...)
	}
	var err error
	if names == nil {
		err = read(where, args...)
	}
	for some := range slices.Chunk(names, rowsAtOnce) {
		in, more := oneOf("name", some)
		if err = read(where+` AND `+in, slices.Concat(args, more)...); err != nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	return out, nil
}
