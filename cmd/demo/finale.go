// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the end of the play: nothing stands twice, a restart with
// nothing new edits nothing, and the tables as they came out.

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

var anchors = regexp.MustCompile(`id="(cs-[^"]+)"`)

// nothingTwice checks what must hold of the whole play.
func (s *stage) nothingTwice(ctx context.Context) error {
	s.say("")
	s.say("▸ The bot is started once more, with nothing new on the wiki")
	board, _, err := s.wiki.Anonymous().Read(ctx, boardPage)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, m := range anchors.FindAllStringSubmatch(board, -1) {
		if seen[m[1]] {
			return fmt.Errorf("%s holds the entry %s twice:\n%s", boardPage, m[1], board)
		}
		seen[m[1]] = true
	}
	if len(seen) != 4 {
		return fmt.Errorf("%s should hold 4 entries and holds %d:\n%s", boardPage, len(seen), board)
	}
	talk, _, err := s.wiki.Anonymous().Read(ctx, adaTalk)
	if err != nil {
		return err
	}
	if n := strings.Count(talk, "Map-peek was mentioned =="); n != 1 {
		return fmt.Errorf("%s should hold one message and holds %d:\n%s", adaTalk, n, talk)
	}
	before, err := s.botEdits(ctx)
	if err != nil {
		return err
	}
	if err := s.restart(ctx); err != nil {
		return err
	}
	after, err := s.botEdits(ctx)
	if err != nil {
		return err
	}
	// The status page may tell at any time that something goes wrong, or right again.
	new := slices.DeleteFunc(after[len(before):], func(title string) bool { return strings.HasSuffix(title, "/status") })
	if len(new) > 0 {
		return fmt.Errorf("a run with nothing new edited %s", strings.Join(new, ", "))
	}
	s.say("  ✔ it edits nothing; of the %d entries and messages none stands twice", len(seen)+1)
	s.scenes++
	return nil
}

// restart kills the bot and waits until a new one has surveyed every source
// and looked at every page.
func (s *stage) restart(ctx context.Context) error {
	lines := func() int {
		text, err := os.ReadFile(s.file("bot.log"))
		if err != nil {
			return 0
		}
		return strings.Count(string(text), `"message":"surveyed and reconciled"`)
	}
	before := lines()
	s.bot.kill()
	return until(ctx, patience, func(context.Context) (bool, error) { return lines() > before, nil })
}

// botEdits returns the titles that the bot edited, oldest first.
func (s *stage) botEdits(ctx context.Context) ([]string, error) {
	raw, err := s.wiki.Anonymous().Do(ctx, map[string]string{
		"action": "query", "list": "usercontribs", "ucuser": botName, "uclimit": "500", "ucprop": "title|timestamp",
	})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Query struct {
			Usercontribs []struct{ Title string }
		}
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, err
	}
	var titles []string
	for _, c := range slices.Backward(answer.Query.Usercontribs) {
		titles = append(titles, c.Title)
	}
	return titles, nil
}

// printTables prints the tables and the noticeboard as text.
func (s *stage) printTables(ctx context.Context) error {
	var out strings.Builder
	for _, title := range []string{extensionsPage, skinsPage, gadgetsPage, scriptsPage, toolsPage} {
		text, _, err := s.wiki.Anonymous().Read(ctx, title)
		if err != nil {
			return err
		}
		table, err := wikitext.ParseTable(text)
		if err != nil {
			return fmt.Errorf("%s: %w", title, err)
		}
		fmt.Fprintf(&out, "\n%s\n", title)
		w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "  %s\n", strings.Join(table.Header(), "\t"))
		for _, row := range table.Rows() {
			var cells []string
			for _, c := range row.Cells {
				cells = append(cells, plain(c.Raw))
			}
			fmt.Fprintf(w, "  %s\n", strings.Join(cells, "\t"))
		}
		w.Flush()
	}
	board, _, err := s.wiki.Anonymous().Read(ctx, boardPage)
	if err != nil {
		return err
	}
	fmt.Fprintf(&out, "\n%s\n", boardPage)
	for line := range strings.Lines(board) {
		if strings.HasPrefix(line, "*") || strings.HasPrefix(line, "==") {
			fmt.Fprintf(&out, "  %s\n", plain(strings.TrimSpace(line)))
		}
	}
	s.print(out.String())
	return nil
}

var (
	linkMarkup = regexp.MustCompile(`\[\[:?(?:[^\]|]*\|)?([^\]]*)\]\]|\[https?://\S+ ([^\]]*)\]`)
	otherTags  = regexp.MustCompile(`<[^>]*>|'''?`)
)

// plain takes the markup out of a cell, for the terminal.
func plain(s string) string {
	s = otherTags.ReplaceAllString(linkMarkup.ReplaceAllString(s, "$1$2"), "")
	s = html.UnescapeString(s)
	if r := []rune(s); len(r) > 70 {
		s = string(r[:69]) + "…"
	}
	return s
}
