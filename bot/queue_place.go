// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the position of a feed: behind the last event before which all
// are handled, or noted as to be looked up.

package bot

import (
	"context"
	"slices"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// position is where a feed is. Its lock is that of the queues of the feed too,
// and is held while a position is stored, so that no older one comes after it.
type position struct {
	mu sync.Mutex
	// order are the events that are not handled yet, in the order in which they
	// came; some of them may be done.
	order []*entry
	// last is behind the last event that came.
	last    events.Cursor
	saved   events.Cursor
	savedAt time.Time
	// begin is the first start, if this is it: nothing before it counts.
	begin time.Time
	// waitAtMost is how long an event may hold it up.
	waitAtMost time.Duration
}

// start sets the position that is stored, and the first start, if this is it.
func (p *position) start(from events.Cursor, begin time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begin = begin
	p.last, p.saved, p.savedAt = from, from, time.Now()
}

// place is the position to store, and whether it is another one than that which
// is. The caller has the lock.
func (p *position) place() (c events.Cursor, moved bool) {
	handled := slices.IndexFunc(p.order, func(e *entry) bool { return !e.done })
	if handled < 0 {
		handled = len(p.order)
	}
	clear(p.order[:handled])
	p.order = p.order[handled:]
	c = p.last
	if len(p.order) > 0 {
		c = p.order[0].before
	}
	return c, c.ID != p.saved.ID || !c.Time.Equal(p.saved.Time) || lastSeen(c) != lastSeen(p.saved)
}

// lastSeen tells positions apart that lie within one millisecond.
func lastSeen(c events.Cursor) string {
	if len(c.Seen) == 0 {
		return ""
	}
	return c.Seen[len(c.Seen)-1]
}

// record stores what entries led to, and the position if they were the last to
// hold it up, in one transaction. It reports whether there was anything new.
func (p *position) record(ctx context.Context, reg *registry.Registry, done []*entry, batches []registry.Batch) (changed bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range done {
		e.done = true
	}
	place, moved := p.place()
	if moved && (len(batches) > 0 || time.Since(p.savedAt) > cursorEvery) {
		batches = append(batches, registry.Batch{Cursor: place})
		defer func() {
			if err == nil {
				p.saved, p.savedAt = place, time.Now()
			}
		}()
	}
	if len(batches) == 0 {
		return false, nil
	}
	return reg.Record(ctx, batches...)
}

// pass moves over an event that leads to nothing. The position is stored from
// time to time, or now.
func (p *position) pass(ctx context.Context, reg *registry.Registry, c events.Cursor, now bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = c
	place, moved := p.place()
	if !moved || !now && time.Since(p.savedAt) <= cursorEvery {
		return nil
	}
	_, err := reg.Record(ctx, registry.Batch{Cursor: place})
	if err == nil {
		p.saved, p.savedAt = place, time.Now()
	}
	return err
}
