// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// output is what a command prints, read while it runs.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// command runs codesteward in this process to its end.
func (k *killTest) command(args ...string) (stdout, stderr string, code int) {
	k.Helper()
	var out, errs output
	code = execute(k.Context(), args, strings.NewReader(""), &out, &errs, nil)
	return out.String(), errs.String(), code
}

func TestDryRunPrintsDiffsAndSavesNothing(t *testing.T) {
	k := newKillTest(t)
	k.setPassword()
	var stdout, stderr output
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		done <- execute(ctx, append(k.runArgs(), "--dry-run"), strings.NewReader(""), &stdout, &stderr, nil)
	}()
	k.await("a diff of each page", func() bool {
		return strings.Contains(stdout.String(), "+++ b/"+killTable) && strings.Contains(stdout.String(), "+++ b/User:Steward bot/config report")
	})
	k.await("a whole round", func() bool { return strings.Contains(stderr.String(), "surveyed and reconciled") })
	cancel()
	if code := <-done; code != exitDone {
		t.Errorf("exit code %d\n%s", code, stderr.String())
	}
	if n := k.edits(); n != 0 {
		t.Errorf("a dry run made %d edits", n)
	}
	if !strings.Contains(stdout.String(), "Alpha") {
		t.Errorf("the diff does not name the gadget:\n%s", stdout.String())
	}
}

func TestCommandsOnALiveRegistry(t *testing.T) {
	k := newKillTest(t)
	k.start()
	k.await("a whole round", func() bool { return strings.Contains(k.log(), "surveyed and reconciled") })
	db := "sqlite:" + k.dir + "/registry.db"
	tests := []struct {
		args []string
		want []string
	}{
		{[]string{"status", "--db", db}, []string{"running", "rules", "in force since", "gadgets", "newest event handled"}},
		{[]string{"render", "--db", db, "--table", "gadgets"}, []string{"codesteward begin gadgets", "Alpha"}},
		{[]string{"export", "--db", db}, []string{`"gadget:testwiki:Alpha"`, `"verdict": "unknown"`}},
	}
	for _, test := range tests {
		out, errs, code := k.command(test.args...)
		if code != exitDone {
			t.Errorf("%v: exit code %d: %s", test.args, code, errs)
		}
		for _, want := range test.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not print %q:\n%s", test.args, want, out)
			}
		}
		if strings.Contains(out+errs+k.log(), k.password) {
			t.Errorf("%v or the log shows the password", test.args)
		}
	}
	k.cmd.Process.Signal(os.Interrupt)
	ended := make(chan error, 1)
	go func() { ended <- k.cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("after SIGINT the bot ended with %v\n%s", err, k.log())
		}
	case <-time.After(8 * time.Second):
		t.Error("the bot did not end within 8 s of SIGINT")
	}
	k.cmd = nil
	if out, _, _ := k.command("status", "--db", db); !strings.Contains(out, "not running") {
		t.Errorf("status of an ended bot:\n%s", out)
	}
}

func TestRefusalsEndWithTheirExitCode(t *testing.T) {
	k := newKillTest(t)
	t.Setenv("CODESTEWARD_PASSWORD", "0123456789abcdef0123456789abcdef")
	out, errs, code := k.command(k.runArgs()...)
	if code != exitRefused || !strings.Contains(errs, "log in as Steward bot") {
		t.Errorf("a wrong password: exit code %d\n%s%s", code, out, errs)
	}
	k.setPassword()
	args := append(k.runArgs(), "--streams", "mediawiki.no-such-stream")
	out, errs, code = k.command(args...)
	if code != exitRefused || !strings.Contains(errs, "stream") {
		t.Errorf("an unknown stream: exit code %d\n%s%s", code, out, errs)
	}
}
