// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that reads generated definition pages as the wiki
// itself reads them.

package survey

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

// generatedPages is how many definition pages are compared.
const generatedPages = 300

// controls are what the API lets nobody save, and the signs that stand for them
// on the way into the test wiki.
var controls = strings.NewReplacer("␋", "\v", "␌", "\f", "␍", "\r", "␉", "\t")

// controlHook puts the control characters into a page as it is saved.
const controlHook = `
$wgHooks['MultiContentSave'][] = static function ( $rendered ) {
	$revision = $rendered->getRevision();
	$content = $revision->getContent( 'main' );
	if ( $content instanceof WikitextContent ) {
		$text = strtr( $content->getText(), [ '␋' => "\v", '␌' => "\f", '␍' => "\r", '␉' => "\t" ] );
		$revision->setContent( 'main', new WikitextContent( $text ) );
	}
};
`

// listing is what list=gadgets says of a gadget.
type listing struct {
	ID       string
	Metadata struct {
		Settings struct {
			Rights, Skins, Actions           []string
			Default, Hidden, Package, Shared bool
			Category                         string
			LegacyScripts, SupportsURLLoad   bool
		}
		Module struct {
			Scripts, Styles, Datas, Dependencies, Peers []string
		}
	}
}

func TestDefinitionsAreReadAsTheWikiReadsThem(t *testing.T) {
	ctx := t.Context()
	w := wikitest.Start(t, wikitest.Options{Extra: controlHook})
	gadgets, sections, pages := 0, 0, uint64(generatedPages)
	if os.Getenv("SOAK") != "" {
		pages *= 4
	}
	for seed := range pages {
		text := definitionOf(seed)
		if _, err := w.Admin().Edit(ctx, definitionPage, text, "test"); err != nil {
			t.Fatalf("seed %d: %v\n%q", seed, err, text)
		}
		body, err := w.Admin().Do(ctx, map[string]string{"action": "query", "list": "gadgets", "gaprop": "id|metadata"})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Query struct{ Gadgets []listing }
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		saved := controls.Replace(strings.TrimRight(text, " \n"))
		for i := range answer.Query.Gadgets {
			answer.Query.Gadgets[i].trim()
		}
		got := listingOf(ParseGadgetsDefinition(saved))
		if diff := cmp.Diff(answer.Query.Gadgets, got, cmp.Transformer("asWritten", asWritten)); diff != "" {
			t.Fatalf("seed %d: the wiki (-) and the parser (+) differ:\n%s\n%q", seed, diff, saved)
		}
		gadgets += len(got)
		for _, g := range got {
			if g.Metadata.Settings.Category != "" {
				sections++
			}
		}
	}
	if gadgets < 4*generatedPages || 2*sections < 3*generatedPages {
		t.Errorf("the pages had %d gadgets, %d of them in sections: that shows little", gadgets, sections)
	}
}

// asWritten is a text as it comes out of the API, which has no control
// characters, and without the white space that MediaWiki 1.39 leaves at the end
// of a line's last file.
func asWritten(s string) string {
	return strings.TrimRight(strings.NewReplacer("\v", "\ufffd", "\f", "\ufffd").Replace(s), gadgetSpace+"\ufffd")
}

// trim takes the white space off that MediaWiki 1.39 leaves behind the last file
// of a line, by which it takes data for a script. Later versions do not.
func (l *listing) trim() {
	m, s := &l.Metadata.Module, &l.Metadata.Settings
	for i, title := range m.Scripts {
		if written := asWritten(title); written == title || !strings.HasSuffix(written, ".json") {
			continue
		}
		m.Scripts = slices.Delete(m.Scripts, i, i+1)
		if s.LegacyScripts = s.LegacyScripts && len(m.Scripts) > 0; s.Package {
			m.Datas = append(m.Datas, title)
		}
		if len(m.Scripts) == 0 { // then it is no package, and its data is left out
			s.Package, m.Datas = false, []string{}
		}
		return
	}
}

// listingOf writes gadgets as list=gadgets of MediaWiki 1.39 does: section by
// section, with files sorted by what is in their names (later versions look at
// the ends), and data only of packages.
func listingOf(gadgets []Gadget) []listing {
	var (
		order []string
		in    = map[string][]listing{}
	)
	files := func(g Gadget, kind string) []string {
		out := []string{}
		for _, page := range g.Pages {
			is := ""
			switch {
			case strings.HasSuffix(page, ".json"):
				is = ".json"
			case strings.Contains(page, ".js"):
				is = ".js"
			case strings.Contains(page, ".css"):
				is = ".css"
			}
			if is == kind {
				out = append(out, page)
			}
		}
		return out
	}
	values := func(g Gadget, key string) []string {
		v, _ := g.Values(key)
		return append([]string{}, v...)
	}
	for _, g := range gadgets {
		var l listing
		l.ID = g.ID
		m, s := &l.Metadata.Module, &l.Metadata.Settings
		m.Scripts, m.Styles, m.Datas = files(g, ".js"), files(g, ".css"), []string{}
		m.Dependencies, m.Peers = values(g, "dependencies"), values(g, "peers")
		s.Rights, s.Skins, s.Actions = values(g, "rights"), values(g, "skins"), values(g, "actions")
		s.Default, s.Hidden, s.Category, s.SupportsURLLoad = g.Default, g.Hidden, g.Section, g.SupportsURLLoad
		_, packaged := g.Values("package")
		s.Package = packaged && !g.Legacy && len(m.Scripts) > 0
		if s.Package {
			m.Datas = files(g, ".json")
		}
		s.LegacyScripts = g.Legacy && len(m.Scripts) > 0
		if in[g.Section] == nil {
			order = append(order, g.Section)
		}
		in[g.Section] = append(in[g.Section], l)
	}
	out := []listing{}
	for _, section := range order {
		out = append(out, in[section]...)
	}
	return out
}

// definitionOf makes a definition page that is as nasty as the seed wants.
func definitionOf(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 5))
	d := definer{r}
	var b strings.Builder
	for range 5 + r.IntN(30) {
		b.WriteString(d.line())
		b.WriteString(d.pick("\n", "\n", "\n", "\n\n", "\r\n", "␍", "\n \n"))
	}
	// A text that the wiki would change on its way in shows nothing.
	return regexp.MustCompile(`~{3,}|\{\{`).ReplaceAllString(b.String(), "~")
}

type definer struct{ *rand.Rand }

func (d definer) pick(from ...string) string { return from[d.IntN(len(from))] }

// maybe is one of from, or mostly nothing.
func (d definer) maybe(from ...string) string {
	if d.IntN(3) > 0 {
		return ""
	}
	return d.pick(from...)
}

func (d definer) line() string {
	switch d.IntN(12) {
	case 0, 1:
		return d.section()
	case 2:
		return d.pick("", "Prose, with [[links|and pipes]].", "; term", "|", "*", "* ", "**", "<!-- all of it -->", "<!--", "-->", "*|x.js",
			"<!-- open", "<foo|bar>", "# foo|a.js", "{| class=x", "----", "<nowiki>*foo|a.js</nowiki>", "__NOTOC__")
	case 3:
		return d.noise(d.gadget())
	case 4:
		return "<!--" + d.maybe("-", "->", "--", " x ", "\n") + d.gadget() + d.pick("-->", "--->", "-- >", "\n-->", "-->"+d.gadget())
	}
	return d.gadget()
}

func (d definer) section() string {
	marks := func() string { return strings.Repeat("=", d.pick1(2, 2, 2, 3, 4, 1, 5)) }
	space := func() string { return d.maybe(" ", "  ", "␉", "␋", "\u00a0") }
	name := d.pick("a", "tools", "editing", "Привет", "a=b", "=", "a=", "123", "0", "a b", "a:b", "a|b", "a*", "é", "<b>", "a<!-- c -->b", "")
	return d.maybe(" ", "*", "=") + marks() + space() + name + space() + marks() + d.maybe(" ", "␉", "␋ ", " x", "<!-- c -->")
}

func (d definer) pick1(from ...int) int { return from[d.IntN(len(from))] }

func (d definer) gadget() string {
	return d.maybe("*", "**", " ", ":", "#") + "*" + d.maybe(" ", "  ", "␉", "*") + d.name() + d.maybe(" ", "␉", "␋", "␌", "_", "  ") +
		d.options() + d.maybe(" ", "␉", "␋ ", "x") + d.files() +
		d.maybe(" ", "␉", "␋", "|", " | ", "]", "\u3000")
}

func (d definer) name() string {
	switch d.IntN(8) {
	case 0:
		return d.pick("", "1a", "-a", "a-", "a_", "a.", "a:", "Привет", "foo–bar", "fooé", "a b c", "a  b", "a!b", "a,b", "a'b", "a/b", "a#b",
			strings.Repeat("a", 244), strings.Repeat("b", 245), "__", "a<!-- -->b", "a&amp;b", "%41")
	case 1:
		return d.pick("a.b", "a:b", "a_b", "a b", "a-b", "A", "Z9", "foo.js", "hot cat", "HotCat", "0")
	}
	return d.pick("a", "b", "c", "foo", "bar", "foo_bar", "foo bar", "x.y", "Cat-a-lot") + d.maybe("1", "2", "Z")
}

func (d definer) options() string {
	if d.IntN(4) == 0 {
		return ""
	}
	var parts []string
	for range d.IntN(6) {
		parts = append(parts, d.maybe(" ", "␉", "␋")+d.option()+d.maybe(" ", "␉", "␌"))
	}
	return d.pick("[", "[", "[", "[", "[ ", "[[", "[␉", "") + strings.Join(parts, d.pick("|", "|", " | ", "||", "␋|", ",")) +
		d.pick("]", "]", "]", "]", " ]", "]]", "] ]", "", "␉]", "] b", "] |b]")
}

func (d definer) option() string {
	value := func() string {
		return d.pick("", "x", "edit", "vector", "a[b]", "a]b", "x,y", "x , y", ",", " x ", "a=b", "false", "true", "0", "é", "styles", "general", "a b")
	}
	key := d.pick("ResourceLoader", "ResourceLoader", "ResourceLoader", "default", "hidden", "package", "dependencies", "peers", "rights", "skins",
		"actions", "type", "supportsUrlLoad", "targets", "requiresES6", "resourceloader", "Default", "unknown", "namespaces", "")
	return key + d.maybe("=", " = ", "␉=", "=␋", "==") + d.maybe(value(), value()+","+value())
}

func (d definer) files() string {
	var b strings.Builder
	for range d.pick1(1, 1, 1, 2, 2, 3, 0) {
		b.WriteString(d.pick("|", "|", "|", " | ", "||", "|␉", "␋|"))
		b.WriteString(d.pick("a", "b", "foo", "Привет мир", "foo bar", "x_y", "a/b", "", "User:X") +
			d.pick(".js", ".js", ".js", ".css", ".css", ".json", ".vue", ".js.css", ".jsx", ".JS", ".txt", "", ".css.json", ".js ", "js"))
	}
	return b.String()
}

// noise changes a few bytes' worth of a line.
func (d definer) noise(line string) string {
	runes := []rune(line)
	for range 1 + d.IntN(3) {
		at := d.IntN(len(runes) + 1)
		switch {
		case d.IntN(2) == 0 && at < len(runes):
			runes = append(runes[:at:at], runes[at+1:]...)
		default:
			insert := []rune(d.pick("|", "[", "]", "=", "*", " ", "␉", "␋", "<!--", "-->", "é", "\n", "␍", ":", ","))
			runes = append(runes[:at:at], append(insert, runes[at:]...)...)
		}
	}
	return string(runes)
}
