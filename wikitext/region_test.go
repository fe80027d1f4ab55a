// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of regions.

package wikitext

import (
	"errors"
	"strings"
	"testing"
)

func TestRegionIsRefusedWithAReasonForEditors(t *testing.T) {
	const (
		begin = "<!-- codesteward begin gadgets (edits between these lines are overwritten, except in the columns marked ✎) -->\n"
		end   = "<!-- codesteward end gadgets -->\n"
		other = "<!-- codesteward begin tools -->\n"
		oEnd  = "<!-- codesteward end tools -->\n"
	)
	tests := []struct{ name, src, reason string }{
		{"no end", "a\n" + begin + "b\n", "the end marker of region gadgets is missing"},
		{"no begin", "a\n" + end, "the begin marker of region gadgets is missing"},
		{"two begins", begin + begin + end, "the begin marker of region gadgets is there more than once"},
		{"two ends", begin + end + end, "the end marker of region gadgets is there more than once"},
		{"wrong order", end + begin, "the end marker of region gadgets stands before its begin marker"},
		{"another begins inside", begin + other + end + oEnd, "a marker of region tools stands inside region gadgets"},
		{"another ends inside", other + begin + oEnd + end, "a marker of region tools stands inside region gadgets"},
		{"inside another", other + begin + end + oEnd, "region gadgets stands inside region tools"},
		{"inside another behind a third", other + "<!-- codesteward begin x -->\n<!-- codesteward end x -->\n" + begin + end + oEnd, "region gadgets stands inside region tools"},
		{"in nowiki", "<nowiki>" + begin + end + "</nowiki>", "the begin marker of region gadgets stands inside another comment or a tag such as nowiki"},
		{"end in nowiki", begin + "<nowiki>\n" + end + "</nowiki>", "the end marker of region gadgets stands inside another comment or a tag such as nowiki"},
		{"in a comment", "<!-- \n" + begin + end, "the begin marker of region gadgets stands inside another comment or a tag such as nowiki"},
		{"open comment in the body", begin + "<!-- x\n" + end, "the end marker of region gadgets stands inside another comment or a tag such as nowiki"},
		{"in a template", "{{a|\n" + begin + end + "}}", "the begin marker of region gadgets stands inside a template or a tag such as ref"},
		{"in a ref", "<ref>\n" + begin + end + "</ref>", "the begin marker of region gadgets stands inside a template or a tag such as ref"},
		{"text before the marker", "a " + begin + end, "the begin marker of region gadgets does not stand on a line of its own"},
		{"text after the marker", begin + strings.TrimSpace(end) + " a", "the end marker of region gadgets does not stand on a line of its own"},
		{"not closed", begin + "<!-- codesteward end gadgets ", "the end marker of region gadgets is not closed: \"-->\" is missing"},
		{"over lines", "<!-- codesteward begin gadgets\n -->\n" + end, ""},
		{"begin over lines", "<!-- codesteward begin gadgets (x\n) -->\n" + end, "the begin marker of region gadgets runs over more than one line"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.src).Region("gadgets")
			var re *RegionError
			if !errors.As(err, &re) {
				t.Fatalf("Region: %v, want a *RegionError", err)
			}
			if tt.reason != "" && re.Reason != tt.reason {
				t.Errorf("reason is %q, want %q", re.Reason, tt.reason)
			}
			if set, err := SetRegion(tt.src, "gadgets", "x"); err == nil {
				t.Errorf("SetRegion edits it: %q", set)
			}
			if set, err := AppendRegion(tt.src, "gadgets", "x"); err == nil {
				t.Errorf("AppendRegion edits it: %q", set)
			}
		})
	}
}

func TestRegionOfOtherIDsAndLookalikes(t *testing.T) {
	src := "<!-- codesteward begin a-b -->\n1\n<!-- codesteward end a-b -->\n" + NewRegion("a", "2") + "\n{{open [[ <nowiki>\n"
	for id, want := range map[string]string{"a-b": "1", "a": "2"} {
		if r, err := Parse(src).Region(id); err != nil || r.Body != want {
			t.Errorf("Region(%q) = %q, %v, want %q", id, r.Body, err, want)
		}
	}
	for _, id := range []string{"b", "a-"} {
		if _, err := Parse(src).Region(id); !errors.Is(err, ErrNoRegion) {
			t.Errorf("Region(%q): %v, want ErrNoRegion", id, err)
		}
	}
	for _, id := range []string{"", "a b", "a--b", "a>"} {
		var re *RegionError
		if _, err := Parse(src).Region(id); !errors.As(err, &re) {
			t.Errorf("Region(%q): %v, want a *RegionError", id, err)
		}
	}
}

func TestSetRegionKeepsEveryOtherByte(t *testing.T) {
	before, after := " \u200e{{x}}\t\r\n==a==  \n", "\n\n {{open \xff\n"
	for _, body := range []string{"", "x", "a\n\nb", "\nx", "{|\n|-\n|}\n"} {
		for _, next := range []string{"", "y", "a\nb\n"} {
			src := before + NewRegion("t", body) + after
			got, err := SetRegion(src, "t", next)
			if err != nil {
				t.Fatal(err)
			}
			if want := before + NewRegion("t", next) + after; got != want {
				t.Errorf("%q to %q: got %q, want %q", body, next, got, want)
			}
		}
	}
}

func TestSetRegionRefusesABodyThatBreaksTheRegion(t *testing.T) {
	src := "a\n" + NewRegion("t", "x") + "\n<nowiki>b</nowiki> }}"
	for _, body := range []string{
		"<!-- open", "<nowiki>open", "{{open", "<!-- codesteward end t -->",
		"<!-- codesteward begin u -->\n<!-- codesteward end u -->",
	} {
		var re *RegionError
		if got, err := SetRegion(src, "t", body); !errors.As(err, &re) {
			t.Errorf("body %q gives %q, %v", body, got, err)
		}
	}
}

func TestAppendRegion(t *testing.T) {
	for src, want := range map[string]string{
		"":      NewRegion("t", "x"),
		"a":     "a\n\n" + NewRegion("t", "x"),
		"a\n":   "a\n\n" + NewRegion("t", "x"),
		"a\n\n": "a\n\n" + NewRegion("t", "x"),
	} {
		if got, err := AppendRegion(src, "t", "x\n"); err != nil || got != want {
			t.Errorf("AppendRegion(%q) = %q, %v, want %q", src, got, err, want)
		}
	}
	for _, src := range []string{NewRegion("t", ""), "a <!-- open"} {
		if got, err := AppendRegion(src, "t", "x"); err == nil {
			t.Errorf("AppendRegion(%q) = %q, want an error", src, got)
		}
	}
}
