// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the filter of ordinary words is made.

package detect

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var (
	makeLists    = flag.String("lists", "", "make words.filter: the folder with the word lists, such as /usr/share/dict")
	makeMessages = flag.String("messages", "", "the folder with MediaWiki's messages, languages/i18n")
)

// The word lists are those of these Debian packages (12, bookworm): wamerican-small,
// wamerican-large and wbritish-large (public domain and the like), wngerman,
// wfrench and wswedish (GPL 2 or later), wspanish (public domain), wportuguese
// (GPL 2 or later), witalian (GPL 3 or later), wdutch (BSD). For Russian and other
// languages there is what MediaWiki says itself (GPL 2 or later).
var (
	basicList = "american-english-small"
	wordLists = []string{
		basicList, "american-english-large", "british-english-large", "ngerman", "french", "spanish",
		"portuguese", "italian", "dutch", "swedish",
	}
	messageFiles = strings.Fields("en de fr es pt pt-br it nl ru uk pl sv da nb cs ca fi hu ro tr id")
)

const (
	longestListed = 12 // runes; longer words are no names, but for those of English
	bitsPerWord   = 9
)

// TestMakeWords makes the filter anew when it is told where the lists are; else
// it does nothing.
func TestMakeWords(t *testing.T) {
	if *makeLists == "" || *makeMessages == "" {
		t.Skip("needs -lists and -messages")
	}
	words := map[string]bool{}
	add := func(word string) {
		if n := utf8.RuneCountInString(word); n >= 3 {
			words[word] = true
		}
	}
	for _, name := range wordLists {
		data, err := os.ReadFile(filepath.Join(*makeLists, name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if !utf8.Valid(data) { // the Swedish list is in Latin-1
			runes := make([]rune, len(data))
			for i, c := range data {
				runes[i] = rune(c)
			}
			text = string(runes)
		}
		for line := range strings.SplitSeq(text, "\n") {
			line, _, _ = strings.Cut(line, "'")
			word := strings.ToLower(line)
			if mixedCase(line) {
				add(brandMark + word)
				add(brandMark + brandMark + word)
			}
			if strings.IndexFunc(word, func(c rune) bool { return !unicode.IsLetter(c) }) >= 0 ||
				!strings.HasSuffix(name, "large") && utf8.RuneCountInString(word) > longestListed {
				continue
			}
			add(word)
			if name == basicList {
				add(basicMark + word)
			}
		}
	}
	for _, code := range messageFiles {
		data, err := os.ReadFile(filepath.Join(*makeMessages, code+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]any
		if err := json.Unmarshal(data, &messages); err != nil {
			t.Fatal(err)
		}
		for _, message := range messages {
			text, _ := message.(string)
			for _, name := range strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) }) {
				if mixedCase(name) {
					add(brandMark + strings.ToLower(name))
					add(brandMark + brandMark + strings.ToLower(name))
				}
			}
			fields := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
			for i, word := range fields {
				add(word)
				if code != "en" {
					continue
				}
				if i > 0 {
					add(fields[i-1] + " " + word)
				}
				if i > 1 {
					add(fields[i-2] + " " + fields[i-1] + " " + word)
				}
			}
		}
	}
	filter := make([]byte, len(words)*bitsPerWord/8)
	for word := range words {
		filterBits(word, len(filter), func(bit uint64) bool { filter[bit/8] |= 1 << (bit % 8); return true })
	}
	if err := os.WriteFile("words.filter", filter, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d words and phrases in %d bytes", len(words), len(filter))
}
