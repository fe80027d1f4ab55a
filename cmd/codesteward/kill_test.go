// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that kills the bot, a process of its own on a real
// wiki, at random moments.

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events/relay"
)

const (
	killBot   = "Steward bot"
	killBoard = "Test Wiki:Board"
	killTable = "Test Wiki:Gadgets"
	killRules = `{"version": 1, "watch": {"namespaces": [1]},
		"sources": {"maintainers": [{"page": "Maintainers"}]},
		"tables": [{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"]}],
		"noticeboard": {"page": "Project:Board", "settle_minutes": 0},
		"notices": {"talk": true, "settle_minutes": 0}}`
)

// TestKillAtRandomMoments kills the bot again and again while people ask,
// adopt and mention: every question is on the noticeboard once, every adopter
// has one message, and in the end there is nothing left to edit.
func TestKillAtRandomMoments(t *testing.T) { newKillTest(t).killAtRandomMoments(8) }

// TestKillWhilePolling is the same on a wiki without a stream.
func TestKillWhilePolling(t *testing.T) {
	k := newKillTest(t)
	k.serve("poll")
	k.stream = "http://127.0.0.1:1/no/stream"
	k.killAtRandomMoments(5)
}

// TestSoakKills is the same for longer.
func TestSoakKills(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("long; make soak runs it")
	}
	newKillTest(t).killAtRandomMoments(100)
}

func (k *killTest) killAtRandomMoments(kills int) {
	t := k.T
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	k.start()
	k.await("the table", func() bool { return strings.Contains(k.text(killTable), "Alpha") })
	for i := range kills {
		k.edit(k.ada, fmt.Sprintf("Talk:Question %d", i), "Who knows [[mw:Extension:Poem]]?")
		if i == kills/2 {
			k.adopt("Alpha")
			k.await("the claim", func() bool { return strings.Contains(k.text(killTable), "owned") })
			k.edit(k.admin, "Talk:Alpha", "[[MediaWiki:Gadget-Alpha.js]] is slow.")
		}
		pause(t, time.Duration(rnd.IntN(700))*time.Millisecond)
		k.kill()
		if rnd.IntN(3) == 0 {
			k.edit(k.ada, fmt.Sprintf("Talk:While away %d", i), "And [[mw:Extension:Poem]] again.")
		}
		k.start()
	}
	anchor := regexp.MustCompile(`id="(cs-[^"]+)"`)
	want := k.questions
	k.await(fmt.Sprintf("%d entries", want), func() bool { return len(anchor.FindAllString(k.text(killBoard), -1)) >= want })
	k.await("the message", func() bool { return strings.Contains(k.text("User talk:Ada"), "was mentioned ==") })
	entries := anchor.FindAllString(k.text(killBoard), -1)
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e] {
			t.Errorf("the entry %s stands twice", e)
		}
		seen[e] = true
	}
	if len(seen) != want {
		t.Errorf("%d entries, want %d", len(seen), want)
	}
	if n := strings.Count(k.text("User talk:Ada"), "was mentioned =="); n != 1 {
		t.Errorf("Ada has %d messages, want 1", n)
	}
	before := k.edits()
	k.kill()
	k.start()
	k.await("a whole round after the last start", func() bool { return strings.Contains(k.log(), "surveyed and reconciled") })
	if after := k.edits(); after != before {
		t.Errorf("a run with nothing new made %d edits", after-before)
	}
}

// killTest is a wiki with a bot process.
type killTest struct {
	*testing.T
	wiki       *wikitest.Wiki
	admin, ada *wikitest.User
	dir        string
	stream     string
	env        []string
	login      string
	password   string
	cmd        *exec.Cmd
	api        string   // where the bot asks the wiki, if not at its own address
	limit      int      // of the sizes of the bot's files in blocks, 0 for none
	args       []string // besides the usual ones
	starts     int
	questions  int
}

func newKillTest(t *testing.T) *killTest {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a MediaWiki, left out under -short")
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := relay.New(relay.Config{Log: zerolog.Nop()})
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- r.ServeUDP(ctx, conn) }()
	feed := httptest.NewServer(r)
	t.Cleanup(func() {
		r.Close()
		feed.Close()
		cancel()
		conn.Close()
		<-served
	})
	k := &killTest{T: t, dir: t.TempDir(), stream: feed.URL + "/v2/stream"}
	k.wiki = wikitest.Start(t, wikitest.Options{Feed: conn.LocalAddr().String()})
	k.admin = k.wiki.Admin()
	if _, err := k.wiki.CreateUser(ctx, killBot, "bot"); err != nil {
		t.Fatal(err)
	}
	if k.ada, err = k.wiki.CreateUser(ctx, "Ada"); err != nil {
		t.Fatal(err)
	}
	login, password, err := k.wiki.BotPassword(ctx, killBot)
	if err != nil {
		t.Fatal(err)
	}
	k.login, k.password = login, password
	k.serve("stream")
	k.env = append(os.Environ(), "BE_CODESTEWARD=1", "CODESTEWARD_PASSWORD="+password)
	for title, text := range map[string]string{
		"MediaWiki:Gadgets-definition": "* Alpha[ResourceLoader]|Alpha.js",
		"MediaWiki:Gadget-Alpha":       "Alpha",
		"Maintainers":                  "{| class=\"wikitable\"\n! Component !! Steward !! Individual maintainer\n|-\n| [[Extension:Poem|Poem]] || Unassigned ||\n|}",
		"User:Steward bot/config.json": killRules,
	} {
		k.edit(k.admin, title, text)
	}
	k.questions = 0
	t.Cleanup(k.kill)
	return k
}

// serve writes the wikis file, with a source of events.
func (k *killTest) serve(source string) {
	k.Helper()
	api := cmp.Or(k.api, k.wiki.API)
	wikis := fmt.Sprintf(`{"wikis": [{"wiki": %q, "api": %q, "user": %q, "login": %q, "source": %q}]}`, k.wiki.DB, api, killBot, k.login, source)
	if err := os.WriteFile(filepath.Join(k.dir, "wikis.json"), []byte(wikis), 0o600); err != nil {
		k.Fatal(err)
	}
}

// start starts the bot with a log of its own.
func (k *killTest) start() {
	k.Helper()
	k.starts++
	log, err := os.Create(k.logFile())
	if err != nil {
		k.Fatal(err)
	}
	defer log.Close()
	exe, err := os.Executable()
	if err != nil {
		k.Fatal(err)
	}
	k.cmd = exec.Command(exe, k.runArgs()...)
	if k.limit > 0 {
		k.cmd = exec.Command("sh", append([]string{"-c", fmt.Sprintf(`ulimit -f %d; exec "$@"`, k.limit), "sh", exe}, k.runArgs()...)...)
	}
	k.cmd.Env, k.cmd.Stdout, k.cmd.Stderr = k.env, log, log
	k.cmd.SysProcAttr = endsWithUs()
	if err := k.cmd.Start(); err != nil {
		k.Fatal(err)
	}
}

func (k *killTest) runArgs() []string {
	return append([]string{"run", "--wikis", filepath.Join(k.dir, "wikis.json"), "--db", "sqlite:" + filepath.Join(k.dir, "registry.db"),
		"--stream", k.stream, "--streams", "mediawiki.recentchange", "--poll-every", "100ms"}, k.args...)
}

// setPassword gives the password to a bot in this process.
func (k *killTest) setPassword() { k.Setenv("CODESTEWARD_PASSWORD", k.password) }

func (k *killTest) logFile() string { return filepath.Join(k.dir, fmt.Sprintf("bot%d.log", k.starts)) }

func (k *killTest) log() string { return k.logOf(k.logFile()) }

func (k *killTest) logOf(file string) string {
	k.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		k.Fatal(err)
	}
	return string(text)
}

func (k *killTest) kill() {
	if k.cmd != nil {
		k.cmd.Process.Kill()
		k.cmd.Wait()
		k.cmd = nil
	}
}

func (k *killTest) edit(who *wikitest.User, title, text string) {
	k.Helper()
	if _, err := who.Edit(context.Background(), title, text, "test"); err != nil {
		k.Fatal(err)
	}
	if strings.Contains(text, "Poem") {
		k.questions++
	}
}

// adopt has Ada enter herself as the steward of a gadget.
func (k *killTest) adopt(gadget string) {
	k.Helper()
	before, rest, ok := strings.Cut(k.text(killTable), gadget+"]]\n|\n")
	if !ok {
		k.Fatalf("no empty Steward cell for %s:\n%s", gadget, k.text(killTable))
	}
	k.edit(k.ada, killTable, before+gadget+"]]\n| [[User:Ada]]\n"+rest)
}

func (k *killTest) text(title string) string {
	k.Helper()
	text, _, err := k.admin.Read(context.Background(), title)
	var api *wikitest.APIError
	if err != nil && !(errors.As(err, &api) && api.Code == "missingtitle") {
		k.Fatal(err)
	}
	return text
}

// edits returns how many edits the bot has made in all.
func (k *killTest) edits() int {
	k.Helper()
	raw, err := k.admin.Do(context.Background(), map[string]string{
		"action": "query", "list": "usercontribs", "ucuser": killBot, "uclimit": "500", "ucprop": "ids",
	})
	if err != nil {
		k.Fatal(err)
	}
	var answer struct {
		Query struct{ Usercontribs []struct{ Revid int64 } }
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		k.Fatal(err)
	}
	return len(answer.Query.Usercontribs)
}

func (k *killTest) await(what string, ok func() bool) {
	k.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			k.Fatalf("waited 30 s for %s\nboard:\n%s\nAda's talk page:\n%s\nlog:\n%s", what, k.text(killBoard), k.text("User talk:Ada"), k.log())
		}
		pause(k.T, 50*time.Millisecond)
	}
}

// pause lets the bot run on for a while.
func pause(t *testing.T, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
	}
}
