// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of edits: examples, and what holds for all of them.

package wikitext

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// readEdits reads edits that are written as JSON, one a line: the name of the
// type and its fields.
func readEdits(t *testing.T, lines string) []Edit {
	t.Helper()
	var edits []Edit
	for line := range strings.Lines(lines) {
		name, fields, _ := strings.Cut(line, " ")
		read, ok := editNames[name]
		if !ok {
			t.Fatalf("no such edit: %s", line)
		}
		e, err := read(fields)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		edits = append(edits, e)
	}
	return edits
}

var editNames = map[string]func(fields string) (Edit, error){
	"ReplaceRegion": readEdit[ReplaceRegion],
	"AddRegion":     readEdit[AddRegion],
	"AppendSection": readEdit[AppendSection],
	"InsertSection": readEdit[InsertSection],
	"SetSection":    readEdit[SetSection],
	"SetArgument":   readEdit[SetArgument],
	"SetCell":       readEdit[SetCell],
}

func readEdit[E Edit](fields string) (Edit, error) {
	var e E
	d := json.NewDecoder(strings.NewReader(fields))
	d.DisallowUnknownFields()
	err := d.Decode(&e)
	return e, err
}

// Each file of testdata/edits holds a page, edits, and the page afterwards or
// why they are refused.
func TestEdits(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "edits", "*.txtar"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, part := range a.Files {
				parts[part.Name] = strings.TrimSuffix(string(part.Data), "\n")
			}
			edits := readEdits(t, parts["edits"])
			got, err := Apply(parts["page"], edits...)
			why := ""
			if err != nil {
				why = err.Error()
				var refused *EditError
				if !errors.As(err, &refused) || got != parts["page"] {
					t.Errorf("error %T, page %q", err, got)
				}
				got = ""
			}
			if os.Getenv("UPDATE") != "" {
				a.Files = a.Files[:2]
				if err == nil {
					a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got + "\n")})
				} else {
					a.Files = append(a.Files, txtar.File{Name: "refused", Data: []byte(why + "\n")})
				}
				if err := os.WriteFile(f, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(parts["want"], got); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(parts["refused"], why); diff != "" {
				t.Errorf("reason (-want +got):\n%s", diff)
			}
			if err == nil {
				if again, err := Apply(got, edits...); err != nil || again != got {
					t.Errorf("applied again: %q, %v", again, err)
				}
			}
		})
	}
}

// bricks are what random pages and texts are built of.
var bricks = []string{
	"word ", "\n", "\n", "\n\n", "== A ==\n", "== B ==\n", "=== C ===\n", "= D =", "{{t|a=b}}", "{{t|1|x = y\n|z}}", "{{T", "|", "}}", "[[Link|", "]]", "[[A]]", "<!-- c -->", "<!--", "-->",
	"<nowiki>", "</nowiki>", "<nowiki>|</nowiki>", "<ref>", "</ref>", "<div>", "</div>", "<b>", "''", "'''", "* item\n", ": {|\n", "{|\n", "\n|}\n", "\n|-\n", "\n|- id=r1\n", "\n| a || b\n", "\n! H !! I\n", "||", "!!",
	"https://example.org/ ", "[https://example.org x]", "=", "\n=", "~~~~", "__TOC__", "<noinclude>", "</noinclude>", "<includeonly>", "{{!}}", "{{{a|", "}}}", "-{", "}-", "\t", " ", "<pre>", "</pre>",
	"{|\n! H !! I !! J\n|- id=r1\n| a || b || c\n|- id=r2\n| rowspan=2 | d\n| e\n|- id=r3\n|}\n", "\n<!-- codesteward begin g -->\nx\n<!-- codesteward end g -->\n", "<!-- codesteward end g -->\n",
}

func drawText(rnd *rand.Rand, most int) string {
	var b strings.Builder
	for range rnd.IntN(most + 1) {
		b.WriteString(bricks[rnd.IntN(len(bricks))])
	}
	return b.String()
}

// randomEdit draws an edit that often fits a random page.
func randomEdit(rnd *rand.Rand, kind int, text string) Edit {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	switch kind % 7 {
	case 0:
		return ReplaceRegion{ID: "g", Body: text}
	case 1:
		return AddRegion{ID: pick("g", "h"), Body: text}
	case 2:
		return AppendSection{Title: pick("A", "New", "B"), Text: text, Level: rnd.IntN(4)}
	case 3:
		return InsertSection{Before: pick("", "A"), After: pick("", "B"), Title: pick("New", "C"), Text: text, Level: rnd.IntN(4)}
	case 4:
		return SetSection{Title: pick("", "A", "B", "C"), Text: text}
	case 5:
		return SetArgument{Template: "T", Which: rnd.IntN(3), Name: pick("1", "2", "a", "x", "new"), Value: text}
	}
	return SetCell{Row: pick("r1", "r2", "r3"), Column: pick("H", "I", "J"), Text: text}
}

// checkEdit checks what holds for every edit of every page.
func checkEdit(t *testing.T, src string, e Edit) (done bool) {
	t.Helper()
	got, err := Apply(src, e)
	if err != nil {
		var refused *EditError
		if !errors.As(err, &refused) || got != src || refused.What == "" || refused.Why == "" {
			t.Fatalf("%#v: error %#v, page %q", e, err, got)
		}
		return false
	}
	if again, err := Apply(got, e); err != nil || again != got {
		t.Fatalf("%#v applied to %q gives %q, applied again %q, %v", e, src, got, again, err)
	}
	d := Parse(src)
	c, err := e.splice(d)
	if err != nil {
		t.Fatal(err)
	}
	if got != src[:c.start]+c.text+src[c.end:] {
		t.Fatalf("%#v: %q became %q", e, src, got)
	}
	// What is read outside of the edit is the same, read by other means.
	before, after := readOutside(d, c.start, c.end, len(got)-len(src)), readOutside(Parse(got), c.start, c.start+len(c.text), 0)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Fatalf("%#v: %q became %q (-before +after):\n%s", e, src, got, diff)
	}
	return got != src
}

// readOutside lists what is wholly before or behind a stretch of the text.
func readOutside(d *Document, start, end, move int) []string {
	var all []string
	add := func(kind string, s, e int, more ...any) {
		if max(s, e) > start && s < end || s >= start && e <= end {
			return
		}
		if s >= end {
			s, e = s+move, e+move
		}
		all = append(all, fmt.Sprint(kind, s, e, more))
	}
	for n := range d.Templates() {
		var args []string
		for a := range n.Args() {
			args = append(args, a.Name+"="+a.Value)
		}
		add("template", n.Start, n.End, n.Name, args)
	}
	for n := range d.Links() {
		add("link", n.Start, n.End, n.Target, n.Label)
	}
	for n := range d.URLs() {
		add("address", n.Start, n.End, n.Target, n.Label)
	}
	for n := range d.Headings() {
		add("heading", n.Start, n.End, n.Level, n.Title)
	}
	for n := range d.Tags("") {
		add("tag", n.Start, n.End, n.Name)
	}
	for n := range d.Tables() {
		if n.Closed { // others reach to the end of the page
			add("table", n.Start, n.End, n.Attrs, n.Caption)
		}
		for _, r := range n.AllRows() {
			if r.End < start || r.Start >= end {
				add("row", r.Start, 0, r.ID)
			}
			for _, c := range r.Cells {
				add("cell", c.sign, c.to+1, c.Raw, c.Attrs) // it reaches to the next sign
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestEditsOfRandomPages(t *testing.T) {
	n := 40_000
	if testing.Short() {
		n = 4_000
	}
	rnd := rand.New(rand.NewPCG(7, 1))
	var done, tried [7]int
	for i := range n {
		src := drawText(rnd, 25)
		if rnd.IntN(2) == 0 { // something that the edit can be for
			fit := map[int]string{0: bricks[len(bricks)-2], 5: "{{T|a|x = b}}", 6: bricks[len(bricks)-3]}[i%7]
			src = drawText(rnd, 8) + "\n" + fit + drawText(rnd, 8)
		}
		e := randomEdit(rnd, i, drawText(rnd, 6))
		tried[i%7]++
		if checkEdit(t, src, e) {
			done[i%7]++
		}
	}
	t.Logf("changed %v of %v", done, tried)
	for i, n := range done {
		if n < tried[i]/100 {
			t.Errorf("only %d of %d edits %T changed a page", n, tried[i], randomEdit(rnd, i, ""))
		}
	}
}

func TestEditsThatContradictEachOtherAreRefused(t *testing.T) {
	src := "{{t|a=b}}"
	for _, edits := range [][]Edit{
		{SetArgument{Template: "t", Name: "a", Value: "1"}, SetArgument{Template: "t", Name: "a", Value: "2"}},
		{AppendSection{Title: "A", Text: "x"}, SetSection{Title: "A", Text: "y"}},
	} {
		var refused *EditError
		if got, err := Apply(src, edits...); !errors.As(err, &refused) || got != src {
			t.Errorf("Apply(%v) = %q, %v", edits, got, err)
		}
	}
	want := "{{t|a=b|c=d}}\n\n== A ==\n\nx\n\n" + NewRegion("r", "y")
	edits := []Edit{SetArgument{Template: "t", Name: "c", Value: "d"}, AppendSection{Title: "A", Text: "x"}, AddRegion{ID: "r"}, ReplaceRegion{ID: "r", Body: "y"}}
	if got, err := Apply(src, edits...); err != nil || got != want {
		t.Errorf("Apply = %q, %v", got, err)
	}
}

func FuzzApply(f *testing.F) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for i := range 40 {
		f.Add(drawText(rnd, 20), drawText(rnd, 5), uint64(i))
	}
	for i, tt := range hostile {
		f.Add(tt.text(3)+"\n{|\n! H\n|- id=r1\n| a\n|}\n== A ==\n{{t|a=b}}", tt.text(2), uint64(i))
	}
	f.Fuzz(func(t *testing.T, src, text string, draw uint64) {
		checkEdit(t, src, randomEdit(rand.New(rand.NewPCG(draw, 0)), int(draw%7), text))
	})
}
