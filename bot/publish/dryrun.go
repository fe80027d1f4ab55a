// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what a dry run prints instead of saving.

package publish

import (
	"io"

	"github.com/rogpeppe/go-internal/diff"
)

// writeDiff writes a unified diff of a page.
func writeDiff(w io.Writer, title, before, after string) error {
	_, err := w.Write(diff.Diff("a/"+title, []byte(before+"\n"), "b/"+title, []byte(after+"\n")))
	return err
}
