// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a program of the demo is tied to it on Linux, where the kernel can do so.

package main

import "syscall"

// dieWithParent puts a program into a group of its own, so that Ctrl-C reaches
// the demo alone, and has the kernel end it when the demo dies.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
