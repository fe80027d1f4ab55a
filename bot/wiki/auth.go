// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the ways to be known to a wiki, and the secrets of each, which are never written anywhere: not in
// errors, not in logs, not where somebody prints a value that has one.

package wiki

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/dghubble/oauth1"
	"github.com/rs/zerolog"
)

// Auth is a way to be known to a wiki.
type Auth string

// The ways to be known. The zero Auth is BotPassword where there is a login name, and a visitor otherwise.
const (
	// BotPassword logs in with Special:BotPasswords: https://www.mediawiki.org/wiki/Manual:Bot_passwords.
	BotPassword Auth = "bot-password"
	// OAuth2 sends the access token of an owner-only OAuth 2 consumer with each request:
	// https://www.mediawiki.org/wiki/OAuth/Owner-only_consumers. Wikimedia recommends it.
	OAuth2 Auth = "oauth2"
	// OAuth1 signs each request with the four secrets of an owner-only OAuth 1.0a consumer (RFC 5849, HMAC-SHA1).
	OAuth1 Auth = "oauth1"
)

// CheckSecret says what is wrong with the form of a secret, without a word of it: nil if nothing is.
func (a Auth) CheckSecret(secret string) error {
	switch parts := strings.Fields(secret); a {
	case "", BotPassword:
		if secret == "" {
			return errors.New("the password is missing")
		}
	case OAuth2:
		if len(parts) != 1 {
			return errors.New("the access token must be one word")
		}
	case OAuth1:
		if len(parts) != 4 {
			return fmt.Errorf("OAuth 1.0a needs four words: consumer key, consumer secret, access token, access secret; there are %d", len(parts))
		}
	default:
		return fmt.Errorf("%q is no way to log in", string(a))
	}
	return nil
}

// session reports whether the wiki remembers a login in cookies, which can get lost; the other ways prove with each
// request who asks.
func (a Auth) session() bool { return a == "" || a == BotPassword }

// prover sends requests with the proof of who asks. It is a function, since fmt and its kin print of one no more than an
// address.
type prover func(*http.Request) (*http.Response, error)

// RoundTrip sends a request.
func (p prover) RoundTrip(req *http.Request) (*http.Response, error) { return p(req) }

// transport puts the proof of who asks on each request. The wire follows no redirects, so that no other host gets it.
func (a Auth) transport(base http.RoundTripper, proof secret) http.RoundTripper {
	switch a {
	case OAuth2:
		// RFC 6750, section 2.1.
		return prover(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(proof()))
			return base.RoundTrip(req)
		})
	case OAuth1:
		parts := strings.Fields(proof())
		ctx := context.WithValue(context.Background(), oauth1.HTTPClient, &http.Client{Transport: base})
		return prover(oauth1.NewConfig(parts[0], parts[1]).Client(ctx, oauth1.NewToken(parts[2], parts[3])).Transport.RoundTrip)
	}
	return base
}

// secret keeps a secret from being printed: of a function, fmt and its kin show an address.
type secret func() string

func hide(s string) secret { return func() string { return s } }

// String returns the configuration in one line, without the secret.
func (c Config) String() string {
	held := "no secret"
	if c.Password != "" {
		held = "a secret"
	}
	return fmt.Sprintf("wiki %s at %s as %q, logged in as %q by %q with %s", c.Wiki, c.API, c.User, c.Login, string(c.Auth), held)
}

// Format prints what String returns, whatever the verb, so that no way to print a Config shows the secret.
func (c Config) Format(to fmt.State, _ rune) { _, _ = io.WriteString(to, c.String()) }

// MarshalZerologObject logs the configuration without the secret.
func (c Config) MarshalZerologObject(e *zerolog.Event) {
	e.Str("wiki", c.Wiki).Str("api", c.API).Str("user", c.User).Str("login", c.Login).Str("auth", string(c.Auth)).Bool("secret", c.Password != "")
}

// checkChannel refuses to send a secret through a network in the clear.
func checkChannel(api *url.URL) error {
	host := api.Hostname()
	if ip := net.ParseIP(host); api.Scheme == "https" || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("the secret would be sent to %s in the clear; the address of the API must begin with https://", host)
}

// known reports whether the client asks as an account, and not as a visitor.
func (c Config) known() bool { return c.Login != "" || !c.Auth.session() }
