// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a wiki is put back to what it was, as from a backup.

package wikitest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Snapshot copies the wiki's database into a new folder below its own, and
// returns what puts it back: the server is halted meanwhile. Nothing must be
// written while it copies.
func (w *Wiki) Snapshot() (putBack func(context.Context) error, err error) {
	from := filepath.Join(w.dir, "db")
	to, err := os.MkdirTemp(w.dir, "snapshot-")
	if err == nil {
		err = os.CopyFS(filepath.Join(to, "db"), os.DirFS(from))
	}
	if err != nil {
		return nil, fmt.Errorf("copy the database of %s: %w", w.DB, err)
	}
	return func(ctx context.Context) error {
		err := w.server.stop()
		if err == nil {
			err = os.RemoveAll(from)
		}
		if err == nil {
			err = os.CopyFS(from, os.DirFS(filepath.Join(to, "db")))
		}
		if err != nil {
			return fmt.Errorf("put the database of %s back: %w", w.DB, err)
		}
		for { // until the port is free again
			again, err := startServer(w, strings.TrimPrefix(w.URL, "http://"), 4)
			if err != nil {
				return fmt.Errorf("start %s again: %w", w.DB, err)
			}
			w.server = again
			if err = w.awaitAnswer(ctx); err == nil {
				return nil
			}
			err = errors.Join(err, w.server.stop())
			if !errors.Is(err, errPortTaken) || ctx.Err() != nil {
				return fmt.Errorf("start %s again: %w\n%s", w.DB, err, w.LogTail())
			}
		}
	}, nil
}
