// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix && !linux

package main

import "syscall"

// dieWithParent puts a program into a group of its own, so that Ctrl-C reaches
// the demo alone.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
