// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds links to items and to addresses that others have written.

package plan

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// trusted are the domains that are linked to though anybody may have written
// the address. One address on a spam list would have the whole page refused, so
// all others are shown without a link.
var trusted = []string{
	"mediawiki.org", "toolforge.org", "wikibooks.org", "wikidata.org", "wikifunctions.org", "wikimedia.org", "wikinews.org", "wikipedia.org",
	"wikiquote.org", "wikisource.org", "wikiversity.org", "wikivoyage.org", "wiktionary.org", "wmcloud.org", "wmflabs.org", "github.com",
}

// toolhubRecord is where a record of the catalogue is shown.
const toolhubRecord = "https://toolhub.wikimedia.org/tools/"

// itemLink links to the item's page, or names it.
func itemLink(item registry.Item) string {
	name := wikitext.Escape(item.Name)
	to := itemAddress(item)
	switch {
	case titleSafe(item.Page):
		return fmt.Sprintf("[[:%s|%s]]", strings.TrimPrefix(item.Page, ":"), name)
	case to != "":
		return fmt.Sprintf("[%s %s]", to, name)
	}
	return name
}

// itemAddress is where an item without a page is linked to: its address, or its
// record in the catalogue. What software or a catalogue calls its address is
// anybody's word.
func itemAddress(item registry.Item) string {
	if _, ok := trustedAddress(item.URL); ok {
		return item.URL
	}
	if record, ok := strings.CutPrefix(item.Key.Name(), "toolhub:"); ok {
		return toolhubRecord + url.PathEscape(record)
	}
	return ""
}

// unsafeInAddress are the characters that would end a link, or begin something
// else in it.
const unsafeInAddress = " []<>\"{}|'\n\t\x7f"

// trustedAddress reads an address; ok is false where it is none that is linked.
func trustedAddress(text string) (host string, ok bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Port() != "" ||
		strings.ContainsAny(text, unsafeInAddress) || strings.Contains(text, "~~~") || strings.Contains(text, "__") {
		return "", false
	}
	host = strings.ToLower(u.Hostname())
	return host, slices.ContainsFunc(trusted, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}

// address shows an address, or a name, that a catalogue or an infobox gives: as
// a link where its site is trusted, as text without the scheme elsewhere.
func address(text string) string {
	short := strings.TrimSuffix(text, "/")
	for _, scheme := range []string{"https://", "http://"} {
		if rest, ok := strings.CutPrefix(short, scheme); ok {
			short = rest
			break
		}
	}
	short = wikitext.Escape(shorten(short))
	if _, ok := trustedAddress(text); !ok || short == "" {
		return short
	}
	return fmt.Sprintf("[%s %s]", text, short)
}

// addressLength is the longest address that is shown, in characters.
const addressLength = 60

func shorten(text string) string {
	if runes := []rune(text); len(runes) > addressLength {
		return string(runes[:addressLength-1]) + "…"
	}
	return text
}
