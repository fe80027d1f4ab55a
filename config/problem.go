// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is said about a page that cannot be taken.

package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Problem is one thing that is wrong with a page, told to the people who can
// mend it. The report page and "codesteward check" show the same words. Path
// and Message can hold text from the page, cut short and with invisible
// characters made visible; it still has to be escaped where it is shown.
type Problem struct {
	// Path is the JSON path of the value or key, such as "$.tables[0].page".
	Path string
	// Line and Column count from 1; a column is a character, not a byte.
	Line, Column int
	// Message says what is wrong and what is allowed, as one or two sentences
	// without a full stop at the end.
	Message  string
	Severity Severity
}

// Severity says what a problem does to the page.
type Severity int

// The severities.
const (
	Error   Severity = iota // keeps the page from being taken
	Warning                 // is told, and does nothing
)

// maxProblems is how many problems of one page are told; more do not help
// anybody to mend it.
const maxProblems = 100

// String gives the problem on one line, with its place in front.
func (p Problem) String() string {
	message := p.Message
	if p.Severity == Warning {
		message = "warning: " + message
	}
	return fmt.Sprintf("line %d, column %d, %s: %s", p.Line, p.Column, p.Path, message)
}

// inOrder sorts problems as they stand in the text.
func inOrder(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	return list
}

// problems puts faults in the order of the text and finds their places. What was
// found twice, as in a page and in what its preview makes of it, is told once.
func problems(l lines, faults []fault, severity Severity) []Problem {
	if len(faults) == 0 {
		return nil
	}
	slices.SortStableFunc(faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.path, b.path), cmp.Compare(a.message, b.message))
	})
	faults = slices.Compact(faults)
	more := len(faults) - maxProblems
	list := make([]Problem, 0, min(len(faults), maxProblems+1))
	for i, f := range faults {
		p := Problem{Path: f.path, Message: f.message, Severity: severity}
		p.Line, p.Column = l.position(f.at)
		if i == maxProblems {
			p.Path, p.Message = "$", fmt.Sprintf("there are %d more problems from here on; they are shown when those above are mended", more)
		}
		list = append(list, p)
		if i == maxProblems {
			break
		}
	}
	return list
}

// quote puts a text from the page in quotes, cut at 60 characters, with
// characters that cannot be seen as escapes.
func quote(s string) string {
	if runes := []rune(s[:min(len(s), 4*61)]); len(runes) > 60 {
		s = string(runes[:60]) + "…"
	}
	return strconv.Quote(s)
}

// quoteAll lists texts in quotes.
func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return strings.Join(quoted, ", ")
}

// nearest returns the candidate that a mistyped name most likely means, "" if
// none is near.
func nearest(name string, candidates []string) string {
	if len(name) > 64 {
		return ""
	}
	drop := strings.NewReplacer("-", "", "_", "", " ", "")
	plain := func(s string) []rune { return []rune(drop.Replace(strings.ToLower(s))) }
	meant := plain(name)
	best, bestDistance := "", max(1, len(name)/3)+1
	for _, candidate := range candidates {
		if d := distance(meant, plain(candidate)); d < bestDistance && d < len(candidate) {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to make one word of the other (optimal string alignment).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
