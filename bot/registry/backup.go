// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how all that a store holds is written to a file, while the bot
// runs, and brought into another store, of whichever kind. The file has a line
// of JSON for each row:
//
//	{"codesteward": "backup", "version": 7, "at": "2026-05-21T10:00:00Z"}
//	{"table": "mention", "columns": ["wiki", "title"]}
//	["metawiki", "Talk:Example"]
//	{"rows": 1}
//
// with a line for each table before its rows, and how many rows there are at the
// end, by which a file that was cut off is known.

package registry

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// ErrNotEmpty says that a store holds something already, which a backup would be
// mixed with.
var ErrNotEmpty = errors.New("the store is not empty; name another one, or take it away first")

// leftOut are tables that a backup does not have: the lease is that of a process,
// and the versions of the tables are the store's own.
var leftOut = []string{"lease", goose.DefaultTablename}

// backupLine is a line that is no row.
type backupLine struct {
	Codesteward string    `json:"codesteward,omitempty"`
	Version     int64     `json:"version,omitempty"` // the newest migration
	At          time.Time `json:"at,omitzero"`
	Table       string    `json:"table,omitempty"`
	Columns     []string  `json:"columns,omitempty"`
	Rows        *int64    `json:"rows,omitempty"`
}

// Backup writes everything as it is at one moment. The bot may go on writing.
func (r *Registry) Backup(ctx context.Context, to io.Writer) error {
	steps, err := r.steps()
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	version, err := steps.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	out := json.NewEncoder(to)
	out.SetEscapeHTML(false)
	if err := out.Encode(backupLine{Codesteward: "backup", Version: version, At: time.Now().UTC()}); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	// Once only: what was written cannot be taken back, as a second try would have to.
	tx, err := r.reader.BeginTx(ctx, &r.engine.snapshot)
	if err != nil {
		return fmt.Errorf("back up: begin: %w", err)
	}
	var rows int64
	err = func() error {
		tables, err := r.engine.tables(ctx, tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			n, err := backUpTable(ctx, tx, out, table)
			if err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
			rows += n
		}
		return out.Encode(backupLine{Rows: &rows})
	}()
	if err := errors.Join(err, rollback(tx)); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}

// tables are the names of the tables that a backup has, sorted.
func (e engine) tables(ctx context.Context, tx *sql.Tx) ([]string, error) {
	text := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`
	if e.dialect == goose.DialectMySQL {
		text = `SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`
	}
	var names []string
	err := query(ctx, tx, func(scan func(...any) error) error {
		var name string
		if err := scan(&name); err != nil {
			return err
		}
		if !slices.Contains(leftOut, name) {
			names = append(names, name)
		}
		return nil
	}, text)
	slices.Sort(names)
	return names, err
}

func backUpTable(ctx context.Context, tx *sql.Tx, out *json.Encoder, table string) (n int64, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	if err := out.Encode(backupLine{Table: table, Columns: columns}); err != nil {
		return 0, err
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return n, err
		}
		for i, v := range values {
			if text, ok := v.([]byte); ok {
				values[i] = string(text)
			}
		}
		if err := out.Encode(values); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// Restore brings a backup into a store that is not there yet, or is empty, and
// opens it. The error is ErrNotEmpty if it holds something. A store that was not
// restored to the end holds nothing.
func Restore(ctx context.Context, dsn string, from io.Reader) (*Registry, error) {
	r, name, err := connect(dsn)
	if err != nil {
		return nil, err
	}
	if err := r.restore(ctx, bufio.NewReaderSize(from, 1<<20)); err != nil {
		return nil, fmt.Errorf("restore registry %s: %w", name, errors.Join(err, r.Close()))
	}
	return r, nil
}

func (r *Registry) restore(ctx context.Context, from *bufio.Reader) error {
	var head backupLine
	if line, err := from.ReadBytes('\n'); err != nil {
		return fmt.Errorf("read the first line: %w", err)
	} else if err := json.Unmarshal(line, &head); err != nil || head.Codesteward != "backup" {
		return errors.New("this is no backup of a registry")
	}
	steps, err := r.steps()
	if err != nil {
		return err
	}
	version, newest, err := versions(ctx, steps)
	switch {
	case err != nil:
		return err
	case head.Version > newest:
		return fmt.Errorf("the backup is of a newer release, with version %d of the tables; this one knows %d", head.Version, newest)
	case version > head.Version:
		return fmt.Errorf("%w: it has version %d of the tables, the backup %d", ErrNotEmpty, version, head.Version)
	}
	if _, err := steps.UpTo(ctx, head.Version); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	tx, err := r.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := r.engine.fill(ctx, tx, from); err != nil {
		return errors.Join(err, rollback(tx))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if err := r.migrate(ctx); err != nil {
		return err
	}
	return r.unguarded(ctx, func(tx *sql.Tx) error { return restoreShards(ctx, tx) })
}

// restoreShards notes how many shards the positions of the stream are of, which
// stands with the leases that a backup does not have.
func restoreShards(ctx context.Context, tx *sql.Tx) error {
	most := 1
	err := query(ctx, tx, func(scan func(...any) error) error {
		var key string
		err := scan(&key)
		if _, of := shardsOf(key); err == nil && !strings.HasPrefix(key, "poll:") {
			if n, notNumber := strconv.Atoi(of); notNumber == nil {
				most = max(most, n)
			}
		}
		return err
	}, `SELECT streams FROM stream_cursor`)
	if err != nil || most == 1 {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE lease SET shards = ? WHERE id = 1`, most)
	return err
}

// versions are that of the tables, 0 where there are none, and the newest known.
func versions(ctx context.Context, steps *goose.Provider) (have, newest int64, err error) {
	for _, source := range steps.ListSources() {
		newest = max(newest, source.Version)
	}
	have, err = steps.GetDBVersion(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("read the version of the tables: %w", err)
	}
	return have, newest, nil
}

// fill brings in the rows of a backup.
func (e engine) fill(ctx context.Context, tx *sql.Tx, from *bufio.Reader) error {
	tables, err := e.tables(ctx, tx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if held, err := exists(ctx, tx, "SELECT COUNT(*) FROM "+table); err != nil {
			return fmt.Errorf("look at table %s: %w", table, err)
		} else if held {
			return ErrNotEmpty
		}
	}
	var insert *sql.Stmt
	var rows int64
	defer func() {
		if insert != nil {
			insert.Close()
		}
	}()
	for number := 2; ; number++ {
		line, err := from.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return errors.New("the backup was cut off; it has no last line")
		} else if err != nil {
			return fmt.Errorf("read line %d: %w", number, err)
		}
		if line[0] != '[' {
			var said backupLine
			if err := json.Unmarshal(line, &said); err != nil {
				return fmt.Errorf("read line %d: %w", number, err)
			}
			if said.Rows != nil {
				if *said.Rows != rows {
					return fmt.Errorf("the backup has %d rows, and should have %d", rows, *said.Rows)
				}
				return nil
			}
			next, err := prepare(ctx, tx, said, tables)
			if err != nil {
				return fmt.Errorf("line %d: %w", number, err)
			}
			if insert != nil {
				insert.Close()
			}
			insert = next
			continue
		}
		values, err := rowValues(line)
		if err != nil {
			return fmt.Errorf("read line %d: %w", number, err)
		}
		if insert == nil {
			return fmt.Errorf("line %d is a row of no table", number)
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		rows++
	}
}

// prepare readies the rows of a table to be brought in. Names in the file are
// only used if they are those of the store.
func prepare(ctx context.Context, tx *sql.Tx, said backupLine, tables []string) (*sql.Stmt, error) {
	if !slices.Contains(tables, said.Table) {
		return nil, fmt.Errorf("there is no table %q", said.Table)
	}
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+said.Table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	known, err := rows.Columns()
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for _, column := range said.Columns {
		if !slices.Contains(known, column) {
			return nil, fmt.Errorf("table %s has no column %q", said.Table, column)
		}
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(said.Columns)), ", ")
	return tx.PrepareContext(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", said.Table, strings.Join(said.Columns, ", "), marks))
}

// rowValues reads a row.
func rowValues(line []byte) ([]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var values []any
	if err := decoder.Decode(&values); err != nil {
		return nil, err
	}
	for i, v := range values {
		if number, ok := v.(json.Number); ok {
			n, err := number.Int64()
			if err != nil {
				return nil, err
			}
			values[i] = n
		}
	}
	return values, nil
}
