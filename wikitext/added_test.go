// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of the comparison of two texts.

package wikitext

import (
	"math/rand/v2"
	"slices"
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

// checkAdded sees that spans are in order, apart, neither empty nor blank, and
// that they hold every word that before has not, and no line that before has.
func checkAdded(t *testing.T, before, after string) {
	t.Helper()
	spans := Added(before, after)
	covered := make([]bool, len(after))
	last := -1
	for _, s := range spans {
		if s.Start <= last || s.End <= s.Start || s.End > len(after) {
			t.Fatalf("Added(%q, %q) = %v", before, after, spans)
		}
		if text := after[s.Start:s.End]; strings.TrimRight(text, " \t\r\n") != text {
			t.Fatalf("Added(%q, %q) has %q", before, after, text)
		}
		last = s.End
		for i := s.Start; i < s.End; i++ {
			covered[i] = true
		}
	}
	var words, new sequence
	known := newNames(before)
	known.words(&words, before, 0, len(before), true)
	known.words(&new, after, 0, len(after), false)
	for i, id := range new.ids {
		if s := new.spans[i]; id < 0 && !(covered[s.start] && covered[s.end-1]) {
			t.Fatalf("Added(%q, %q) = %v, without %q", before, after, spans, after[s.start:s.end])
		}
	}
	// Of each line as many are not added as stood there before.
	old, kept := map[string]int{}, map[string]int{}
	for line := range strings.SplitSeq(before, "\n") {
		old[strings.TrimRight(line, " \t\r")]++
	}
	at, all := 0, map[string]int{}
	for line := range strings.SplitSeq(after, "\n") {
		trimmed := strings.TrimRight(line, " \t\r")
		all[trimmed]++
		if !slices.Contains(covered[at:at+len(trimmed)], true) {
			kept[trimmed]++
		}
		at += len(line) + 1
	}
	for line, n := range all {
		if kept[line] < min(n, old[line]) {
			t.Fatalf("Added(%q, %q) = %v: %q is there %d times, stood there %d times and is kept %d times",
				before, after, spans, line, n, old[line], kept[line])
		}
	}
}

// checkEdits sees what is added by edits of a text that nobody doubts.
func checkEdits(t *testing.T, text string) {
	t.Helper()
	none := func(what, before, after string) {
		t.Helper()
		if spans := Added(before, after); len(spans) > 0 {
			t.Fatalf("%s of %q to %q adds %v", what, before, after, spans)
		}
	}
	lines := strings.Split(text, "\n")
	none("no edit", text, text)
	none("deleting all", text, "")
	some := slices.Clone(lines)
	for i := 0; i < len(some); i++ {
		some = slices.Delete(some, i, i+1)
	}
	none("deleting lines", text, strings.Join(some, "\n"))
	slices.Reverse(lines)
	none("turning round", text, strings.Join(lines, "\n"))
	none("moving", text, strings.Join(slices.Concat(lines[len(lines)/2:], lines[:len(lines)/2]), "\n"))
	none("blank lines", text, strings.ReplaceAll(text, "\n", "\n \n")+"\n\n")
	if spans := Added("", text); strings.TrimSpace(text) != "" && (len(spans) != 1 || strings.Trim(text, " \t\r\n") != strings.TrimLeft(text[spans[0].Start:spans[0].End], " \t\r")) {
		t.Fatalf("all of %q is new: %v", text, spans)
	}
	const unlike = "Zq7unlikeZq"
	if strings.Contains(text, unlike) {
		return
	}
	for _, at := range []int{0, len(text) / 3, len(text) / 2, len(text)} {
		after := text[:at] + unlike + text[at:]
		whole := false
		for _, s := range Added(text, after) {
			whole = whole || s.Start <= at && at+len(unlike) <= s.End
		}
		if !whole {
			t.Fatalf("%q is not added by %q", unlike, after)
		}
	}
}

func TestAddedOfRandomEdits(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	words := strings.Fields("a b c d : :: * [[x]] {{y}} == ü слово 一二 ! . ''")
	text := func() string {
		var b strings.Builder
		for range rnd.IntN(30) {
			b.WriteString(words[rnd.IntN(len(words))])
			b.WriteString([]string{" ", " ", "\n", "\n\n", "", "\r\n"}[rnd.IntN(6)])
		}
		return b.String()
	}
	for range 20000 {
		before, after := text(), text()
		checkAdded(t, before, after)
		checkEdits(t, before)
	}
}

// Words that are taken out of lines add nothing, whichever they are.
func TestAddedByDeletingWordsIsNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(13, 14))
	page := strings.Join(talkPage(20), "")
	for range 200 {
		var b strings.Builder
		for line := range strings.Lines(page) {
			if strings.HasPrefix(line, "=") {
				b.WriteString(line)
				continue
			}
			for word := range strings.SplitAfterSeq(line, " ") {
				if rnd.IntN(10) > 0 || strings.HasSuffix(word, "\n") {
					b.WriteString(word)
				}
			}
		}
		if spans := Added(page, b.String()); len(spans) > 0 {
			t.Fatalf("%q is added", b.String()[spans[0].Start:spans[0].End])
		}
	}
}

func FuzzAdded(f *testing.F) {
	f.Add("", "")
	for _, tt := range comparisons {
		before, after := tt.texts(300)
		f.Add(before, after)
	}
	for _, tt := range hostile {
		f.Add(tt.text(4), tt.text(8))
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		checkAdded(t, before, after)
		checkEdits(t, after)
	})
}
