// SPDX-License-Identifier: GPL-3.0-or-later

package web

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// readFeed reads a feed as a feed reader does, and checks what RFC 4287 asks of
// every feed.
func readFeed(t *testing.T, s *Site, path string) atomFeed {
	t.Helper()
	w := get(t, s, path)
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/atom+xml") {
		t.Fatalf("GET %s: status %d, %s", path, w.Code, w.Header().Get("Content-Type"))
	}
	var f atomFeed
	if err := xml.Unmarshal(w.Body.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	date := func(what, text string) {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			t.Errorf("%s of %s: %v", what, path, err)
		}
	}
	id := func(text string) {
		if u, err := url.Parse(text); err != nil || !u.IsAbs() || ids[text] {
			t.Errorf("%s has an id %q", path, text)
		}
		ids[text] = true
	}
	id(f.ID)
	date("updated", f.Updated)
	self := 0
	for _, l := range f.Links {
		if l.Rel == "self" {
			self++
			if l.Href != s.about.Home+path {
				t.Errorf("%s says that it is %s", path, l.Href)
			}
		}
	}
	if self != 1 || f.Title == "" || f.Author.Name == "" {
		t.Errorf("%s lacks something: %+v", path, f)
	}
	for _, e := range f.Entries {
		id(e.ID)
		date("updated", e.Updated)
		if e.Title == "" || e.Content.Type != "text" || e.Content.Text == "" {
			t.Errorf("%s has an entry %+v", path, e)
		}
	}
	return f
}

func titles(f atomFeed) (list []string) {
	for _, e := range f.Entries {
		list = append(list, e.Title)
	}
	return list
}

func TestFeed(t *testing.T) {
	w := newWorld()
	s := newSite(t, w)
	all := readFeed(t, s, "/mentions.atom")
	want := "Poem (extension, unassigned) on Talk:Wishes § Line breaks|VerseNumbers (extension, unassigned) on Help talk:Verses|Poem (extension, unassigned) on Talk:Poems § Right-to-left"
	if got := strings.Join(titles(all), "|"); got != want {
		t.Errorf("titles %s", got)
	}
	if all.Updated != all.Entries[0].Updated || all.Entries[0].Author.Name != "Mara Lind" {
		t.Errorf("feed %+v", all)
	}
	if link := all.Entries[0].Links[1].Href; link != "https://meta.example.org/wiki/Special:PermanentLink/5101" {
		t.Errorf("the entry leads to %s", link)
	}
	if got := titles(readFeed(t, s, "/mentions.atom?wiki=metawiki")); len(got) != 3 {
		t.Errorf("of metawiki: %v", got)
	}
	if got := titles(readFeed(t, s, "/mentions.atom?wiki=commonswiki")); len(got) != 0 {
		t.Errorf("of commonswiki: %v", got)
	}
	one := readFeed(t, s, "/mentions.atom?key=extension%3APoem&wiki=metawiki")
	if got := titles(one); len(got) != 2 {
		t.Errorf("of one item: %v", got)
	}
	if one.ID == all.ID || one.Entries[0].ID != all.Entries[0].ID {
		t.Error("ids tell feeds apart, and are the same for the same mention")
	}
	again := readFeed(t, newSite(t, newWorld(), func(c *Config) { c.About.Home = "https://elsewhere.example.org" }), "/mentions.atom")
	if again.ID != all.ID || again.Entries[0].ID != all.Entries[0].ID {
		t.Error("ids change with the site's address")
	}
	for _, path := range []string{"/mentions.atom?wiki=nowiki", "/mentions.atom?key=extension:None"} {
		if w := get(t, s, path); w.Code != 404 {
			t.Errorf("GET %s: status %d", path, w.Code)
		}
	}
}

// What a wiki hides, or people take back, goes from the site at once, also while
// what else is known is some minutes old.
func TestHiddenMentionsAreNeverShown(t *testing.T) {
	w := newWorld()
	s := newSite(t, w)
	paths := []string{"/mentions.atom", "/mentions.atom?key=extension%3APoem", "/mentions", "/wikis/metawiki", "/item?key=extension%3APoem", "/api/v1/mentions"}
	const quote = "Since the update the Poem extension"
	for _, path := range paths {
		if !strings.Contains(show(t, s, path), quote) {
			t.Fatalf("GET %s does not show the mention", path)
		}
	}
	w.set(func() { w.hidden["extension:Poem"] = true })
	for _, path := range paths {
		body := show(t, s, path)
		for _, text := range []string{quote, "Mara Lind", "Line breaks"} {
			if strings.Contains(body, text) {
				t.Errorf("GET %s shows %q, which is hidden", path, text)
			}
		}
	}
}

func TestOnlyMentionsThatAWikiShowsAreKept(t *testing.T) {
	w := newWorld()
	part := w.parts["metawiki"]
	say := func(section string, change func(*registry.Mention)) {
		m := registry.Mention{Item: "extension:Poem", As: "extension:Poem", Name: "Poem", Wiki: "metawiki", Title: "Talk:Tests", Section: section, User: "Mara Lind", Time: before(3 * time.Hour), Revision: 6000}
		change(&m)
		part.View.Mentions = append(part.View.Mentions, m)
	}
	say("Good", func(*registry.Mention) {})
	say("Redacted", func(m *registry.Mention) { m.Redacted = true })
	say("Dismissed", func(m *registry.Mention) { m.Dismissed = noon })
	say("Not settled", func(m *registry.Mention) { m.Time = before(time.Minute) })
	say("Owned", func(m *registry.Mention) { m.Item = "extension:GuidedTour" })
	say("No item", func(m *registry.Mention) { m.Item = "extension:Nothing" })
	w.parts["metawiki"] = part
	body := show(t, newSite(t, w), "/mentions.atom")
	if !strings.Contains(body, "§ Good") {
		t.Error("a good mention is not shown")
	}
	for _, section := range []string{"Redacted", "Dismissed", "Not settled", "§ Owned", "No item"} {
		if strings.Contains(body, section) {
			t.Errorf("the mention %q is shown", section)
		}
	}
}
