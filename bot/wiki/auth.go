// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the ways to be known to a wiki, and the secrets of each, which are never written anywhere.

package wiki

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/dghubble/oauth1"
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

// transport puts the proof of who asks on each request. The wire follows no redirects, so that no other host gets it.
func (a Auth) transport(base http.RoundTripper, secret string) http.RoundTripper {
	parts := strings.Fields(secret)
	switch a {
	case OAuth2:
		return bearer{base: base, token: parts[0]}
	case OAuth1:
		ctx := context.WithValue(context.Background(), oauth1.HTTPClient, &http.Client{Transport: base})
		return oauth1.NewConfig(parts[0], parts[1]).Client(ctx, oauth1.NewToken(parts[2], parts[3])).Transport
	}
	return base
}

// bearer sends an access token as RFC 6750, section 2.1, has it.
type bearer struct {
	base  http.RoundTripper
	token string
}

func (b bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+b.token)
	return b.base.RoundTrip(req)
}

// known reports whether the client asks as an account, and not as a visitor.
func (c Config) known() bool { return c.Login != "" || !c.Auth.session() }
