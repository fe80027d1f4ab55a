// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of edits on a real MediaWiki.

package wiki

import (
	"strings"
	"sync"
	"testing"

	"cgt.name/pkg/go-mwclient/params"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestEditKeepsTextAndFlags(t *testing.T) {
	w, c := realWiki(t)
	e := NewEditor(c)
	ctx := t.Context()
	prefix := fresh("Text")
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
			title := prefix + " " + name
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

	p := read(t, c, prefix+" long")
	if _, err := e.Save(ctx, Edit{Title: p.Title, Text: long + "more", Summary: "update", Minor: true, BaseRevision: p.Revision, Read: p.Read}); err != nil {
		t.Fatal(err)
	}
	revs, err := w.History(ctx, prefix+" long")
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
	rev := seed(t, w, "To blank", fresh("something"))
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

// What the wiki would refuse because of the page or the account is seen when the page is read.
func TestAPageTellsWhetherTheAccountMayEditIt(t *testing.T) {
	w, c := realWiki(t)
	seed(t, w, "Barred page", "text")
	if err := w.Admin().Protect(t.Context(), "Barred page", "sysop"); err != nil {
		t.Fatal(err)
	}
	seed(t, w, "MediaWiki:Titleblacklist", `Listed .*`)
	for title, code := range map[string]string{
		"Barred page":             "protectedpage",
		"MediaWiki:Sidebar3":      "protectednamespace-interface",
		"User:Admin/y.js":         "customjsprotected",
		"User:Steward Bot/y.json": "mycustomjsonprotected",
		"Listed other page":       "titleblacklist-forbidden",
		"Main Page":               "",
		"User talk:Nobody yet":    "",
	} {
		got := ""
		if p := read(t, c, title); p.Barred != nil {
			got = p.Barred.Code
			if p.Barred.Class != Refused || p.Barred.Info == "" || strings.Contains(p.Barred.Info, "$1") {
				t.Errorf("%s: %+v", title, p.Barred)
			}
		}
		if got != code {
			t.Errorf("%s is barred by %q, want %q", title, got, code)
		}
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
	name := fresh("Fallen Bot")
	if _, err := w.CreateUser(ctx, name, "bot"); err != nil {
		t.Fatal(err)
	}
	login, password, err := w.BotPassword(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, w, login, password)
	edit := Edit{Title: fresh("By a fallen bot"), Text: "x", Create: true}

	if err := w.Admin().Block(ctx, name, "malfunction"); err != nil {
		t.Fatal(err)
	}
	_, err = NewEditor(c).Save(ctx, edit)
	wantError(t, err, "blocked", Halt)
	if p := read(t, c, edit.Title); p.Barred == nil || p.Barred.Code != "blocked" || p.Barred.Class != Halt {
		t.Errorf("a blocked account reads a page as barred by %+v", p.Barred)
	}
	if u, err := c.UserInfo(ctx, name); err != nil || !u.Blocked {
		t.Errorf("user info of a blocked account: %+v, %v", u, err)
	}
	if err := w.Admin().Unblock(ctx, name, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Admin().Do(ctx, map[string]string{"action": "userrights", "user": name, "remove": "bot"}); err != nil {
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
	if _, err := NewEditor(c).Save(t.Context(), Edit{Title: fresh("Stale token"), Text: "x", Create: true}); err != nil {
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
	if _, err := NewEditor(c).Save(ctx, Edit{Title: fresh("Before the loss"), Text: "x", Create: true}); err != nil {
		t.Fatal(err)
	}
	c.session.wire.ctx = ctx
	if _, err := c.session.mw.PostRaw(params.Values{"action": "logout", "token": c.session.csrf}); err != nil {
		t.Fatal(err)
	}

	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := NewEditor(c).Save(ctx, Edit{Title: fresh("After the loss"), Text: "x", Create: true}); err != nil {
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
