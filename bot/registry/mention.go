// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds mentions: how they are stored, taken back and read.

package registry

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Mention is a recorded mention.
type Mention struct {
	// Item is the item that is meant, or As where there is none.
	Item Key `json:"item"`
	// As is the key that the name gives as it was written. With the wiki, the
	// revision and the section it names the stored mention.
	As       Key         `json:"as"`
	Kind     detect.Kind `json:"kind"`
	Name     string      `json:"name"` // as written
	Wiki     string      `json:"wiki"` // of the page
	Title    string      `json:"title"`
	Revision int64       `json:"revision"`
	Section  string      `json:"section,omitempty"`
	Rule     string      `json:"rule"`
	User     string      `json:"user,omitempty"`
	// Author signed the comment that it stands in, "" if nobody did: then it is
	// User.
	Author string `json:"author,omitempty"`
	// Aux are the tasks and changes named beside it, such as "T123".
	Aux     []string  `json:"aux,omitempty"`
	Time    time.Time `json:"time"`
	Snippet string    `json:"snippet,omitempty"`
	// Redacted says that the revision was hidden or deleted, so that neither
	// its user nor author nor a quote is known any more.
	Redacted bool `json:"redacted,omitempty"`
	// Dismissed is when a person took its entry off the noticeboard or struck it,
	// zero if nobody did, and DismissedBy who, "" where that is hidden.
	Dismissed   time.Time `json:"dismissed,omitzero"`
	DismissedBy string    `json:"dismissed_by,omitempty"`
	// Withdrawn is since when its text does not stand on the page any more, zero
	// while it does.
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	// Answered is when somebody who was told of it edited its page since; zero
	// where nobody did, or nobody has looked. It is not stored.
	Answered time.Time `json:"answered,omitzero"`
}

// Equal reports whether two mentions are the same in everything.
func (m Mention) Equal(o Mention) bool { return reflect.DeepEqual(m, o) }

// Withdraw takes back a mention whose text is not on the page any more. It is
// kept, so that the same event seen again does not bring it back, but no View
// has it. Other mentions in the same section stay, of the same name too.
func (r *Registry) Withdraw(ctx context.Context, m Mention, at time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE mention SET withdrawn = ? WHERE id = ? AND withdrawn = 0`,
			micros(at), mentionID(m.As, m.Wiki, m.Revision, m.Section))
		return err
	})
	if err != nil {
		return fmt.Errorf("withdraw mention of %s in %s, revision %d: %w", m.Name, m.Title, m.Revision, err)
	}
	return nil
}

// Restore says that the text of a mention that was withdrawn is on the page again.
func (r *Registry) Restore(ctx context.Context, m Mention) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE mention SET withdrawn = 0 WHERE id = ?`, mentionID(m.As, m.Wiki, m.Revision, m.Section))
		return err
	})
	if err != nil {
		return fmt.Errorf("restore mention of %s in %s, revision %d: %w", m.Name, m.Title, m.Revision, err)
	}
	return nil
}

// Entered returns the mentions on a wiki since a time whose notices were sent, by
// the keys that key gives them; also those that were withdrawn, none that is
// redacted.
func (r *Registry) Entered(ctx context.Context, wiki string, since time.Time, key func(Mention) string) ([]Mention, error) {
	var out []Mention
	err := r.read(ctx, func(tx *sql.Tx) error {
		all, err := mentions(ctx, tx, `wiki = ? AND redacted = 0 AND made_at >= ?`, wiki, micros(since))
		if err != nil {
			return err
		}
		keys := make([]string, len(all))
		for i, m := range all {
			keys[i] = key(m)
		}
		sent, err := valuesIn(ctx, tx, `SELECT notice_key FROM notice WHERE sent_at > 0`, "notice_key", keys)
		out = slices.DeleteFunc(all, func(m Mention) bool { return !sent[key(m)] })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("mentions with notices on %s: %w", wiki, err)
	}
	return out, nil
}

// withdrawn reads the mentions of some kinds since a time that were withdrawn.
func withdrawn(ctx context.Context, tx *sql.Tx, q Query) ([]Mention, error) {
	kinds, args := oneOf("kind", q.Kinds)
	return mentions(ctx, tx, `wiki = ? AND withdrawn > 0 AND made_at >= ? AND `+kinds, append([]any{q.Wiki, micros(q.Since)}, args...)...)
}

// Redact forgets for good who wrote a mention and what it says, because its
// revision was hidden or deleted. That goes for everything of that revision:
// other mentions in it, also those that View has folded into one or that were
// withdrawn, and those that a replay of the event may still add.
func (r *Registry) Redact(ctx context.Context, m Mention) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE mention SET snippet = '', user_name = '', author = '', aux = '', redacted = 1 WHERE wiki = ? AND revision = ?`, m.Wiki, m.Revision)
		return err
	})
	if err != nil {
		return fmt.Errorf("redact mention of %s in %s, revision %d: %w", m.Name, m.Title, m.Revision, err)
	}
	return nil
}

// Dismiss notes that a person took the entry of a mention off the noticeboard,
// or with a zero time that it stands there again.
func (r *Registry) Dismiss(ctx context.Context, m Mention, by string, at time.Time) error {
	if at.IsZero() {
		by = ""
	}
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE mention SET dismissed_at = ?, dismissed_by = ? WHERE id = ?`,
			micros(at), clip(by, maxTitle), mentionID(m.As, m.Wiki, m.Revision, m.Section))
		return err
	})
	if err != nil {
		return fmt.Errorf("dismiss mention of %s in %s, revision %d: %w", m.Name, m.Title, m.Revision, err)
	}
	return nil
}

// dismissed reads the mentions of some kinds that people took off the
// noticeboard, of whatever age.
func dismissed(ctx context.Context, tx *sql.Tx, q Query) ([]Mention, error) {
	kinds, args := oneOf("kind", q.Kinds)
	return mentions(ctx, tx, `wiki = ? AND dismissed_at > 0 AND `+kinds, append([]any{q.Wiki}, args...)...)
}

func mentionID(key Key, wiki string, revision int64, section string) string {
	sum := sha256.Sum256([]byte(string(key) + "\x00" + wiki + "\x00" + strconv.FormatInt(revision, 10) + "\x00" + section))
	return hex.EncodeToString(sum[:])
}

// resolveMentions gives mentions the keys of their items. Two spellings of one
// item in one section are one mention.
func resolveMentions(known resolver, mentions []Mention) []Mention {
	seen := make(map[string]bool, len(mentions))
	out := mentions[:0]
	for _, m := range mentions {
		m.Item = known.one(m.As)
		m.Kind = m.Item.Kind()
		id := mentionID(m.Item, m.Wiki, m.Revision, m.Section)
		if seen[id] {
			continue
		}
		seen[id] = true
		out = append(out, m)
	}
	return out
}

// mentionsSince reads the mentions of some kinds since a time that were not
// withdrawn, and all that are redacted, whose notices may still have to be.
func mentionsSince(ctx context.Context, tx *sql.Tx, q Query) ([]Mention, error) {
	kinds, args := oneOf("kind", q.Kinds)
	where := `wiki = ? AND withdrawn = 0 AND redacted = 0 AND made_at >= ? AND ` + kinds
	shown, err := mentions(ctx, tx, where, append([]any{q.Wiki, micros(q.Since)}, args...)...)
	if err != nil {
		return nil, err
	}
	where = `wiki = ? AND withdrawn = 0 AND redacted = 1 AND ` + kinds
	hidden, err := mentions(ctx, tx, where, append([]any{q.Wiki}, args...)...)
	if err != nil || len(hidden) == 0 {
		return shown, err
	}
	shown = append(shown, hidden...)
	slices.SortFunc(shown, newestFirst)
	return shown, nil
}

func newestFirst(a, b Mention) int {
	return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Revision, a.Revision), cmp.Compare(a.As, b.As), cmp.Compare(a.Section, b.Section))
}

func mentions(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]Mention, error) {
	var out []Mention
	err := query(ctx, tx, func(scan func(...any) error) error {
		var m Mention
		var made, dismissed, withdrawn int64
		var aux string
		err := scan(&m.As, &m.Name, &m.Wiki, &m.Title, &m.Revision, &m.Section, &m.Rule, &m.User, &m.Author, &made, &m.Snippet, &aux, &m.Redacted,
			&dismissed, &m.DismissedBy, &withdrawn)
		m.Time, m.Dismissed, m.Withdrawn = moment(made), moment(dismissed), moment(withdrawn)
		if aux != "" && err == nil {
			err = json.Unmarshal([]byte(aux), &m.Aux)
		}
		out = append(out, m)
		return err
	}, `SELECT item_key, name, wiki, title, revision, section, rule_name, user_name, author, made_at, snippet, aux, redacted,
		dismissed_at, dismissed_by, withdrawn FROM mention WHERE `+where+` ORDER BY made_at DESC, revision DESC, item_key, section`, args...)
	if err != nil {
		return nil, fmt.Errorf("read mentions: %w", err)
	}
	return out, nil
}

// MentionsOn returns the mentions of a page, or of a revision of it, that are
// not redacted: of any age, and also the withdrawn ones.
func (r *Registry) MentionsOn(ctx context.Context, wiki, title string, revision int64) ([]Mention, error) {
	var out []Mention
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = mentions(ctx, tx, `wiki = ? AND (title = ? OR revision = ? AND revision > 0) AND redacted = 0`, wiki, clip(title, maxTitle), revision)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("mentions on %s: %w", title, err)
	}
	return out, nil
}

// MovePage notes that a page has had another title since a time, for the
// mentions that were made on it until then. Later ones are on another page that
// got the old title, which matters when the move is seen again.
func (r *Registry) MovePage(ctx context.Context, wiki, from, to string, at time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE mention SET title = ? WHERE wiki = ? AND title = ? AND made_at <= ?`, clip(to, maxTitle), wiki, clip(from, maxTitle), micros(at))
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE request SET title = ? WHERE wiki = ? AND title = ? AND made_at <= ?`, clip(to, maxTitle), wiki, clip(from, maxTitle), micros(at))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("move mentions from %s to %s: %w", from, to, err)
	}
	return nil
}

// mentionedKeys returns the keys of the items that mentions made on a wiki and
// that have one left, of whatever age, that is not withdrawn.
func mentionedKeys(ctx context.Context, tx *sql.Tx, q Query) (map[Key]bool, error) {
	kinds, args := oneOf("kind", q.Kinds)
	out := make(map[Key]bool)
	err := query(ctx, tx, func(scan func(...any) error) error {
		var key Key
		err := scan(&key)
		out[key] = true
		return err
	}, `SELECT item_key FROM presence WHERE wiki = ? AND source = ? AND `+kinds+` AND EXISTS
		(SELECT 1 FROM mention WHERE mention.wiki = presence.wiki AND mention.item_key = presence.item_key AND mention.withdrawn = 0)`,
		append([]any{q.Wiki, fromMentions}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read which items are mentioned: %w", err)
	}
	return out, nil
}
