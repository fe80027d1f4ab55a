// SPDX-License-Identifier: GPL-3.0-or-later

package wikitext_test

import (
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// People ask the same thing twice: the second time is what was added.
func TestAddedTextThatRepeatsALineIsTheLaterOne(t *testing.T) {
	before := "== One ==\nWho knows?"
	after := before + "\n== Two ==\nWho knows?"
	var added []string
	for _, s := range wikitext.Added(before, after) {
		added = append(added, after[s.Start:s.End])
		if s.Start < len(before) {
			t.Errorf("%q stood there before", after[s.Start:s.End])
		}
	}
	if text := strings.Join(added, " "); !strings.Contains(text, "Who knows?") {
		t.Errorf("added is %q", text)
	}
}
