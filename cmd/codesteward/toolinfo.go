// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the export for Toolhub: toolinfo 1.2.2 records, as its
// crawler reads them (jsonschema/toolinfo in Toolhub's source).

package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// record is one toolinfo record. E-mail addresses are never part of it.
type record struct {
	Schema      string   `json:"_schema"`
	Language    string   `json:"_language"`
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	URL         string   `json:"url"`
	Author      []author `json:"author,omitempty"`
	ForWikis    []string `json:"for_wikis,omitempty"`
	ToolType    string   `json:"tool_type"`
}

type author struct {
	Name         string `json:"name"`
	WikiUsername string `json:"wiki_username,omitempty"`
}

// toolTypes are the kinds of item that have no record of their own elsewhere,
// as toolinfo calls them.
var toolTypes = map[detect.Kind]string{detect.Gadget: "gadget", detect.UserScript: "user script"}

// wikimedia matches the hosts that for_wikis may name.
var wikimedia = regexp.MustCompile(`\.(wikimedia|wikipedia|wiktionary|wikibooks|wikiquote|wikisource|wikinews|wikiversity|wikivoyage|wikidata|mediawiki|wikifunctions)\.org$`)

// toolinfo makes the records of the gadgets and user scripts that are in use.
func toolinfo(all registry.Export) []record {
	records := []record{}
	for _, w := range all.Wikis {
		for _, item := range w.Items {
			kind := item.Key.Kind()
			typ, ok := toolTypes[kind]
			if !ok || item.Key.Wiki() != w.Wiki || !item.Gone.IsZero() || item.Page == "" || w.ArticleURL == "" {
				continue
			}
			r := record{
				Schema:      "/toolinfo/1.2.2",
				Language:    "en",
				Name:        short(fmt.Sprintf("%s-%s-%s", w.Wiki, kind, item.Key.Name()), 255),
				Title:       short(item.Name, 255),
				Description: fmt.Sprintf("A %s of %s.", typ, w.Wiki),
				URL:         pageURL(w.ArticleURL, item.Page),
				ToolType:    typ,
				Author:      authors(item.Claims),
			}
			if u, err := url.Parse(w.ArticleURL); err == nil && wikimedia.MatchString("."+u.Hostname()) {
				r.ForWikis = []string{u.Hostname()}
			}
			records = append(records, r)
		}
	}
	return records
}

// authors are the stewards and maintainers whose claims stand.
func authors(claims []registry.Claim) []author {
	var list []author
	seen := map[string]bool{}
	for _, c := range claims {
		stands := c.Standing == registry.Confirmed || c.Standing == registry.Stated
		if !stands || c.HolderKind == registry.Nobody || c.Role != registry.Steward && c.Role != registry.Maintainer || seen[c.Holder] {
			continue
		}
		seen[c.Holder] = true
		a := author{Name: c.Holder}
		if c.HolderKind == registry.User {
			a.WikiUsername = c.Holder
		}
		list = append(list, a)
	}
	return list
}

func pageURL(article, title string) string {
	return strings.Replace(article, "$1", (&url.URL{Path: strings.ReplaceAll(title, " ", "_")}).EscapedPath(), 1)
}

// short cuts a text to a number of characters.
func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
