// SPDX-License-Identifier: GPL-3.0-or-later

// Package registry is what the bot knows, durably: items, aliases, claims,
// mentions, notices and the cursor. It is a cache with provenance; the wikis
// are the truth.
//
// The rule it keeps: findings and the cursor that stands behind them are
// written in one transaction, so the cursor is never ahead of the findings.
// Recording is a fold: the same finding twice is once.
//
// Names are stored as they were found and resolved to items when a View is
// made, so that it does not matter whether a mention or the survey that knows
// its item came first.
package registry

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/pressly/goose/v3"
)

// Registry is an open store. It is safe for concurrent use: the database
// transaction is the lock. An error of its methods is an error of our own
// state, unless the method says otherwise.
type Registry struct {
	writer *sql.DB // one connection, so that writers of a process queue here
	reader *sql.DB
	engine engine
	name   string // for people
	// present says whether the store is still the one that was opened; nil where
	// the server says so.
	present func() error
	guard   atomic.Pointer[string] // who has to hold the lease when something is written; nil: anybody may write
	shard   atomic.Pointer[shard]  // of the wikis, that this is for; nil: all

	memory memory
}

// engine is what the two kinds of store do differently.
type engine struct {
	dialect    goose.Dialect
	migrations string // the folder of
	// lock is a query that makes a transaction the only one that writes, "" if
	// it is that from the start.
	lock string
	// snapshot is what makes a transaction see the store at one moment.
	snapshot sql.TxOptions
	// watch begins to look after a store by its name, nil where there is no need.
	watch func(name string) (present func() error, err error)
	// passing reports whether an error may be gone when the whole transaction
	// is tried again.
	passing func(error) bool
	// advice says what an error means that does not pass, and what can be done, ""
	// where there is nothing to say.
	advice func(error) string
}

// patience is for how long a store that has gone away, as in a restart, is
// waited for.
const patience = 30 * time.Second

// Open opens the store that dsn names and brings its tables up to date. A dsn
// is "sqlite:PATH", where PATH may end in "?journal=wal" (the default) or
// "?journal=delete", which a file on a network file system needs, or
// "mysql://USER:PASSWORD@HOST[:PORT]/DATABASE" for MariaDB, with
// "?unix=/path/of/socket" in place of the host.
func Open(ctx context.Context, dsn string) (*Registry, error) {
	r, name, err := connect(dsn)
	if err != nil {
		return nil, err
	}
	r.name = name
	if err := r.migrate(ctx); err != nil {
		return nil, fmt.Errorf("open registry %s: %w", name, errors.Join(r.explain(err), r.Close()))
	}
	if r.engine.watch != nil {
		if r.present, err = r.engine.watch(name); err != nil {
			return nil, fmt.Errorf("open registry %s: %w", name, errors.Join(err, r.Close()))
		}
	}
	return r, nil
}

// connect is Open without making the tables. The name that it returns tells no
// password.
func connect(dsn string) (r *Registry, name string, err error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "sqlite":
		name, r, err = openSQLite(rest)
	case "mysql":
		name, r, err = openMariaDB(dsn)
	default:
		if !strings.HasPrefix(rest, "//") {
			scheme = "" // it may be anything, a password too
		}
		name, err = scheme+":…", errors.New("a database is named sqlite:PATH or mysql://USER:PASSWORD@HOST/DATABASE")
	}
	if err != nil {
		return nil, name, fmt.Errorf("open registry %s: %w", name, err)
	}
	return r, name, nil
}

// Close closes the store.
func (r *Registry) Close() error {
	return errors.Join(r.reader.Close(), r.writer.Close())
}

// write runs f in a transaction that is committed if f returns no error. f may
// run again, and so has to start from nothing. The error is ErrLeaseLost if the
// store is guarded and the lease is another's.
func (r *Registry) write(ctx context.Context, f func(*sql.Tx) error) error {
	return r.unguarded(ctx, func(tx *sql.Tx) error {
		if err := r.guarded(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	})
}

// unguarded is write for what has to be done without the lease.
func (r *Registry) unguarded(ctx context.Context, f func(*sql.Tx) error) error {
	return r.retry(ctx, func() error {
		tx, err := r.writer.BeginTx(ctx, nil)
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		if r.engine.lock != "" {
			var id int
			if err := tx.QueryRowContext(ctx, r.engine.lock).Scan(&id); err != nil {
				return errors.Join(fmt.Errorf("begin: %w", err), rollback(tx))
			}
		}
		if err := f(tx); err != nil {
			return errors.Join(err, rollback(tx))
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		return nil
	})
}

// read runs f in a transaction that sees the store at one moment. f may run
// again, and so has to start from nothing.
func (r *Registry) read(ctx context.Context, f func(*sql.Tx) error) error {
	return r.retry(ctx, func() error {
		tx, err := r.reader.BeginTx(ctx, &r.engine.snapshot)
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		return errors.Join(f(tx), rollback(tx))
	})
}

// retry runs a transaction again for as long as it fails for a reason that
// passes.
func (r *Registry) retry(ctx context.Context, transaction func() error) error {
	give := time.Now().Add(patience)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		if r.present != nil {
			if err := r.present(); err != nil {
				return err
			}
		}
		err := transaction()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if !r.engine.passing(err) || time.Now().After(give) {
			return r.explain(err)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(err, ctx.Err())
		case <-timer.C:
		}
	}
}

// explain adds to an error what it means for the store, and what can be done.
func (r *Registry) explain(err error) error {
	if why := r.engine.advice(err); why != "" {
		return fmt.Errorf("%w; registry %s: %s", err, r.name, why)
	}
	return err
}

// rollback ends a transaction without keeping what it wrote. One that is over,
// because its context or its connection ended, or the store has ended it itself, is
// no error.
func rollback(tx *sql.Tx) error {
	err := tx.Rollback()
	if err != nil && !errors.Is(err, sql.ErrTxDone) && !errors.Is(err, driver.ErrBadConn) && !strings.Contains(err.Error(), "no transaction is active") {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// query calls each for every row of a query.
func query(ctx context.Context, tx *sql.Tx, each func(scan func(...any) error) error, text string, args ...any) error {
	rows, err := tx.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// micros and moment are a time in the store and back; 0 is the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// clean makes a text that came from elsewhere storable in any database.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// How many bytes of a text from elsewhere are kept: of names and titles, of
// addresses, of what people only read. None that is real is cut.
const (
	maxTitle   = 400
	maxAddress = 2047
	maxProse   = 4000
	maxList    = 1000 // of the entries of a list
)

// clip is clean for a text that may be too long: it keeps that many bytes, in
// whole characters.
func clip(s string, bytes int) string {
	s = clean(s)
	if len(s) <= bytes {
		return s
	}
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return s[:bytes]
}

// clipAll clips the texts of a list and leaves out those that are empty.
func clipAll(list []string, bytes int) []string {
	var out []string
	for _, s := range list[:min(len(list), maxList)] {
		if s = clip(s, bytes); s != "" {
			out = append(out, s)
		}
	}
	return out
}
