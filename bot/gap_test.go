// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what the stream leaves out: it is looked up on
// the wiki. And those of wikis that have no stream.

package bot_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// leftOut is in the comment of every edit that leaks.
const leftOut = "left out of the stream"

// leaks is what a leaky server has left out.
type leaks struct {
	lost atomic.Int64
	// forgets is the time, in milliseconds, from which on it knows anything.
	forgets atomic.Int64
}

// leak puts a server between the relay and the bot that leaves out events, with
// their offsets.
func (w *world) leak() *leaks {
	w.Helper()
	target, err := url.Parse(w.feed.URL)
	w.must(err)
	l := &leaks{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.FlushInterval = -1
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) {}
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Body = &sieve{ReadCloser: r.Body, lines: bufio.NewReader(r.Body), leaks: l}
		return nil
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		defer func() { recover() }() // the relay has ended the connection
		proxy.ServeHTTP(rw, r)
	}))
	w.stream = server.URL
	w.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return l
}

// sieve is a stream without the events that are left out.
type sieve struct {
	io.ReadCloser
	lines *bufio.Reader
	ready []byte
	leaks *leaks
}

// stamp finds a time in an id.
var stamp = regexp.MustCompile(`"timestamp":(\d+)`)

// drops reports whether an event is left out.
func (l *leaks) drops(event []byte) bool {
	_, id, _ := bytes.Cut(event, []byte("id: "))
	id, _, _ = bytes.Cut(id, []byte("\n"))
	newest := int64(0)
	for _, m := range stamp.FindAllSubmatch(id, -1) {
		at, _ := strconv.ParseInt(string(m[1]), 10, 64)
		newest = max(newest, at)
	}
	return bytes.Contains(event, []byte(leftOut)) || newest > 0 && newest < l.forgets.Load()
}

func (s *sieve) Read(p []byte) (int, error) {
	var event []byte
	for len(s.ready) == 0 {
		line, err := s.lines.ReadBytes('\n')
		if err != nil {
			return 0, err
		}
		if event = append(event, line...); len(bytes.TrimSpace(line)) > 0 {
			continue
		}
		if s.leaks.drops(event) {
			s.leaks.lost.Add(1)
			event = nil
		}
		s.ready = event
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// whisper adds a section to the pump of which the stream does not tell.
func (w *world) whisper(heading, text string) int64 {
	w.Helper()
	_, err := w.ada.Do(context.Background(), map[string]string{
		"action": "edit", "title": pump, "section": "new", "sectiontitle": heading, "text": text + " --~~~~", "summary": leftOut,
	})
	w.must(err)
	_, rev, err := w.admin.Read(context.Background(), pump)
	w.must(err)
	return rev
}

// entries are the anchors on the noticeboard.
func (w *world) entries() []string {
	w.Helper()
	var out []string
	for line := range strings.Lines(w.text(board)) {
		if _, rest, ok := strings.Cut(line, `id="cs-`); ok {
			anchor, _, _ := strings.Cut(rest, `"`)
			out = append(out, anchor)
		}
	}
	slices.Sort(out)
	return out
}

// once checks that the noticeboard has so many entries, none of them twice.
func (w *world) once(want int) {
	w.Helper()
	all := w.entries()
	if n := len(slices.Compact(slices.Clone(all))); n != want || len(all) != want {
		w.Errorf("%d entries, %d of them different; want %d:\n%s", len(all), n, want, w.text(board))
	}
}

func TestWhatTheStreamLeavesOutIsFoundOnTheWiki(t *testing.T) {
	w := newWorld(t)
	leaks := w.leak()
	w.start()
	w.settled()
	w.ask(w.ada, "Before", "Who knows [[mw:Extension:Poem]]?")
	w.awaits(board, "Before")
	rev := w.whisper("Whispered", "And who really knows [[mw:Extension:Poem]]?")
	w.must(w.admin.Move(context.Background(), pump, "Test Wiki talk:New pump", leftOut))
	w.edit(w.ada, "Test Wiki talk:Later", "And later [[mw:Extension:Poem]].")
	w.awaits(board, "Whispered", "Later", fmt.Sprintf("PermanentLink/%d", rev))
	if n := leaks.lost.Load(); n < 2 {
		t.Fatalf("the stream has left out %d events", n)
	}
	w.awaitsMetric("codesteward_gaps_filled_total")
	w.awaitsMetric("codesteward_gap_events_total")
	w.awaits(reportPage, "left something out", "No problems")
	if !strings.Contains(strings.Join(w.bot.LastGaps(), "\n"), "(hole)") {
		t.Errorf("gaps told: %q", w.bot.LastGaps())
	}
	w.anotherPass()
	w.once(4)
	w.must(w.stop())
	gaps := w.status().Gaps
	if len(gaps) == 0 || gaps[0].Cause != "hole" || gaps[0].Missing < 1 || gaps[0].Found < 2 || gaps[0].Wiki != w.wiki.DB {
		t.Errorf("gaps noted: %+v", gaps)
	}
	// The move was left out as well; a mention follows its page.
	if !strings.Contains(w.export(), `"title":"Test Wiki talk:New pump"`) {
		t.Error("the move that was left out has not moved its mentions")
	}
	edits := w.botEdits(board)
	w.log.reset()
	w.start()
	w.settled()
	w.once(4)
	if n := w.botEdits(board) - edits; n != 0 {
		t.Errorf("%d edits of the noticeboard after a restart", n)
	}
}

func (w *world) status() registry.Status {
	w.Helper()
	reg, err := registry.Open(context.Background(), "sqlite:"+w.db)
	w.must(err)
	defer reg.Close()
	status, err := reg.Status(context.Background())
	w.must(err)
	return status
}

func TestAGapIsKeptUntilItIsFilled(t *testing.T) {
	w := newWorld(t)
	w.leak()
	w.start()
	w.settled()
	w.ask(w.ada, "Before", "Who knows [[mw:Extension:Poem]]?")
	w.awaits(board, "Before")
	w.api.refuse("logevents")
	w.whisper("Whispered", "And who really knows [[mw:Extension:Poem]]?")
	w.ask(w.ada, "After", "And after that [[mw:Extension:Poem]]?")
	w.awaitsLog("recent changes cannot be read")
	w.awaits(reportPage, "The bot goes on trying")
	w.must(w.stop())
	for _, n := range w.status().Gaps {
		t.Errorf("a gap counts as filled: %+v", n)
	}
	w.log.reset()
	w.start() // the cursor stands before the gap
	w.awaitsLog("recent changes cannot be read")
	w.api.refuse("")
	w.awaits(board, "Whispered", "After")
	w.awaits(reportPage, "No problems")
	w.once(3)
}

// The stream forgets; a wiki remembers longer. What is too old to be told of is
// not.
func TestATimeThatTheStreamHasForgottenIsLookedUp(t *testing.T) {
	w := newWorld(t)
	w.retention = time.Second
	w.start()
	w.settled()
	w.ask(w.ada, "Before", "Who knows [[mw:Extension:Poem]]?")
	w.awaits(board, "Before")
	w.must(w.stop())
	w.ask(w.ada, "Forgotten", "And who really knows [[mw:Extension:Poem]]?")
	old := time.Now().Add(2 * w.retention)
	w.await("the stream has forgotten", func() bool { return time.Now().After(old) })
	w.leak().forgets.Store(old.UnixMilli())
	w.log.reset()
	w.start()
	w.awaitsLog(`"cause":"retention"`)
	w.awaits(board, "Forgotten")
	w.anotherPass()
	w.once(3)
}

func TestWhatAGapBringsTooLateIsNotTold(t *testing.T) {
	w := newWorld(t)
	leaks := w.leak()
	w.start()
	w.settled()
	w.ask(w.ada, "Before", "Who knows [[mw:Extension:Poem]]?")
	w.awaits(board, "Before")
	w.adopt(w.ada, "Alpha", "[[User:Ada]]")
	w.awaits(gadgets, "owned")
	w.ahead.Store(int64(31 * 24 * time.Hour))
	w.whisper("Whispered", "Who knows [[mw:Extension:Poem]]?")
	w.edit(w.admin, "Test Wiki talk:Admin", "[[MediaWiki:Gadget-Alpha.js]] is odd.")
	w.awaits(reportPage, "left something out") // the last page of a pass
	if n := leaks.lost.Load(); n == 0 {
		t.Fatal("the stream has left out nothing")
	}
	w.once(1)
	if text := w.text("User talk:Ada"); text != "" {
		t.Errorf("a message a month later:\n%s", text)
	}
	if !strings.Contains(w.export(), "Whispered") {
		t.Error("it is not even known")
	}
}

func TestAWikiWithoutAStreamIsPolled(t *testing.T) {
	w := newWorld(t)
	w.feed.CloseClientConnections()
	w.feed.Close() // nobody listens
	w.source = config.Poll
	w.start()
	w.awaits(gadgets, "Alpha")
	w.settled()
	began := time.Now()
	w.ask(w.ada, "Verses", "Who looks after [[mw:Extension:Poem]]?")
	w.awaits(board, "Verses", "[[User:Ada|Ada]]")
	t.Logf("from the edit to the saved entry: %s", time.Since(began).Round(time.Millisecond))
	// What the bot's own pages hang on is followed as well.
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Gamma[ResourceLoader]|Gamma.js\n")
	w.awaits(gadgets, "Gamma")
	w.edit(w.admin, stopPage, "Wait.")
	w.ask(w.ada, "Stopped", "[[mw:Extension:Poem]]?")
	w.awaitsLog("says stop")
	w.edit(w.admin, stopPage, "")
	w.awaits(board, "Stopped")
	if text := w.awaits(reportPage, "No problems"); strings.Contains(text, "stream") {
		t.Errorf("the report speaks of a stream:\n%s", text)
	}
	if strings.Contains(w.log.String(), "stream connected") || w.bot.LastEvent().IsZero() {
		t.Errorf("last event %s", w.bot.LastEvent())
	}
	// What happens while nobody looks is found, and nothing twice.
	for round := range 3 {
		w.must(w.stop())
		w.ask(w.ada, fmt.Sprintf("Away %d", round), "[[mw:Extension:Poem]]?")
		w.log.reset()
		w.start()
		w.ask(w.ada, fmt.Sprintf("Back %d", round), "[[mw:Extension:Poem]]?")
		w.awaits(board, fmt.Sprintf("Away %d", round), fmt.Sprintf("Back %d", round))
	}
	w.once(8)
	w.must(w.stop())
	cursors := w.status().Cursors
	if len(cursors) != 1 || cursors[0].Streams != "poll:"+w.wiki.DB {
		t.Errorf("cursors %+v", cursors)
	}
	edits := w.botEdits(board)
	w.log.reset()
	w.start()
	w.settled()
	w.once(8)
	if n := w.botEdits(board) - edits; n != 0 {
		t.Errorf("%d edits with nothing new", n)
	}
	if n := strings.Count(w.log.String(), `"message":"found"`); n != 0 {
		t.Errorf("%d findings with nothing new", n)
	}
}

// Each wiki has its events from one place, and they do not wait for each other.
func TestOneWikiIsPolledBesideTheStreamOfAnother(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	other := wikitest.Start(t, wikitest.Options{DB: "otherwiki"})
	_, err := other.CreateUser(ctx, botName, "bot")
	w.must(err)
	login, pass, err := other.BotPassword(ctx, botName)
	w.must(err)
	for title, text := range map[string]string{configPage: goodRules, "Maintainers": maintainers} {
		_, err := other.Admin().Edit(ctx, title, text, "test")
		w.must(err)
	}
	w.also = []bot.Served{{
		Wiki:     config.Wiki{Wiki: other.DB, API: other.API, User: botName, Login: login, ConfigPage: configPage, ConfigRights: config.DefaultConfigRights(), Source: config.Poll},
		Password: pass,
	}}
	w.start()
	w.await("both are watched", func() bool { return strings.Count(w.log.String(), `"message":"surveyed and reconciled"`) == 2 })
	for i := range 3 {
		name := fmt.Sprintf("Round %d", i)
		_, err := other.Admin().AddSection(ctx, pump, name, "Who knows [[mw:Extension:Poem]] there?")
		w.must(err)
		w.ask(w.ada, name, "Who knows [[mw:Extension:Poem]] here?")
		w.awaits(board, name)
		w.await("the entry on the other wiki", func() bool {
			text, _, err := other.Admin().Read(ctx, board)
			return err == nil && strings.Contains(text, name)
		})
	}
	w.once(3)
	w.must(w.stop())
	var streams []string
	for _, c := range w.status().Cursors {
		streams = append(streams, c.Streams)
	}
	if want := []string{"mediawiki.recentchange", "poll:otherwiki"}; !slices.Equal(streams, want) {
		t.Errorf("cursors of %q, want %q", streams, want)
	}
}

func TestPollingThatIsRefusedIsReported(t *testing.T) {
	w := newWorld(t)
	w.source = config.Poll
	w.start()
	w.settled()
	w.api.refuse("recentchanges")
	w.ask(w.ada, "Verses", "[[mw:Extension:Poem]]?")
	w.awaits(reportPage, "The list of recent changes cannot be read since")
	w.api.refuse("")
	w.awaits(board, "Verses")
	w.awaits(reportPage, "No problems")
	w.once(1)
}
