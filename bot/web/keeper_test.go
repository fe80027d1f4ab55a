// SPDX-License-Identifier: GPL-3.0-or-later

package web

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

// keeping runs a keeper in a bubble of time, whose indexes take a second to make.
func keeping(t *testing.T, test func(t *testing.T, k *keeper, made *atomic.Int64, fail *atomic.Bool)) {
	synctest.Test(t, func(t *testing.T) {
		var made atomic.Int64
		var fail atomic.Bool
		k := newKeeper(func(ctx context.Context) (*index, error) {
			made.Add(1)
			now := time.Now()
			time.Sleep(time.Second)
			if fail.Load() {
				return nil, errors.New("the database is away")
			}
			return &index{made: now}, nil
		}, time.Now, zerolog.Nop())
		ctx, cancel := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() { k.run(ctx) })
		test(t, k, &made, &fail)
		cancel()
		done.Wait()
	})
}

func TestManyVisitorsAreOneReading(t *testing.T) {
	keeping(t, func(t *testing.T, k *keeper, made *atomic.Int64, _ *atomic.Bool) {
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if x, err := k.get(t.Context()); x == nil || err != nil {
					t.Errorf("no index: %v", err)
				}
			})
		}
		all.Wait()
		if n := made.Load(); n != 1 {
			t.Errorf("%d readings for 100 visitors", n)
		}
		for range 60 { // somebody looks every ten seconds, for ten minutes
			time.Sleep(10 * time.Second)
			if _, err := k.get(t.Context()); err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		if n := made.Load(); n < 8 || n > 11 {
			t.Errorf("%d readings in ten minutes, want one a minute", n)
		}
	})
}

func TestAVisitorAfterALongTimeWaitsForWhatIsNew(t *testing.T) {
	keeping(t, func(t *testing.T, k *keeper, made *atomic.Int64, _ *atomic.Bool) {
		first, err := k.get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		if same, _ := k.get(t.Context()); same != first {
			t.Error("a visitor two minutes later waits")
		}
		time.Sleep(time.Hour)
		k.mu.Lock()
		kept := k.last
		k.mu.Unlock()
		if kept != nil {
			t.Error("an index that nobody looks at stays in memory")
		}
		later, err := k.get(t.Context())
		if err != nil || later == first || time.Since(later.made) > 2*time.Second {
			t.Errorf("an hour later: %v, %v", later, err)
		}
		if n := made.Load(); n != 3 {
			t.Errorf("%d readings, want 3", n)
		}
	})
}

func TestARegistryThatIsAwayIsNotAskedAllTheTime(t *testing.T) {
	keeping(t, func(t *testing.T, k *keeper, made *atomic.Int64, fail *atomic.Bool) {
		fail.Store(true)
		for range 600 { // ten a second, for a minute
			if _, err := k.get(t.Context()); err == nil {
				t.Fatal("there is an index")
			}
			time.Sleep(100 * time.Millisecond)
		}
		if n := made.Load(); n > 15 {
			t.Errorf("%d readings in a minute", n)
		}
		fail.Store(false)
		time.Sleep(retryAfter)
		if _, err := k.get(t.Context()); err != nil {
			t.Errorf("as the registry is back: %v", err)
		}
	})
}

func TestALongReadingIsRare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made atomic.Int64
		k := newKeeper(func(context.Context) (*index, error) {
			made.Add(1)
			now := time.Now()
			time.Sleep(10 * time.Second)
			return &index{made: now}, nil
		}, time.Now, zerolog.Nop())
		ctx, cancel := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() { k.run(ctx) })
		for range 360 {
			if _, err := k.get(t.Context()); err != nil {
				t.Error(err)
			}
			time.Sleep(10 * time.Second)
		}
		if n := made.Load(); n > 13 {
			t.Errorf("%d readings of 10 s in an hour: more than one part in %d of the time", n, indexShare)
		}
		cancel()
		done.Wait()
	})
}

func TestTheStateIsReadOnceInAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads := 0
		c := newStateCache(func(context.Context) (State, error) {
			reads++
			return State{Now: time.Now()}, nil
		}, time.Now)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := c.get(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if reads != 1 {
			t.Errorf("%d readings at once", reads)
		}
		time.Sleep(stateFresh)
		if s, _ := c.get(t.Context()); reads != 2 || !s.Now.Equal(time.Now()) {
			t.Errorf("%d readings a while later", reads)
		}
	})
}
