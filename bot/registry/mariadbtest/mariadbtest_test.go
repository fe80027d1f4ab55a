// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the tests of starting and ending a server.

package mariadbtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_START_AND_HANG") != "" {
		s, err := Start(context.Background())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(s.dir)
		<-make(chan struct{})
	}
	os.Exit(m.Run())
}

// start starts a server, or skips the test where there is none.
func start(t *testing.T) *Server {
	t.Helper()
	s, err := Start(t.Context())
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStopLeavesNothing(t *testing.T) {
	s := start(t)
	if _, err := s.Database(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder is left: %v", err)
	}
}

func TestARestartKeepsTheDatabases(t *testing.T) {
	s := start(t)
	defer s.Stop()
	if _, err := s.Database(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := s.wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(t.Context(), "CREATE TABLE test1.x (y INTEGER)"); err != nil {
		t.Error(err)
	}
}

func TestTheServerEndsWithAKilledProcess(t *testing.T) {
	start(t).Stop()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TEST_START_AND_HANG=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _, err := bufio.NewReader(out).ReadLine()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if cmd.Wait() == nil {
		t.Error("it was not killed")
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-tick.C {
		if _, err := os.Stat(string(line)); errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", line)
		}
	}
}
