// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// Package wikitest starts real MediaWiki wikis for tests and for the demo.
//
// A wiki lives in a folder of its own, on a free port of the loopback interface, with its own SQLite database, and is
// gone after Close; it also goes when the process that started it dies. Wikis that run side by side do not see each other.
//
// The code of MediaWiki comes from the Debian package (see Root); .ci/setup installs it.
package wikitest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options describes the wiki to start. The zero value is a wiki called testwiki.
type Options struct {
	DB       string // database name, which is also the wiki's id in events; default testwiki
	Feed     string // UDP address, host:port, that gets the recent changes as JSON; "" sends none
	Workers  int    // PHP processes that answer requests; default 4
	Sitename string // also the name of the Project namespace; default Test Wiki
	Extra    string // PHP, appended to LocalSettings.php
	Dir      string // where the wiki lives; it stays there after Close, and a later New goes on with it. "" means a temporary folder
}

// Wiki is a running wiki.
type Wiki struct {
	URL string // such as http://127.0.0.1:45678
	API string // address of api.php
	DB  string // database name

	dir       string
	temporary bool
	template  *template
	mark      string // sent by our server with every answer, so that a stranger on the port is noticed
	server    *server
	transport *http.Transport
	admin     *User
	reader    *User // not logged in

	close    sync.Once
	closeErr error
}

// adminPassword is set at installation. The wiki listens on the loopback interface only.
const adminPassword = "the-test-wiki-is-ours"

// New starts a wiki and returns when it answers. The error says what to install if MediaWiki or PHP is missing.
func New(ctx context.Context, o Options) (*Wiki, error) {
	if o.DB == "" {
		o.DB = "testwiki"
	}
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Sitename == "" {
		o.Sitename = "Test Wiki"
	}
	tmpl, err := findTemplate(ctx)
	if err != nil {
		return nil, fmt.Errorf("start wiki %s: %w", o.DB, err)
	}

	w := &Wiki{DB: o.DB, dir: o.Dir, transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	if w.dir == "" {
		w.temporary = true
		if w.dir, err = os.MkdirTemp("", "wikitest-"); err != nil {
			return nil, fmt.Errorf("start wiki %s: %w", o.DB, err)
		}
	}
	if w.dir, err = filepath.Abs(w.dir); err == nil {
		if err = tmpl.copyTo(w.dir, o.DB); err == nil {
			err = w.serve(ctx, o, tmpl)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("start wiki %s: %w", o.DB, errors.Join(err, w.Close()))
	}
	w.admin = w.newUser("Admin", adminPassword)
	w.reader = w.newUser("", "")
	return w, nil
}

// Start is New for tests: it fails the test when the wiki does not start, and closes the wiki with it.
// Under -short the test is skipped.
func Start(tb testing.TB, o Options) *Wiki {
	tb.Helper()
	if testing.Short() {
		tb.Skip("needs a MediaWiki, left out under -short")
	}
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	w, err := New(ctx, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("wiki %s, end of its log:\n%s", w.DB, w.LogTail())
		}
		if err := w.Close(); err != nil {
			tb.Errorf("close wiki: %v", err)
		}
	})
	return w
}

// Close stops the wiki and removes its temporary folder. Closing twice is fine.
func (w *Wiki) Close() error {
	w.close.Do(func() {
		w.transport.CloseIdleConnections()
		if w.server != nil {
			w.closeErr = w.server.stop()
		}
		if w.temporary {
			w.closeErr = errors.Join(w.closeErr, removeAll(w.dir))
		}
	})
	return w.closeErr
}

// removeAll removes a folder in which a worker, killed a moment ago, may have made its last file.
func removeAll(dir string) (err error) {
	for range 20 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		<-time.After(50 * time.Millisecond)
	}
	return err
}

// Admin returns the account made at installation: an administrator, bureaucrat and interface administrator.
func (w *Wiki) Admin() *User { return w.admin }

// Page returns the address of a page for a browser.
func (w *Wiki) Page(title string) string {
	u := w.reader.page(title)
	return u.String()
}

// routine are the log lines that every good request leaves.
var routine = regexp.MustCompile(`( Accepted| Closing| \[[23]\d\d\]: .*| Development Server .* started)\s*$`)

// LogTail returns the last lines of PHP's log and of MediaWiki's exceptions, for the message of a failed test.
func (w *Wiki) LogTail() string {
	var parts []string
	for _, name := range []string{"php.log", "exception.log"} {
		b, err := os.ReadFile(filepath.Join(w.dir, name))
		if err != nil || len(b) == 0 {
			continue
		}
		var lines []string
		for line := range strings.Lines(string(b)) {
			if !routine.MatchString(line) {
				lines = append(lines, line)
			}
		}
		lines = lines[max(0, len(lines)-30):]
		parts = append(parts, name+":\n"+strings.TrimSpace(strings.Join(lines, "")))
	}
	return strings.Join(parts, "\n")
}
