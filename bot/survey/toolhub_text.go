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
	mailLabel = `[\p{L}\p{M}\p{N}_\x{200c}\x{200d}-]+`
	mailTop   = `(?:xn--[0-9a-z-]+|[\p{L}\p{M}]{2,})`
	mailAt    = `(?:@|＠|﹫|%40|&#0*64;|&#x0*40;|&commat;|[(\[{<]\s*(?:at|@)\s*[)\]}>])\s*`
	mailDot   = `\s*(?:[.．。]|%2e|&#0*46;|&#x0*2e;|&period;|[(\[{<]\s*(?:dot|\.)\s*[)\]}>]|\s+dot\s)\s*`
)

var (
	// mailRest is what of an address begins with its sign, spelledRest one whose
	// signs are words: "ana at example dot org".
	mailRest    = regexp.MustCompile(`(?i)^` + mailAt + `(?:` + mailLabel + mailDot + `)+` + mailTop)
	spelledRest = regexp.MustCompile(`(?i)^at\s+(?:` + mailLabel + `\s+dot\s+)+` + mailTop + `\b`)
	// emptied is what is left around an address that was taken out.
	emptied = regexp.MustCompile(`(?i)mailto:|\(\s*\)|\[\s*\]|<\s*>|\{\s*\}`)
)

// longestMail is more than an address has bytes.
const longestMail = 512

// findMail returns where the next e-mail address stands at or behind from, which
// is where the last one ended; ok is false if there is none. The patterns are
// tried at signs alone, so that long texts take no long time.
func findMail(s string, from int) (start, end int, ok bool) {
	for i := from; i < len(s); i++ {
		rest := mailRest
		switch s[i] {
		case '@', '%', '&', '(', '[', '{', '<', "＠"[0]:
		case 'a', 'A':
			if i == from || s[i-1] > ' ' || i+2 >= len(s) || s[i+1]|0x20 != 't' || s[i+2] > ' ' {
				continue
			}
			rest = spelledRest
		default:
			continue
		}
		found := rest.FindStringIndex(s[i:min(len(s), i+longestMail)])
		if found == nil {
			continue
		}
		if local := mailLocal(s[from:i]); local > 0 {
			return i - local, i + found[1], true
		}
	}
	return 0, 0, false
}

// mailLocal returns how many bytes at the end of a text may be what stands
// before the sign of an address, with the spaces behind it.
func mailLocal(s string) int {
	name := strings.TrimRightFunc(s, func(c rune) bool { return unicode.IsSpace(c) || isJoiner(c) })
	if quoted, ok := strings.CutSuffix(name, `"`); ok {
		if i := strings.LastIndexByte(quoted, '"'); i >= 0 && i < len(quoted)-1 {
			return len(s) - i
		}
		return 0
	}
	before := strings.TrimRightFunc(name, func(c rune) bool {
		return unicode.In(c, unicode.L, unicode.M, unicode.N) || strings.ContainsRune("!$%&'*+.^_~-", c) || isJoiner(c)
	})
	if len(before) == len(name) {
		return 0
	}
	return len(s) - len(before)
}

// isJoiner reports whether a character joins letters, or keeps them apart,
// without being seen itself.
func isJoiner(c rune) bool { return c == '\u200c' || c == '\u200d' }

// hasMail reports whether text holds an e-mail address.
func hasMail(s string) bool {
	_, _, ok := findMail(s, 0)
	return ok
}

// WithoutMail is text without e-mail addresses, however they are written.
func WithoutMail(s string) string {
	// What is left around an address can be another one.
	for tries := 0; hasMail(s); tries++ {
		if s = withoutMail(s); tries == 10 {
			return ""
		}
	}
	return s
}

// withoutMail takes e-mail addresses out of text, once.
func withoutMail(s string) string {
	var b strings.Builder
	from := 0
	for {
		start, end, ok := findMail(s, from)
		if !ok {
			break
		}
		b.WriteString(s[from:start])
		b.WriteByte(' ')
		from = end
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return emptied.ReplaceAllString(b.String(), " ")
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

// keptText is text of a catalogue as it is kept, at most so many bytes of it.
func keptText(s string, most int) string {
	// Of a long text more is looked at than may be kept, since some may go.
	if looked := 4*most + longestMail; len(s) > looked {
		// Half an address is not seen as one. Not every script has spaces.
		s = s[:looked]
		if i := strings.LastIndexAny(s, " \t\n"); i >= looked-longestMail {
			s = s[:i]
		} else {
			s = strings.TrimRightFunc(s, func(c rune) bool { return c < utf8.RuneSelf || c == utf8.RuneError })
		}
	}
	return cutText(visibleText(WithoutMail(visibleText(s))), most)
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
