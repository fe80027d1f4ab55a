// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the check and version commands.

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

type checkCmd struct {
	stateFlags   `embed:""`
	processFlags `embed:""`
	File         string `arg:"" optional:"" help:"The config page's text, - for standard input."`
	Page         string `help:"Check this page of a wiki, or this file as if it were saved there, against the wiki itself, and print which edits would follow. Nothing is written."`
	Wiki         string `help:"With --page: database name of the wiki; may be left out if the wikis file holds one."`
}

func (c *checkCmd) Run(p *program) error {
	switch {
	case (c.File == "") == (c.Page == ""):
		return &exitError{code: exitUsage, err: errors.New("check needs a file, or a page with --page")}
	case c.Page != "":
		return c.onWiki(p)
	}
	text, err := readFile(p, c.File)
	if err != nil {
		return err
	}
	rules, problems := config.ParseRules(string(text))
	if rules == nil {
		printProblems(p.stdout, problems)
		return &exitError{code: exitFound}
	}
	printProblems(p.stdout, rules.Warnings)
	printSum(p.stdout, len(rules.Warnings))
	return nil
}

// printSum says that the rules are good.
func printSum(w io.Writer, warnings int) {
	switch warnings {
	case 0:
		fmt.Fprintln(w, "no problems")
	case 1:
		fmt.Fprintln(w, "no problems, 1 warning")
	default:
		fmt.Fprintf(w, "no problems, %d warnings\n", warnings)
	}
}

func printProblems(w io.Writer, problems []config.Problem) {
	for _, problem := range problems {
		fmt.Fprintln(w, problem)
	}
}

// readFile reads a whole file, or standard input for "-".
func readFile(p *program, name string) ([]byte, error) {
	f, err := open(p, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}

func open(p *program, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.stdin), nil
	}
	return os.Open(name)
}

type versionCmd struct{}

func (c *versionCmd) Run(p *program) error {
	fmt.Fprintln(p.stdout, "codesteward", version())
	return nil
}

// version is the module's version and the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			v += " " + s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			v += " (modified)"
		}
	}
	return v
}
