// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds benchmarks of the comparison of two texts, and texts made to
// be slow to compare.

package wikitext

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// talkPage is a page of n sections, at least one, in which people talk.
func talkPage(n int) []string {
	rnd := rand.New(rand.NewPCG(3, 4))
	words := strings.Fields("the a of to wiki page gadget script is was broken since yesterday in on who can look at this and fix it please thanks I think that we should not do [[User:Ada]] " +
		"{{ping|Bo}} extension table, question. answer? yes no maybe — später für größere Änderungen слово ещё раз")
	sections := make([]string, max(n, 1))
	for i := range sections {
		var b strings.Builder
		fmt.Fprintf(&b, "== Section %d ==\n", i)
		for k := range 4 {
			b.WriteString(strings.Repeat(":", k))
			for range 20 + rnd.IntN(40) {
				b.WriteString(words[rnd.IntN(len(words))])
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "[[User:U%d|U%d]] %02d:%02d, %d May 2026 (UTC)\n", rnd.IntN(90), k, rnd.IntN(24), rnd.IntN(60), rnd.IntN(30))
		}
		b.WriteByte('\n')
		sections[i] = b.String()
	}
	return sections
}

// comparisons are pairs of texts of about size bytes.
var comparisons = []struct {
	name  string
	texts func(size int) (before, after string)
}{
	{"append a comment", func(size int) (string, string) {
		page := strings.Join(talkPage(size/1130), "")
		return page, page + ": I agree. ~~~~\n"
	}},
	{"archive a third", func(size int) (string, string) {
		s := talkPage(size / 1130)
		return strings.Join(s, ""), strings.Join(s[len(s)/3:], "")
	}},
	{"the archive gets a third", func(size int) (string, string) {
		s := talkPage(size / 1130)
		return strings.Join(s[len(s)/3:], ""), strings.Join(s, "")
	}},
	{"reorder sections", func(size int) (string, string) {
		s := talkPage(size / 1130)
		before := strings.Join(s, "")
		rand.New(rand.NewPCG(5, 6)).Shuffle(len(s), func(i, k int) { s[i], s[k] = s[k], s[i] })
		return before, strings.Join(s, "")
	}},
	{"reflow every line", func(size int) (string, string) {
		page := strings.Join(talkPage(size/1130), "")
		return page, strings.ReplaceAll(strings.ReplaceAll(page, "\n", " "), ". ", ".\n")
	}},
	{"a word in every line", func(size int) (string, string) {
		page := strings.Join(talkPage(size/1130), "")
		return page, strings.ReplaceAll(page, " May ", " changed May ")
	}},
	{"indent every line", func(size int) (string, string) {
		page := strings.Join(talkPage(size/1130), "")
		return page, strings.ReplaceAll(page, "\n", "\n:")
	}},
	{"replace everything", func(size int) (string, string) {
		return strings.Join(talkPage(size/1130), ""), strings.Repeat("New words stand here, 123 of them.\n", size/35)
	}},
	{"nothing before", func(size int) (string, string) { return "", strings.Join(talkPage(size/1130), "") }},
	{"all lines equal", func(size int) (string, string) {
		return strings.Repeat("x\n", size/2), strings.Repeat("x\n", size/2-1) + "y\n" + strings.Repeat("x\n", 5)
	}},
	{"two lines in turn", func(size int) (string, string) {
		return strings.Repeat("x\ny\n", size/4), strings.Repeat("y\nx\nz\n", size/6)
	}},
	{"one line changed in the middle", func(size int) (string, string) {
		page := strings.ReplaceAll(strings.Join(talkPage(size/1130), ""), "\n", " ")
		i := strings.IndexByte(page[len(page)/2:], ' ') + len(page)/2
		return page, page[:i] + " new word" + page[i:]
	}},
	{"one line of letters", func(size int) (string, string) {
		return strings.Repeat("x", size), strings.Repeat("x", size/2) + "y" + strings.Repeat("x", size/2)
	}},
	{"random words", func(size int) (string, string) {
		rnd := rand.New(rand.NewPCG(7, 8))
		text := func() string {
			var b strings.Builder
			for b.Len() < size {
				fmt.Fprintf(&b, "%x ", rnd.IntN(size/10))
			}
			return b.String()
		}
		return text(), text()
	}},
	{"random signs", func(size int) (string, string) {
		rnd := rand.New(rand.NewPCG(9, 10))
		text := func() string {
			b := make([]byte, size)
			for i := range b {
				b[i] = "!?.,;:-+*/=()[]{} \nab"[rnd.IntN(21)]
			}
			return string(b)
		}
		return text(), text()
	}},
	{"ideographs", func(size int) (string, string) {
		page := strings.Repeat("一二三四五六七八九十", size/30)
		return page, "十" + page[:len(page)/2] + "百" + page[len(page)/2:] + "一"
	}},
	{"signs alone", func(size int) (string, string) { return strings.Repeat("!?", size/2), strings.Repeat("?!.", size/3) }},
	{"bytes that are no text", func(size int) (string, string) {
		return strings.Repeat("\xff\x80", size/2), strings.Repeat("\x80\xff\n", size/3)
	}},
}

// addedBar is how many milliseconds a page of 2 MB may take.
const addedBar = 200

// BenchmarkAdded compares pages of 2 MB and of half of that.
func BenchmarkAdded(b *testing.B) {
	for _, bb := range comparisons {
		b.Run(strings.ReplaceAll(bb.name, " ", "_"), func(b *testing.B) {
			halfBefore, halfAfter := bb.texts(1_000_000)
			before, after := bb.texts(2_000_000)
			short, long := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			took := func(before, after string) time.Duration {
				start := time.Now()
				sink += len(Added(before, after))
				return time.Since(start)
			}
			b.ReportAllocs()
			for b.Loop() {
				short, long = min(short, took(halfBefore, halfAfter)), min(long, took(before, after))
			}
			b.ReportMetric(float64(long.Microseconds())/1000, "ms")
			b.ReportMetric(addedBar, "bar:ms")
			b.ReportMetric(float64(long)/float64(short), "times")
			b.ReportMetric(growthBar, "bar:times")
		})
	}
}

// Twice the text takes twice as long, whatever was changed.
func TestAddedTakesLinearTime(t *testing.T) {
	if !soaking {
		for _, tt := range comparisons {
			Added(tt.texts(10_000))
		}
		return
	}
	const size = 500_000
	took := func(before, after string) time.Duration {
		best := time.Hour
		for range 3 {
			start := time.Now()
			sink += len(Added(before, after))
			best = min(best, time.Since(start))
		}
		return best
	}
	for _, tt := range comparisons {
		t.Run(tt.name, func(t *testing.T) {
			b1, a1 := tt.texts(size)
			b2, a2 := tt.texts(4 * size)
			// Quadratic work takes sixteen times as long. A busy machine may
			// spoil one measurement, not three.
			for range 3 {
				small, large := took(b1, a1), took(b2, a2)
				if large < 150*time.Millisecond || large < 10*small {
					return
				}
				t.Logf("%v for %d bytes, %v for %d", small, size, large, 4*size)
			}
			t.Error("time grows faster than the text")
		})
	}
}
