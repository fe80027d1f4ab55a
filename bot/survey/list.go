// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source list: what an operator wrote down about who looks
// after what, in a file beside the bot.

package survey

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	listSource = "list"
	listEvery  = 5 * time.Minute
	// maxList is how long the file may be, in bytes.
	maxList = 16 << 20
)

// List reads a list that an operator keeps in a file, again whenever the file
// has changed. A name that ends in .json holds
//
//	{"items": [
//		{
//			"item": "gadget:metawiki:Cat-a-lot",
//			"stewards": ["User:Ana", "Gadget team"],
//			"maintainers": ["User:Ben"],
//			"aliases": ["Cat a lot"],
//			"docs": "https://meta.wikimedia.org/wiki/Help:Gadget-Cat-a-lot"
//		},
//		{"item": "tool:guc", "name": "Global user contributions", "stewards": ["Unassigned"]}
//	]}
//
// and one that ends in .csv the same as a table, with commas between columns
// and semicolons in a cell between names:
//
//	item,stewards,maintainers,aliases,docs
//	gadget:metawiki:Cat-a-lot,User:Ana; Gadget team,User:Ben,Cat a lot,https://meta.wikimedia.org/wiki/Help:Gadget-Cat-a-lot
//
// Every entry needs an item: a key, as extension:Name, skin:Name,
// gadget:wiki:Name, userscript:wiki:User:Name/script.js, tool:NAME on
// Toolforge, tool:toolhub:NAME or tool:wmcloud:NAME. All else may be left out:
//
//	name          how people write it
//	description   what it is for
//	url           its address
//	docs          the address of its documentation for users
//	aliases       other names that mean it
//	stewards      who answers for it: User:Name is an account, any other text a
//	              team; Unassigned alone says that there is nobody
//	maintainers   who works on it, written in the same way
//
// The file is taken whole or not at all: with any problem the error is a
// *ListError that tells all of them, and what the file said before stays in
// force.
func List(path string) Source {
	return Source{
		Name:  listSource,
		Every: listEvery,
		Read: func(_ context.Context, in Reading) (registry.Survey, error) {
			s, err := readOperatorList(path, in)
			if err != nil && !errors.Is(err, ErrUnchanged) {
				return registry.Survey{}, fmt.Errorf("read the operator's list: %w", err)
			}
			return s, err
		},
	}
}

// listMark tells whether the file has changed.
type listMark struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

func readOperatorList(path string, in Reading) (registry.Survey, error) {
	text, err := readListFile(path)
	if err != nil {
		return registry.Survey{}, err
	}
	sum := sha256.Sum256(text)
	mark := listMark{path, hex.EncodeToString(sum[:])}
	var last listMark
	// The mark is that of the last list that was taken in, not of one that is held.
	if json.Unmarshal([]byte(in.Last.Mark), &last) == nil && last == mark {
		return registry.Survey{}, ErrUnchanged
	}
	s, problems := parseOperatorList(path, text)
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b ListProblem) int { return a.Line - b.Line })
		return registry.Survey{}, &ListError{filepath.Base(path), problems}
	}
	s.At = in.At
	if in.Progress != nil {
		in.Progress(len(s.Items), len(s.Items))
	}
	kept, err := json.Marshal(mark)
	s.Mark = string(kept)
	return s, err
}

// readListFile reads a file that is not too long. Errors name the file without
// its folder, since others may come to see them.
func readListFile(path string) (text []byte, err error) {
	name := filepath.Base(path)
	fail := func(err error) ([]byte, error) {
		if inner := (*os.PathError)(nil); errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fail(err)
	}
	if !info.Mode().IsRegular() {
		return fail(errors.New("is no file"))
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	text, err = io.ReadAll(io.LimitReader(f, maxList+1))
	if err != nil {
		return fail(err)
	}
	if len(text) > maxList {
		return fail(fmt.Errorf("is longer than %d bytes", maxList))
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}

// parseOperatorList reads the text of a list by the end of its file's name.
func parseOperatorList(path string, text []byte) (registry.Survey, []ListProblem) {
	var entries []listEntry
	var problems []ListProblem
	switch end := strings.ToLower(filepath.Ext(path)); end {
	case ".json":
		entries, problems = parseListJSON(text)
	case ".csv":
		entries, problems = parseListCSV(text)
	default:
		problems = []ListProblem{{1, "the name of the file ends neither in .json nor in .csv"}}
	}
	b := listBuilder{problems: problems, lines: make(map[registry.Key]int)}
	b.survey = registry.Survey{Source: listSource, Wiki: registry.AllWikis}
	for _, e := range entries {
		b.add(e)
	}
	return b.survey, b.problems
}

// ListProblem is one thing that is wrong with an operator's list.
type ListProblem struct {
	// Line is counted from 1.
	Line int
	// Message says what is wrong and what would be right.
	Message string
}

func (p ListProblem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.Message) }

// ListError says that an operator's list was not taken, and why.
type ListError struct {
	// File is the name of the file without its folder.
	File string
	// Problems are all there are, by line.
	Problems []ListProblem
}

// shownProblems is how many problems an error tells as text.
const shownProblems = 20

func (e *ListError) Error() string {
	var texts []string
	for _, p := range e.Problems[:min(len(e.Problems), shownProblems)] {
		texts = append(texts, p.String())
	}
	if rest := len(e.Problems) - len(texts); rest > 0 {
		texts = append(texts, fmt.Sprintf("%d more problems", rest))
	}
	return e.File + ": " + strings.Join(texts, "; ")
}
