// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the test of how a bot ends that is told to, whatever the wiki
// does then: soon, without an error, and with nothing done twice later.

package main

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endsWithin is how long a bot may take to end. The platform kills it later.
const endsWithin = 8 * time.Second

func TestABotThatIsToldToEndDoesSoSoon(t *testing.T) {
	k := newKillTest(t)
	f := newFaults(t, k.wiki.URL)
	k.api = f.URL + "/api.php"
	k.serve("stream")
	web := freeAddress(t)
	k.args = []string{"--web", web}
	k.start()
	k.await("the table", func() bool { return strings.Contains(k.text(killTable), "Alpha") })
	only := func(edits bool, what fault) func(bool) fault {
		return func(edit bool) fault {
			if edit || !edits {
				return what
			}
			return ""
		}
	}
	for _, c := range []struct {
		name   string
		choose func(edit bool) fault
		// asks says that there is something to write, and that it is waited until
		// the bot has begun.
		asks, saves bool
	}{
		{name: "while it has nothing to do"},
		{name: "while a save is slow", choose: only(true, slow), asks: true, saves: true},
		{name: "while a save has no answer", choose: only(true, hang), asks: true},
		{name: "while a save is cut off that arrives", choose: only(true, cutAfter), asks: true},
		{name: "while the wiki lags", choose: only(true, lagging), asks: true},
		{name: "while nothing is answered", choose: only(false, hang)},
		{name: "while all is refused", choose: only(false, broken)},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.T = t
			if k.cmd == nil {
				k.start()
				k.await("the first round", func() bool { return strings.Contains(k.log(), "surveyed and reconciled") })
			}
			before := f.edits.Load()
			f.set(c.choose)
			k.edit(k.ada, "Talk:"+c.name, "Who knows [[mw:Extension:Poem]]?")
			if c.asks {
				k.await("an edit", func() bool { return f.edits.Load() > before })
			}
			conn, err := net.Dial("tcp", web) // a client that does not say what it wants
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "GET / HTTP/1.1\r\n")
			began := time.Now()
			tell(t, k.cmd, syscall.SIGTERM)
			if err := k.cmd.Wait(); err != nil {
				t.Errorf("it ended with %v:\n%s", err, k.log())
			}
			took := time.Since(began)
			t.Logf("ended after %s", took.Round(time.Millisecond))
			if took > endsWithin {
				t.Errorf("it took %s to end; want less than %s", took, endsWithin)
			}
			if saved := strings.Contains(k.text(killBoard), c.name[1:]); c.saves && !saved {
				t.Errorf("the edit in hand was not saved:\n%s", k.log())
			}
			f.set(nil)
			k.cmd = nil
		})
	}
	k.T = t
	k.start()
	anchor := regexp.MustCompile(`id="(cs-[^"]+)"`)
	k.await("all entries", func() bool { return len(anchor.FindAllString(k.text(killBoard), -1)) >= k.questions })
	k.await("the first round", func() bool { return strings.Contains(k.log(), "surveyed and reconciled") })
	seen := map[string]bool{}
	for _, e := range anchor.FindAllString(k.text(killBoard), -1) {
		if seen[e] {
			t.Errorf("the entry %s stands twice", e)
		}
		seen[e] = true
	}
	if len(seen) != k.questions {
		t.Errorf("%d entries, want %d", len(seen), k.questions)
	}
}
