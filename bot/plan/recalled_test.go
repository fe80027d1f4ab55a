// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds that what the bot writes can be read again from its pages.

package plan

import (
	"slices"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func TestKeysAreFoundAgainInMessages(t *testing.T) {
	for _, c := range []struct {
		key  string
		want registry.Told
	}{
		{"notice/metawiki/extension:Poem/2026-W21/User:Ana", registry.Told{User: "Ana", Item: "extension:Poem", Rung: config.ToSteward, Way: config.WayTalk}},
		{"notice/metawiki/gadget:metawiki:A--b/2026-W21/User:Odd--name", registry.Told{User: "Odd--name", Item: "gadget:metawiki:A--b", Rung: config.ToSteward, Way: config.WayTalk}},
		{"notice/metawiki/userscript:metawiki:User:Ana/x.js/2026-W21/Item", registry.Told{Item: "userscript:metawiki:User:Ana/x.js", Rung: config.ToItem, Way: config.WayItem}},
		{"notice/metawiki/extension:Poem/confirm-2026-05-01-2/User:Ana", registry.Told{User: "Ana", Item: "extension:Poem", Rung: registry.RungConfirm, Way: config.WayTalk}},
	} {
		text, err := Message{Key: c.key, Heading: "H", Body: "B ~~~~"}.Apply("Before\n<!-- codesteward begin x -->\n<!-- codesteward end x -->")
		if err != nil {
			t.Fatal(err)
		}
		keys := MessagesIn(text)
		if !slices.Contains(keys, c.key) || len(keys) > 2 {
			t.Errorf("%s is read as %q", c.key, keys)
		}
		c.want.Wiki, c.want.Key, c.want.Page = "metawiki", c.key, "User talk:Ana"
		if got, ok := ToldBy(c.key, "metawiki", "User talk:Ana"); !ok || got != c.want {
			t.Errorf("%s tells %+v, want %+v", c.key, got, c.want)
		}
	}
	if _, ok := ToldBy("board/metawiki/extension:Poem/5/x", "metawiki", "Board"); ok {
		t.Error("an entry is taken for a message")
	}
	if _, ok := ToldBy("notice/enwiki/extension:Poem/2026-W21/User:Ana", "metawiki", "Board"); ok {
		t.Error("a message of another wiki is taken for one of this")
	}
}

func TestEntriesAreFoundAgainWithThoseWhomTheyPinged(t *testing.T) {
	first := BoardEntry{Anchor: "cs-5-extension-Poem-811c9dc5", Line: "one", Ping: pingLine(nil, []string{"Ana", "Ben b"})}
	second := BoardEntry{Anchor: "cs-4-extension-Cite-811c9dc5", Line: "two, [[User:Cleo|Cleo]]"}
	got := EntriesIn("== Month ==\n" + first.text() + second.text())
	if len(got) != 2 || got[0].Anchor != first.Anchor || !slices.Equal(got[0].Pinged, []string{"Ana", "Ben b"}) || got[1].Anchor != second.Anchor || len(got[1].Pinged) != 0 {
		t.Errorf("got %+v", got)
	}
	m := registry.Mention{Wiki: "metawiki", Item: "extension:Poem", As: "extension:Poem", Revision: 5}
	if told := PingedBy(got[0], m); len(told) != 2 || told[1].User != "Ben b" || told[1].Mention != BoardKey(m) || told[1].Way != config.WayPing {
		t.Errorf("pinged: %+v", told)
	}
}

func TestRegionsAreFoundAgain(t *testing.T) {
	text := "a\n<!-- codesteward begin gadgets (edits between these lines are overwritten, except in the columns marked ✎) -->\n<!-- codesteward end gadgets -->\n <!-- codesteward begin no -->"
	if got := RegionsIn(text); !slices.Equal(got, []string{"gadgets"}) {
		t.Errorf("got %q", got)
	}
}
