// SPDX-License-Identifier: GPL-3.0-or-later

package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// indexed is the index of a world.
func indexed(t testing.TB, w *world) *index {
	t.Helper()
	x, err := newIndex(t.Context(), w, w.state, About{}, masked, noon)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestSearch(t *testing.T) {
	w := newWorld()
	part := w.parts["commonswiki"]
	for _, name := range []string{"Map", "Mapper", "Old Map", "Roadmap", "Ähre", "GARDEN_tools"} {
		part.View.Entries = append(part.View.Entries, registry.Entry{Item: registry.Item{Key: registry.NewKey("gadget", "commonswiki", name), Name: name}})
	}
	w.parts["commonswiki"] = part
	x := indexed(t, w)
	for _, test := range []struct {
		what string
		s    search
		want string
	}{
		{"the best name first, then by name", search{Text: "map"}, "Map|Map peek|Mapper|Old Map|Roadmap"},
		{"case and accents do not matter", search{Text: "AHRE"}, "Ähre"},
		{"spaces for underscores", search{Text: "garden tools"}, "GARDEN_tools"},
		{"words in any order", search{Text: "map old"}, "Old Map"},
		{"by another name", search{Text: "guided tour"}, "GuidedTour"},
		{"by who looks after it", search{Text: "ida fern"}, "GuidedTour|Map peek"},
		{"by key", search{Text: "userscript:metawiki"}, "User:Lou/tidy.js"},
		{"another script", search{Text: "المشاهدة"}, "أداة المشاهدة"},
		{"of a kind", search{Text: "map", Kind: "extension"}, ""},
		{"of a wiki", search{Text: "map", Wiki: "metawiki"}, "Map peek"},
		{"with a verdict", search{Verdict: "unassigned"}, "Poem|VerseNumbers"},
		{"all of these", search{Text: "e", Wiki: "metawiki", Kind: "extension", Verdict: "owned"}, "GuidedTour"},
		{"nothing", search{Text: "nothing like that"}, ""},
		{"what makes a pattern elsewhere", search{Text: "%_*.?["}, ""},
		{"a page that is not there", search{Page: 7}, ""},
	} {
		found, err := x.search(test.s)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, h := range found.Items {
			names = append(names, h.Name)
		}
		if got := strings.Join(names, "|"); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
		if test.s.Page < 2 && found.Total != len(found.Items) {
			t.Errorf("%s: %d found of %d", test.what, len(found.Items), found.Total)
		}
	}
	all, err := x.search(search{})
	if err != nil {
		t.Fatal(err)
	}
	if all.Verdicts["unassigned"] != 2 || all.Verdicts["owned"] != 2 || all.Kinds["skin"] != 1 || all.Kinds["gadget"] != 9 {
		t.Errorf("counts %v, %v", all.Verdicts, all.Kinds)
	}
}

func TestPagesOfASearchHoldEachItemOnce(t *testing.T) {
	x := indexed(t, largeWorld(500, 3))
	seen := map[string]bool{}
	for page := 1; ; page++ {
		found, err := x.search(search{Text: "a", Page: page})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range found.Items {
			if seen[h.Key] {
				t.Errorf("%s is found twice", h.Key)
			}
			seen[h.Key] = true
		}
		if len(found.Items) < perPage {
			if len(seen) != found.Total || found.Total < 200 {
				t.Errorf("%d items on all pages, %d in all", len(seen), found.Total)
			}
			break
		}
	}
}

func TestAnItemOnManyWikisIsFoundOnce(t *testing.T) {
	x := indexed(t, newWorld())
	found, err := x.search(search{Text: "guidedtour"})
	if err != nil || len(found.Items) != 1 {
		t.Fatalf("%d found: %v", len(found.Items), err)
	}
	if seen := found.Items[0].Seen; len(seen) != 1 || seen[0].Wikis != 2 || seen[0].Verdict != "owned" {
		t.Errorf("seen %+v", seen)
	}
	both, err := x.find("extension:GuidedTour", "")
	if err != nil || len(both) != 2 || both[0].Wiki != "commonswiki" {
		t.Errorf("%+v, %v", both, err)
	}
	for _, key := range []string{"", "extension:", "extension:GuidedTou", "extension:GuidedTours", "zzz"} {
		if none, _ := x.find(key, ""); len(none) != 0 {
			t.Errorf("%q is found", key)
		}
	}
}

// largeWorld is a world with so many items, on so many wikis.
func largeWorld(items, wikis int) *world {
	rng := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("ka lo mi ter san vel dor qui pha ren gu tas bi nor el")
	name := func() string {
		var b strings.Builder
		for range 2 + rng.IntN(4) {
			b.WriteString(syllables[rng.IntN(len(syllables))])
			if rng.IntN(5) == 0 {
				b.WriteByte(' ')
			}
		}
		return strings.TrimSpace(b.String())
	}
	w := &world{state: State{Now: noon, Running: true}, parts: map[string]Part{}, hidden: map[registry.Key]bool{}, recorded: map[registry.Key]bool{}}
	for i := range wikis {
		wiki := fmt.Sprintf("w%dwiki", i)
		w.state.Wikis = append(w.state.Wikis, Wiki{Place: Place{Wiki: wiki, Article: "https://" + wiki + ".example.org/wiki/$1"}, Mode: Live})
		part := Part{View: registry.View{Wiki: wiki}, Judge: judge, Unowned: registry.Verdicts, Settled: noon}
		for range items / wikis {
			n := name()
			title := fmt.Sprintf("%s %d", n, rng.IntN(1_000_000))
			key := registry.NewKey("gadget", wiki, title)
			e := registry.Entry{Item: registry.Item{Key: key, Name: title, Page: "MediaWiki:Gadget-" + title, Deployed: true, Section: "editing", Aliases: []string{title + ".js", title + ".css"}, Details: registry.Details{Description: "It does " + n + " and " + name()}}}
			if rng.IntN(2) == 0 {
				c := stated("cells", "Stewardship/Gadgets", rng.Int64N(1e6), registry.Steward, registry.User, "User "+name())
				c.Item = key
				e.Claims = append(e.Claims, c)
			}
			part.View.Entries = append(part.View.Entries, e)
		}
		w.parts[wiki] = part
	}
	return w
}

// BenchmarkSearch looks for things among 50 000 items of 50 wikis.
func BenchmarkSearch(b *testing.B) {
	x := indexed(b, largeWorld(50_000, 50))
	for _, text := range []string{"", "e", "terka", "san vel 12", "nothing like that"} {
		b.Run("q="+strings.ReplaceAll(text, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				if _, err := x.search(search{Text: text, Page: 3}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms")
			b.ReportMetric(50, "bar:ms")
		})
	}
}

// BenchmarkIndex makes the index of 50 000 items, and tells what it keeps in
// memory.
func BenchmarkIndex(b *testing.B) {
	w := largeWorld(50_000, 50)
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what pools hold goes with the second
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	none := heap()
	var x *index
	for b.Loop() {
		var err error
		if x, err = newIndex(context.Background(), w, w.state, About{}, masked, noon); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(heap()-none, "MiB-kept")
	b.ReportMetric(32, "bar:MiB-kept")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
	b.ReportMetric(3000, "bar:ms")
	runtime.KeepAlive(x)
	runtime.KeepAlive(w)
}
