// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the store that is an SQLite file.

package registry

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite" // named "sqlite"
)

// sqlite takes the write lock when a transaction begins, so that none has to be
// given up half-way.
var sqlite = engine{
	dialect:    goose.DialectSQLite3,
	migrations: "migrations/sqlite",
	snapshot:   sql.TxOptions{ReadOnly: true},
	watch:      sameFile,
	advice:     adviceOnFile,
	passing:    func(error) bool { return false }, // a writer waits for another process inside SQLite
}

// openSQLite opens the file that the part of a data source name after
// "sqlite:" says. Only the name of a file that was opened is told, since what
// stands in its place may be a secret.
func openSQLite(dsn string) (name string, r *Registry, err error) {
	file, journal, err := parseSQLite(dsn)
	if err != nil {
		return "sqlite:…", nil, err
	}
	r = &Registry{engine: sqlite}
	r.writer, err = sqliteFile(file, "journal_mode("+journal+")", "foreign_keys(1)", "synchronous(FULL)")
	if err != nil {
		return file, nil, err
	}
	r.writer.SetMaxOpenConns(1)
	r.reader, err = sqliteFile(file, "query_only(1)")
	if err != nil {
		return file, nil, errors.Join(err, r.writer.Close())
	}
	return file, r, nil
}

// adviceOnFile explains results of SQLite, by their first byte:
// https://www.sqlite.org/rescode.html
func adviceOnFile(err error) string {
	var refused *driver.Error
	if !errors.As(err, &refused) {
		return ""
	}
	switch refused.Code() & 0xff {
	case 8: // SQLITE_READONLY
		return "the file, or its folder, cannot be written"
	case 10, 13: // SQLITE_IOERR, SQLITE_FULL
		return "the disk does not take or give what it should; it may be full, or over a limit"
	case 11, 26: // SQLITE_CORRUPT, SQLITE_NOTADB
		return "the file is damaged; put a backup in its place with the command restore, or move it away: then the bot reads what it has sent from the wikis"
	case 14: // SQLITE_CANTOPEN
		return "the file cannot be opened; see whether its folder exists and can be written"
	}
	return ""
}

// ErrStoreGone says that the file of the store was deleted or replaced while it
// was open: what is written into it is lost.
var ErrStoreGone = errors.New("the file of the registry was deleted or replaced while it was in use")

// sameFile sees that a name stands for the same file as at first.
func sameFile(name string) (present func() error, err error) {
	first, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	return func() error {
		if now, err := os.Stat(name); err != nil || !os.SameFile(first, now) {
			return fmt.Errorf("%w: %s", ErrStoreGone, name)
		}
		return nil
	}, nil
}

// parseSQLite takes a name apart into a file name and a journal mode.
func parseSQLite(dsn string) (file, journal string, err error) {
	file, query, _ := strings.Cut(dsn, "?")
	if file == "" {
		return "", "", errors.New("the path is missing")
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return "", "", errors.New("its options cannot be read")
	}
	journal = "WAL"
	for name, values := range options {
		if name != "journal" || len(values) != 1 {
			return "", "", errors.New("the only option is journal, given once")
		}
		switch values[0] {
		case "wal":
		case "delete":
			journal = "DELETE"
		default:
			return "", "", errors.New("journal is wal or delete")
		}
	}
	return file, journal, nil
}

// sqliteFile opens a file with the pragmas given. A writer waits up to 10 s
// for another process.
func sqliteFile(file string, pragmas ...string) (*sql.DB, error) {
	query := url.Values{
		"_pragma": append([]string{"busy_timeout(10000)", "cache_size(-65536)"}, pragmas...), // 64 MB
		"_txlock": {"immediate"},
	}
	source := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return db, nil
}
