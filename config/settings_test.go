// SPDX-License-Identifier: GPL-3.0-or-later

package config

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsTableIsUpToDate(t *testing.T) {
	const file = "SETTINGS.md"
	got := "# Settings of the config page\n\n" +
		"Made from `rules.schema.json` by `go test ./config -update`. `[]` stands for each entry of a list.\n\n" + Settings()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run go test ./config -update (-file +schema)\n%s", diff)
	}
}
