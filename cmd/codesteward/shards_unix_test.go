// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the test of wikis that several processes share, on one MariaDB.

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry/mariadbtest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events/relay"
)

// shared are wikis that several processes serve.
type shared struct {
	*testing.T
	dir, dsn, stream string
	names            []string
	rc               net.Conn
	reg              *registry.Registry

	mu   sync.Mutex
	told map[int64]question
}

// question is a page that mentions something.
type question struct{ wiki, title string }

func newShared(t *testing.T, names ...string) *shared {
	t.Helper()
	if testing.Short() {
		t.Skip("runs processes, left out under -short")
	}
	server, err := mariadbtest.Start(t.Context())
	if errors.Is(err, mariadbtest.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := &shared{T: t, dir: t.TempDir(), names: names, told: map[int64]question{}}
	if s.dsn, err = server.Database(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.reg, err = registry.Open(t.Context(), s.dsn); err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := relay.New(relay.Config{Log: zerolog.Nop()})
	served := make(chan error, 1)
	go func() { served <- r.ServeUDP(t.Context(), conn) }()
	feed, api := httptest.NewServer(r), httptest.NewServer(s.handler(newWikis()))
	if s.rc, err = net.Dial("udp", conn.LocalAddr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		feed.Close()
		api.Close()
		conn.Close()
		s.rc.Close()
		<-served
		if err := s.reg.Close(); err != nil {
			t.Error(err)
		}
	})
	s.stream = feed.URL + "/v2/stream"
	var wikis []string
	for _, name := range names {
		wikis = append(wikis, fmt.Sprintf(`{"wiki": %q, "api": "%s/%s/api.php", "user": "Steward bot", "login": "Steward bot@x"}`, name, api.URL, name))
	}
	if err := os.WriteFile(filepath.Join(s.dir, "wikis.json"), []byte(`{"wikis": [`+strings.Join(wikis, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// handler answers for the wikis, and for the texts of the questions.
func (s *shared) handler(ws *wikis) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Form.Get("revids") == "" {
			ws.answer(w, r)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		pages := []any{}
		for _, text := range strings.Split(r.Form.Get("revids"), "|") {
			id, _ := strconv.ParseInt(text, 10, 64)
			q, known := s.told[id]
			if !known {
				continue
			}
			pages = append(pages, map[string]any{"ns": 1, "title": q.title, "pageid": id, "revisions": []any{map[string]any{
				"revid": id, "parentid": 0, "user": "Ada", "timestamp": time.Now().UTC().Format(time.RFC3339), "tags": []string{},
				"slots": map[string]any{"main": map[string]any{"contentmodel": "wikitext", "content": "Who knows [[mw:Extension:Poem]]?"}},
			}}})
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"batchcomplete": true, "curtimestamp": time.Now().UTC().Format(time.RFC3339), "query": map[string]any{"pages": pages}})
	}
}

// process is a bot that runs.
type process struct {
	name string
	cmd  *exec.Cmd
	log  string
}

func (s *shared) start(name string, args ...string) *process {
	s.Helper()
	exe, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	p := &process{name: name, log: filepath.Join(s.dir, name+".log")}
	log, err := os.Create(p.log)
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command(exe, append([]string{"run", "--wikis", filepath.Join(s.dir, "wikis.json"), "--db", s.dsn,
		"--stream", s.stream, "--streams", "mediawiki.recentchange"}, args...)...)
	p.cmd.Env = append(os.Environ(), "BE_CODESTEWARD=1", "CODESTEWARD_PASSWORD="+strings.Repeat("a", 32))
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.SysProcAttr = log, log, endsWithUs()
	if err := p.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		if s.Failed() {
			text, _ := os.ReadFile(p.log)
			s.Logf("%s:\n%s", name, text[max(0, len(text)-3000):])
		}
	})
	return p
}

// end ends processes in good order.
func (s *shared) end(all ...*process) {
	s.Helper()
	for _, p := range all {
		tell(s.T, p.cmd, syscall.SIGTERM)
	}
	for _, p := range all {
		if err := p.cmd.Wait(); err != nil {
			s.Errorf("%s: %v", p.name, err)
		}
	}
}

// ask has a question put on each wiki, so many times.
func (s *shared) ask(n int) (ids []int64) {
	s.Helper()
	for range n {
		for _, name := range s.names {
			s.mu.Lock()
			id := int64(len(s.told) + 100)
			q := question{name, fmt.Sprintf("Talk:Question %d", id)}
			s.told[id] = q
			s.mu.Unlock()
			packet := fmt.Sprintf(`{"id":%d,"type":"new","namespace":1,"title":%q,"comment":"","timestamp":%d,"user":"Ada","bot":false,"minor":false,`+
				`"length":{"old":null,"new":9},"revision":{"old":null,"new":%d},"server_url":"https://example.org","server_name":"example.org","server_script_path":"/w","wiki":%q}`,
				id, q.title, time.Now().Unix(), id, name)
			if _, err := s.rc.Write([]byte(packet)); err != nil {
				s.Fatal(err)
			}
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *shared) await(what string, ok func() bool) {
	s.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			s.Fatalf("waited a minute for %s", what)
		}
		pause(s.T, 50*time.Millisecond)
	}
}

// known waits until all questions so far are in the registry, and sees that no
// other ones are, nor any twice.
func (s *shared) known(what string) {
	s.Helper()
	s.mu.Lock()
	want := len(s.told)
	s.mu.Unlock()
	titles := map[string]int{}
	s.await(what, func() bool {
		clear(titles)
		for _, name := range s.names {
			v, err := s.reg.View(s.Context(), registry.Query{Wiki: name, Now: time.Now()})
			if err != nil {
				s.Fatal(err)
			}
			for _, m := range v.Mentions {
				titles[name+m.Title]++
			}
		}
		return len(titles) >= want
	})
	for title, n := range titles {
		if n != 1 || len(titles) != want {
			s.Errorf("%s: %s is known %d times, %d titles of %d", what, title, n, len(titles), want)
		}
	}
}

// holders waits until so many shards are served by so many processes.
func (s *shared) holders(shards, processes int) {
	s.Helper()
	s.await(fmt.Sprintf("%d processes with %d shards", processes, shards), func() bool {
		status, err := s.reg.Status(s.Context())
		if err != nil {
			s.Fatal(err)
		}
		owners := map[string]bool{}
		for _, l := range status.Shards {
			if l.Held(time.Now()) {
				owners[l.Owner] = true
			}
		}
		return len(status.Shards) == shards && len(owners) == processes && status.Running(time.Now())
	})
}

// looked is who has found something in each revision, by the logs.
func (s *shared) looked() map[int64][]string {
	s.Helper()
	found := regexp.MustCompile(`"rev":(\d+),.*"message":"found"`)
	all := map[int64][]string{}
	logs, err := filepath.Glob(filepath.Join(s.dir, "*.log"))
	if err != nil {
		s.Fatal(err)
	}
	for _, log := range logs {
		text, err := os.ReadFile(log)
		if err != nil {
			s.Fatal(err)
		}
		for _, m := range found.FindAllSubmatch(text, -1) {
			id, _ := strconv.ParseInt(string(m[1]), 10, 64)
			all[id] = append(all[id], strings.TrimSuffix(filepath.Base(log), ".log"))
		}
	}
	return all
}

// once sees that each question was found once, and those of one wiki by one
// process.
func (s *shared) once(what string, ids []int64) {
	s.Helper()
	looked := s.looked()
	by := map[string]string{}
	for _, id := range ids {
		q, who := s.told[id], looked[id]
		if len(who) != 1 || by[q.wiki] != "" && by[q.wiki] != who[0] {
			s.Errorf("%s: question %d of %s was found by %v; others of it by %s", what, id, q.wiki, who, by[q.wiki])
			continue
		}
		by[q.wiki] = who[0]
	}
	s.Logf("%s: %v", what, by)
}

func TestSeveralProcessesShareTheWikis(t *testing.T) {
	s := newShared(t, "awiki", "bwiki", "cwiki")
	shards := map[int]bool{}
	for _, name := range s.names {
		shards[bot.ShardOf(name, 2)] = true
	}
	if len(shards) != 2 {
		t.Fatal("the wikis are in one shard; choose others")
	}
	alone := s.start("alone")
	s.following(alone, 1)
	before := s.ask(2)
	s.known("what one process reads")
	s.once("one process", before)
	s.end(alone)
	ids := s.ask(1)

	a, b := s.start("a", "--shards", "2"), s.start("b", "--shards", "2")
	s.holders(2, 2)
	s.following(a, 1)
	s.following(b, 1)
	ids = append(ids, s.ask(2)...)
	s.known("what two processes read")
	s.once("two processes", ids)
	s.once("one process, also later", before)

	// Another takes over from one that is killed, or halted for long.
	c := s.start("c", "--shards", "2")
	if err := a.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	a.cmd.Wait()
	s.ask(1)
	s.known("what is read after a kill")
	s.holders(2, 2)
	d := s.start("d", "--shards", "2", "--shards-each", "2")
	tell(t, b.cmd, syscall.SIGSTOP)
	s.ask(1)
	s.known("what is read after a halt")
	tell(t, b.cmd, syscall.SIGCONT)
	if err := b.cmd.Wait(); err == nil {
		t.Error("the halted process ended without an error")
	}
	if text, err := os.ReadFile(b.log); err != nil || !bytes.Contains(text, []byte("lease lost")) {
		t.Errorf("the halted process does not say why it ended: %s, %v", text, err)
	}
	s.holders(2, 2)
	s.end(c)
	s.holders(2, 1) // one has both
	ids = s.ask(1)
	s.known("what one process with both reads")
	s.once("one process with both", ids)

	last := s.start("last") // waits for the shards to be free
	ids = s.ask(1)
	s.known("what is read while another number of shards is waited with")
	s.once("while another waits", ids)
	s.end(d)
	before = ids
	ids = s.ask(1)
	s.known("what one process reads again")
	s.once("one process again", ids)
	s.once("two shards, also later", before)
	s.end(last)
	for id, who := range s.looked() {
		if len(who) > 1 { // where a process was killed or halted before it had stored its position
			t.Logf("question %d was found by %v", id, who)
		}
	}
}

// following waits until a process follows so many streams.
func (s *shared) following(p *process, streams int) {
	s.Helper()
	s.await(p.name+" at work", func() bool {
		text, err := os.ReadFile(p.log)
		return err == nil && bytes.Count(text, []byte("stream connected")) >= streams
	})
}
