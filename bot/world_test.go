// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the world that the whole-bot tests run in: a real MediaWiki,
// the relay on its change feed, and the bot, all in this process but the wiki.

package bot_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry/registrytest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events/relay"
)

const (
	botName    = "Steward bot"
	configPage = "User:Steward bot/config.json"
	reportPage = "User:Steward bot/config report"
	stopPage   = "User:Steward bot/stop"
	gadgets    = "Test Wiki:Gadgets"
	extensions = "Test Wiki:Extensions"
	board      = "Test Wiki:Noticeboard"
	pump       = "Test Wiki talk:Pump"

	goodRules = `{
	"version": 1,
	"watch": {"namespaces": [1, 3, 5]},
	"sources": {"maintainers": [{"page": "Maintainers"}]},
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"]},
		{"id": "extensions", "page": "Project:Extensions", "kinds": ["extension", "skin"]}
	],
	"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 0},
	"notices": {"talk": true, "settle_minutes": 0}
}`
	maintainers = `== Extensions ==
{| class="wikitable"
! Component !! Description !! Steward !! Individual maintainer
|-
| [[Extension:Poem|Poem]] || || Unassigned ||
|-
| [[Extension:Cite|Cite]] || || References Team ||
|}`
	definition = "== tools ==\n* Alpha[ResourceLoader]|Alpha.js\n* Beta[ResourceLoader]|Beta.js\n"
)

// world is a wiki with a bot that can be started and stopped.
type world struct {
	*testing.T
	wiki  *wikitest.Wiki
	relay *relay.Relay
	udp   string           // where the relay takes the wiki's events
	feed  *httptest.Server // the relay's; may be closed and made again
	api   *gate
	admin *wikitest.User
	ada   *wikitest.User
	login string
	pass  string
	db    string
	log   *lockedBuffer

	bot     *bot.Bot // the last that was started
	metrics *prometheus.Registry
	stop    func() error // of the running bot
	done    <-chan struct{}
	ended   error // once done is closed
	mayFail bool

	startWithin time.Duration
	passes      int
	configPage  string // another one than the usual
	source      string // where the events come from; the stream if empty
	stream      string // address of another stream than the relay's
	retention   time.Duration
	also        []bot.Served // other wikis
	conf        func(*bot.Config)
	ahead       atomic.Int64 // how far the bot's clock is ahead, in nanoseconds
}

// newWorld starts a wiki with two gadgets, a maintainers page and good rules.
func newWorld(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a MediaWiki, left out under -short")
	}
	t.Parallel()
	w := &world{T: t, db: filepath.Join(t.TempDir(), "registry.db"), log: &lockedBuffer{}, api: &gate{}}
	registrytest.Make(t, w.db)
	w.relay = relay.New(relay.Config{Log: zerolog.Nop(), Canary: time.Second})
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- w.relay.ServeUDP(ctx, conn) }()
	w.feed = httptest.NewServer(w.relay)
	t.Cleanup(func() {
		w.relay.Close()
		w.feed.CloseClientConnections()
		w.feed.Close()
		cancel()
		conn.Close()
		<-served
	})
	w.udp = conn.LocalAddr().String()
	w.wiki = wikitest.Start(t, wikitest.Options{Feed: w.udp})
	w.admin = w.wiki.Admin()
	_, err = w.wiki.CreateUser(ctx, botName, "bot")
	w.must(err)
	w.ada, err = w.wiki.CreateUser(ctx, "Ada")
	w.must(err)
	w.login, w.pass, err = w.wiki.BotPassword(ctx, botName)
	w.must(err)
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition)
	w.edit(w.admin, "Maintainers", maintainers)
	w.edit(w.admin, configPage, goodRules)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the bot's log:\n%s", w.log)
		}
	})
	return w
}

// start starts a bot and has the test stop it.
func (w *world) start() {
	w.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reg, err := registry.Open(ctx, "sqlite:"+w.db)
	w.must(err)
	w.metrics = prometheus.NewRegistry()
	conf := bot.Config{
		Wikis: append([]bot.Served{{
			Wiki: config.Wiki{
				Wiki: w.wiki.DB, API: w.wiki.API, User: botName, Login: w.login,
				ConfigPage: cmp.Or(w.configPage, configPage), ConfigRights: config.DefaultConfigRights(),
				Source: cmp.Or(w.source, config.Stream),
			},
			Password: w.pass,
		}}, w.also...),
		Registry:     reg,
		PollEvery:    100 * time.Millisecond,
		ListedWithin: 10 * time.Millisecond,
		Stream:       events.Config{URL: cmp.Or(w.stream, w.feed.URL) + "/v2/stream", Streams: []string{"mediawiki.recentchange"}, Retention: w.retention, Margin: w.retention / 10},
		UserAgent:    "codesteward-test/0 (https://example.org)",
		StartWithin:  cmp.Or(w.startWithin, 20*time.Second),
		TroubleAfter: time.Second,
		Now:          func() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) },
		Metrics:      w.metrics,
		Transport:    w.api,
		Log:          zerolog.New(w.log),
	}
	if w.conf != nil {
		w.conf(&conf)
	}
	b, err := bot.New(conf)
	w.must(err)
	w.bot = b
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.ended = b.Run(ctx)
	}()
	w.done = done
	w.stop = sync.OnceValue(func() error {
		cancel()
		<-done
		return errors.Join(w.ended, reg.Close())
	})
	stop := w.stop
	w.Cleanup(func() {
		if err := stop(); err != nil && !w.mayFail {
			w.Error(err)
		}
	})
}

// stopsByItself waits until the bot has ended without being told to, and
// returns why.
func (w *world) stopsByItself() error {
	w.Helper()
	w.mayFail = true
	w.await("the bot ends", func() bool {
		select {
		case <-w.done:
			return true
		default:
			return false
		}
	})
	return w.ended
}

// awaitsMetric waits until a counter has counted something.
func (w *world) awaitsMetric(name string) {
	w.Helper()
	w.await("the metric "+name, func() bool {
		families, err := w.metrics.Gather()
		w.must(err)
		for _, f := range families {
			for _, m := range f.GetMetric() {
				if f.GetName() == name && m.GetCounter().GetValue() > 0 {
					return true
				}
			}
		}
		return false
	})
}

// listen listens on an address that was in use a moment ago.
func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) edit(who *wikitest.User, title, text string) int64 {
	w.Helper()
	rev, err := who.Edit(context.Background(), title, text, "test")
	w.must(err)
	return rev
}

// ask adds a section to the pump.
func (w *world) ask(who *wikitest.User, heading, text string) int64 {
	w.Helper()
	rev, err := who.AddSection(context.Background(), pump, heading, text+" --~~~~")
	w.must(err)
	return rev
}

// text returns a page's text, "" if there is none.
func (w *world) text(title string) string {
	w.Helper()
	text, _, err := w.admin.Read(context.Background(), title)
	var api *wikitest.APIError
	if errors.As(err, &api) && api.Code == "missingtitle" {
		return ""
	}
	w.must(err)
	return text
}

// adopt enters text into the empty Steward cell of a gadget.
func (w *world) adopt(who *wikitest.User, gadget, cell string) {
	w.Helper()
	w.adoptOn(who, gadgets, gadget, cell)
}

// adoptOn is adopt on another page of the table.
func (w *world) adoptOn(who *wikitest.User, page, gadget, cell string) {
	w.Helper()
	text := w.text(page)
	empty := regexp.MustCompile(`(` + regexp.QuoteMeta(gadget) + `(?:\]\])?\n\|)\n`)
	if !empty.MatchString(text) {
		w.Fatalf("%s has no empty Steward cell for %s:\n%s", page, gadget, text)
	}
	w.edit(who, page, empty.ReplaceAllString(text, "${1} "+cell+"\n"))
}

// awaits waits until a page holds all words.
func (w *world) awaits(title string, words ...string) string {
	w.Helper()
	var text string
	w.await(title+" holds "+strings.Join(words, ", "), func() bool {
		text = w.text(title)
		for _, word := range words {
			if !strings.Contains(text, word) {
				return false
			}
		}
		return true
	})
	return text
}

// awaitsLog waits until the bot's log holds a word.
func (w *world) awaitsLog(word string) {
	w.Helper()
	w.await("the log holds "+word, func() bool { return strings.Contains(w.log.String(), word) })
}

func (w *world) await(what string, ok func() bool) {
	w.Helper()
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			w.Fatalf("waited 2 min for: %s\nit holds:\n%s", what, w.pages())
		case <-tick.C:
		}
	}
}

// settled waits until the bot has surveyed every source and looked at every
// page since its start.
func (w *world) settled() {
	w.Helper()
	w.awaitsLog(`"message":"surveyed and reconciled"`)
	w.log.reset()
}

// anotherPass waits until the bot has planned and published once more from the
// beginning: a pass writes the noticeboard before messages, and is over when
// the next one has written.
func (w *world) anotherPass() {
	w.Helper()
	before := strings.Count(w.text(board), `id="cs-`)
	w.passes++
	w.ask(w.admin, fmt.Sprintf("Another pass %d", w.passes), "[[mw:Extension:Poem]]")
	w.await("another entry", func() bool { return strings.Count(w.text(board), `id="cs-`) > before })
}

// export is the registry as the export command prints it.
func (w *world) export() string {
	w.Helper()
	reg, err := registry.Open(context.Background(), "sqlite:"+w.db)
	w.must(err)
	defer reg.Close()
	all, err := reg.Export(context.Background())
	w.must(err)
	text, err := json.Marshal(all)
	w.must(err)
	return string(text)
}

// pages is the bot's pages, for the message of a failed test.
func (w *world) pages() string {
	var b strings.Builder
	for _, title := range []string{gadgets, extensions, board, reportPage} {
		b.WriteString("--- " + title + "\n" + w.text(title) + "\n")
	}
	return b.String()
}

// botEdits returns how many edits the bot has made to a page.
func (w *world) botEdits(title string) int {
	w.Helper()
	history, err := w.wiki.History(context.Background(), title)
	w.must(err)
	n := 0
	for _, r := range history {
		if r.User == botName {
			n++
		}
	}
	return n
}
