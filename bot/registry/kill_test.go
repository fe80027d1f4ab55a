// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

const perBatch = 3

func recordForever(dsn string) error {
	ctx := context.Background()
	r, err := Open(ctx, dsn)
	if err != nil {
		return err
	}
	last, err := r.Cursor(ctx, "s")
	if err != nil {
		return err
	}
	n := 0
	if last.ID != "" {
		if n, err = reached(last); err != nil {
			return err
		}
	}
	for {
		n++
		b := Batch{
			Change: detect.Change{Wiki: "metawiki", Title: "Talk:A", Revision: int64(n), Time: at(0)},
			Cursor: events.Cursor{Streams: "s", ID: fmt.Sprintf(`[{"topic":"t","partition":0,"offset":%d}]`, n), Time: at(0)},
		}
		for i := range perBatch {
			b.Mentions = append(b.Mentions, detect.Mention{Kind: detect.Tool, Name: fmt.Sprintf("t%d", i)})
		}
		if _, err := r.Record(ctx, b); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// reached is the number of the last batch before a cursor.
func reached(c events.Cursor) (n int, err error) {
	_, err = fmt.Sscanf(c.ID, `[{"topic":"t","partition":0,"offset":%d}]`, &n)
	return n, err
}

func TestKillAtAnyMomentLeavesFindingsAndCursorTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	for name, newStore := range map[string]storeMaker{"wal": newStore, "delete": newStore, "mariadb": newMariaDBStore} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			dsn := s.dsn
			if !s.mariaDB() {
				dsn += "?journal=" + name
			}
			for round := range 4 {
				said := killAfter(t, dsn, 5+7*round)
				r, err := Open(t.Context(), dsn)
				if err != nil {
					t.Fatal(err)
				}
				cursor, err := r.Cursor(t.Context(), "s")
				if err != nil {
					t.Fatal(err)
				}
				reached, err := reached(cursor)
				if err != nil || reached < said {
					t.Errorf("the cursor is %q, %v, after batch %d was committed", cursor.ID, err, said)
				}
				v, err := r.View(t.Context(), Query{Wiki: "metawiki"})
				if err != nil || len(v.Mentions) != perBatch*reached || len(v.Entries) != perBatch {
					t.Errorf("%d mentions behind cursor %d, %v", len(v.Mentions), reached, err)
				}
				var check string
				if s.mariaDB() {
					check = "ok" // InnoDB says so by opening the tables
				} else if err := r.writer.QueryRow(`PRAGMA integrity_check`).Scan(&check); err != nil {
					t.Error(err)
				}
				if check != "ok" {
					t.Errorf("integrity: %s", check)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// killAfter runs a process that records, kills it while it is recording after
// some batches, and returns the last batch that it said it had committed.
func killAfter(t *testing.T, dsn string, batches int) (last int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TEST_RECORD_INTO="+dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		last, err = strconv.Atoi(lines.Text())
		if err != nil {
			break // a line cut off by the kill
		}
		if batches--; batches == 0 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if cmd.Wait() == nil || batches > 0 {
		t.Fatalf("the process ended by itself, %d batches early", batches)
	}
	return last
}
