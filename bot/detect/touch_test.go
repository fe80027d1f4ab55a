// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of changes of the items' own pages.

package detect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestTouches(t *testing.T) {
	tests := []struct {
		name       string
		kind       events.Kind
		ns         int
		title, old string
		want       string // action kind name < old name @ page
	}{
		{"gadget edited", events.Edit, 8, "MediaWiki:Gadget-Foo bar.js", "", "edited gadget Foo bar @ MediaWiki:Gadget-Foo bar.js"},
		{"gadget's other files", events.Create, 8, "MediaWiki:Gadget-x.y.vue", "", "created gadget x.y @ MediaWiki:Gadget-x.y.vue"},
		{"gadget in a local namespace", events.Delete, 8, "Медиавики:Gadget-x.css", "", "deleted gadget x @ Медиавики:Gadget-x.css"},
		{"gadget restored", events.Undelete, 8, "MediaWiki:Gadget-x.json", "", "restored gadget x @ MediaWiki:Gadget-x.json"},
		{"gadget moved", events.Move, 8, "MediaWiki:Gadget-new.js", "MediaWiki:Gadget-old.js", "moved gadget new < old @ MediaWiki:Gadget-new.js"},
		{"page becomes a gadget", events.Move, 8, "MediaWiki:Gadget-new.js", "MediaWiki:New.js", "moved gadget new @ MediaWiki:Gadget-new.js"},
		{"gadget moved away", events.Move, 0, "Old", "MediaWiki:Gadget-old.js", "deleted gadget old @ MediaWiki:Gadget-old.js"},
		{"gadget's definition in JSON", events.Edit, 8, "MediaWiki:Gadgets/foo.json", "", "edited gadget foo @ MediaWiki:Gadgets/foo.json"},
		{"page below the definitions", events.Edit, 8, "MediaWiki:Gadgets/a/b.json", "", ""},
		{"page of a tool elsewhere", events.Edit, 116, "Tool:Foo", "", ""},
		{"description of a gadget", events.Edit, 8, "MediaWiki:Gadget-x", "", ""},
		{"definition", events.Edit, 8, "MediaWiki:Gadgets-definition", "", ""},
		{"talk page", events.Edit, 9, "MediaWiki talk:Gadget-x.js", "", ""},
		{"article of that name", events.Edit, 0, "MediaWiki:Gadget-x.js", "", ""},
		{"script created", events.Create, 2, "User:A/b.js", "", "created userscript User:A/b.js @ User:A/b.js"},
		{"script in a local namespace", events.Edit, 2, "Benutzerin:A/b.js", "", "edited userscript User:A/b.js @ Benutzerin:A/b.js"},
		{"script moved with its user", events.Move, 2, "Benutzer:New/b.js", "Benutzer:Old/b.js", "moved userscript User:New/b.js < User:Old/b.js @ Benutzer:New/b.js"},
		{"script becomes a gadget", events.Move, 8, "MediaWiki:Gadget-b.js", "User:A/b.js", "deleted userscript User:A/b.js @ User:A/b.js; moved gadget b @ MediaWiki:Gadget-b.js"},
		{"personal page", events.Edit, 2, "User:A/common.js", "", ""},
		{"user page", events.Edit, 2, "User:A.js", "", ""},
		{"visibility", events.Visibility, 2, "User:A/b.js", "", ""},
		{"log", events.Log, 2, "User:A/b.js", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
			var got []string
			for _, touch := range Touches(events.Event{Kind: tt.kind, Wiki: "dewiki", Namespace: tt.ns, Title: tt.title,
				OldTitle: tt.old, Revision: 7, User: "U", Time: at}) {
				s := fmt.Sprintf("%s %s %s", touch.Action, touch.Kind, touch.Name)
				if touch.OldName != "" {
					s += " < " + touch.OldName
				}
				got = append(got, s+" @ "+touch.Page)
				if touch.Wiki != "dewiki" || touch.Revision != 7 || touch.User != "U" || !touch.Time.Equal(at) {
					t.Errorf("incomplete: %+v", touch)
				}
			}
			if s := strings.Join(got, "; "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

func TestTouchesOfPagesOfTools(t *testing.T) {
	for _, tt := range []struct{ title, old, want string }{
		{"Tool:IA Upload", "", "created ia-upload"},
		{"Tool:IA Upload/Logs", "", ""},
		{"Tool:Ænon", "", ""},
		{"Tool:New", "Tool:Old name", "moved new < old-name"},
	} {
		e := events.Event{Kind: events.Create, Wiki: "labswiki", Namespace: 116, Title: tt.title, OldTitle: tt.old}
		if tt.old != "" {
			e.Kind = events.Move
		}
		got := ""
		for _, touch := range Touches(e) {
			got = fmt.Sprintf("%s %s", touch.Action, touch.Name)
			if touch.Kind != Tool || touch.Wiki != "labswiki" {
				t.Errorf("%+v", touch)
			}
			if touch.OldName != "" {
				got += " < " + touch.OldName
			}
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.title, got, tt.want)
		}
	}
}

func TestUserScriptTitle(t *testing.T) {
	for title, want := range map[string]bool{
		"User:A/b.js": true, "user:a/b c.js": true, "User:A/x/vector.js": true,
		"User:A/vector.js": false, "User:A/b.css": false, "User:A": false, "A/b.js": false, "User talk:A/b.js": false, "": false,
	} {
		if got := UserScriptTitle(title); got != want {
			t.Errorf("UserScriptTitle(%q) = %v", title, got)
		}
	}
}
