// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds answers that MediaWiki cannot be made to give in a test, and
// those that servers and proxies in between give for it. The wiki behind is
// real, so that what arrived is really there.

package publish

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const sorry = "<!DOCTYPE html>\n<html><title>Wikimedia Error</title><p>Our servers are currently under maintenance or experiencing a technical issue.</html>"

// faultRows are answers that others give. Where an edit may have arrived, both
// cases are there: the bot finds out which it was.
func faultRows() []row {
	rows := []row{
		{name: "429 with HTML", before: threeLines, want: Waits, step: StepEdit, fault: before("edit", 99, reply(429, "text/html", sorry, "Retry-After", "120"))},
		{name: "429 with HTML, once", before: threeLines, want: Saved, fault: before("edit", 1, reply(429, "text/html", sorry))},
		{name: "503 with Retry-After at the reading, once", before: threeLines, want: Saved, fault: before("query", 1, reply(503, "text/html", sorry))},
		{name: "an edit that always breaks the servers", before: threeLines, want: Waits, step: StepEdit, tries: true, fault: before("edit", 99, reply(503, "text/html", sorry))},
		{name: "403 of a firewall", before: threeLines, want: Waits, step: StepEdit, fault: before("edit", 99, reply(403, "text/html", sorry))},
		{name: "403 of a firewall at the reading", before: threeLines, want: Waits, step: StepPage, fault: reading(reply(403, "text/html", sorry))},
		{name: "413 of a proxy", before: threeLines, want: Waits, step: StepEdit, fault: before("edit", 99, reply(413, "text/html", sorry))},
		{name: "a redirect to elsewhere", before: threeLines, want: Waits, step: StepEdit,
			fault: before("edit", 99, reply(307, "text/html", "", "Location", "https://elsewhere.example/w/api.php"))},
		{name: "an answer of another wiki", before: threeLines, want: Waits, step: StepPage, fault: elsewhere},
		{name: "an answer about another page", before: threeLines, want: Waits, step: StepPage, fault: otherPage},
		{name: "403 of a firewall at the stop page", before: threeLines, want: Stopped, step: StepStop,
			fault: before("query", 99, reply(403, "text/html", sorry))},
		{name: "an answer that grows without end", before: threeLines, want: Waits, step: StepPage, fault: reading(bomb)},
		{name: "a global block", before: threeLines, want: Halted, step: StepAccount, fault: before("edit", 99, apiError("globalblocking-blockedtext-user", "Your account is globally blocked."))},
		{name: "an address that is not confirmed", before: threeLines, want: Halted, step: StepAccount, fault: before("edit", 99, apiError("confirmemail", "You must confirm your email address before editing pages."))},
		{name: "a revoked consumer", before: threeLines, class: wiki.Identity, fault: before("edit", 99, apiError("mwoauth-invalid-authorization", "The authorization headers in your request are not valid."))},
		{name: "a code of the future", before: threeLines, want: Waits, step: StepEdit, fault: before("edit", 99, apiError("mercury-in-retrograde", "Not today."))},
		{name: "a page that was deleted meanwhile, by its time", before: threeLines, want: Saved, fault: before("edit", 1, apiError("pagedeleted", "The page was deleted since you fetched its timestamp."))},
		{name: "a success with a warning", before: threeLines, want: Saved, fault: warned},
		{name: "the right type of content with a wrong name", before: threeLines, want: Saved, fault: misnamed},
	}
	for _, f := range []struct {
		name   string
		answer func(asked) (*http.Response, error)
	}{
		{"no answer", hungUp},
		{"503 with HTML", reply(503, "text/html", sorry)},
		{"a cut answer", reply(200, "application/json", `{"edit":{"result":"Succ`)},
		{"HTML with status 200", reply(200, "text/html", sorry)},
		{"an empty answer", reply(200, "application/json", "")},
		{"an answer without a word about it", reply(200, "application/json", "{}")},
		{"a failure in the program", apiError("internal_api_error_DBTransactionError", "[7f3a] Caught exception")},
		{"a bomb of nothing", bomb},
	} {
		rows = append(rows,
			row{name: f.name + ", and the edit did not arrive", before: threeLines, want: Saved, fault: before("edit", 1, f.answer)},
			row{name: f.name + ", though the edit did arrive", before: threeLines, want: Saved, fault: after(1, f.answer)})
	}
	return append(rows, row{name: "no answer, to a new page that did arrive", want: Saved, fault: after(1, hungUp)})
}

// before answers the first requests of an action, which do not arrive. Of
// reading, that begins with the stop page.
func before(action string, times int, answer func(asked) (*http.Response, error)) fault {
	return func(n int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
		// The first question is which wiki it is.
		if action == "query" && n == 1 {
			return next()
		}
		if q.action != action || action == "query" && n > times+1 || action != "query" && n > times {
			return next()
		}
		return answer(q)
	}
}

// after answers the first edits, which do arrive.
func after(times int, answer func(asked) (*http.Response, error)) fault {
	return func(n int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
		if q.action != "edit" || n > times {
			return next()
		}
		resp, err := next()
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return answer(q)
	}
}

// reading answers all readings of pages but that of the stop page.
func reading(answer func(asked) (*http.Response, error)) fault {
	return func(_ int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
		if q.action != "query" || q.params.Get("titles") == "" || strings.HasPrefix(q.params.Get("titles"), "User:") {
			return next()
		}
		return answer(q)
	}
}

func reply(status int, kind, body string, header ...string) func(asked) (*http.Response, error) {
	return func(q asked) (*http.Response, error) { return q.answer(status, kind, body, header...) }
}

func apiError(code, info string) func(asked) (*http.Response, error) {
	return reply(200, "application/json", fmt.Sprintf(`{"error":{"code":%q,"info":%q}}`, code, info))
}

// hungUp lets the client wait for a short while, as if it had no more patience.
func hungUp(asked) (*http.Response, error) {
	timer := time.NewTimer(20 * time.Millisecond)
	defer timer.Stop()
	<-timer.C
	return nil, fmt.Errorf("timeout awaiting response headers")
}

// bomb is a small answer that unpacks to more than anybody wants.
func bomb(q asked) (*http.Response, error) {
	packed := new(bytes.Buffer)
	zip := gzip.NewWriter(packed)
	zeros := make([]byte, 1<<20)
	for range 64 {
		if _, err := zip.Write(zeros); err != nil {
			return nil, err
		}
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	resp, err := q.answer(200, "application/json", "")
	if err != nil {
		return nil, err
	}
	// What the standard transport does with Content-Encoding: gzip.
	unpacked, err := gzip.NewReader(packed)
	resp.Body, resp.Uncompressed = io.NopCloser(unpacked), true
	return resp, err
}

// edited changes the body of answers to readings of pages but the stop page.
func edited(change func(q asked, body string) string) fault {
	return func(n int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
		return reading(func(q asked) (*http.Response, error) {
			resp, err := next()
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				return nil, err
			}
			return q.answer(200, "application/json", change(q, string(body)))
		})(n, q, next)
	}
}

// elsewhere has pages stand on another server, as when a proxy mixes up wikis.
var elsewhere = edited(func(q asked, body string) string {
	return strings.ReplaceAll(body, strings.TrimPrefix(q.req.URL.Host, "//"), "other.example")
})

// otherPage has answers be about another page.
var otherPage = edited(func(q asked, body string) string {
	return strings.ReplaceAll(body, fmt.Sprintf(`"title":%q`, strings.ToUpper(q.params.Get("titles")[:1])+q.params.Get("titles")[1:]), `"title":"Another"`)
})

// warned adds a warning to the answer of an edit.
func warned(_ int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
	resp, err := next()
	if err != nil || q.action != "edit" {
		return resp, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return q.answer(200, "application/json", `{"warnings":{"main":{"warnings":"Beware."}},`+strings.TrimPrefix(string(body), "{"))
}

// misnamed calls JSON something else.
func misnamed(_ int, _ asked, next func() (*http.Response, error)) (*http.Response, error) {
	resp, err := next()
	if err == nil {
		resp.Header.Set("Content-Type", "text/html")
	}
	return resp, err
}
