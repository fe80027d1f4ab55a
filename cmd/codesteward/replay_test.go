// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the replay command.

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// recordedEvent is an event as a stream sends it; each third is not one of a
// page, and each tenth is a bot's.
func recordedEvent(to io.Writer, n int) {
	changeType := "edit"
	if n%3 == 0 {
		changeType = "log"
	}
	fmt.Fprintf(to, "event: message\nid: [{\"topic\":\"eqiad.mediawiki.recentchange\",\"partition\":0,\"timestamp\":%d}]\n", 1_779_271_200_000+n)
	fmt.Fprintf(to, `data: {"$schema":"/mediawiki/recentchange/1.0.0","meta":{"id":"11111111-aaaa-4bbb-8ccc-%012d","domain":"w%d.example.org","dt":"2026-05-20T10:00:00Z","stream":"mediawiki.recentchange",`, n, n%400)
	fmt.Fprintf(to, `"topic":"eqiad.mediawiki.recentchange","partition":0,"offset":%d},"type":%q,"namespace":8,"title":"MediaWiki:Gadget-Peek %d.js","comment":"tidy \"%d\"","timestamp":1779271200,`, n, changeType, n%5000, n)
	fmt.Fprintf(to, `"user":"Quill %d","bot":%v,"revision":{"old":%d,"new":%d},"wiki":"w%dwiki","parsedcomment":"%s"}`+"\n\n", n%100_000, n%10 == 0, n, n+1, n%400, padding)
}

var padding = strings.Repeat("kettle and harbour ", 40)

func TestReplaySummary(t *testing.T) {
	event := func(wiki, more string) string {
		return `{"type":"edit","title":"MediaWiki:Gadget-Peek.js","namespace":8,"wiki":"` + wiki + `"` + more + "}\n"
	}
	var text strings.Builder
	for i := range 25 {
		text.WriteString(strings.Repeat(event(fmt.Sprintf("w%02dwiki", i), ""), 30-i))
	}
	text.WriteString(event("w00wiki", `,"bot":true`) + event(strings.Repeat("w", 101), "") + event(strings.Repeat("x", 101), "") + event("examplewiki", ""))
	text.WriteString("event: error\ndata: {\"message\":\"gone\"}\n\n{}\n" + `{"type":"log","wiki":"w00wiki"}` + "\n")
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, text.String())
	z.Close()
	file := filepath.Join(t.TempDir(), "events.gz")
	if err := os.WriteFile(file, zipped.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}

	replay := func(args ...string) (sum summary) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if code := execute(context.Background(), append([]string{"replay", file}, args...), nil, &stdout, &stderr, nil); code != exitDone || stderr.Len() > 0 {
			t.Fatalf("exit code %d: %s", code, &stderr)
		}
		if err := json.Unmarshal(stdout.Bytes(), &sum); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	largest := func(wanted func(i int) int) (all []wikiCount) {
		for i := range 20 {
			all = append(all, wikiCount{Wiki: fmt.Sprintf("w%02dwiki", i), Events: 30 - i, Wanted: wanted(i)})
		}
		all[0].Events += 2
		return all
	}
	timeless := cmpopts.IgnoreFields(summary{}, "Seconds", "EventsPerSecond")

	all := 30*31/2 - 5*6/2
	want := summary{
		Events: all + 7, Wanted: all + 2, Bytes: int64(zipped.Len()),
		Dropped:    map[string]int{"bot": 1, "canary": 1, "server-error": 1, "undecodable": 1, "not-a-page-change": 1},
		Findings:   map[detect.Kind]int{detect.Gadget: all + 2},
		Wikis:      largest(func(i int) int { return 30 - i }),
		OtherWikis: otherWikis{Wikis: 6, Events: 10 + 9 + 8 + 7 + 6 + 2, Wanted: 10 + 9 + 8 + 7 + 6 + 2},
	}
	if diff := cmp.Diff(want, replay(), timeless); diff != "" {
		t.Errorf("all wikis (-want +got):\n%s", diff)
	}

	want.Wanted, want.Findings = 30+28, map[detect.Kind]int{detect.Gadget: 30 + 28}
	want.Dropped["other-wiki"] = all + 2 - want.Wanted
	want.Wikis = largest(func(i int) int { return map[int]int{0: 30, 2: 28}[i] })
	want.OtherWikis.Wanted = 0
	if diff := cmp.Diff(want, replay("--wiki", "w00wiki,w02wiki"), timeless); diff != "" {
		t.Errorf("two wikis (-want +got):\n%s", diff)
	}
}

func TestReplayStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var stdout, stderr bytes.Buffer
	n := 0
	endless := readerFunc(func(p []byte) (int, error) {
		if n++; n == 3 {
			cancel()
		}
		return copy(p, `{"type":"edit","wiki":"dewiki"}`+"\n"), nil
	})
	if code := execute(ctx, []string{"replay", "--wiki", "metawiki", "-"}, endless, &stdout, &stderr, nil); code != exitFound || stdout.Len() > 0 {
		t.Errorf("exit code %d, %s", code, &stdout)
	}
	stderr.Reset()
	broken := readerFunc(func([]byte) (int, error) { return 0, errors.New("broken pipe") })
	if code := execute(context.Background(), []string{"replay", "-"}, broken, &stdout, &stderr, nil); code != exitFound || !strings.Contains(stderr.String(), "broken pipe") {
		t.Errorf("exit code %d, %s", code, &stderr)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestReplayBar replays on a terminal, as far as isTerminal can tell one.
func TestReplayBar(t *testing.T) {
	var out bytes.Buffer
	if b := progress(&out, nil); b.shown != nil {
		t.Error("a bar that is not on a terminal")
	}
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here:", err)
	}
	defer terminal.Close()
	for _, src := range []io.Reader{strings.NewReader(""), openFile(t, "main.go"), openFile(t, os.DevNull)} {
		b := progress(terminal, src)
		if b.shown == nil {
			t.Fatal("no bar on a terminal")
		}
		b.add(100)
		b.add(1 << 30) // a file that grew
		b.hide()
	}
}

func openFile(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestSoakReplay replays five million events, all decoded, and then with a
// filter. The memory must stay small, and where it was after the first million.
func TestSoakReplay(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("SOAK is not set")
	}
	const (
		million = 1_000_000
		most    = 48 << 10 // KiB
		slack   = 2 << 10
	)
	// The program without the race detector, which takes several times as much.
	program := filepath.Join(t.TempDir(), "codesteward")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var sample bytes.Buffer
	for n := range 20_000 {
		recordedEvent(&sample, n)
	}
	for _, args := range [][]string{{"replay", "-"}, {"replay", "--wiki", "w7wiki", "-"}} {
		t.Run(strings.Join(args[:len(args)-1], " "), func(t *testing.T) {
			var out bytes.Buffer
			cmd := exec.Command(program, args...)
			cmd.Stdout, cmd.Stderr = &out, os.Stderr
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			var rss []int
			for n := 0; n < 5*million; {
				if _, err := stdin.Write(sample.Bytes()); err != nil {
					t.Fatal(err)
				}
				if n += 20_000; n%million == 0 {
					rss = append(rss, memoryKiB(t, cmd.Process.Pid, "VmRSS:"))
				}
			}
			peak := memoryKiB(t, cmd.Process.Pid, "VmHWM:")
			stdin.Close()
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			t.Logf("RSS after each million: %d KiB, peak %d KiB; %.0f events/s", rss, peak, 5*million/time.Since(start).Seconds())
			if peak > most {
				t.Errorf("peak of %d KiB, want at most %d", peak, most)
			}
			if last := rss[len(rss)-1]; last > rss[0]+slack {
				t.Errorf("grew from %d to %d KiB", rss[0], last)
			}
			var sum summary
			if err := json.Unmarshal(out.Bytes(), &sum); err != nil || sum.Events != 5*million || len(sum.Wikis) != 20 || sum.OtherWikis.Wikis != 380 {
				t.Errorf("summary %+v, %v", sum, err)
			}
		})
	}
}

// memoryKiB reads one line of what the kernel says of a process.
func memoryKiB(t *testing.T, pid int, what string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("no /proc here:", err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == what {
			n, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no %s in\n%s", what, status)
	return 0
}
