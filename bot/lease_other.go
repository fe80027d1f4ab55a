// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !unix

// This file holds how a process that has ended is told, where that is not known.

package bot

// ended reports that a process may be there: its lease runs out if not.
func ended(int) bool { return false }
