// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// Package mariadbtest starts a real MariaDB for tests: a private server with
// its own folder and socket and no network. It ends with the process that
// started it, however that ends.
package mariadbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// ErrMissing says that MariaDB's server is not installed.
var ErrMissing = errors.New("MariaDB is not installed (Debian package mariadb-server)")

// startWithin is how long the server may take to answer.
const startWithin = 60 * time.Second

// guard runs the server until the pipe on descriptor 3 breaks, which it does
// even if the process at its other end is killed, and then kills the server and
// removes its folder. The word "again" on the pipe kills it and starts it anew.
const guard = `dir=$1; shift
while :; do
	"$@" 3<&- &
	server=$!
	read -r word <&3 || word=
	kill -KILL $server
	wait $server
	[ "$word" = again ] || break
done 2>/dev/null
rm -rf "$dir"`

// Server is a running MariaDB. It is safe for concurrent use.
type Server struct {
	dir  string
	pipe *os.File
	cmd  *exec.Cmd
	made atomic.Int64 // databases
}

// Start starts a server. The error is ErrMissing where none is installed.
func Start(ctx context.Context) (*Server, error) {
	server, install := find("mariadbd"), find("mariadb-install-db")
	if server == "" || install == "" {
		return nil, ErrMissing
	}
	dir, err := os.MkdirTemp("", "mariadb")
	if err != nil {
		return nil, fmt.Errorf("make MariaDB's folder: %w", err)
	}
	s := &Server{dir: dir}
	user := []string{}
	if os.Geteuid() == 0 {
		user = append(user, "--user=root")
	}
	args := append([]string{"--no-defaults", "--datadir=" + s.path("data"), "--auth-root-authentication-method=normal", "--skip-test-db"}, user...)
	if out, err := exec.CommandContext(ctx, install, args...).CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("install MariaDB's own tables: %w: %.2000s", err, out), os.RemoveAll(dir))
	}
	args = append([]string{server, "--no-defaults", "--datadir=" + s.path("data"), "--socket=" + s.path("socket"), "--skip-networking",
		"--pid-file=" + s.path("pid"), "--log-error=" + s.path("log")}, user...)
	if err := s.run(args); err != nil {
		return nil, errors.Join(fmt.Errorf("start MariaDB: %w", err), os.RemoveAll(dir))
	}
	if err := s.wait(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start MariaDB: %w", err), s.Stop())
	}
	return s, nil
}

// find returns the path of a program, "" if there is none. Servers are often
// kept where only the administrator's PATH leads.
func find(program string) string {
	for _, name := range []string{program, "/usr/sbin/" + program, "/usr/libexec/" + program, "/usr/local/sbin/" + program} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

// run starts the server under its guard.
func (s *Server) run(args []string) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	s.pipe = write
	s.cmd = exec.Command("sh", append([]string{"-c", guard, "sh", s.dir}, args...)...)
	s.cmd.ExtraFiles = []*os.File{read}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the tests
	if err := s.cmd.Start(); err != nil {
		return errors.Join(err, write.Close())
	}
	return nil
}

// wait waits until the server answers.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		err := s.do(ctx, "DO 0")
		if err == nil {
			tick.Stop()
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			log, _ := os.ReadFile(s.path("log"))
			return fmt.Errorf("it does not answer: %w: %s", err, log[max(0, len(log)-2000):])
		}
	}
}

// do runs a statement as the server's administrator.
func (s *Server) do(ctx context.Context, statement string) error {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.Logger = "root", "unix", s.path("socket"), &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	_, err = db.ExecContext(ctx, statement)
	return errors.Join(err, db.Close())
}

// Database makes an empty database, with the defaults of the server, and
// returns its name as "mysql://USER@/DATABASE?unix=SOCKET".
func (s *Server) Database(ctx context.Context) (dsn string, err error) {
	name := fmt.Sprintf("test%d", s.made.Add(1))
	if err := s.do(ctx, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("make database %s: %w", name, err)
	}
	return s.DSN(url.User("root"), name), nil
}

// DSN names a database of the server for a user.
func (s *Server) DSN(user *url.Userinfo, database string) string {
	u := url.URL{Scheme: "mysql", User: user, Path: "/" + database, RawQuery: url.Values{"unix": {s.path("socket")}}.Encode()}
	return u.String()
}

// Do runs a statement as the server's administrator, who is in no database.
func (s *Server) Do(ctx context.Context, statement string) error {
	if err := s.do(ctx, statement); err != nil {
		return fmt.Errorf("run a statement: %w", err)
	}
	return nil
}

// Restart kills the server and starts it again with what was on its disk. It
// returns when the server was killed, and does not wait until it answers.
func (s *Server) Restart() error {
	pid, err := os.ReadFile(s.path("pid"))
	if err == nil {
		_, err = s.pipe.WriteString("again\n")
	}
	if err != nil {
		return fmt.Errorf("restart MariaDB: %w", err)
	}
	var n int
	if _, err := fmt.Sscan(string(pid), &n); err != nil {
		return fmt.Errorf("restart MariaDB: read its process number: %w", err)
	}
	for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
		if errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
			tick.Stop()
			return nil
		}
	}
}

// Stop ends the server and removes all that it stored.
func (s *Server) Stop() error {
	if err := errors.Join(s.pipe.Close(), s.cmd.Wait()); err != nil {
		return fmt.Errorf("stop MariaDB: %w", err)
	}
	return nil
}
