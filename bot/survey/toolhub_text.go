// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what of the text of catalogues is fit to be kept: no e-mail
// addresses, no characters that cannot be seen, no more than somebody reads.

package survey

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parts of the patterns for e-mail addresses. People write them in many ways so
// that programs do not find them.
const (
	mailLocal = `(?:"[^"@\n]{1,64}"|[\p{L}\p{M}\p{N}!$%&'*+.^_~\x{200c}\x{200d}-]+)`
	mailLabel = `[\p{L}\p{M}\p{N}_\x{200c}\x{200d}-]+`
	mailTop   = `(?:xn--[0-9a-z-]+|[\p{L}\p{M}]{2,})`
	mailAt    = `\s*(?:@|＠|﹫|%40|&#0*64;|&#x0*40;|&commat;|[(\[{<]\s*(?:at|@)\s*[)\]}>])\s*`
	mailDot   = `\s*(?:[.．。]|%2e|&#0*46;|&period;|[(\[{<]\s*(?:dot|\.)\s*[)\]}>])\s*`
)

var (
	mailAddress = regexp.MustCompile(`(?i)(?:mailto:\s*)?` + mailLocal + mailAt +
		`(?:` + mailLabel + mailDot + `)+` + mailTop)
	// spelledAddress is one whose signs are words: "ana at example dot org".
	spelledAddress = regexp.MustCompile(`(?i)` + mailLocal + `\s+at\s+(?:` + mailLabel + `\s+dot\s+)+` + mailTop + `\b`)
	// emptied is what is left around an address that was taken out.
	emptied = regexp.MustCompile(`(?i)mailto:|\(\s*\)|\[\s*\]|<\s*>|\{\s*\}`)
)

// hasMail reports whether text holds an e-mail address.
func hasMail(s string) bool {
	return strings.ContainsAny(s, "@＠﹫%&([{<") && mailAddress.MatchString(s) ||
		strings.Contains(strings.ToLower(s), "dot") && spelledAddress.MatchString(s)
}

// withoutMail takes e-mail addresses out of text.
func withoutMail(s string) string {
	if !hasMail(s) {
		return s
	}
	s = mailAddress.ReplaceAllString(s, " ")
	s = spelledAddress.ReplaceAllString(s, " ")
	return emptied.ReplaceAllString(s, " ")
}

// visibleText makes text of one line: control characters and runs of white space
// become single spaces, and what turns the direction of text around or cannot
// be seen goes. Letters of any script stay, as do the joiners that some need.
func visibleText(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c), unicode.IsControl(c):
			return ' '
		case isInvisible(c):
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// isInvisible reports whether a character shows nothing itself: marks of
// direction, soft hyphens, joiners of words, tags.
func isInvisible(c rune) bool {
	switch {
	case c == '\u00ad', c == '\u061c', c == '\u180e', c == '\u200b', c == '\u200e', c == '\u200f', c == '\ufeff',
		'\u202a' <= c && c <= '\u202e', '\u2060' <= c && c <= '\u206f', '\ufff9' <= c && c <= '\ufffb',
		0xE0000 <= c && c <= 0xE007F:
		return true
	}
	return false
}

// maxLooked is how much of a text is looked at, in bytes; the toolinfo schema
// ends descriptions at 65535 characters.
const maxLooked = 256 << 10

// keptText is text of a catalogue as it is kept, at most so many bytes of it.
func keptText(s string, most int) string {
	if len(s) > maxLooked {
		s = s[:maxLooked]
		s = s[:strings.LastIndexAny(s, " \t\n")+1] // half an address is not seen as one
	}
	return cutText(strings.TrimSpace(visibleText(withoutMail(visibleText(s)))), most)
}

// cutText shortens text to at most so many bytes, between characters.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most -= len("…"); most > 0 && !utf8.RuneStart(s[most]); most-- {
	}
	return strings.TrimSpace(s[:max(0, most)]) + "…"
}

// maxAddress is how long a web address may be, as in the toolinfo schema.
const maxAddress = 2047

// keptAddress is a web address as it is kept: "" for anything else, and for one
// with an e-mail address or a password in it.
func keptAddress(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxAddress || !isWebAddress(s) || s != visibleText(s) || strings.ContainsAny(s, " <>\"") {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil {
		return ""
	}
	plain, err := url.PathUnescape(s)
	if err != nil || hasMail(s) || hasMail(plain) {
		return ""
	}
	return s
}

// keptWords are the words of a list as they are kept, without those that are
// empty and the same one twice.
func keptWords(list []string, most int) []string {
	var out []string
	seen := make(map[string]bool)
	for _, word := range list {
		word = strings.Trim(keptText(word, maxWord), " ,;:")
		if word == "" || seen[word] {
			continue
		}
		if len(out) == most {
			break
		}
		seen[word] = true
		out = append(out, word)
	}
	return out
}
