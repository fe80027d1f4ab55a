// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what people said of messages to them as it is stored, and
// which claims have to be confirmed again.

package registry

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The pages on which people say what messages they want.
const (
	signUps = "sign-up"
	optOuts = "opt-out"
)

// SavePreferences stores what the users who signed up on a wiki want, in place of
// what was stored, and reports whether that has changed anything.
func (r *Registry) SavePreferences(ctx context.Context, wiki string, all []Preference) (changed bool, err error) {
	words := make(map[string]any, len(all))
	for _, p := range all {
		words[userName(p.User)] = p
	}
	return r.saveSaid(ctx, wiki, signUps, words, false)
}

// SaveOptOuts stores which users of a wiki want no messages, in place of what was
// stored, and reports whether that has changed anything. Of users who are stored
// already the evidence stays.
func (r *Registry) SaveOptOuts(ctx context.Context, wiki string, all []OptOut) (changed bool, err error) {
	words := make(map[string]any, len(all))
	for _, o := range all {
		words[userName(o.User)] = o
	}
	return r.saveSaid(ctx, wiki, optOuts, words, true)
}

// Preferences returns what the users who signed up on a wiki want, by user.
func (r *Registry) Preferences(ctx context.Context, wiki string) (out map[string]Preference, err error) {
	err = r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = sayings[Preference](ctx, tx, wiki, signUps)
		return err
	})
	return out, err
}

// saveSaid stores words by user. With keep, words that are stored stay while
// their user is among those.
func (r *Registry) saveSaid(ctx context.Context, wiki, about string, words map[string]any, keep bool) (changed bool, err error) {
	texts := make(map[string]string, len(words))
	for user, w := range words {
		text, err := json.Marshal(w)
		if err != nil {
			return false, fmt.Errorf("store the page for %s of %s: %w", about, wiki, err)
		}
		if user != "" && len(user) <= maxTitle {
			texts[user] = string(text)
		}
	}
	err = r.write(ctx, func(tx *sql.Tx) error {
		changed = false
		stored, err := saidTexts(ctx, tx, wiki, about)
		if err != nil {
			return err
		}
		for user, old := range stored {
			if text, still := texts[user]; still && (keep || text == old) {
				continue
			}
			changed = true
			if _, err := tx.ExecContext(ctx, `DELETE FROM said WHERE wiki = ? AND about = ? AND user_name = ?`, wiki, about, user); err != nil {
				return err
			}
		}
		for user, text := range texts {
			if old, still := stored[user]; still && (keep || text == old) {
				continue
			}
			changed = true
			if _, err := tx.ExecContext(ctx, `INSERT INTO said (wiki, about, user_name, words) VALUES (?, ?, ?, ?)`, wiki, about, user, text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("store the page for %s of %s: %w", about, wiki, err)
	}
	return changed, nil
}

func saidTexts(ctx context.Context, tx *sql.Tx, wiki, about string) (map[string]string, error) {
	out := make(map[string]string)
	err := query(ctx, tx, func(scan func(...any) error) error {
		var user, text string
		err := scan(&user, &text)
		out[user] = text
		return err
	}, `SELECT user_name, words FROM said WHERE wiki = ? AND about = ?`, wiki, about)
	return out, err
}

func sayings[T any](ctx context.Context, tx *sql.Tx, wiki, about string) (map[string]T, error) {
	texts, err := saidTexts(ctx, tx, wiki, about)
	if err != nil {
		return nil, fmt.Errorf("read the page for %s: %w", about, err)
	}
	out := make(map[string]T, len(texts))
	for user, text := range texts {
		var w T
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			return nil, fmt.Errorf("read what %s said on the page for %s: %w", user, about, err)
		}
		out[user] = w
	}
	return out, nil
}

// consentInto fills in what people said of messages, what was told whom, and
// which claims wait for a confirmation.
func consentInto(ctx context.Context, tx *sql.Tx, q Query, known resolver, v *View) (err error) {
	if v.Preferences, err = sayings[Preference](ctx, tx, q.Wiki, signUps); err != nil {
		return err
	}
	for _, p := range v.Preferences { // the lists are this view's own
		for _, keys := range [][]Key{p.Items, p.Seeking} {
			for i := range keys {
				keys[i] = known.one(keys[i])
			}
		}
	}
	if v.OptOuts, err = sayings[OptOut](ctx, tx, q.Wiki, optOuts); err != nil {
		return err
	}
	if !q.Told.IsZero() {
		if v.Told, err = told(ctx, tx, q.Wiki, q.Told); err != nil {
			return err
		}
	}
	if q.Reconfirm <= 0 {
		return nil
	}
	asked, err := reminders(ctx, tx, q.Wiki)
	if err != nil {
		return err
	}
	v.Confirmations = confirmations(v.Entries, asked, q.Reconfirm, q.Now)
	return nil
}

// confirmations lists the claims that their users have not confirmed for some
// months, those that have waited longest first, and enters into the claims how
// often their users were reminded since.
func confirmations(entries []Entry, asked map[reminded][]time.Time, months int, now time.Time) []Confirmation {
	var out []Confirmation
	for _, e := range entries {
		last := map[string]time.Time{}
		for _, c := range e.Claims {
			if c.confirms() && c.Evidence.Time.After(last[c.Holder]) {
				last[c.Holder] = c.Evidence.Time
			}
		}
		for user, at := range last {
			due := confirmDue(at, months)
			if now.Before(due) {
				continue
			}
			times := slices.DeleteFunc(slices.Clone(asked[reminded{user, e.Item.Key}]), func(t time.Time) bool { return t.Before(due) })
			out = append(out, Confirmation{User: user, Item: e.Item.Key, Due: due, Reminded: min(len(times), enoughReminders)})
			for i := range e.Claims {
				if c := &e.Claims[i]; c.confirms() && c.Holder == user && len(times) > 0 {
					c.Reminded, c.RemindedAt = len(times), times[len(times)-1]
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Confirmation) int {
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.User, b.User), strings.Compare(string(a.Item), string(b.Item)))
	})
	return out
}

// confirms reports whether the claim is somebody's own word that they look after
// the item.
func (c *Claim) confirms() bool {
	return c.Standing == Confirmed && c.HolderKind == User && (c.Role == Steward || c.Role == Maintainer)
}
