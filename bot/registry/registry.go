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
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database driver "sqlite"
)

//go:embed migrations
var migrations embed.FS

// Registry is an open store. It is safe for concurrent use: the database
// transaction is the lock. An error of its methods is an error of our own
// state, unless the method says otherwise.
type Registry struct {
	writer *sql.DB // one connection, so that writers queue here and not in SQLite
	reader *sql.DB
}

// Open opens the store that dsn names and brings its tables up to date. A dsn
// is "sqlite:PATH", where PATH may end in "?journal=wal" (the default) or
// "?journal=delete", which a file on a network file system needs.
func Open(ctx context.Context, dsn string) (*Registry, error) {
	file, journal, err := parseDSN(dsn)
	if err != nil {
		return nil, err
	}
	r := &Registry{}
	r.writer, err = openSQLite(file, "journal_mode("+journal+")", "foreign_keys(1)", "synchronous(FULL)")
	if err != nil {
		return nil, fmt.Errorf("open registry %s: %w", file, err)
	}
	r.writer.SetMaxOpenConns(1)
	r.reader, err = openSQLite(file, "query_only(1)")
	if err != nil {
		return nil, fmt.Errorf("open registry %s: %w", file, errors.Join(err, r.writer.Close()))
	}
	if err := migrate(ctx, r.writer); err != nil {
		return nil, fmt.Errorf("open registry %s: %w", file, errors.Join(err, r.Close()))
	}
	return r, nil
}

// Close closes the store.
func (r *Registry) Close() error {
	return errors.Join(r.reader.Close(), r.writer.Close())
}

// parseDSN takes a data source name apart into a file name and a journal mode.
// Since a name may hold a password, an error tells no more of it than how it
// begins.
func parseDSN(dsn string) (file, journal string, err error) {
	fail := func(why string) (string, string, error) {
		scheme, rest, _ := strings.Cut(dsn, ":")
		if scheme != "sqlite" && !strings.HasPrefix(rest, "//") {
			return "", "", fmt.Errorf("open registry: %s", why)
		}
		return "", "", fmt.Errorf("open registry %s:…: %s", scheme, why)
	}
	rest, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok {
		return fail("a database is named sqlite:PATH")
	}
	file, query, _ := strings.Cut(rest, "?")
	if file == "" {
		return fail("the path is missing")
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return fail("its options cannot be read")
	}
	journal = "WAL"
	for name, values := range options {
		if name != "journal" || len(values) != 1 {
			return fail("the only option is journal, given once")
		}
		switch values[0] {
		case "wal":
		case "delete":
			journal = "DELETE"
		default:
			return fail("journal is wal or delete")
		}
	}
	return file, journal, nil
}

// openSQLite opens a file with the pragmas given. A writer waits up to 10 s
// for another process; transactions take the write lock when they begin, so
// that none has to be given up half-way.
func openSQLite(file string, pragmas ...string) (*sql.DB, error) {
	query := url.Values{
		"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...),
		"_txlock": {"immediate"},
	}
	source := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: query.Encode()}
	return sql.Open("sqlite", source.String())
}

// migrate runs the migrations that the database has not seen.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	steps, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
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

// write runs f in a transaction that is committed if f returns no error.
func (r *Registry) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := r.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := f(tx); err != nil {
		return errors.Join(err, rollback(tx))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// read runs f in a transaction that sees the store at one moment.
func (r *Registry) read(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := r.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return errors.Join(f(tx), rollback(tx))
}

// rollback ends a transaction without keeping what it wrote. One that the end
// of its context has rolled back already is no error.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
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
