// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !unix

// This file holds what stands for the signals that change the level of the log,
// where there are none.

package main

import "github.com/rs/zerolog"

func (l *level) onSignals(zerolog.Logger) (stop func()) { return func() {} }
