// SPDX-License-Identifier: GPL-3.0-or-later

// Codesteward is a bot for MediaWiki wikis that answers, where people ask it,
// who looks after the extensions, skins, gadgets, user scripts and tools that
// their wiki depends on.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // signatures are in the wiki's time zone, which the machine need not know

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
)

// The exit codes.
const (
	exitDone    = 0
	exitFound   = 1 // the input is bad, something was found, or our own state is broken
	exitUsage   = 2
	exitRefused = 3 // the wiki or the stream refused
)

// cli is the command line. Every flag has an environment variable, CODESTEWARD_
// and its name in capitals.
type cli struct {
	LogLevel string `default:"info" enum:"trace,debug,info,warn,error" help:"Least level of the log lines on stderr (${enum}). SIGUSR1 has a running program tell more, SIGUSR2 less."`

	Run     runCmd     `cmd:"" help:"Run the bot."`
	Check   checkCmd   `cmd:"" help:"Check a config page: print every problem with its place."`
	Detect  detectCmd  `cmd:"" help:"Print what a text mentions, one JSON line a finding."`
	Replay  replayCmd  `cmd:"" help:"Read recorded events through decode, filter and detect, and sum up."`
	Relay   relayCmd   `cmd:"" help:"Turn a wiki's RCFeed datagrams into an EventStreams server."`
	Render  renderCmd  `cmd:"" help:"Print the wikitext of a table, or of another page, from the registry."`
	Export  exportCmd  `cmd:"" help:"Print the registry as JSON."`
	Status  statusCmd  `cmd:"" help:"Print what the running bot is doing."`
	Web     webCmd     `cmd:"" help:"Serve the web page, as a process of its own."`
	Backup  backupCmd  `cmd:"" help:"Write all that the registry holds to a file, while the bot runs."`
	Restore restoreCmd `cmd:"" help:"Bring a backup into a registry that is empty or not there yet, of either kind."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// program is what a subcommand gets from outside.
type program struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	log            zerolog.Logger
}

// exitError ends the program with a code. A nil err says nothing: what there
// was to say stands on stdout.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}
func (e *exitError) Unwrap() error { return e.err }

func main() {
	tellFileLimits()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}

// execute runs the program and returns its exit code.
func execute(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	var c cli
	code := -1
	parser, err := kong.New(&c,
		kong.Name("codesteward"),
		kong.Description("Who looks after this? A bot that keeps stewardship tables, a noticeboard and notices true on MediaWiki wikis."),
		kong.DefaultEnvars(envPrefix),
		kong.Writers(stdout, stderr),
		kong.Exit(func(n int) { code = n }),
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(stderr, "codesteward:", err)
		return exitUsage
	}
	command, err := parser.Parse(args)
	if code >= 0 {
		return code // help was asked for and printed
	}
	if err == nil {
		err = knownVariables(parser.Model, environ)
	}
	if err != nil {
		fmt.Fprintf(stderr, "codesteward: %v; see codesteward --help\n", err)
		return exitUsage
	}
	log, level := newLog(stderr, c.LogLevel)
	defer level.onSignals(log)()
	p := &program{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv, log: log}
	return exitCode(command.Run(p), stderr)
}

// exitCode tells the person what went wrong and returns the code for it.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return exitDone
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{code: exitFound, err: err}
	}
	if exit.err != nil {
		fmt.Fprintln(stderr, "codesteward:", exit.err)
	}
	return exit.code
}
