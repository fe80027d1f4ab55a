// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds patience: what is tried again, how long that is waited for, and when waiting is pointless.

package wiki

import (
	"context"
	"errors"
	"strings"
	"time"
)

// maxTries is how often a request fails before we look whether the fault is its own, and then between two such looks.
// It also bounds how often an edit is sent of which no answer comes.
const maxTries = 5

// errWaited is the cause of errors that end waiting because an edit has used up its time.
var errWaited = errors.New("no more time to wait")

// deniedError is the cause of errors that end an edit because Edit.Allowed returned this.
type deniedError struct{ error }

// persist tries until it works, the context ends, until has passed (unless it is zero), or an error comes that waiting
// does not help. One request that always fails on a wiki that otherwise answers is such an error, of class Unknown.
func (c *Client) persist(ctx context.Context, t *trouble, until time.Time, try func() *Error) *Error {
	wait := c.firstWait
	for failures, answered := 0, false; ; wait = min(2*wait, c.longestWait) {
		err := try()
		switch {
		case err == nil:
			t.end(c.cfg.Log)
			return nil
		case err.ownEnd():
			return err // we have ended it, which says nothing about the wiki
		case ctx.Err() != nil:
			err.Class, err.cause = Transient, ctx.Err()
			return err
		case err.Class != Transient:
			t.end(c.cfg.Log) // refused, but answered
			return err
		}
		d := max(wait, err.RetryAfter)
		t.begin(c.cfg.Log, err, d)
		if err.doubtful {
			return err
		}
		blamed := mayBeTheRequests(err)
		if blamed && answered {
			t.end(c.cfg.Log)
			err.Class = Unknown
			return err
		}
		start := time.Now()
		if ended := rest(ctx, d, until); ended != nil {
			err.cause, err.RetryAfter = ended, max(0, err.RetryAfter-time.Since(start))
			return err
		}
		if blamed {
			failures++
		}
		// After a good answer comes one more try: the wiki may have been down until now.
		answered = blamed && failures%maxTries == 0 && c.answers(ctx)
	}
}

// ownEnd reports errors with which we end an edit ourselves, before it is sent.
func (e *Error) ownEnd() bool {
	_, denied := e.cause.(deniedError)
	return denied || e.cause == errWaited
}

// mayBeTheRequests reports failures that one request can have for good while others are answered: its time is too
// short, or programs and servers break on it. Lag, limits and read-only mode always pass. A failed login tells nothing
// about the request that it was for.
func mayBeTheRequests(err *Error) bool {
	switch err.Code {
	case "network", "not-json", "http-408", "timeouterror":
		return err.Action != "login"
	}
	return err.Action != "login" && (strings.HasPrefix(err.Code, "http-5") || crashed(err.Code))
}

// answers asks the wiki something cheap, once, and reports whether it answers.
func (c *Client) answers(ctx context.Context) bool {
	_, err := c.once(ctx, request{action: "query", params: map[string]string{"meta": "siteinfo", "siprop": "general", "formatversion": "2"}})
	return err == nil
}

// rest waits for d, but only until then (unless that is zero), which is errWaited.
func rest(ctx context.Context, d time.Duration, until time.Time) error {
	if left := time.Until(until); !until.IsZero() && left < d {
		if err := pause(ctx, left); err != nil {
			return err
		}
		return errWaited
	}
	return pause(ctx, d)
}

// pause waits, or returns the context's error if that ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// canceled is the error of a request that was not sent since its context ended.
func canceled(action, title string, cause error) *Error {
	return &Error{Code: "canceled", Class: Transient, Action: action, Title: title, cause: cause}
}

// finishes is how long the answer to an edit is waited for that was being sent when the context ended: as long as a
// shutdown may take, without what comes after. Without it a new process would have to look for the edit.
const finishes = 4 * time.Second

// inHand returns a context for an edit that is about to be sent: it ends a while after ctx has.
func inHand(ctx context.Context) (context.Context, func()) {
	if ctx.Err() != nil {
		return ctx, func() {}
	}
	longer, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(finishes, end)
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() {
		stop()
		end()
	}
}
