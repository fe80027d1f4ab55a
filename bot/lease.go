// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the lease that lets one process write.

package bot

import (
	"context"
	"fmt"
	"os"
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
)

// lease is held by at most one process at a time.
type lease struct {
	reg   *registry.Registry
	owner string
	log   zerolog.Logger
}

func newLease(reg *registry.Registry, log zerolog.Logger) *lease {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &lease{reg: reg, owner: fmt.Sprintf("%s/%d/%s", host, os.Getpid(), uuid.NewString()), log: log}
}

// acquire waits until the lease is ours.
func (l *lease) acquire(ctx context.Context) error {
	for told := false; ; {
		held, err := l.reg.Acquire(ctx, l.owner, time.Now(), leaseTime)
		if held || err != nil {
			return err
		}
		if !told {
			l.log.Info().Msg("another process holds the lease; waiting for it")
			told = true
		}
		if err := newSignal().wait(ctx, leaseEvery); err != nil {
			return err
		}
	}
}

// keep renews the lease until ctx ends. Losing it is an error: another process
// has taken over.
func (l *lease) keep(ctx context.Context) error {
	for {
		if err := newSignal().wait(ctx, leaseEvery); err != nil {
			return err
		}
		held, err := l.reg.Acquire(ctx, l.owner, time.Now(), leaseTime)
		if err != nil {
			return err
		}
		if !held {
			return fmt.Errorf("lease lost: another process has taken over the writing")
		}
	}
}

// release gives the lease back at the end, so that the next process need not
// wait.
func (l *lease) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := l.reg.Release(ctx, l.owner); err != nil {
		l.log.Warn().Err(err).Msg("lease not released; the next process waits for it to run out")
	}
}
