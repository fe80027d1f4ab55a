// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDemo plays the whole demo once.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a MediaWiki, left out under -short")
	}
	cli.Program = filepath.Join(t.TempDir(), "codesteward")
	build := exec.Command("go", "build", "-o", cli.Program, "../codesteward")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cli.Once = true
	var out bytes.Buffer
	if err := demo(t.Context(), &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if !strings.Contains(out.String(), "ended as they should") {
		t.Error(out.String())
	}
}
