// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of how much goes into one request.

package wiki

import (
	"io"
	"net/http"
	"net/url"
	"testing"
)

func TestTheTitleLimitIsThatOfTheAccountAndAskedOnce(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		want, asked  int
	}{
		{"an ordinary account", `{"query":{"userinfo":{"rights":["read","edit"]}}}`, 50, 1},
		{"one with high limits", `{"query":{"userinfo":{"rights":["read","apihighlimits"]}}}`, 500, 1},
		{"not known while the wiki does not say", `{"error":{"code":"readapidenied","info":"no"}}`, 50, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			f := &fakeWiki{fault: func(w http.ResponseWriter, _ *http.Request, p url.Values, _ func()) bool {
				if p.Get("meta") != "userinfo" {
					return false
				}
				asked++
				io.WriteString(w, test.answer)
				return true
			}}
			c, _ := f.client(t)
			for range 3 {
				if got := c.TitleLimit(t.Context()); got != test.want {
					t.Errorf("got %d, want %d", got, test.want)
				}
			}
			if asked != test.asked {
				t.Errorf("asked %d times, want %d", asked, test.asked)
			}
		})
	}
}
