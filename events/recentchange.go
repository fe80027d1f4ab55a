// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the decoder of recentchange events, which are rows of a
// wiki's recent changes: edits, new pages, log entries and more.

package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// recentChange is the part of /mediawiki/recentchange/1.0 that an Event needs.
type recentChange struct {
	Namespace  integer `json:"namespace"`
	Title      string  `json:"title"`
	Comment    string  `json:"comment"`
	Timestamp  integer `json:"timestamp"`
	User       string  `json:"user"`
	Bot        bool    `json:"bot"`
	Minor      bool    `json:"minor"`
	ServerName string  `json:"server_name"`
	Revision   struct {
		Old integer `json:"old"`
		New integer `json:"new"`
	} `json:"revision"`
	LogType   string          `json:"log_type"`
	LogAction string          `json:"log_action"`
	LogParams json.RawMessage `json:"log_params"`
}

func decodeRecentChange(head header, data []byte) (Event, error) {
	var rc recentChange
	if err := unmarshal(data, &rc); err != nil {
		return Event{}, fmt.Errorf("decode recentchange: %w", err)
	}
	e := head.event()
	e.Wiki = head.Wiki
	if e.Domain == "" {
		e.Domain = rc.ServerName
	}
	if rc.Timestamp > 0 {
		e.Time = time.Unix(int64(rc.Timestamp), 0).UTC()
	}
	e.Namespace = int(rc.Namespace)
	e.Title = spaces(rc.Title)
	e.User = rc.User
	e.Bot, e.Minor = rc.Bot, rc.Minor
	e.Comment = rc.Comment

	switch head.Type {
	case "edit":
		e.Kind = Edit
	case "new":
		e.Kind = Create
	case "log":
		rc.entry(&e)
		return e, nil
	case "categorize", "external":
		e.Kind = Other
		return e, nil
	default:
		return Event{}, fmt.Errorf("%w: recentchange of type %q", ErrUnknown, shorten(head.Type))
	}
	e.Revision, e.Parent = int64(rc.Revision.New), int64(rc.Revision.Old)
	return e, nil
}

// entry fills in what a log entry means. The title of a log entry is the page
// that it was made on, which for a move is the one before it. The event does
// not tell the namespace that a page was moved to: e.Namespace stays the old
// one.
func (rc *recentChange) entry(e *Event) {
	e.Kind = Log
	e.LogType, e.LogAction = rc.LogType, rc.LogAction
	switch rc.LogType {
	case "move":
		if to := rc.target(); to != "" {
			e.Kind, e.OldTitle, e.Title = Move, e.Title, to
		}
	case "delete":
		switch rc.LogAction {
		case "delete", "delete_redir", "delete_redir2":
			e.Kind = Delete
		case "restore":
			e.Kind = Undelete
		case "revision":
			e.Kind, e.Revision = Visibility, rc.hidden()
		}
	}
}

// target is the title that a page was moved to, "" if the event does not say.
// The parameters are an object, for entries in the form of before 2011 a list,
// and a string where they could not be read at all.
func (rc *recentChange) target() string {
	var object struct {
		Target string `json:"target"`
	}
	if json.Unmarshal(rc.LogParams, &object) == nil {
		return spaces(object.Target)
	}
	var list []any
	if json.Unmarshal(rc.LogParams, &list) == nil {
		if len(list) == 0 {
			return ""
		}
		first, _ := list[0].(string)
		return spaces(first)
	}
	var text string
	if json.Unmarshal(rc.LogParams, &text) == nil {
		first, _, _ := strings.Cut(text, "\n")
		return spaces(first)
	}
	return ""
}

// hidden is the one revision whose visibility changed, 0 if there are several
// or the event does not say.
func (rc *recentChange) hidden() int64 {
	var object struct {
		Type string    `json:"type"`
		IDs  []integer `json:"ids"`
	}
	if json.Unmarshal(rc.LogParams, &object) != nil || object.Type != "revision" || len(object.IDs) != 1 {
		return 0
	}
	return int64(object.IDs[0])
}

// spaces turns the database form of a title into the one that people read.
func spaces(title string) string {
	return strings.TrimSpace(strings.ReplaceAll(title, "_", " "))
}
