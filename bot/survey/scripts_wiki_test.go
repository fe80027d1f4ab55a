// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that reads gadgets, their usage and user scripts from
// a real wiki.

package survey

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// largeWiki makes a wiki behave as large ones do: lists that take long are made
// when somebody asks for it, which here is every request with a certain
// parameter.
const largeWiki = `
$wgMiserMode = true;
$wgExtensionFunctions[] = static function () {
	if ( isset( $_GET['refresh-lists'] ) ) {
		RecentChangesUpdateJob::newCacheUpdateJob()->run();
		# SQLite alone sees a difference between 1 and '1'.
		wfGetDB( DB_PRIMARY )->query( "UPDATE user_properties SET up_value = 1 WHERE up_value = '1'", 'test' );
		MediaWiki\MediaWikiServices::getInstance()->getSpecialPageFactory()->getPage( 'GadgetUsage' )->recache( 1000 );
	}
};
`

func TestGadgetsAndScriptsOfARealWiki(t *testing.T) {
	ctx := t.Context()
	w := wikitest.Start(t, wikitest.Options{Extra: largeWiki})
	people := map[string]*wikitest.User{"Admin": w.Admin()}
	for _, name := range []string{"Ana", "Ben b", "Cleo", "Dora", "Fixer"} {
		groups := map[string][]string{"Fixer": {"bot", "interface-admin"}}[name]
		u, err := w.CreateUser(ctx, name, groups...)
		if err != nil {
			t.Fatal(err)
		}
		people[name] = u
	}
	edit := func(user, title, text string) int64 {
		t.Helper()
		rev, err := people[user].Edit(ctx, title, text, "test")
		if err != nil {
			t.Fatal(err)
		}
		return rev
	}
	client, err := wiki.New(wiki.Config{Wiki: w.DB, API: w.API, UserAgent: "survey test", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	about, err := client.Site(ctx)
	if err != nil {
		t.Fatal(err)
	}
	site, err := wikitext.NewSite(about.Info)
	if err != nil {
		t.Fatal(err)
	}
	read := func(s Source, in Reading) registry.Survey {
		t.Helper()
		in.At = time.Now()
		found, err := s.Read(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}

	// Gadgets
	edit("Admin", definitionPage, "== tools ==\n* one two[ResourceLoader]|one.js|lib.js\n* def[ResourceLoader|default]|def.js|def.css\n* off[ResourceLoader]|off.js\n")
	edit("Admin", "MediaWiki:Gadget-one two", "The ''first'' one")
	edit("Admin", "MediaWiki:Gadget-one.js", "/* @author [[User:Ana]] */")
	lib := edit("Admin", "MediaWiki:Gadget-lib.js", "// Maintained by [[User:Cleo]]")
	var got []string
	gadgets := read(GadgetsSource(client, w.DB, site), Reading{})
	for _, i := range gadgets.Items {
		got = append(got, fmt.Sprint(i.Key.Name(), " ", i.Section, " ", i.Default, " ", i.Page, " ", i.ChangedRevision == lib && time.Since(i.Changed) < time.Minute, " ", i.Aliases, i.Description, i.Authors))
	}
	for _, c := range gadgets.Claims {
		got = append(got, fmt.Sprint(c.Item.Name(), " ", c.Role, " ", c.Holder, " ", c.Standing, " ", c.Evidence.Page, " ", c.Evidence.Revision == lib))
	}
	want := []string{
		"def tools true  false [][]", "off tools false  false [][]", "one_two tools false MediaWiki:Gadget-one two true [one lib]The first one[Ana]",
		"one_two maintainer Cleo unconfirmed MediaWiki:Gadget-lib.js true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gadgets (-want +got):\n%s", diff)
	}

	// Their usage
	usage := GadgetUsage(client, w.DB)
	if _, err := usage.Read(ctx, Reading{At: time.Now()}); !errors.Is(err, errUsageNone) {
		t.Errorf("before the list is made: %v", err)
	}
	for user, gadgets := range map[string]string{"Ana": "gadget-one_two=1", "Ben b": "gadget-one_two=1", "Dora": "gadget-one_two=1", "Fixer": "gadget-one_two=1"} {
		if _, err := people[user].Do(ctx, map[string]string{"action": "options", "change": gadgets}); err != nil {
			t.Fatal(err)
		}
	}
	edit("Ana", "User:Ana/common.js", "importScript('User:Ben_b/x.js'); // Backlink: [[User:Ben b/x.js]]\nmw.loader.load( '/index.php?title=User:Ana/own.js&action=raw&ctype=text/javascript' );")
	edit("Ana", "User:Ana/vector-2022.js", "importScript( \"User:Ben b/x.js\" );")
	edit("Cleo", "User:Cleo/global.js", "mw.loader.getScript('"+w.URL+"/index.php?title=User:Ben_b/x.js&action=raw');\n// importScript('User:Ana/own.js')\n"+
		"$.getScript('//en.wikipedia.org/w/index.php?title=User:Eve/far.js&action=raw');")
	own := edit("Ana", "User:Ana/own.js", "importScript('User:Nobody/else.js');")
	edit("Ben b", "User:Ben b/x.js", "/** @author [[User:Ana]], maintainer [[User:Cleo]] */")
	fixed := edit("Fixer", "User:Ben b/x.js", "/** @author [[User:Ana]], maintainer [[User:Cleo]] */ f();")
	edit("Ben b", "User:Ben b/linked.js", "f();")
	edit("Cleo", "User:Cleo/common.js", "x(); // [[User:Ben b/linked.js]]\n$[ 'getScr' + 'ipt' ]( '' ); import_Script( 'User:Ben b/linked.js' );")
	linking := edit("Admin", "User:Admin/monobook.js", "(function () { var i = importScript; importScript('User:Ben b/linked.js') })(); // [[User:Ben b/linked.js]]")

	resp, err := http.Get(w.API + "?action=query&meta=siteinfo&format=json&refresh-lists=1")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	numbers := func(s registry.Survey) (out []string) {
		for _, m := range s.Measures {
			out = append(out, fmt.Sprint(m.Item, " ", m.Metric, " ", m.Value))
			if age := time.Since(m.AsOf); age < -2*time.Second || age > time.Minute {
				t.Errorf("%s as of %v", m.Item, m.AsOf)
			}
		}
		return out
	}
	gadget := "gadget:" + w.DB + ":"
	want = []string{
		gadget + "off users 0", gadget + "off active_users 0",
		gadget + "one_two users 4", gadget + "one_two active_users 3", // Dora did nothing yet
	}
	if diff := cmp.Diff(want, numbers(read(usage, Reading{}))); diff != "" {
		t.Errorf("usage (-want +got):\n%s", diff)
	}

	// User scripts
	for _, start := range []string{"from nothing", "known"} {
		in := Reading{}
		if start == "known" {
			in.Known = knownScripts(map[registry.Key]int64{registry.Key("userscript:" + w.DB + ":User:Ben b/linked.js"): 0, registry.Key("userscript:" + w.DB + ":User:Ben b/lost.js"): 0})
		}
		s := read(Scripts(client, w.DB, site), in)
		script := "userscript:" + w.DB + ":User:"
		want := []string{
			script + "Ana/own.js importers 1", script + "Ana/own.js active_importers 1",
			script + "Ben b/linked.js importers 1", script + "Ben b/linked.js active_importers 1",
			script + "Ben b/x.js importers 2", script + "Ben b/x.js active_importers 2",
			"userscript:enwiki:User:Eve/far.js importers 1", "userscript:enwiki:User:Eve/far.js active_importers 1",
		}
		if diff := cmp.Diff(want, numbers(s)); diff != "" {
			t.Errorf("%s: importers (-want +got):\n%s", start, diff)
		}
		got = nil
		for _, line := range summary(s) {
			if !strings.Contains(line, "importers") {
				got = append(got, strings.ReplaceAll(line, w.DB, "DB"))
			}
		}
		slices.Sort(got)
		var linked int64
		if i := slices.IndexFunc(s.Items, func(i registry.Item) bool { return strings.HasSuffix(string(i.Key), "linked.js") }); i >= 0 {
			linked = s.Items[i].ChangedRevision
		}
		want = []string{
			fmt.Sprintf("claim userscript:DB:User:Ana/own.js maintainer Ana stated DB User:Ana/own.js %d", own),
			fmt.Sprintf("claim userscript:DB:User:Ben b/linked.js maintainer Ben b stated DB User:Ben b/linked.js %d", linked),
			fmt.Sprintf("claim userscript:DB:User:Ben b/x.js maintainer Ben b stated DB User:Ben b/x.js %d", fixed),
			fmt.Sprintf("claim userscript:DB:User:Ben b/x.js maintainer Cleo unconfirmed DB User:Ben b/x.js %d", fixed),
			"claim userscript:enwiki:User:Eve/far.js maintainer Eve stated enwiki User:Eve/far.js 0",
			fmt.Sprintf("item userscript:DB:User:Ana/own.js User:Ana/own.js %d true by Ana [] ", own),
			fmt.Sprintf("item userscript:DB:User:Ben b/linked.js User:Ben b/linked.js %d true by Ben b [] ", linked),
			fmt.Sprintf("item userscript:DB:User:Ben b/x.js User:Ben b/x.js %d true by Ben b [Ana] ", fixed),
			"item userscript:enwiki:User:Eve/far.js https://en.wikipedia.org/wiki/User:Eve/far.js 0 true by  [] ",
		}
		if diff := cmp.Diff(want, got); diff != "" || linked == 0 || linked >= linking {
			t.Errorf("%s: scripts (-want +got):\n%s", start, diff)
		}
	}
}
