// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the store that is an SQLite file.

package registry

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database driver "sqlite"
)

// sqlite takes the write lock when a transaction begins, so that none has to be
// given up half-way.
var sqlite = engine{
	dialect:    goose.DialectSQLite3,
	migrations: "migrations/sqlite",
	snapshot:   sql.TxOptions{ReadOnly: true},
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
