// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds that a limit on the size of files is an error like a full disk,
// which is told in one line, and not a crash.

package main

import (
	"os/signal"
	"syscall"
)

func tellFileLimits() { signal.Ignore(syscall.SIGXFSZ) }
