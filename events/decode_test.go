// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of Decode: what each shape of event means.

package events_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// rcMeta starts a recentchange event; rcWiki ends one.
const (
	rcMeta = `{"$schema":"/mediawiki/recentchange/1.0.0","meta":{"id":"11111111-aaaa-4bbb-8ccc-000000000001","dt":"2026-05-20T10:00:05Z","domain":"meta.example.org","stream":"mediawiki.recentchange","topic":"eqiad.mediawiki.recentchange","partition":0,"offset":7},`
	rcWiki = `"server_url":"https://meta.example.org","server_name":"meta.example.org","server_script_path":"/w","wiki":"metawiki","parsedcomment":""}`
	rcLog  = rcMeta + `"id":9,"type":"log","namespace":2,"title":"User:Quill/draft.js","comment":"tidy","timestamp":1779271200,"user":"Quill","bot":false,"log_id":4,"log_action_comment":"x",`
)

var rcTime = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

// rc is the event that those make, changed by edit.
func rc(edit func(*events.Event)) events.Event {
	e := events.Event{
		ID: "11111111-aaaa-4bbb-8ccc-000000000001", Stream: "mediawiki.recentchange",
		Wiki: "metawiki", Domain: "meta.example.org", Time: rcTime,
		Namespace: 2, Title: "User:Quill/draft.js", User: "Quill", Comment: "tidy",
	}
	edit(&e)
	return e
}

func TestDecodeRecentChange(t *testing.T) {
	tests := []struct {
		name, data string
		want       events.Event
	}{
		{
			"an edit",
			rcMeta + `"id":5,"type":"edit","namespace":1,"title":"Talk:Tea house","comment":"reply","timestamp":1779271200,"user":"Quill","bot":true,"minor":true,"patrolled":true,"length":{"old":1,"new":2},"revision":{"old":40,"new":41},` + rcWiki,
			rc(func(e *events.Event) {
				e.Kind, e.Namespace, e.Title, e.Comment = events.Edit, 1, "Talk:Tea house", "reply"
				e.Bot, e.Minor, e.Revision, e.Parent = true, true, 41, 40
			}),
		},
		{
			"a new page, whose old revision is null or missing",
			rcMeta + `"id":null,"type":"new","namespace":2,"title":"User:Quill/draft.js","comment":"tidy","timestamp":1779271200,"user":"Quill","bot":false,"minor":false,"length":{"new":2},"revision":{"old":null,"new":42},` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.Revision = events.Create, 42 }),
		},
		{
			"numbers as strings",
			rcMeta + `"id":"5","type":"edit","namespace":"2","title":"User:Quill/draft.js","comment":"tidy","timestamp":"1779271200","user":"Quill","revision":{"old":"41","new":"42"},` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.Revision, e.Parent = events.Edit, 42, 41 }),
		},
		{
			"an edit whose user is hidden",
			rcMeta + `"id":5,"type":"edit","namespace":2,"title":"User:Quill/draft.js","comment":"tidy","timestamp":1779271200,"bot":false,"revision":{"new":42},` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.Revision, e.User = events.Edit, 42, "" }),
		},
		{
			"a move, its title the old one",
			rcLog + `"log_type":"move","log_action":"move","log_params":{"target":"User:Quill/tool.js","noredir":"0"},` + rcWiki,
			rc(func(e *events.Event) {
				e.Kind, e.LogType, e.LogAction = events.Move, "move", "move"
				e.OldTitle, e.Title = e.Title, "User:Quill/tool.js"
			}),
		},
		{
			"a move with parameters as a list",
			rcLog + `"log_type":"move","log_action":"move_redir","log_params":["User:Quill/tool_2.js",""],` + rcWiki,
			rc(func(e *events.Event) {
				e.Kind, e.LogType, e.LogAction = events.Move, "move", "move_redir"
				e.OldTitle, e.Title = e.Title, "User:Quill/tool 2.js"
			}),
		},
		{
			"a move with parameters as text",
			rcLog + `"log_type":"move","log_action":"move","log_params":"User:Quill/tool.js\n1",` + rcWiki,
			rc(func(e *events.Event) {
				e.Kind, e.LogType, e.LogAction = events.Move, "move", "move"
				e.OldTitle, e.Title = e.Title, "User:Quill/tool.js"
			}),
		},
		{
			"a move that does not say where to is a log entry",
			rcLog + `"log_type":"move","log_action":"move","log_params":[],` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.LogType, e.LogAction = events.Log, "move", "move" }),
		},
		{
			"a deletion",
			rcLog + `"log_type":"delete","log_action":"delete","log_params":[],` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.LogType, e.LogAction = events.Delete, "delete", "delete" }),
		},
		{
			"a deletion to make way for a move",
			rcLog + `"log_type":"delete","log_action":"delete_redir",` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.LogType, e.LogAction = events.Delete, "delete", "delete_redir" }),
		},
		{
			"a restored page",
			rcLog + `"log_type":"delete","log_action":"restore","log_params":{"count":{"revisions":2,"files":0}},` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.LogType, e.LogAction = events.Undelete, "delete", "restore" }),
		},
		{
			"one revision hidden",
			rcLog + `"log_type":"delete","log_action":"revision","log_params":{"type":"revision","ids":["77"],"ofield":0,"nfield":1},` + rcWiki,
			rc(func(e *events.Event) {
				e.Kind, e.LogType, e.LogAction, e.Revision = events.Visibility, "delete", "revision", 77
			}),
		},
		{
			"several revisions hidden",
			rcLog + `"log_type":"delete","log_action":"revision","log_params":{"type":"revision","ids":[77,78],"ofield":0,"nfield":1},` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.LogType, e.LogAction = events.Visibility, "delete", "revision" }),
		},
		{
			"another log entry",
			rcLog + `"log_type":"newusers","log_action":"create","log_params":{"userid":3},` + rcWiki,
			rc(func(e *events.Event) { e.Kind, e.LogType, e.LogAction = events.Log, "newusers", "create" }),
		},
		{
			"a category change",
			rcMeta + `"id":5,"type":"categorize","namespace":14,"title":"Category:Tools","comment":"added","timestamp":1779271200,"user":"Quill","bot":false,` + rcWiki,
			rc(func(e *events.Event) {
				e.Kind, e.Namespace, e.Title, e.Comment = events.Other, 14, "Category:Tools", "added"
			}),
		},
		{
			"a change on another wiki",
			rcMeta + `"id":5,"type":"external","namespace":0,"title":"Tea","comment":"","timestamp":1779271200,"user":"d>Quill","bot":false,"future":{"a":[1]},` + rcWiki,
			rc(func(e *events.Event) {
				e.Kind, e.Namespace, e.Title, e.Comment, e.User = events.Other, 0, "Tea", "", "d>Quill"
			}),
		},
		{
			"a bare packet of RCFeed",
			`{"id":2,"type":"new","namespace":1,"title":"Talk:Tea","comment":"hi","timestamp":1779271200,"user":"Quill","bot":false,"minor":false,"patrolled":false,"length":{"old":null,"new":30},"revision":{"old":null,"new":2},"server_url":"http://wiki.example","server_name":"wiki.example","server_script_path":"/","wiki":"teawiki"}`,
			events.Event{
				Kind: events.Create, Wiki: "teawiki", Domain: "wiki.example", Time: rcTime,
				Namespace: 1, Title: "Talk:Tea", Revision: 2, User: "Quill", Comment: "hi",
			},
		},
		{
			"a canary, which has nothing but meta",
			`{"$schema":"/mediawiki/recentchange/1.0.1","meta":{"id":"c","dt":"2026-05-20T10:00:00Z","domain":"canary","stream":"mediawiki.recentchange"}}`,
			events.Event{ID: "c", Stream: "mediawiki.recentchange", Kind: events.Canary, Domain: "canary", Time: rcTime},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := events.Decode([]byte(test.data))
			if err != nil {
				t.Fatalf("Decode: %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Decode (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodePageChange(t *testing.T) {
	base := events.Event{
		ID: "22222222-aaaa-4bbb-8ccc-000000000001", Stream: "mediawiki.page_change.v1",
		Wiki: "metawiki", Domain: "meta.example.org", Time: rcTime,
		Namespace: 3, Title: "User talk:Quill/box 2", PageID: 60, ContentModel: "wikitext", User: "Quill",
	}
	with := func(edit func(*events.Event)) events.Event {
		e := base
		edit(&e)
		return e
	}
	want := map[string]events.Event{
		"edit.json": with(func(e *events.Event) {
			e.Kind, e.Revision, e.Parent, e.Minor, e.Comment = events.Edit, 501, 500, true, "reply"
		}),
		"create.json": with(func(e *events.Event) {
			e.Kind, e.Revision, e.Comment, e.Temp, e.User = events.Create, 502, "first", true, "~2026-77"
		}),
		"move.json": with(func(e *events.Event) {
			e.Kind, e.Revision, e.Parent, e.Comment = events.Move, 503, 501, "a better name"
			e.OldTitle, e.Minor = "User talk:Quill/box 1", true
		}),
		"delete.json": with(func(e *events.Event) { e.Kind, e.Comment = events.Delete, "no longer needed" }),
		"undelete.json": with(func(e *events.Event) {
			e.Kind, e.Revision, e.Comment = events.Undelete, 503, "asked for"
		}),
		"visibility.json": with(func(e *events.Event) { e.Kind, e.Revision, e.User = events.Visibility, 501, "" }),
		"bot.json": with(func(e *events.Event) {
			e.Kind, e.Revision, e.Parent, e.Bot, e.User = events.Edit, 504, 503, true, "QuillBot"
		}),
		"hidden-user.json": with(func(e *events.Event) { e.Kind, e.Revision, e.Parent, e.User = events.Edit, 505, 504, "" }),
		"canary.json": {
			ID: "22222222-aaaa-4bbb-8ccc-000000000009", Stream: "mediawiki.page_change.v1",
			Kind: events.Canary, Domain: "examplewiki", Time: rcTime.Add(2 * time.Second),
		},
	}
	files, err := filepath.Glob("testdata/page_change/*.json")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files, want %d (%v)", len(files), len(want), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := events.Decode(data)
			if err != nil {
				t.Fatalf("Decode: %v", err)
			}
			if diff := cmp.Diff(want[filepath.Base(file)], got); diff != "" {
				t.Errorf("Decode (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeErrors(t *testing.T) {
	tests := []struct {
		name, data string
		unknown    bool
	}{
		{"nothing", ``, false},
		{"half an event", `{"$schema":"/mediawiki/recentchange/1.0.0","ti`, false},
		{"a list", `[1,2]`, true},
		{"an empty object", `{}`, true},
		{"another stream", `{"$schema":"/mediawiki/page/move/1.0.0","meta":{"domain":"meta.example.org"},"database":"metawiki"}`, true},
		{"another stream with a type and a wiki", `{"$schema":"/analytics/thing/1.0.0","type":"edit","wiki":"metawiki"}`, true},
		{"a later recentchange", `{"$schema":"/mediawiki/recentchange/2.0.0","type":"edit","wiki":"metawiki"}`, true},
		{"a type of change that is not known", rcMeta + `"type":"sparkle",` + rcWiki, true},
		{"no type at all", rcMeta + rcWiki, true},
		{"a kind of page change that is not known", `{"page_change_kind":"sparkle","wiki_id":"metawiki"}`, true},
		{"a title that is a number", rcMeta + `"type":"edit","title":7,` + rcWiki, true},
		{"a revision that is no number", rcMeta + `"type":"edit","revision":{"new":"seven"},` + rcWiki, true},
		{"a revision out of range", rcMeta + `"type":"edit","revision":{"new":9223372036854775808},` + rcWiki, true},
		{"a namespace out of range", `{"page_change_kind":"edit","wiki_id":"metawiki","page":{"page_title":"A","namespace_id":1e2}}`, true},
		{"a page change without a page", `{"page_change_kind":"edit","wiki_id":"metawiki"}`, true},
		{"a user that is a list", `{"page_change_kind":"edit","wiki_id":"metawiki","performer":{"user_text":[]}}`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, err := events.Decode([]byte(test.data))
			if err == nil {
				t.Fatalf("Decode = %+v, want an error", e)
			}
			if got := errors.Is(err, events.ErrUnknown); got != test.unknown {
				t.Errorf("errors.Is(%v, ErrUnknown) = %v, want %v", err, got, test.unknown)
			}
		})
	}
}
