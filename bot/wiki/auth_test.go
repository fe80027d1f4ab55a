// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the ways to log in: that the proof is sent, and that no secret gets out.

package wiki

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

const (
	accessToken  = "tok3n-of-OAuth2-0123456789"
	fourSecrets  = "consumerkey consumers3cret accesskey access5ecret"
	othersSecret = "consumerkey consumers3cret accesskey another5ecret"
)

func TestABearerTokenProvesEachRequest(t *testing.T) {
	f := &fakeWiki{fault: onlyIf(func(r *http.Request, _ url.Values) bool {
		return slices.Equal(r.Header.Values("Authorization"), []string{"Bearer " + accessToken})
	})}
	f.add("Alice", "old", "")
	saveOnce(t, f, Config{User: "Bot", Auth: OAuth2, Password: accessToken + "\n"})
	if slices.Contains(f.log, "login") {
		t.Error("a login was sent, though a token needs none")
	}
}

func TestOAuth1SignsEachRequest(t *testing.T) {
	var server string
	f := &fakeWiki{fault: onlyIf(func(r *http.Request, p url.Values) bool { return signedBy(r, p, server, fourSecrets) })}
	f.add("Alice", "old", "")
	saveOnce(t, f, Config{User: "Bot", Auth: OAuth1, Password: fourSecrets}, &server)

	f = &fakeWiki{fault: onlyIf(func(r *http.Request, p url.Values) bool { return signedBy(r, p, server, othersSecret) })}
	c := serve(t, f, Config{User: "Bot", Auth: OAuth1, Password: fourSecrets}, &server)
	if _, err := c.Page(t.Context(), "Page"); ClassOf(err) != Identity {
		t.Errorf("a wrong signature: %v, want class identity", err)
	}
}

// A token that the wiki has revoked does not come back: nobody logs in again and again.
func TestARevokedTokenEndsAtOnce(t *testing.T) {
	for _, code := range []string{"mwoauth-invalid-authorization", "assertuserfailed"} {
		f := &fakeWiki{fault: func(w http.ResponseWriter, _ *http.Request, _ url.Values, _ func()) bool {
			fmt.Fprintf(w, `{"error":{"code":%q,"info":"no such authorization"}}`, code)
			return true
		}}
		c := serve(t, f, Config{User: "Bot", Auth: OAuth2, Password: accessToken})
		_, err := c.Page(t.Context(), "Page")
		if ClassOf(err) != Identity || len(f.log) != 1 {
			t.Errorf("%s: %v after %d requests, want class identity after 1", code, err, len(f.log))
		}
	}
}

func TestSecretsOfAWrongFormAreToldWithoutThem(t *testing.T) {
	for _, tt := range []struct {
		auth   Auth
		secret string
		want   string
	}{
		{BotPassword, "", "the password is missing"},
		{OAuth2, "", "the access token must be one word"},
		{OAuth2, "two s3crets", "the access token must be one word"},
		{OAuth1, "one two s3cret", "there are 3"},
		{"magic", "s3cret", `"magic" is no way to log in`},
	} {
		_, err := New(Config{Wiki: "fakewiki", API: "https://wiki.example/w/api.php", UserAgent: "test", Login: "Bot@x", Auth: tt.auth, Password: tt.secret})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "s3cret") && tt.auth != "magic" {
			t.Errorf("%s %q: %v, want %q and no secret", tt.auth, tt.secret, err, tt.want)
		}
	}
}

// saveOnce reads a page and saves it, and sees that no log line or error tells a secret.
func saveOnce(t *testing.T, f *fakeWiki, cfg Config, server ...*string) {
	t.Helper()
	var log bytes.Buffer
	cfg.Log = zerolog.New(&log)
	c := serve(t, f, cfg, server...)
	long := strings.Repeat("much text, which is sent in parts; ", 400)
	for i, text := range []string{"new & other", long} {
		saved, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: text, Summary: "s", BaseRevision: int64(i + 1), Bot: true})
		if err != nil || saved.Revision != int64(i+2) {
			t.Fatalf("saved %+v: %v", saved, err)
		}
	}
	for _, secret := range strings.Fields(cfg.Password) {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
}

func serve(t *testing.T, f *fakeWiki, cfg Config, server ...*string) *Client {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	for _, p := range server {
		*p = s.URL
	}
	cfg.Wiki, cfg.API, cfg.UserAgent = "fakewiki", s.URL+"/w/api.php", "test"
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// onlyIf answers requests without the proof as OAuth's extension does.
func onlyIf(proven func(*http.Request, url.Values) bool) func(http.ResponseWriter, *http.Request, url.Values, func()) bool {
	return func(w http.ResponseWriter, r *http.Request, p url.Values, _ func()) bool {
		if proven(r, p) {
			return false
		}
		fmt.Fprint(w, `{"error":{"code":"mwoauth-invalid-authorization","info":"the authorization is not valid"}}`)
		return true
	}
}

// signedBy checks a signature as RFC 5849, section 3.4, says. Parts of a long form are not signed.
func signedBy(r *http.Request, p url.Values, server, secrets string) bool {
	head, ok := strings.CutPrefix(r.Header.Get("Authorization"), "OAuth ")
	if !ok {
		return false
	}
	all := url.Values{}
	for name, values := range r.URL.Query() {
		all[name] = values
	}
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		for name, values := range p {
			all[name] = values
		}
	}
	signature := ""
	for _, pair := range strings.Split(head, ",") {
		name, quoted, _ := strings.Cut(strings.TrimSpace(pair), "=")
		value, _ := url.PathUnescape(strings.Trim(quoted, `"`))
		if name == "oauth_signature" {
			signature = value
		} else {
			all.Set(name, value)
		}
	}
	var pairs []string
	for name, values := range all {
		for _, v := range values {
			pairs = append(pairs, percent(name)+"="+percent(v))
		}
	}
	slices.Sort(pairs)
	base := r.Method + "&" + percent(server+r.URL.Path) + "&" + percent(strings.Join(pairs, "&"))
	parts := strings.Fields(secrets)
	mac := hmac.New(sha1.New, []byte(percent(parts[1])+"&"+percent(parts[3])))
	mac.Write([]byte(base))
	return all.Get("oauth_consumer_key") == parts[0] && all.Get("oauth_token") == parts[2] &&
		signature == base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// percent encodes as RFC 5849, section 3.6, says.
func percent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
