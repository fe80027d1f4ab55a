// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the lease that lets one process write.

package bot

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	// leaseTime is how long a process may be silent before another takes over.
	leaseTime = 10 * time.Second
	// leaseEvery is how often it is renewed, or asked for.
	leaseEvery = 2 * time.Second
	// silentFor is after how long a lease is taken from a process that does not
	// renew it, whatever it says.
	silentFor = 3 * leaseTime
)

// lease is held by at most one process at a time.
type lease struct {
	reg   *registry.Registry
	owner owner
	log   zerolog.Logger
	pace  *pace
	// beat is how the lease of another process was last seen, since when.
	beat  string
	since time.Time
}

// owner names a process so that another on the same machine can tell whether
// it is still alive.
type owner struct {
	host  string // for people
	pid   int
	place string // the machine since its start, and the process's view of it; "" if unknown
	id    string // tells processes with one number apart
}

func (o owner) String() string { return fmt.Sprintf("%s/%d/%s/%s", o.host, o.pid, o.place, o.id) }

// thisProcess names the process we are.
func thisProcess() owner {
	o := owner{host: "unknown", pid: os.Getpid(), id: uuid.NewString()}
	if host, err := os.Hostname(); err == nil {
		o.host = strings.ReplaceAll(host, "/", "_")
	}
	// Both exist on Linux only; elsewhere a lease of a dead process runs out.
	boot, err1 := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, err2 := os.Readlink("/proc/self/ns/pid")
	if err1 == nil && err2 == nil {
		o.place = strings.TrimSpace(string(boot)) + "-" + strings.Trim(space, "pid:[]")
	}
	return o
}

// gone reports whether the process with that name is certain to have ended: it
// ran where we run, and its number is free, or ours by now.
func (o owner) gone(name string) bool {
	parts := strings.Split(name, "/")
	if len(parts) != 4 || o.place == "" || parts[2] != o.place || parts[3] == o.id {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	return err == nil && (pid == o.pid || ended(pid))
}

func newLease(reg *registry.Registry, log zerolog.Logger) *lease {
	return &lease{reg: reg, owner: thisProcess(), log: log}
}

// acquire waits until the lease is ours.
func (l *lease) acquire(ctx context.Context) error {
	for told := false; ; {
		l.pace.forward()
		held, holder, err := l.try(ctx)
		if held || err != nil {
			return err
		}
		if !told {
			l.log.Info().Str("owner", holder).Msg("another process holds the lease; waiting for it")
			told = true
		}
		if err := newSignal().wait(ctx, leaseEvery); err != nil {
			return err
		}
	}
}

// try takes the lease if it is free, or if the process that holds it has ended;
// or else it tells the holder, "" if that is one of another number of shards.
func (l *lease) try(ctx context.Context) (held bool, holder string, err error) {
	for {
		held, err := l.reg.Acquire(ctx, l.owner.String(), time.Now(), leaseTime)
		if held {
			l.reg.Guard(l.owner.String())
		}
		if held || err != nil {
			return held, "", err
		}
		holder, err := l.reg.Holder(ctx)
		if err != nil {
			return false, holder, err
		}
		silent, err := l.silent(ctx)
		if err != nil || holder == "" || !silent && !l.owner.gone(holder) {
			return false, holder, err
		}
		l.log.Info().Str("owner", holder).Bool("silent", silent).Msg("the process that held the lease has ended without giving it back")
		if err := l.reg.Release(ctx, holder); err != nil {
			return false, "", err
		}
	}
}

// silent reports whether the lease has not been renewed for far too long as this
// process counts time: a clock that jumps may have written an end that is days
// away.
func (l *lease) silent(ctx context.Context) (bool, error) {
	beat, err := l.reg.Beat(ctx)
	if err != nil {
		return false, err
	}
	if beat != l.beat {
		l.beat, l.since = beat, time.Now()
	}
	return time.Since(l.since) > silentFor, nil
}

// keep renews the lease until ctx ends. Losing it is an error: another process
// has taken over.
func (l *lease) keep(ctx context.Context) error {
	for {
		if err := newSignal().wait(ctx, leaseEvery); err != nil {
			return err
		}
		held, err := l.reg.Acquire(ctx, l.owner.String(), time.Now(), leaseTime)
		if err != nil {
			return err
		}
		l.pace.forward()
		if !held {
			return registry.ErrLeaseLost
		}
	}
}

// release gives the lease back at the end, so that the next process need not
// wait.
func (l *lease) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := l.reg.Release(ctx, l.owner.String()); err != nil {
		l.log.Warn().Err(err).Msg("lease not released; the next process waits for it to run out")
	}
}
