// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the store that is a MariaDB database.

package registry

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
)

// mariaDB locks the one row of the lease when a transaction begins that writes.
// So one follows the other, as in SQLite, and none has to be given up half-way
// for what two have read.
var mariaDB = engine{
	dialect:    goose.DialectMySQL,
	migrations: "migrations/mariadb",
	lock:       `SELECT id FROM lease WHERE id = 1 FOR UPDATE`,
	snapshot:   sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
	passing:    passesInMariaDB,
	advice: func(err error) string {
		if passesInMariaDB(err) {
			return fmt.Sprintf("the server has been away, or read-only, for %s", patience)
		}
		return ""
	},
}

// lockWait is how long a transaction waits for another one, in seconds, before
// it is tried again.
const lockWait = "10"

// openMariaDB opens the database that a data source name says. The name that it
// returns holds no password.
func openMariaDB(dsn string) (name string, r *Registry, err error) {
	config, err := parseMariaDB(dsn)
	if err != nil {
		return "mysql:…", nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return "mysql:…", nil, errors.New("its options cannot be used")
	}
	name = "mysql://" + config.Addr + "/" + config.DBName
	r = &Registry{engine: mariaDB, writer: sql.OpenDB(connector), reader: sql.OpenDB(connector)}
	r.writer.SetMaxOpenConns(1)
	r.reader.SetMaxOpenConns(4)
	for _, db := range []*sql.DB{r.writer, r.reader} {
		db.SetConnMaxIdleTime(time.Minute) // servers that many share end idle connections
	}
	return name, r, nil
}

// parseMariaDB reads a data source name. Since that holds a password, an error
// tells nothing of it.
func parseMariaDB(dsn string) (*mysql.Config, error) {
	const form = "a MariaDB database is named mysql://USER:PASSWORD@HOST[:PORT]/DATABASE, or with ?unix=/path/of/socket and no host"
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errors.New(form)
	}
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("its options cannot be read")
	}
	c := mysql.NewConfig()
	for option, values := range options {
		if option != "unix" || len(values) != 1 || !filepath.IsAbs(values[0]) {
			return nil, errors.New("the only option is unix, the path of a socket, given once")
		}
		c.Net, c.Addr = "unix", values[0]
	}
	c.DBName = strings.TrimPrefix(u.Path, "/")
	hasHost := u.Hostname() != ""
	if u.User == nil || u.User.Username() == "" || c.DBName == "" || strings.Contains(c.DBName, "/") || u.Fragment != "" || hasHost == (c.Net == "unix") {
		return nil, errors.New(form)
	}
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	if hasHost {
		port := u.Port()
		if port == "" {
			port = "3306"
		}
		c.Net, c.Addr = "tcp", net.JoinHostPort(u.Hostname(), port)
	}
	c.Timeout = 10 * time.Second
	c.Loc, c.ParseTime = time.UTC, true // the migrations have times
	c.ClientFoundRows = true
	c.InterpolateParams = true // else every statement goes to the server three times
	c.Logger = &mysql.NopLogger{}
	c.Params = map[string]string{
		"time_zone":                "'+00:00'",
		"sql_mode":                 "'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
		"innodb_lock_wait_timeout": lockWait,
	}
	return c, c.Apply(mysql.Charset("utf8mb4", ""))
}

// The server's errors that pass: too many connections, shutting down, waited
// too long for a lock, deadlock, read only for a while, connection killed.
var passing = []uint16{1040, 1053, 1205, 1213, 1290, 1836, 1927}

// passesInMariaDB reports whether the transaction that ended with an error may
// be tried again: the server was away, or ended the transaction itself.
func passesInMariaDB(err error) bool {
	var refused *mysql.MySQLError
	if errors.As(err, &refused) {
		return slices.Contains(passing, refused.Number)
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// lockMigrations makes this process the only one that changes tables, since a
// change of a table is not part of a transaction.
func lockMigrations(ctx context.Context, db *sql.DB) (unlock func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	var got sql.NullInt64
	err = conn.QueryRowContext(ctx, `SELECT GET_LOCK(CONCAT(DATABASE(), ' migrations'), 60)`).Scan(&got)
	if err == nil && got.Int64 != 1 {
		err = errors.New("another process goes on changing the tables")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock migrations: %w", err), conn.Close())
	}
	return func() {
		// The lock ends with the connection, so this makes it free at once only.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT RELEASE_LOCK(CONCAT(DATABASE(), ' migrations'))`)
		_ = conn.Close()
	}, nil
}
