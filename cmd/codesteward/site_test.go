// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the web site over a real registry.

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// siteOver is a site over a registry in a file, with a wiki about which
// something is known.
func siteOver(t *testing.T) (reg *registry.Registry, file string, get func(path string) (int, string)) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "registry.db")
	reg, err := registry.Open(t.Context(), "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	now := time.Now().UTC()
	gadget := func(name string) registry.Item {
		return registry.Item{Key: registry.NewKey(detect.Gadget, "teawiki", name), Name: name, Page: "MediaWiki:Gadget-" + name, Deployed: true}
	}
	steps := []error{
		reg.SetArticleURL(t.Context(), "teawiki", "https://tea.example.org/wiki/$1"),
		reg.SaveRules(t.Context(), registry.Rules{Wiki: "teawiki", Revision: 12, User: "Ada Moss", Since: now, Text: `{"version": 2, "enabled": true, "trial": {"edits": 10}}`}),
		reg.SaveEdit(t.Context(), "teawiki", "Stewardship", "gadgets", 44, 12, now.Add(-time.Hour)),
		reg.SetNote(t.Context(), "teawiki", "kept back Stewardship#gadgets", "The quota of this hour is used up."),
		reg.SetNote(t.Context(), "teawiki", "page Skins#skins", "The markers are missing."),
		reg.SetNote(t.Context(), "teawiki", "stop", `[{"line":"notices","stops":"notices","user":"Bo Reed"}]`),
	}
	for _, s := range []registry.Survey{
		{Source: "gadgets", Wiki: "teawiki", At: now, Items: []registry.Item{gadget("Kettle"), gadget("Saucer"), gadget("Spoon")}},
		{Source: "maintainers", Wiki: "teawiki", At: now, Claims: []registry.Claim{
			{Item: gadget("Kettle").Key, Role: registry.Steward, HolderKind: registry.Nobody, Standing: registry.Stated, Evidence: registry.Evidence{Wiki: "teawiki", Page: "Gadgets", Revision: 30, Time: now}},
			{Item: gadget("Saucer").Key, Role: registry.Steward, HolderKind: registry.User, Holder: "Ida Fern", Standing: registry.Confirmed, Evidence: registry.Evidence{Wiki: "teawiki", Page: "Gadgets", Revision: 31, User: "Ida Fern", Time: now}},
		}},
		{Source: "toolhub", Wiki: registry.AllWikis, At: now, Items: []registry.Item{{Key: "tool:toolhub:spoon", Name: "spoon", Aliases: []string{"gadget:teawiki:Spoon"}, Listed: true}}},
	} {
		_, err := reg.SaveSurvey(t.Context(), s)
		steps = append(steps, err)
	}
	_, err = reg.Record(t.Context(), registry.Batch{
		Mentions: []detect.Mention{{Kind: detect.Gadget, Name: "Kettle", Wiki: "teawiki", Section: "Steam", Rule: "link", Snippet: "The '''kettle''' [[Tea|boils]] over, tell ana (at) example dot org. [[User:Mara|Mara]] ([[User talk:Mara|talk]])"}},
		Change:   detect.Change{Wiki: "teawiki", Title: "Talk:Tea", Revision: 77, User: "Mara", Time: now.Add(-2 * time.Hour)},
	})
	for _, err := range append(steps, err) {
		if err != nil {
			t.Fatal(err)
		}
	}
	source := &known{reg: reg, process: config.Process{Wikis: []config.Wiki{{Wiki: "teawiki", API: "https://tea.example.org/w/api.php", User: "Steward bot", ConfigPage: "User:Steward bot/config.json"}}}}
	site, err := siteFlags{}.site(source, zerolog.New(zerolog.NewTestWriter(t)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- site.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return reg, file, func(path string) (int, string) {
		t.Helper()
		w := httptest.NewRecorder()
		site.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
}

func TestTheSiteShowsTheRegistry(t *testing.T) {
	reg, _, get := siteOver(t)
	for path, want := range map[string][]string{
		"/":                                      {"teawiki", "1 of 10 edits made", "2 held", "revision 12", "partly stopped", "The bot does not run"},
		"/wikis/teawiki":                         {"The quota of this hour", "The markers are missing.", "https://tea.example.org/wiki/Special:Diff/44", "maintainers", "notices"},
		"/item?key=gadget:teawiki:Saucer":        {"Ida Fern", "https://tea.example.org/wiki/Special:PermanentLink/31", "confirmed"},
		"/items?q=kettle":                        {"Kettle", "unassigned"},
		"/mentions":                              {"The kettle boils over", "Mara", "§ <bdi>Steam</bdi>"},
		"/mentions.atom?wiki=teawiki":            {"The kettle boils over", "Special:PermanentLink/77"},
		"/api/v1/item?key=gadget:teawiki:Kettle": {`"verdict":"unassigned"`},
	} {
		code, body := get(path)
		for _, text := range want {
			if code != 200 || !strings.Contains(body, text) {
				t.Errorf("GET %s: status %d, without %q:\n%s", path, code, text, body)
			}
		}
		if strings.Contains(body, "example dot org") {
			t.Errorf("GET %s shows an e-mail address", path)
		}
	}
	if err := reg.Redact(t.Context(), registry.Mention{Wiki: "teawiki", Revision: 77}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/mentions", "/mentions.atom", "/item?key=gadget:teawiki:Kettle", "/wikis/teawiki", "/api/v1/mentions"} {
		if code, body := get(path); code != 200 || strings.Contains(body, "boils") || strings.Contains(body, "Steam") {
			t.Errorf("GET %s: status %d, or it shows what is hidden:\n%s", path, code, body)
		}
	}
}

func TestToolinfoHasTheBotAndGadgetsWithoutARecord(t *testing.T) {
	_, _, get := siteOver(t)
	_, body := get("/toolinfo.json")
	var records []struct{ Name, URL, ToolType string }
	if err := json.Unmarshal([]byte(strings.ReplaceAll(body, "tool_type", "ToolType")), &records); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range records {
		names = append(names, r.Name+" "+r.ToolType+" "+r.URL)
	}
	want := "codesteward bot " + repository + "|teawiki-gadget-Kettle gadget https://tea.example.org/wiki/MediaWiki:Gadget-Kettle|teawiki-gadget-Saucer gadget https://tea.example.org/wiki/MediaWiki:Gadget-Saucer"
	if got := strings.Join(names, "|"); got != want {
		t.Errorf("records %s", got)
	}
}

// A reader of the site never waits for the bot's writer, and so cannot hold it.
func TestTheSiteAnswersWhileTheRegistryIsWritten(t *testing.T) {
	_, file, get := siteOver(t)
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), `DELETE FROM mention`); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/items?q=kettle", "/mentions", "/toolinfo.json", "/wikis/teawiki"} {
		if code, body := get(path); code != 200 || path == "/mentions" && !strings.Contains(body, "boils") {
			t.Errorf("GET %s while somebody writes: status %d", path, code)
		}
	}
}

func TestTheWebCommandServesUntilItIsStopped(t *testing.T) {
	dir := t.TempDir()
	wikis := filepath.Join(dir, "wikis.json")
	if err := os.WriteFile(wikis, []byte(`{"wikis": [{"wiki": "teawiki", "api": "https://tea.example.org/w/api.php", "user": "Steward bot"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr output
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- execute(ctx, []string{"web", "--db", "sqlite:" + dir + "/registry.db", "--wikis", wikis, "--listen", "127.0.0.1:0", "--web-proxies", "10.0.0.0/8"}, strings.NewReader(""), &stdout, &stderr, nil)
	}()
	address := ""
	for deadline := time.Now().Add(time.Minute); address == "" && time.Now().Before(deadline); {
		for line := range strings.Lines(stderr.String()) {
			var said struct{ Listen string }
			if json.Unmarshal([]byte(line), &said) == nil && said.Listen != "" {
				address = said.Listen
			}
		}
		select {
		case code := <-done:
			t.Fatalf("exit code %d: %s", code, stderr.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	answer, err := http.Get((&url.URL{Scheme: "http", Host: address, Path: "/wikis/teawiki"}).String())
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	if answer.StatusCode != 200 || !strings.Contains(string(body), "There are no valid rules yet") {
		t.Errorf("status %d: %s", answer.StatusCode, body)
	}
	cancel()
	if code := <-done; code != exitDone {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

func TestTheSiteRefusesWhatItCannotUse(t *testing.T) {
	for _, f := range []siteFlags{{WebProxies: []string{"everybody"}}, {WebURL: "codesteward.example.org"}, {WebURL: "ftp://example.org"}} {
		if _, err := f.site(&known{}, zerolog.Nop()); err == nil {
			t.Errorf("%+v is taken", f)
		}
	}
}
