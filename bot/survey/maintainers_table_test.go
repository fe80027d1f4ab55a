// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the tables of a page of maintainers are read.

package survey

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func user(name string) Holder { return Holder{Name: name, User: true} }
func team(name string) Holder { return Holder{Name: name} }

func TestMaintainersPage(t *testing.T) {
	html, err := os.ReadFile("testdata/maintainers.html")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseMaintainers(string(html), nil)
	if err != nil {
		t.Fatal(err)
	}
	const core, extensions, skins, libraries = "Core of the software", "A to F", "Skins deployed", "Extension libraries"
	want := []Component{
		{Section: core, Name: "Comment store", Description: "Edit summaries", Unassigned: true},
		{Section: core, Name: "Categories", Page: "Help:Categories", Description: "Pages in groups", Unassigned: true, Maintainers: []Holder{user("Example One")}},
		{Section: core, Name: "API api.php", Description: "For programs", Steward: "Beta Engineering (Gamma Team)",
			Stewards:    []Holder{team("Beta Engineering (Gamma Team)")},
			Maintainers: []Holder{user("Example Two"), user("Example Three")},
			Consulted:   []Holder{team("Delta Team"), team("Epsilon Team")}, Informed: []Holder{team("Zeta")}},
		{Section: core, Name: "Upload"},
		{Section: extensions, Name: "Echo", Page: "Extension:Echo", Kind: "extension", Description: "Tells people", Steward: "Alpha Team",
			Stewards: []Holder{team("Alpha Team")}, Maintainers: []Holder{user("Example One")}},
		{Section: extensions, Name: "CheckUser", Page: "Extension:CheckUser", Kind: "extension", Steward: "Alpha Team",
			Stewards: []Holder{team("Alpha Team")}, Maintainers: []Holder{user("Example Two")}},
		{Section: extensions, Name: "Flow", Page: "Extension:Flow", Kind: "extension", Description: "Alpha Team", Steward: "Alpha Team",
			Stewards: []Holder{team("Alpha Team")}},
		{Section: skins, Name: "Vector", Page: "Skin:Vector", Kind: "skin", Steward: "Alpha Team, Beta Team",
			Stewards: []Holder{team("Alpha Team"), team("Beta Team")}, Maintainers: []Holder{user("Example One"), team("Example Plain")}},
		{Section: skins, Name: "Timeless", Kind: "skin", Unassigned: true},
		{Section: libraries, Name: "at-ease"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// row makes a page with one row of component, steward and maintainers.
func row(component, steward, maintainers string) string {
	return `<table class="wikitable"><tr><th>Component</th><th>Steward</th><th>Individual maintainers</th></tr><tr><td>` +
		component + `</td><td>` + steward + `</td><td>` + maintainers + `</td></tr></table>`
}

func TestWhoACellNames(t *testing.T) {
	for _, test := range []struct {
		name, cell string
		want       []Holder
	}{
		{"nobody", ``, nil},
		{"white space", " \n&nbsp;", nil},
		{"a dash", `—`, nil},
		{"a placeholder", `TBD`, nil},
		{"plain names", `Example One, Example Two`, []Holder{team("Example One"), team("Example Two")}},
		{"one name twice", `Example One, Example  One`, []Holder{team("Example One")}},
		{"one user by page and talk page", `<a href="/wiki/User:Example">Example</a> (<a href="/wiki/User_talk:Example">talk</a>)`, []Holder{user("Example")}},
		{"a user under another name", `<a href="/wiki/User:Example">The <b>best</b></a>`, []Holder{user("Example")}},
		{"a user without a page", `<a href="/w/index.php?title=User:A%26B&amp;action=edit&amp;redlink=1">A&amp;B</a>`, []Holder{user("A&B")}},
		{"a user elsewhere", `<a href="//meta.wikimedia.org/wiki/User:Example">x</a>`, []Holder{user("Example")}},
		{"a user by Parsoid", `<a rel="mw:WikiLink" href="./User:Example_One">x</a>`, []Holder{user("Example One")}},
		{"a user where the article path is short", `<a href="/w/User:Example">x</a>`, []Holder{user("Example")}},
		{"a letter in percent code", `<a href="/wiki/User:%C3%84nne">x</a>`, []Holder{user("Änne")}},
		{"a name with a comma and a parenthesis", `<a href="/wiki/User:Example_(WMF)">Example, the (formerly known)</a>`, []Holder{user("Example (WMF)")}},
		{"a link elsewhere", `<a href="https://example.org/wiki-x/User:Example">Example</a>`, []Holder{team("Example")}},
		{"users after a team", `Alpha: <a href="/wiki/User:A">A</a>, <a href="/wiki/User:B">B</a>`, []Holder{user("A"), user("B")}},
		{"a remark with a comma", `Example (volunteer, nights), Other`, []Holder{team("Example"), team("Other")}},
		{"a parenthesis that is not closed", `Example (volunteer<br>Other`, []Holder{team("Example"), team("Other")}},
		{"a note", `Example<sup class="reference"><a href="/wiki/User:Note">[1]</a></sup>`, []Holder{team("Example")}},
		{"styles of a template", `<style data-mw-deduplicate="x">.a{}</style>Example`, []Holder{team("Example")}},
		{"text for another screen", `Example<span class="mobile-only">, Copy</span><span style="display:none">, Hidden</span>`, []Holder{team("Example")}},
		{"struck out", `<del>Example</del> <strike>Other</strike>`, nil},
		{"formerly", `formerly Alpha Team`, nil},
		{"formerly a user", `Formerly <a href="/wiki/User:Example">Example</a>`, nil},
		{"formerly several", `formerly <a href="/wiki/User:A">A</a>, <a href="/wiki/User:B">B</a>`, nil},
		{"now one, formerly another", `<a href="/wiki/User:A">A</a>, formerly <a href="/wiki/User:B">B</a>`, []Holder{user("A")}},
		{"formerly without a comma", `Example formerly Alpha Team`, []Holder{team("Example")}},
		{"formerly on a line of its own", `formerly Alpha<br>Example`, []Holder{team("Example")}},
		{"formerly, then a semicolon", `formerly Alpha; Example`, []Holder{team("Example")}},
		{"former in front", `former: Example`, nil},
		{"former as part of a name", `Transformer Team, Informer`, []Holder{team("Transformer Team"), team("Informer")}},
		{"a user who was elsewhere", `<a href="/wiki/User:A">A</a> (formerly Alpha Team)`, []Holder{user("A")}},
		{"a team that was a user", `Alpha (formerly <a href="/wiki/User:A">A</a>)`, []Holder{team("Alpha")}},
		{"a user who left", `<a href="/wiki/User:A">A</a> (former), <a href="/wiki/User:B">B</a>`, []Holder{user("B")}},
		{"a user until a year", `<a href="/wiki/User:A">A</a> (until 2021)`, nil},
		{"a user who is inactive", `<a href="/wiki/User:A">A</a> (inactive)`, nil},
		{"a user named like the past", `<a href="/wiki/User:Formerly">Formerly</a>`, []Holder{user("Formerly")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseMaintainers(row("X", "Alpha", test.cell), nil)
			if err != nil || len(got) != 1 {
				t.Fatalf("got %v, %v", got, err)
			}
			if diff := cmp.Diff(test.want, got[0].Maintainers, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestSteward(t *testing.T) {
	for _, test := range []struct {
		cell       string
		want       string
		unassigned bool
	}{
		{`Unassigned`, "", true},
		{` <b>unassigned</b><br>`, "", true},
		{`Unassigned<sup class="reference">[1]</sup>`, "", true},
		{`Unassigned, formerly Alpha`, "", true},
		{`Unassigned (formerly Alpha)`, "", true},
		{`Unassigned: please help`, "", true},
		{`<s>Alpha</s> Unassigned`, "", true},
		{`<s>Unassigned</s> Alpha`, "Alpha", false},
		{`Unassigned, Alpha`, "Alpha", false},
		{`Unassignedness`, "Unassignedness", false},
		{``, "", false},
		{`?`, "", false},
		{`none`, "", false},
		{`formerly Alpha`, "", false},
		{`Alpha (Beta, Gamma)`, "Alpha (Beta, Gamma)", false},
		{`Alpha / Beta`, "Alpha / Beta", false},
		{`<a href="/wiki/User:Example">Ex</a>`, "Example", false},
	} {
		t.Run(test.cell, func(t *testing.T) {
			got, err := ParseMaintainers(row("X", test.cell, ""), nil)
			if err != nil || len(got) != 1 {
				t.Fatalf("got %v, %v", got, err)
			}
			if got[0].Steward != test.want || got[0].Unassigned != test.unassigned {
				t.Errorf("got %q, unassigned %v", got[0].Steward, got[0].Unassigned)
			}
		})
	}
}

func TestFirstLinkOfAComponent(t *testing.T) {
	for _, test := range []struct{ cell, want string }{
		{`<a href="/wiki/Extension:Echo">Echo</a> and <a href="/wiki/Extension:Flow">Flow</a>`, "Extension:Echo"},
		{`<a href="/wiki/File:Icon.svg"><img></a><a href="/wiki/Extension:Echo">Echo</a>`, "Extension:Echo"},
		{`<a href="https://gerrit.example/r/echo">code</a> <a href="/wiki/Extension:Echo#Use">Echo</a>`, "Extension:Echo"},
		{`<a href="#note">Echo</a>`, ""},
		{`<a href="mailto:a@example.org">Echo</a>`, ""},
		{`<a href="https://code.example/x/wiki/Extension:Echo">Echo</a>`, ""},
		{`<a href="/index.php/Skin:Vector_(2022)">x</a>`, "Skin:Vector (2022)"},
		{`<a href="%zz">Echo</a>`, ""},
		{`Echo`, ""},
	} {
		got, err := ParseMaintainers(row(test.cell+"Echo", "Alpha", ""), nil)
		if err != nil || len(got) != 1 || got[0].Page != test.want {
			t.Errorf("%s: got %+v, %v", test.cell, got, err)
		}
	}
}

func TestColumnsAreFoundByTheirHeaders(t *testing.T) {
	got, err := ParseMaintainers(`<table class="wikitable"><tr><th>Informed</th><th>Maintainer(s)</th><th>CODE STEWARDS</th><th>Name of the extension<sup>not the steward, individual or maintainer</sup></th></tr>
		<tr><td>A</td><td>B</td><td>C</td><td>D</td></tr></table>`, nil)
	want := []Component{{Name: "D", Kind: "extension", Steward: "C", Stewards: []Holder{team("C")}, Maintainers: []Holder{team("B")}, Informed: []Holder{team("A")}}}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestNotesInHeadersNameNoColumn(t *testing.T) {
	got, err := ParseMaintainers(`<table class="wikitable"><tr><th>Component<sup>without a steward too</sup></th><th>Steward</th></tr><tr><td>A</td><td>B</td></tr></table>`, nil)
	if err != nil || len(got) != 1 || got[0].Name != "A" || got[0].Steward != "B" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestHeadersWithinATableAreNoComponents(t *testing.T) {
	repeated := `<tr><th>Component</th><th>Steward</th></tr>`
	got, err := ParseMaintainers(`<table class="wikitable">`+repeated+`<tr><td>A</td><td>B</td></tr>`+repeated+`<tr><td>C</td><td>D</td></tr></table>`, nil)
	if err != nil || len(got) != 2 || got[1].Name != "C" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestKindComesFromTheNearestThatTells(t *testing.T) {
	for _, test := range []struct{ name, headings, header, cell, want string }{
		{"the link", "<h2>Skins</h2>", "Component", `<a href="/wiki/Extension:X">X</a>`, "extension"},
		{"the header", "<h2>Deployed</h2>", "Extension", "X", "extension"},
		{"the heading", "<h2>Skins deployed</h2>", "Component", "X", "skin"},
		{"the heading above", "<h2>Extensions</h2><h3>A to F</h3>", "Component", "X", "extension"},
		{"a heading of another section", "<h2>Extensions</h2><h3>A</h3><h2>Core</h2>", "Component", "X", ""},
		{"libraries under extensions", "<h2>Extensions</h2><h3>Their libraries</h3>", "Component", "X", ""},
		{"a header of libraries", "<h2>Other</h2>", "Extension library", "X", ""},
		{"a heading of both", "<h2>Extensions and skins</h2>", "Component", "X", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseMaintainers(test.headings+strings.Replace(row(test.cell, "Alpha", ""), "Component", test.header, 1), nil)
			if err != nil || len(got) != 1 || got[0].Kind != test.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestTheTableOfContentsIsNoSection(t *testing.T) {
	got, err := ParseMaintainers(`<h2>Core</h2><div id="toc" class="toc"><h2>Contents</h2></div>`+row("X", "Alpha", ""), nil)
	if err != nil || len(got) != 1 || got[0].Section != "Core" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestTablesWithoutStewardsAreAnErrorOnlyTogether(t *testing.T) {
	const other = `<table class="wikitable"><tr><th>Year</th></tr><tr><td>2020</td></tr></table>`
	if got, err := ParseMaintainers(other+row("X", "Alpha", ""), nil); err != nil || len(got) != 1 {
		t.Errorf("one of two: got %v, %v", got, err)
	}
	for name, html := range map[string]string{
		"nothing":                    "",
		"no table":                   "<p>Steward</p>",
		"another table":              other,
		"a table of another class":   strings.ReplaceAll(row("X", "Alpha", ""), "wikitable", "plain"),
		"a steward in a cell":        `<table class="wikitable"><tr><td>Component</td><td>Steward</td></tr></table>`,
		"only a column for stewards": `<table class="wikitable"><tr><th>Steward</th></tr><tr><td>Alpha</td></tr></table>`,
	} {
		if got, err := ParseMaintainers(html, nil); err == nil || got != nil || !strings.Contains(err.Error(), "column for stewards") {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func TestAbsurdSpansAreBounded(t *testing.T) {
	head := `<table class="wikitable"><tr><th>Component</th><th>Steward</th></tr>`
	for name, html := range map[string]string{
		"wide":     head + strings.Repeat(`<tr><td>X</td><td colspan="999999999">A</td></tr>`, 500) + `</table>`,
		"tall":     head + strings.Repeat(`<tr><td rowspan="999999999">X</td><td rowspan="0">A</td></tr>`, 500) + `</table>`,
		"negative": head + `<tr><td colspan="-5" rowspan="x">X</td><td colspan="0">A</td></tr></table>`,
	} {
		if got, err := ParseMaintainers(html, nil); err != nil || len(got) == 0 || got[0].Steward != "A" {
			t.Errorf("%s: got %v, %v", name, len(got), err)
		}
	}
}

// FuzzParseMaintainers looks for pages that make the parser panic, or name
// somebody without a name.
func FuzzParseMaintainers(f *testing.F) {
	page, err := os.ReadFile("testdata/maintainers.html")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(page))
	f.Add(row(`<a href="/wiki/Extension:X">X</a>`, `Unassigned (formerly <a href="/wiki/User:A">A</a>`, `formerly; A,,(B`))
	f.Fuzz(func(t *testing.T, html string) {
		components, err := ParseMaintainers(html, nil)
		if err != nil && components != nil {
			t.Fatal("components and an error")
		}
		for _, c := range components {
			if c.Name == "" || c.Unassigned && c.Steward != "" {
				t.Fatalf("bad component %+v", c)
			}
			for _, list := range [][]Holder{c.Stewards, c.Maintainers, c.Consulted, c.Informed} {
				for _, h := range list {
					if h.Name == "" || strings.Contains(h.Name, "\n") {
						t.Fatalf("bad holder %+v in %+v", h, c)
					}
				}
			}
		}
	})
}
