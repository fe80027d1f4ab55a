// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of the search for mentions.

package detect

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// list writes mentions as "kind name wiki", without the wiki of the text.
// mentionsIn is what a detector finds that knows nothing but the wiki's name.
func mentionsIn(c Change) []Mention { return New(Options{Wiki: c.Wiki}).Mentions(c) }

func list(wiki string, ms []Mention) string {
	var items []string
	for _, m := range ms {
		s := string(m.Kind) + " " + m.Name
		if m.Wiki != "" && m.Wiki != wiki {
			s += " " + m.Wiki
		}
		items = append(items, s)
	}
	if len(items) == 0 {
		return "-"
	}
	return strings.Join(items, ", ")
}

func TestMentions(t *testing.T) {
	data, err := os.ReadFile("testdata/mentions.txt")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(data), "\n= ")[1:]
	if len(blocks) < 30 {
		t.Fatalf("only %d cases", len(blocks))
	}
	for _, block := range blocks {
		head, text, ok := strings.Cut(block, "\n---\n")
		lines := strings.Split(head, "\n")
		if !ok || len(lines) != 3 {
			t.Fatalf("no case: %q", block)
		}
		t.Run(lines[0], func(t *testing.T) {
			found := mentionsIn(Change{Wiki: lines[1], After: text})
			if diff := cmp.Diff(lines[2], list(lines[1], found)); diff != "" {
				t.Errorf("Mentions(%q) (-want +got):\n%s", text, diff)
			}
			for _, m := range found {
				if m.Rule == "" || m.Snippet == "" || m.Start >= m.End || !strings.Contains(text[m.Start:m.End]+m.Snippet, m.Snippet) {
					t.Errorf("incomplete: %+v", m)
				}
				if perWiki := m.Kind == Gadget || m.Kind == UserScript; perWiki != (m.Wiki != "") {
					t.Errorf("wiki of %s %s is %q", m.Kind, m.Name, m.Wiki)
				}
			}
		})
	}
}

func TestMentionsOnlyInAddedText(t *testing.T) {
	before := "== A ==\nSee [[mw:Extension:Old|old]].\n== B ==\nIs [[toolforge:moved]] here?\n"
	tests := []struct{ name, before, after, want string }{
		{"new page", "", before, "extension Old, tool moved"},
		{"nothing", before, before, "-"},
		{"answer", before, before + ": Try [[mw:Extension:New]].\n", "extension New"},
		{"answer that names it again", before, before + ": I like [[mw:Extension:Old]].\n", "extension Old"},
		{"link in an old line", before, strings.Replace(before, "See", "[[toolforge:x]] See", 1), "tool x"},
		{"new label", before, strings.Replace(before, "|old]]", "|the old one]]", 1), "-"},
		{"new target", before, strings.Replace(before, "Extension:Old|", "Extension:Older|", 1), "extension Older"},
		{"moved sections", before, "== B ==\nIs [[toolforge:moved]] here?\n== A ==\nSee [[mw:Extension:Old|old]].\n", "-"},
		{"removed", before, "== A ==\n", "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := list("", mentionsIn(Change{Wiki: "enwiki", Before: tt.before, After: tt.after})); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestMentionSaysWhereItStands(t *testing.T) {
	text := "top\n== Who owns [[x|this]]? ==\n* [[mw:Extension:Foo|Foo]] has no '''steward'''.\n* other"
	got := mentionsIn(Change{Wiki: "metawiki", After: text})
	want := []Mention{{
		Kind: Extension, Name: "Foo", Rule: "extension-page", Section: "Who owns this?",
		Start: 33, End: 57, Snippet: "* [[mw:Extension:Foo|Foo]] has no '''steward'''.",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := text[got[0].Start:got[0].End]; s != "[[mw:Extension:Foo|Foo]]" {
		t.Errorf("span is %q", s)
	}
}

func TestSnippetIsShortAndWhole(t *testing.T) {
	text := strings.Repeat("ä ", 200) + "[[toolforge:x]]" + strings.Repeat(" ö", 200)
	m := mentionsIn(Change{Wiki: "enwiki", After: text})[0]
	if len(m.Snippet) > 200 || len(m.Snippet) < 150 || !strings.Contains(m.Snippet, "ä [[toolforge:x]] ö") || !strings.Contains(text, m.Snippet) {
		t.Errorf("snippet is %q (%d bytes)", m.Snippet, len(m.Snippet))
	}
}
