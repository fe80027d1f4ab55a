// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds records for Toolhub: toolinfo 1.2.2, as its crawler reads them
// (jsonschema/toolinfo in Toolhub's source).

package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"sync"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// Record is one toolinfo record. E-mail addresses are never part of it.
type Record struct {
	Schema      string   `json:"_schema"`
	Language    string   `json:"_language"`
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	URL         string   `json:"url"`
	Author      []Author `json:"author,omitempty"`
	Repository  string   `json:"repository,omitempty"`
	BotUsername string   `json:"bot_username,omitempty"`
	ForWikis    []string `json:"for_wikis,omitempty"`
	License     string   `json:"license,omitempty"`
	ToolType    string   `json:"tool_type"`
	APIURL      string   `json:"api_url,omitempty"`
}

// Author is who stands behind a tool.
type Author struct {
	Name         string `json:"name"`
	WikiUsername string `json:"wiki_username,omitempty"`
}

// toolTypes are the kinds of item that have no record of their own elsewhere,
// as toolinfo calls them.
var toolTypes = map[string]string{"gadget": "gadget", "userscript": "user script"}

// wikimedia matches the hosts that for_wikis may name.
var wikimedia = regexp.MustCompile(`\.(wikimedia|wikipedia|wiktionary|wikibooks|wikiquote|wikisource|wikinews|wikiversity|wikivoyage|wikidata|mediawiki|wikifunctions)\.org$`)

// toolinfoVersion is the schema that records follow.
const toolinfoVersion = "/toolinfo/1.2.2"

// The limits of the schema, in characters.
const (
	maxRecordName = 255
	maxRecordURL  = 2047
)

// ToolRecord makes the record of a gadget or a user script that is in use on the
// wiki that it belongs to; ok is false for all else. Article is the address of a
// page there, with $1 for the title; mask takes e-mail addresses out of a text.
func ToolRecord(i registry.Item, claims []registry.Claim, wiki, article string, mask func(string) string) (r Record, ok bool) {
	shown, ok := newItem(registry.Entry{Item: i, Claims: claims}, registry.Opinion{}, wiki, places{wiki: {Wiki: wiki, Article: article}}, cleaner{mask})
	if !ok {
		return Record{}, false
	}
	return shown.record()
}

// record writes the record of an item.
func (i item) record() (r Record, ok bool) {
	key, typ := registry.Key(i.Key), toolTypes[i.Kind]
	if typ == "" || key.Wiki() != i.Wiki || !i.Gone.IsZero() || i.Page == "" || i.URL == "" || len(i.URL) > maxRecordURL {
		return Record{}, false
	}
	r = Record{
		Schema: toolinfoVersion, Language: "en",
		Name:        cut(fmt.Sprintf("%s-%s-%s", i.Wiki, i.Kind, key.Name()), maxRecordName),
		Title:       cut(i.Name, maxRecordName),
		Description: fmt.Sprintf("A %s of %s.", typ, i.Wiki),
		URL:         string(i.URL), ToolType: typ, Author: i.authors(),
	}
	if host := wikimediaHost(r.URL); host != "" {
		r.ForWikis = []string{host}
	}
	return r, true
}

// authors are the stewards and maintainers whose claims stand.
func (i item) authors() []Author {
	var list []Author
	for _, c := range i.Claims {
		stands := c.Standing == string(registry.Confirmed) || c.Standing == string(registry.Stated)
		answers := c.Role == string(registry.Steward) || c.Role == string(registry.Maintainer)
		a := Author{Name: cut(c.Holder, maxRecordName)}
		if !stands || !answers || a.Name == "" {
			continue
		}
		if c.HolderKind == string(registry.User) {
			a.WikiUsername = a.Name
		}
		if !slices.ContainsFunc(list, func(b Author) bool { return b.Name == a.Name }) {
			list = append(list, a)
		}
	}
	return list
}

// wikimediaHost returns the host of an address if for_wikis may name it.
func wikimediaHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || !wikimedia.MatchString("."+u.Hostname()) {
		return ""
	}
	return u.Hostname()
}

// About is what the bot says of itself.
type About struct {
	// Home is the site's own address without a slash at the end, such as
	// "https://codesteward.toolforge.org"; "" if it has none that others know.
	Home string
	// Repository is where its code is.
	Repository string
	// Version is the program's.
	Version string
}

// botRecord is the record of the bot itself.
func botRecord(a About, s State) Record {
	r := Record{
		Schema: toolinfoVersion, Language: "en", Name: "codesteward", Title: "codesteward",
		Description: "A bot that answers, where people ask it, who looks after the extensions, skins, gadgets, user scripts and tools " +
			"that a wiki depends on. It keeps stewardship tables, a noticeboard and notices on the wikis that asked for it.",
		URL: a.Repository, Repository: a.Repository, License: "GPL-3.0-or-later", ToolType: "bot",
		Author: []Author{{Name: "codesteward contributors"}},
	}
	if a.Home != "" {
		r.URL, r.APIURL = a.Home+"/", a.Home+"/openapi.json"
	}
	for _, w := range s.Wikis {
		if r.BotUsername == "" {
			r.BotUsername = w.Account
		}
		if host := wikimediaHost(w.Article); host != "" {
			r.ForWikis = append(r.ForWikis, host)
		}
	}
	return r
}

// toolinfoOf returns what makes, once, the records of the bot and of the gadgets
// of an index that have none: JSON, compressed, since it is long and rarely
// asked for.
func toolinfoOf(x *index, own Record, recorded map[registry.Key]bool) func() ([]byte, error) {
	return sync.OnceValues(func() ([]byte, error) {
		var b bytes.Buffer
		out := gzip.NewWriter(&b)
		write := func(before string, r Record) error {
			line, err := json.Marshal(r)
			if err == nil {
				_, err = fmt.Fprintf(out, "%s%s", before, line)
			}
			return err
		}
		if err := write("[", own); err != nil {
			return nil, err // unreachable
		}
		for _, g := range x.groups {
			key := registry.Key(g.key)
			if string(key.Kind()) != "gadget" || recorded[key] {
				continue
			}
			for _, r := range x.members(g) {
				i, err := x.blocks.get(r.at)
				if err != nil {
					return nil, err
				}
				if rec, ok := i.record(); !ok || !i.Deployed {
					continue
				} else if err := write(",\n", rec); err != nil {
					return nil, err // unreachable
				}
			}
		}
		_, err := io.WriteString(out, "]\n")
		err = errors.Join(err, out.Close())
		return b.Bytes(), err
	})
}
