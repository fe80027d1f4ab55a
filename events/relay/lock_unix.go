// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the lock that keeps a second relay out of a store.

package relay

import (
	"fmt"
	"os"
	"syscall"
)

// lockFile takes a lock that ends with the process.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: another relay may be using this store: %w", path, err)
	}
	return f, nil
}
