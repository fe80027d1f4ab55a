// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the formats that the schemas name: what makes a page title, a
// user name or an address one that a wiki takes. Titles follow MediaWiki's
// MediaWikiTitleCodec as far as that goes without asking a wiki.

package config

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// formats are the checks behind "format" in the schemas. Their errors are what
// people read.
var formats = map[string]func(string) error{
	"page-title":    pageTitle,
	"wikitext-page": wikitextPage,
	"user-name":     userName,
	"region-id":     regionID,
	"one-line":      oneLine,
	"database-name": databaseName,
	"api-url":       apiURL,
	"web-address":   webAddress,
	"list-file":     listFile,
	"template-name": templateName,
	"item-key":      itemKey,
	"language-code": languageCode,
}

var (
	regionIDs     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	languageCodes = regexp.MustCompile(`^[a-z]{2,12}(-[a-z0-9]{1,12})*$`)
	databaseNames = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	// percentCodes and entities are taken for their meaning in links, so no
	// title can have them.
	percentCodes = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	entities     = regexp.MustCompile(`&[A-Za-z0-9\x{80}-\x{10ffff}]+;`)
	addresses    = regexp.MustCompile(`(?i)^(https?:)?//`)
	withoutPage  = regexp.MustCompile(`(?i)^(special|media):`)
	codePages    = regexp.MustCompile(`(?i)^(user( talk)?:.*\.(json|js|css)$|mediawiki:|module:)`)
)

// languageCode checks a code as MediaWiki uses them:
// https://www.mediawiki.org/wiki/Manual:Language.
func languageCode(s string) error {
	if len(s) > 40 || !languageCodes.MatchString(s) {
		return fmt.Errorf("%s is no language code; write one as in the addresses of wikis, in lower-case letters", quote(s))
	}
	return nil
}

// pageTitle checks the full title of a page on this wiki.
func pageTitle(s string) error {
	name := strings.Trim(s, " _")
	if _, rest, ok := strings.Cut(name, ":"); ok {
		name = rest
	}
	switch {
	case strings.Trim(s, " _") == "":
		return errors.New("the page title is empty")
	case addresses.MatchString(s):
		return errors.New("this is an address; write the title as it stands on top of the page")
	case strings.ContainsAny(s, "[]{}|<>#"):
		i := strings.IndexAny(s, "[]{}|<>#")
		return fmt.Errorf("%s cannot be in a page title; write the title without brackets or section, as it stands on top of the page", quote(s[i:i+1]))
	case strings.HasPrefix(s, ":"):
		return errors.New("a page title does not begin with a colon; leave it out")
	case strings.Trim(name, " _") == "":
		return errors.New("there is a namespace, but no page name behind the colon")
	case withoutPage.MatchString(s):
		return errors.New("a special page cannot be read or edited like others; name another")
	case percentCodes.MatchString(s):
		return fmt.Errorf("%s is a code from an address; write the title as it stands on top of the page", quote(percentCodes.FindString(s)))
	case entities.MatchString(s):
		return fmt.Errorf("%s is an HTML code; write the character itself", quote(entities.FindString(s)))
	case strings.Contains(s, "~~~"):
		return errors.New(`"~~~" cannot be in a page title`)
	case relative("/" + name + "/"):
		return errors.New(`"." and ".." cannot stand alone between slashes in a page title`)
	case len(name) > 255:
		return fmt.Errorf("the page title is too long: it has %d bytes in UTF-8, and at most 255 are allowed", len(name))
	}
	return visible(s)
}

// relative reports whether a path has a part that leads elsewhere.
func relative(path string) bool {
	return strings.Contains(path, "/./") || strings.Contains(path, "/../")
}

// wikitextPage checks the title of a page that the bot and people both edit.
func wikitextPage(s string) error {
	if codePages.MatchString(normalTitle(s)) {
		return errors.New("a page of this name holds code, data or words of the interface that only few can edit; the bot needs a page with wikitext that everybody can edit")
	}
	return pageTitle(s)
}

// userName checks the name of an account, or an address.
func userName(s string) error {
	_, notAddress := netip.ParseAddr(s)
	switch {
	case strings.Trim(s, " _") == "":
		return errors.New("the user name is empty")
	case strings.Contains(s, ":") && notAddress != nil:
		return errors.New("write the user name without the namespace, such as \"Example\" for User:Example")
	case strings.ContainsAny(s, "[]{}|<>#/@="):
		i := strings.IndexAny(s, "[]{}|<>#/@=")
		return fmt.Errorf("%s cannot be in a user name", quote(s[i:i+1]))
	case len(s) > 255:
		return fmt.Errorf("the user name is too long: it has %d bytes in UTF-8, and at most 255 are allowed", len(s))
	}
	return visible(s)
}

func regionID(s string) error {
	switch {
	case s == "":
		return errors.New("the id is empty; choose a short name")
	case !regionIDs.MatchString(s):
		return fmt.Errorf("%s cannot be an id; use lower-case letters a to z, digits and single hyphens between them, such as \"all-gadgets\"", quote(s))
	case len(s) > 64:
		return fmt.Errorf("the id is too long: it has %d characters, and at most 64 are allowed", len(s))
	}
	return nil
}

func oneLine(s string) error {
	if strings.ContainsAny(s, "\r\n") {
		return errors.New("this text must be on one line")
	}
	if n := utf8.RuneCountInString(s); n > 250 {
		return fmt.Errorf("this text is too long: it has %d characters, and at most 250 are allowed", n)
	}
	return visible(s)
}

func databaseName(s string) error {
	if !databaseNames.MatchString(s) {
		return fmt.Errorf("%s is not a database name; it has only letters, digits, _ and -, such as \"metawiki\"", quote(s))
	}
	return nil
}

// visible refuses control characters and those that turn the direction of
// writing, which come along when a title is copied. Joiners stay: some scripts
// need them.
func visible(s string) error {
	for _, r := range s {
		if r == utf8.RuneError {
			return errors.New("there is a broken character in this text (U+FFFD, or half of a pair such as \\ud83d without the other half); delete the text and type it anew")
		}
		if unicode.IsControl(r) || r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' ||
			r >= '\u2066' && r <= '\u2069' || r == '\ufeff' {
			return fmt.Errorf("there is a character in this text that cannot be seen (%U); delete the text and type it anew", r)
		}
	}
	return nil
}

// normalTitle gives the one spelling of a title or name under which two are
// compared: spaces for underscores, runs folded, first letters upper, also that
// behind the namespace.
func normalTitle(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '_' }), " ")
	if namespace, name, ok := strings.Cut(s, ":"); ok {
		return upperFirst(strings.TrimSpace(namespace)) + ":" + upperFirst(strings.TrimSpace(name))
	}
	return upperFirst(s)
}

func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
