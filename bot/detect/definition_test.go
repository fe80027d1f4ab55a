// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of what an edit of the definition of gadgets does, and of
// pages that a template marks as an item's own.

package detect

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// changes writes what DefinitionChanges returns.
func changes(all []DefinitionChange) string {
	var lines []string
	for _, c := range all {
		line := string(c.Action) + " " + c.ID
		for _, part := range []struct {
			name    string
			changed bool
		}{{"options", c.Options}, {"pages", c.Pages}, {"section", c.Section}} {
			if part.changed {
				line += " " + part.name
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

func TestDefinitionChanges(t *testing.T) {
	const before = "== editing ==\n* HotCat [ResourceLoader|default] | HotCat.js\n* refs [ResourceLoader|skins=vector,minerva]|refs.js|refs.css\n== old ==\nprose\n* gone|gone.js\n"
	tests := []struct{ name, after, want string }{
		{"nothing", before, ""},
		{"added", before + "* new one|x.js\n", "created new_one"},
		{"removed", strings.Replace(before, "* gone|gone.js\n", "", 1), "deleted gone"},
		{"commented out", strings.Replace(before, "* gone|gone.js\n", "<!-- * gone|gone.js -->\n", 1), "deleted gone"},
		{"renamed", strings.Replace(before, "* gone|", "* back|", 1), "created back; deleted gone"},
		{"option removed", strings.Replace(before, "|default]", "]", 1), "edited HotCat options"},
		{"option's value", strings.Replace(before, "vector,minerva", "vector", 1), "edited refs options"},
		{"options in another order", strings.Replace(before, "ResourceLoader|default", "default|ResourceLoader", 1), ""},
		{"page added", strings.Replace(before, "|refs.css", "|refs.css|refs.json", 1), "edited refs pages"},
		{"pages in another order", strings.Replace(before, "refs.js|refs.css", "refs.css|refs.js", 1), "edited refs pages"},
		{"section renamed", strings.Replace(before, "== old ==", "== older ==", 1), "edited gone section"},
		{"moved within its section", strings.Replace(before, "* HotCat [ResourceLoader|default] | HotCat.js\n", "", 1)[:len("== editing ==\n* refs [ResourceLoader|skins=vector,minerva]|refs.js|refs.css\n")] + "* HotCat [ResourceLoader|default] | HotCat.js\n== old ==\n* gone|gone.js\n", ""},
		{"white space and prose", strings.Replace(before, "prose", "other words", 1), ""},
		{"all at once", "* refs [ResourceLoader]|a.js\n", "edited refs options pages section; deleted HotCat; deleted gone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := changes(DefinitionChanges(before, tt.after)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	c := DefinitionChanges(before, strings.Replace(before, "|refs.css", "", 1))[0]
	if len(c.Before.Pages) != 2 || len(c.After.Pages) != 1 || c.After.Pages[0] != "MediaWiki:Gadget-refs.js" || c.After.Section != "editing" {
		t.Errorf("before and after are %+v", c)
	}
}

func touchesAs(all []Touch) string {
	var lines []string
	for _, t := range all {
		lines = append(lines, fmt.Sprintf("%s %s %s %s", t.Action, t.Kind, t.Name, t.Wiki))
	}
	return strings.Join(lines, "; ")
}

func TestDefinitionTouches(t *testing.T) {
	c := Change{Wiki: "dewiki", Title: "MediaWiki:Gadgets-definition", Namespace: 8, Revision: 5, User: "A", Time: time.Unix(9, 0), After: "* a|a.js"}
	got := DefinitionTouches(c)
	if s := touchesAs(got); s != "created gadget a dewiki" || got[0].Revision != 5 || got[0].User != "A" || got[0].Page != c.Title || !got[0].Time.Equal(c.Time) {
		t.Errorf("got %+v", got)
	}
	for _, other := range []Change{{Title: "MediaWiki:Gadgets", Namespace: 8, After: "* a|a.js"}, {Title: "MediaWiki:Gadgets-definition", After: "* a|a.js"}} {
		if got := DefinitionTouches(other); got != nil {
			t.Errorf("%q in namespace %d touches %v", other.Title, other.Namespace, got)
		}
	}
}

func TestPagesWithAnInfoboxAreTheItems(t *testing.T) {
	boxes := []NamingTemplate{{Template: "Werkzeug", Kind: Tool, Argument: "name", Page: true}, {Template: "Skript", Kind: UserScript, Page: true, Argument: "seite"}, {Template: "Erw", Kind: Extension}}
	tests := []struct{ name, wiki, title, before, after, want string }{
		{"new page", "dewiki", "Wikipedia:GUC", "", "{{Werkzeug|name=guc}}", "created tool guc "},
		{"named by the page", "dewiki", "Benutzer:Ann/tidy", "", "{{Skript}}", "created userscript User:Ann/tidy.js dewiki"},
		{"edited", "dewiki", "Wikipedia:GUC", "{{Werkzeug|name=guc}}", "{{Werkzeug|name=guc}} more", "edited tool guc "},
		{"box taken away", "dewiki", "Wikipedia:GUC", "{{Werkzeug|name=guc}}", "nothing", "deleted tool guc "},
		{"another item", "dewiki", "Wikipedia:GUC", "{{Werkzeug|name=a}}", "{{vorlage:werkzeug|name=b}}", "created tool b ; deleted tool a "},
		{"extension on mediawiki.org", mediawiki, "Extension:Score", "", "{{Extension|name=}}", "created extension Score "},
		{"skin on mediawiki.org", mediawiki, "Skin:Vector/de", "{{Skin}}", "{{Skin|name=Vector}}", "edited skin Vector "},
		{"shown, not used", "dewiki", "Wikipedia:X", "", "<nowiki>{{Werkzeug|name=guc}}</nowiki> {{tl|Werkzeug}}", ""},
		{"in another template", "dewiki", "Wikipedia:X", "", "{{box|{{Werkzeug|name=guc}}}}", ""},
		{"no box of that wiki", "frwiki", "Extension:Score", "", "{{Extension|name=Score}}", ""},
		{"a template that only names", "dewiki", "Wikipedia:X", "", "{{Erw|Score}}", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{Wiki: tt.wiki}
			if tt.wiki == "dewiki" {
				o.Templates = boxes
			}
			if got := touchesAs(New(o).PageTouches(Change{Wiki: tt.wiki, Title: tt.title, Before: tt.before, After: tt.after})); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
