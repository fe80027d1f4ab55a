// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of what others have written on every page about
// tables and the bot itself: it must mean nothing.

package plan_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// written are pages on which a text stands wherever somebody else's can, by what
// they are.
func written(t *testing.T, text string, words *messages.Set) map[string]string {
	t.Helper()
	on := site
	on.Prefixes = []string{"mw", "w"}
	peek := gadget("Map-peek")
	v := registry.View{Wiki: "testwiki", Surveys: view().Surveys, Accounts: map[string]registry.Account{text: {Name: text, RenamedTo: text, Blocked: true, Read: now}}}
	for i, item := range []registry.Item{gadget("Map-peek"), tool("toolhub:x"), tool("y"), extension("Z")} {
		item.Name, item.URL, item.Section, item.Aliases = text, text, text, []string{text}
		if i > 0 {
			item.Page = text
		}
		item.Details = registry.Details{Licence: text, Docs: text, ReplacedBy: text, Description: text, Title: text, Version: text, Authors: []string{text}, Keywords: []string{text}}
		e := registry.Entry{Item: item}
		for j, standing := range []registry.Standing{registry.Unconfirmed, registry.Disputed, registry.Stated, registry.Suggested}[:i+1] {
			c := claim(item, []registry.HolderKind{registry.User, registry.Team}[j%2], text, standing, "list")
			c.Evidence.Page, c.Evidence.User, c.Evidence.Wiki, c.Evidence.Source = text, text, []string{"testwiki", "mediawikiwiki", text}[j%3], text
			if j%2 == 1 {
				c.Role = registry.Maintainer
			}
			e.Claims = append(e.Claims, c)
		}
		v.Entries = append(v.Entries, e)
	}
	r := rules(t, wide(`, "group": "section"`))
	in := plan.Input{Site: on, Rules: r, View: v, Now: now, Words: words, Similar: map[registry.Key][]registry.Item{peek.Key: {v.Entries[1].Item, v.Entries[3].Item}}}
	s := standing(t, `{"version": 2, "enabled": true, "trial": {"edits": 5}}`)
	s.Words, s.InForce.User = words, text
	s.Stops = []plan.Stop{{Line: text, User: text, Time: now}, {Line: text, Stops: text}}
	s.Rejected = &plan.Rejected{Revision: 12, User: text, Problems: []string{text}}
	s.Trouble, s.Warnings = []string{text}, []string{text}
	s.Sources = []plan.SourceTrouble{{SurveyState: registry.SurveyState{Source: text, Failed: now, Held: now, Reason: text}, Answer: text}}
	s.Preview = &plan.Preview{Effects: []plan.Effect{{Title: text, Region: text, Added: []string{text}, Removed: []string{text}, Changed: []string{text}, Lines: 3}, {Title: text, Region: text, Refused: text},
		{Title: text, Scope: plan.Notices, Notices: 1, Lines: 1}}, Dropped: []string{text + "#" + text}, Unread: []string{text}}
	s.Overwritten = []plan.Overwritten{{CellEdit: plan.CellEdit{Row: registry.RowID(peek.Key), Name: text, Column: text}, Title: text, Region: text, User: text, Revision: 3, At: now},
		{CellEdit: plan.CellEdit{Row: registry.RowID(registry.NewKey("userscript", "testwiki", "User:"+text)), Name: text}, Title: text, Region: text, User: text, Revision: 3, At: now}}
	well := s
	well.Rejected, well.Recovered = nil, &plan.Recovery{Revision: 3, User: text, At: now, Bad: 2, BadUser: text}
	status := plan.Status{Standing: s, At: now, LastEvent: now.Add(-time.Minute), KeptBack: map[string]string{text: text}, Edits: []registry.Edit{{Title: text, Revision: 3, Saved: now}}}
	tombs := plan.NewTable(in, r.Tables[0])
	out := map[string]string{}
	for name, page := range map[string]plan.Page{
		"table": {Changes: []plan.Change{tombs}}, "report": plan.ReportPage(on, s), "recovered": plan.ReportPage(on, well), "status": plan.StatusPage(on, status),
	} {
		made, err := page.Apply("")
		if err != nil {
			t.Fatalf("%q: %s: %v", text, name, err)
		}
		out[name] = made
	}
	// Rows that stay behind when their items go show names, too.
	left := inColumns(t, out["table"], registry.RowID(peek.Key), map[string]string{"notes": "kept"})
	for i := range in.View.Entries {
		in.View.Entries[i].Item.Gone = now
	}
	out["tombstone"] = apply(t, plan.NewTable(in, r.Tables[0]), left)
	return out
}

// structure is what a page consists of, without its words.
func structure(t *testing.T, text string) string {
	t.Helper()
	doc := wikitext.Parse(text)
	var b strings.Builder
	for h := range doc.Headings() {
		fmt.Fprintf(&b, "heading %d\n", h.Level)
	}
	for table := range doc.Tables() {
		fmt.Fprintf(&b, "table closed %v\n", table.Closed)
		for _, r := range table.AllRows() {
			fmt.Fprintf(&b, "row %s %s %d\n", r.ID, r.Lead, len(r.Cells))
		}
	}
	for item := range doc.Templates() {
		if name := strings.TrimSpace(item.Name); !strings.HasPrefix(name, "PLURAL:") && !strings.HasPrefix(name, "formatnum:") {
			t.Errorf("a template %q", name)
		}
	}
	for range doc.Switches() {
		t.Error("a behaviour switch")
	}
	for s := range doc.Signatures() {
		t.Errorf("a signature: %+v", s)
	}
	for l := range doc.Links() {
		title, err := l.Title()
		if err == nil && (title.Interwiki != "" && title.Interwiki != "mw" && title.Interwiki != "w" || !strings.HasPrefix(strings.TrimSpace(l.Target), ":") && (title.Namespace == 6 || title.Namespace == 14)) {
			t.Errorf("a link to %q", l.Target)
		}
	}
	for u := range doc.URLs() {
		if address, err := url.Parse(text[u.Start:u.End]); err != nil || !trustedHost(address.Host) {
			t.Errorf("an address: %q", text[u.Start:u.End])
		}
	}
	for _, open := range []string{"<ref", "<nowiki>", "<script", "<gallery", "~~~", "\u202e"} {
		if strings.Contains(text, open) {
			t.Errorf("%q stands there", open)
		}
	}
	if n, m := strings.Count(text, "<bdi"), strings.Count(text, "</bdi>"); n != m {
		t.Errorf("%d <bdi> and %d </bdi>", n, m)
	}
	return b.String()
}

func trustedHost(host string) bool {
	return slices.ContainsFunc([]string{"mediawiki.org", "toolforge.org", "wikimedia.org", "wikipedia.org", "github.com"}, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}

// mixed are texts that chance makes of hostile ones.
func mixed(seed uint64, n int) []string {
	rnd := rand.New(rand.NewPCG(seed, 8))
	pieces := append(slices.Clone(hostile), "<bdi>", "</bdi>", "{{#if:x|", "[[File:X.png]]", "[[de:X]]", "}}", "]]", "\n== x ==\n", "~~~~~", "&lt;b&gt;", "\u200f", "אבג", "{{subst:x}}", "<!--", "-->", `" onclick="x`, "'", "http://", "\n|}\n</div>\n", "__INDEX__", "#", "/../", "$1", "$2")
	var out []string
	for range n {
		var b strings.Builder
		for range 1 + rnd.IntN(4) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
			if rnd.IntN(3) == 0 {
				b.WriteString(" ")
			}
		}
		out = append(out, b.String())
	}
	return out
}

func TestWhatOthersWroteChangesNoPage(t *testing.T) {
	const seed = 20261121
	for _, language := range []string{"en", "ar"} {
		words := messages.In(language, nil)
		harmless := map[string]string{}
		for name, text := range written(t, "Harmless", words) {
			harmless[name] = structure(t, text)
		}
		for _, text := range slices.Concat(hostile, mixed(seed, 150)) {
			if strings.TrimSpace(wikitext.Escape(text)) == "" {
				continue
			}
			for name, got := range written(t, text, words) {
				if is := structure(t, got); is != harmless[name] {
					t.Errorf("%s in %s:\n%s\nwant\n%s", name, language, is, harmless[name])
				}
				if t.Failed() {
					t.Fatalf("seed %d: %q on the page %s in %s:\n%s", seed, text, name, language, got)
				}
			}
		}
	}
	if len(slices.Collect(maps.Keys(written(t, "x", nil)))) != 5 {
		t.Error("not every page was looked at")
	}
}
