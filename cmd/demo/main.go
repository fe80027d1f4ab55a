// SPDX-License-Identifier: GPL-3.0-or-later

// Demo shows codesteward at work on a real wiki on this machine: it starts a
// MediaWiki, the relay and the bot, fills the wiki with a small believable
// state, plays a few edits as people would make them, tells what happened, and
// checks that every page holds what it should.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

var cli struct {
	Program  string `required:"" type:"existingfile" help:"The codesteward binary."`
	Once     bool   `help:"Stop after the play: exit 0 if every page holds what it should, else 1 with the difference."`
	Pictures string `help:"Folder to put pictures of the tables into, as a headless Chromium shows them." type:"path"`
	Keep     string `help:"Folder to keep the bot's log and registry in; a temporary one if not given." type:"path"`
}

func main() {
	kong.Parse(&cli, kong.Name("demo"), kong.Description("Show codesteward at work on a real wiki on this machine."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demo(ctx, os.Stdout); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		stop()
		os.Exit(1)
	}
}

// demo starts everything, plays, checks, and takes everything down again.
func demo(ctx context.Context, out io.Writer) (err error) {
	dir := cli.Keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "codesteward-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	s := &stage{out: out, dir: dir, began: time.Now()}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx); err != nil {
		return err
	}
	if err := s.play(ctx); err != nil {
		return fmt.Errorf("%w\n%s\n%s", err, s.reportPage(ctx), s.logTail())
	}
	if err := s.printTables(ctx); err != nil {
		return err
	}
	if cli.Pictures != "" {
		if err := s.takePictures(ctx, cli.Pictures); err != nil {
			return err
		}
	}
	if cli.Once {
		s.say("All %d scenes ended as they should.", s.scenes)
		return nil
	}
	s.say("Everything keeps running: edit any page as a visitor and watch. Ctrl-C ends it.")
	s.printAddresses()
	<-ctx.Done()
	return nil
}
