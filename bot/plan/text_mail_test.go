// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that no e-mail address is shown again.

package plan

import (
	"strings"
	"testing"
)

func TestQuotesHoldNoMailAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"Write to jane@example.org, please.":                    "Write to …, please.",
		"[mailto:jane.doe+wiki@mail.example.org Jane] knows.":   "Jane knows.",
		"<jane@example.org> or 'joe@example.co.uk'":             "or",
		"Ping @Jane about 5 @ 3.50":                             "Ping @Jane about 5 @ 3.50",
		"x@" + strings.Repeat("y.", 60) + "example is too long": "… is too long",
	} {
		got := quote(text)
		if strings.Contains(got, "example.") || !strings.Contains(got, want) {
			t.Errorf("quote(%q) = %q, want %q", text, got, want)
		}
	}
}
