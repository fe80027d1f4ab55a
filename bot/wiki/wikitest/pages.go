// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds what people do to pages, and what can be read from the wiki without an account.

package wikitest

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Edit saves text as the whole page, which it creates if need be, and returns the page's newest revision.
func (u *User) Edit(ctx context.Context, title, text, summary string) (rev int64, err error) {
	return u.save(ctx, map[string]string{"title": title, "text": text, "summary": summary})
}

// Append adds text at the end of a page. The caller starts it with a newline where one is wanted.
func (u *User) Append(ctx context.Context, title, text, summary string) (rev int64, err error) {
	return u.save(ctx, map[string]string{"title": title, "appendtext": text, "summary": summary})
}

// AddSection adds a section at the end of a page, as on a talk page.
func (u *User) AddSection(ctx context.Context, title, heading, text string) (rev int64, err error) {
	return u.save(ctx, map[string]string{"title": title, "section": "new", "sectiontitle": heading, "text": text,
		"summary": "/* " + heading + " */ new section"})
}

// Replace swaps every old for new in a page. It is an error if old is not there, or if the page changes meanwhile.
func (u *User) Replace(ctx context.Context, title, old, new, summary string) (rev int64, err error) {
	text, base, err := u.Read(ctx, title)
	if err != nil {
		return 0, err
	}
	if !strings.Contains(text, old) {
		return 0, fmt.Errorf("replace in %q: the page does not contain %q:\n%s", title, old, text)
	}
	return u.save(ctx, map[string]string{"title": title, "text": strings.ReplaceAll(text, old, new), "summary": summary,
		"baserevid": strconv.FormatInt(base, 10)})
}

func (u *User) save(ctx context.Context, params map[string]string) (int64, error) {
	params["action"] = "edit"
	b, err := u.Do(ctx, params)
	if err != nil {
		return 0, fmt.Errorf("save %q: %w", params["title"], err)
	}
	var answer struct {
		Edit struct {
			Result   string
			NewRevID int64
			NoChange bool
		}
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return 0, fmt.Errorf("save %q: %w", params["title"], err)
	}
	switch {
	case answer.Edit.Result != "Success":
		return 0, fmt.Errorf("save %q: %s", params["title"], b)
	case answer.Edit.NoChange:
		_, rev, err := u.Read(ctx, params["title"])
		return rev, err
	}
	return answer.Edit.NewRevID, nil
}

// Rev is one revision of a page's history.
type Rev struct {
	ID      int64
	User    string
	Comment string
	Time    time.Time
	Minor   bool
	Bot     bool // flagged in Recent Changes
	Text    string
}

type revisions struct {
	Query struct {
		Pages []struct {
			Title   string
			Missing bool
			Invalid bool
			Reason  string `json:"invalidreason"`

			Revisions []struct {
				RevID         int64
				User, Comment string
				Timestamp     time.Time
				Minor         bool
				Slots         struct{ Main struct{ Content string } }
			}
		}
		RecentChanges []struct {
			RevID int64
			Bot   bool
		}
	}
}

// Read returns a page's text and revision. A page that does not exist is an *APIError with the code missingtitle.
func (u *User) Read(ctx context.Context, title string) (text string, rev int64, err error) {
	var answer revisions
	if err := u.do(ctx, &answer, map[string]string{"action": "query", "prop": "revisions", "rvprop": "ids|content", "rvslots": "main",
		"titles": title}); err != nil {
		return "", 0, fmt.Errorf("read %q: %w", title, err)
	}
	if len(answer.Query.Pages) != 1 || len(answer.Query.Pages[0].Revisions) != 1 {
		return "", 0, fmt.Errorf("read %q: %w", title, &APIError{"missingtitle", "no such page"})
	}
	r := answer.Query.Pages[0].Revisions[0]
	return r.Slots.Main.Content, r.RevID, nil
}

// Move renames a page and leaves a redirect.
func (u *User) Move(ctx context.Context, from, to, reason string) error {
	return u.act(ctx, "move", "from", from, "to", to, "reason", reason)
}

// Delete deletes a page.
func (u *User) Delete(ctx context.Context, title, reason string) error {
	return u.act(ctx, "delete", "title", title, "reason", reason)
}

// Undelete restores a page with all its revisions.
func (u *User) Undelete(ctx context.Context, title, reason string) error {
	return u.act(ctx, "undelete", "title", title, "reason", reason)
}

// Protect lets only one level, such as sysop or autoconfirmed, edit and move a page; "" lifts the protection.
// A page that does not exist is protected against creation.
func (u *User) Protect(ctx context.Context, title, level string) error {
	if level == "" {
		level = "all"
	}
	protections := "edit=" + level + "|move=" + level
	if _, _, err := u.Read(ctx, title); err != nil {
		protections = "create=" + level
	}
	return u.act(ctx, "protect", "title", title, "protections", protections, "reason", "test")
}

// Block keeps an account from editing until Unblock.
func (u *User) Block(ctx context.Context, name, reason string) error {
	return u.act(ctx, "block", "user", name, "reason", reason, "expiry", "never", "allowusertalk", "1")
}

// Unblock ends a block.
func (u *User) Unblock(ctx context.Context, name, reason string) error {
	return u.act(ctx, "unblock", "user", name, "reason", reason)
}

// HideRevision hides parts of a revision from everybody but administrators. parts are content, comment and user.
// The newest revision's content cannot be hidden.
func (u *User) HideRevision(ctx context.Context, title string, rev int64, parts ...string) error {
	return u.act(ctx, "revisiondelete", "type", "revision", "target", title, "ids", strconv.FormatInt(rev, 10),
		"hide", strings.Join(parts, "|"), "reason", "test")
}

func (u *User) act(ctx context.Context, action string, pairs ...string) error {
	params := map[string]string{"action": action}
	for i := 0; i < len(pairs); i += 2 {
		params[pairs[i]] = pairs[i+1]
	}
	if _, err := u.Do(ctx, params); err != nil {
		return fmt.Errorf("%s %q: %w", action, pairs[1], err)
	}
	return nil
}

// HTML returns a page's rendered body, as a visitor sees it.
func (w *Wiki) HTML(ctx context.Context, title string) (string, error) {
	var answer struct{ Parse struct{ Text string } }
	if err := w.reader.do(ctx, &answer, map[string]string{"action": "parse", "page": title, "prop": "text"}); err != nil {
		return "", fmt.Errorf("render %q: %w", title, err)
	}
	return answer.Parse.Text, nil
}

// History returns a page's revisions, oldest first, at most 50; a page that does not exist has none.
func (w *Wiki) History(ctx context.Context, title string) ([]Rev, error) {
	var answer revisions
	if err := w.reader.do(ctx, &answer, map[string]string{"action": "query", "prop": "revisions", "titles": title,
		"rvprop": "ids|user|comment|timestamp|flags|content", "rvslots": "main", "rvlimit": "50", "list": "recentchanges",
		"rctitle": title, "rcprop": "ids|flags", "rclimit": "500"}); err != nil {
		return nil, fmt.Errorf("read history of %q: %w", title, err)
	}
	bot := map[int64]bool{}
	for _, c := range answer.Query.RecentChanges {
		bot[c.RevID] = c.Bot
	}
	var revs []Rev
	for _, p := range answer.Query.Pages {
		for _, r := range p.Revisions {
			revs = append([]Rev{{r.RevID, r.User, r.Comment, r.Timestamp, r.Minor, bot[r.RevID], r.Slots.Main.Content}}, revs...)
		}
	}
	return revs, nil
}
