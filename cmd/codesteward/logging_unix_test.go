// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

package main

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSignalsChangeTheLevel(t *testing.T) {
	var out output
	log, level := newLog(&out, "info")
	stop := level.onSignals(log)
	for _, step := range []struct {
		signal syscall.Signal
		want   string
	}{{syscall.SIGUSR1, `"log_level":"debug"`}, {syscall.SIGUSR2, `"log_level":"info"`}} {
		if err := syscall.Kill(syscall.Getpid(), step.signal); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(10 * time.Second); !strings.Contains(out.String(), step.want); {
			if time.Now().After(end) {
				t.Fatalf("after %s the log is %q", step.signal, out.String())
			}
			time.Sleep(time.Millisecond)
		}
	}
	stop()
}
