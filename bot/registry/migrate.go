// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the tables of a store are brought up to date.

package registry

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// migrations has a folder for each kind of store, since the two write types,
// collations and changes of tables in different ways. The tables and columns
// they make are the same.
//
//go:embed migrations
var migrations embed.FS

// steps returns the migrations of a store.
func (r *Registry) steps() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, r.engine.migrations)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	steps, err := goose.NewProvider(r.engine.dialect, r.writer, files)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return steps, nil
}

// migrate runs the migrations that the database has not seen.
func (r *Registry) migrate(ctx context.Context) error {
	steps, err := r.steps()
	if err != nil {
		return err
	}
	if r.engine.dialect == goose.DialectMySQL {
		unlock, err := lockMigrations(ctx, r.reader)
		if err != nil {
			return err
		}
		defer unlock()
	}
	if _, err := steps.Up(ctx); err != nil {
		// Another process may have run the same step at the same moment.
		if pending, again := steps.HasPending(ctx); again == nil && !pending {
			return nil
		}
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
