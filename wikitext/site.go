// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the package must know of a wiki.

package wikitext

import (
	_ "embed"
	"strings"
	"sync"
)

// Site is what a wiki's settings make of its wikitext: the names of its
// namespaces, the prefixes of other wikis, its extension tags and magic words.
// It never changes and is safe for concurrent use.
type Site struct {
	// tags are the names of the extension tags, lower case, without brackets.
	tags []string
	// protocols are what URLs begin with, lower case: "https://", "mailto:",
	// "//".
	protocols []string
	// switches are the behaviour switches whose case matters, as written
	// ("__NOTOC__"); switchesFold has the others, in lower case.
	switches, switchesFold map[string]bool
	// functions are the names of parser functions without the colon, with "#"
	// where it belongs; those whose case does not matter are in lower case.
	functions map[string]bool
	// variables are the words that stand alone in braces (PAGENAME, !); those
	// whose case does not matter are in lower case.
	variables map[string]bool
	// fileWords are the parameters of files without their values; those that
	// make the caption visible are true.
	fileWords map[string]bool
	// lang is the code of the content's language, timezone the name of the
	// zone that signatures are written in.
	lang, timezone string

	// tagIndex has the index in tags of every name, live tells of every index
	// whether the contents are wikitext; schemes has what must stand behind the
	// colon of a protocol, "//" or nothing.
	tagIndex map[string]uint16
	live     []bool
	schemes  map[string]string

	// mainPage is the title that a bare prefix of the wiki's own leads to.
	mainPage string
	// spaces has every namespace by number, prefixes every name of every
	// namespace but the main one, as foldCase writes it, with spaces.
	spaces   map[int]space
	prefixes map[string]int
	// interwikis has every prefix that leads elsewhere, in lower case, with
	// spaces.
	interwikis map[string]interwiki
	// capital says that titles of the main namespace begin with one.
	capital bool
	// illegal tells of every byte whether titles cannot have it, plain whether
	// a title of the main namespace can have it without a second look.
	illegal, plain [256]bool
	// letters are the rules of the wiki's language.
	letters letters
	// dateReader reads timestamps.
	dateReader *siteDates
}

// space is a namespace.
type space struct {
	name    string // as the wiki writes it, with spaces
	capital bool   // titles begin with a capital
}

// interwiki is a prefix that leads to a wiki.
type interwiki struct {
	prefix   string // as the wiki writes it
	own      bool   // it leads here
	language bool   // the wiki is the same in another language
}

//go:embed siteinfo.json
var defaultSiteinfo []byte

var defaultSite = sync.OnceValue(func() *Site {
	s, err := NewSite(defaultSiteinfo)
	if err != nil {
		panic("wikitext: the embedded siteinfo.json: " + err.Error())
	}
	return s
})

// DefaultSite is an English wiki with the tags, magic words and interwiki
// prefixes that Wikimedia's wikis have in common.
func DefaultSite() *Site { return defaultSite() }

// WithTags returns the same wiki with other extension tags: these and no others,
// in any case, without brackets. What stands in a tag of another name is read
// like the rest of the text.
func (s *Site) WithTags(names ...string) *Site {
	site := *s
	site.tags = make([]string, len(names))
	for i, name := range names {
		site.tags[i] = strings.ToLower(name)
	}
	site.index()
	return &site
}
