// SPDX-License-Identifier: GPL-3.0-or-later

package wiki

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// TestEachRequestHasItsLine saves a page and looks at the log at its finest level.
func TestEachRequestHasItsLine(t *testing.T) {
	const token, body = "t+", "words of the page"
	f := &fakeWiki{}
	f.add("Alice", "old "+body, "")
	var asked []string
	var log bytes.Buffer
	c, err := New(Config{Wiki: "fakewiki", API: "https://fake.example/api.php", Login: "Bot@x", Password: "very secret", UserAgent: agent,
		Log: zerolog.New(&log), Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			params := req.URL.RawQuery
			if req.Body != nil {
				text, err := io.ReadAll(req.Body)
				if err != nil {
					return nil, err
				}
				params, req.Body = params+string(text), io.NopCloser(bytes.NewReader(text))
			}
			if id := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-z]+\b`).FindString(params); id != "" {
				asked = append(asked, id)
			}
			return f.RoundTrip(req)
		})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "new " + body, BaseRevision: 1}); err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for line := range strings.Lines(log.String()) {
		var l struct{ Level, Message, Action, Code, Request, Wiki string }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Message != "request" || l.Level != "debug" || l.Code != "ok" || l.Wiki != "fakewiki" || (l.Request == "") != (l.Action == "login") || told[l.Request] {
			t.Errorf("a line is %s", line)
		}
		told[l.Request] = true
	}
	for _, id := range asked {
		if !told[id] {
			t.Errorf("no line has the request %s", id)
		}
	}
	if len(asked) < 2 || !strings.Contains(log.String(), `"action":"edit","title":"Page"`) {
		t.Errorf("%d requests, and the log is\n%s", len(asked), &log)
	}
	for _, secret := range []string{"very secret", token, body} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
}

func TestErrorsHaveTheIDOfTheirRequest(t *testing.T) {
	f := &fakeWiki{}
	f.add("Alice", "old", "")
	c, lines := f.client(t)
	ids := &requestIDs{process: "abcd1234"}
	if a, b := ids.next(), ids.next(); a != "abcd1234-1" || b != "abcd1234-2" {
		t.Errorf("ids are %s and %s", a, b)
	}
	if one, another := newRequestIDs(), newRequestIDs(); one.process == another.process {
		t.Errorf("two clients number their requests as %s", one.process)
	}
	_, err := c.call(t.Context(), request{action: "no-such-action", params: map[string]string{}})
	if err == nil || err.Code != "test-unknown" || !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-z]+$`).MatchString(err.Request) {
		t.Errorf("the error is %#v, logged %q", err, lines.lines)
	}
}
