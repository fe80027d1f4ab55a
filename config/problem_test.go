// SPDX-License-Identifier: GPL-3.0-or-later

package config

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// wantSuffix marks the second file of a pair.
const wantSuffix = ": said"

func TestProblemsSayWhatIsWrongAndWhatIsAllowed(t *testing.T) {
	golden(t, "testdata/problems.txtar", func(rules *Rules, problems []Problem) ([]Problem, bool) { return problems, rules == nil })
}

func TestWarningsSayWhatIsOdd(t *testing.T) {
	golden(t, "testdata/warnings.txtar", func(rules *Rules, problems []Problem) ([]Problem, bool) {
		if rules == nil {
			return problems, false
		}
		return rules.Warnings, true
	})
}

// golden compares what is said of each page in a file with what the file has
// after it. Said picks it, and says whether the page is of the right sort.
func golden(t *testing.T, file string, said func(*Rules, []Problem) ([]Problem, bool)) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, wantSuffix); ok {
			want[name] = string(f.Data)
		}
	}
	remade := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, wantSuffix) {
			continue
		}
		var words strings.Builder
		list, ok := said(ParseRules(string(f.Data)))
		for _, p := range list {
			words.WriteString(p.String() + "\n")
		}
		remade.Files = append(remade.Files, f, txtar.File{Name: f.Name + wantSuffix, Data: []byte(words.String())})
		t.Run(f.Name, func(t *testing.T) {
			if !ok {
				t.Fatalf("the page was taken for the other sort:\n%s", words.String())
			}
			if diff := cmp.Diff(want[f.Name], words.String()); diff != "" && !*update {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(remade), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
