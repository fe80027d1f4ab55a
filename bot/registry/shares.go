// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the two shares of extensions and skins that nobody looks
// after. They are of different wholes, so they are never added or compared.

package registry

import (
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Share is a part of a whole, both told in words.
type Share struct {
	// Part of Whole items are as Are says; Whole are all that Of names.
	Part  int    `json:"part"`
	Whole int    `json:"whole"`
	Of    string `json:"of"`
	Are   string `json:"are"`
}

// Shares counts the two shares of a wiki: of the extensions and skins that an
// ownership source lists, those that are unassigned; of those that the wiki
// runs, those that are unassigned or that no source mentions. An item can count
// in both. What is gone counts in neither.
func Shares(entries []Entry, judge func(Entry) Verdict) (listed, deployed Share) {
	listed = Share{Of: "extensions and skins that an ownership source lists", Are: "unassigned"}
	deployed = Share{Of: "extensions and skins that the wiki runs", Are: "unassigned or not mentioned by any ownership source"}
	for _, e := range entries {
		kind := e.Item.Key.Kind()
		if kind != detect.Extension && kind != detect.Skin || !e.Item.Gone.IsZero() || !e.Item.Listed && !e.Item.Deployed {
			continue
		}
		verdict := judge(e)
		if e.Item.Listed {
			listed.Whole++
			if verdict == Unassigned {
				listed.Part++
			}
		}
		if e.Item.Deployed {
			deployed.Whole++
			if verdict == Unassigned || verdict == Unknown && !e.Item.Listed {
				deployed.Part++
			}
		}
	}
	return listed, deployed
}

// Percent is the part in hundredths of the whole; ok is false where there is
// no whole.
func (s Share) Percent() (percent float64, ok bool) {
	if s.Whole == 0 {
		return 0, false
	}
	return 100 * float64(s.Part) / float64(s.Whole), true
}

// String says the share in words with its whole: "70 of 329 extensions and
// skins that the wiki runs are unassigned (21 %)".
func (s Share) String() string {
	text := fmt.Sprintf("%d of %d %s are %s", s.Part, s.Whole, s.Of, s.Are)
	if percent, ok := s.Percent(); ok {
		text += fmt.Sprintf(" (%.0f %%)", percent)
	}
	return text
}
