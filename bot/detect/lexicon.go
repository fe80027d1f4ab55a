// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the names of the items that are known, as detectors use them.

package detect

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"
)

// Alias is a name by which people may call an item that the registry knows.
type Alias struct {
	Kind Kind
	// Name is how people may write it.
	Name string
	// Item is the item's own name, which a mention gets; Wiki is the wiki of a
	// gadget or a user script.
	Item, Wiki string
	// Source says what makes it a name of the item, such as "redirect" or
	// "directory", for people who ask why.
	Source string
}

// sameItem reports whether two names are of one item.
func (a Alias) sameItem(b Alias) bool {
	return a.Kind == b.Kind && a.Item == b.Item && a.Wiki == b.Wiki
}

// Lexicon is the names of all items that a wiki knows, made ready for the
// search. It does not change, and serves several goroutines at once. A nil
// Lexicon knows none.
type Lexicon struct {
	aliases []Alias
	// names are all spellings in lower case, sorted; common tells those that are
	// ordinary words. forms[first[i]:first[i+1]] are the aliases with names[i].
	names  []string
	common []bool
	first  []int32
	forms  []form

	automaton ahocorasick.AhoCorasick
	filter    nameFilter
	longest   int // bytes of a name
}

// form is a way in which an alias may be written.
type form struct {
	alias int32
	how   spelling
}

// spelling says how a form is made of an alias.
type spelling uint8

const (
	asIs   spelling = iota // Guided Tour
	spaced                 // GuidedTour as Guided Tour
	joined                 // Guided Tour or guided-tour as GuidedTour
)

// longestAlias is the number of bytes above which a name is not searched.
const longestAlias = 100

// NewLexicon makes a lexicon. In plain text a name that several items have is
// found only beside a word that says which kind is meant, if that leaves one;
// a name that is an ordinary word only beside such a word, and with a capital.
func NewLexicon(aliases []Alias) *Lexicon {
	l := &Lexicon{aliases: aliases}
	type named struct {
		name string
		form
	}
	all := make([]named, 0, 2*len(aliases))
	for i, a := range aliases {
		for how, name := range spellings(a.Name) {
			if name != "" {
				all = append(all, named{name, form{int32(i), spelling(how)}})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b named) int { return strings.Compare(a.name, b.name) })
	l.forms = make([]form, len(all))
	for i, n := range all {
		if i == 0 || n.name != all[i-1].name {
			l.names = append(l.names, n.name)
			l.common = append(l.common, isCommon(n.name))
			l.first = append(l.first, int32(i))
			l.longest = max(l.longest, len(n.name))
		}
		l.forms[i] = n.form
	}
	l.first = append(l.first, int32(len(all)))
	l.fillFilter()
	builder := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.StandardMatch})
	l.automaton = builder.Build(l.names)
	return l
}

// spellings returns the names under which an alias is searched, in lower case,
// by how they are made; "" where there is none.
func spellings(alias string) (names [3]string) {
	alias = strings.TrimSpace(alias)
	if len(alias) < 2 || len(alias) > longestAlias || !utf8.ValidString(alias) {
		return names
	}
	names[asIs] = flat(alias)
	first, _ := utf8.DecodeRuneInString(alias)
	last, _ := utf8.DecodeLastRuneInString(alias)
	if s := scriptOf(first); s == noScript || s == anyScript || scriptOf(last) == noScript {
		names[asIs] = ""
		return names
	}
	parts := strings.FieldsFunc(alias, func(c rune) bool { return c == ' ' || c == '-' || c == '_' })
	if len(parts) > 1 {
		if name := flat(strings.Join(parts, "")); len(name) >= shortestCamel && isWord(name) {
			names[joined] = name
		}
	} else if parts = humps(alias); len(parts) > 2 || len(parts) == 2 && min(len(parts[0]), len(parts[1])) >= shortestName {
		names[spaced] = flat(strings.Join(parts, " ")) // but not "Prove It"
	}
	return names
}

// humps splits a name in CamelCase into its words; one that holds anything but
// letters has none.
func humps(name string) []string {
	var parts []string
	start := 0
	for i, c := range name {
		if !unicode.IsLetter(c) {
			return nil
		}
		if i == 0 || !unicode.IsUpper(c) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(name[:i])
		after, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(c):])
		if unicode.IsLower(before) || unicode.IsUpper(before) && unicode.IsLower(after) {
			parts = append(parts, name[start:i])
			start = i
		}
	}
	return append(parts, name[start:])
}

// isCommon reports whether a name in lower case is an ordinary word, or a phrase
// as MediaWiki itself has it.
func isCommon(name string) bool {
	if strings.IndexByte(name, ' ') < 0 {
		return ordinary(name)
	}
	return listed(name)
}

// isWord reports whether a text is one word.
func isWord(text string) bool {
	s := wordScan{text: text}
	return s.next() && s.start == 0 && s.end == len(text)
}

// at returns the number of a name in lower case, and whether there is one.
func (l *Lexicon) at(name string) (int, bool) {
	i := sort.SearchStrings(l.names, name)
	return i, i < len(l.names) && l.names[i] == name
}

// Lookup returns the item of a kind that has a name, whatever its case, and with
// spaces, dashes and underscores alike: the slug of a project, the title of a
// page. There is none if several items of the kind have the name. An empty kind
// stands for any.
func (l *Lexicon) Lookup(kind Kind, raw string) (Alias, bool) {
	if l == nil || len(raw) > longestAlias {
		return Alias{}, false
	}
	i, ok := l.at(flat(strings.TrimSpace(raw)))
	if !ok {
		return Alias{}, false
	}
	var found Alias
	ok = false
	for _, f := range l.forms[l.first[i]:l.first[i+1]] {
		a := l.aliases[f.alias]
		switch {
		case kind != "" && a.Kind != kind:
		case !ok:
			found, ok = a, true
		case !a.sameItem(found):
			return Alias{}, false
		}
	}
	return found, ok
}
