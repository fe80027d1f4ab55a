// SPDX-License-Identifier: GPL-3.0-or-later

// Package messages holds the words that the bot writes on wikis, in several
// languages: files of messages as translatewiki.net uses them (banana JSON:
// https://www.mediawiki.org/wiki/Help:System_message), a folder for each kind of
// page.
//
// The rule it keeps: a message is wikitext, and so is what is put in for its
// parameters; whoever calls escapes what came from elsewhere. {{PLURAL:}} and
// {{GENDER:}} are left to the wiki. Messages for edit summaries are plain text:
// a wiki resolves nothing there.
package messages

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed i18n
var files embed.FS

// english is the language that has every message.
const english = "en"

// Set holds the texts of one language. It is safe for concurrent use; nil speaks
// English.
type Set struct {
	language string
	chain    []map[string]string // the first that has a message counts
}

// In returns the texts in a language, by its code in lower case. Texts of own,
// by name of message, come before all others; where there is no translation,
// that of a language which its readers know is used, and English in the end.
func In(language string, own map[string]string) *Set {
	s := &Set{language: language, chain: []map[string]string{own}}
	if language == "" {
		s.language = english
	}
	for _, code := range Fallbacks(s.language) {
		if texts := read()[code]; texts != nil {
			s.chain = append(s.chain, texts)
		}
	}
	return s
}

// Text returns a message with its parameters put in: $1 stands for the first.
// A parameter that a text has and args has not stays as it is. A message that
// does not exist is shown by its name in brackets, as MediaWiki does.
func (s *Set) Text(name string, args ...any) string {
	text, ok := s.find(name)
	if !ok {
		return "⧼" + name + "⧽"
	}
	return fill(text, args)
}

// Has reports whether there is a message of that name.
func Has(name string) bool { _, ok := read()[english][name]; return ok }

// Language is the code of the language.
func (s *Set) Language() string {
	if s == nil {
		return english
	}
	return s.language
}

// RTL reports whether the language is written from right to left.
func (s *Set) RTL() bool {
	base, script, _ := strings.Cut(s.Language(), "-")
	return script == "arab" || slices.Contains(rightToLeft, base) && !slices.Contains([]string{"latn", "deva", "cyrl"}, script)
}

// rightToLeft are the languages that MediaWiki writes from right to left: those
// whose messages file sets $rtl (languages/messages), without those that only
// their Arabic variety is.
var rightToLeft = []string{
	"aeb", "ar", "arc", "arq", "ary", "arz", "azb", "bcc", "bgn", "bqi", "ckb", "dv", "fa", "glk", "he", "khw", "ks",
	"lki", "lrc", "luz", "mzn", "nqo", "pnb", "ps", "rhg", "sd", "sdh", "skr", "syc", "ug", "ur", "yi",
}

// All calls visit with every language that is known and its text of a message,
// where it has one; for what a page may hold that was written in another language.
func All(name string, visit func(language, text string)) {
	for _, code := range Languages() {
		if text, ok := read()[code][name]; ok {
			visit(code, text)
		}
	}
}

// Languages are the codes of those that have texts, sorted.
func Languages() []string {
	var codes []string
	for code := range read() {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// find looks a message up along the chain.
func (s *Set) find(name string) (string, bool) {
	if s != nil {
		for _, texts := range s.chain {
			if text, ok := texts[name]; ok {
				return text, true
			}
		}
	}
	text, ok := read()[english][name]
	return text, ok
}

// fill puts parameters in, all at once, so that what one holds is not taken for
// another.
func fill(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "$") {
		return text
	}
	var b strings.Builder
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 {
			break
		}
		end := at + 1
		for end < len(text) && '0' <= text[end] && text[end] <= '9' {
			end++
		}
		b.WriteString(text[:at])
		if n, err := strconv.Atoi(text[at+1 : end]); err == nil && 1 <= n && n <= len(args) {
			fmt.Fprint(&b, args[n-1])
		} else {
			b.WriteString(text[at:end])
		}
		text = text[end:]
	}
	b.WriteString(text)
	return b.String()
}

// notes is the file that explains the messages to translators.
const notes = "qqq"

// read reads the embedded files, once: texts by language and name. It panics if
// one is broken, which the tests would show.
var read = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	err := walk(func(group, language string, texts map[string]string) {
		if language == notes {
			return
		}
		if all[language] == nil {
			all[language] = map[string]string{}
		}
		for name, text := range texts {
			all[language][name] = text
		}
	})
	if err != nil {
		panic(err)
	}
	return all
})

// walk calls visit with every file.
func walk(visit func(group, language string, texts map[string]string)) error {
	groups, err := files.ReadDir("i18n")
	if err != nil {
		return fmt.Errorf("read embedded messages: %w", err)
	}
	for _, group := range groups {
		found, err := files.ReadDir(path.Join("i18n", group.Name()))
		if err != nil {
			return fmt.Errorf("read embedded messages: %w", err)
		}
		for _, file := range found {
			name := path.Join("i18n", group.Name(), file.Name())
			data, err := files.ReadFile(name)
			if err != nil {
				return fmt.Errorf("read embedded messages: %w", err)
			}
			texts := map[string]json.RawMessage{}
			if err := json.Unmarshal(data, &texts); err != nil {
				return fmt.Errorf("read embedded messages %s: %w", name, err)
			}
			plain := make(map[string]string, len(texts))
			for key, raw := range texts {
				var text string
				if strings.HasPrefix(key, "@") {
					continue
				}
				if err := json.Unmarshal(raw, &text); err != nil {
					return fmt.Errorf("read embedded messages %s: %s: %w", name, key, err)
				}
				plain[key] = text
			}
			visit(group.Name(), strings.TrimSuffix(file.Name(), ".json"), plain)
		}
	}
	return nil
}
