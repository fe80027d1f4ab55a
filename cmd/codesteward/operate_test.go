// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the test of a running bot as its operator sees it.

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// TestABotAsItsOperatorSeesIt runs two copies on one store: one works, and one
// waits until the first is killed. The log is at its finest level.
func TestABotAsItsOperatorSeesIt(t *testing.T) {
	k := newKillTest(t)
	env := k.env
	first, second := freeAddress(t), freeAddress(t)
	k.env = append(env, "CODESTEWARD_LOG_LEVEL=trace", "CODESTEWARD_WEB="+first, "CODESTEWARD_DEBUG=127.0.0.1:0")
	k.start()
	k.await("readiness", func() bool { return status(first, "/readyz") == "200 ok\n" })
	k.await("the table", func() bool { return strings.Contains(k.text(killTable), "Alpha") })
	worker, log := k.cmd, k.logFile()

	k.env = append(env, "CODESTEWARD_WEB="+second)
	k.start()
	k.await("the copy that waits", func() bool { return status(second, "/readyz") == "503 another process holds the lease\n" })
	if got := status(second, "/healthz"); !strings.HasPrefix(got, "200 ok\n") {
		t.Errorf("a copy that waits is not alive: %s", got)
	}

	const words = "quince marmalade boils over"
	k.edit(k.ada, "Talk:Kitchen", "Who knows [[mw:Extension:Poem]]? My "+words+".")
	k.await("the entry", func() bool { return strings.Contains(k.text(killBoard), words) })
	for _, sent := range []struct {
		signal syscall.Signal
		want   string
	}{{syscall.SIGUSR2, `"log_level":"debug"`}, {syscall.SIGUSR1, `"log_level":"trace"`}} {
		if err := worker.Process.Signal(sent.signal); err != nil {
			t.Fatal(err)
		}
		k.await(sent.want, func() bool { return strings.Contains(k.logOf(log), sent.want) })
	}
	k.await("the count of the entry", func() bool { // which comes after the edit
		return strings.Contains(status(first, "/metrics"), `codesteward_notices_total{outcome="saved",way="noticeboard",wiki="testwiki"} 1`)
	})
	checkMetrics(t, status(first, "/metrics"))

	if err := worker.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	worker.Wait()
	k.await("the other copy at work", func() bool { return status(second, "/readyz") == "200 ok\n" })

	text := k.logOf(log)
	for _, secret := range []string{k.password, words, `+\\\\"`} {
		if strings.Contains(text, secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	for _, message := range []string{`"message":"request"`, `"message":"found"`, `"message":"page"`, `"message":"logged in"`} {
		if !strings.Contains(text, message) {
			t.Errorf("the log has no line %s", message)
		}
	}
	for line := range strings.Lines(text) {
		if twice, err := repeatedKey(line); err != nil || twice != "" {
			t.Errorf("a line has %q twice, %v: %s", twice, err, line)
			break
		}
	}
}

// status asks a bot for a path, and returns the status and the text.
func status(address, path string) string {
	resp, err := http.Get("http://" + address + path)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", resp.StatusCode, body)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// checkMetrics looks at what a bot that has worked for a while serves.
func checkMetrics(t *testing.T, answer string) {
	t.Helper()
	text, ok := strings.CutPrefix(answer, "200 ")
	if !ok {
		t.Fatal(answer)
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	list, err := os.ReadFile(metricsList)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (codesteward_\S+) (\S+)$`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(string(list), fmt.Sprintf("| `%s` | %s |", m[1], m[2])) {
			t.Errorf("%s, a %s, is not listed", m[1], m[2])
		}
	}
	for _, want := range []string{
		"codesteward_ready 1", "codesteward_lease_held 1", "codesteward_stuck_loops 0", `codesteward_rules_valid{wiki="testwiki"} 1`,
		`codesteward_stream_events_total{outcome="delivered",stream="mediawiki.recentchange"}`, `codesteward_api_requests_total{action="login",outcome="ok",wiki="testwiki"} 1`,
		`codesteward_edits_total{outcome="saved",step="",wiki="testwiki"}`, `codesteward_notices_total{outcome="saved",way="noticeboard",wiki="testwiki"} 1`,
		`codesteward_queue_events{wiki="testwiki"} 0`, `codesteward_feed_up{feed="mediawiki.recentchange"} 1`,
		`codesteward_survey_read_timestamp_seconds{source="gadgets",wiki="testwiki"}`, `codesteward_survey_schedule_seconds{source="gadgets",wiki="testwiki"}`,
		`codesteward_pages{outcome=`, `codesteward_wiki_trouble_seconds{wiki="testwiki"} 0`,
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("the metrics do not have %s", want)
		}
	}
	if strings.Contains(text, "Kitchen") || strings.Contains(text, "Ada") || strings.Contains(text, "Gadgets\"") {
		t.Error("the metrics name pages or people")
	}
}

// repeatedKey returns a key that stands twice in a line of the log, "" if none
// does.
func repeatedKey(line string) (string, error) {
	d := json.NewDecoder(strings.NewReader(line))
	seen, depth, isKey := map[string]bool{}, 0, false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				depth++
			} else {
				depth--
			}
			isKey = depth == 1
			continue
		case string:
			if depth == 1 && isKey {
				if seen[token] {
					return token, nil
				}
				seen[token] = true
			}
		}
		if depth == 1 {
			isKey = !isKey
		}
	}
}
