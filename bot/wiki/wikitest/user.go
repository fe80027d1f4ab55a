// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds a person's session: log in, ask the API, understand refusals. It shares nothing with the bot's own
// client, so that the one can test the other.

package wikitest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
)

// User is somebody who uses the wiki through its API, as a person would with a browser. It logs in at first use.
// Several goroutines may use one.
type User struct {
	Name     string // "" is an unregistered visitor
	Password string

	wiki *Wiki
	http *http.Client

	mu     sync.Mutex
	ready  bool
	tokens map[string]string
}

// APIError is a refusal of the wiki.
type APIError struct{ Code, Info string }

// Error returns the code and the wiki's words.
func (e *APIError) Error() string { return e.Code + ": " + e.Info }

// Anonymous returns a new visitor without an account.
func (w *Wiki) Anonymous() *User { return w.newUser("", "") }

func (w *Wiki) newUser(name, password string) *User {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &User{Name: name, Password: password, wiki: w, http: &http.Client{Transport: w.transport, Jar: jar}, tokens: map[string]string{}}
}

// tokenOf says which kind of token an action wants, where it is not csrf.
var tokenOf = map[string]string{"createaccount": "createaccount", "patrol": "patrol", "rollback": "rollback", "userrights": "userrights", "watch": "watch"}

// Do sends any request and returns the answer, or an *APIError. It logs in and adds a token, format and formatversion;
// a value "" is sent as such.
func (u *User) Do(ctx context.Context, params map[string]string) (json.RawMessage, error) {
	p := url.Values{}
	for k, v := range params {
		p.Set(k, v)
	}
	action := p.Get("action")
	if action != "query" && action != "parse" && action != "compare" && action != "expandtemplates" && !p.Has("token") {
		kind := tokenOf[action]
		if kind == "" {
			kind = "csrf"
		}
		token, err := u.token(ctx, kind)
		if err != nil {
			return nil, fmt.Errorf("%s as %s: %w", action, u, err)
		}
		p.Set("token", token)
	} else if err := u.login(ctx); err != nil {
		return nil, fmt.Errorf("%s as %s: %w", action, u, err)
	}
	out, err := u.post(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("%s as %s: %w", action, u, err)
	}
	return out, nil
}

// String returns the name, for messages.
func (u *User) String() string {
	if u.Name == "" {
		return "a visitor"
	}
	return u.Name
}

// do is Do with the answer decoded into out.
func (u *User) do(ctx context.Context, out any, params map[string]string) error {
	b, err := u.Do(ctx, params)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%s as %s: %w", params["action"], u, err)
	}
	return nil
}

func (u *User) login(ctx context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.loginLocked(ctx)
}

func (u *User) loginLocked(ctx context.Context) error {
	if u.ready || u.Name == "" {
		return nil
	}
	token, err := u.fetchToken(ctx, "login")
	if err != nil {
		return err
	}
	b, err := u.post(ctx, url.Values{"action": {"clientlogin"}, "username": {u.Name}, "password": {u.Password},
		"logintoken": {token}, "loginreturnurl": {u.wiki.URL}})
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	var answer struct {
		ClientLogin struct{ Status, Message, MessageCode string }
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	if l := answer.ClientLogin; l.Status != "PASS" {
		return fmt.Errorf("log in: %w", &APIError{l.MessageCode, l.Message})
	}
	u.ready = true
	return nil
}

// token returns a token of a kind and remembers it.
func (u *User) token(ctx context.Context, kind string) (string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.loginLocked(ctx); err != nil {
		return "", err
	}
	if t := u.tokens[kind]; t != "" {
		return t, nil
	}
	t, err := u.fetchToken(ctx, kind)
	if err == nil {
		u.tokens[kind] = t
	}
	return t, err
}

func (u *User) fetchToken(ctx context.Context, kind string) (string, error) {
	b, err := u.post(ctx, url.Values{"action": {"query"}, "meta": {"tokens"}, "type": {kind}})
	if err != nil {
		return "", fmt.Errorf("get %s token: %w", kind, err)
	}
	var answer struct {
		Query struct{ Tokens map[string]string }
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return "", fmt.Errorf("get %s token: %w", kind, err)
	}
	return answer.Query.Tokens[kind+"token"], nil
}

func (u *User) post(ctx context.Context, p url.Values) (json.RawMessage, error) {
	p.Set("format", "json")
	p.Set("formatversion", "2")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.wiki.API, strings.NewReader(p.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := u.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var answer struct{ Error *APIError }
	if err := json.Unmarshal(b, &answer); err != nil {
		return nil, fmt.Errorf("status %d, not JSON: %.500s", resp.StatusCode, b)
	}
	if answer.Error != nil {
		return nil, answer.Error
	}
	return b, nil
}

// page is the address of a page.
func (u *User) page(title string) *url.URL {
	base, err := url.Parse(u.wiki.URL)
	if err != nil {
		panic("unreachable: the address was made from a port number")
	}
	return base.JoinPath("index.php", strings.ReplaceAll(title, " ", "_"))
}
