// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of the README's example.

package config_test

import (
	"os"
	"strings"
	"testing"
)

// The README shows the example on its first page; it must be the one that is
// checked here.
func TestTheReadmeShowsTheExample(t *testing.T) {
	example, err := os.ReadFile("testdata/example.json")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), strings.TrimSpace(string(example))) {
		t.Error("README.md does not hold testdata/example.json")
	}
}
