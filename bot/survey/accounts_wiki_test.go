// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds how the sources accounts and links are tested against a real
// wiki, and what is done to one for that.

package survey_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

// counted is a reader that remembers what it was asked.
type counted struct {
	survey.Asker
	asked []map[string]string
}

func (c *counted) Get(ctx context.Context, params map[string]string, out any) error {
	c.asked = append(c.asked, params)
	return c.Asker.Get(ctx, params, out)
}

// of is how many requests had that value for a parameter.
func (c *counted) of(name, value string) (n int) {
	for _, p := range c.asked {
		if p[name] == value {
			n++
		}
	}
	return n
}

// testWiki is a wiki in a folder of the test's own.
type testWiki struct {
	*wikitest.Wiki
	t   *testing.T
	dir string
}

func startWiki(t *testing.T) testWiki {
	t.Helper()
	dir := t.TempDir()
	return testWiki{wikitest.Start(t, wikitest.Options{Dir: dir}), t, dir}
}

// script runs one of MediaWiki's maintenance scripts.
func (w testWiki) script(name string, args ...string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "php", append([]string{filepath.Join(wikitest.Root(), name)}, args...)...)
	cmd.Env = append(os.Environ(), "MW_CONFIG_FILE="+filepath.Join(w.dir, "LocalSettings.php"), "MW_INSTALL_PATH="+wikitest.Root())
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func (w testWiki) rename(from, to string) {
	w.t.Helper()
	w.script("extensions/Renameuser/maintenance/renameUser.php", "--oldname", from, "--newname", to, "--performer", "Admin")
}

func (w testWiki) user(name string, groups ...string) *wikitest.User {
	w.t.Helper()
	u, err := w.CreateUser(w.t.Context(), name, groups...)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

func (w testWiki) edit(u *wikitest.User, title, text string) int64 {
	w.t.Helper()
	rev, err := u.Edit(w.t.Context(), title, text, "test")
	if err != nil {
		w.t.Fatal(err)
	}
	return rev
}

func (w testWiki) do(u *wikitest.User, params ...string) {
	w.t.Helper()
	p := map[string]string{}
	for i := 0; i < len(params); i += 2 {
		p[params[i]] = params[i+1]
	}
	if _, err := u.Do(w.t.Context(), p); err != nil {
		w.t.Fatal(err)
	}
}

func (w testWiki) reader() *counted {
	w.t.Helper()
	client, err := wiki.New(wiki.Config{Wiki: w.DB, API: w.API, UserAgent: "survey test", Log: zerolog.Nop()})
	if err != nil {
		w.t.Fatal(err)
	}
	return &counted{Asker: client}
}

// claimed are entries with a claim for each name.
func claimed(role registry.Role, names ...string) []registry.Entry {
	e := registry.Entry{Item: registry.Item{Key: "extension:Echo"}}
	for _, name := range names {
		e.Claims = append(e.Claims, registry.Claim{Item: e.Item.Key, Role: role, HolderKind: registry.User, Holder: name})
	}
	return []registry.Entry{e}
}

func knows(entries []registry.Entry) func(context.Context) ([]registry.Entry, error) {
	return func(context.Context) ([]registry.Entry, error) { return entries, nil }
}

func TestAccountsOfARealWiki(t *testing.T) {
	w := startWiki(t)
	admin := w.user("Boss", "sysop", "suppress")
	began := time.Now().Add(-time.Minute)
	ana, robot := w.user("Ana"), w.user("Robot", "bot")
	for _, name := range []string{"Blocked", "Brief", "Partial", "Old name", "Twice one", "Hidden", "Silent", "Only moves"} {
		w.user(name)
	}
	w.edit(ana, "Page", "text")
	w.edit(robot, "Page", "text 2")
	w.do(admin, "action", "block", "user", "Blocked", "expiry", "never", "reason", "test")
	w.do(admin, "action", "block", "user", "Brief", "expiry", "2 days", "reason", "test")
	w.do(admin, "action", "block", "user", "Partial", "expiry", "never", "reason", "test", "partial", "1", "allowusertalk", "1", "pagerestrictions", "Page")
	w.do(admin, "action", "block", "user", "Hidden", "expiry", "never", "reason", "test", "hidename", "1")
	w.rename("Old name", "New name")
	w.rename("Twice one", "Twice two")
	w.rename("Twice two", "Twice three")
	w.user("Moved")
	w.edit(admin, "User:Elsewhere", "#REDIRECT [[User:Moved]]")
	w.edit(admin, "User:Nobody", "#REDIRECT [[User:Nobody/2]]")

	api := w.reader()
	names := []string{
		"Ana", "Blocked", "Brief", "Partial", "Robot", "Old name", "Twice one", "Hidden", "Silent", "Elsewhere", "Nobody", "Never there",
		"No|name", "A#b", "foo@bar", "192.0.2.1", "2001:DB8:0:0:0:0:0:1", "~2026-12345-67", "Boss",
	}
	at := time.Now()
	got, err := survey.Accounts(api, w.DB).Read(t.Context(), survey.Reading{At: at, Known: knows(claimed(registry.Steward, names...))})
	if err != nil {
		t.Fatal(err)
	}
	if got.Source != "accounts" || got.Wiki != w.DB || got.Part || got.Checkpoint != "" {
		t.Errorf("survey %s of %s, part %t %q", got.Source, got.Wiki, got.Part, got.Checkpoint)
	}
	words := map[string]string{}
	for _, a := range got.Accounts {
		text := ""
		say := func(ok bool, what string) {
			if ok {
				text += " " + what
			}
		}
		say(a.RenamedTo != "", "now "+a.RenamedTo)
		say(a.Missing, "missing")
		say(a.Blocked, "blocked")
		say(!a.BlockedUntil.IsZero() && a.BlockedUntil.After(at.Add(47*time.Hour)), "for two days")
		say(a.Bot, "bot")
		say(a.LastEdit.After(began), "edited")
		words[a.Name] = text
		if signedUp := a.LastAction.After(began); signedUp == a.Missing {
			t.Errorf("%s: the log entry of %s", a.Name, a.LastAction)
		}
		if !a.Read.Equal(at) || !a.LastGlobal.IsZero() || a.Locked {
			t.Errorf("%+v", a)
		}
	}
	want := map[string]string{
		"Ana": " edited", "Blocked": " blocked", "Brief": " blocked for two days", "Partial": "", "Robot": " bot edited",
		"Old name": " now New name", "Twice one": " now Twice three", "Hidden": " missing", "Silent": "", "Elsewhere": " now Moved",
		"Nobody": " missing", "Never there": " missing", "No|name": " missing", "A#b": " missing", "foo@bar": " missing", "Boss": " edited",
	}
	if diff := cmp.Diff(want, words); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
	if n := api.of("list", "users"); n > 4 {
		t.Errorf("%d requests for which of %d accounts exist", n, len(names))
	}
	if n := len(api.asked); n > len(names)+8 {
		t.Errorf("%d requests for %d accounts", n, len(names))
	}
	central := 0
	for _, p := range api.asked {
		if p["meta"] == "globaluserinfo" {
			central++
		}
	}
	if central != 1 {
		t.Errorf("a wiki without global accounts was asked %d times for one", central)
	}
}

func TestAccountsAreAskedForFiftyAtATime(t *testing.T) {
	w := startWiki(t)
	api := w.reader()
	var names []string
	for i := range 120 {
		names = append(names, fmt.Sprintf("Person %03d", i))
	}
	entries := claimed(registry.Informed, names...)
	w.edit(w.Admin(), "User:"+names[0], "here")
	var kept []registry.Survey
	read := func(last string, fail int) (registry.Survey, error) {
		kept = nil
		return survey.Accounts(api, w.DB).Read(t.Context(), survey.Reading{
			At: time.Now(), Known: knows(entries), Last: registry.SurveyState{Checkpoint: last},
			Keep: func(_ context.Context, part registry.Survey) error {
				kept = append(kept, part)
				if len(kept) == fail {
					return context.Canceled
				}
				return nil
			},
		})
	}
	if _, err := read("", 2); err == nil {
		t.Fatal("a reading that was cut off gave no error")
	}
	if n := api.of("list", "users"); n != 2 {
		t.Errorf("%d requests for 100 names", n)
	}
	last := kept[len(kept)-1]
	if !last.Part || last.Checkpoint != "Person 099" || len(last.Accounts) != 50 {
		t.Fatalf("kept %d accounts up to %q", len(last.Accounts), last.Checkpoint)
	}
	rest, err := read(last.Checkpoint, 0)
	if err != nil || !rest.Part || len(rest.Accounts) != 20 || rest.Accounts[0].Name != "Person 100" {
		t.Errorf("went on with %d accounts, %v", len(rest.Accounts), err)
	}
	whole, err := read("", 0)
	if err != nil || whole.Part || len(whole.Accounts) != 120 || !slices.IsSortedFunc(whole.Accounts, func(a, b registry.Account) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("the whole has %d accounts, part %t, %v", len(whole.Accounts), whole.Part, err)
	}
}
