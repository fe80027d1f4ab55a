// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is said about a page that cannot be taken.

package config

import "fmt"

// Problem is one thing that is wrong with a page, told to the people who can
// mend it. The report page and "codesteward check" show the same words.
type Problem struct {
	// Path is the JSON path of the value or key, such as "$.tables[0].page".
	Path string
	// Line and Column count from 1; a column is a character, not a byte.
	Line, Column int
	// Message says what is wrong and what is allowed, as one or two sentences.
	Message string
}

// String gives the problem on one line, with its place in front.
func (p Problem) String() string {
	return fmt.Sprintf("line %d, column %d, %s: %s", p.Line, p.Column, p.Path, p.Message)
}
