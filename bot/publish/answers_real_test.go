// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds what MediaWiki itself answers to edits that it does not want.

package publish

import (
	"fmt"
	"net/http"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const threeLines = "first\n\nmiddle\n\nlast"

// onPage is a page with the bot's region on it already.
const onPage = "before\n\n<!-- codesteward begin report (edits between these lines are overwritten) -->\nold\n<!-- codesteward end report -->\n\nafter"

// realRows are answers that the wiki gives by itself.
func realRows() []row {
	return []row{
		{name: "saved", before: threeLines, want: Saved},
		{name: "made", want: Saved},

		// It passes by itself.
		{name: "read-only mode", before: threeLines, want: Waits, step: StepEdit,
			between: func(s *scene, _ string) { s.readOnly(true) }, undo: func(s *scene, _ string) { s.readOnly(false) }},
		{name: "databases that lag", before: threeLines, want: Waits, step: StepEdit, fault: lagging},
		{name: "a rate limit", before: threeLines, want: Waits, step: StepEdit, account: slowBot, arrange: spend},

		// The wiki knows the account, after another look.
		{name: "a token that is too old", before: threeLines, want: Saved, fault: staleToken(1)},
		{name: "a token that is always too old", before: threeLines, class: wiki.Identity, fault: staleToken(99)},
		{name: "a lost login", before: threeLines, want: Saved, fault: loggedOut},
		{name: "a login that is gone for good", before: threeLines, class: wiki.Identity, between: func(s *scene, _ string) {
			s.must(s.wiki.RevokeBotPassword(s.t.Context(), gateBot))
		}, undo: func(s *scene, _ string) {
			login, password, err := s.wiki.BotPassword(s.t.Context(), gateBot)
			s.must(err)
			s.passwords[gateBot] = [2]string{login, password}
		}},

		// Somebody was quicker.
		{name: "an edit of the same lines", before: onPage, theirs: strings.Replace(onPage, "old\n", "theirs\n", 1), want: Saved},
		{name: "an edit of other lines", before: onPage, theirs: strings.Replace(onPage, "before", "before and theirs", 1), want: Saved, merged: true},
		{name: "a person who asks bots to go meanwhile", before: onPage, theirs: "{{nobots}} " + onPage, want: Saved, merged: true},
		{name: "edits of the same lines all the time", before: threeLines, theirs: threeLines + " 3", want: Refused, step: StepEdit, each: true, between: restless()},
		{name: "a page deleted meanwhile", before: threeLines, theirs: noPage, want: Refused, step: StepPage,
			between: func(s *scene, title string) { s.admin("delete", "title", title) }, page: func(p *plan.Page) { p.MayCreate = false }},
		{name: "a page made meanwhile", theirs: threeLines, want: Saved},
		{name: "a page moved meanwhile", before: threeLines, theirs: "#REDIRECT [[Elsewhere]]", want: Refused, step: StepPage,
			between: func(s *scene, title string) { s.admin("move", "from", title, "to", "Elsewhere") }},

		// The page is refused.
		{name: "a protected page", before: threeLines, want: Refused, step: StepPermission, arrange: protect, undo: unprotect},
		{name: "a page protected meanwhile", before: threeLines, want: Refused, step: StepEdit, between: protect, undo: unprotect},
		{name: "a page under cascading protection", before: threeLines, want: Refused, step: StepPermission, arrange: func(s *scene, title string) {
			s.put("Cascade", "{{:"+title+"}}")
			s.admin("protect", "title", "Cascade", "protections", "edit=sysop", "cascade", "1")
		}, undo: func(s *scene, _ string) { s.must(s.wiki.Admin().Protect(s.t.Context(), "Cascade", "")) }},
		{name: "a title protected against creation", want: Refused, step: StepPermission, arrange: protect, undo: unprotect},
		{name: "a protected namespace", title: "Category:Things", before: threeLines, want: Refused, step: StepPermission},
		{name: "a page of the interface", title: "MediaWiki:Sidebar", want: Refused, step: StepPlace},
		{name: "data of the bot", title: "User:Gate Bot/list.json", want: Refused, step: StepPage},
		{name: "a page of JSON", title: "Notes:List", before: "{}", want: Refused, step: StepPage},
		{name: "a new page of JSON", title: "Notes:New", want: Refused, step: StepPage},
		{name: "an abuse filter that forbids", before: threeLines, line: "casino", want: Refused, step: StepEdit},
		{name: "an abuse filter that warns", before: threeLines, line: "lottery", want: Refused, step: StepEdit},
		{name: "a listed address", before: threeLines, line: "https://bad.example/", want: Refused, step: StepEdit},
		{name: "a listed title", title: "Listed page", want: Refused, step: StepPermission},
		{name: "too much text", before: threeLines, line: strings.Repeat("much text ", 7000), want: Refused, step: StepEdit},
		{name: "An extension says no", before: threeLines, want: Refused, step: StepEdit},
		{name: "a bot password without the grant", before: threeLines, want: Refused, step: StepPermission, account: thinBot},
		{name: "a block from one page", before: threeLines, want: Refused, step: StepPermission, arrange: func(s *scene, title string) {
			s.admin("block", "user", gateBot, "partial", "1", "pagerestrictions", title, "allowusertalk", "1", "reason", "not there")
		}, undo: unblock},
		{name: "a title that no page can have", title: "A [b]", want: Refused, step: StepPage},
		{name: "a tag that the wiki does not know", before: threeLines, want: Saved, tag: "no such tag"},

		// The account is refused.
		{name: "a block", before: threeLines, want: Halted, step: StepAccount, arrange: block, undo: unblock},
		{name: "a block meanwhile", before: threeLines, want: Halted, step: StepAccount, between: block, undo: unblock},
		{name: "a block of the address", before: threeLines, want: Halted, step: StepAccount, arrange: autoblock, undo: func(s *scene, _ string) {
			s.admin("unblock", "user", "Vandal")
		}},
		{name: "a lost bot flag", before: threeLines, want: Halted, step: StepAccount,
			arrange: func(s *scene, _ string) { s.admin("userrights", "user", gateBot, "remove", "bot") },
			undo:    func(s *scene, _ string) { s.admin("userrights", "user", gateBot, "add", "bot") }},
		{name: "a captcha", title: "Help:Me", want: Halted, step: StepAccount},
	}
}

// restless edits the page's last line again and again.
func restless() func(*scene, string) {
	n := 0
	return func(s *scene, title string) {
		n++
		s.put(title, fmt.Sprint(threeLines, " ", n))
	}
}

func protect(s *scene, title string) {
	s.must(s.wiki.Admin().Protect(s.t.Context(), title, "sysop"))
}

func unprotect(s *scene, title string) {
	s.must(s.wiki.Admin().Protect(s.t.Context(), title, ""))
}

func block(s *scene, _ string) {
	s.must(s.wiki.Admin().Block(s.t.Context(), gateBot, "it writes nonsense"))
}

func unblock(s *scene, _ string) { s.must(s.wiki.Admin().Unblock(s.t.Context(), gateBot, "")) }

// autoblock blocks somebody who has edited from the address that the bot has.
func autoblock(s *scene, _ string) {
	vandal, err := s.wiki.CreateUser(s.t.Context(), "Vandal")
	s.must(err)
	_, err = vandal.Edit(s.t.Context(), "Vandalism", "x", "")
	s.must(err)
	s.admin("block", "user", "Vandal", "autoblock", "1", "expiry", "never", "allowusertalk", "1", "reason", "vandalism")
}

// spend makes the edit that the account may make in an hour.
func spend(s *scene, _ string) {
	client := s.client(slowBot, nil, nil)
	_, err := wiki.NewEditor(client).Save(s.t.Context(), wiki.Edit{Title: "Spent", Text: "x", Create: true})
	s.must(err)
}

// lagging asks for databases that are ahead of time, so that they lag.
func lagging(_ int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
	if q.action == "edit" {
		q.with(map[string]string{"maxlag": "-5"})
	}
	return next()
}

// staleToken makes the token of the first edits one that the wiki does not take.
func staleToken(times int) fault {
	return func(n int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
		if q.action == "edit" && n <= times {
			q.with(map[string]string{"token": "0123456789abcdef0123456789abcdef01234567+\\"})
		}
		return next()
	}
}

// loggedOut sends the first edit without the cookies of the login.
func loggedOut(n int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
	if q.action == "edit" && n == 1 {
		q.req.Header.Del("Cookie")
	}
	return next()
}
