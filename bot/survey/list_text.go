// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the two forms of an operator's list, JSON and CSV, each read
// into entries that know their lines.

package survey

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// listFields are what an entry can say, in the order in which people read it;
// listMany are those that hold several texts.
var (
	listFields = []string{"item", "name", "description", "url", "docs", "aliases", "stewards", "maintainers"}
	listMany   = []string{"aliases", "stewards", "maintainers"}
)

// listEntry is what the list says of one item.
type listEntry struct {
	line   int
	fields map[string][]listText
}

// listText is a text with its line.
type listText struct {
	line int
	text string
}

func (e *listEntry) set(field string, texts []listText) {
	if e.fields == nil {
		e.fields = make(map[string][]listText)
	}
	e.fields[field] = texts
}

// one returns the text of a field that has one.
func (e listEntry) one(field string) listText {
	if texts := e.fields[field]; len(texts) > 0 {
		return texts[0]
	}
	return listText{line: e.line}
}

// unknownField says what is wrong with the name of a field.
func unknownField(name string) string {
	return fmt.Sprintf("there is no %q; known are %s", cutText(visibleText(name), maxWord), strings.Join(listFields, ", "))
}

// parseListCSV reads a list in the form of a table.
func parseListCSV(text []byte) (entries []listEntry, problems []ListProblem) {
	if at := invalidUTF8(text); at >= 0 {
		return nil, []ListProblem{{1 + bytes.Count(text[:at], []byte("\n")), "this is no text in UTF-8"}}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if err == io.EOF {
		return nil, []ListProblem{{1, "the first line has to name the columns, such as item,stewards,maintainers"}}
	}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(listFields, name) {
			problems = append(problems, ListProblem{1, unknownField(name)})
		} else if slices.Contains(header[:i], name) {
			problems = append(problems, ListProblem{1, fmt.Sprintf("the column %q stands here twice", name)})
		}
		header[i] = name
	}
	if err == nil && !slices.Contains(header, "item") {
		problems = append(problems, ListProblem{1, `there is no column "item"`})
	}
	for err == nil {
		var row []string
		if row, err = r.Read(); err != nil {
			break
		}
		line, _ := r.FieldPos(0)
		e := listEntry{line: line}
		if len(row) != len(header) {
			problems = append(problems, ListProblem{line, fmt.Sprintf("this line has %d cells, the first one %d; a text with a comma needs quotes", len(row), len(header))})
			continue
		}
		for i, cell := range row {
			at, _ := r.FieldPos(i)
			texts := []string{cell}
			if slices.Contains(listMany, header[i]) {
				texts = strings.Split(cell, ";")
			}
			var kept []listText
			for _, text := range texts {
				if text = strings.TrimSpace(text); text != "" {
					kept = append(kept, listText{at, text})
				}
			}
			e.set(header[i], kept)
		}
		entries = append(entries, e)
	}
	if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
		problems = append(problems, ListProblem{max(1, wrong.Line), "a quotation mark is not closed or not doubled"})
	}
	return entries, problems
}

// listJSON reads a list in the form of JSON.
type listJSON struct {
	breaks   []int // offsets of line breaks
	problems []ListProblem
}

func (l *listJSON) line(at int) int { return 1 + sort.SearchInts(l.breaks, at) }

func (l *listJSON) problem(at int, format string, args ...any) {
	l.problems = append(l.problems, ListProblem{l.line(at), fmt.Sprintf(format, args...)})
}

func parseListJSON(text []byte) ([]listEntry, []ListProblem) {
	l := &listJSON{}
	for i, c := range text {
		if c == '\n' {
			l.breaks = append(l.breaks, i)
		}
	}
	if at := invalidUTF8(text); at >= 0 {
		l.problem(at, "this is no text in UTF-8")
		return nil, l.problems
	}
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		at := len(text)
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			at = max(0, int(syntax.Offset)-1)
		}
		l.problem(at, "this is not JSON: a comma, a bracket or a quotation mark is missing or too many here or above")
		return nil, l.problems
	}
	var entries []listEntry
	found := false
	start := bytes.Index(text, whole)
	if !l.object(whole, start, func(key string, value []byte, at int) {
		if key != "items" {
			l.problem(at, `there is no %q here; the list is {"items": […]}`, cutText(visibleText(key), maxWord))
			return
		}
		found = true
		if !l.list(value, at, func(value []byte, at int) {
			if e, ok := l.entry(value, at); ok {
				entries = append(entries, e)
			}
		}) {
			l.problem(at, `"items" has to be a list of entries, [{…}, {…}]`)
		}
	}) || !found && len(l.problems) == 0 {
		l.problem(start, `the list has to be {"items": […]}`)
	}
	return entries, l.problems
}

// entry reads one entry.
func (l *listJSON) entry(value []byte, at int) (e listEntry, ok bool) {
	e.line = l.line(at)
	ok = l.object(value, at, func(key string, value []byte, at int) {
		if !slices.Contains(listFields, key) {
			l.problem(at, "%s", unknownField(key))
			return
		}
		var texts []listText
		add := func(value []byte, at int) {
			var text string
			if value[0] != '"' || json.Unmarshal(value, &text) != nil {
				l.problem(at, "%q has to be text in quotation marks", key)
				return
			}
			if text = strings.TrimSpace(text); text == "" {
				l.problem(at, "%q holds a text that is empty", key)
				return
			}
			texts = append(texts, listText{l.line(at), text})
		}
		switch {
		case !slices.Contains(listMany, key):
			add(value, at)
		case !l.list(value, at, add):
			l.problem(at, `%q has to be a list of texts, ["…", "…"]`, key)
		}
		e.set(key, texts)
	})
	if !ok {
		l.problem(at, `an entry has to be {"item": …}`)
	}
	return e, ok
}

// object goes through the members of an object, and reports whether it is one.
// The text is valid JSON.
func (l *listJSON) object(text []byte, start int, member func(key string, value []byte, at int)) bool {
	if text[0] != '{' {
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	seen := make(map[string]bool)
	for _, err := dec.Token(); err == nil && dec.More(); {
		var key json.Token
		if key, err = dec.Token(); err != nil {
			break
		}
		name, _ := key.(string)
		var value json.RawMessage
		if err = dec.Decode(&value); err != nil {
			break
		}
		at := start + int(dec.InputOffset()) - len(value)
		if seen[name] {
			l.problem(at, "%q stands here twice", cutText(visibleText(name), maxWord))
		}
		seen[name] = true
		member(name, value, at)
	}
	return true
}

// list goes through the values of a list, and reports whether it is one.
func (l *listJSON) list(text []byte, start int, each func(value []byte, at int)) bool {
	if text[0] != '[' {
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	for _, err := dec.Token(); err == nil && dec.More(); {
		var value json.RawMessage
		if err = dec.Decode(&value); err != nil {
			break
		}
		each(value, start+int(dec.InputOffset())-len(value))
	}
	return true
}

// invalidUTF8 is where text stops being UTF-8, -1 if it is all of it.
func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}
