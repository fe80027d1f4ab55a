// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds writing: one edit, done once.

package wiki

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Editor saves pages. The publish stage alone has one; a Client by itself can only read.
type Editor struct{ c *Client }

// NewEditor returns an editor that writes as the client's account.
func NewEditor(c *Client) *Editor { return &Editor{c: c} }

// Save makes an edit. Edits of one client are made one after the other, EditInterval apart.
//
// If the page has changed since BaseRevision, the wiki merges the changes where it can; then Saved.Old is not
// BaseRevision. If it cannot, or if the page is gone (or there already, with Create), the error is of class Conflict.
//
// Before each sending, repetitions included, Allowed is asked; its error ends Save, which returns it as it is.
//
// An edit of which no answer came is looked for in the page's history before it is sent again; see find. One that must
// be made only once is not sent again, even if it is not found: servers may still be at work on it. Then the error has
// class Transient and code in-doubt.
//
// Trouble that passes by itself is waited out for one minute in all, without the waits for other edits and for
// EditInterval. Nothing is sent after that: what was planned is old by then. The error has class Transient and code
// waited; the caller should read the page and plan again. If an attempt had no answer, the history has been looked at
// last, however long the wiki took to show it, and did not have the edit. RetryAfter is what is left of the time that
// the wiki asked for; the next Save sends nothing before that either.
func (e *Editor) Save(ctx context.Context, edit Edit) (Saved, error) {
	if err := checkTitle("edit", edit.Title); err != nil {
		return Saved{}, err
	}
	if !edit.Create && edit.BaseRevision == 0 {
		return Saved{}, &Error{Code: "no-base", Action: "edit", Title: edit.Title, Info: "an edit of a page must say which revision it changes"}
	}
	select {
	case e.c.editing <- struct{}{}:
		defer func() { <-e.c.editing }()
	case <-ctx.Done():
		return Saved{}, canceled("edit", edit.Title, ctx.Err())
	}

	edit.Text = normalize(edit.Text)
	if err := pause(ctx, time.Until(e.c.nextEdit)); err != nil {
		return Saved{}, canceled("edit", edit.Title, err)
	}
	until := time.Now().Add(e.c.editBudget)
	if ended := rest(ctx, time.Until(e.c.resume), until); ended == errWaited {
		return Saved{}, e.waited(edit)
	} else if ended != nil {
		return Saved{}, canceled("edit", edit.Title, ended)
	}
	return e.insist(ctx, edit, until)
}

// insist sends an edit until it is saved or refused, or time is up.
func (e *Editor) insist(ctx context.Context, edit Edit, until time.Time) (Saved, error) {
	wait := e.c.firstWait
	for doubts := 0; ; {
		var saved Saved
		var err *Error
		if edit.Once && doubts > 0 {
			err = &Error{Code: "in-doubt", Class: Transient, Action: "edit", Title: edit.Title, doubtful: true} // look again
		} else {
			saved, err = e.send(ctx, edit, until)
		}
		if err == nil {
			return saved, nil
		}
		if denied, ok := err.cause.(deniedError); ok {
			return Saved{}, denied.error
		}
		if ctx.Err() != nil {
			return Saved{}, err
		}
		if e.untag(err.Code) {
			continue
		}
		e.c.resume = time.Now().Add(err.RetryAfter)
		late := err.cause == errWaited
		if err.doubtful {
			doubts++
			ended := rest(ctx, max(wait, err.RetryAfter), until)
			if late = ended == errWaited; ended != nil && !late {
				err.cause = ended
				return Saved{}, err
			}
			wait = min(2*wait, e.c.longestWait)
		}
		// After a doubtful attempt, a conflict can be one with ourselves.
		if doubts == 0 || !err.doubtful && !late && err.Class != Conflict {
			if late {
				return Saved{}, e.waited(edit)
			}
			return Saved{}, err
		}
		saved, found, findErr := e.find(ctx, edit)
		switch {
		case findErr != nil && edit.Once && ctx.Err() == nil && ClassOf(findErr) != Identity:
			return Saved{}, inDoubt(edit)
		case findErr != nil:
			return Saved{}, findErr
		case found:
			e.c.writes.end(e.c.cfg.Log)
			return saved, nil
		case err.Class == Conflict:
			return Saved{}, err
		case doubts == maxTries:
			// The wiki answers, but not to this edit.
			err.Class = Unknown
			return Saved{}, err
		case edit.Once && (doubts == looks || late || time.Now().After(until)):
			return Saved{}, inDoubt(edit)
		case late || time.Now().After(until):
			return Saved{}, e.waited(edit)
		}
	}
}

// looks is how often an edit that must be made only once is looked for before Save gives up.
const looks = 4

// inDoubt is the error of an edit that may still be on its way.
func inDoubt(edit Edit) *Error {
	return &Error{Code: "in-doubt", Class: Transient, Action: "edit", Title: edit.Title, Info: "the wiki has not said whether it was saved"}
}

// normalize does to a text what MediaWiki does to it on arrival, so that checksums and comparisons agree: valid UTF-8 in
// normal form C, no control characters, lines that end in a newline, none at the end.
func normalize(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == '\uFFFE' || r == '\uFFFF' {
			return '\uFFFD'
		}
		return r
	}, text)
	return strings.TrimRight(norm.NFC.String(text), " \t\n")
}

// send makes one edit request, and waits out what is told before the edit is made.
func (e *Editor) send(ctx context.Context, edit Edit, until time.Time) (Saved, *Error) {
	if ended := rest(ctx, time.Until(e.c.nextEdit), until); ended != nil {
		return Saved{}, canceled("edit", edit.Title, ended)
	}
	e.c.nextEdit = time.Now().Add(e.c.cfg.EditInterval)
	sum := md5.Sum([]byte(edit.Text))
	p := map[string]string{
		"title": edit.Title, "text": edit.Text, "md5": hex.EncodeToString(sum[:]),
		"formatversion": "2", "watchlist": "nochange",
	}
	if edit.Summary != "" {
		p["summary"] = edit.Summary
	}
	if e.c.cfg.Tag != "" && !e.c.untagged {
		p["tags"] = e.c.cfg.Tag
	}
	flag(p, edit.Create, "createonly", "nocreate")
	flag(p, edit.Minor, "minor", "notminor")
	flag(p, edit.Bot, "bot", "")
	if !edit.Create {
		p["baserevid"] = strconv.FormatInt(edit.BaseRevision, 10)
	}
	if edit.Read != "" {
		p["starttimestamp"] = edit.Read
	}
	if e.c.cfg.MaxLag > 0 {
		p["maxlag"] = strconv.Itoa(e.c.cfg.MaxLag)
	}
	body, err := e.c.call(ctx, request{action: "edit", title: edit.Title, params: p, post: true, edit: true,
		allowed: edit.Allowed, until: until})
	if err != nil {
		return Saved{}, err
	}
	return readSaved(body, edit)
}

// untag reports whether an edit was refused for its tag, after seeing to it that the next ones go without. That the wiki
// says before it does anything.
func (e *Editor) untag(code string) bool {
	if e.c.cfg.Tag == "" || e.c.untagged || code != "badtags" && !strings.HasPrefix(code, "tags-apply-") {
		return false
	}
	e.c.untagged = true
	e.c.cfg.Log.Warn().Str("tag", e.c.cfg.Tag).Str("code", code).
		Msg("the wiki does not let the account apply the tag, so edits go without; define it on Special:Tags and grant applychangetags")
	return true
}

// flag sets one of two parameters. A flag is never set to "", which the library drops from long requests.
func flag(p map[string]string, on bool, yes, no string) {
	if on {
		p[yes] = "1"
	} else if no != "" {
		p[no] = "1"
	}
}

// waited is the error of an edit that has used up its time.
func (e *Editor) waited(edit Edit) *Error {
	info := fmt.Sprintf("not saved within %v", e.c.editBudget)
	if _, reason := e.c.writes.state(); reason != "" {
		code, _, _ := strings.Cut(reason, ":") // the rest of it, such as seconds of lag, changes all the time
		info += ", " + code
	}
	return &Error{Code: "waited", Class: Transient, Action: "edit", Title: edit.Title, Info: info, RetryAfter: max(0, time.Until(e.c.resume))}
}

// readSaved understands the answer to an edit.
func readSaved(body []byte, edit Edit) (Saved, *Error) {
	fail := &Error{Code: "unreadable", Action: "edit", Title: edit.Title, Info: excerpt(body), doubtful: true}
	var answer struct {
		Edit struct {
			Result             string
			NewRevID, OldRevID int64
			NoChange           bool
			NewTimestamp       time.Time
			Captcha            json.RawMessage
			Code, Info         string
			Spam               string `json:"spamblacklist"`
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Saved{}, fail
	}
	a := answer.Edit
	switch {
	case a.Result == "Success" && a.NoChange:
		return Saved{Old: edit.BaseRevision, NoChange: true}, nil
	case a.Result == "Success" && a.NewRevID != 0:
		return Saved{Revision: a.NewRevID, Old: a.OldRevID, Time: a.NewTimestamp}, nil
	case a.Captcha != nil:
		fail.Code, fail.Info = "captcha", "the account is asked for a captcha; it needs the right skipcaptcha"
	case a.Spam != "":
		fail.Code, fail.Info = "spamblacklist", "listed address: "+a.Spam
	case a.Code != "":
		fail.Code, fail.Info = a.Code, a.Info
	}
	fail.Class, fail.doubtful = classOf(fail.Code), fail.Code == "unreadable"
	return Saved{}, fail
}

// accountName writes a user name as MediaWiki does.
func accountName(name string) string {
	name = strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
	_, first := utf8.DecodeRuneInString(name)
	return strings.ToUpper(name[:first]) + name[first:]
}
