// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of log entries and of the fields that may be
// missing.

package events_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestDecodeLogEntries(t *testing.T) {
	log := func(e *events.Event) { e.Kind = events.Log }
	moved := func(to string, namespace int) func(*events.Event) {
		return func(e *events.Event) {
			e.Kind, e.OldTitle, e.Title, e.Namespace = events.Move, e.Title, to, namespace
		}
	}
	kind := func(k events.Kind) func(*events.Event) { return func(e *events.Event) { e.Kind = k } }
	hidden := func(revision int64) func(*events.Event) {
		return func(e *events.Event) { e.Kind, e.Revision = events.Visibility, revision }
	}
	tests := []struct {
		entry  string // log_type/log_action
		params string // "" if there are none
		want   func(*events.Event)
	}{
		{"move/move", `{"target":"User:Quill/b","noredir":"1"}`, moved("User:Quill/b", 2)},
		{"move/move", `{"target":"Quill's box","noredir":"0"}`, moved("Quill's box", 0)},
		{"move/move", `{"target":"MediaWiki:Gadget-Box.js","noredir":"0"}`, moved("MediaWiki:Gadget-Box.js", 8)},
		{"move/move_redir", `{"target":"Benutzer:Quill/b"}`, moved("Benutzer:Quill/b", 2)}, // only the wiki could tell
		{"move/move", `["Template_talk:Box"]`, moved("Template talk:Box", 11)},
		{"move/move", `"Talk:Box\n1"`, moved("Talk:Box", 1)},
		{"move/move", `{"target":""}`, log},
		{"move/move", `{"target":7}`, log},
		{"move/move", `[7]`, log},
		{"move/move", `[]`, log},
		{"move/move", `{}`, log},
		{"move/move", `null`, log},
		{"move/move", `false`, log},
		{"move/move", ``, log},

		{"delete/delete", `[]`, kind(events.Delete)},
		{"delete/delete_redir", ``, kind(events.Delete)},
		{"delete/delete_redir2", `{}`, kind(events.Delete)},
		{"delete/restore", `{"count":{"revisions":2,"files":0}}`, kind(events.Undelete)},
		{"delete/restore", `[]`, kind(events.Undelete)},
		{"delete/revision", `{"type":"revision","ids":["812"],"ofield":0,"nfield":6}`, hidden(812)},
		{"delete/revision", `{"type":"revision","ids":[812,813],"ofield":0,"nfield":6}`, hidden(0)},
		{"delete/revision", `{"type":"oldimage","ids":["2026"]}`, hidden(0)},
		{"delete/revision", `["revision","812","ofield=0","nfield=6"]`, hidden(0)},
		{"delete/revision", `{"type":"revision","ids":"812"}`, hidden(0)},
		{"delete/event", `{"type":"logging","ids":["9"],"ofield":0,"nfield":1}`, log},
		{"delete/flow-delete-topic", `{"topicId":"x"}`, log},

		{"abusefilter/hit", `{"action":"edit","filter":79,"actions":"tag","log":3}`, log},
		{"abusefilter/modify", `{"historyId":3,"newId":4}`, log},
		{"block/block", `{"duration":"1 day","flags":["nocreate"],"sitewide":true}`, log},
		{"block/unblock", `[]`, log},
		{"contentmodel/change", `{"oldmodel":"wikitext","newmodel":"json"}`, log},
		{"create/create", `{"associated_rev_id":5}`, log},
		{"gblblock/gblock", `["","expires"]`, log},
		{"import/interwiki", `{"count":3,"interwikiTitle":"x:Y"}`, log},
		{"import/upload", `{"count":3}`, log},
		{"interface-admin/x", `"text"`, log},
		{"managetags/create", `{"tag":"tea","count":0}`, log},
		{"massmessage/send", `{"revid":0}`, log},
		{"merge/merge", `{"dest":"Talk:B","mergepoint":"20260520100000"}`, log},
		{"newusers/create", `{"userid":47}`, log},
		{"pagetranslation/mark", `{"revision":4}`, log},
		{"patrol/patrol", `{"curid":"5","previd":"4","auto":0}`, log},
		{"protect/protect", `{"description":"[edit=sysop]","cascade":false,"details":[{"type":"edit","level":"sysop","expiry":"infinity"}]}`, log},
		{"protect/move_prot", `{"oldtitle":"A"}`, log},
		{"renameuser/renameuser", `{"olduser":"A","newuser":"B","edits":3}`, log},
		{"review/approve", `[5,4,"20260520100000"]`, log},
		{"rights/rights", `{"oldgroups":[],"newgroups":["bot"],"oldmetadata":[{"expiry":null}]}`, log},
		{"stable/config", `{"0":1.5,"1":-3e2}`, log},
		{"suppress/revision", `{"type":"revision","ids":["812"]}`, log},
		{"tag/update", `{"tagsAdded":["tea"],"tagsAddedCount":1}`, log},
		{"thanks/thank", `null`, log},
		{"upload/overwrite", `{"img_sha1":"x","img_timestamp":"2026"}`, log},
		{"upload/upload", `9999999999999999999999`, log},
		{"", `[]`, log},
		{"sparkle/sparkle", `{"a":{"b":[{"c":[[]]}]}}`, log},
	}
	for _, test := range tests {
		t.Run(test.entry+" "+test.params, func(t *testing.T) {
			logType, action, _ := strings.Cut(test.entry, "/")
			fields := `"log_type":"` + logType + `","log_action":"` + action + `",`
			if test.params != "" {
				fields += `"log_params":` + test.params + `,`
			}
			want := rc(func(e *events.Event) {
				e.LogType, e.LogAction = logType, action
				test.want(e)
			})
			got, err := events.Decode([]byte(rcLog + fields + rcWiki))
			if err != nil {
				t.Fatalf("Decode: %v", err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Decode (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDecodeWithout takes away one field after another of what may be missing,
// by making it null and by giving it another name.
func TestDecodeWithout(t *testing.T) {
	const change = `{"$schema":"/mediawiki/recentchange/1.0.1","meta":{"id":"a","dt":"2026-05-20T10:00:07Z","domain":"meta.example.org","stream":"mediawiki.recentchange"},` +
		`"id":3,"type":"edit","namespace":2,"title":"User:Quill","comment":"tea","timestamp":1779271200,"user":"Quill","bot":true,"minor":true,"patrolled":true,` +
		`"length":{"old":1,"new":2},"revision":{"old":4,"new":5},"server_name":"old.example.org","wiki":"metawiki","zebra":{"new":1}}`
	const page = `{"$schema":"/mediawiki/page/change/1.12.0","meta":{"id":"b","dt":"2026-05-20T10:00:07Z","domain":"meta.example.org","stream":"mediawiki.page_change.v1"},` +
		`"page_change_kind":"move","dt":"2026-05-20T10:00:00Z","wiki_id":"metawiki","comment":"tea","page":{"page_id":6,"page_title":"User:Quill","namespace_id":2,"zebra":[]},` +
		`"performer":{"user_text":"Quill","is_bot":true,"is_temp":true},"revision":{"rev_id":5,"rev_parent_id":4,"is_minor_edit":true,"is_editor_visible":true,"is_comment_visible":true,` +
		`"editor":{"user_text":"Ada"},"content_slots":{"main":{"content_model":"css"}}},"prior_state":{"page":{"page_title":"User:Ada"}},"created_redirect_page":{"page_id":8}}`
	changed := events.Event{
		ID: "a", Stream: "mediawiki.recentchange", Kind: events.Edit, Wiki: "metawiki", Domain: "meta.example.org", Time: rcTime, Namespace: 2, Title: "User:Quill",
		Revision: 5, Parent: 4, User: "Quill", Bot: true, Minor: true, Comment: "tea",
	}
	moved := events.Event{
		ID: "b", Stream: "mediawiki.page_change.v1", Kind: events.Move, Wiki: "metawiki", Domain: "meta.example.org", Time: rcTime, Namespace: 2, Title: "User:Quill",
		OldTitle: "User:Ada", PageID: 6, Revision: 5, Parent: 4, ContentModel: "css", User: "Quill", Bot: true, Minor: true, Temp: true, Comment: "tea",
	}
	tests := []struct {
		data, field string
		with        events.Event
		without     func(*events.Event)
	}{
		{change, `"meta"`, changed, func(e *events.Event) { e.ID, e.Stream, e.Domain = "", "", "old.example.org" }},
		{change, `"domain"`, changed, func(e *events.Event) { e.Domain = "old.example.org" }},
		{change, `"stream"`, changed, func(e *events.Event) { e.Stream = "" }},
		{change, `"dt"`, changed, func(*events.Event) {}},
		{change, `"timestamp"`, changed, func(e *events.Event) { e.Time = rcTime.Add(7 * time.Second) }},
		{change, `"$schema"`, changed, func(*events.Event) {}},
		{change, `"namespace"`, changed, func(e *events.Event) { e.Namespace = 0 }},
		{change, `"title"`, changed, func(e *events.Event) { e.Title = "" }},
		{change, `"comment"`, changed, func(e *events.Event) { e.Comment = "" }},
		{change, `"user"`, changed, func(e *events.Event) { e.User = "" }},
		{change, `"bot"`, changed, func(e *events.Event) { e.Bot = false }},
		{change, `"minor"`, changed, func(e *events.Event) { e.Minor = false }},
		{change, `"patrolled"`, changed, func(*events.Event) {}},
		{change, `"length"`, changed, func(*events.Event) {}},
		{change, `"revision"`, changed, func(e *events.Event) { e.Revision, e.Parent = 0, 0 }},
		{change, `"server_name"`, changed, func(*events.Event) {}},

		{page, `"meta"`, moved, func(e *events.Event) { e.ID, e.Stream, e.Domain = "", "", "" }},
		{page, `"$schema"`, moved, func(*events.Event) {}},
		{page, `"page_id"`, moved, func(e *events.Event) { e.PageID = 0 }},
		{page, `"namespace_id"`, moved, func(e *events.Event) { e.Namespace = 0 }},
		{page, `"comment"`, moved, func(e *events.Event) { e.Comment = "" }},
		{page, `"performer"`, moved, func(e *events.Event) { e.User, e.Bot, e.Temp = "", false, false }},
		{page, `"is_temp"`, moved, func(e *events.Event) { e.Temp = false }},
		{page, `"revision"`, moved, func(e *events.Event) { e.Revision, e.Parent, e.Minor, e.ContentModel = 0, 0, false, "" }},
		{page, `"rev_id"`, moved, func(e *events.Event) { e.Revision = 0 }},
		{page, `"rev_parent_id"`, moved, func(e *events.Event) { e.Parent = 0 }},
		{page, `"is_minor_edit"`, moved, func(e *events.Event) { e.Minor = false }},
		{page, `"is_editor_visible"`, moved, func(*events.Event) {}},
		{page, `"is_comment_visible"`, moved, func(*events.Event) {}},
		{page, `"editor"`, moved, func(*events.Event) {}},
		{page, `"content_slots"`, moved, func(e *events.Event) { e.ContentModel = "" }},
		{page, `"main"`, moved, func(e *events.Event) { e.ContentModel = "" }},
		{page, `"prior_state"`, moved, func(e *events.Event) { e.OldTitle = "" }},
		{page, `"created_redirect_page"`, moved, func(*events.Event) {}},
	}
	decode := func(t *testing.T, data string, want events.Event) {
		t.Helper()
		got, err := events.Decode([]byte(data))
		if err != nil {
			t.Fatalf("Decode: %v\n%s", err, data)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Decode (-want +got):\n%s", diff)
		}
	}
	decode(t, change, changed)
	decode(t, page, moved)
	for _, test := range tests {
		t.Run(test.field, func(t *testing.T) {
			want := test.with
			test.without(&want)
			decode(t, strings.Replace(test.data, test.field+":", test.field+`:null,"other":`, 1), want)
			decode(t, strings.Replace(test.data, test.field+":", `"other":`, 1), want)
		})
	}
}

// TestDecodeTimes reads times that no cursor could store.
func TestDecodeTimes(t *testing.T) {
	tests := []struct {
		name, data string
		want       time.Time
	}{
		{"a timestamp in the far future", `"timestamp":253402300800,"meta":{"dt":"2026-05-20T10:00:00Z"}`, rcTime},
		{"the last second", `"timestamp":253402300799`, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		{"a timestamp that is too big for a clock", `"timestamp":9223372036854775807,"meta":{"dt":"2026-05-20T10:00:00Z"}`, rcTime},
		{"a timestamp before there were any", `"timestamp":-1,"meta":{"dt":"2026-05-20T10:00:00Z"}`, rcTime},
		{"a year that ends elsewhere", `"meta":{"dt":"9999-12-31T23:59:59-01:00"}`, time.Time{}},
		{"a year before the first", `"meta":{"dt":"0000-01-01T00:00:00+01:00"}`, time.Time{}},
		{"a fraction and a zone", `"meta":{"dt":"2026-05-20T11:30:00.999999999+01:30"}`, rcTime},
		{"no time", `"meta":{"dt":"yesterday"},"timestamp":null`, time.Time{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := events.Decode([]byte(`{"type":"edit","wiki":"metawiki",` + test.data + `}`))
			if err != nil || !got.Time.Equal(test.want) {
				t.Fatalf("Decode = %v, %v, want %v", got.Time, err, test.want)
			}
			if _, err := (events.Cursor{Time: got.Time}).MarshalText(); err != nil {
				t.Error(err)
			}
		})
	}
}
