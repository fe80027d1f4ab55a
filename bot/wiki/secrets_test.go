// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests that secrets stay where they belong: in requests to the wiki.

package wiki

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// ways are the ways to log in, each with a secret.
var ways = map[string]Config{
	"bot password": {User: "Bot", Login: "Bot@x", Password: "s3cretpassw0rd0123456789abcdefgh"},
	"OAuth 2":      {User: "Bot", Auth: OAuth2, Password: accessToken},
	"OAuth 1.0a":   {User: "Bot", Auth: OAuth1, Password: fourSecrets},
}

func tells(t *testing.T, what, text, secrets string) {
	t.Helper()
	for _, secret := range strings.Fields(secrets) {
		if strings.Contains(text, secret) {
			t.Errorf("%s tells %q: %s", what, secret, text)
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	for name, cfg := range ways {
		t.Run(name, func(t *testing.T) {
			f := &fakeWiki{}
			f.add("Alice", "old", "")
			secret := cfg.Password
			cfg.Wiki, cfg.API, cfg.UserAgent, cfg.Transport = "fakewiki", "https://fake.example/api.php", agent, f
			c, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := NewEditor(c).Save(t.Context(), Edit{Title: "Page", Text: "new", BaseRevision: 1}); err != nil {
				t.Fatal(err)
			}
			values := map[string]any{"config": cfg, "pointer": &cfg, "client": c, "editor": NewEditor(c), "session": c.session,
				"contents of the session": *c.session, "wire": c.session.wire, "transport": c.session.wire.base, "in a struct": struct{ C Config }{cfg}}
			for what, value := range values {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
					tells(t, what+" as "+verb, fmt.Sprintf(verb, value), secret)
				}
			}
			var log bytes.Buffer
			logger := zerolog.New(&log)
			logger.Info().Interface("config", cfg).Object("again", cfg).Any("pointer", &cfg).Msg("")
			tells(t, "the log", log.String(), secret)
			if !strings.Contains(log.String(), "fakewiki") || !strings.Contains(cfg.String(), "a secret") {
				t.Errorf("printed as %s and logged as %s", cfg, log.String())
			}
			cfg.Transport, cfg.Metrics = nil, nil
			if b, err := json.Marshal(cfg); err == nil {
				tells(t, "JSON", string(b), secret)
			}
		})
	}
}

// TestErrorsDoNotTellSecrets breaks every request, in several ways.
func TestErrorsDoNotTellSecrets(t *testing.T) {
	for name, cfg := range ways {
		for what, fault := range map[string]func(*http.Request) (*http.Response, error){
			"no connection": func(r *http.Request) (*http.Response, error) { return nil, errors.New("no route to " + r.URL.Host) },
			"a refusal": func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 403, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
			},
		} {
			var log bytes.Buffer
			secret := cfg.Password
			cfg.Wiki, cfg.API, cfg.UserAgent, cfg.Transport, cfg.Log = "fakewiki", "https://fake.example/api.php", agent, roundTripper(fault), zerolog.New(&log)
			c, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			c.firstWait, c.longestWait, c.editBudget = 1, 1, 1
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			_, err = c.Page(ctx, "Page")
			cancel()
			if err == nil {
				t.Fatalf("%s, %s: no error", name, what)
			}
			tells(t, name+", "+what, err.Error()+fmt.Sprintf("%+v %#v", err, err)+log.String(), secret)
		}
	}
}

// A redirect is told, and not followed, so that no other host gets the proof.
func TestRedirectsGetNoSecret(t *testing.T) {
	for name, cfg := range ways {
		for _, status := range []int{301, 302, 303, 307, 308} {
			var strangers atomic.Int64
			stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers.Add(1) }))
			home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, stranger.URL+"/w/api.php", status)
			}))
			cfg.Wiki, cfg.API, cfg.UserAgent = "fakewiki", home.URL+"/w/api.php", agent
			c, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Page(t.Context(), "Page")
			if e, ok := errors.AsType[*Error](err); !ok || e.Code != fmt.Sprint("http-", status) || strangers.Load() != 0 {
				t.Errorf("%s, %d: %v, and the stranger was asked %d times", name, status, err, strangers.Load())
			}
			c.Close()
			home.Close()
			stranger.Close()
		}
	}
}

func TestSecretsAreSentOverTLSOrNotAtAll(t *testing.T) {
	for api, ok := range map[string]bool{
		"https://wiki.example/w/api.php": true, "http://127.0.0.1:8080/api.php": true, "http://localhost/api.php": true, "http://[::1]:80/api.php": true,
		"http://wiki.example/w/api.php": false, "http://10.0.0.1/api.php": false, "http://localhost.example/api.php": false, "http://127.0.0.1.example/api.php": false,
	} {
		for name, cfg := range ways {
			secret := cfg.Password
			cfg.Wiki, cfg.API, cfg.UserAgent = "w", api, agent
			_, err := New(cfg)
			if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "https://") {
				t.Errorf("%s at %s: %v", name, api, err)
			}
			if err != nil {
				tells(t, "the error", err.Error(), secret)
			}
		}
		if _, err := New(Config{Wiki: "w", API: api, UserAgent: agent}); err != nil {
			t.Errorf("a visitor at %s: %v", api, err)
		}
	}
}
