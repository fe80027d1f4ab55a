// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests that ask MediaWiki what it makes of edits of sections.

package wikitext_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// pageWithSections draws a page as the wiki has it stored. No two of its
// headings are the same.
func pageWithSections(rnd *rand.Rand) string {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	var b strings.Builder
	for i := range rnd.IntN(9) {
		for range rnd.IntN(4) {
			b.WriteString(pick("text", "\n", "\n", "\n\n", "[[a|b]]", "{{t|\n== in a template ==\n}}\n", "{{t|x\n==y==\nz=1}}", "<nowiki>\n== in nowiki ==\n</nowiki>", "<!--\n== in a comment ==\n-->",
				"<!-- c -->\n", "\n<!-- c -->\n", "<div>x</div>", "\n* item\n", "{|\n| a\n|}\n", "<noinclude>", "</noinclude>", "<includeonly>\n== not here ==\n</includeonly>", "<pre>\n== x ==\n</pre>", "\n=x", "\n== y", " "))
		}
		signs := strings.Repeat("=", 1+rnd.IntN(4))
		fmt.Fprintf(&b, "\n%s%sS%d%s%s%s\n", signs, pick("", " "), i, pick("", " ", " ''x'' ", " {{t}} "), signs, pick("", "", " ", "<!-- c -->", " <!-- d --> "))
	}
	b.WriteString(pick("", "end", "end\n* a", "{{t}}"))
	return strings.TrimRight(b.String(), " \t\n")
}

// What AppendSection and SetSection make of a page is what MediaWiki makes of
// section=new and of section=N, byte for byte; what InsertSection makes has the
// other sections of the page as they were.
func TestEditsOfSectionsAreThoseOfMediaWiki(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{})
	admin := wiki.Admin()
	rnd := rand.New(rand.NewPCG(5, 8))
	saved := func(title string) string {
		t.Helper()
		text, _, err := admin.Read(t.Context(), title)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	done := map[string]int{}
	for i := range 40 {
		title := "Sections " + strconv.Itoa(i)
		src := pageWithSections(rnd)
		if src == "" {
			continue
		}
		if _, err := admin.Edit(t.Context(), title, src, ""); err != nil {
			t.Fatal(err)
		}
		if got := saved(title); got != src {
			t.Fatalf("the wiki stores %q for %q", got, src)
		}
		text := []string{"hello", "hello\n\n* a\n* b", "\nhello", "hello\n====== x ======\ny"}[rnd.IntN(4)]

		headings := slices.Collect(wikitext.Parse(src).Headings())
		if len(headings) > 0 {
			h := headings[rnd.IntN(len(headings))]
			got, err := wikitext.Apply(src, wikitext.InsertSection{Before: h.Title, Title: "Inserted", Text: text})
			if err != nil {
				t.Fatalf("insert into %q: %v", src, err)
			}
			before, after := sections(t, wiki, src), sections(t, wiki, got)
			after = slices.DeleteFunc(after, func(s section) bool { return s.title == "Inserted" || text[len(text)-1] == 'y' && s.title == "x" })
			if diff := cmp.Diff(before, after, cmp.AllowUnexported(section{})); diff != "" {
				t.Errorf("inserted before %q of %q (-before +after):\n%s", h.Title, src, diff)
			}
			done["insert"]++

			got, err = wikitext.Apply(src, wikitext.SetSection{Title: h.Title, Text: text})
			var refused *wikitext.EditError
			if errors.As(err, &refused) {
				done["set, refused"]++ // a tag begins in the section and ends outside
			} else if err != nil {
				t.Fatal(err)
			} else {
				body := "\n"
				if old := sectionText(src, headings, h); strings.TrimSpace(old) != "" {
					body = old[:len(old)-len(strings.TrimLeft(old, " \t\n"))]
				}
				if _, err := admin.Do(t.Context(), map[string]string{"action": "edit", "title": title, "section": strconv.Itoa(h.Index),
					"text": src[h.Start:h.End] + body + strings.TrimLeft(text, "\n")}); err != nil {
					t.Fatal(err)
				}
				if want := saved(title); got != want {
					t.Errorf("section %d of %q: MediaWiki has\n%q\nwe have\n%q", h.Index, src, want, got)
				}
				done["set"]++
				src = got
			}
		}

		got, err := wikitext.Apply(src, wikitext.AppendSection{Title: "New", Text: text})
		if err != nil {
			t.Fatalf("append to %q: %v", src, err)
		}
		if _, err := admin.AddSection(t.Context(), title, "New", text); err != nil {
			t.Fatal(err)
		}
		if want := saved(title); got != want {
			t.Errorf("a section behind %q: MediaWiki has\n%q\nwe have\n%q", src, want, got)
		}
		done["append"]++
	}
	t.Log(done)
	if done["set"] < 15 || done["append"] < 30 || done["insert"] < 20 {
		t.Error("too few edits were compared")
	}
}

// sectionText is what stands below a heading and belongs to its section.
func sectionText(src string, headings []wikitext.Heading, h wikitext.Heading) string {
	end := len(src)
	for _, next := range headings {
		if next.Start > h.Start && next.Level <= h.Level {
			end = next.Start
			break
		}
	}
	return src[h.End:end]
}

type section struct{ title, level string }

// sections are those that MediaWiki finds in a page.
func sections(t *testing.T, wiki *wikitest.Wiki, src string) []section {
	t.Helper()
	raw, err := wiki.Anonymous().Do(t.Context(), map[string]string{"action": "parse", "text": src, "contentmodel": "wikitext", "title": "Test", "prop": "sections"})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Parse struct {
			Sections []struct{ Line, Level string }
		}
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	var found []section
	for _, s := range answer.Parse.Sections {
		found = append(found, section{s.Line, s.Level})
	}
	return found
}
