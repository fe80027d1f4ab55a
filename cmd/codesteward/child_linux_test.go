// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the bots of tests end when the test does.

package main

import "syscall"

// endsWithUs has a process killed when the one that has started it ends, however
// that is.
func endsWithUs() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
