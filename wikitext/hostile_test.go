// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests against texts made to be slow, and fuzz targets.

package wikitext

import (
	"errors"
	"iter"
	"os"
	"strings"
	"testing"
	"time"
)

var hostile = []struct {
	name string
	text func(n int) string
}{
	{"open templates", func(n int) string { return strings.Repeat("{{", 2*n) }},
	{"open links", func(n int) string { return strings.Repeat("[[", 2*n) }},
	{"braces", func(n int) string { return strings.Repeat("{", 4*n) }},
	{"open arguments", func(n int) string { return strings.Repeat("{{{a|", n) }},
	{"named arguments", func(n int) string { return strings.Repeat("{{a|b=", n) }},
	{"nested templates", func(n int) string { return strings.Repeat("{{a|", n) + strings.Repeat("}}", n) }},
	{"nested links", func(n int) string { return strings.Repeat("[[a|", n) + strings.Repeat("]]", n) }},
	{"nested arguments", func(n int) string { return strings.Repeat("{{{a|", n) + strings.Repeat("}}}", n) }},
	{"one template, many ends", func(n int) string { return "{{a" + strings.Repeat("}", n) }},
	{"many templates, many ends", func(n int) string { return strings.Repeat("{{a ", n) + strings.Repeat("}", n) }},
	{"nested files", func(n int) string { return strings.Repeat("[[File:a|", n) }},
	{"closed nested files", func(n int) string { return strings.Repeat("[[File:a|", n) + strings.Repeat("]]", n) }},
	{"open comments", func(n int) string { return strings.Repeat("<!--", n) }},
	{"comments on one line", func(n int) string { return "\n" + strings.Repeat("<!---->", n) + "x" }},
	{"open nowiki", func(n int) string { return strings.Repeat("<nowiki>", n) }},
	{"open ref", func(n int) string { return strings.Repeat("<ref>", n) }},
	{"open ref, one end", func(n int) string { return strings.Repeat("<ref>", n) + "</ref>" }},
	{"open attribute", func(n int) string { return strings.Repeat(`<ref name="`, n) }},
	{"open attribute, one end", func(n int) string { return strings.Repeat(`<ref name="`, n) + ">" }},
	{"nested tags", func(n int) string { return strings.Repeat("<ref><poem>", n) + strings.Repeat("</poem></ref>", n) }},
	{"open tables", func(n int) string { return strings.Repeat("{|\n", n) }},
	{"rows", func(n int) string { return "{|\n" + strings.Repeat("|-\n| a || b\n", n) }},
	{"cells", func(n int) string { return "{|\n|" + strings.Repeat("a|| ", n) }},
	{"equals signs", func(n int) string { return strings.Repeat("=", 4*n) }},
	{"lines of equals signs", func(n int) string { return strings.Repeat("=\n==", n) }},
	{"headings", func(n int) string { return strings.Repeat("==a==\n", n) }},
	{"open external links", func(n int) string { return strings.Repeat("[http://a ", n) }},
	{"addresses in one", func(n int) string { return strings.Repeat("http://", n) }},
	{"addresses in templates", func(n int) string { return strings.Repeat("[http://{{a|", n) + strings.Repeat("}}", n) }},
	{"punctuation after address", func(n int) string { return "http://a" + strings.Repeat(".", n) }},
	{"schemes", func(n int) string { return strings.Repeat("news:", n) }},
	{"language converters", func(n int) string { return strings.Repeat("-{", n) }},
	{"quotes", func(n int) string { return strings.Repeat("''", n) }},
	{"names that do not end", func(n int) string { return strings.Repeat("{{a", n) }},
	{"HTML tags", func(n int) string { return strings.Repeat("<div>", n) }},
	{"open HTML tags", func(n int) string { return strings.Repeat("<div [[a]] ", n) }},
	{"open rows", func(n int) string { return strings.Repeat("|-\n", n) }},
	{"one line of words", func(n int) string { return strings.Repeat("word ", n) }},
	{"zero bytes", func(n int) string { return strings.Repeat("\x00", 4*n) }},
	{"no UTF-8", func(n int) string { return strings.Repeat("\xff\xc3", 2*n) }},
	{"list signs", func(n int) string { return strings.Repeat("*#:;", n) }},
	{"list items", func(n int) string { return strings.Repeat("* a\n", n) }},
	{"includeonly", func(n int) string { return strings.Repeat("<includeonly>", n) + strings.Repeat("<noinclude>", n) }},
	{"switches", func(n int) string { return strings.Repeat("__NOTOC", n) }},
	{"mixed openings", func(n int) string { return strings.Repeat("{{a|[[b|<ref>", n) }},
	{"half closed links", func(n int) string { return strings.Repeat("[[a]", n) }},
	{"templates", func(n int) string { return strings.Repeat("{{x}}", n) }},
	{"templates in targets", func(n int) string { return strings.Repeat("[[{{x}}", n) }},
	{"braces that close", func(n int) string { return strings.Repeat("{", 2*n) + "a" + strings.Repeat("}", 2*n) }},
	{"brackets that close", func(n int) string { return strings.Repeat("[", 2*n) + strings.Repeat("]", 2*n) }},
	{"comments before tables on a line", func(n int) string { return strings.Repeat("<!---->", n/2) + "x" + strings.Repeat("{| ", n/2) }},
	{"colons before tables on a line", func(n int) string { return strings.Repeat(":", 4*n) + "x" + strings.Repeat("{| ", n) }},
	{"switches in an address", func(n int) string { return "http://a" + strings.Repeat("__NOTOC__", n/2) }},
	{"switches in a target", func(n int) string { return "[[" + strings.Repeat("__NOTOC__", n/2) + "a]]" }},
	{"comments behind an address", func(n int) string { return "http://a" + strings.Repeat(".<!---->", n/2) }},
	{"templates and signs behind an address", func(n int) string { return "http://a" + strings.Repeat("{{b}}>", n/2) }},
	{"names of files in a gallery", func(n int) string { return "<gallery>" + strings.Repeat("[[a]] http://a ", n/4) + "</gallery>" }},
	{"nested targets", func(n int) string { return strings.Repeat("[[{{a|", n/2) + "%41" + strings.Repeat("}}|x]]", n/2) }},
	{"nested captions", func(n int) string {
		return strings.Repeat("[[File:a|thumb|{{x|", n/4) + strings.Repeat("}}]]", n/4)
	}},
	{"nested addresses", func(n int) string { return strings.Repeat("[http://{{a|", n/4) + strings.Repeat("}} x]", n/4) }},
	{"one heading of templates", func(n int) string { return "== " + strings.Repeat("{{a}}", n) + " ==" }},
	{"markers", func(n int) string { return strings.Repeat("<!-- codesteward begin a -->\n", n) }},
	{"spaces before comments", func(n int) string { return strings.Repeat("<!-- -->"+strings.Repeat(" ", 20), n/4) }},
}

// everything calls all that reads a text.
func everything(s string) {
	d := Parse(s)
	d.Masked()
	for t := range d.Templates() {
		t.Arg("a")
		t.Function()
		d.Section(t.Start)
	}
	for l := range d.Links() {
		_, _ = l.Title()
	}
	count(d.Headings())
	d.Section(len(s))
	count(d.URLs())
	count(d.Items())
	count(d.Switches())
	count(d.Tags(""))
	count(d.Nodes())
	Plain(s)
	_, _ = d.Region("a")
	_, _ = SetRegion(s, "a", "b")
	_, _ = ParseTable(s)
	count(d.Tables())
	count(d.Signatures())
	count(d.Timestamps())
	for i := range 7 {
		_, _ = Apply(s, hostileEdit(i))
	}
	Escape(s)
	EscapeTerm(s)
	EscapeSummary(s)
	NormalizeTitle(s)
	Added(s, "x"+s)
}

// soaking says that there is time for large texts, and that the machine is ours:
// make soak sets it.
var soaking = os.Getenv("SOAK") != ""

func TestHostileTextTakesLinearTime(t *testing.T) {
	if !soaking { // the benchmarks tell about time, this that nothing breaks
		for _, tt := range hostile {
			everything(tt.text(500))
		}
		return
	}
	const n = 100_000
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			took := func(s string) time.Duration {
				start := time.Now()
				everything(s)
				return time.Since(start)
			}
			small, large := tt.text(n/4), tt.text(n)
			// Four times the text: quadratic work takes sixteen times as long. A
			// busy machine may spoil one measurement, not three.
			for range 3 {
				a, b := took(small), took(large)
				if b < 600*time.Millisecond || b < 10*a {
					return
				}
				t.Logf("%v for %d bytes, %v for %d", a, len(small), b, len(large))
			}
			t.Error("time grows faster than the text")
		})
	}
}

func seed(f *testing.F) {
	for _, tt := range hostile {
		f.Add(tt.text(8))
	}
	f.Add("== a ==\n* {{b|c=[[d|e]]}} <ref>{{f}}</ref> [https://a.example g]\n{|\n! a !! b\n|- id=\"c\"\n| d || e\n|}")
	f.Add(NewRegion("a", "b") + "\n<nowiki>" + "</nowiki>")
	f.Add("~~~~ __TOC__ ISBN 1234567890 '''a''' \u202e &lt;")
}

func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		d := Parse(s)
		if d.String() != s || len(d.Masked()) != len(s) {
			t.Fatal("the text is not kept")
		}
		span := func(what string, start, end int) {
			if start < 0 || end > len(s) || start > end {
				t.Fatalf("%s has the span %d, %d", what, start, end)
			}
		}
		checkNodes(t, d)
		checkTree(t, d)
		last := 0
		for tmpl := range d.Templates() {
			span("template", tmpl.Start, tmpl.End)
			if tmpl.Start < last {
				t.Fatal("templates are not in order")
			}
			last = tmpl.Start
			for a := range tmpl.Args() {
				span("argument", a.Start, a.End)
			}
		}
		for l := range d.Links() {
			span("link", l.Start, l.End)
		}
		for u := range d.URLs() {
			span("address", u.Start, u.End)
		}
		table, err := ParseTable(s)
		for _, r := range table.Rows() {
			for _, c := range r.Cells {
				span("cell", c.Start, c.End)
				if err != nil || s[c.Start:c.End] != c.Raw {
					t.Fatalf("cell %q is not at its place", c.Raw)
				}
			}
		}
		everything(s)
	})
}

// checkNodes sees that the nodes of the scan are in order, one inside the other
// or apart, and that each knows where those inside of it end.
func checkNodes(t *testing.T, d *Document) {
	t.Helper()
	var open []node
	for i, n := range d.nodes {
		if n.kind == openNode || n.kind == LinkNode || n.kind == FileNode {
			if n.link != int32(i+1) {
				t.Fatalf("node %d is a link and holds nodes: %+v", i, n)
			}
			continue
		}
		for len(open) > 0 && int32(i) >= open[len(open)-1].link {
			open = open[:len(open)-1]
		}
		if n.start < 0 || n.end > int32(len(d.src)) || n.start > n.end || n.link <= int32(i) || n.link > int32(len(d.nodes)) {
			t.Fatalf("node %d is nowhere: %+v", i, n)
		}
		if i > 0 && n.start < d.nodes[i-1].start {
			t.Fatalf("node %d begins before the one before it: %+v", i, n)
		}
		if len(open) > 0 {
			if top := open[len(open)-1]; n.start < top.start || n.end > top.end || n.link > top.link {
				t.Fatalf("node %d crosses %+v: %+v", i, top, n)
			}
		}
		open = append(open, n)
	}
}

// checkTree sees that the leaves are the text, and that every node stands inside
// of those that it is said to stand in.
func checkTree(t *testing.T, d *Document) {
	t.Helper()
	var open []Node
	at := 0
	for n := range d.Nodes() {
		if n.Depth > len(open) || n.Depth > 0 && (n.Start < open[n.Depth-1].Start || n.End > open[n.Depth-1].End) {
			t.Fatalf("%+v does not stand in %+v", n, open)
		}
		if open = append(open[:n.Depth], n); n.leaf() {
			if n.Start != at {
				t.Fatalf("%+v follows the leaf that ends at %d", n, at)
			}
			at = n.End
		}
	}
	if at != len(d.src) {
		t.Fatalf("the leaves end at %d of %d", at, len(d.src))
	}
}

func count[T any](seq iter.Seq[T]) int {
	n := 0
	for range seq {
		n++
	}
	return n
}

func FuzzSetRegion(f *testing.F) {
	page := "before\n" + NewRegion("a", "old") + "\nafter"
	for _, tt := range hostile {
		f.Add(page, tt.text(3))
		f.Add(tt.text(3)+"\n"+NewRegion("a", ""), "new")
	}
	f.Add(page, "<!-- codesteward end a -->")
	f.Fuzz(func(t *testing.T, src, body string) {
		set, err := SetRegion(src, "a", body)
		if err != nil {
			var re *RegionError
			if !errors.As(err, &re) && !errors.Is(err, ErrNoRegion) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		was, err := Parse(src).Region("a")
		if err != nil {
			t.Fatal("set a region that cannot be read")
		}
		is, err := Parse(set).Region("a")
		if err != nil || is.Body != strings.TrimRight(body, "\n") {
			t.Fatalf("read %q back after setting %q: %v", is.Body, body, err)
		}
		if set[:is.Start] != src[:was.Start] {
			t.Fatal("changed the text before the region")
		}
		if strings.TrimPrefix(set[is.End:], "\n") != strings.TrimPrefix(src[was.End:], "\n") {
			t.Fatal("changed the text after the region")
		}
		if again, err := SetRegion(set, "a", body); err != nil || again != set {
			t.Fatalf("setting it again changes the text: %v", err)
		}
	})
}
