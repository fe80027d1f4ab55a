// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of several wikis, one of which does not let the bot
// in.

package bot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func TestAWikiThatRefusesTheBotKeepsNoOtherWaiting(t *testing.T) {
	for _, source := range []string{config.Stream, config.Poll} {
		t.Run(source, func(t *testing.T) {
			w := newWorld(t)
			ctx := context.Background()
			other := wikitest.Start(t, wikitest.Options{Feed: w.udp, DB: "otherwiki"})
			_, err := other.CreateUser(ctx, botName, "bot")
			w.must(err)
			login, pass, err := other.BotPassword(ctx, botName)
			w.must(err)
			for title, text := range map[string]string{configPage: goodRules, "Maintainers": maintainers} {
				_, err := other.Admin().Edit(ctx, title, text, "test")
				w.must(err)
			}
			w.also = []bot.Served{{
				Wiki:     config.Wiki{Wiki: other.DB, API: other.API, User: botName, Login: login, ConfigPage: configPage, ConfigRights: config.DefaultConfigRights(), Source: source},
				Password: pass,
			}}
			w.conf = func(c *bot.Config) { c.RetryAfter = 100 * time.Millisecond }
			refuse := func(r *http.Request) *http.Response {
				switch {
				case !strings.HasPrefix(other.API, "http://"+r.URL.Host):
					return nil
				case asked(r).Get("action") == "login":
					return answer(r, http.StatusOK, `{"login":{"result":"Failed","reason":"the account is not wanted"}}`)
				case asked(r).Get("assert") != "":
					return answer(r, http.StatusOK, `{"error":{"code":"assertuserfailed","info":"you are not logged in"}}`)
				}
				return nil
			}
			there := func(section string) {
				_, err := other.Admin().AddSection(ctx, pump, section, "Who knows [[mw:Extension:Poem]] there?")
				w.must(err)
			}
			comesThere := func(word string) {
				w.await(word+" on the other wiki", func() bool {
					text, _, err := other.Admin().Read(ctx, board)
					return err == nil && strings.Contains(text, word)
				})
			}
			w.api.fail(refuse)
			w.start()
			w.awaitsLog(`"message":"watching"`) // nothing older than the first start counts
			w.ask(w.ada, "First here", "Who knows [[mw:Extension:Poem]] here?")
			w.awaitsLog("the wiki refuses the bot")
			w.awaits(board, "First here")
			if source == config.Stream { // polling begins when the wiki lets the bot in for the first time
				there("First there")
			}
			w.api.fail(nil)
			if source == config.Stream {
				comesThere("First there")
			}
			w.await("both are served", func() bool { return strings.Count(w.log.String(), `"message":"surveyed and reconciled"`) == 2 })
			there("Second there")
			comesThere("Second there")
			before := strings.Count(w.log.String(), "the wiki refuses the bot")
			w.api.fail(refuse)
			there("Third there")
			w.await("the wiki refuses the bot again", func() bool { return strings.Count(w.log.String(), "the wiki refuses the bot") > before })
			w.ask(w.ada, "Third here", "Who knows [[mw:Extension:Poem]] here?")
			w.awaits(board, "Third here")
			w.api.fail(nil)
			comesThere("Third there")
			for _, section := range []string{"First there", "Second there", "Third there"} {
				text, _, err := other.Admin().Read(ctx, board)
				w.must(err)
				if n := strings.Count(text, "§ "+section); n > 1 {
					t.Errorf("%s stands on the noticeboard %d times", section, n)
				}
			}
		})
	}
}

func TestWhatIsWrongIsSaidAtTheStartAllAtOnce(t *testing.T) {
	w := newWorld(t)
	// One wiki where the password may only read, and one that nobody is at.
	w.api.fail(func(r *http.Request) *http.Response {
		if asked(r).Get("meta") != "userinfo" {
			return nil
		}
		return answer(r, http.StatusOK, fmt.Sprintf(`{"query": {"userinfo": {"name": %q, "rights": ["read"]}}}`, botName))
	})
	w.also = []bot.Served{{
		Wiki:     config.Wiki{Wiki: "otherwiki", API: "http://127.0.0.1:1/api.php", User: botName, ConfigPage: configPage, ConfigRights: config.DefaultConfigRights(), Source: config.Stream},
		Password: w.pass,
	}}
	w.startWithin = 2 * time.Second
	w.start()
	ended := w.stopsByItself()
	var refused *bot.RefusedError
	if !errors.As(ended, &refused) {
		t.Fatalf("the bot ended with %v; want a refusal", ended)
	}
	for _, want := range []string{w.wiki.DB + ": ", `not the right "edit"`, "editpage", "otherwiki: ", "connection refused"} {
		if !strings.Contains(ended.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, ended)
		}
	}
}

func TestAClockThatIsFarOffIsRefused(t *testing.T) {
	w := newWorld(t)
	w.api.fail(func(r *http.Request) *http.Response {
		if asked(r).Get("meta") != "userinfo" {
			return nil
		}
		return answer(r, http.StatusOK, fmt.Sprintf(`{"curtimestamp": %q, "query": {"userinfo": {"name": %q, "rights": ["edit", "createpage", "createtalk", "bot"]}}}`,
			time.Now().UTC().Add(-2*time.Hour).Format(time.RFC3339), botName))
	})
	w.start()
	if err := w.stopsByItself(); err == nil || !strings.Contains(err.Error(), "the clock of this machine is 2h0m") {
		t.Errorf("the bot ended with %v; want words about the clock", err)
	}
}
