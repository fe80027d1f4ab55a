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
	const file = "testdata/problems.txtar"
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
		var said strings.Builder
		rules, problems := ParseRules(string(f.Data))
		for _, p := range problems {
			said.WriteString(p.String() + "\n")
		}
		remade.Files = append(remade.Files, f, txtar.File{Name: f.Name + wantSuffix, Data: []byte(said.String())})
		t.Run(f.Name, func(t *testing.T) {
			if rules != nil || len(problems) == 0 {
				t.Fatalf("the page was taken: %+v", rules)
			}
			if diff := cmp.Diff(want[f.Name], said.String()); diff != "" && !*update {
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
