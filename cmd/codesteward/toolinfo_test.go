// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/web"
)

func TestToolinfoRecords(t *testing.T) {
	item := func(kind detect.Kind, wiki, name, page string, claims ...registry.Claim) registry.ExportedItem {
		return registry.ExportedItem{Item: registry.Item{Key: registry.NewKey(kind, wiki, name), Name: name, Page: page}, Claims: claims}
	}
	claim := func(role registry.Role, kind registry.HolderKind, name string, standing registry.Standing) registry.Claim {
		return registry.Claim{Role: role, HolderKind: kind, Holder: name, Standing: standing}
	}
	gone := item(detect.Gadget, "metawiki", "Old", "MediaWiki:Gadget-Old")
	gone.Gone = time.Now()
	all := registry.Export{Wikis: []registry.ExportedWiki{
		{Wiki: "metawiki", ArticleURL: "https://meta.wikimedia.org/wiki/$1", Items: []registry.ExportedItem{
			item(detect.Extension, "", "Poem", "mw:Extension:Poem"),
			item(detect.Gadget, "metawiki", "Map peek?", "MediaWiki:Gadget-Map peek?",
				claim(registry.Steward, registry.User, "Ada", registry.Confirmed), claim(registry.Maintainer, registry.User, "Ada", registry.Stated),
				claim(registry.Steward, registry.Team, "Maps Team", registry.Stated), claim(registry.Steward, registry.User, "Bo", registry.Unconfirmed),
				claim(registry.Consulted, registry.User, "Cleo", registry.Stated), claim(registry.Steward, registry.Nobody, "", registry.Stated)),
			item(detect.UserScript, "enwiki", "User:A/b.js", "w:en:User:A/b.js"),
			gone,
			item(detect.Gadget, "metawiki", "Known", "MediaWiki:Gadget-Known"),
		}},
		{Wiki: "demowiki", ArticleURL: "http://127.0.0.1:1/index.php/$1", Items: []registry.ExportedItem{
			item(detect.UserScript, "demowiki", "User:A/b.js", "User:A/b.js"),
		}},
		{Wiki: "unreached", Items: []registry.ExportedItem{item(detect.Gadget, "unreached", "X", "MediaWiki:Gadget-X")}},
	}}
	want := []web.Record{
		{
			Schema: "/toolinfo/1.2.2", Language: "en", Name: "metawiki-gadget-Map_peek?", Title: "Map peek?", Description: "A gadget of metawiki.",
			URL:    "https://meta.wikimedia.org/wiki/MediaWiki:Gadget-Map_peek%3F",
			Author: []web.Author{{Name: "Ada", WikiUsername: "Ada"}, {Name: "Maps Team"}}, ForWikis: []string{"meta.wikimedia.org"}, ToolType: "gadget",
		},
		{
			Schema: "/toolinfo/1.2.2", Language: "en", Name: "demowiki-userscript-User:A/b.js", Title: "User:A/b.js", Description: "A user script of demowiki.",
			URL: "http://127.0.0.1:1/index.php/User:A/b.js", ToolType: "user script",
		},
	}
	if diff := cmp.Diff(want, toolinfo(all, map[registry.Key]bool{"gadget:metawiki:Known": true})); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}
