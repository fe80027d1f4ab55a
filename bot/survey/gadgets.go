// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source gadgets: which gadgets a wiki has, when they last
// changed, and whom their scripts name.

package survey

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	definitionPage = "MediaWiki:Gadgets-definition"
	gadgetPrefix   = "MediaWiki:Gadget-"
	// messageSpace is the number of the namespace MediaWiki on every wiki.
	messageSpace = 8
)

// definitionReader is what the source gadgets needs of the client.
type definitionReader interface {
	asker
	Page(ctx context.Context, title string) (wiki.Page, error)
}

// GadgetsSource is the source gadgets: the gadgets that a wiki defines, on its
// definition page or each on a page of its own, and those that it lists itself,
// which may come from elsewhere. No source says who answers for a gadget: what
// the heads of its scripts say of maintainers are unconfirmed claims, and so is
// what the pages with the infoboxes say, if there are any; authors are only a
// hint.
func GadgetsSource(api definitionReader, wiki string, on *wikitext.Site, infoboxes ...GadgetInfobox) Source {
	r := gadgetReader{api: api, wiki: wiki, on: on, infoboxes: infoboxes}
	return Source{
		Name:     "gadgets",
		Every:    6 * time.Hour,
		Triggers: r.triggers,
		Read: func(ctx context.Context, in Reading) (registry.Survey, error) {
			s, err := r.read(ctx, in)
			if err != nil {
				return registry.Survey{}, fmt.Errorf("read the gadgets of %s: %w", wiki, err)
			}
			return s, nil
		},
	}
}

// gadgetReader reads the gadgets of a wiki.
type gadgetReader struct {
	api       definitionReader
	wiki      string
	on        *wikitext.Site
	infoboxes []GadgetInfobox
}

// triggers reports whether a page is about gadgets: the definition page, a page
// with one definition, a description or a file.
func (r *gadgetReader) triggers(wiki, title string) bool {
	t, err := r.on.ParseTitle(title)
	if wiki != r.wiki || err != nil || t.Interwiki != "" || t.Namespace != messageSpace {
		return false
	}
	_, isDefinition := gadgetOfJSONPage(t.Name)
	return isDefinition || t.Name == "Gadgets-definition" || strings.HasPrefix(t.Name, "Gadget-")
}

// read reads everything.
func (r *gadgetReader) read(ctx context.Context, in Reading) (registry.Survey, error) {
	found, err := r.find(ctx)
	if err != nil {
		return registry.Survey{}, err
	}
	pages, err := r.readPages(ctx, found, in)
	if err != nil {
		return registry.Survey{}, err
	}
	s := registry.Survey{Source: "gadgets", Wiki: r.wiki, At: in.At}
	heads := make(map[string]credits) // of files that several gadgets can have
	for _, id := range slices.Sorted(maps.Keys(found)) {
		g := found[id]
		item := registry.Item{
			Key:      registry.NewKey(detect.Gadget, r.wiki, id),
			Name:     id,
			Section:  oneLine(g.section),
			Deployed: true,
			Default:  g.isDefault,
			Aliases:  r.stems(id, g.files),
		}
		description := pages[r.title(gadgetPrefix+id)]
		item.Description = plainText(description.newest().Slots.Main.Content, maxSentence)
		for _, p := range append([]pageFound{description}, pagesOf(g.files, pages)...) {
			if p.exists() {
				item.Page = p.Title
				break
			}
		}
		for _, file := range g.files {
			p := pages[file]
			rev := p.newest()
			if c := rev.Timestamp.Compare(item.Changed); c > 0 || c == 0 && rev.RevID > item.ChangedRevision {
				item.Changed, item.ChangedRevision = rev.Timestamp, rev.RevID
			}
			if !isScript(file) || !p.exists() {
				continue
			}
			head, known := heads[file]
			if !known {
				head = headerCredits(p.newest().Slots.Main.Content, r.on)
				heads[file] = head
			}
			s.Claims = append(s.Claims, headerClaims(item.Key, r.wiki, p, head)...)
			for _, author := range head.authors {
				if !slices.Contains(item.Authors, author) && len(item.Authors) < maxCredits {
					item.Authors = append(item.Authors, author)
				}
			}
		}
		if item.Changed.IsZero() { // no file of it is on this wiki
			item.Changed, item.ChangedRevision = description.newest().Timestamp, description.newest().RevID
		}
		s.Items = append(s.Items, item)
	}
	claims, err := r.readInfoboxes(ctx, found)
	if err != nil {
		return registry.Survey{}, err
	}
	s.Claims = append(s.Claims, claims...)
	return s, nil
}

// headerClaims are the claims that the head of a script makes. Whoever wrote the
// comment, nobody has confirmed it.
func headerClaims(item registry.Key, wiki string, p pageFound, head credits) (claims []registry.Claim) {
	for _, name := range head.maintainers {
		claims = append(claims, registry.Claim{
			Item: item, Role: registry.Maintainer, Holder: name, HolderKind: registry.User, Standing: registry.Unconfirmed,
			Evidence: registry.Evidence{Wiki: wiki, Page: p.Title, Revision: p.newest().RevID},
		})
	}
	return claims
}

// readPages reads the descriptions and files of the gadgets, by their titles as
// the wiki writes them. Of descriptions and scripts it reads the texts.
func (r *gadgetReader) readPages(ctx context.Context, gadgets map[string]gadgetFound, in Reading) (map[string]pageFound, error) {
	texts, others := make(map[string]bool), make(map[string]bool)
	for id, g := range gadgets {
		if title := r.title(gadgetPrefix + id); title != "" {
			texts[title] = true
		}
		for _, file := range g.files {
			if isScript(file) {
				texts[file] = true
			} else {
				others[file] = true
			}
		}
	}
	maps.DeleteFunc(others, func(title string, _ bool) bool { return texts[title] })
	titles := slices.Concat(slices.Sorted(maps.Keys(texts)), slices.Sorted(maps.Keys(others)))
	pages, done := make(map[string]pageFound, len(titles)), 0
	for batch := range slices.Chunk(titles, batchOf(ctx, r.api)) {
		ask := map[string]string{"prop": "revisions", "rvprop": "ids|timestamp"}
		if done < len(texts) {
			ask["rvprop"], ask["rvslots"] = "ids|timestamp|content", "main"
		}
		found, err := readBatch(ctx, r.api, batch, ask)
		if err != nil {
			return nil, fmt.Errorf("read their pages: %w", err)
		}
		maps.Copy(pages, found)
		done += len(batch)
		tell(in, done, len(titles))
	}
	return pages, nil
}

// title is a title as the wiki writes it, "" if it is none of a page here.
func (r *gadgetReader) title(text string) string {
	t, err := r.on.ParseTitle(text)
	if err != nil || t.Interwiki != "" {
		return ""
	}
	return t.String()
}

// stems are the names that the files of a gadget give, but for its own: "lib"
// for "MediaWiki:Gadget-lib.js".
func (r *gadgetReader) stems(id string, files []string) (stems []string) {
	for _, file := range files {
		t, err := r.on.ParseTitle(file)
		if err != nil {
			continue
		}
		name, ok := strings.CutPrefix(t.Name, "Gadget-")
		if !ok {
			continue
		}
		for _, suffix := range []string{".js", ".css", ".json", ".vue"} {
			stem, ok := strings.CutSuffix(name, suffix)
			if ok && stem != "" && stem != id && !hasMail(stem) && !slices.Contains(stems, stem) {
				stems = append(stems, stem)
			}
		}
	}
	return stems
}

func pagesOf(titles []string, pages map[string]pageFound) (out []pageFound) {
	for _, title := range titles {
		out = append(out, pages[title])
	}
	return out
}

func isScript(title string) bool { return strings.HasSuffix(title, ".js") }
