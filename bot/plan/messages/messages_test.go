// SPDX-License-Identifier: GPL-3.0-or-later

package messages

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the list of messages anew that rules are checked against")

// listFile is what rules are checked against: a line for each message with its
// name, its highest parameter, and whether it has several lines.
const listFile = "../../../config/messages.txt"

var (
	parameter = regexp.MustCompile(`\$([0-9]+)`)
	names     = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)
)

// wanted are the languages that each group has a file of.
var wanted = []string{"ar", "de", "en", "es", "fr", "pt", "qqq"}

type file struct{ group, language string }

func all(t *testing.T) map[file]map[string]string {
	t.Helper()
	found := map[file]map[string]string{}
	if err := walk(func(group, language string, texts map[string]string) { found[file{group, language}] = texts }); err != nil {
		t.Fatal(err)
	}
	return found
}

func parameters(text string) []string {
	var found []string
	for _, m := range parameter.FindAllString(text, -1) {
		if !slices.Contains(found, m) {
			found = append(found, m)
		}
	}
	sort.Strings(found)
	return found
}

func TestEveryMessageIsDocumentedAndTranslated(t *testing.T) {
	found := all(t)
	groups := map[string]bool{}
	for f := range found {
		groups[f.group] = true
	}
	for group := range groups {
		en := found[file{group, english}]
		for _, language := range wanted {
			texts, ok := found[file{group, language}]
			if !ok {
				t.Errorf("i18n/%s has no %s.json", group, language)
				continue
			}
			for name, text := range en {
				other, ok := texts[name]
				if !ok {
					t.Errorf("i18n/%s/%s.json has no %s", group, language, name)
					continue
				}
				if language != notes && !slices.Equal(parameters(text), parameters(other)) {
					t.Errorf("i18n/%s/%s.json: %s has the parameters %v, and in English %v", group, language, name, parameters(other), parameters(text))
				}
				if strings.Contains(text, "\n") != strings.Contains(other, "\n") && language != notes {
					t.Errorf("i18n/%s/%s.json: %s has other lines than in English", group, language, name)
				}
			}
			for name := range texts {
				if _, ok := en[name]; !ok {
					t.Errorf("i18n/%s/%s.json has %s, which is not in English", group, language, name)
				}
			}
		}
	}
}

func TestNamesSayTheirGroupAndAreUsedOnce(t *testing.T) {
	seen := map[string]string{}
	for f, texts := range all(t) {
		if f.language != english {
			continue
		}
		for name := range texts {
			if !names.MatchString(name) || !strings.HasPrefix(name, f.group+"-") {
				t.Errorf("%s in i18n/%s: a name is the group and words, in small letters, with hyphens", name, f.group)
			}
			if seen[name] != "" {
				t.Errorf("%s is in %s and in %s", name, seen[name], f.group)
			}
			seen[name] = f.group
		}
	}
}

// A language that is not English says that its texts have to be looked at by
// people who speak it, until they were.
func TestDraftsSaySo(t *testing.T) {
	groups, err := os.ReadDir("i18n")
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range groups {
		for _, language := range wanted {
			data, err := os.ReadFile("i18n/" + group.Name() + "/" + language + ".json")
			if err != nil {
				t.Error(err)
				continue
			}
			var head struct {
				Metadata struct {
					Authors []string `json:"authors"`
					Review  string   `json:"review"`
				} `json:"@metadata"`
			}
			if err := json.Unmarshal(data, &head); err != nil {
				t.Errorf("%s/%s: %v", group.Name(), language, err)
			}
			if head.Metadata.Authors == nil {
				t.Errorf("%s/%s has no @metadata with authors", group.Name(), language)
			}
			if language != english && language != notes && head.Metadata.Review != "needed" && len(head.Metadata.Authors) == 0 {
				t.Errorf("%s/%s: @metadata says neither who reviewed the texts nor that this is needed", group.Name(), language)
			}
		}
	}
}

func TestTheListForRulesIsComplete(t *testing.T) {
	var lines []string
	for f, texts := range all(t) {
		if f.language != english {
			continue
		}
		for name, text := range texts {
			highest, form := 0, "line"
			for _, m := range parameter.FindAllStringSubmatch(text, -1) {
				n, err := strconv.Atoi(m[1])
				if err != nil {
					t.Fatal(err)
				}
				highest = max(highest, n)
			}
			if strings.Contains(text, "\n") {
				form = "lines"
			}
			lines = append(lines, fmt.Sprintf("%s %d %s\n", name, highest, form))
		}
	}
	slices.Sort(lines)
	list := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile(listFile, []byte(list), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(listFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != list {
		t.Errorf("%s is not the list of messages; run go test ./bot/plan/messages -update", listFile)
	}
}

func TestTexts(t *testing.T) {
	own := map[string]string{"words-kind-gadget": "helper of $1", "words-kind-skin": "$2 $1 $10 $"}
	for _, c := range []struct {
		name string
		set  *Set
		key  string
		args []any
		want string
	}{
		{"no set speaks English", nil, "words-kind-extension", nil, "extension"},
		{"a translation is used", In("de", nil), "words-kind-extension", nil, "Erweiterung"},
		{"a variety falls back", In("de-at", nil), "words-kind-extension", nil, "Erweiterung"},
		{"an unknown language speaks English", In("tlh", nil), "words-kind-extension", nil, "extension"},
		{"own words come first", In("de", own), "words-kind-gadget", []any{"X"}, "helper of X"},
		{"what is put in is not read again", In("de", own), "words-kind-skin", []any{"$2", "b"}, "b $2 $10 $"},
		{"an unknown name shows itself", nil, "words-nothing", nil, "⧼words-nothing⧽"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.set.Text(c.key, c.args...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFallbacks(t *testing.T) {
	for language, want := range map[string]string{
		"en": "en", "de": "de en", "de-formal": "de-formal de en", "als": "als gsw de en", "pt-br": "pt-br pt en",
		"aeb-arab": "aeb-arab aeb ar en", "": "en",
	} {
		if got := strings.Join(Fallbacks(language), " "); got != want {
			t.Errorf("Fallbacks(%q) = %s, want %s", language, got, want)
		}
	}
}

func TestDirections(t *testing.T) {
	for language, want := range map[string]bool{"ar": true, "he": true, "kk-arab": true, "kk": false, "ks-deva": false, "fa-af": true, "de": false, "en": false, "": false} {
		if got := In(language, nil).RTL(); got != want {
			t.Errorf("RTL of %q is %v", language, got)
		}
	}
}
