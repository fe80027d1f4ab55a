// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of the comparison of two texts.

package wikitext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// People ask the same thing twice: the second time is what was added.
func TestAddedTextThatRepeatsALineIsTheLaterOne(t *testing.T) {
	before := "== One ==\nWho knows?"
	after := before + "\n== Two ==\nWho knows?"
	var added []string
	for _, s := range Added(before, after) {
		added = append(added, after[s.Start:s.End])
		if s.Start < len(before) {
			t.Errorf("%q stood there before", after[s.Start:s.End])
		}
	}
	if text := strings.Join(added, " "); !strings.Contains(text, "Who knows?") {
		t.Errorf("added is %q", text)
	}
}

func TestAdded(t *testing.T) {
	page := "Intro line.\n== A ==\nfirst [[x]] here\n\n== B ==\nsecond\n"
	tests := []struct {
		name, before, after string
		want                []string
	}{
		{"new page", "", "a b\nc", []string{"a b\nc"}},
		{"nothing", page, page, nil},
		{"new line", page, strings.Replace(page, "second\n", "second\n: an answer. ~\n", 1), []string{": an answer. ~"}},
		{"words in a line", page, strings.Replace(page, "[[x]] here", "[[x]] and [[y]] here", 1), []string{"and [[y]]"}},
		{"moved line", "a one\nb two\nc three\nd four", "c three\na one\nb two\nd four", nil},
		{"moved section with a new line", "== A ==\nx y\n== B ==\nz w\n", "== B ==\nz w\nnew\n== A ==\nx y\n", []string{"new"}},
		{"removed text", page, "Intro line.\n", nil},
		{"white space", "a  b\n c", "a b\n\n  c ", nil},
		{"repeated line", "yes\nno", "yes\nno\nyes", []string{"yes"}},
		{"repeated line keeps its place at the end", "q\nx", "x\nw\nx", []string{"x\nw"}},
		{"repeated lines moved", "x\nx\na\nb", "a\nb\nx\nx", nil},
		{"same words in another line", "use [[Foo]] now\nend", "use [[Foo]] now\nalso [[Foo]]\nend", []string{"also [[Foo]]"}},
		{"scripts without spaces", "一二三", "一二四三", []string{"四"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, s := range Added(tt.before, tt.after) {
				got = append(got, tt.after[s.Start:s.End])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Added(%q, %q) (-want +got):\n%s", tt.before, tt.after, diff)
			}
		})
	}
}
