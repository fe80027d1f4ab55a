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
	*hearing
	verdict Verdict
	// ages adds how long ago each source was read and how long people have been
	// silent. Without them a silent steward has a date, and only where that is
	// what the verdict is about.
	ages bool
	text []byte
}

// sentence joins what the claims say to one sentence without a full stop.
func (w *wording) sentence(opening string, groups [][]Claim, closing string) string {
	var buf [512]byte
	w.text = append(buf[:0], opening...)
	sep := ""
	for _, group := range groups {
		for i := range group[:min(len(group), mostPhrases)] {
			w.add(sep)
			w.phrase(&group[i])
			sep = "; "
		}
		if more := len(group) - mostPhrases; more > 0 {
			w.add("; and ", strconv.Itoa(more), " more like that")
		}
	}
	w.add(closing)
	if c := w.text[0]; 'a' <= c && c <= 'z' {
		w.text[0] -= 'a' - 'A'
	}
	return string(w.text)
}

func (w *wording) add(parts ...string) {
	for _, p := range parts {
		w.text = append(w.text, p...)
	}
}

// phrase says one claim in words, with the page and the revision it comes from.
func (w *wording) phrase(c *Claim) {
	if c.HolderKind == Nobody {
		if c.Role == Maintainer {
			w.add("unmaintained")
		} else {
			w.add("unassigned")
		}
		w.place(&c.Evidence)
		return
	}
	w.add(string(c.Role), " ", c.Holder)
	if c.HolderKind == User {
		w.remarks(c)
	}
	before, after := "", ""
	switch c.Standing {
	case Disputed:
		before, after = " was taken out", ", and has not answered yet"
	case Unconfirmed:
		before, after = " was named", ", and has not confirmed it yet"
	case Suggested:
		before = " was suggested without an account"
	case Confirmed:
		before = ", confirmed"
	}
	w.add(before)
	if after != "" && c.Evidence.User != "" {
		w.add(" by ", c.Evidence.User)
	}
	w.place(&c.Evidence)
	w.add(after)
}

// remarks adds what a reader should know of a person, in brackets behind the
// name: the name they have now, and what keeps them from answering. When they
// were last active is said of silent ones alone; of others it is nobody's
// business.
func (w *wording) remarks(c *Claim) {
	p := w.people.of(c)
	if !p.known {
		return
	}
	sep := " ("
	add := func(parts ...string) {
		w.add(sep)
		w.add(parts...)
		sep = ", "
	}
	if p.RenamedTo != "" {
		add("now ", p.RenamedTo)
	}
	bar := p.bar()
	if bar != "" {
		add(bar)
	}
	silent := w.verdict == Inactive && w.worth(c, nil) == holds
	if w.ages {
		silent = p.inactive(w.limits, w.now)
	}
	if silent && bar == "" && p.current() && p.Blocked {
		add("blocked until ", p.BlockedUntil.UTC().Format(time.DateOnly))
	}
	switch last := p.last(); {
	case !silent, bar == noAccount:
	case last.IsZero():
		add("no edit known")
	case w.ages:
		add("last active ", age(w.now.Sub(last)))
	default:
		add("last active ", last.UTC().Format(time.DateOnly))
	}
	if sep != " (" {
		w.add(")")
	}
}

// place names where a claim comes from: " in mw:Developers/Maintainers, revision
// 123, read 3 h ago".
func (w *wording) place(e *Evidence) {
	if e.Page == "" {
		w.add(" in source ", e.Source)
	} else {
		w.add(" in ", pageOn(e, w.limits.Wiki))
		if e.Revision != 0 {
			w.add(", revision ")
			w.text = strconv.AppendInt(w.text, e.Revision, 10)
		}
	}
	if w.ages && !e.Read.IsZero() {
		w.add(", read ", age(w.now.Sub(e.Read)))
	}
}

// wikiPrefixes are what links to pages of a wiki begin with on every other one
// of Wikimedia's.
var wikiPrefixes = map[string]string{
	"mediawikiwiki": "mw:", "metawiki": "m:", "commonswiki": "c:", "wikidatawiki": "d:", "labswiki": "wikitech:",
}

// pageOn names a page for the readers of a wiki, "" if nobody knows which that
// is: then pages stand alone, but for those of mediawiki.org.
func pageOn(e *Evidence, home string) string {
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
func compareClaims(a, b *Claim) int {
	x, y := &a.Evidence, &b.Evidence
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
