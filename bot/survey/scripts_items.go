// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the page of a user script says: when it last changed, who
// looks after it, what took its place.

package survey

import (
	"context"
	"fmt"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// redirectMark is how MediaWiki begins a page of JavaScript that was moved;
// behind it the new one is loaded.
const redirectMark = "/* #REDIRECT */"

// readPages reads a batch of scripts.
func (r *scriptReader) readPages(ctx context.Context, keys []registry.Key, s *registry.Survey) error {
	titles := make([]string, len(keys))
	for i, key := range keys {
		titles[i] = key.Name()
	}
	pages, err := readBatch(ctx, r.api, titles, map[string]string{"prop": "revisions", "rvprop": "ids|timestamp|user|content", "rvslots": "main"})
	if err != nil {
		return fmt.Errorf("read scripts: %w", err)
	}
	for i, key := range keys {
		p := pages[titles[i]]
		if !p.exists() {
			if p.Missing && r.known[key] {
				s.Left = append(s.Left, key)
			}
			continue
		}
		editor, err := r.lastEditor(ctx, p)
		if err != nil {
			return err
		}
		r.take(s, key, p, editor)
	}
	r.tell(len(keys))
	return nil
}

// take takes in a script.
func (r *scriptReader) take(s *registry.Survey, key registry.Key, p pageFound, editor string) {
	rev, text := p.newest(), p.newest().Slots.Main.Content
	item := registry.Item{
		Key: key, Name: key.Name(), Page: p.Title,
		Deployed: r.point.Importers[key][0] > 0,
		Changed:  rev.Timestamp, ChangedRevision: rev.RevID,
		Aliases: documentationOf(key.Name()),
	}
	if p.Title != key.Name() {
		item.Aliases = append(item.Aliases, p.Title)
	}
	head := headerCredits(text, r.on)
	if item.Authors = head.authors; !hasMail(editor) {
		item.LastEditor = editor
	}
	if strings.HasPrefix(text, redirectMark) {
		if moved := r.loads.loads(text); len(moved) == 1 {
			item.Deprecated, item.ReplacedBy = true, moved[0].title
			if moved[0].wiki != r.wiki {
				item.ReplacedBy = scriptAddress(moved[0].host, moved[0].title)
			}
		}
	}
	s.Items = append(s.Items, item)
	owner := ownerClaim(key, p.Title, rev.RevID)
	s.Claims = append(s.Claims, owner)
	for _, c := range headerClaims(key, r.wiki, p, head) {
		if c.Holder != owner.Holder {
			s.Claims = append(s.Claims, c)
		}
	}
	r.measure(s, key)
}

// ownerClaim is what the title of a script says: that it is in the space of a
// user, who alone can change it besides interface administrators. So its
// evidence is the page; a revision of 0 says that the page was not read.
func ownerClaim(key registry.Key, title string, revision int64) registry.Claim {
	return registry.Claim{
		Item: key, Role: registry.Maintainer, Holder: scriptOwner(key.Name()), HolderKind: registry.User, Standing: registry.Stated,
		Evidence: registry.Evidence{Wiki: key.Wiki(), Page: title, Revision: revision},
	}
}

// scriptOwner is the user in whose space a page is: "X" for "User:X/y.js".
func scriptOwner(title string) string {
	_, name, _ := strings.Cut(title, ":")
	owner, _, _ := strings.Cut(name, "/")
	return owner
}

// documentationOf is the page that by custom documents a script: "User:X/y" for
// "User:X/y.js".
func documentationOf(title string) []string { return []string{strings.TrimSuffix(title, ".js")} }

// maxHistories bounds for how many scripts older revisions are asked for.
const maxHistories = 200

// lastEditor returns who made the newest revision that is not a bot's; "" where
// nobody can tell.
func (r *scriptReader) lastEditor(ctx context.Context, p pageFound) (string, error) {
	if user := p.newest().User; !r.bots[user] {
		return user, nil
	}
	if r.histories++; r.histories > maxHistories {
		return "", nil
	}
	var answer struct {
		Query struct{ Pages []pageFound }
	}
	err := r.api.Get(ctx, map[string]string{"action": "query", "titles": p.Title, "prop": "revisions", "rvprop": "ids|user", "rvlimit": "50"}, &answer)
	if err != nil {
		return "", fmt.Errorf("read the history of %s: %w", p.Title, err)
	}
	for _, page := range answer.Query.Pages {
		for _, rev := range page.Revisions {
			if rev.User != "" && !r.bots[rev.User] {
				return rev.User, nil
			}
		}
	}
	return "", nil
}
