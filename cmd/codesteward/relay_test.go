// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the relay command.

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// relayRun is a relay command at work.
type relayRun struct {
	udp    []string
	listen string
	stop   func() int // as SIGTERM does
}

func startRelay(t *testing.T, args ...string) *relayRun {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	logs, stderr := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- execute(ctx, append([]string{"relay"}, args...), strings.NewReader(""), io.Discard, stderr, nil)
		stderr.Close()
	}()
	r := &relayRun{stop: func() int { cancel(); return <-code }}
	lines := bufio.NewScanner(logs)
	for r.listen == "" && lines.Scan() {
		var line struct{ Message, UDP, Listen string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "relaying" {
			r.udp, r.listen = strings.Split(line.UDP, ","), line.Listen
		}
	}
	go io.Copy(io.Discard, logs) // ends with the command
	if r.listen == "" {
		t.Fatalf("relay did not start: exit %d", <-code)
	}
	return r
}

func TestRelayKeepsEventsOverARestart(t *testing.T) {
	args := []string{"--udp", "127.0.0.1:0", "--udp", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--store", filepath.Join(t.TempDir(), "new", "store"), "--store-size", "1"}
	want := []string{}
	for run := range 3 {
		r := startRelay(t, args...)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		req, err := http.NewRequestWithContext(ctx, "GET", "http://"+r.listen+"/v2/stream/recentchange?since=0", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		for i, address := range r.udp {
			title := fmt.Sprint("Page ", run, i)
			want = append(want, title)
			out, err := net.Dial("udp", address)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(out, `{"type":"edit","wiki":"teawiki","title":%q}`, title)
			out.Close()
		}
		got := map[string]int{}
		for lines := bufio.NewScanner(resp.Body); len(got) < len(want) && lines.Scan(); {
			var e struct{ Title string }
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &e) == nil && e.Title != "" {
				got[e.Title]++
			}
		}
		for _, title := range want {
			if got[title] != 1 {
				t.Errorf("run %d: %s came %d times", run, title, got[title])
			}
		}
		resp.Body.Close()
		cancel()
		if code := r.stop(); code != exitDone {
			t.Errorf("exit %d", code)
		}
	}
}

func TestRelayRefusesBadArguments(t *testing.T) {
	broken := t.TempDir()
	file := filepath.Join(broken, fmt.Sprintf("%020d.events", 0))
	for _, name := range []string{file, filepath.Join(broken, fmt.Sprintf("%020d.events", 9))} {
		if err := os.WriteFile(name, []byte("something else altogether"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"an open feed", []string{"--udp", ":0", "--listen", "127.0.0.1:0"}, exitUsage, "--allow 0.0.0.0/0"},
		{"a range that is none", []string{"--udp", "127.0.0.1:0", "--allow", "10.0.0.0/33", "--listen", "127.0.0.1:0"}, exitUsage, "--allow"},
		{"a name instead of an address", []string{"--udp", "127.0.0.1:0", "--allow", "wiki.example", "--listen", "127.0.0.1:0"}, exitUsage, "--allow"},
		{"no feed", []string{"--listen", "127.0.0.1:0"}, exitUsage, "--udp"},
		{"a store of no size", []string{"--udp", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--store-size", "0"}, exitUsage, "--store-size"},
		{"damaged files", []string{"--udp", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--store", broken}, exitFound, file},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stderr strings.Builder
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			code := execute(ctx, append([]string{"relay"}, test.args...), strings.NewReader(""), io.Discard, &stderr, nil)
			if code != test.code || !strings.Contains(stderr.String(), test.says) {
				t.Errorf("exit %d, %s", code, &stderr)
			}
		})
	}
}

func TestRelayAllow(t *testing.T) {
	for text, want := range map[string]string{"10.1.2.3": "10.1.2.3/32", "10.1.2.3/8": "10.0.0.0/8", "2001:db8::1": "2001:db8::1/128", "::/0": "::/0"} {
		if got, err := allowed(text); err != nil || got.String() != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
}
