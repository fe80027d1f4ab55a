// SPDX-License-Identifier: GPL-3.0-or-later

package detect

import (
	"strings"
	"testing"
)

func TestProposalsAreTheSectionsThatAreNew(t *testing.T) {
	const old = "Intro\n== One ==\nFirst.\n=== Part ===\nMore.\n"
	for _, test := range []struct{ name, after, want string }{
		{"nothing", old, ""},
		{"a section at the end", old + "== Two ==\nSecond.", "Two"},
		{"two, one on top", "== Zero ==\nx\n" + old + "== Two ==\nSecond.", "Zero Two"},
		{"a part of a section", old + "=== Another part ===\nx", ""},
		{"a reply", strings.Replace(old, "First.", "First.\n: Yes.", 1), ""},
		{"renamed", strings.Replace(old, "One", "Uno", 1), ""},
		{"in a comment", old + "<!--\n== Two ==\nx -->", ""},
		{"without words", old + "== Two ==\n", "Two"},
	} {
		var got []string
		for _, p := range Proposals(Change{Before: old, After: test.after}) {
			got = append(got, p.Section)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	long := Proposals(Change{After: "== Long ==\n" + strings.Repeat("é", LongestProposal)})
	if n := len(long[0].Text); n > LongestProposal || n < LongestProposal-1 || !strings.HasSuffix(long[0].Text, "é") {
		t.Errorf("%d bytes are kept", n)
	}
}
