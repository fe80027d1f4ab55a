// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is called similar.

package registry

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// groupedItems reads testdata/similar/items.txt.
func groupedItems(t *testing.T) (entries []Entry, group map[Key]string) {
	t.Helper()
	text, err := os.ReadFile("testdata/similar/items.txt")
	if err != nil {
		t.Fatal(err)
	}
	group = make(map[Key]string)
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "|")
		if len(f) != 5 {
			t.Fatalf("%q has not five fields", line)
		}
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		key := Key(f[1])
		if !key.valid() || group[key] != "" {
			t.Fatalf("%q is no key, or there twice", key)
		}
		group[key] = f[0]
		if f[0] == "-" {
			group[key] = f[1]
		}
		item := Item{Key: key, Name: f[2], Details: Details{Description: f[4]}}
		if f[3] != "" {
			item.Keywords = strings.Split(f[3], ", ")
		}
		entries = append(entries, Entry{Item: item})
	}
	return entries, group
}

func TestSimilarItemsBelongTogether(t *testing.T) {
	entries, group := groupedItems(t)
	similar := Similar(entries, nil)
	right, wrong, together := 0, 0, 0
	for _, key := range slices.Sorted(maps.Keys(group)) {
		for other := range group {
			if other != key && group[other] == group[key] {
				together++
			}
		}
		for _, l := range similar[key] {
			t.Logf("%t %.3f %s and %s: %v", group[key] == group[l.Item], l.Score, key, l.Item, l.Shared)
			if group[key] == group[l.Item] {
				right++
			} else {
				wrong++
			}
		}
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(together)
	t.Logf("%d items: precision %.2f, recall %.2f", len(entries), precision, recall)
	if precision < 0.95 || recall < 0.85 {
		t.Errorf("precision %.2f, recall %.2f, want 0.95 and 0.85", precision, recall)
	}
}

// about makes an entry of a tool.
func about(name, description string, keywords ...string) Entry {
	return Entry{Item: Item{Key: Key("tool:" + name), Name: name, Details: Details{Description: description, Keywords: keywords}}}
}

func keysOf(list []Likeness) (out []Key) {
	for _, l := range list {
		out = append(out, l.Item)
	}
	return out
}

func TestSimilarIsTheSameInAnyOrder(t *testing.T) {
	entries, _ := groupedItems(t)
	want := Similar(entries, nil)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		rnd.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		if diff := cmp.Diff(want, Similar(entries, nil)); diff != "" {
			t.Fatalf("(-first +now):\n%s", diff)
		}
	}
	for key, list := range want {
		if len(list) > mostSimilar || !slices.IsSortedFunc(list, func(a, b Likeness) int { return int((b.Score - a.Score) * 1000) }) {
			t.Errorf("%s: %v", key, list)
		}
		for _, l := range list {
			if l.Item == key || l.Score < leastScore || l.Score >= 1 || len(l.Shared) == 0 || len(l.Shared) > sharedWords {
				t.Errorf("%s: %+v", key, l)
			}
			back := slices.IndexFunc(want[l.Item], func(b Likeness) bool { return b.Item == key })
			if back >= 0 && want[l.Item][back].Score != l.Score {
				t.Errorf("%s and %s are not as similar as the other way round", key, l.Item)
			}
		}
	}
}

func TestPairsAreStruckOutInBothDirections(t *testing.T) {
	entries, _ := groupedItems(t)
	const a, b = "tool:geospread", "tool:pinboard-map"
	before := Similar(entries, nil)
	if !slices.Contains(keysOf(before[a]), b) || !slices.Contains(keysOf(before[b]), a) {
		t.Fatalf("%v, %v", before[a], before[b])
	}
	for _, pair := range [][2]Key{{a, b}, {b, a}, {"tool:Geospread", b}} {
		after := Similar(entries, [][2]Key{pair})
		if slices.Contains(keysOf(after[a]), b) || slices.Contains(keysOf(after[b]), a) {
			t.Errorf("without %v: %v, %v", pair, after[a], after[b])
		}
		if !cmp.Equal(before["tool:copy-lens"], after["tool:copy-lens"]) {
			t.Errorf("without %v others changed", pair)
		}
	}
}

func TestWhatIsSimilarToNothing(t *testing.T) {
	const text = "Draws all articles of a category with coordinates on a map."
	gone, mentioned, extension := about("gone", text), about("mentioned", text), about("x", text)
	gone.Item.Gone, mentioned.Item.Mentioned, extension.Item.Key = at(1), true, "extension:Map"
	filler := []Entry{about("one", "Plays music as audio"), about("two", "Sends a digest by mail"), about("three", "Folds the contents")}
	for name, entries := range map[string][]Entry{
		"nothing at all": nil, "one item": {about("a", text)}, "gone": {about("a", text), gone}, "mentioned": {about("a", text), mentioned},
		"an extension": {about("a", text), extension}, "no text": {{Item: Item{Key: "tool:a"}}, {Item: Item{Key: "tool:b"}}},
		"only empty words":  {about("a1", "The tool for wiki users"), about("b1", "The tool for wiki users")},
		"one word":          {about("one", "Rotates images nicely and crops drawings"), about("two", "Converts images between formats of videos")},
		"numbers and marks": {about("12", "2024 — 33 % ..."), about("13", "2024 — 33 % ...")},
		"not UTF-8":         {about("a", "\xff\xfe \xff"), about("b", "\xff\xfe \xff")},
	} {
		if got := Similar(append(entries, filler...), nil); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSameNameAndTextsOfOtherScripts(t *testing.T) {
	gadget, script := about("", ""), about("", "")
	gadget.Item.Key, gadget.Item.Name = "gadget:testwiki:HotCat", "HotCat"
	script.Item.Key, script.Item.Name = "userscript:testwiki:User:Ana/hotcat.js", "User:Ana/hotcat.js"
	other := script
	other.Item.Key, other.Item.Name = "userscript:testwiki:User:Ana/else.js", "User:Ana/else.js"
	got := Similar([]Entry{
		gadget, script, other,
		about("ja1", "カテゴリの記事を地図に表示します"), about("ja2", "カテゴリにある記事を地図で表示"), about("ja3", "音楽を再生する"),
		about("ar1", "يعرض المقالات على خريطة العالم"), about("ar2", "خريطة العالم مع المقالات"), about("ar3", "يرسل رسالة كل يوم"),
	}, nil)
	var pairs []string
	for key, list := range got {
		for _, l := range list {
			pairs = append(pairs, fmt.Sprintf("%s %s", key, l.Item))
		}
	}
	slices.Sort(pairs)
	want := []string{
		"gadget:testwiki:HotCat userscript:testwiki:User:Ana/hotcat.js", "tool:ar1 tool:ar2", "tool:ar2 tool:ar1", "tool:ja1 tool:ja2", "tool:ja2 tool:ja1",
		"userscript:testwiki:User:Ana/hotcat.js gadget:testwiki:HotCat",
	}
	if diff := cmp.Diff(want, pairs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDeprecatedItemsPointToWhatReplacesThem(t *testing.T) {
	deprecated := func(name, replacedBy string) Entry {
		e := about(name, "")
		e.Item.Deprecated, e.Item.ReplacedBy = true, replacedBy
		return e
	}
	notDeprecated := deprecated("fine", "new")
	notDeprecated.Item.Deprecated = false
	gone := about("gone", "")
	gone.Item.Gone = at(1)
	entries := []Entry{
		about("new", ""), about("twin", ""), {Item: Item{Key: "tool:toolhub:twin", Name: "twin"}}, {Item: Item{Key: "extension:Map", Name: "Map"}},
		{Item: Item{Key: "gadget:testwiki:G", Name: "G"}}, gone,
		deprecated("by-name", "New"), deprecated("by-address", "https://new.toolforge.org/"), deprecated("by-record", "https://toolhub.wikimedia.org/tools/toolforge-new"),
		deprecated("by-extension", "https://www.mediawiki.org/wiki/Extension:Map"),
		deprecated("chain", "by-name"), deprecated("longer-chain", "chain"),
		deprecated("two-meanings", "twin"), deprecated("to-nothing", "https://example.org/"), deprecated("to-gone", "gone"), deprecated("self", "self"),
		deprecated("loop-a", "loop-b"), deprecated("loop-b", "loop-a"), deprecated("into-loop", "loop-a"), notDeprecated,
	}
	for i := range 200 {
		entries = append(entries, deprecated(fmt.Sprintf("endless-%d", i), fmt.Sprintf("endless-%d", i+1)))
	}
	got := Similar(entries, [][2]Key{{"tool:new", "tool:by-record"}})
	for name, want := range map[string][]Key{
		"by-name": {"tool:new"}, "by-address": {"tool:new"}, "by-record": nil, "by-extension": {"extension:Map"},
		"chain": {"tool:new"}, "longer-chain": {"tool:new"}, "two-meanings": {"tool:toolhub:twin", "tool:twin"},
		"to-nothing": nil, "to-gone": nil, "self": nil, "loop-a": {"tool:loop-b"}, "loop-b": {"tool:loop-a"}, "into-loop": {"tool:loop-a"},
		"fine": nil, "new": nil, "endless-0": {"tool:endless-1"},
	} {
		var said []Key
		for _, l := range got[Key("tool:"+name)] {
			if l.Score == 1 {
				said = append(said, l.Item)
			}
		}
		if !slices.Equal(said, want) {
			t.Errorf("%s was replaced by %v, want %v", name, said, want)
		}
	}
}

func TestReplacementComesBeforeWhatIsSimilar(t *testing.T) {
	const text = "Draws all articles of a category with coordinates on a map."
	old := about("old", text)
	old.Item.Deprecated, old.Item.ReplacedBy = true, "new"
	entries := []Entry{old, about("new", "Something else entirely")}
	for i := range 20 {
		entries = append(entries, about(fmt.Sprintf("other%d", i), fmt.Sprintf("Plays%d scores%d as audio%d", i, i, i)))
	}
	for i := range 9 {
		entries = append(entries, about(fmt.Sprintf("map%d", i), text))
	}
	got := Similar(entries, nil)["tool:old"]
	if len(got) != mostSimilar || got[0].Item != "tool:new" || got[0].Score != 1 || got[1].Score > sameText || got[1].Item != "tool:map0" {
		t.Errorf("%+v", got)
	}
}

func FuzzSimilar(f *testing.F) {
	f.Add("Draws articles on a map", "MapTool", "map, articles")
	f.Add("カテゴリ", "\xff", "İIı ß ŉ")
	f.Fuzz(func(t *testing.T, description, name, keywords string) {
		a, b := about("a", description, strings.Split(keywords, ",")...), about("b", name, description)
		b.Item.Deprecated, b.Item.ReplacedBy = true, name
		for key, list := range Similar([]Entry{a, b, about("c", keywords)}, nil) {
			for _, l := range list {
				if l.Item == key || !(l.Score >= leastScore && l.Score <= 1) {
					t.Errorf("%s: %+v", key, l)
				}
			}
		}
	})
}
