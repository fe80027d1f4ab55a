// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how often the registry is asked: rarely, and by one at a time,
// however many people look.

package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// indexFresh is how long an index is as good as new, and indexKept after how
	// long without a visitor it leaves the memory.
	indexFresh = time.Minute
	indexKept  = 10 * time.Minute
	// indexOld is when visitors wait for a new one instead.
	indexOld = 10 * time.Minute
	// indexShare is what part of the time goes into making indexes at most: one
	// in so many.
	indexShare = 30
	// retryAfter is when the registry is asked again that did not answer.
	retryAfter = 5 * time.Second
	// stateFresh is how long a state is as good as new.
	stateFresh = 10 * time.Second
)

// errNoIndex says that there is no index, and none could be made lately.
var errNoIndex = errors.New("the registry could not be read")

// keeper keeps the last index, and has run make another one when somebody looks.
type keeper struct {
	make func(context.Context) (*index, error)
	now  func() time.Time
	log  zerolog.Logger

	mu     sync.Mutex
	last   *index
	took   time.Duration // to make it
	used   time.Time
	failed time.Time     // when making one last failed, zero if it did not
	done   chan struct{} // closed when the next try is over
	wake   chan struct{}
}

func newKeeper(make_ func(context.Context) (*index, error), now func() time.Time, log zerolog.Logger) *keeper {
	return &keeper{make: make_, now: now, log: log, done: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// get returns the index. It is at most some minutes old: where there is none,
// the caller waits for it.
func (k *keeper) get(ctx context.Context) (*index, error) {
	k.mu.Lock()
	now := k.now()
	k.used = now
	last, done, took := k.last, k.done, k.took
	age := time.Duration(0)
	if last != nil {
		age = now.Sub(last.made)
	}
	due := last == nil || age > max(indexFresh, indexShare*took)
	resting := !k.failed.IsZero() && now.Sub(k.failed) < retryAfter
	k.mu.Unlock()
	if due && !resting {
		select {
		case k.wake <- struct{}{}:
		default:
		}
	}
	switch {
	case last != nil && age <= max(indexOld, 2*indexShare*took):
		return last, nil
	case resting:
		return nil, errNoIndex
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-done:
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last == nil || k.last == last {
		return nil, errNoIndex
	}
	return k.last, nil
}

// run makes indexes when they are wanted, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	idle := time.NewTicker(indexKept / 5)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-idle.C:
			k.drop()
		case <-k.wake:
			k.refresh(ctx)
		}
	}
}

// drop lets go of an index that nobody looks at.
func (k *keeper) drop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last != nil && k.now().Sub(k.used) > indexKept {
		k.last = nil
	}
}

// refresh makes an index, unless the last one is new.
func (k *keeper) refresh(ctx context.Context) {
	begun := k.now()
	k.mu.Lock()
	fresh := k.last != nil && begun.Sub(k.last.made) <= max(indexFresh, indexShare*k.took)
	k.mu.Unlock()
	if fresh {
		return
	}
	made, err := k.make(ctx)
	if err != nil && ctx.Err() == nil {
		k.log.Warn().Err(err).Msg("the web page cannot read the registry")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.failed = k.now()
	} else {
		k.last, k.took, k.failed = made, k.now().Sub(begun), time.Time{}
	}
	close(k.done)
	k.done = make(chan struct{})
}

// stateCache keeps the last state for a short while.
type stateCache struct {
	read func(context.Context) (State, error)
	now  func() time.Time
	turn chan struct{} // holds one who may read
	last State
	at   time.Time
}

func newStateCache(read func(context.Context) (State, error), now func() time.Time) *stateCache {
	return &stateCache{read: read, now: now, turn: make(chan struct{}, 1)}
}

// get returns the state, which is a few seconds old at most.
func (c *stateCache) get(ctx context.Context) (State, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return State{}, ctx.Err()
	}
	if !c.at.IsZero() && c.now().Sub(c.at) < stateFresh {
		return c.last, nil
	}
	s, err := c.read(ctx)
	if err != nil {
		return State{}, err
	}
	c.last, c.at = s, c.now()
	return s, nil
}
