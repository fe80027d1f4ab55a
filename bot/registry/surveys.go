// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the registry takes in what a survey read.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// Survey is everything that one source says at one time, for one wiki.
type Survey struct {
	Source string // "siteinfo", "gadgets", "maintainers"
	// Wiki is the wiki that is served, AllWikis for a source that says the same
	// of every one.
	Wiki     string
	At       time.Time
	Items    []Item
	Claims   []Claim
	Measures []Measure
	Accounts []Account
	// Part says that this is not everything: what it does not name stays as it
	// was, but for the items in Left.
	Part bool
	Left []Key
	// Mark is what the source has to be told at its next reading, such as the
	// ETag of an address; it means nothing to the registry.
	Mark string
	// Checkpoint is where a reading that is not finished has come to, "" when
	// it is. Only a Part has one.
	Checkpoint string
}

// AllWikis stands for the wiki of a source that says the same of every one,
// such as a catalogue of tools.
const AllWikis = ""

// SurveyState is how a source is doing.
type SurveyState struct {
	Source string    `json:"source"`
	Wiki   string    `json:"wiki"`
	Read   time.Time `json:"read,omitzero"`   // last good reading
	Failed time.Time `json:"failed,omitzero"` // since when readings fail; zero if the last was good
	Reason string    `json:"reason,omitempty"`
	// Held is since when an answer that names far fewer items than the one
	// before waits for a second one like it; zero if none does.
	Held time.Time `json:"held,omitzero"`
	// HeldItems is how many items that answer names.
	HeldItems int `json:"held_items,omitempty"`
	// Mark and Checkpoint are those of the last Survey.
	Mark       string `json:"-"`
	Checkpoint string `json:"-"`
}

// SaveSurvey replaces what the source said before about the wiki, or the parts
// that it names, and reports whether that changed anything but the time of the
// reading. Claims that are gone are superseded, not deleted; items that the
// source does not name any more are marked, and View calls an item gone once no
// source names it. A survey without measures or accounts leaves those as they
// were. One that names far less than the source did is held: the error is
// ErrHeld, and what the source said before stays in force.
func (r *Registry) SaveSurvey(ctx context.Context, s Survey) (changed bool, err error) {
	items, said := s.items(), s.claims()
	var held error
	err = r.write(ctx, func(tx *sql.Tx) error {
		changed, held = false, nil
		state, err := surveyState(ctx, tx, s.Source, s.Wiki)
		if err != nil {
			return err
		}
		stored, err := itemsBefore(ctx, tx, s)
		if err != nil {
			return err
		}
		inForce, err := claimsBefore(ctx, tx, s)
		if err != nil {
			return err
		}
		if held = s.hold(&state, items, said, stored, inForce); held != nil {
			return saveSurveyState(ctx, tx, state)
		}
		for _, save := range []func() (bool, error){
			func() (bool, error) { return saveItems(ctx, tx, s, items, stored) },
			func() (bool, error) { return saveClaims(ctx, tx, s, said, inForce) },
			func() (bool, error) { return saveMeasures(ctx, tx, s, &state) },
			func() (bool, error) { return saveAccounts(ctx, tx, s, &state) },
		} {
			new, err := save()
			if err != nil {
				return err
			}
			changed = changed || new
		}
		if changed {
			state.changed()
		}
		state.saved(s)
		return saveSurveyState(ctx, tx, state)
	})
	if err == nil {
		err = held
	}
	if err != nil {
		return false, fmt.Errorf("save survey of %s for %s: %w", s.Source, s.Wiki, err)
	}
	return changed, nil
}

// items are those of the survey that can be stored, as the store gives them
// back, each once.
func (s Survey) items() []Item {
	named := make(map[Key]bool, len(s.Items))
	out := make([]Item, 0, len(s.Items))
	for _, item := range s.Items {
		if !item.Key.storable() || named[item.Key] {
			continue
		}
		named[item.Key] = true
		item = canonical(item)
		item.Gone = time.Time{}
		out = append(out, item)
	}
	return out
}

// claims are those of the survey that can be stored, each statement once.
func (s Survey) claims() []Claim {
	seen := make(map[statement]bool, len(s.Claims))
	out := make([]Claim, 0, len(s.Claims))
	for _, c := range s.Claims {
		c.Holder, c.Evidence.Page, c.Evidence.User = clean(c.Holder), clip(c.Evidence.Page, maxAddress), clip(c.Evidence.User, maxTitle)
		if c.HolderKind == User {
			c.Holder = userName(c.Holder)
		}
		if !c.Item.storable() || len(c.Holder) > maxName || seen[c.statement()] {
			continue
		}
		seen[c.statement()] = true
		c.Evidence.Source = s.Source
		if c.Evidence.Time.IsZero() {
			c.Evidence.Time = s.At
		}
		out = append(out, c)
	}
	return out
}

// hold reports with ErrHeld that the survey names too little to be believed at
// once, and notes so; nil if it is to be saved.
func (s Survey) hold(state *sourceState, items []Item, said []Claim, stored []presence, inForce []storedClaim) error {
	live := 0
	for _, p := range stored {
		if p.item.Gone.IsZero() {
			live++
		}
	}
	if s.Part || !shrunk(live, len(items)) && !shrunk(len(inForce), len(said)) {
		return nil
	}
	answer := answerOf(items, said)
	if state.confirms(s, answer) {
		return nil
	}
	state.Held, state.HeldItems, state.heldAnswer = s.At, len(items), writeAnswer(answer)
	return fmt.Errorf("%w: %d items and %d claims, after %d and %d", ErrHeld, len(items), len(said), live, len(inForce))
}

// itemsBefore reads what the source said of items: of all, or for a Part of
// those in it.
func itemsBefore(ctx context.Context, tx *sql.Tx, s Survey) ([]presence, error) {
	if !s.Part {
		return presences(ctx, tx, `wiki = ? AND source = ?`, s.Wiki, s.Source)
	}
	keys := slices.Clone(s.Left)
	for _, i := range s.Items {
		keys = append(keys, i.Key)
	}
	var out []presence
	for some := range slices.Chunk(keys, rowsAtOnce) {
		in, args := oneOf("item_key", some)
		rows, err := presences(ctx, tx, `wiki = ? AND source = ? AND `+in, append([]any{s.Wiki, s.Source}, args...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// claimsBefore reads the claims in force that the survey may end: all of the
// source, or for a Part those on the items in it.
func claimsBefore(ctx context.Context, tx *sql.Tx, s Survey) ([]storedClaim, error) {
	if !s.Part {
		return claimsInForce(ctx, tx, s.Wiki, s.Source)
	}
	keys := slices.Clone(s.Left)
	for _, i := range s.Items {
		keys = append(keys, i.Key)
	}
	for _, c := range s.Claims {
		keys = append(keys, c.Item)
	}
	var out []storedClaim
	slices.Sort(keys)
	for some := range slices.Chunk(slices.Compact(keys), rowsAtOnce) {
		in, args := oneOf("item_key", some)
		rows, err := claims(ctx, tx, `wiki = ? AND source = ? AND superseded_at = 0 AND `+in, append([]any{s.Wiki, s.Source}, args...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

func saveItems(ctx context.Context, tx *sql.Tx, s Survey, items []Item, stored []presence) (changed bool, err error) {
	before := make(map[Key]Item, len(stored))
	for _, p := range stored {
		before[p.item.Key] = p.item
	}
	named := make(map[Key]bool, len(items))
	var write []Item
	var replaced, gone []Key
	for _, item := range items {
		named[item.Key] = true
		old, known := before[item.Key]
		if known && reflect.DeepEqual(old, item) {
			continue
		}
		if known {
			replaced = append(replaced, item.Key)
		}
		write = append(write, item)
	}
	for _, p := range stored {
		left := !s.Part || slices.Contains(s.Left, p.item.Key)
		if left && !named[p.item.Key] && p.item.Gone.IsZero() {
			gone = append(gone, p.item.Key)
		}
	}
	if err := execEach(ctx, tx, `DELETE FROM presence WHERE wiki = ? AND source = ?`, "item_key", replaced, s.Wiki, s.Source); err != nil {
		return false, err
	}
	if err := insertPresences(ctx, tx, s.Wiki, s.Source, write); err != nil {
		return false, err
	}
	err = execEach(ctx, tx, `UPDATE presence SET gone_at = ? WHERE wiki = ? AND source = ?`, "item_key", gone, micros(s.At), s.Wiki, s.Source)
	return len(write)+len(gone) > 0, err
}

func saveClaims(ctx context.Context, tx *sql.Tx, s Survey, said []Claim, inForce []storedClaim) (changed bool, err error) {
	before := make(map[statement]storedClaim, len(inForce))
	for _, c := range inForce {
		before[c.statement()] = c
	}
	seen := make(map[statement]bool, len(said))
	var ended []int64
	var write []Claim
	for _, c := range said {
		seen[c.statement()] = true
		old, known := before[c.statement()]
		if known && old.Standing == c.Standing && old.Evidence.User == c.Evidence.User {
			continue
		}
		if known {
			ended = append(ended, old.id)
		}
		write = append(write, c)
	}
	for _, c := range inForce {
		if !seen[c.statement()] {
			ended = append(ended, c.id)
		}
	}
	if err := execEach(ctx, tx, `UPDATE claim SET superseded_at = ? WHERE superseded_at = 0`, "id", ended, micros(s.At)); err != nil {
		return false, fmt.Errorf("supersede claims: %w", err)
	}
	_, err = insertClaims(ctx, tx, s.Wiki, write)
	return len(write)+len(ended) > 0, err
}
