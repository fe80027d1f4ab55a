// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds what the soak looks at: words of people, duplicates, and how
// much the bot uses.

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

// usage is what a bot uses at a moment.
type usage struct {
	start      int // which process it was
	goroutines int
	memory     float64 // resident, in MiB
}

var gauge = regexp.MustCompile(`(?m)^(go_goroutines|process_resident_memory_bytes) (\S+)$`)

// measure notes what the running bot uses, if it answers.
func (k *soak) measure() {
	u := usage{start: k.starts}
	for _, m := range gauge.FindAllStringSubmatch(status(k.web, "/metrics"), -1) {
		n, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue
		}
		if m[1] == "go_goroutines" {
			u.goroutines = int(n)
		} else {
			u.memory = n / (1 << 20)
		}
	}
	if u.goroutines > 0 && u.memory > 0 {
		k.usage = append(k.usage, u)
	}
}

// row finds the row of a gadget in the table: from its first cell to the next row.
func row(text, gadget string) (start, end int, ok bool) {
	start = strings.Index(text, "Gadget-"+gadget+"|")
	if start < 0 {
		return 0, 0, false
	}
	end = len(text)
	for _, next := range []string{"\n|-", "\n|}"} {
		if n := strings.Index(text[start:], next); n >= 0 {
			end = min(end, start+n)
		}
	}
	return start, end, true
}

// rewrite saves the table with the row of a gadget changed, if it has changed.
func (k *soak) rewrite(ctx context.Context, u *wikitest.User, gadget string, change func(row string) string) (bool, error) {
	text, base, err := u.Read(ctx, killTable)
	if err != nil {
		return false, err
	}
	start, end, ok := row(text, gadget)
	if !ok {
		return false, nil
	}
	changed := change(text[start:end])
	if changed == text[start:end] {
		return false, nil
	}
	_, err = u.Do(ctx, map[string]string{"action": "edit", "title": killTable, "text": text[:start] + changed + text[end:], "summary": "test", "baserevid": strconv.FormatInt(base, 10)})
	return err == nil, err
}

// adopts has a person take an empty Steward cell.
func (k *soak) adopts(ctx context.Context, u *wikitest.User, gadget string) error {
	k.said.Lock()
	defer k.said.Unlock()
	name := "[[User:" + u.Name + "]]"
	did, err := k.rewrite(ctx, u, gadget, func(row string) string {
		first := "Gadget-" + gadget + "|" + gadget + "]]\n|"
		if rest, empty := strings.CutPrefix(row, first+"\n"); empty {
			return first + " " + name + "\n" + rest
		}
		return row
	})
	if did {
		k.said.stewards[gadget] = name
	}
	return err
}

// note has a person write into the last cell of a row.
func (k *soak) note(ctx context.Context, u *wikitest.User, gadget, note string) error {
	k.said.Lock()
	defer k.said.Unlock()
	did, err := k.rewrite(ctx, u, gadget, func(row string) string {
		return row[:strings.LastIndex(row, "\n")] + "\n| " + note
	})
	if did {
		k.said.notes[gadget] = note
	}
	return err
}

// newest is the last edit of the bot.
func (k *soak) newest() int64 {
	k.Helper()
	raw, err := k.admin.Do(context.Background(), map[string]string{"action": "query", "list": "usercontribs", "ucuser": killBot, "uclimit": "1", "ucprop": "ids"})
	if err != nil {
		k.Fatal(err)
	}
	var answer struct {
		Query struct{ UserContribs []struct{ RevID int64 } }
	}
	if err := json.Unmarshal(raw, &answer); err != nil || len(answer.Query.UserContribs) != 1 {
		k.Fatalf("the bot's last edit: %v: %s", err, raw)
	}
	return answer.Query.UserContribs[0].RevID
}

// calm waits until the bot has nothing left to do.
func (k *soak) calm() {
	deadline := time.Now().Add(time.Minute)
	missing := func() []string {
		board := k.text(killBoard)
		return slices.DeleteFunc(slices.Clone(k.said.mentions), func(title string) bool { return strings.Contains(board, "|"+title+"]]") })
	}
	for len(missing()) > 0 && time.Now().Before(deadline) {
		pause(k.T, time.Second)
	}
	for _, title := range missing() {
		k.Errorf("%s has no entry; the logs say of it:\n%s", title, k.story(title))
	}
	last, since := k.newest(), time.Now()
	k.await("quiet", func() bool {
		if now := k.newest(); now != last {
			last, since = now, time.Now()
		}
		return time.Since(since) > 6*time.Second
	})
	k.measure()
}

// story is what the bots have logged of a page, one after the other.
func (k *soak) story(title string) string {
	var b strings.Builder
	for n := range k.starts {
		log := k.logOf(filepath.Join(k.dir, fmt.Sprintf("bot%d.log", n+1)))
		first, _, _ := strings.Cut(log, "\n")
		found := false
		for line := range strings.Lines(log) {
			if strings.Contains(line, `"`+title+`"`) {
				fmt.Fprintf(&b, "bot %d: %s", n+1, line)
				found = true
			}
		}
		if !found {
			fmt.Fprintf(&b, "bot %d, which began with %.200s, says nothing\n", n+1, first)
		}
	}
	return b.String()
}

var (
	soakAnchor  = regexp.MustCompile(`id="(cs-[^"]+)"`)
	soakMessage = regexp.MustCompile(`<!-- codesteward (notice/[^>]+) -->`)
	soakItem    = regexp.MustCompile(`/gadget:[^/]+/`)
)

// check looks at the pages, and whether a new bot has anything to add to them.
func (k *soak) check() {
	t := k.T
	before := k.newest()
	k.kill()
	k.start()
	k.await("a whole round after the last start", func() bool { return strings.Contains(k.log(), "surveyed and reconciled") })
	if after := k.newest(); after != before {
		t.Errorf("a new bot has made edits, the last is %d:\n%s", after, k.log())
	}
	board := k.text(killBoard)
	entries := soakAnchor.FindAllString(board, -1)
	once(k, "entry", entries)
	messages := 0
	for _, u := range k.people {
		talk := k.text("User talk:" + u.Name)
		var keys, items []string
		for _, m := range soakMessage.FindAllStringSubmatch(talk, -1) {
			keys = append(keys, m[1])
			items = append(items, soakItem.FindString(m[1]))
		}
		once(k, "message to "+u.Name, keys)
		once(k, "item of a message to "+u.Name, items)
		messages += len(keys)
	}
	table := k.text(killTable)
	for what, said := range map[string]map[string]string{"note": k.said.notes, "steward": k.said.stewards} {
		for gadget, word := range said {
			if start, end, ok := row(table, gadget); !ok || !strings.Contains(table[start:end], word) {
				t.Errorf("the %s %s of %s is lost:\n%s", what, word, gadget, table)
			}
		}
	}
	third := max(1, len(k.usage)/3)
	early, late := median(k.usage[:third]), median(k.usage[len(k.usage)-third:])
	if late.memory > 1.5*early.memory+16 || late.goroutines > 2*early.goroutines+30 {
		t.Errorf("the bot grows: %d goroutines and %.0f MiB early, %d and %.0f late", early.goroutines, early.memory, late.goroutines, late.memory)
	}
	t.Logf("%d edits of %d people (%d refused), %d of %d requests broken, %d kills, %d told to end, %d starts: %d entries, %d messages, %d notes, %d adopted; goroutines %d early, %d late; memory %.0f MiB early, %.0f late",
		k.counts.edits.Load(), len(k.people), k.counts.conflicts.Load(), k.counts.broken.Load(), k.faults.requests.Load(), k.counts.kills.Load(), k.counts.terms.Load(), k.starts,
		len(entries), messages, len(k.said.notes), len(k.said.stewards), early.goroutines, late.goroutines, early.memory, late.memory)
}

// once sees that nothing is there twice.
func once(k *soak, what string, all []string) {
	k.Helper()
	seen := map[string]bool{}
	for _, one := range all {
		if seen[one] {
			k.Errorf("%s stands twice: %s", what, one)
		}
		seen[one] = true
	}
}

func median(all []usage) usage {
	var u usage
	byMemory := slices.SortedFunc(slices.Values(all), func(a, b usage) int { return int(a.memory - b.memory) })
	byNumber := slices.SortedFunc(slices.Values(all), func(a, b usage) int { return a.goroutines - b.goroutines })
	u.memory, u.goroutines = byMemory[len(all)/2].memory, byNumber[len(all)/2].goroutines
	return u
}
