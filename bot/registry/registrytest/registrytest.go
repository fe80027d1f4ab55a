// SPDX-License-Identifier: GPL-3.0-or-later

// Package registrytest makes empty registries for tests. Making the tables takes
// SQLite a while, so it is done once in a process, and the file is copied.
package registrytest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// empty is the file of a registry that nothing was stored in.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "registry")
	if err != nil {
		return nil, fmt.Errorf("make empty registry: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "empty.db")
	r, err := registry.Open(context.Background(), "sqlite:"+file)
	if err != nil {
		return nil, err
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// Open opens a registry in a file, which is made if it is not there. Whoever calls
// closes it.
func Open(t testing.TB, file string) *registry.Registry {
	t.Helper()
	Make(t, file)
	r, err := registry.Open(context.Background(), "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Make makes the file of an empty registry, unless it is there.
func Make(t testing.TB, file string) {
	t.Helper()
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	data, err := empty()
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
