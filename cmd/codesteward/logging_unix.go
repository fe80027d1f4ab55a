// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the signals that change the level of the log.

package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/rs/zerolog"
)

// onSignals has SIGUSR1 make the log tell more, and SIGUSR2 less, until stop is
// called.
func (l *level) onSignals(log zerolog.Logger) (stop func()) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	var listening sync.WaitGroup
	listening.Go(func() {
		for s := range signals {
			if s == syscall.SIGUSR1 {
				l.change(-1, log)
			} else {
				l.change(+1, log)
			}
		}
	})
	return func() {
		signal.Stop(signals)
		close(signals)
		listening.Wait()
	}
}
