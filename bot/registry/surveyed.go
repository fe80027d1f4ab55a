// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what surveys said, kept in memory: a look at a wiki comes
// with every event, while a survey brings something new now and then.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// rowsKept is how many rows are kept in memory, of which one takes some 150
// bytes. Those that were not used for the longest time go first.
const rowsKept = 600_000

// part is which of the things that surveys say are kept together.
type part string

const (
	itemsPart    part = "items" // and claims about them
	measuresPart part = "measures"
	accountsPart part = "accounts" // which belong to no kind
)

// surveyed is a part of what the surveys of a wiki said about the items of one
// kind. It does not change. The times at which it was read and was true are not
// filled in where they are those of the source, since they move on when nothing
// else does.
type surveyed struct {
	wiki     string
	part     part
	kind     detect.Kind
	version  string // by which a newer one is known
	used     int64  // when it was last asked for, in askings
	items    packedItems
	claims   packedClaims
	measures []storedMeasure
	accounts map[string]storedAccount

	once  sync.Once
	index nameIndex // made when it is asked for
}

func (s *surveyed) size() int {
	return len(s.items.rows) + len(s.claims.rows) + len(s.measures) + len(s.accounts)
}

// memory keeps what surveys said. It is right in every transaction, whatever
// other processes do, because the sources' states tell which version that sees.
type memory struct {
	mu   sync.Mutex
	asks int64
	kept []*surveyed
}

// versionOf tells what the surveys of a wiki have said from what they said
// before.
func versionOf(states []sourceState) string {
	var v strings.Builder
	for _, s := range states {
		fmt.Fprintln(&v, s.Source, s.version)
	}
	return v.String()
}

// of returns a part of what the surveys of a wiki said about a kind, in a
// transaction that sees the sources in these states.
func (m *memory) of(ctx context.Context, tx *sql.Tx, wiki string, part part, kind detect.Kind, states []sourceState) (*surveyed, error) {
	version := versionOf(states)
	if s := m.recall(wiki, part, kind, version); s != nil {
		return s, nil
	}
	s := &surveyed{wiki: wiki, part: part, kind: kind, version: version}
	if err := s.load(ctx, tx); err != nil {
		return nil, err
	}
	m.keep(s)
	return s, nil
}

func (s *surveyed) load(ctx context.Context, tx *sql.Tx) (err error) {
	switch s.part {
	case accountsPart:
		s.accounts, err = accountsByName(ctx, tx, s.wiki)
	case measuresPart:
		s.measures, err = storedMeasures(ctx, tx, `wiki = ? AND kind = ?`, s.wiki, s.kind)
	default:
		rows, err := presences(ctx, tx, `wiki = ? AND kind = ? AND source NOT IN (?, ?)`, s.wiki, s.kind, fromTouches, fromMentions)
		if err != nil {
			return err
		}
		// The sum keeps an index from being used that has the rows in another order.
		claims, err := storedClaims(ctx, tx, `wiki = ? AND kind = ? AND superseded_at + 0 = 0 AND source <> ?`, s.wiki, s.kind, CellsSource)
		if err != nil {
			return err
		}
		s.items, s.claims = packItems(rows), packClaims(claims)
	}
	return err
}

func (m *memory) recall(wiki string, part part, kind detect.Kind, version string) *surveyed {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asks++
	for _, s := range m.kept {
		if s.wiki == wiki && s.part == part && s.kind == kind && s.version == version {
			s.used = m.asks
			return s
		}
	}
	return nil
}

// keep keeps s in place of what was said before.
func (m *memory) keep(s *surveyed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.used = m.asks
	m.kept = slices.DeleteFunc(m.kept, func(old *surveyed) bool { return old.wiki == s.wiki && old.part == s.part && old.kind == s.kind })
	m.kept = append(m.kept, s)
	slices.SortFunc(m.kept, func(a, b *surveyed) int { return int(min(max(b.used-a.used, -1), 1)) })
	rows := 0
	for i, s := range m.kept {
		if rows += s.size(); rows > rowsKept {
			m.kept = slices.Delete(m.kept, i, len(m.kept))
			return
		}
	}
}

// readAt returns a claim in force with the time at which its source was read.
func (c storedClaim) readAt(read map[string]time.Time) storedClaim {
	c.Evidence.Read = later(c.Evidence.Time, read[c.Evidence.Source])
	return c
}

// countedAt returns a measure with the time at which it was true.
func (m storedMeasure) countedAt(counted map[string]time.Time) Measure {
	if m.AsOf = moment(m.asOf); m.asOf == 0 {
		m.AsOf = counted[m.Source]
	}
	return m.Measure
}

// times returns when each source was read, and when what it counted was true.
func times(states []sourceState) (read, counted map[string]time.Time) {
	read, counted = make(map[string]time.Time, len(states)), make(map[string]time.Time, len(states))
	for _, s := range states {
		read[s.Source], counted[s.Source] = s.Read, s.counted
	}
	return read, counted
}
