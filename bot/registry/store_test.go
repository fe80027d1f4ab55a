// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the stores that the tests run on: each kind of database, real.

package registry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry/mariadbtest"
)

// store is a registry that is closed and opened again before every use, so
// that a test sees only what is on the disk.
type store struct {
	t   *testing.T
	dsn string
	r   *Registry
}

// storeMaker makes an empty store of one kind.
type storeMaker func(t *testing.T) *store

// onEveryStore runs a test on each kind of store.
func onEveryStore(t *testing.T, test func(t *testing.T, newStore storeMaker)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newStore) })
	t.Run("mariadb", func(t *testing.T) { test(t, newMariaDBStore) })
}

func newStore(t *testing.T) *store {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a #1 100%.db")
	data, err := emptyFile()
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &store{t: t, dsn: "sqlite:" + file}
	t.Cleanup(s.close)
	return s
}

// emptyFile is a file with the tables in it, made once: that takes a while.
var emptyFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "registry")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "empty.db")
	r, err := Open(context.Background(), "sqlite:"+file)
	if err != nil {
		return nil, err
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func newMariaDBStore(t *testing.T) *store {
	t.Helper()
	s := &store{t: t, dsn: mariaDBs.take(t)}
	t.Cleanup(func() {
		s.close()
		mariaDBs.giveBack(t, s.dsn)
	})
	return s
}

func (s *store) close() {
	if s.r == nil {
		return
	}
	if err := s.r.Close(); err != nil {
		s.t.Error(err)
	}
	s.r = nil
}

func (s *store) open() *Registry {
	s.t.Helper()
	s.close()
	r, err := Open(s.t.Context(), s.dsn)
	if err != nil {
		s.t.Fatal(err)
	}
	s.r = r
	return r
}

// mariaDB reports which kind of store it is.
func (s *store) mariaDB() bool { return s.dsn[0] == 'm' }

// mariaDBs is the one server of this process, started when it is first needed,
// and the databases on it that no test uses.
var mariaDBs databases

type databases struct {
	start  sync.Once
	server *mariadbtest.Server
	err    error

	mu   sync.Mutex
	free []string
}

// running returns the server, or skips the test where none is installed.
func (d *databases) running(t testing.TB) *mariadbtest.Server {
	t.Helper()
	d.start.Do(func() { d.server, d.err = mariadbtest.Start(context.Background()) })
	if errors.Is(d.err, mariadbtest.ErrMissing) {
		t.Skip(d.err)
	}
	if d.err != nil {
		t.Fatal(d.err)
	}
	return d.server
}

// take returns the name of an empty database.
func (d *databases) take(t testing.TB) (dsn string) {
	t.Helper()
	server := d.running(t)
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.free); n > 0 {
		dsn, d.free = d.free[n-1], d.free[:n-1]
		return dsn
	}
	dsn, err := server.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// giveBack empties a database for the next test: its tables take long to make.
func (d *databases) giveBack(t testing.TB, dsn string) {
	ctx := context.Background()
	r, err := Open(ctx, dsn)
	if err != nil {
		t.Errorf("empty the database: %v", err)
		return
	}
	defer r.Close()
	tables, err := tablesOf(ctx, r)
	if err != nil {
		t.Errorf("empty the database: %v", err)
	}
	for _, table := range tables {
		text := `DELETE FROM ` + table
		if table == "lease" {
			text = `UPDATE lease SET owner = '', expires_at = 0, fence = 0`
		}
		if _, err := r.writer.ExecContext(ctx, text); err != nil {
			t.Errorf("empty the database: %v", err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free = append(d.free, dsn)
}

// tablesOf lists the tables that the migrations made.
func tablesOf(ctx context.Context, r *Registry) (tables []string, err error) {
	text := `SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'goose%' ORDER BY 1`
	if r.engine.lock == "" {
		text = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY 1`
	}
	rows, err := r.reader.QueryContext(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, rows.Err()
}

// atEnd is what has to be done when all tests are over.
var atEnd []func() error

// TestMain ends the server, and lets the test binary be the process that is
// killed.
func TestMain(m *testing.M) {
	if dsn := os.Getenv("TEST_RECORD_INTO"); dsn != "" {
		if err := recordForever(dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	code := m.Run()
	for _, end := range atEnd {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	if mariaDBs.server != nil {
		if err := mariaDBs.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

func TestBothStoresHaveTheSameTables(t *testing.T) {
	columns := func(newStore storeMaker) map[string][]string {
		out := make(map[string][]string)
		r := newStore(t).open()
		tables, err := tablesOf(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			rows, err := r.reader.Query(`SELECT * FROM ` + table + ` WHERE 1 = 0`)
			if err != nil {
				t.Fatal(err)
			}
			if out[table], err = rows.Columns(); err != nil {
				t.Fatal(err)
			}
			slices.Sort(out[table])
			rows.Close()
		}
		return out
	}
	if diff := cmp.Diff(columns(newStore), columns(newMariaDBStore)); diff != "" {
		t.Errorf("tables and columns of SQLite (-) and MariaDB (+):\n%s", diff)
	}
}
