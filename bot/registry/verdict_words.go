// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how phrases are put in words. It is pure, as the verdict is.

package registry

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// English are the phrases in English by their names, and the parts they are made
// of. $1 stands for the first parameter. Those on one claim have the holder, the
// place, and who made the edit.
var English = map[string]string{
	"steward":               "steward $1 in $2",
	"steward-confirmed":     "steward $1, confirmed in $2",
	"steward-lapsed":        "steward $1, confirmed in $2 and not again since",
	"steward-named":         "steward $1 was named in $2, and has not confirmed it yet",
	"steward-named-by":      "steward $1 was named by $3 in $2, and has not confirmed it yet",
	"steward-suggested":     "steward $1 was suggested without an account in $2",
	"steward-removed":       "steward $1 was taken out in $2, and has not answered yet",
	"steward-removed-by":    "steward $1 was taken out by $3 in $2, and has not answered yet",
	"maintainer":            "maintainer $1 in $2",
	"maintainer-confirmed":  "maintainer $1, confirmed in $2",
	"maintainer-lapsed":     "maintainer $1, confirmed in $2 and not again since",
	"maintainer-named":      "maintainer $1 was named in $2, and has not confirmed it yet",
	"maintainer-named-by":   "maintainer $1 was named by $3 in $2, and has not confirmed it yet",
	"maintainer-suggested":  "maintainer $1 was suggested without an account in $2",
	"maintainer-removed":    "maintainer $1 was taken out in $2, and has not answered yet",
	"maintainer-removed-by": "maintainer $1 was taken out by $3 in $2, and has not answered yet",
	"unassigned":            "unassigned in $2",
	"unmaintained":          "unmaintained in $2",

	"no-source":       "no source mentions it",
	"no-steward":      "no steward",
	"more":            "and $1 more like that",
	"no-other-source": "no other source",
	"disagree":        "the sources disagree",

	"also":     "$1; $2",    // two phrases
	"source":   "source $1", // a place without a page
	"revision": "$1, revision $2",
	"on-wiki":  "$1 on $2",
	"read":     "$1, read $2", // a place, an age

	"remarks":       "$1 ($2)", // a name
	"remark-also":   "$1, $2",  // two remarks
	"renamed":       "now $1",
	"no-account":    "no such account",
	"locked":        "locked",
	"blocked":       "blocked",
	"blocked-until": "blocked until $1",
	"never-active":  "no edit known",
	"last-active":   "last active $1",

	"years":    "$1 years ago",
	"months":   "$1 months ago",
	"days":     "$1 days ago",
	"hours":    "$1 h ago",
	"minutes":  "$1 min ago",
	"just-now": "just now",
}

// Language puts reasons in words. What has no function is written as it is.
type Language struct {
	// Text gives the text of a phrase by its name, as English has it.
	Text func(name string) string
	// Name writes a name or a title that somebody else wrote, Source the name of a
	// source, and Number a revision or a day, which are digits.
	Name, Source, Number func(string) string
	// Place writes the place of a claim, which is written already. It is called
	// for pages alone.
	Place func(of *Claim, written string) string
}

// inEnglish has no function for the parts of it.
var inEnglish = Language{Text: func(name string) string { return English[name] }}

// Sentence puts phrases in words: a sentence without a full stop.
func (l Language) Sentence(phrases []Phrase) string {
	return string(l.sentence(make([]byte, 0, sentenceLength), phrases))
}

// sentenceLength is more than most sentences have, in bytes.
const sentenceLength = 512

// sentence is Sentence in b, which is empty.
func (l *Language) sentence(b []byte, phrases []Phrase) []byte {
	separator := between(l.Text("also"))
	for i := range phrases {
		if i > 0 {
			b = append(b, separator...)
		}
		b = l.phrase(b, &phrases[i])
	}
	switch r, size := utf8.DecodeRune(b); {
	case 'a' <= r && r <= 'z':
		b[0] -= 'a' - 'A'
	case unicode.IsLower(r):
		return append([]byte(string(unicode.ToUpper(r))), b[size:]...)
	}
	return b
}

// between is what stands between the two parameters of a text.
func between(text string) string {
	_, rest, _ := strings.Cut(text, "$1")
	separator, _, _ := strings.Cut(rest, "$2")
	return separator
}

// expand writes a text with its parameters, each by a call of write.
func expand(b []byte, text string, write func(b []byte, n byte) []byte) []byte {
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 || at+1 == len(text) {
			return append(b, text...)
		}
		b = append(b, text[:at]...)
		if n := text[at+1]; '1' <= n && n <= '3' {
			b = write(b, n-'0')
		} else {
			b = append(b, text[at:at+2]...)
		}
		text = text[at+2:]
	}
}

func through(b []byte, show func(string) string, text string) []byte {
	if show != nil {
		text = show(text)
	}
	return append(b, text...)
}

func (l *Language) phrase(b []byte, p *Phrase) []byte {
	return expand(b, l.Text(p.Name), func(b []byte, n byte) []byte {
		switch {
		case p.Claim == nil:
			return strconv.AppendInt(b, int64(p.More), 10)
		case n == 1:
			return l.holder(b, p)
		case n == 2:
			return l.place(b, p)
		}
		return through(b, l.Name, p.Claim.Evidence.User)
	})
}

func (l *Language) holder(b []byte, p *Phrase) []byte {
	if len(p.Remarks) == 0 {
		return through(b, l.Name, p.Claim.Holder)
	}
	return expand(b, l.Text("remarks"), func(b []byte, n byte) []byte {
		if n == 1 {
			return through(b, l.Name, p.Claim.Holder)
		}
		for i, r := range p.Remarks {
			if i > 0 {
				b = append(b, between(l.Text("remark-also"))...)
			}
			b = l.remark(b, r)
		}
		return b
	})
}

func (l *Language) remark(b []byte, r Remark) []byte {
	return expand(b, l.Text(r.Name), func(b []byte, _ byte) []byte {
		switch {
		case r.User != "":
			return through(b, l.Name, r.User)
		case r.Ago.Name != "":
			return l.age(b, r.Ago)
		}
		return through(b, l.Number, r.Day.UTC().Format(time.DateOnly))
	})
}

func (l *Language) age(b []byte, a Age) []byte {
	return expand(b, l.Text(a.Name), func(b []byte, _ byte) []byte { return strconv.AppendInt(b, a.N, 10) })
}

// place writes where a claim comes from: "mw:Developers/Maintainers, revision
// 123, read 3 h ago".
func (l *Language) place(b []byte, p *Phrase) []byte {
	if p.Read.Name == "" {
		return l.where(b, p)
	}
	return expand(b, l.Text("read"), func(b []byte, n byte) []byte {
		if n == 1 {
			return l.where(b, p)
		}
		return l.age(b, p.Read)
	})
}

func (l *Language) where(b []byte, p *Phrase) []byte {
	e := &p.Claim.Evidence
	if e.Page == "" {
		return expand(b, l.Text("source"), func(b []byte, _ byte) []byte { return through(b, l.Source, e.Source) })
	}
	start := len(b)
	if e.Revision == 0 {
		b = l.page(b, p)
	} else {
		b = expand(b, l.Text("revision"), func(b []byte, n byte) []byte {
			if n == 1 {
				return l.page(b, p)
			}
			if l.Number == nil {
				return strconv.AppendInt(b, e.Revision, 10)
			}
			return through(b, l.Number, strconv.FormatInt(e.Revision, 10))
		})
	}
	if l.Place == nil {
		return b
	}
	return append(b[:start], l.Place(p.Claim, string(b[start:]))...)
}

func (l *Language) page(b []byte, p *Phrase) []byte {
	if p.Wiki == "" {
		return through(b, l.Name, p.Page)
	}
	return expand(b, l.Text("on-wiki"), func(b []byte, n byte) []byte {
		if n == 1 {
			return through(b, l.Name, p.Page)
		}
		return through(b, l.Name, p.Wiki)
	})
}
