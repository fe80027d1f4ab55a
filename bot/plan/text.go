// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the small pieces that all pages are written with: links,
// quotes, and look-ups in the view.

package plan

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// quoteLength is the longest quote on a page, in characters.
const quoteLength = 140

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func entriesByKey(v registry.View) map[registry.Key]registry.Entry {
	entries := make(map[registry.Key]registry.Entry, len(v.Entries))
	for _, e := range v.Entries {
		entries[e.Item.Key] = e
	}
	return entries
}

// sent reports whether a notice is known to be on the wiki. An intent alone is
// not: its edit may not have happened, and applying it again finds out.
func sent(v registry.View, key string) bool {
	n, ok := v.Notices[key]
	return ok && !n.Sent.IsZero()
}

// signature finds a usual signature and all after it: dashes and a link to a
// user, or such a link with one to the talk page.
var signature = regexp.MustCompile(`\s*(?:[-–—]+\s*\[\[[Uu]ser:|\[\[[Uu]ser:[^\[\]]*\]\]\s*\(\[\[[Uu]ser[ _]talk:).*$`)

// mail finds e-mail addresses, which are never shown again.
var mail = regexp.MustCompile(`[^\s<>()\[\]{}|,;:"']+@[^\s<>()\[\]{}|,;:"'@]+\.[^\s<>()\[\]{}|,;:"'@.]+`)

// quote is a Quote, escaped.
func quote(s string) string { return wikitext.Escape(Quote(s)) }

// Quote shows what a person wrote, as plain text: without its markup, the
// signature and e-mail addresses, and shortened.
func Quote(s string) string {
	s = wikitext.Plain(signature.ReplaceAllString(strings.Join(strings.Fields(s), " "), ""))
	s = mail.ReplaceAllString(strings.TrimSpace(strings.TrimLeft(s, "*#:; ")), "…")
	if utf8.RuneCountInString(s) > quoteLength {
		s = string([]rune(s)[:quoteLength-1]) + "…"
	}
	return s
}

// userLink links to a user, or names them where the name cannot be a title.
func userLink(name string) string {
	if !titleSafe(name) {
		return wikitext.Escape(name)
	}
	return "[[User:" + name + "|" + wikitext.Escape(name) + "]]"
}

// titleSafe reports whether a name from elsewhere can stand in a link target. What
// is no title would make no link of it, and could mean something by itself.
func titleSafe(s string) bool {
	if s == "" || strings.ContainsAny(s, "[]{}|<>#\n\x7f"+turning) || strings.Contains(s, "~~~") || strings.Contains(s, "__") { // __NOTOC__
		return false
	}
	_, err := wikitext.DefaultSite().ParseTitle(s)
	return err == nil
}

// turning are the characters that turn the direction of writing: no title has
// them, and in the source they would hide what stands there.
const turning = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

// fragment writes a heading as the part of a link after "#". What would mean
// something there is left out or stands as a character reference.
func fragment(heading string) string {
	heading = strings.Map(func(r rune) rune {
		if strings.ContainsRune("[]{}|<>#\n", r) {
			return -1
		}
		return r
	}, heading)
	return strings.NewReplacer("~", "&#126;", "_", "&#95;", "'", "&#39;", "&", "&amp;").Replace(heading)
}

// GoneError says that a region does not stand any more where the bot once
// wrote it.
type GoneError struct{ Reason string }

// Error returns the reason, a sentence for editors.
func (e *GoneError) Error() string { return e.Reason }

// place is where a region stands.
type place struct {
	id string
	// state is what is known of it: whether the bot has written it before.
	state registry.PageState
	// appends allows it to be added to a page that people have made.
	appends bool
	// mayBeEmptied says that people may empty it: nothing of theirs is in it
	// that the next edit would bury.
	mayBeEmptied bool
}

// markerAdvice says how damaged markers are mended.
func markerAdvice(id string) string {
	return fmt.Sprintf("undo the edit that changed the markers, or see to it that \"<!-- codesteward begin %s -->\" and \"<!-- codesteward end %[1]s -->\" stand there once each, "+
		"in this order, each on a line of its own and outside of comments, tags, templates and other regions", id)
}

// edit replaces the body of a region by what rewrite makes of it. A region that
// never stood there is added to an empty page, or where that is allowed; then
// rewrite gets "". What people emptied or took away is not made anew: the text
// that was lost with it could not be brought back by undoing their edit. The
// error is a *wikitext.RegionError or a *GoneError.
func edit(text string, at place, rewrite func(body string) (string, error)) (string, error) {
	region, err := wikitext.Parse(text).Region(at.id)
	missing := errors.Is(err, wikitext.ErrNoRegion)
	switch {
	case missing && at.state != "":
		return "", &GoneError{fmt.Sprintf("the markers of region %s do not stand there any more; put them back, or take them out of the rules", at.id)}
	case missing && !at.appends && strings.TrimSpace(text) != "":
		return "", &wikitext.RegionError{ID: at.id, Reason: fmt.Sprintf("the markers of region %s are missing; put them where it should stand, or allow \"append\" in the rules", at.id)}
	case err != nil && !missing:
		return "", &wikitext.RegionError{ID: at.id, Reason: fmt.Sprintf("%s; %s", err, markerAdvice(at.id))}
	case !missing && at.state == registry.PageHeld && !at.mayBeEmptied && strings.TrimSpace(region.Body) == "":
		return "", &wikitext.RegionError{ID: at.id, Reason: fmt.Sprintf("region %s was emptied; undo that, so that what people wrote there comes back", at.id)}
	}
	body, err := rewrite(region.Body)
	if err != nil {
		return "", err
	}
	switch {
	case missing:
		return wikitext.AppendRegion(text, at.id, body)
	case strings.TrimRight(body, "\n") == region.Body:
		return text, nil
	}
	return wikitext.SetRegion(text, at.id, body)
}
