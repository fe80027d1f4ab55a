// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds timestamps as signatures end with them.

package wikitext

import (
	"iter"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Timestamp is a time as MediaWiki writes it for "~~~~~", such as
// "12:34, 5 May 2026 (UTC)".
type Timestamp struct {
	// Span reaches from the first sign of the time to the bracket behind the
	// zone.
	Span
	Time time.Time // in UTC, to the minute
}

// Timestamps returns the timestamps in order, in the language and the time zone
// of the site. They stand in the text, also in arguments of templates and labels
// of links, not in comments, nowiki and the like, nor in names and targets. A
// site in another zone than UTC has those in UTC too.
func (d *Document) Timestamps() iter.Seq[Timestamp] {
	return func(yield func(Timestamp) bool) {
		w := enclosing{d: d}
		for t := range d.site.dates().all(d.Masked()) {
			if w.forward(t.Start + 1); w.holdsText(t.Start, t.End) && !yield(t) {
				return
			}
		}
	}
}

// dateReader reads the timestamps of a language in a zone.
type dateReader struct {
	steps []dateStep // from the last part of the date to the first
	zones []dateZone
	// digits are those of the language, 0 to 9; nil if they are those of ASCII.
	digits        []rune
	contributions []string // names of Special:Contributions, in lower case with spaces
}

// dateZone is a word for a zone with its brackets, " (UTC)".
type dateZone struct {
	word string
	name string // that of the zone in its location, "CEST"
	loc  *time.Location
}

// dateStep is a part of a date: a text, a number or a name.
type dateStep struct {
	field    dateField
	text     string
	min, max int // digits of a number
	add      int // to what a number says
	names    []string
}

type dateField uint8

const (
	dateText dateField = iota
	dateYear
	dateMonth
	dateDay
	dateHour
	dateMinute
	dateWeekday
)

// siteDates is a site's reader, made when it is wanted.
type siteDates struct {
	once   sync.Once
	reader *dateReader
}

func (s *Site) dates() *dateReader {
	s.dateReader.once.Do(func() { s.dateReader.reader = newDateReader(s.lang, s.timezone) })
	return s.dateReader.reader
}

// all finds every timestamp in a text: it looks for brackets that close, and
// reads backwards from those behind the word for a zone.
func (r *dateReader) all(text string) iter.Seq[Timestamp] {
	return func(yield func(Timestamp) bool) {
		done := 0
		for i := 0; ; i++ {
			n := strings.IndexByte(text[i:], ')')
			if n < 0 {
				return
			}
			i += n
			for _, z := range r.zones {
				if !strings.HasSuffix(text[done:i+1], z.word) {
					continue
				}
				start, at, ok := r.read(text[done:i+1-len(z.word)], z)
				if ok {
					start += done
					done = i + 1
					if !yield(Timestamp{Span{start, done}, at}) {
						return
					}
					break
				}
			}
		}
	}
}

// read reads the date that a text ends with.
func (r *dateReader) read(s string, z dateZone) (start int, at time.Time, ok bool) {
	var fields [dateWeekday + 1]int
	end := len(s)
	for _, step := range r.steps {
		value := 0
		switch {
		case step.field == dateText:
			if !strings.HasSuffix(s[:end], step.text) {
				return 0, at, false
			}
			end -= len(step.text)
		case step.names != nil:
			name := -1
			for i, n := range step.names {
				if strings.HasSuffix(s[:end], n) && (name < 0 || len(n) > len(step.names[name])) {
					name = i
				}
			}
			if name < 0 {
				return 0, at, false
			}
			end, value = end-len(step.names[name]), name+1
		default:
			if end, value = r.number(s, end, step); end < 0 {
				return 0, at, false
			}
			value += step.add
		}
		fields[step.field] = value
	}
	if _, more := r.digit(s[:end]); more > 0 {
		return 0, at, false
	}
	at, ok = z.time(fields)
	return end, at, ok
}

// number reads the number that ends at end, and returns where it begins; -1 if
// there is none.
func (r *dateReader) number(s string, end int, step dateStep) (start, value int) {
	scale := 1
	for count := range step.max {
		digit, size := r.digit(s[:end])
		if size == 0 {
			if count < step.min {
				return -1, 0
			}
			break
		}
		value += digit * scale
		scale *= 10
		end -= size
	}
	return end, value
}

// digit returns the digit at the end of s and its size, which is 0 if there is
// none. The wiki may write those of the language or those of ASCII.
func (r *dateReader) digit(s string) (digit, size int) {
	if s == "" {
		return 0, 0
	}
	if c := s[len(s)-1]; c < utf8.RuneSelf {
		if c < '0' || c > '9' {
			return 0, 0
		}
		return int(c - '0'), 1
	}
	last, size := utf8.DecodeLastRuneInString(s)
	for i, d := range r.digits {
		if d == last {
			return i, size
		}
	}
	return 0, 0
}

// time returns the time that the fields say. Where clocks are set back the word
// for the zone tells the first from the second.
func (z dateZone) time(f [dateWeekday + 1]int) (at time.Time, ok bool) {
	t := time.Date(f[dateYear], time.Month(f[dateMonth]), f[dateDay], f[dateHour], f[dateMinute], 0, 0, z.loc)
	for _, shift := range []time.Duration{0, time.Hour, -time.Hour} {
		t := t.Add(shift)
		if name, _ := t.Zone(); name == z.name && t.Year() == f[dateYear] && int(t.Month()) == f[dateMonth] &&
			t.Day() == f[dateDay] && t.Hour() == f[dateHour] && t.Minute() == f[dateMinute] {
			return t.UTC(), true
		}
	}
	return at, false
}
