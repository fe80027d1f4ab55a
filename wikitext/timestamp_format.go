// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how each language writes dates: the reading of
// timestamps.json, which a test writes from what MediaWiki says.

package wikitext

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

//go:embed timestamps.json
var timestampsJSON []byte

// dateLanguage is how a language writes dates.
type dateLanguage struct {
	Format        string              // that of Language::sprintfDate
	Names         map[string][]string // of months and weekdays, by their sign in the format
	UTC           string
	Digits        string
	Contributions []string
}

var languages = sync.OnceValue(func() (all struct {
	Languages map[string]json.RawMessage
	Like      map[string]string
}) {
	if err := json.Unmarshal(timestampsJSON, &all); err != nil {
		panic("wikitext: the embedded timestamps.json: " + err.Error())
	}
	return all
})

// newDateReader returns the reader of a language in a zone. Languages that
// MediaWiki does not know are read as English, zones that nobody knows as UTC.
func newDateReader(code, zone string) *dateReader {
	l := findLanguage(code)
	r := &dateReader{digits: []rune(l.Digits)}
	for _, names := range [][]string{l.Contributions, findLanguage("en").Contributions} {
		for _, n := range names {
			r.contributions = append(r.contributions, foldCase(strings.ReplaceAll(n, "_", " ")))
		}
	}
	r.readFormat(&l)
	r.addZone(l.UTC, "UTC", time.UTC)
	r.addZone("UTC", "UTC", time.UTC)
	if loc, err := time.LoadLocation(zone); err == nil && zone != "" && zone != "UTC" {
		for _, name := range zoneNames(loc) {
			r.addZone(name, name, loc)
		}
	}
	return r
}

func findLanguage(code string) (l dateLanguage) {
	all := languages()
	if like := all.Like[code]; like != "" {
		code = like
	}
	raw, ok := all.Languages[code]
	if !ok {
		raw = all.Languages["en"]
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		panic("wikitext: the embedded timestamps.json: " + err.Error())
	}
	return l
}

// addZone adds a word for a zone that is not there yet.
func (r *dateReader) addZone(word, name string, loc *time.Location) {
	word = " (" + word + ")"
	for _, z := range r.zones {
		if z.word == word {
			return
		}
	}
	r.zones = append(r.zones, dateZone{word, name, loc})
}

// zoneNames returns what a zone was called since there are wikis.
func zoneNames(loc *time.Location) []string {
	var names []string
	seen := map[string]bool{}
	for t := time.Date(2001, 1, 1, 0, 0, 0, 0, loc); t.Year() < 2040; t = t.AddDate(0, 1, 0) {
		if name, _ := t.Zone(); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// thaiYears are how much greater a year is in the Thai calendar.
const thaiYears = 543

// readFormat takes a date format apart. What the signs mean is documented at
// Language::sprintfDate; those that no language uses for signatures are not
// known here, and the test that signs in every language would find them.
func (r *dateReader) readFormat(l *dateLanguage) {
	var steps []dateStep
	text := func(s string) {
		if n := len(steps); n > 0 && steps[n-1].field == dateText {
			steps[n-1].text += s
		} else {
			steps = append(steps, dateStep{field: dateText, text: s})
		}
	}
	for f := l.Format; f != ""; {
		c, size := utf8.DecodeRuneInString(f)
		sign := f[:size]
		if c == 'x' && len(f) > 1 {
			sign = f[:2]
		}
		step := dateStep{names: l.Names[sign]}
		switch sign {
		case `\`:
			f = f[1:]
			_, size = utf8.DecodeRuneInString(f)
			text(f[:size])
			f = f[size:]
			continue
		case `"`:
			if quoted, rest, ok := strings.Cut(f[1:], `"`); ok {
				text(quoted)
				f = rest
				continue
			}
		case "Y", "xk":
			step.field, step.min, step.max = dateYear, 4, 4
			if sign == "xk" {
				step.add = -thaiYears
				sign = "xkY"
			}
		case "n":
			step.field, step.min, step.max = dateMonth, 1, 2
		case "F", "M", "xg":
			step.field = dateMonth
		case "j":
			step.field, step.min, step.max = dateDay, 1, 2
		case "d":
			step.field, step.min, step.max = dateDay, 2, 2
		case "G":
			step.field, step.min, step.max = dateHour, 1, 2
		case "H":
			step.field, step.min, step.max = dateHour, 2, 2
		case "i":
			step.field, step.min, step.max = dateMinute, 2, 2
		case "D", "l":
			step.field = dateWeekday
		}
		if step.field == dateText {
			text(sign)
		} else {
			steps = append(steps, step)
		}
		f = f[len(sign):]
	}
	if len(steps) > 0 && steps[0].field == dateText { // marks of direction, and blanks
		steps[0].text = strings.TrimLeft(steps[0].text, " \u200e\u200f")
	}
	for i := len(steps) - 1; i >= 0; i-- {
		r.steps = append(r.steps, steps[i])
	}
}
