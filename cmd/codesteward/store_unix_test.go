// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the tests of a bot whose store breaks under its hands: it says
// so in one line, ends, writes nothing without its store, and goes on when the
// cause is gone.

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestABotWithoutItsStoreEnds(t *testing.T) {
	k := newKillTest(t)
	db := filepath.Join(k.dir, "registry.db")
	k.start()
	k.await("the table", func() bool { return strings.Contains(k.text(killTable), "Alpha") })
	k.edit(k.ada, "Talk:Question", "Who knows [[mw:Extension:Poem]]?")
	k.await("the entry", func() bool { return strings.Contains(k.text(killBoard), "Talk:Question") })
	keep := func(ends ...string) (put func()) {
		files := map[string][]byte{}
		for _, end := range ends {
			if data, err := os.ReadFile(db + end); err == nil {
				files[end] = data
			}
		}
		return func() {
			for _, end := range []string{"", "-wal", "-shm"} {
				os.Remove(db + end)
			}
			for end, data := range files {
				if err := os.WriteFile(db+end, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for i, c := range []struct {
		name string
		// hurt breaks the store of the running bot, and returns what mends it.
		hurt func() (mend func())
		want string // in the one line that tells
	}{
		{"deleted", func() func() {
			put := keep("", "-wal")
			for _, end := range []string{"", "-wal", "-shm"} {
				os.Remove(db + end)
			}
			return put
		}, "was deleted or replaced"},
		{"full disk", func() func() {
			k.kill()
			k.limit = 64 // of 512 or 1024 bytes, less than the store has
			k.start()
			return func() { k.limit = 0 }
		}, "it may be full"},
		{"overwritten", func() func() {
			k.kill() // so that what was written ahead is in the file
			k.start()
			k.await("the first round", func() bool { return strings.Contains(k.log(), "surveyed and reconciled") })
			put := keep("", "-wal")
			f, err := os.OpenFile(db, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			info, _ := f.Stat()
			if _, err := f.WriteAt([]byte(strings.Repeat("rotten fish ", int(info.Size())/12)), 0); err != nil {
				t.Fatal(err)
			}
			os.Truncate(db+"-wal", 0)
			return put
		}, "it may be full|is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.T = t
			mend := c.hurt()
			title := fmt.Sprintf("Talk:While broken %d", i)
			k.edit(k.ada, title, "Who knows [[mw:Extension:Poem]]?")
			err := ended(t, k.cmd)
			k.cmd = nil
			if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() <= 0 {
				t.Errorf("it ended with %v; want an exit code:\n%s", err, k.log())
			}
			last := regexp.MustCompile(`(?m)^codesteward: .*$`).FindAllString(k.log(), -1)
			if len(last) != 1 || !regexp.MustCompile(c.want).MatchString(last[0]) {
				t.Errorf("it says\n%s\nwant one line with %q:\n%s", strings.Join(last, "\n"), c.want, k.log())
			} else {
				t.Log(last[0])
			}
			edits := k.edits()
			mend()
			if n := k.edits(); n != edits {
				t.Errorf("%d edits without a store", n-edits)
			}
			k.start()
			k.await("the entry of what was asked meanwhile", func() bool { return strings.Contains(k.text(killBoard), title[1:]) })
		})
	}
	k.T = t
	anchor := regexp.MustCompile(`id="(cs-[^"]+)"`)
	seen := map[string]bool{}
	for _, e := range anchor.FindAllString(k.text(killBoard), -1) {
		if seen[e] {
			t.Errorf("the entry %s stands twice", e)
		}
		seen[e] = true
	}
	if len(seen) != k.questions {
		t.Errorf("%d entries, want %d:\n%s", len(seen), k.questions, k.text(killBoard))
	}
}

// ended waits until a process has ended by itself.
func ended(t *testing.T, cmd *exec.Cmd) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		cmd.Process.Kill()
		return fmt.Errorf("it has not ended by itself: %w", <-done)
	}
}
