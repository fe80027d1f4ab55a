// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"regexp"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

func TestKeys(t *testing.T) {
	tests := []struct {
		kind             detect.Kind
		wiki, name       string
		key              Key
		keyWiki, keyName string
	}{
		{detect.Extension, "metawiki", "GuidedTour", "extension:GuidedTour", "", "GuidedTour"},
		{detect.Extension, "", "DynamicPageList_(Wikimedia)", "extension:DynamicPageList (Wikimedia)", "", "DynamicPageList (Wikimedia)"},
		{detect.Skin, "metawiki", "Vector", "skin:Vector", "", "Vector"},
		{detect.Gadget, "commonswiki", "Cat-a-lot", "gadget:commonswiki:Cat-a-lot", "commonswiki", "Cat-a-lot"},
		{detect.Gadget, "commonswiki", "my gadget", "gadget:commonswiki:my_gadget", "commonswiki", "my_gadget"},
		{detect.UserScript, "enwiki", "User:A_b/c.js", "userscript:enwiki:User:A b/c.js", "enwiki", "User:A b/c.js"},
		{detect.Tool, "metawiki", "Guc", "tool:guc", "", "guc"},
		{detect.Tool, "", "toolhub:toolforge-guc", "tool:guc", "", "guc"},
		{detect.Tool, "", "toolhub:pywikibot", "tool:toolhub:pywikibot", "", "toolhub:pywikibot"},
		{detect.Tool, "", "wmcloud:Petscan", "tool:wmcloud:petscan", "", "wmcloud:petscan"},
	}
	for _, tt := range tests {
		key := NewKey(tt.kind, tt.wiki, tt.name)
		if key != tt.key || key.Kind() != tt.kind || key.Wiki() != tt.keyWiki || key.Name() != tt.keyName {
			t.Errorf("NewKey(%s, %s, %s) = %s (%s, %s, %s)", tt.kind, tt.wiki, tt.name, key, key.Kind(), key.Wiki(), key.Name())
		}
	}
}

func TestRowIDIsSafeAndReversible(t *testing.T) {
	safe := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.:-]*$`)
	keys := []Key{
		"extension:GuidedTour", "extension:DynamicPageList (Wikimedia)", "extension:Wikidata.org", "extension:.28", "skin:Vector",
		"gadget:commonswiki:Cat-a-lot", "gadget:testwiki:__TOC__", "gadget:testwiki:a.b.c",
		"userscript:enwiki:User:A/b.js", "userscript:ruwiki:User:Пример/скрипт.js", `userscript:enwiki:User:"|]]}}<!-- ~~~~ -->'/x.js`,
		"tool:guc", "tool:toolhub:a b", "tool:wmcloud:x",
	}
	for _, key := range keys {
		id := RowID(key)
		if !safe.MatchString(id) {
			t.Errorf("RowID(%s) = %s, which is not safe", key, id)
		}
		if back, ok := KeyOfRow(id); !ok || back != key {
			t.Errorf("KeyOfRow(%s) = %s, %t, want %s", id, back, ok, key)
		}
	}
	if id := RowID("userscript:enwiki:User:A b/c.js"); id != "userscript:enwiki:User:A.20b.2Fc.2Ejs" {
		t.Errorf("row id changed to %s: tables on wikis hold the old form", id)
	}
}

func TestKeyOfRowRefusesOtherIDs(t *testing.T) {
	for _, id := range []string{"", "top", "extension", "extension:", "gadget:Foo", "gadget::Foo", "gadget:x:", "planet:Mars", "extension:A.", "extension:A.2", "extension:A.2g", "extension:A.2f", "extension:A.41", "extension:A b", "extension:A_b", "extension:A.FF"} {
		if key, ok := KeyOfRow(id); ok {
			t.Errorf("KeyOfRow(%q) = %s, want no key", id, key)
		}
	}
}

func FuzzKeyOfRow(f *testing.F) {
	f.Add("extension:GuidedTour")
	f.Add("userscript:enwiki:User:A.20b.2Fc.2Ejs")
	f.Fuzz(func(t *testing.T, id string) {
		if key, ok := KeyOfRow(id); ok && RowID(key) != id {
			t.Errorf("%q gives %q, which gives %q", id, key, RowID(key))
		}
		key := NewKey(detect.UserScript, "enwiki", id)
		if back, ok := KeyOfRow(RowID(key)); key.valid() && (!ok || back != key) {
			t.Errorf("%q came back as %q", key, back)
		}
	})
}
