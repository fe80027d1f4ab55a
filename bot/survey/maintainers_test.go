// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how several pages of maintainers are read, and what cells must
// not do.

package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// listPage is the rendered page with a table of extensions; rows are
// "name|steward|maintainers", names become links to their pages.
func listPage(rows ...string) string {
	var b strings.Builder
	b.WriteString(`<h2>Extensions</h2><table class="wikitable"><tr><th>Extension</th><th>Steward<sup>[1]</sup></th><th>Individual maintainer<sup>[2]</sup></th></tr>`)
	for _, r := range rows {
		cells := strings.Split(r, "|")
		fmt.Fprintf(&b, `<tr><td><a href="/wiki/Extension:%s">%s</a></td><td>%s</td><td>%s</td></tr>`,
			strings.ReplaceAll(cells[0], " ", "_"), cells[0], cells[1], strings.Join(cells[2:], ""))
	}
	b.WriteString(`</table><h2>Core</h2><table class="wikitable"><tr><th>Component</th><th>Steward</th></tr><tr><td>Categories</td><td>Unassigned</td></tr></table>`)
	return b.String()
}

// pageWiki gives rendered pages, by title, and redirects to others.
type pageWiki struct {
	pages     map[string]string
	redirects map[string]string
	revision  int64
	asked     []map[string]string
}

func (w *pageWiki) Get(_ context.Context, p map[string]string, out any) error {
	w.asked = append(w.asked, p)
	var answer any
	if p["action"] == "parse" {
		text, ok := w.pages[p["page"]]
		if !ok {
			return &wiki.Error{Code: "missingtitle", Info: "no such page"}
		}
		answer = map[string]any{"parse": map[string]any{"title": p["page"], "revid": w.revision, "text": text}}
	} else {
		pages, moves := []any{}, []any{}
		for _, title := range strings.Split(p["titles"], "|") {
			if to, ok := w.redirects[title]; ok {
				moves = append(moves, map[string]any{"from": title, "to": to})
				title = to
			}
			var here []any
			for from, to := range w.redirects {
				if to == title {
					here = append(here, map[string]any{"title": from})
				}
			}
			pages = append(pages, map[string]any{"title": title, "redirects": here})
		}
		answer = map[string]any{"query": map[string]any{"pages": pages, "redirects": moves}}
	}
	b, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

func TestMaintainersSource(t *testing.T) {
	rows := []string{"Echo|Growth|" + `<a href="/wiki/User:Ana">Ana</a>, Ben, ben@example.org`, "Media Viewer|Unassigned|formerly Multimedia"}
	tests := []struct{ name, wiki, on, prefix, page, url, where string }{
		{"on the wiki itself", "metawiki", "metawiki", "", "", "https://www.mediawiki.org/wiki/Extension:Media_Viewer", "Listed"},
		{"on mediawiki.org", "metawiki", "mediawikiwiki", "mw:", "mw:Extension:Media Viewer", "", "mw:Listed"},
		{"a prefix without its colon", "metawiki", "mediawikiwiki", "mw", "mw:Extension:Media Viewer", "", "mw:Listed"},
		{"for mediawiki.org", "mediawikiwiki", "mediawikiwiki", "", "Extension:Media Viewer", "", "Listed"},
		{"on a wiki without a prefix", "metawiki", "otherwiki", "", "", "https://www.mediawiki.org/wiki/Extension:Media_Viewer", "Listed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := &pageWiki{pages: map[string]string{"Listed": listPage(rows...)}, revision: 123}
			s, err := MaintainersSource(tt.wiki, []MaintainersPage{{API: api, Wiki: tt.on, Title: "Listed", Prefix: tt.prefix}}).Read(t.Context(), Reading{At: noon})
			if err != nil {
				t.Fatal(err)
			}
			claim := func(key registry.Key, role registry.Role, kind registry.HolderKind, holder string) registry.Claim {
				return registry.Claim{Item: key, Role: role, Holder: holder, HolderKind: kind, Standing: registry.Stated,
					Evidence: registry.Evidence{Wiki: tt.on, Page: tt.where, Revision: 123}}
			}
			want := []registry.Claim{
				claim("extension:Echo", registry.Steward, registry.Team, "Growth"), claim("extension:Echo", registry.Maintainer, registry.User, "Ana"),
				claim("extension:Echo", registry.Maintainer, registry.Team, "Ben"), claim("extension:Media Viewer", registry.Steward, registry.Nobody, ""),
			}
			if diff := cmp.Diff(want, s.Claims); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
			item := registry.Item{Key: "extension:Media Viewer", Name: "Media Viewer", Page: tt.page, URL: tt.url, Section: "Extensions", Listed: true}
			if len(s.Items) != 2 || !cmp.Equal(item, s.Items[1]) {
				t.Errorf("items %+v", s.Items)
			}
		})
	}
}

func TestAnOldNameOnTheMaintainersPage(t *testing.T) {
	api := &pageWiki{pages: map[string]string{"P": listPage("Old|Growth", "Kept|Growth", "Echo|Growth")},
		redirects: map[string]string{"Extension:Old": "Extension:New", "Extension:Kept": "Extension:Elsewhere", "Extension:Notify": "Extension:Echo", "Echo help": "Extension:Echo", "Extension:Other/x": "Extension:Echo"}}
	known := []registry.Entry{{Item: registry.Item{Key: "extension:New", Deployed: true}}, {Item: registry.Item{Key: "extension:Kept", Deployed: true}}}
	s, err := MaintainersSource("metawiki", []MaintainersPage{{API: api, Wiki: mediawikiOrg, Title: "P", Prefix: "mw:"}}).Read(t.Context(),
		Reading{At: noon, Known: func(context.Context) ([]registry.Entry, error) { return known, nil }})
	if err != nil {
		t.Fatal(err)
	}
	got := map[registry.Key]string{}
	for i, item := range s.Items {
		got[item.Key] = strings.Join(item.Aliases, ", ")
		if s.Claims[i].Item != item.Key {
			t.Errorf("a claim on %s", s.Claims[i].Item)
		}
	}
	want := map[registry.Key]string{"extension:New": "New", "extension:Kept": "Elsewhere", "extension:Echo": "Notify"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("aliases (-want +got):\n%s", diff)
	}
	if len(api.asked) != 2 {
		t.Errorf("%d requests", len(api.asked))
	}
}

// TestPagesFailAlone reads two pages into a registry while one of them cannot
// be read, or says much less than before.
func TestPagesFailAlone(t *testing.T) {
	ctx := t.Context()
	reg, err := registry.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	first := &pageWiki{revision: 1, pages: map[string]string{"A": listPage("Echo|Growth", "Flow|Unassigned", "Shared|Alpha", "Leaving|Growth", "More|Growth", "Most|Growth")}}
	second := &pageWiki{revision: 2, pages: map[string]string{"B": listPage("Shared|Beta", "Only B|Growth")}}
	source := MaintainersSource("metawiki", []MaintainersPage{{API: first, Wiki: "metawiki", Title: "A"}, {API: second, Wiki: "otherwiki", Title: "B"}})
	at := noon
	entries := func(ctx context.Context) ([]registry.Entry, error) {
		v, err := reg.View(ctx, registry.Query{Wiki: "metawiki", Now: at})
		return v.Entries, err
	}
	read := func() error {
		t.Helper()
		at = at.Add(time.Hour)
		states, err := reg.Surveys(ctx, "metawiki")
		if err != nil {
			t.Fatal(err)
		}
		in := Reading{At: at, Known: entries, Keep: func(ctx context.Context, part registry.Survey) error {
			if !part.Part {
				t.Error("kept what is no part")
			}
			_, err := reg.SaveSurvey(ctx, part)
			return err
		}}
		if len(states) > 0 {
			in.Last = states[0]
		}
		s, err := source.Read(ctx, in)
		if err != nil {
			return errors.Join(err, reg.SurveyFailed(ctx, "maintainers", "metawiki", at, err.Error()))
		}
		_, err = reg.SaveSurvey(ctx, s)
		return err
	}
	said := func() string {
		t.Helper()
		found, err := entries(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, e := range found {
			for _, c := range e.Claims {
				out = append(out, e.Item.Key.Name()+"="+c.Holder)
			}
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	check := func(when, want string) {
		t.Helper()
		if got := said(); got != want {
			t.Errorf("%s: %s\nwant %s", when, got, want)
		}
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	const whole = "Echo=Growth Flow= Leaving=Growth More=Growth Most=Growth Only B=Growth Shared=Alpha Shared=Beta"
	check("at first", whole)

	text := second.pages["B"]
	delete(second.pages, "B")
	first.pages["A"] = listPage("Echo|Apps", "Flow|Unassigned", "Shared|Gamma", "More|Growth", "Most|Growth")
	if err := read(); err == nil || !strings.Contains(err.Error(), "B on otherwiki") || strings.Contains(err.Error(), "A on") {
		t.Errorf("the error is %v", err)
	}
	check("while B is gone", "Echo=Apps Flow= More=Growth Most=Growth Only B=Growth Shared=Beta Shared=Gamma")
	wholeAt, failedAt := at.Add(-time.Hour), at
	stale := func() {
		t.Helper()
		states, err := reg.Surveys(ctx, "metawiki")
		if err != nil || len(states) != 1 || !states[0].Read.Equal(wholeAt) || !states[0].Failed.Equal(failedAt) {
			t.Errorf("the source is %+v, %v; it was last read at %v, and fails since %v", states, err, wholeAt, failedAt)
		}
	}
	stale()

	first.pages["A"] = listPage("Echo|Apps", "Shared|Gamma")
	if err := read(); err == nil {
		t.Error("no error")
	}
	check("while B is gone and A is half", "Echo=Apps Flow= More=Growth Most=Growth Only B=Growth Shared=Beta Shared=Gamma")
	stale()

	for _, bad := range []string{"", "<p>nothing</p>", "<table class=wikitable><tr><th>X</th></tr></table>"} {
		first.pages["A"], second.pages["B"] = bad, bad
		if err := read(); err == nil || !strings.Contains(err.Error(), "A on metawiki") || !strings.Contains(err.Error(), "B on otherwiki") {
			t.Errorf("with %q: %v", bad, err)
		}
		check("with "+bad, "Echo=Apps Flow= More=Growth Most=Growth Only B=Growth Shared=Beta Shared=Gamma")
	}

	first.pages["A"], second.pages["B"] = listPage("Echo|Growth", "Flow|Unassigned", "Shared|Alpha", "More|Growth", "Most|Growth"), text
	if err := read(); err != nil {
		t.Error(err)
	}
	check("when both are back", "Echo=Growth Flow= More=Growth Most=Growth Only B=Growth Shared=Alpha Shared=Beta")

	// Half of one page is too little to be missed among the others.
	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprintf("Many%d|Growth", i))
	}
	first.pages["A"], second.pages["B"] = listPage(many...), listPage("P|One", "Q|Two", "R|Two", "S|Two", "T|Two")
	for range 2 { // Echo and the others are gone for good
		_ = read()
	}
	before := said()
	second.pages["B"] = listPage("P|One", "Q|Two")
	if err := read(); !errors.Is(err, errFewer) || said() != before {
		t.Errorf("half of B: %v\n%s\nbefore %s", err, said(), before)
	}
	if err := read(); err != nil || strings.Contains(said(), "R=Two") {
		t.Errorf("half of B, once more: %v\n%s", err, said())
	}
}

func TestMaintainersTriggers(t *testing.T) {
	source := MaintainersSource("metawiki", []MaintainersPage{{Wiki: "mediawikiwiki", Title: "developers/Maintainers", Prefix: "mw:"}})
	for change, want := range map[[2]string]bool{
		{"mediawikiwiki", "Developers/Maintainers"}: true, {"metawiki", "Developers/Maintainers"}: false, {"mediawikiwiki", "Developers"}: false,
	} {
		if source.Triggers(change[0], change[1]) != want {
			t.Errorf("%v: not %t", change, want)
		}
	}
	api := &pageWiki{pages: map[string]string{"Maintainers": listPage("Echo|Growth")}}
	source = MaintainersSource("metawiki", []MaintainersPage{{API: redirected{api, "Stewards"}, Wiki: "otherwiki", Title: "Maintainers", Prefix: "o:"}})
	if source.Triggers("otherwiki", "Stewards") {
		t.Error("nobody knows yet where the redirect leads")
	}
	if _, err := source.Read(t.Context(), Reading{At: noon}); err != nil || !source.Triggers("otherwiki", "Stewards") || !source.Triggers("otherwiki", "Maintainers") {
		t.Errorf("the page behind the redirect triggers nothing; %v", err)
	}
}

// redirected is a wiki on which every page redirects to one.
type redirected struct {
	asker
	to string
}

func (r redirected) Get(ctx context.Context, params map[string]string, out any) error {
	err := r.asker.Get(ctx, params, out)
	if text, marshal := json.Marshal(map[string]any{"parse": map[string]string{"title": r.to}}); err == nil && marshal == nil {
		err = json.Unmarshal(text, out)
	}
	return err
}

func TestBadCells(t *testing.T) {
	site := wikitext.DefaultSite()
	long := strings.Repeat("x", 10240)
	many := strings.Repeat(`<a href="/wiki/User:A">A</a>, `, 300) + strings.Repeat("T, ", 300)
	for n := range 300 {
		many += fmt.Sprintf("Team %d, ", n)
	}
	for _, tt := range []struct {
		name, cell string
		want       []Holder
	}{
		{"10 KB of one name", long, nil},
		{"10 KB beside a name", long + ", Ana", []Holder{team("Ana")}},
		{"a mail address", "ana@example.org", nil},
		{"a name with a mail address", "Ana &lt;ana@example.org&gt;, Ben (ben at example dot org)", []Holder{team("Ana"), team("Ben")}},
		{"a link for mail", `<a href="MAILTO:ana@example.org">write to us</a>`, nil},
		{"turned around", "\u202eAna\u202c\u2066\u2069", []Holder{team("Ana")}},
		{"right to left", "<a href=\"/wiki/User:%D7%90%D7%91\">\u200fאב\u200f</a>، תא", []Holder{user("אב"), team("תא")}},
		{"an address as a name", `<a href="/wiki/Special:Contributions/192.0.2.1">192.0.2.1</a>`, []Holder{team("192.0.2.1")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseMaintainers(row("X", "Alpha", tt.cell), site)
			if err != nil || len(got) != 1 {
				t.Fatalf("%v, %v", got, err)
			}
			if !slices.Equal(got[0].Maintainers, tt.want) {
				t.Errorf("%v, want %v", got[0].Maintainers, tt.want)
			}
		})
	}
	got, err := ParseMaintainers(row("X", many, ""), site)
	if err != nil || len(got[0].Stewards) != maxNamed {
		t.Errorf("%d stewards, %v", len(got[0].Stewards), err)
	}
}
