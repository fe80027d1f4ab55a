// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that keeps the import arrows, the purity of the
// middle, and the single way to write.

package bot_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "gitlab.wikimedia.org/toolforge-repos/codesteward/"

// arrows says what of ours each package may import. A trailing "/..." stands
// for the package and all below it.
var arrows = map[string][]string{
	"cmd/codesteward":           {"bot/...", "config", "events/...", "wikitext"},
	"cmd/demo":                  {"bot/wiki/wikitest", "wikitext"},
	"bot":                       {"bot/detect", "bot/registry", "bot/survey", "bot/plan/...", "bot/publish", "bot/wiki", "config", "events", "wikitext"},
	"bot/detect":                {"events", "wikitext"},
	"bot/registry":              {"bot/detect", "events"},
	"bot/registry/mariadbtest":  {},
	"bot/registry/registrytest": {"bot/registry"},
	"bot/survey":                {"bot/registry", "bot/detect", "bot/wiki", "wikitext"},
	"bot/plan":                  {"bot/plan/messages", "bot/registry", "bot/detect", "config", "wikitext"},
	"bot/plan/messages":         {},
	"bot/publish":               {"bot/plan/...", "bot/registry", "bot/wiki", "wikitext"},
	"bot/web":                   {"bot/registry"},
	"bot/web/browsertest":       {},
	"bot/wiki":                  {},
	"bot/wiki/wikitest":         {},
	"config":                    {},
	"deploy/standalone":         {}, // tests alone
	"deploy/toolforge":          {}, // tests alone
	"events":                    {},
	"events/kafka":              {"events"},
	"events/relay":              {"events"},
	"wikitext":                  {},
}

// pure are packages and files that take values and return values.
var pure = []string{
	"wikitext", "bot/detect", "bot/plan", "bot/registry/verdict.go", "bot/registry/verdict_words.go", "bot/registry/verdict_phrases.go", "bot/registry/liveness.go",
	"bot/registry/shares.go", "bot/registry/similar.go", "bot/registry/similar_index.go", "bot/registry/similar_text.go",
}

// impure is what pure code must not import, with all below it; net/url alone
// takes strings and returns strings.
var impure = []string{"context", "os", "net", "io/fs", "log", "database/sql", "github.com/rs/zerolog", "math/rand"}

type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

func TestImportsFollowTheArrows(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := arrows[name]
		if !known {
			t.Errorf("package %s is not in the table of arrows; say what it may import", name)
		}
		for _, imported := range p.Imports {
			ours, ok := strings.CutPrefix(imported, module)
			if ok && !slices.ContainsFunc(allowed, func(a string) bool { return covers(a, ours) }) {
				t.Errorf("%s imports %s, which no arrow allows", name, ours)
			}
		}
	}
}

func TestThePureMiddleImportsNothingImpure(t *testing.T) {
	checked := 0
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, file := range p.GoFiles {
			if !slices.Contains(pure, name) && !slices.Contains(pure, path.Join(name, file)) {
				continue
			}
			checked++
			for _, imported := range imports(t, filepath.Join(p.Dir, file)) {
				if imported != "net/url" && slices.ContainsFunc(impure, func(bad string) bool { return covers(bad+"/...", imported) }) {
					t.Errorf("%s/%s is pure and imports %s", name, file, imported)
				}
			}
		}
	}
	if checked < len(pure) {
		t.Fatalf("only %d files are pure; has one of %v moved?", checked, pure)
	}
}

// A wiki is written through an Editor alone, and only the wiring makes one, to
// hand it to the write gate.
func TestOnlyTheGateGetsAnEditor(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, file := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			place := path.Join(name, file)
			if strings.Contains(string(text), "wiki.NewEditor(") && place != "bot/site.go" {
				t.Errorf("%s makes an Editor; edits must go through bot/publish", place)
			}
			if strings.Contains(string(text), "go-mwclient") && name != "bot/wiki" && name != "bot/wiki/wikitest" {
				t.Errorf("%s uses the API library directly; requests must go through bot/wiki", place)
			}
		}
	}
}

func covers(pattern, name string) bool {
	base, tree := strings.CutSuffix(pattern, "/...")
	return name == base || tree && strings.HasPrefix(name, base+"/")
}

// packages lists the packages of the module, without their tests.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles", module+"...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, spec := range f.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}
