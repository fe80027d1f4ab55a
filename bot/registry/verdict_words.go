// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how claims are put in words. It is pure, as the verdict is.

package registry

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// mostPhrases is how many claims of one sort a reason spells out.
const mostPhrases = 5

// wording puts the claims of a hearing in words.
type wording struct {
	hearing
	// ages adds how long ago each source was read.
	ages bool
	// silent tells of a claim whether its holder's last sign of life matters.
	silent func(Claim) bool
}

// phrases joins what the claims say to one sentence without a full stop.
func (w wording) phrases(groups [][]Claim) string {
	var b strings.Builder
	sep := ""
	for _, group := range groups {
		for _, c := range group[:min(len(group), mostPhrases)] {
			b.WriteString(sep)
			b.WriteString(w.phrase(c))
			sep = "; "
		}
		if more := len(group) - mostPhrases; more > 0 {
			b.WriteString("; and " + strconv.Itoa(more) + " more like that")
		}
	}
	return b.String()
}

// phrase says one claim in words, with the page and the revision it comes from.
func (w wording) phrase(c Claim) string {
	where := "in " + w.place(c.Evidence)
	who := string(c.Role) + " " + c.Holder
	if c.HolderKind == User {
		var now time.Time
		if w.ages {
			now = w.now
		}
		who += w.people[c.Holder].remarks(w.silent(c), now)
	}
	switch {
	case c.HolderKind == Nobody:
		return "unassigned " + where
	case c.Standing == Disputed:
		return who + " was taken out" + by(c) + " " + where + ", and has not answered yet"
	case c.Standing == Unconfirmed:
		return who + " was named" + by(c) + " " + where + ", and has not confirmed it yet"
	case c.Standing == Suggested:
		return who + " was suggested without an account " + where
	case c.Standing == Confirmed:
		return who + ", confirmed " + where
	}
	return who + " " + where
}

func by(c Claim) string {
	if c.Evidence.User == "" {
		return ""
	}
	return " by " + c.Evidence.User
}

// place names where a claim comes from: "mw:Developers/Maintainers, revision
// 123, read 3 h ago".
func (w wording) place(e Evidence) string {
	text := "source " + e.Source
	if e.Page != "" {
		text = pageOn(e, w.limits.Wiki)
	}
	if e.Page != "" && e.Revision != 0 {
		text += ", revision " + strconv.FormatInt(e.Revision, 10)
	}
	if w.ages && !e.Read.IsZero() {
		text += ", read " + age(w.now.Sub(e.Read))
	}
	return text
}

// wikiPrefixes are what links to pages of a wiki begin with on every other one
// of Wikimedia's.
var wikiPrefixes = map[string]string{
	"mediawikiwiki": "mw:", "metawiki": "m:", "commonswiki": "c:", "wikidatawiki": "d:", "labswiki": "wikitech:",
}

// pageOn names a page for the readers of a wiki, "" if nobody knows which that
// is: then pages stand alone, but for those of mediawiki.org.
func pageOn(e Evidence, home string) string {
	prefix, known := wikiPrefixes[e.Wiki]
	switch {
	case e.Wiki == "", e.Wiki == home, home == "" && e.Wiki != "mediawikiwiki", known && strings.HasPrefix(e.Page, prefix):
		return e.Page
	case !known:
		return e.Page + " on " + e.Wiki
	}
	return prefix + e.Page
}

// compareClaims orders claims for people: by source, then page, then what they
// say. Only claims that are alike in all that a verdict reads are equal.
func compareClaims(a, b Claim) int {
	x, y := a.Evidence, b.Evidence
	return cmp.Or(
		strings.Compare(x.Source, y.Source),
		strings.Compare(x.Page, y.Page),
		strings.Compare(string(a.Role), string(b.Role)),
		strings.Compare(string(a.HolderKind), string(b.HolderKind)),
		strings.Compare(a.Holder, b.Holder),
		strings.Compare(string(a.Standing), string(b.Standing)),
		strings.Compare(x.Wiki, y.Wiki),
		cmp.Compare(x.Revision, y.Revision),
		strings.Compare(x.User, y.User),
		x.Time.Compare(y.Time),
		x.Read.Compare(y.Read),
	)
}
