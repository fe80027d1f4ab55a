// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests against a real MediaWiki, which all of them share.

package wiki

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

// fresh returns a title or name that no test has used before, also when tests run several times.
func fresh(name string) string { return fmt.Sprintf("%s %d", name, used.Add(1)) }

var used atomic.Int64

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
	title := fresh("Table of tools")
	rev := seed(t, w, "Project:"+strings.ReplaceAll(title, " ", "_"), "first\n<!-- x -->")
	if err := w.Admin().Protect(t.Context(), "Project:"+title, "autoconfirmed"); err != nil {
		t.Fatal(err)
	}
	p := read(t, c, "project:t"+title[1:])
	if p.Revision <= rev || p.User != "Admin" || time.Since(p.Time) > time.Hour || p.ID == 0 || p.Read == "" {
		t.Errorf("got %+v; want the revision of the protection, made after %d by Admin", p, rev)
	}
	p.Revision, p.User, p.Time, p.ID, p.Read = 0, "", time.Time{}, 0, ""
	want := Page{Title: "Client Wiki:" + title, Namespace: 4, Text: "first\n<!-- x -->", Model: "wikitext",
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
	title, talk := fresh("Many revisions"), fresh("Talk:By the bot")
	var ids []int64
	for i := range 60 {
		ids = append(ids, seed(t, w, title, fmt.Sprintf("text %d", i)))
	}
	if err := w.Admin().HideRevision(ctx, title, ids[3], "content", "user", "comment"); err != nil {
		t.Fatal(err)
	}
	visitor, err := w.Anonymous().Edit(ctx, title, "by a visitor", "")
	if err != nil {
		t.Fatal(err)
	}
	deleted := seed(t, w, "Deleted later", "text")
	if err := w.Admin().Delete(ctx, "Deleted later", ""); err != nil {
		t.Fatal(err)
	}
	bot, err := NewEditor(c).Save(ctx, Edit{Title: talk, Text: "bot", Summary: "sum", Create: true})
	if err != nil {
		t.Fatal(err)
	}

	const never = 999999999
	got, err := c.Revisions(ctx, append(slices.Clone(ids), visitor, deleted, bot.Revision, never)...)
	if err != nil || len(got) != 64 {
		t.Fatalf("%d revisions, %v", len(got), err)
	}
	for i, id := range ids {
		if r := got[id]; r.Text != fmt.Sprintf("text %d", i) && i != 3 || r.Title != title {
			t.Errorf("revision %d is %+v", id, r)
		}
	}
	if r := got[ids[3]]; !r.Hidden || r.Text != "" || r.User != "" || r.Comment != "" || r.Registered || r.Missing {
		t.Errorf("the hidden revision is %+v", r)
	}
	if r := got[visitor]; r.Registered || r.User == "" {
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
	want := Revision{ID: bot.Revision, Title: talk, Namespace: 1, User: "Steward Bot", Registered: true,
		Model: "wikitext", Comment: "sum", Text: "bot"}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryStartsAfterARevision(t *testing.T) {
	w, c := realWiki(t)
	title := fresh("Long history")
	var ids []int64
	for i := range 55 { // more than one answer holds
		ids = append(ids, seed(t, w, title, fmt.Sprintf("text %d", i)))
	}
	for after, want := range map[int64][]int64{0: ids, ids[52]: ids[53:], ids[54]: nil} {
		revs, err := c.History(t.Context(), title, after)
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
	if s.DB != "clientwiki" || s.Server != w.URL || s.ArticlePath != "/index.php/$1" || i < 0 {
		t.Errorf("site is %+v", s)
	} else if diff := cmp.Diff(Namespace{4, "Client Wiki", "Project", []string{"CW"}}, s.Namespaces[i]); diff != "" {
		t.Error(diff)
	}
	var info struct{ Query map[string]json.RawMessage }
	if err := json.Unmarshal(s.Info, &info); err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(siteProps, "|") {
		if len(info.Query[name]) == 0 {
			t.Errorf("the answer kept has no %s", name)
		}
	}

	u, err := c.UserInfo(ctx, "steward_Bot")
	if err != nil || u.Name != "Steward Bot" || u.ID == 0 || !slices.Contains(u.Groups, "bot") || u.Blocked {
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

// A session with a bot password must see the rights of others whole.
func TestRightsOfGroups(t *testing.T) {
	_, c := realWiki(t)
	tests := []struct {
		groups []string
		want   bool
	}{
		{[]string{"sysop", "user"}, true},
		{[]string{"interface-admin"}, true},
		{[]string{"bot", "user"}, false},
		{nil, false},
	}
	for _, test := range tests {
		rights, err := c.Rights(t.Context(), test.groups)
		if err != nil || slices.Contains(rights, "edituserjson") != test.want {
			t.Errorf("rights of %v: %v, %v; want edituserjson %v", test.groups, rights, err, test.want)
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
