// SPDX-License-Identifier: GPL-3.0-or-later

package toolforge

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fieldTypes are the methods of zerolog that write a field, and what the list of
// fields calls their types.
var fieldTypes = map[string]string{
	"Str": "text", "Stringer": "text", "AnErr": "text", "Strs": "list", "Stringers": "list", "Ints": "list", "Errs": "list",
	"Int": "number", "Int32": "number", "Int64": "number", "Uint": "number", "Uint32": "number", "Uint64": "number", "Float64": "number",
	"Bool": "yes or no", "Dur": "ms", "Time": "time", "Any": "anything", "Interface": "anything", "Object": "anything", "Dict": "anything",
	"Bytes": "anything", "Hex": "anything", "RawJSON": "anything", "IPAddr": "text",
}

// TestFieldsOfTheLogAreListed walks the source of the program and looks at each
// field that is written to the log.
func TestFieldsOfTheLogAreListed(t *testing.T) {
	listed := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([a-z ]+) \\|").FindAllStringSubmatch(string(read(t, "LOGS.md")), -1) {
		if listed[m[1]] != "" {
			t.Errorf("LOGS.md lists %s twice", m[1])
		}
		listed[m[1]] = m[2]
	}
	used := map[string]bool{}
	for _, folder := range []string{"bot", "cmd/codesteward", "config", "events", "wikitext"} {
		err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			for _, f := range fields(file) {
				place := files.Position(f.at)
				switch want, ok := listed[f.name]; {
				case !ok:
					t.Errorf("%s: the log gets a field %q, which LOGS.md does not list", place, f.name)
				case want != f.kind:
					t.Errorf("%s: the field %s is %s, and not %s as in LOGS.md", place, f.name, f.kind, want)
				}
				used[f.name] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(used) < 50 {
		t.Errorf("only %d fields were found", len(used))
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if !used[name] {
			t.Errorf("LOGS.md lists %s, which nothing writes", name)
		}
	}
}

// field is one that is written to the log; its name is in quotes as it stands
// where it is no constant.
type field struct {
	name, kind string
	at         token.Pos
}

// fields finds the calls that write a field: those of the methods of zerolog in
// files that import it, or that take a logger from those that do.
func fields(file *ast.File) []field {
	var all []field
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || fieldTypes[method.Sel.Name] == "" || !logs(method.X) {
			return true
		}
		f := field{kind: fieldTypes[method.Sel.Name], name: "(no constant)", at: call.Pos()}
		if text, ok := call.Args[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
			f.name, _ = strconv.Unquote(text.Value) // the parser has read it
		}
		all = append(all, f)
		return true
	})
	return all
}

// logs reports whether an expression is an event or a context of the log: it
// begins with a level or With, or is a variable that one is kept in.
func logs(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.CallExpr:
		method, ok := x.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		switch method.Sel.Name {
		case "Trace", "Debug", "Info", "Warn", "Error", "Log", "With", "WithLevel", "Err", "Timestamp":
			return true
		}
		return fieldTypes[method.Sel.Name] != "" && logs(method.X)
	case *ast.Ident:
		return x.Name == "e" || x.Name == "log" || x.Name == "line"
	}
	return false
}

func TestStrangeFieldsAreSeen(t *testing.T) {
	const source = `package p
func f() {
	log.Info().Str("one", "").Int("two", 2).Msg("m")
	s.log.With().Bool("three", true).Logger()
	e.Dur(name, 0)
	log.Warn().Err(err).Time("four", t).Msg("m")
	flag.Int("no", 1)
	strings.Any("no", 1)
}`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fields(file) {
		got = append(got, f.name+" "+f.kind)
	}
	slices.Sort(got)
	want := []string{"(no constant) ms", "four time", "one text", "three yes or no", "two number"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
