// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what recentchange events mean, which are rows of a wiki's
// recent changes: edits, new pages, log entries and more.

package events

import (
	"encoding/json"
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

// fill fills in what a change of a type means. It reports false for a type that
// it does not know.
func (rc *recentChange) fill(e *Event, changeType string) bool {
	if e.Domain == "" {
		e.Domain = rc.ServerName
	}
	if t := credible(time.Unix(int64(rc.Timestamp), 0).UTC()); rc.Timestamp > 0 && !t.IsZero() {
		e.Time = t
	}
	e.Namespace = int(rc.Namespace)
	e.Title = spaces(rc.Title)
	e.User = rc.User
	e.Bot, e.Minor = rc.Bot, rc.Minor
	e.Comment = rc.Comment

	switch changeType {
	case "edit":
		e.Kind = Edit
	case "new":
		e.Kind = Create
	case "log":
		rc.entry(e)
		return true
	case "categorize", "external":
		e.Kind = Other
		return true
	default:
		return false
	}
	e.Revision, e.Parent = int64(rc.Revision.New), int64(rc.Revision.Old)
	return true
}

// entry fills in what a log entry means. The title and the namespace of a log
// entry are those of the page that it was made on, which for a move is the one
// before it. Entries that change no page are of the kind Log, and so are those
// that make pages by the hundred (imports, merged histories).
func (rc *recentChange) entry(e *Event) {
	e.Kind = Log
	e.LogType, e.LogAction = rc.LogType, rc.LogAction
	switch rc.LogType {
	case "move":
		if to := rc.target(); to != "" {
			e.Kind, e.OldTitle, e.Title = Move, e.Title, to
			e.Namespace = movedTo(e.OldTitle, e.Namespace, to)
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

// englishNames are the names of namespaces that every wiki reads, whatever its
// language. Those of the main namespace are not among them, nor those to which
// no page can be moved.
var englishNames = map[string]int{
	"Talk": 1, "User": 2, "User talk": 3, "Project": 4, "Project talk": 5, "File": 6, "File talk": 7, "MediaWiki": 8, "MediaWiki talk": 9,
	"Template": 10, "Template talk": 11, "Help": 12, "Help talk": 13, "Category": 14, "Category talk": 15,
}

// movedTo is the namespace of the title to which a page was moved. The event
// does not tell it, but a title without a colon is in the main namespace, and
// one with the same name before the colon in the same. If only the wiki could
// tell it is that of the old title.
func movedTo(from string, namespace int, to string) int {
	name, _, found := strings.Cut(to, ":")
	if !found {
		return 0
	}
	if old, _, found := strings.Cut(from, ":"); found && old == name {
		return namespace
	}
	if n, ok := englishNames[name]; ok {
		return n
	}
	return namespace
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
