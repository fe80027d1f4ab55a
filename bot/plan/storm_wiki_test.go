// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds a shorter storm on a real wiki, which changes texts when it
// saves them, and shows what becomes of them.

package plan_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

func TestStormOfEditsOnARealWiki(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a MediaWiki, left out under -short")
	}
	seed := uint64(time.Now().Unix())
	t.Logf("seed %d", seed)
	s := realStorm{newStorm(t, seed), wikitest.Start(t, wikitest.Options{}).Admin(), map[string]string{}}
	s.sync = s.toWiki
	s.sync("people")
	s.run(60)
	for _, table := range s.rules.Tables {
		for _, part := range plan.NewTables(s.input(), table) {
			html := s.html(part.Title)
			for _, r := range part.Rows {
				if n := strings.Count(html, `id="`+r.ID+`"`); n != 1 {
					s.fail("row %s is shown %d times on %s:\n%s", r.ID, n, part.Title, s.text[part.Title])
				}
			}
		}
	}
}

// realStorm is a storm whose pages stand on a wiki.
type realStorm struct {
	*storm
	admin  *wikitest.User
	onWiki map[string]string
}

// toWiki saves what has changed on the wiki, and reads it back. What the bot
// writes stands there as it was written.
func (s realStorm) toWiki(who string) {
	s.Helper()
	admin, ctx := s.admin, context.Background()
	for _, title := range slices.Sorted(maps.Keys(s.text)) {
		text, stands := s.onWiki[title]
		if stands && text == s.text[title] {
			continue
		}
		if _, err := admin.Edit(ctx, title, s.text[title], who); err != nil {
			s.fail("save %s: %v\n%s", title, err, s.text[title])
		}
		saved, _, err := admin.Read(ctx, title)
		if err != nil {
			s.fail("read %s: %v", title, err)
		}
		if who == "the bot" && saved != s.text[title] {
			s.fail("what the bot has written on %s is not what stands there:\n%s\n\nbecame\n%s", title, s.text[title], saved)
		}
		s.text[title], s.onWiki[title] = saved, saved
	}
	for title := range s.onWiki {
		if _, stands := s.text[title]; !stands {
			if err := admin.Delete(ctx, title, who); err != nil {
				s.fail("delete %s: %v", title, err)
			}
			delete(s.onWiki, title)
		}
	}
}

// html is the page as it is shown.
func (s realStorm) html(title string) string {
	s.Helper()
	answer, err := s.admin.Do(context.Background(), map[string]string{"action": "parse", "page": title, "prop": "text"})
	if err != nil {
		s.fail("parse %s: %v", title, err)
	}
	var page struct {
		Parse struct{ Text json.RawMessage }
	}
	if err := json.Unmarshal(answer, &page); err != nil {
		s.fail("parse %s: %v", title, err)
	}
	var text string
	if json.Unmarshal(page.Parse.Text, &text) != nil {
		var old map[string]string
		if err := json.Unmarshal(page.Parse.Text, &old); err != nil {
			s.fail("parse %s: %v", title, fmt.Sprint(err, string(answer)))
		}
		text = old["*"]
	}
	return text
}
