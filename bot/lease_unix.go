// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds how a process that has ended is told.

package bot

import (
	"errors"
	"syscall"
)

// ended reports whether there is no process with that number.
func ended(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
