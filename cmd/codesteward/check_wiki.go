// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the check of a config page against its wiki.

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
)

// onWiki checks a page or a file against the wiki that it is for, and prints
// which edits would follow.
func (c *checkCmd) onWiki(p *program) error {
	process, served, err := c.served(p)
	if err != nil {
		return err
	}
	if c.Wiki == "" && len(served) == 1 {
		c.Wiki = served[0].Wiki.Wiki
	}
	if !slices.ContainsFunc(served, func(w bot.Served) bool { return w.Wiki.Wiki == c.Wiki }) {
		return &exitError{code: exitUsage, err: fmt.Errorf("%s serves no wiki %q; say which with --wiki", c.Wikis, c.Wiki)}
	}
	var text *string
	if _, err := os.Stat(c.Page); err == nil || c.Page == "-" {
		data, err := readFile(p, c.Page)
		if err != nil {
			return err
		}
		said := string(data)
		text = &said
	}
	reg, err := c.open(p)
	if err != nil {
		return err
	}
	defer reg.Close()
	b, err := bot.New(bot.Config{
		Wikis: served, Read: process.Read, Registry: reg, UserAgent: c.userAgent(), StartWithin: c.StartWithin, Log: p.log,
	})
	if err != nil {
		return err
	}
	found, err := b.Check(p.ctx, c.Wiki, c.Page, text)
	var refused *bot.RefusedError
	switch {
	case errors.As(err, &refused):
		return &exitError{code: exitRefused, err: err}
	case err != nil:
		return err
	}
	return c.print(p, found)
}

// print writes what was found, the edits as the report page has them.
func (c *checkCmd) print(p *program, found bot.Checked) error {
	for _, problem := range found.Problems {
		fmt.Fprintln(p.stdout, problem)
	}
	for _, warning := range found.Warnings {
		fmt.Fprintln(p.stdout, warning)
	}
	if len(found.Problems) > 0 {
		return &exitError{code: exitFound}
	}
	printSum(p.stdout, len(found.Warnings))
	if found.Preview != nil {
		fmt.Fprintf(p.stdout, "\nThese edits would follow:\n%s", found.Preview)
	}
	if found.Change != nil {
		fmt.Fprintf(p.stdout, "\nWith the group \"preview\", these would:\n%s", found.Change)
	}
	return nil
}
