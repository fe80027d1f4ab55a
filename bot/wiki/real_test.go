// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests against a real MediaWiki, which all of them share.

package wiki

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cgt.name/pkg/go-mwclient/params"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

const agent = "codesteward-test/0 (https://wiki.example/bot; operator@wiki.example)"

var shared struct {
	sync.Once
	wiki            *wikitest.Wiki
	login, password string
	err             error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.wiki != nil {
		if err := shared.wiki.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "close wiki:", err)
			code = 1
		}
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// realWiki returns the shared wiki and a client of the account Steward Bot on it.
func realWiki(t *testing.T) (*wikitest.Wiki, *Client) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a MediaWiki, left out under -short")
	}
	shared.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		shared.wiki, shared.err = wikitest.New(ctx, wikitest.Options{DB: "clientwiki", Sitename: "Client Wiki", Extra: `
			$wgCaptchaTriggersOnNamespace[NS_HELP]['edit'] = true;
			$wgCaptchaTriggersOnNamespace[NS_HELP]['create'] = true;
			$wgGroupPermissions['bot']['skipcaptcha'] = false;
			$wgNamespaceAliases['CW'] = NS_PROJECT;`})
		if shared.err == nil {
			_, shared.err = shared.wiki.CreateUser(ctx, "Steward Bot", "bot")
		}
		if shared.err == nil {
			shared.login, shared.password, shared.err = shared.wiki.BotPassword(ctx, "Steward Bot")
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.wiki, newClient(t, shared.wiki, shared.login, shared.password)
}

func newClient(t *testing.T, w *wikitest.Wiki, login, password string) *Client {
	t.Helper()
	c, err := New(Config{Wiki: w.DB, API: w.API, Login: login, Password: password, UserAgent: agent, Log: zerolog.New(zerolog.NewTestWriter(t))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// seed makes a page as an administrator and returns its revision.
func seed(t *testing.T, w *wikitest.Wiki, title, text string) int64 {
	t.Helper()
	rev, err := w.Admin().Edit(t.Context(), title, text, "seed")
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

func read(t *testing.T, c *Client, title string) Page {
	t.Helper()
	p, err := c.Page(t.Context(), title)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wantError checks the code and class of an error.
func wantError(t *testing.T, err error, code string, class Class) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != code || e.Class != class {
		t.Errorf("got error %v of class %v, want %s of class %v", err, ClassOf(err), code, class)
	}
}

func TestPageIsReadWithItsBase(t *testing.T) {
	w, c := realWiki(t)
	rev := seed(t, w, "Project:Table_of tools", "first\n<!-- x -->")
	if err := w.Admin().Protect(t.Context(), "Project:Table of tools", "autoconfirmed"); err != nil {
		t.Fatal(err)
	}
	p := read(t, c, "project:table of tools")
	if p.Revision <= rev || p.User != "Admin" || time.Since(p.Time) > time.Hour || p.ID == 0 || p.Read == "" {
		t.Errorf("got %+v; want the revision of the protection, made after %d by Admin", p, rev)
	}
	p.Revision, p.User, p.Time, p.ID, p.Read = 0, "", time.Time{}, 0, ""
	want := Page{Title: "Client Wiki:Table of tools", Namespace: 4, Text: "first\n<!-- x -->", Model: "wikitext",
		Protection: map[string]string{"edit": "autoconfirmed", "move": "autoconfirmed"}}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

func TestPageTellsOtherKindsApart(t *testing.T) {
	w, c := realWiki(t)
	seed(t, w, "Old name", "#redirect [[New name#part|label]]")
	seed(t, w, "User:Admin/config.json", `{"a": 1}`)
	if err := w.Admin().Protect(t.Context(), "Forbidden fruit", "sysop"); err != nil {
		t.Fatal(err)
	}
	if p := read(t, c, "Old name"); p.Redirect != "New name" {
		t.Errorf("redirect leads to %q", p.Redirect)
	}
	if p := read(t, c, "User:Admin/config.json"); p.Model != "json" {
		t.Errorf("the model is %q", p.Model)
	}
	if p := read(t, c, "Forbidden fruit"); !p.Missing || p.Revision != 0 || p.Protection["create"] != "sysop" || p.Read == "" {
		t.Errorf("missing page read as %+v", p)
	}
	for _, title := range []string{"a|b", "", "A<b>", "Special:Version"} {
		_, err := c.Page(t.Context(), title)
		wantError(t, err, "invalid-title", Refused)
	}
}

func TestEditKeepsTextAndFlags(t *testing.T) {
	w, c := realWiki(t)
	e := NewEditor(c)
	ctx := t.Context()
	long := strings.Repeat("A long line, so that the parameters go as multipart.\n", 300)
	tests := map[string]struct{ text, want string }{
		"short":                  {"short", "short"},
		"long":                   {long, strings.TrimSpace(long)},
		"white space at the end": {"a \t\n\n", "a"},
		"not normal form C":      {"cafe\u0301", "caf\u00e9"},
		"carriage returns":       {"a\r\nb\rc", "a\nb\nc"},
		"control characters":     {"a\x01b\x00c\x7f", "a\uFFFDb\uFFFDc\x7f"},
		"broken UTF-8":           {"a\xffb", "a\uFFFDb"},
		"signature":              {"hello ~~~", "hello [[User:Steward Bot|Steward Bot]] ([[User talk:Steward Bot|talk]])"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			title := "Text " + name
			start := read(t, c, title)
			saved, err := e.Save(ctx, Edit{Title: title, Text: tt.text, Summary: "create", Create: true, Bot: true, Read: start.Read})
			if err != nil {
				t.Fatal(err)
			}
			p := read(t, c, title)
			if p.Text != tt.want || p.Revision != saved.Revision || saved.Old != 0 || !p.Time.Equal(saved.Time) {
				t.Errorf("saved %+v and read revision %d of %v, %q; want %q", saved, p.Revision, p.Time, p.Text, tt.want)
			}
		})
	}

	p := read(t, c, "Text long")
	if _, err := e.Save(ctx, Edit{Title: p.Title, Text: long + "more", Summary: "update", Minor: true, BaseRevision: p.Revision, Read: p.Read}); err != nil {
		t.Fatal(err)
	}
	revs, err := w.History(ctx, "Text long")
	if err != nil || len(revs) != 2 {
		t.Fatalf("history %+v, %v", revs, err)
	}
	if a, b := revs[0], revs[1]; !a.Bot || a.Minor || a.Comment != "create" || b.Bot || !b.Minor || b.Comment != "update" || b.User != "Steward Bot" {
		t.Errorf("flags and summaries are %+v", revs)
	}
}

func TestSameTextIsNoEdit(t *testing.T) {
	w, c := realWiki(t)
	rev := seed(t, w, "Same", "as before")
	p := read(t, c, "Same")
	saved, err := NewEditor(c).Save(t.Context(), Edit{Title: "Same", Text: "as before\n", BaseRevision: p.Revision, Read: p.Read})
	if want := (Saved{Old: rev, NoChange: true}); err != nil || saved != want {
		t.Errorf("got %+v, %v; want %+v", saved, err, want)
	}
}

func TestBlankingWorks(t *testing.T) {
	w, c := realWiki(t)
	rev := seed(t, w, "To blank", "something")
	if _, err := NewEditor(c).Save(t.Context(), Edit{Title: "To blank", Summary: "blank", BaseRevision: rev}); err != nil {
		t.Fatal(err)
	}
	if p := read(t, c, "To blank"); p.Text != "" || p.Missing {
		t.Errorf("read %+v", p)
	}
}

func TestRefusalsHaveTheirClass(t *testing.T) {
	w, c := realWiki(t)
	ctx := t.Context()
	admin := w.Admin()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.AbuseFilter(ctx, "no casinos", `added_lines rlike "casino"`, "disallow"))
	must(w.AbuseFilter(ctx, "lotteries?", `added_lines rlike "lottery"`, "warn"))
	seed(t, w, "MediaWiki:Spam-blacklist", `bad\.example`)
	seed(t, w, "MediaWiki:Titleblacklist", `Listed .*`)
	seed(t, w, "Locked", "text")
	must(admin.Protect(ctx, "Locked", "sysop"))
	seed(t, w, "Gone", "text")
	gone := read(t, c, "Gone")
	must(admin.Delete(ctx, "Gone", "gone"))
	seed(t, w, "Torn", "one\ntwo\nthree")
	torn := read(t, c, "Torn")
	seed(t, w, "Torn", "one\nzwei\nthree")
	seed(t, w, "There", "text")
	free := read(t, c, "Free")

	edit := func(title, text string) Edit { return Edit{Title: title, Text: text, Create: true, Read: free.Read} }
	change := func(title, text string, base Page) Edit {
		return Edit{Title: title, Text: text, BaseRevision: base.Revision, Read: base.Read}
	}
	tests := map[string]struct {
		edit  Edit
		code  string
		class Class
	}{
		"conflict":               {change("Torn", "one\ndeux\nthree", torn), "editconflict", Conflict},
		"page deleted meanwhile": {change("Gone", "new", gone), "missingtitle", Conflict},
		"page there already":     {edit("There", "mine"), "articleexists", Conflict},
		"protected page":         {change("Locked", "mine", read(t, c, "Locked")), "protectedpage", Refused},
		"interface page":         {edit("MediaWiki:Sidebar2", "mine"), "protectednamespace-interface", Refused},
		"somebody's script":      {edit("User:Admin/x.js", "mine"), "customjsprotected", Refused},
		"abuse filter":           {edit("Free", "a casino"), "abusefilter-disallowed", Refused},
		"abuse filter's warning": {edit("Free", "a lottery"), "abusefilter-warning", Refused},
		"listed address":         {edit("Free", "https://bad.example/"), "spamblacklist", Refused},
		"listed title":           {edit("Listed page", "mine"), "titleblacklist-forbidden", Refused},
		"too big":                {edit("Free", strings.Repeat("0123456789abcdef", 140000)), "contenttoobig", Refused},
		"own JSON page":          {edit("User:Steward Bot/x.json", "{}"), "mycustomjsonprotected", Refused}, // no grant for it
		"captcha":                {edit("Help:Me", "mine"), "captcha", Halt},
		"no base":                {Edit{Title: "There", Text: "mine"}, "no-base", Unknown},
		"no title":               {edit("", "mine"), "invalid-title", Refused},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := NewEditor(c).Save(ctx, tt.edit)
			wantError(t, err, tt.code, tt.class)
		})
	}
	if p := read(t, c, "Free"); !p.Missing {
		t.Errorf("a refused edit made a page: %+v", p)
	}
}

func TestEditsThatDoNotTouchAreMerged(t *testing.T) {
	w, c := realWiki(t)
	seed(t, w, "Merge", "first\n\nmiddle\n\nlast")
	base := read(t, c, "Merge")
	theirs := seed(t, w, "Merge", "FIRST\n\nmiddle\n\nlast")
	saved, err := NewEditor(c).Save(t.Context(), Edit{Title: "Merge", Text: "first\n\nmiddle\n\nLAST", BaseRevision: base.Revision, Read: base.Read})
	if err != nil || saved.Old != theirs {
		t.Errorf("got %+v, %v; want Old %d", saved, err, theirs)
	}
	if p := read(t, c, "Merge"); p.Text != "FIRST\n\nmiddle\n\nLAST" {
		t.Errorf("merged to %q", p.Text)
	}
}

func TestBlockAndLostFlagHalt(t *testing.T) {
	w, _ := realWiki(t)
	ctx := t.Context()
	if _, err := w.CreateUser(ctx, "Fallen Bot", "bot"); err != nil {
		t.Fatal(err)
	}
	login, password, err := w.BotPassword(ctx, "Fallen Bot")
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, w, login, password)
	edit := Edit{Title: "By a fallen bot", Text: "x", Create: true}

	if err := w.Admin().Block(ctx, "Fallen Bot", "malfunction"); err != nil {
		t.Fatal(err)
	}
	_, err = NewEditor(c).Save(ctx, edit)
	wantError(t, err, "blocked", Halt)
	if u, err := c.UserInfo(ctx, "Fallen Bot"); err != nil || !u.Blocked {
		t.Errorf("user info of a blocked account: %+v, %v", u, err)
	}
	if err := w.Admin().Unblock(ctx, "Fallen Bot", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Admin().Do(ctx, map[string]string{"action": "userrights", "user": "Fallen Bot", "remove": "bot"}); err != nil {
		t.Fatal(err)
	}
	_, err = NewEditor(c).Save(ctx, edit)
	wantError(t, err, "assertbotfailed", Halt)
}

func TestStaleTokenIsRenewed(t *testing.T) {
	_, c := realWiki(t)
	if err := c.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.session.csrf = "0123456789abcdef+\\"
	if _, err := NewEditor(c).Save(t.Context(), Edit{Title: "Stale token", Text: "x", Create: true}); err != nil {
		t.Error(err)
	}
}

func TestLostLoginIsRenewedOnceForAll(t *testing.T) {
	w, _ := realWiki(t)
	ctx := t.Context()
	reg := prometheus.NewRegistry()
	c, err := New(Config{Wiki: w.DB, API: w.API, Login: shared.login, Password: shared.password, UserAgent: agent, Metrics: reg})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := NewEditor(c).Save(ctx, Edit{Title: "Before the loss", Text: "x", Create: true}); err != nil {
		t.Fatal(err)
	}
	c.session.wire.ctx = ctx
	if _, err := c.session.mw.PostRaw(params.Values{"action": "logout", "token": c.session.csrf}); err != nil {
		t.Fatal(err)
	}

	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			if _, err := NewEditor(c).Save(ctx, Edit{Title: fmt.Sprintf("After the loss %d", i), Text: "x", Create: true}); err != nil {
				t.Error(err)
			}
			if _, err := c.Page(ctx, "Main Page"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := testutil.ToFloat64(c.metrics.requests.WithLabelValues(w.DB, "login", "ok")); n != 2 {
		t.Errorf("logged in %v times, want once at first and once after the loss", n)
	}
	if n := testutil.ToFloat64(c.metrics.requests.WithLabelValues(w.DB, "edit", "ok")); n != 5 {
		t.Errorf("%v edits counted, want 5", n)
	}
}

func TestWrongPasswordIsAnIdentityError(t *testing.T) {
	w, _ := realWiki(t)
	c := newClient(t, w, shared.login, strings.Repeat("0", 32))
	wantError(t, c.Login(t.Context()), "Failed", Identity)
	_, err := c.Page(t.Context(), "Main Page")
	wantError(t, err, "Failed", Identity)
}

func TestRevisionsComeInOneMap(t *testing.T) {
	w, c := realWiki(t)
	ctx := t.Context()
	var ids []int64
	for i := range 60 {
		ids = append(ids, seed(t, w, "Many revisions", fmt.Sprintf("text %d", i)))
	}
	if err := w.Admin().HideRevision(ctx, "Many revisions", ids[3], "content", "user", "comment"); err != nil {
		t.Fatal(err)
	}
	visitor, err := w.Anonymous().Edit(ctx, "Many revisions", "by a visitor", "")
	if err != nil {
		t.Fatal(err)
	}
	deleted := seed(t, w, "Deleted later", "text")
	if err := w.Admin().Delete(ctx, "Deleted later", ""); err != nil {
		t.Fatal(err)
	}
	bot, err := NewEditor(c).Save(ctx, Edit{Title: "Talk:By the bot", Text: "bot", Summary: "sum", Create: true})
	if err != nil {
		t.Fatal(err)
	}

	const never = 999999999
	got, err := c.Revisions(ctx, append(slices.Clone(ids), visitor, deleted, bot.Revision, never)...)
	if err != nil || len(got) != 64 {
		t.Fatalf("%d revisions, %v", len(got), err)
	}
	for i, id := range ids {
		if r := got[id]; r.Text != fmt.Sprintf("text %d", i) && i != 3 || r.Title != "Many revisions" {
			t.Errorf("revision %d is %+v", id, r)
		}
	}
	if r := got[ids[3]]; !r.Hidden || r.Text != "" || r.User != "" || r.Comment != "" || r.Registered || r.Missing {
		t.Errorf("the hidden revision is %+v", r)
	}
	if r := got[visitor]; r.Registered || r.User == "" || r.Bot {
		t.Errorf("the visitor's revision is %+v", r)
	}
	if !got[deleted].Missing || !got[never].Missing || got[ids[0]].Missing {
		t.Errorf("missing are %+v and %+v", got[deleted], got[never])
	}
	r := got[bot.Revision]
	if r.PageID == 0 || time.Since(r.Time) > time.Hour {
		t.Errorf("the bot's revision is %+v", r)
	}
	r.PageID, r.Time = 0, time.Time{}
	want := Revision{ID: bot.Revision, Title: "Talk:By the bot", Namespace: 1, User: "Steward Bot", Registered: true, Bot: true,
		Model: "wikitext", Comment: "sum", Text: "bot"}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryStartsAfterARevision(t *testing.T) {
	w, c := realWiki(t)
	var ids []int64
	for i := range 55 { // more than one answer holds
		ids = append(ids, seed(t, w, "Long history", fmt.Sprintf("text %d", i)))
	}
	for after, want := range map[int64][]int64{0: ids, ids[52]: ids[53:], ids[54]: nil} {
		revs, err := c.History(t.Context(), "Long history", after)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, r := range revs {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %d: %s", after, diff)
		}
		if len(revs) > 0 && revs[len(revs)-1].Text != "text 54" {
			t.Errorf("after %d the last text is %q", after, revs[len(revs)-1].Text)
		}
	}
	if revs, err := c.History(t.Context(), "No such page", 0); err != nil || len(revs) != 0 {
		t.Errorf("a page that does not exist has %d revisions, %v", len(revs), err)
	}
}

func TestSiteAndUsers(t *testing.T) {
	w, c := realWiki(t)
	ctx := t.Context()
	s, err := c.Site(ctx)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.Namespaces, func(n Namespace) bool { return n.ID == 4 })
	if s.DB != "clientwiki" || s.Server != w.URL || s.ArticlePath != "/index.php/$1" || s.Script != "/index.php" || s.Case != "first-letter" ||
		s.Lang != "en" || s.Timezone != "UTC" || time.Since(s.Time) > time.Hour || i < 0 {
		t.Errorf("site is %+v", s)
	} else if diff := cmp.Diff(Namespace{4, "Client Wiki", "Project", []string{"CW"}}, s.Namespaces[i]); diff != "" {
		t.Error(diff)
	}

	u, err := c.UserInfo(ctx, "steward_Bot")
	if err != nil || u.Name != "Steward Bot" || u.ID == 0 || !slices.Contains(u.Groups, "bot") || !slices.Contains(u.Rights, "edit") || u.Blocked {
		t.Errorf("user info %+v, %v", u, err)
	}
	if u, err := c.UserInfo(ctx, "Nobody Here"); err != nil || !u.Missing {
		t.Errorf("user info of nobody: %+v, %v", u, err)
	}
	for _, name := range []string{"a|b", "", "A#b"} {
		if u, err := c.UserInfo(ctx, name); err != nil || !u.Invalid {
			t.Errorf("user info of %q: %+v, %v", name, u, err)
		}
	}
}

func TestGetOnlyReads(t *testing.T) {
	_, c := realWiki(t)
	for _, action := range []string{"edit", "delete", "logout", "options", "purge", "", "query|edit"} {
		wantError(t, c.Get(t.Context(), map[string]string{"action": action, "title": "X"}, nil), "not-a-read", Unknown)
	}
	wantError(t, c.Get(t.Context(), map[string]string{"action": "query", "redirects": ""}, nil), "empty-parameter", Unknown)

	// Long ones go as POST.
	p := map[string]string{"action": "expandtemplates", "prop": "wikitext", "text": strings.Repeat("{{uc:ä}}", 2000)}
	before := maps.Clone(p)
	var answer struct{ ExpandTemplates struct{ Wikitext string } }
	if err := c.Get(t.Context(), p, &answer); err != nil || answer.ExpandTemplates.Wikitext != strings.Repeat("Ä", 2000) {
		t.Errorf("expanded to %.40q, %v", answer.ExpandTemplates.Wikitext, err)
	}
	if diff := cmp.Diff(before, p); diff != "" {
		t.Error("Get changed its parameters:", diff)
	}
}
