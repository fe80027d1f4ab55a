// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what a packet of RCFeed becomes.

package relay

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	newPage = `{"id":2,"type":"new","namespace":1,"title":"Talk:Tea & cake/1","comment":"/* Milk */ see [[Help:Cups|cups]] <b>","timestamp":1779271200,"user":"Quill","bot":false,"minor":false,"patrolled":false,"length":{"old":null,"new":30},"revision":{"old":null,"new":12},"server_url":"http://wiki.example:8080","server_name":"wiki.example","server_script_path":"/","wiki":"teawiki"}`
	edit    = `{"id":3,"type":"edit","namespace":0,"title":"Tea house","comment":"","timestamp":1779271201,"user":"Quill","bot":true,"minor":true,"length":{"old":30,"new":31},"revision":{"old":12,"new":13},"server_url":"https://wiki.example","server_name":"wiki.example","server_script_path":"/w","wiki":"teawiki"}`
	logLine = `{"id":4,"type":"log","namespace":0,"title":"Tea house","comment":"x","timestamp":1779271202,"user":"Quill","bot":false,"log_id":1,"log_type":"move","log_action":"move","log_params":{"target":"Coffee house","noredir":null,"list":[null,{"a":null}]},"log_action_comment":"moved","server_url":"https://wiki.example","server_name":"wiki.example","server_script_path":"/w","wiki":"teawiki"}`
)

func TestPacketBecomesAnEvent(t *testing.T) {
	at := time.Date(2026, 5, 20, 10, 0, 3, 4_000_000, time.UTC)
	tests := []struct {
		name, packet, path, want string
	}{
		{"a new page on a wiki at the root", newPage, "", `{
			"$schema":"/mediawiki/recentchange/1.0.1",
			"id":2,"type":"new","namespace":1,"title":"Talk:Tea & cake/1","comment":"/* Milk */ see [[Help:Cups|cups]] <b>","timestamp":1779271200,"user":"Quill","bot":false,"minor":false,"patrolled":false,"length":{"new":30},"revision":{"new":12},
			"title_url":"http://wiki.example:8080/index.php?title=Talk:Tea_%26_cake/1",
			"notify_url":"http://wiki.example:8080/index.php?oldid=12&rcid=2",
			"parsedcomment":"<span dir=\"auto\"><span class=\"autocomment\">Milk:</span></span> see <a href=\"http://wiki.example:8080/index.php?title=Help:Cups\" title=\"Help:Cups\">cups</a> &lt;b&gt;",
			"server_url":"http://wiki.example:8080","server_name":"wiki.example","server_script_path":"/","wiki":"teawiki",
			"meta":{"uri":"http://wiki.example:8080/index.php?title=Talk:Tea_%26_cake/1","domain":"wiki.example","stream":"mediawiki.recentchange","dt":"2026-05-20T10:00:03.004Z","topic":"eqiad.mediawiki.recentchange","partition":0,"offset":7}}`},
		{"an edit", edit, "", `{
			"$schema":"/mediawiki/recentchange/1.0.1",
			"id":3,"type":"edit","namespace":0,"title":"Tea house","comment":"","timestamp":1779271201,"user":"Quill","bot":true,"minor":true,"length":{"old":30,"new":31},"revision":{"old":12,"new":13},
			"title_url":"https://wiki.example/wiki/Tea_house",
			"notify_url":"https://wiki.example/w/index.php?diff=13&oldid=12",
			"parsedcomment":"",
			"server_url":"https://wiki.example","server_name":"wiki.example","server_script_path":"/w","wiki":"teawiki",
			"meta":{"uri":"https://wiki.example/wiki/Tea_house","domain":"wiki.example","stream":"mediawiki.recentchange","dt":"2026-05-20T10:00:03.004Z","topic":"eqiad.mediawiki.recentchange","partition":0,"offset":7}}`},
		{"a log entry behind a prefix, with a path of its own", "tea: " + logLine + "\n", "/$1", `{
			"$schema":"/mediawiki/recentchange/1.0.1",
			"id":4,"type":"log","namespace":0,"title":"Tea house","comment":"x","timestamp":1779271202,"user":"Quill","bot":false,"log_id":1,"log_type":"move","log_action":"move","log_params":{"target":"Coffee house","list":[{}]},"log_action_comment":"moved",
			"title_url":"https://wiki.example/Tea_house",
			"parsedcomment":"x",
			"server_url":"https://wiki.example","server_name":"wiki.example","server_script_path":"/w","wiki":"teawiki",
			"meta":{"uri":"https://wiki.example/Tea_house","domain":"wiki.example","stream":"mediawiki.recentchange","dt":"2026-05-20T10:00:03.004Z","topic":"eqiad.mediawiki.recentchange","partition":0,"offset":7}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, err := parsePacket([]byte(test.packet))
			if err != nil {
				t.Fatal(err)
			}
			e.complete(test.path)
			data, err := e.encode(0, 7, at)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(data), "\n") {
				t.Errorf("event has a line break: %s", data)
			}
			var got, want map[string]any
			if err := json.Unmarshal(data, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			ids := cmpopts.IgnoreMapEntries(func(key string, _ any) bool { return key == "request_id" || key == "id" })
			if diff := cmp.Diff(want, got, ids); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
			if id, _ := got["meta"].(map[string]any)["id"].(string); len(id) != 36 {
				t.Errorf("meta.id is %q, want a UUID", id)
			}
		})
	}
}

func TestBadPackets(t *testing.T) {
	r := New(Config{})
	bad := []string{"", "hello", "{", `{"type":"edit"`, edit[:len(edit)/2], `{"type":"edit"}`, `{"type":7,"wiki":"x"}`, edit + edit, `[1]`, `null`, `{"wiki":null,"type":"edit"}`}
	for _, packet := range bad {
		if err := r.Publish([]byte(packet)); err == nil {
			t.Errorf("%q was published", packet)
		}
	}
	if s := r.Stats(); s.Bad != int64(len(bad)) || s.Events != 0 {
		t.Errorf("stats %+v, want %d bad", s, len(bad))
	}
}

func TestHostilePacketStaysSmall(t *testing.T) {
	packet := strings.Replace(edit, `"comment":""`, `"comment":"`+strings.Repeat("[[a]]", 5000)+`"`, 1)
	packet = strings.Replace(packet, "https://wiki.example", "https://"+strings.Repeat("w", 30_000), 1)
	r := New(Config{})
	if err := r.Publish([]byte(packet)); err != nil {
		t.Fatal(err)
	}
	if n := r.Stats().MemoryBytes; n > 1<<20 {
		t.Errorf("%d bytes became %d", len(packet), n)
	}
}

func TestDeepPacket(t *testing.T) {
	r := New(Config{})
	for _, depth := range []int{9_000, 30_000} {
		params := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		err := r.Publish([]byte(strings.Replace(edit, `"comment":""`, `"log_params":`+params, 1)))
		if (err != nil) != (depth > 10_000) {
			t.Errorf("depth %d: %v", depth, err)
		}
	}
}

func FuzzPublish(f *testing.F) {
	for _, seed := range []string{newPage, edit, logLine, `{"type":"edit","wiki":"x","revision":7,"server_url":[]}`} {
		f.Add([]byte(seed))
	}
	r := New(Config{Events: 10})
	f.Fuzz(func(t *testing.T, packet []byte) {
		if r.Publish(packet) != nil {
			return
		}
		entries, _, err := r.ring.from(&reader{number: r.ring.first + int64(len(r.ring.hot)) - 1}, 1)
		if err != nil || len(entries) != 1 || !json.Valid(entries[0].data) || strings.ContainsAny(string(entries[0].data), "\r\n") {
			t.Errorf("%q became %v, %v", packet, entries, err)
		}
	})
}
