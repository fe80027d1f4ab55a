// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reading of JSON text into a tree that remembers where in
// the text every key and value stands.

package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep lists and groups may be nested; the formats need 5.
const maxDepth = 20

// maxEntries is how many entries the longest list or group may have, as in the
// schemas. Reading ends there, so that a page made to be slow is not.
const maxEntries = 5000

// page is a text that is JSON.
type page struct {
	root  *node
	lines lines
}

// fault is a problem before its line and column are known.
type fault struct {
	at      int
	path    string
	message string
}

// scanner reads one text.
type scanner struct {
	form   form
	source string
	lines  lines
	dec    *json.Decoder
	faults []fault  // that do not keep it from going on
	open   []opener // the brackets around the place
}

// opener is a bracket that is open.
type opener struct {
	bracket byte
	at      int
}

// errStop ends the reading at the first fault after which nothing can be
// trusted; the fault is the last one.
var errStop = errors.New("stop")

// form says which text is read, for the messages.
type form struct {
	noun     string // "page" or "file"
	shortest string // the shortest text that works
	maxBytes int
}

// scan reads the text. The page has no root if it is no JSON; the faults are
// then just the one that says why.
func scan(source string, f form) (page, []fault) {
	if hopeless := beforeJSON(source, f); hopeless != nil {
		return page{lines: newLines(source)}, []fault{*hopeless}
	}
	s := &scanner{form: f, source: source, lines: newLines(source), dec: json.NewDecoder(strings.NewReader(source))}
	s.dec.UseNumber()
	root, err := s.value("$", 0)
	if err == nil {
		if at := s.skip(int(s.dec.InputOffset())); at < len(source) {
			err = s.stop("$", at, fmt.Sprintf(
				"there is text after the end: what begins on line %d is complete before this", s.lines.number(root.at)))
		}
	}
	if err != nil {
		return page{lines: s.lines}, s.faults[len(s.faults)-1:]
	}
	return page{root, s.lines}, s.faults
}

// beforeJSON finds what makes a text hopeless as a whole.
func beforeJSON(source string, f form) *fault {
	if len(source) > f.maxBytes {
		return &fault{0, "$", fmt.Sprintf("the %s is too big: it has %d bytes, and at most %d are read", f.noun, len(source), f.maxBytes)}
	}
	if strings.HasPrefix(source, "\ufeff") {
		return &fault{0, "$", fmt.Sprintf(
			"the %s begins with an invisible character, a byte order mark (U+FEFF); delete it, or save with an editor that leaves it out", f.noun)}
	}
	if strings.TrimSpace(source) == "" {
		return &fault{0, "$", fmt.Sprintf("the %s is empty; the shortest that works is %s", f.noun, f.shortest)}
	}
	for i, r := range source {
		if r == utf8.RuneError && !strings.HasPrefix(source[i:], "\ufffd") {
			return &fault{i, "$", "there are bytes here that are not text in UTF-8"}
		}
	}
	return nil
}

// stop records the fault that ends the reading.
func (s *scanner) stop(path string, at int, message string) error {
	s.faults = append(s.faults, fault{at, path, message})
	return errStop
}

// value reads the next value; sep is what must stand before it, 0 for nothing.
func (s *scanner) value(path string, sep byte) (*node, error) {
	at, token, err := s.token(path, sep, false)
	if err != nil {
		return nil, err
	}
	n := &node{path: path, key: at, at: at, value: token}
	switch token := token.(type) {
	case json.Number:
		n.value = number(token)
	case json.Delim:
		if len(s.open) == maxDepth {
			return nil, s.stop(path, at, fmt.Sprintf("lists and groups are nested more than %d deep here; the settings need no more than 5", maxDepth))
		}
		s.open = append(s.open, opener{byte(token), at})
		read := s.object
		if token == '[' {
			read = s.array
		}
		if err := read(n); err != nil {
			return nil, err
		}
		if _, _, err := s.token(path, 0, false); err != nil {
			return nil, err
		}
		s.open = s.open[:len(s.open)-1]
	}
	n.end = int(s.dec.InputOffset())
	return n, nil
}

// object reads the members of an object, up to its closing bracket.
func (s *scanner) object(n *node) error {
	values := map[string]any{}
	n.value, n.members = values, map[string]*node{}
	var sep byte
	count := 0
	for ; s.dec.More(); sep = ',' {
		at, token, err := s.token(n.path, sep, true)
		if err != nil {
			return err
		}
		if count++; count > maxEntries {
			return s.stop(n.path, n.at, fmt.Sprintf("this group has more than %d keys", maxEntries))
		}
		key, _ := token.(string)
		member, err := s.value(memberPath(n.path, key), ':')
		if err != nil {
			return err
		}
		member.key = at
		if first := n.members[key]; first != nil {
			s.faults = append(s.faults, fault{at, member.path, fmt.Sprintf(
				"this key is here twice, the first time on line %d; keep one of the two", s.lines.number(first.key))})
			continue
		}
		n.keys = append(n.keys, key)
		n.members[key], values[key] = member, member.value
	}
	return nil
}

// array reads the items of an array, up to its closing bracket.
func (s *scanner) array(n *node) error {
	values := []any{}
	var sep byte
	for ; s.dec.More(); sep = ',' {
		item, err := s.value(n.path+"["+strconv.Itoa(len(n.items))+"]", sep)
		if err != nil {
			return err
		}
		if len(n.items) == maxEntries {
			return s.stop(n.path, n.at, fmt.Sprintf("this list has more than %d entries", maxEntries))
		}
		n.items, values = append(n.items, item), append(values, item.value)
	}
	n.value = values
	return nil
}

// token reads one token and gives its offset.
func (s *scanner) token(path string, sep byte, key bool) (int, json.Token, error) {
	at := s.skip(int(s.dec.InputOffset()))
	missing := sep
	if sep != 0 && at < len(s.source) && s.source[at] == sep {
		at, missing = s.skip(at+1), 0
	}
	token, err := s.dec.Token()
	if err == nil {
		return at, token, nil
	}
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return at, nil, s.stop(path, at, "this is not JSON: "+err.Error())
	}
	at, message := s.explain(at, missing, key)
	return at, nil, s.stop(path, at, message)
}

// skip returns the offset of the first byte from at on that is not white space.
func (s *scanner) skip(at int) int {
	for at < len(s.source) && strings.IndexByte(" \t\r\n", s.source[at]) >= 0 {
		at++
	}
	return at
}

// number gives a number as the schema takes it. What no float64 holds becomes
// the biggest one, which no setting allows.
func number(n json.Number) any {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return i
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return math.Copysign(math.MaxFloat64, f)
	}
	return f
}

// memberPath is the path of an object's member. Keys that are not plain words
// stand in brackets, long ones are cut.
func memberPath(path, key string) string {
	plain := key != "" && len(key) <= 40
	for _, r := range key {
		plain = plain && (r == '_' || r == '$' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	if plain {
		return path + "." + key
	}
	return path + "[" + quote(key) + "]"
}

// lines finds places in a text.
type lines struct {
	source string
	starts []int // byte offset of each line
}

func newLines(source string) lines {
	l := lines{source, []int{0}}
	for i := range len(source) {
		if source[i] == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// number is the number of the line that an offset is on, from 1.
func (l lines) number(at int) int {
	i, found := slices.BinarySearch(l.starts, at)
	if found {
		i++
	}
	return i
}

// position is the line and column of an offset, both from 1.
func (l lines) position(at int) (int, int) {
	number := l.number(at)
	return number, 1 + utf8.RuneCountInString(l.source[l.starts[number-1]:at])
}
