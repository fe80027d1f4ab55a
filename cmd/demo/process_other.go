// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix && !linux

// This file holds how a program of the demo is tied to it elsewhere.

package main

import "syscall"

// dieWithParent puts a program into a group of its own, so that Ctrl-C reaches
// the demo alone.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
