// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

func edit(revision int64, mentions ...detect.Mention) Batch {
	return Batch{
		Change:   detect.Change{Wiki: "metawiki", Title: "Talk:A", Revision: revision, User: "Ben", Time: at(int(revision))},
		Mentions: mentions,
	}
}

func mention(kind detect.Kind, wiki, name, section string) detect.Mention {
	return detect.Mention{Kind: kind, Name: name, Wiki: wiki, Rule: "link", Section: section, Snippet: "see " + name}
}

func mentioned(v View) string {
	var out []string
	for _, m := range v.Mentions {
		out = append(out, string(m.Item)+" "+m.Name+" "+m.Section)
	}
	return strings.Join(out, "; ")
}

func TestSameMentionTwiceIsOnce(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		echo := mention(detect.Extension, "", "Echo", "Bugs")
		if !s.record(edit(1, echo)) {
			t.Error("a new mention changed nothing")
		}
		if s.record(edit(1, echo)) {
			t.Error("the same mention again changed something")
		}
		if !s.record(edit(1, echo, mention(detect.Extension, "", "Echo", "Other"))) {
			t.Error("the same item in another section was taken for the same")
		}
		if !s.record(edit(2, echo)) {
			t.Error("the same item in another revision was taken for the same")
		}
		if got, want := mentioned(s.view("metawiki")), "extension:Echo Echo Bugs; extension:Echo Echo Bugs; extension:Echo Echo Other"; got != want {
			t.Errorf("mentions: %s, want %s", got, want)
		}
		v, err := s.open().View(t.Context(), Query{Wiki: "metawiki", Since: at(2)})
		if err != nil || len(v.Mentions) != 1 || v.Mentions[0].Revision != 2 {
			t.Errorf("mentions since the second edit: %v, %v", v.Mentions, err)
		}
		if other := s.view("dewiki"); len(other.Mentions) > 0 {
			t.Errorf("another wiki shows %v", other.Mentions)
		}
	})
}

func TestWhatAMentionMakesAnItem(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.record(edit(1,
			mention(detect.Tool, "", "guc", ""),
			mention(detect.Tool, "", "toolhub:toolforge-guc", ""),
			mention(detect.Tool, "", "wmcloud:petscan", ""),
			mention(detect.UserScript, "enwiki", "User:A/b.js", ""),
			mention(detect.UserScript, "", "User:C/d.js", ""),
			mention(detect.Extension, "", "Echo", ""),
			mention(detect.Skin, "", "Vector", ""),
			mention(detect.Gadget, "metawiki", "Cat-a-lot", ""),
			mention(detect.Tool, "", "", ""),
			mention(detect.Tool, "", strings.Repeat("x", 300), ""),
			mention(detect.Extension, "", "bad\xffbytes", ""),
		))
		v := s.view("metawiki")
		var got []string
		for _, e := range v.Entries {
			got = append(got, string(e.Item.Key)+" "+e.Item.Page+e.Item.URL)
		}
		want := []string{
			"tool:guc https://guc.toolforge.org/",
			"tool:wmcloud:petscan https://petscan.wmcloud.org/",
			"userscript:enwiki:User:A/b.js ",
			"userscript:metawiki:User:C/d.js User:C/d.js",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("items:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if len(v.Mentions) != 8 {
			t.Errorf("%d mentions, want 8: %s", len(v.Mentions), mentioned(v))
		}
		if v := s.view("enwiki"); len(v.Entries) > 0 {
			t.Errorf("the mention made an item where the script lives: %v", v.Entries)
		}
	})
}

func TestMentionsAreResolvedWhicheverComesFirst(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		known := Survey{Source: "siteinfo", Wiki: "metawiki", At: at(5), Items: []Item{
			{Key: "extension:MultimediaViewer", Name: "MultimediaViewer", Aliases: []string{"Media Viewer"}},
			{Key: "extension:GuidedTour", Name: "GuidedTour"},
		}}
		spellings := edit(1,
			mention(detect.Extension, "", "Media_Viewer", ""), mention(detect.Extension, "", "multimediaviewer", ""),
			mention(detect.Extension, "", "guided tour", "A"), mention(detect.Extension, "", "Guided Tours", ""))
		want := "extension:GuidedTour guided tour A; extension:MultimediaViewer Media_Viewer ; extension:Guided Tours Guided Tours "
		for _, surveyFirst := range []bool{true, false} {
			s := newStore(t)
			if surveyFirst {
				s.survey(known)
			}
			s.record(spellings)
			if !surveyFirst {
				s.survey(known)
			}
			got := strings.Split(mentioned(s.view("metawiki")), "; ")
			for _, w := range strings.Split(want, "; ") {
				if !strings.Contains(strings.Join(got, ";")+";", w+";") {
					t.Errorf("survey first %t: mentions %q lack %q", surveyFirst, got, w)
				}
			}
			if len(got) != 3 {
				t.Errorf("survey first %t: two spellings in one section are two mentions: %q", surveyFirst, got)
			}
		}
	})
}

func touch(kind detect.Kind, name string, action detect.Action, minute int) detect.Touch {
	return detect.Touch{Kind: kind, Name: name, Wiki: "metawiki", Page: name, Action: action, Revision: int64(100 + minute), User: "Ben", Time: at(minute)}
}

func TestChangedUserScriptBecomesAnItem(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		const key = "userscript:metawiki:User:A/b.js"
		script := func(action detect.Action, minute int) Batch {
			return Batch{Touches: []detect.Touch{touch(detect.UserScript, "User:A/b.js", action, minute)}}
		}
		if !s.record(script(detect.Created, 1)) || s.record(script(detect.Created, 1)) {
			t.Error("a change must count once")
		}
		if e, ok := s.entry("metawiki", key); !ok || !e.Item.Changed.Equal(at(1)) || e.Item.ChangedRevision != 101 || e.Item.Page != "User:A/b.js" {
			t.Errorf("item: %v, %v", e, ok)
		}
		s.record(edit(2, mention(detect.UserScript, "metawiki", "User:A/b.js", "")))
		s.record(script(detect.Deleted, 3))
		if e, _ := s.entry("metawiki", key); !e.Item.Gone.Equal(at(3)) {
			t.Errorf("after the deletion: gone %v", e.Item.Gone)
		}
		if s.record(script(detect.Created, 1)) {
			t.Error("a replayed event brought a deleted script back")
		}
		if e, _ := s.entry("metawiki", key); e.Item.Gone.IsZero() {
			t.Error("a replayed event brought a deleted script back")
		}
		s.record(script(detect.Restored, 4))
		if e, _ := s.entry("metawiki", key); !e.Item.Gone.IsZero() || !e.Item.Changed.Equal(at(4)) {
			t.Errorf("after the restoration: %v", e.Item)
		}
	})
}

func TestMovedUserScriptKeepsItsClaimsAndMentions(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.record(Batch{Touches: []detect.Touch{touch(detect.UserScript, "User:A/old.js", detect.Created, 1)}})
		s.record(edit(2, mention(detect.UserScript, "metawiki", "User:A/old.js", "")))
		save(s, "T", 10, CellChange{Item: "userscript:metawiki:User:A/old.js", Added: users("A"), User: "A", Registered: true, Revision: 10, Time: at(2)})
		move := touch(detect.UserScript, "User:A/new.js", detect.Moved, 3)
		move.OldName = "User:A/old.js"
		s.record(Batch{Touches: []detect.Touch{move}})
		v := s.view("metawiki")
		if len(v.Entries) != 1 || v.Entries[0].Item.Key != "userscript:metawiki:User:A/new.js" || len(v.Entries[0].Claims) != 1 {
			t.Fatalf("entries after the move: %v", v.Entries)
		}
		if got := mentioned(v); got != "userscript:metawiki:User:A/new.js User:A/old.js " {
			t.Errorf("mentions after the move: %s", got)
		}
	})
}

func TestGadgetFilesBelongToTheGadgetsThatLoadThem(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.record(Batch{Touches: []detect.Touch{touch(detect.Gadget, "lib", detect.Edited, 1)}})
		if v := s.view("metawiki"); len(v.Entries) > 0 {
			t.Errorf("a file is no gadget before the definition says so: %v", v.Entries)
		}
		s.survey(Survey{Source: "gadgets", Wiki: "metawiki", At: at(2), Items: []Item{
			{Key: "gadget:metawiki:A", Name: "A", Aliases: []string{"lib"}},
			{Key: "gadget:metawiki:B", Name: "B", Aliases: []string{"lib"}},
			{Key: "gadget:metawiki:C", Name: "C"},
		}})
		for key, changed := range map[Key]bool{"gadget:metawiki:A": true, "gadget:metawiki:B": true, "gadget:metawiki:C": false} {
			if e, ok := s.entry("metawiki", key); !ok || e.Item.Changed.Equal(at(1)) != changed {
				t.Errorf("%s changed at %v, want change %t", key, e.Item.Changed, changed)
			}
		}
	})
}
