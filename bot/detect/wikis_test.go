// SPDX-License-Identifier: GPL-3.0-or-later

package detect

import (
	"strings"
	"testing"
)

func TestPrefixesLeadToTheirWikis(t *testing.T) {
	for wiki, want := range map[string]string{
		"mediawikiwiki": "mw", "metawiki": "m", "commonswiki": "c", "wikidatawiki": "d", "labswiki": "wikitech", "testwiki": "testwiki",
		"dewiki": "w:de", "enwiktionary": "wikt:en", "frwikisource": "s:fr", "zh_min_nanwiki": "w:zh-min-nan", "elsewhere": "", "": "",
	} {
		got := PrefixTo(wiki)
		if got != want {
			t.Errorf("PrefixTo(%q) = %q, want %q", wiki, got, want)
		}
		first, language, _ := strings.Cut(got, ":")
		if language != "" {
			from, ok := wikiOfPrefix(first, "metawiki")
			if there, ok2 := wikiOfPrefix(language, from); !ok || !ok2 || there != wiki {
				t.Errorf("%s leads to %s", got, there)
			}
		} else if there, ok := wikiOfPrefix(first, "enwiki"); got != "" && (!ok || there != wiki) {
			t.Errorf("%s leads to %s", got, there)
		}
	}
}
