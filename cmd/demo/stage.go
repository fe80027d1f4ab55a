// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the stage: the wiki, the relay and the bot, and how the demo
// speaks.

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

// The wiki's name and the accounts of the demo, all made up.
const (
	database = "demowiki"
	sitename = "Demo Wiki"
	botName  = "Codesteward bot"
)

// stage is everything that runs.
type stage struct {
	out    io.Writer
	dir    string
	began  time.Time
	wiki   *wikitest.Wiki
	relay  *process
	bot    *process
	stream string // address of the relay's stream
	people people
	scenes int
	mouth  sync.Mutex // one speaks at a time
}

type people struct {
	admin         *wikitest.User
	ada, bo, cleo *wikitest.User
}

// open starts the relay, the wiki and the bot, and fills the wiki.
func (s *stage) open(ctx context.Context) (err error) {
	s.relay, err = startProcess("relay", s.file("relay.log"), os.Environ(), nil,
		cli.Program, "relay", "--udp", "127.0.0.1:0", "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var at struct{ UDP, Listen string }
	if err := s.relay.logLine(ctx, "relaying", &at); err != nil {
		return fmt.Errorf("start the relay: %w\n%s", err, tail(s.file("relay.log")))
	}
	s.stream = "http://" + at.Listen + "/v2/stream"
	s.wiki, err = wikitest.New(ctx, wikitest.Options{DB: database, Sitename: sitename, Feed: at.UDP})
	if err != nil {
		return err
	}
	s.say("A fresh MediaWiki is up: %s", s.wiki.URL)
	if err := s.fill(ctx); err != nil {
		return fmt.Errorf("fill the wiki: %w", err)
	}
	s.say("It has %d gadgets, a maintainers page with %d components, a few people and talk pages.", len(gadgets), len(components))
	return s.startBot(ctx)
}

// startBot makes the bot's account and its files, and starts it.
func (s *stage) startBot(ctx context.Context) error {
	login, password, err := s.wiki.BotPassword(ctx, botName)
	if err != nil {
		return err
	}
	wikis, err := json.MarshalIndent(map[string]any{
		"wikis": []map[string]any{{"wiki": database, "api": s.wiki.API, "user": botName, "login": login}},
		"list":  "stewards.csv",
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.file("stewards.csv"), []byte(operatorsList), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(s.file("wikis.json"), wikis, 0o600); err != nil {
		return err
	}
	env := append(os.Environ(), "CODESTEWARD_PASSWORD="+password)
	s.bot, err = startProcess("bot", s.file("bot.log"), env, func(error) { s.say("The bot has died; it is started again.") },
		cli.Program, "run", "--wikis", s.file("wikis.json"), "--db", "sqlite:"+s.file("codesteward.db"),
		"--stream", s.stream, "--streams", "mediawiki.recentchange")
	return err
}

// close takes everything down.
func (s *stage) close() error {
	var errs []error
	for _, p := range []*process{s.bot, s.relay} {
		if p != nil {
			errs = append(errs, p.stop())
		}
	}
	if s.wiki != nil {
		errs = append(errs, s.wiki.Close())
	}
	return errors.Join(errs...)
}

func (s *stage) file(name string) string { return filepath.Join(s.dir, name) }

// say tells the audience something, with the seconds since the start.
func (s *stage) say(format string, args ...any) {
	s.print(fmt.Sprintf("%6.1fs  %s", time.Since(s.began).Seconds(), fmt.Sprintf(format, args...)))
}

// print prints whole lines.
func (s *stage) print(text string) {
	s.mouth.Lock()
	defer s.mouth.Unlock()
	fmt.Fprintln(s.out, text)
}

func (s *stage) printAddresses() {
	for _, title := range []string{extensionsPage, skinsPage, gadgetsPage, scriptsPage, toolsPage, boardPage, configPage, reportPage, stopPageTitle} {
		s.print(fmt.Sprintf("         %-42s %s", title, s.wiki.Page(title)))
	}
	s.print(fmt.Sprintf("         %-42s %s", "events", s.stream+"/recentchange"))
	s.print(fmt.Sprintf("         %-42s %s", "the bot's log", s.file("bot.log")))
}

// reportPage is what the bot reports on the wiki, for a play that went wrong.
func (s *stage) reportPage(ctx context.Context) string {
	text, _, err := s.wiki.Anonymous().Read(ctx, reportPage)
	if err != nil {
		text = err.Error()
	}
	return "The report page:\n" + text
}

// logTail is what the bot said last, for a play that went wrong.
func (s *stage) logTail() string { return "The end of the bot's log:\n" + tail(s.file("bot.log")) }

func tail(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}
