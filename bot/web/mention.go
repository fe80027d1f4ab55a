// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds mentions as the site shows them: of items that nobody looks
// after, and only what the wiki itself still shows.

package web

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// mention is one mention of an item that nobody looks after.
type mention struct {
	ID      string    `json:"id"` // a URN that stays the same
	Item    string    `json:"item"`
	Kind    string    `json:"kind"`
	Name    string    `json:"name"`
	Verdict string    `json:"verdict"`
	Wiki    string    `json:"wiki"`
	Title   string    `json:"title"`
	Section string    `json:"section,omitempty"`
	URL     address   `json:"url,omitempty"` // of the revision
	User    string    `json:"user,omitempty"`
	Time    time.Time `json:"time"`
	Quote   string    `json:"quote,omitempty"`

	stored registry.Mention // as far as it is needed to look it up again
}

// mentionSpace is the name space of the ids of mentions.
var mentionSpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://gitlab.wikimedia.org/toolforge-repos/codesteward/mention"))

func newMention(m registry.Mention, of item, at Place, clean cleaner) mention {
	by := m.User
	if m.Author != "" {
		by = m.Author
	}
	shown := mention{
		ID: mentionURN(m), Item: of.Key, Kind: of.Kind, Name: of.Name, Verdict: of.Verdict, Wiki: m.Wiki, Title: m.Title, Section: m.Section,
		User: by, Time: m.Time, Quote: m.Snippet,
	}
	id := shown.ID
	clean.all(&shown)
	shown.ID = id
	shown.URL = clean.link(at.revision(m.Revision, m.Title))
	shown.stored = registry.Mention{As: m.As, Wiki: m.Wiki, Revision: m.Revision, Section: m.Section}
	return shown
}

// mentionURN is the same for the same mention, whatever its item is called now.
func mentionURN(m registry.Mention) string {
	return uuid.NewSHA1(mentionSpace, []byte(string(m.As)+"\x00"+m.Wiki+"\x00"+itoa(m.Revision)+"\x00"+m.Section)).URN()
}

// mentionsOf returns the newest mentions on a wiki, of one item if key is not
// "", and at most so many: those that the wiki shows at this moment. Wiki may be
// "" for all.
func (s *Site) mentionsOf(ctx context.Context, x *index, wiki, key string, most int) ([]mention, error) {
	var found []mention
	for of, list := range x.mentions {
		if wiki != "" && of != wiki {
			continue
		}
		for _, m := range list {
			if key == "" || m.Item == key {
				found = append(found, m)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b mention) int { return b.Time.Compare(a.Time) })
	found = found[:min(len(found), most)]
	stored := make([]registry.Mention, len(found))
	for i, m := range found {
		stored[i] = m.stored
	}
	shown, err := s.source.Shown(ctx, stored)
	if err != nil {
		return nil, err
	}
	out := []mention{}
	for _, m := range found {
		if slices.ContainsFunc(shown, m.stored.Equal) {
			out = append(out, m)
		}
	}
	return out, nil
}
