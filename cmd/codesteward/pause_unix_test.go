// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the test of two bots with one store, of which the one that
// writes is halted until the other has taken over, and then goes on.

package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestABotThatWasHaltedForLongWritesNoMore(t *testing.T) {
	k := newKillTest(t)
	k.start()
	k.await("the table", func() bool { return strings.Contains(k.text(killTable), "Alpha") })
	first, firstLog := k.cmd, k.logFile()
	t.Cleanup(func() {
		first.Process.Signal(syscall.SIGCONT)
		first.Process.Kill()
	})
	// Halted in the middle of its work, whatever it is doing then.
	k.edit(k.ada, "Talk:Question 0", "Who knows [[mw:Extension:Poem]]?")
	pause(t, 300*time.Millisecond)
	tell(t, first, syscall.SIGSTOP)
	k.edit(k.ada, "Talk:Question 1", "Who knows [[mw:Extension:Poem]]?")
	k.start()
	k.await("the second bot to take over", func() bool { return strings.Contains(k.log(), "another process holds the lease") })
	k.await("the entry of what was asked meanwhile", func() bool { return strings.Contains(k.text(killBoard), "Question 1") })
	for i := range 3 {
		k.edit(k.ada, fmt.Sprintf("Talk:Question %d", 2+i), "Who knows [[mw:Extension:Poem]]?")
	}
	tell(t, first, syscall.SIGCONT)
	if err := first.Wait(); err == nil {
		t.Error("the first bot ended without an error")
	}
	if log := k.logOf(firstLog); !strings.Contains(log, "lease lost") {
		t.Errorf("the first bot does not say why it ended:\n%s", log)
	}
	k.await("all entries", func() bool { return strings.Contains(k.text(killBoard), "Question 4") })
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

func tell(t *testing.T, cmd *exec.Cmd, s syscall.Signal) {
	t.Helper()
	if err := cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}
