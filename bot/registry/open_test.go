// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of opening a store.

package registry

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestOpenNamesWhatIsWrong(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://x":                       "sqlite:PATH",
		"sqlite:":                            "path is missing",
		"sqlite:x.db?journal=up":             "journal is wal or delete",
		"sqlite:x.db?cache=1":                "only option is journal",
		"mysql://h/db":                       "mysql://USER:PASSWORD@HOST",
		"mysql://u@h":                        "mysql://USER:PASSWORD@HOST",
		"mysql://u@h/db?unix=/s":             "mysql://USER:PASSWORD@HOST",
		"mysql://u@/db?unix=s":               "only option is unix",
		"mysql://u@/db?charset=latin1":       "only option is unix",
		"mysql://u@/db?unix=/no/such/socket": "open registry mysql:///no/such/socket/db",

		"sqlite:" + filepath.Join(t.TempDir(), "no", "such", "folder.db"): "open registry",
	} {
		r, err := Open(t.Context(), dsn)
		if err == nil {
			r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "open registry") {
			t.Errorf("Open(%s): %v, want an error with %q", dsn, err, want)
		}
	}
}

func TestOpenRefusesAFileThatIsNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is not a database\n", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := Open(t.Context(), "sqlite:"+path); err == nil {
		r.Close()
		t.Error("a broken store opened as if it were empty")
	}
}

func TestPragmas(t *testing.T) {
	for _, tt := range []struct{ option, journal string }{{"", "wal"}, {"?journal=wal", "wal"}, {"?journal=delete", "delete"}} {
		r, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db")+tt.option)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, name := range []string{"journal_mode", "synchronous", "foreign_keys", "busy_timeout"} {
			var value string
			if err := r.writer.QueryRow("PRAGMA " + name).Scan(&value); err != nil {
				t.Fatal(err)
			}
			got[name] = value
		}
		want := map[string]string{"journal_mode": tt.journal, "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pragmas with %q (-want +got):\n%s", tt.option, diff)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenTellsNoSecretOfADSN(t *testing.T) {
	for dsn, scheme := range map[string]string{
		"mysql://u:SECRET@h/db":               "mysql:",
		"mysql://u:SECRET@h/db?x=%zz":         "mysql:",
		"u:SECRET@tcp(h)/db":                  "",
		"SECRET":                              "",
		"SECRET:":                             "",
		"sqlite:?x=SECRET":                    "sqlite:",
		"sqlite:x.db?journal=%SECRET":         "sqlite:",
		"sqlite:x.db?password=SECRET":         "sqlite:",
		"sqlite:x.db?journal=SECRET":          "sqlite:",
		"sqlite:x.db?journal=wal;user=SECRET": "sqlite:",
	} {
		r, err := Open(t.Context(), dsn)
		if err == nil {
			r.Close()
			t.Errorf("Open(%s) found nothing wrong", dsn)
			continue
		}
		if strings.ContainsAny(err.Error(), "%?") || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), scheme) {
			t.Errorf("Open(%s): %v, want an error that tells of it only %q", dsn, err, scheme)
		}
	}
}

func TestAStoreOfTheFirstFormKeepsItsCursor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	_, old, err := openSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := old.steps()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := steps.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	const id = `[{"topic":"eqiad.a","partition":0,"timestamp":1746030241001}]`
	_, err = old.writer.Exec(`INSERT INTO stream_cursor (streams, sse_id, event_time) VALUES ('a', ?, ?)`, id, micros(at(1)))
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := r.NewestCursor(t.Context())
	want := events.Cursor{Streams: "a", ID: id, Time: at(1)}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v, cursor (-want +got):\n%s", err, diff)
	}
	want.Seen, want.Offsets = []string{"x"}, map[string]int64{"eqiad.a/0": 4}
	if _, err := r.Record(t.Context(), Batch{Cursor: want}); err != nil {
		t.Fatal(err)
	}
	got, err = r.NewestCursor(t.Context())
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, cursor stored now (-want +got):\n%s", err, diff)
	}
}
