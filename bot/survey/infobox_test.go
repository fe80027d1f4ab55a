// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is read in an infobox.

package survey

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestInfobox(t *testing.T) {
	names := map[string]bool{"extension": true, "extension infobox": true}
	tests := []struct {
		name, text string
		want       *infobox
	}{
		{"everything", `Intro {{Extension
|name = Echo <!-- not that one -->
|status = Stable
|maintainer = [[User:Ana|Ana]], [[User talk:Ben|his talk]] and the [[Growth|Growth team]]; Free Name
|username = Cat
|author = [https://example.org Dora], Emil <emil@example.org>, ...
|description = Tells '''people''' things
|license = GPL-3.0-or-later
|repo = Echo
|phabricator = #notifications
|help = Help:Notifications
}}`, &infobox{
			Details: registry.Details{
				Description: "Tells people things", Status: "stable", Licence: "GPL-3.0-or-later", Docs: "https://www.mediawiki.org/wiki/Help:Notifications",
				Repository: "https://gerrit.wikimedia.org/g/mediawiki/extensions/Echo", Authors: []string{"Free Name", "Cat", "Dora", "Emil"},
			},
			aliases: []string{"Echo", "mediawiki/extensions/Echo", "notifications"}, maintainers: []string{"Ana", "Ben"},
		}},
		{"nobody maintains it", "{{extension|status=UNMAINTAINED}}", &infobox{Details: registry.Details{Status: "unmaintained"}, unmaintained: true}},
		{"an unheard-of status", "{{Extension|status={{x}}great}}", &infobox{Details: registry.Details{Status: "unknown"}}},
		{"a redirect of the template", "{{Extension infobox|status=beta}}", &infobox{Details: registry.Details{Status: "beta"}}},
		{"a translated one", "{{Template:Extension/de|status=beta}}", &infobox{Details: registry.Details{Status: "beta"}}},
		{"through TNT", "{{TNT|Extension|status=beta}}", &infobox{Details: registry.Details{Status: "beta"}}},
		{"upper case in names", "{{Extension|Status=beta}}", &infobox{Details: registry.Details{Status: "beta"}}},
		{"inside another one, if there is none outside", "{{Box|{{Extension|status=beta}}}}", &infobox{Details: registry.Details{Status: "beta"}}},
		{"the one outside", "{{Box|{{Extension|status=beta}}}}{{Extension|status=stable}}{{Extension|status=beta}}", &infobox{Details: registry.Details{Status: "stable"}}},
		{"a comment", "<!-- {{Extension|status=beta}} -->", nil},
		{"nowiki", "<nowiki>{{Extension|status=beta}}</nowiki>", nil},
		{"another template", "{{ExtensionStatus|status=beta}}", nil},
		{"never closed", "{{Extension|status=beta", nil},
		{"an address of code with a person in it", "{{Extension|repo=https://ana:secret@example.org/x}}", &infobox{}},
		{"an address of code", "{{Extension|repo=[https://github.com/a/b code]}}", &infobox{Details: registry.Details{Repository: "https://github.com/a/b"}}},
		{"no repository", "{{Extension|repo=see the wiki}}", &infobox{}},
		{"mail is nobody's name", "{{Extension|maintainer=ana@example.org|author=[mailto:ben@example.org Ben], cat (at) example (dot) org}}", &infobox{Details: registry.Details{Authors: []string{"Ben"}}}},
		{"marks of direction", "{{Extension|author=\u202eevil\u202c, دانا\u200f}}", &infobox{Details: registry.Details{Authors: []string{"evil", "دانا"}}}},
		{"as long as no name is", "{{Extension|name=" + strings.Repeat("x", 10000) + "|maintainer=[[User:" + strings.Repeat("y", 10000) + "]]}}", &infobox{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := readInfobox(wikitext.DefaultSite(), tt.text, "extension", names)
			if ok != (tt.want != nil) {
				t.Fatalf("found %t: %+v", ok, got)
			}
			if !ok {
				return
			}
			if diff := cmp.Diff(*tt.want, got, cmp.AllowUnexported(infobox{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzInfobox(f *testing.F) {
	f.Add("{{Extension|status=x|maintainer=[[User:A]], b@c.de|repo=x/y|help=[[Help:X]]}}")
	f.Fuzz(func(t *testing.T, text string) {
		box, ok := readInfobox(wikitext.DefaultSite(), text, "skin", map[string]bool{"extension": true})
		if !ok {
			return
		}
		for _, s := range append(append(box.aliases, box.Authors...), box.Description, box.Status, box.Licence, box.Docs, box.Repository) {
			if hasMail(s) || strings.ContainsAny(s, "\n\x00") || len(s) > maxAddress {
				t.Errorf("took over %q", s)
			}
		}
	})
}
