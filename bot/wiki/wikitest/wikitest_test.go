// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds tests of what other packages rely on in a test wiki.

package wikitest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(dieWithWiki) != "" {
		startAndDie()
	}
	goleak.VerifyTestMain(m)
}

func TestPeopleEditPages(t *testing.T) {
	w := Start(t, Options{DB: "pagewiki"})
	ctx := t.Context()
	alice, err := w.CreateUser(ctx, "Alice")
	if err != nil {
		t.Fatal(err)
	}

	first, err := alice.Edit(ctx, "Talk:Tools", "Hello.", "start")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Append(ctx, "Talk:Tools", "\nMore.", "more"); err != nil {
		t.Fatal(err)
	}
	if _, err := alice.AddSection(ctx, "Talk:Tools", "News", "Look. ~~~~"); err != nil {
		t.Fatal(err)
	}
	last, err := alice.Replace(ctx, "Talk:Tools", "Hello", "Good day", "polite")
	if err != nil {
		t.Fatal(err)
	}
	text, rev, err := w.Anonymous().Read(ctx, "Talk:Tools")
	if err != nil || rev != last || !strings.HasPrefix(text, "Good day.\nMore.\n\n== News ==\n\nLook. [[User:Alice|Alice]]") {
		t.Errorf("read %q, revision %d, %v; want the four edits, revision %d", text, rev, err, last)
	}
	if same, err := alice.Edit(ctx, "Talk:Tools", text, ""); err != nil || same != last {
		t.Errorf("saving the same text gave revision %d, %v; want %d", same, err, last)
	}
	if _, err := alice.Replace(ctx, "Talk:Tools", "absent", "", ""); err == nil {
		t.Error("replacing text that is not there succeeded")
	}

	revs, err := w.History(ctx, "Talk:Tools")
	if err != nil || len(revs) != 4 {
		t.Fatalf("history has %d revisions, %v; want 4", len(revs), err)
	}
	if r := revs[0]; r.ID != first || r.User != "Alice" || r.Comment != "start" || r.Text != "Hello." || r.Bot || time.Since(r.Time) > time.Hour {
		t.Errorf("the oldest revision is %+v", r)
	}
	html, err := w.HTML(ctx, "Talk:Tools")
	if err != nil || !strings.Contains(html, `<a href="/index.php/User:Alice"`) && !strings.Contains(html, "User:Alice&amp;action=edit") {
		t.Errorf("rendered %s, %v", html, err)
	}
	if _, _, err := alice.Read(ctx, "Nowhere"); !hasCode(err, "missingtitle") {
		t.Errorf("reading a page that does not exist gave %v", err)
	}
}

func TestAdministratorsAct(t *testing.T) {
	w := Start(t, Options{})
	ctx := t.Context()
	admin := w.Admin()
	bob, err := w.CreateUser(ctx, "Bob")
	if err != nil {
		t.Fatal(err)
	}
	rev, err := bob.Edit(ctx, "Plan", "secret", "")
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	_, err = bob.Edit(ctx, "Plan", "public", "")
	must(err)
	must(admin.HideRevision(ctx, "Plan", rev, "content"))
	revs, err := w.History(ctx, "Plan")
	if err != nil || len(revs) != 2 || revs[0].Text != "" || revs[1].Text != "public" {
		t.Errorf("after hiding the history is %+v, %v", revs, err)
	}

	must(admin.Protect(ctx, "Plan", "sysop"))
	if _, err := bob.Edit(ctx, "Plan", "mine", ""); !hasCode(err, "protectedpage") {
		t.Errorf("editing a protected page gave %v", err)
	}
	must(admin.Protect(ctx, "Plan", ""))
	must(admin.Protect(ctx, "Never", "sysop"))
	if _, err := bob.Edit(ctx, "Never", "mine", ""); !hasCode(err, "protectedpage") {
		t.Errorf("creating a protected title gave %v", err)
	}
	must(admin.Block(ctx, "Bob", "a test"))
	if _, err := bob.Edit(ctx, "Plan", "mine", ""); !hasCode(err, "blocked") {
		t.Errorf("editing while blocked gave %v", err)
	}
	must(admin.Unblock(ctx, "Bob", "over"))
	must(admin.Move(ctx, "Plan", "Idea", "better"))
	must(admin.Delete(ctx, "Idea", "gone"))
	must(admin.Undelete(ctx, "Idea", "back"))

	must(w.AbuseFilter(ctx, "no casinos", `added_lines rlike "casino"`, "disallow"))
	if _, err := bob.Edit(ctx, "Plan", "the casino", ""); !hasCode(err, "abusefilter-disallowed") {
		t.Errorf("the abuse filter gave %v", err)
	}
	_, err = admin.Edit(ctx, "MediaWiki:Spam-blacklist", `bad\.example`, "")
	must(err)
	if _, err := bob.Edit(ctx, "Plan", "see https://bad.example/", ""); !hasCode(err, "spamblacklist") {
		t.Errorf("the spam list gave %v", err)
	}
	_, err = admin.Edit(ctx, "MediaWiki:Gadgets-definition", "* clock[ResourceLoader]|clock.js", "")
	must(err)
	_, err = admin.Edit(ctx, "MediaWiki:Gadget-clock.js", "// nothing", "")
	must(err)
	must(w.RunJobs(ctx))
}

func TestAddressesComeOutRight(t *testing.T) {
	w := Start(t, Options{DB: "linkwiki", Sitename: "Commons & Friends", Extra: `$wgLanguageCode = 'de';`})
	ctx := t.Context()
	if _, err := w.Admin().Edit(ctx, "Benutzer:Admin/tool.js", "// script", ""); err != nil {
		t.Fatal(err)
	}
	b, err := w.Admin().Do(ctx, map[string]string{"action": "query", "meta": "siteinfo"})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Query struct {
			General struct{ WikiID, Server, ArticlePath, Base, Lang, Sitename string }
		}
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		t.Fatal(err)
	}
	g := answer.Query.General
	if g.WikiID != "linkwiki" || g.Server != w.URL || g.ArticlePath != "/index.php/$1" || g.Lang != "de" || g.Sitename != "Commons & Friends" ||
		!strings.HasPrefix(g.Base, w.URL+"/index.php/") {
		t.Errorf("the wiki says of itself %+v", g)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.Page("Benutzer:Admin/tool.js"), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := w.transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || !strings.Contains(string(body), "// script") || !strings.Contains(string(body), "Diskussion") {
		t.Errorf("the script's page: status %d, %v, %.300s", resp.StatusCode, err, body)
	}
}

func TestFeedCarriesEveryEdit(t *testing.T) {
	feed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer feed.Close()
	w := Start(t, Options{DB: "feedwiki", Feed: feed.LocalAddr().String()})
	ctx := t.Context()

	const clients, each = 4, 10
	var wg sync.WaitGroup
	for i := range clients {
		u, err := w.CreateUser(ctx, fmt.Sprintf("Bot %d", i), "bot")
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for j := range each {
				if _, err := u.Edit(ctx, fmt.Sprintf("Page %d", j), fmt.Sprintf("by %d, %d", i, j), "race"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()

	got := map[int64]bool{}
	buf := make([]byte, 1<<16)
	for len(got) < clients*each {
		if err := feed.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, _, err := feed.ReadFrom(buf)
		if err != nil {
			t.Fatalf("got %d of %d edits: %v", len(got), clients*each, err)
		}
		var event struct {
			Type, Wiki string
			ServerURL  string `json:"server_url"`
			Revision   struct{ New int64 }
		}
		if err := json.Unmarshal(buf[:n], &event); err != nil {
			t.Fatal(err)
		}
		if event.Wiki != "feedwiki" || event.ServerURL != w.URL {
			t.Fatalf("event %s", buf[:n])
		}
		if event.Type == "edit" || event.Type == "new" {
			got[event.Revision.New] = true
		}
	}
}

func TestBotPasswordLogsIn(t *testing.T) {
	w := Start(t, Options{})
	ctx := t.Context()
	if _, err := w.CreateUser(ctx, "HelpBot", "bot"); err != nil {
		t.Fatal(err)
	}
	login, password, err := w.BotPassword(ctx, "HelpBot")
	if err != nil {
		t.Fatal(err)
	}
	u := w.Anonymous()
	token, err := u.fetchToken(ctx, "login")
	if err != nil {
		t.Fatal(err)
	}
	b, err := u.Do(ctx, map[string]string{"action": "login", "lgname": login, "lgpassword": password, "lgtoken": token, "token": ""})
	if err != nil || !strings.Contains(string(b), `"result":"Success"`) {
		t.Fatalf("log in gave %s, %v", b, err)
	}
	b, err = u.Do(ctx, map[string]string{"action": "query", "meta": "userinfo", "uiprop": "rights"})
	for _, right := range []string{`"bot"`, `"edit"`, `"createpage"`, `"apihighlimits"`} {
		if err != nil || !strings.Contains(string(b), right) {
			t.Errorf("the bot lacks the right %s: %s, %v", right, b, err)
		}
	}
}

func TestAWikiInAFolderGoesOn(t *testing.T) {
	dir := t.TempDir()
	ctx := t.Context()
	for i := range 2 {
		w := Start(t, Options{Dir: dir})
		if i == 0 {
			if _, err := w.Admin().Edit(ctx, "Kept", "still here", ""); err != nil {
				t.Fatal(err)
			}
		} else if text, _, err := w.Admin().Read(ctx, "Kept"); err != nil || text != "still here" {
			t.Errorf("the second start read %q, %v", text, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMissingMediaWikiIsExplained(t *testing.T) {
	t.Setenv("MW_INSTALL_PATH", t.TempDir())
	_, err := New(t.Context(), Options{})
	if err == nil || !strings.Contains(err.Error(), "apt-get install") {
		t.Errorf("without MediaWiki New gave %v", err)
	}
}

func TestBrokenSettingsAreShown(t *testing.T) {
	_, err := New(t.Context(), Options{Extra: "this is no PHP;"})
	if err == nil || !strings.Contains(err.Error(), "syntax error") {
		t.Errorf("with broken settings New gave %v", err)
	}
}

// dieWithWiki makes the test binary start a wiki, print its process group and wait to be killed.
const dieWithWiki = "WIKITEST_DIE"

func startAndDie() {
	w, err := New(context.Background(), Options{Dir: os.Getenv(dieWithWiki)})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(w.URL)
	select {}
}

func TestNoServerOutlivesItsParent(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), dieWithWiki+"="+filepath.Join(t.TempDir(), "wiki"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil || !strings.HasPrefix(url, "http://") {
		t.Fatalf("the child said %q, %v", url, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	addr := strings.TrimPrefix(url, "http://")
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return // nobody listens any more
		}
		_ = conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("the PHP server is still there")
		}
	}
}

func hasCode(err error, code string) bool {
	var refusal *APIError
	return errors.As(err, &refusal) && refusal.Code == code
}
