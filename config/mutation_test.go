// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of rules that were good until somebody did something
// to them.

package config

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// branch is a JSON value that can be taken apart: a group, a list or a leaf.
type branch struct {
	open byte // '{', '[' or 0
	keys []string
	subs []*branch
	leaf string // as written
}

// grow makes branches of a text.
func grow(source string, n *node) *branch {
	b := &branch{}
	switch n.value.(type) {
	case map[string]any:
		b.open = '{'
		for _, key := range n.keys {
			b.keys = append(b.keys, quoted(key))
			b.subs = append(b.subs, grow(source, n.members[key]))
		}
	case []any:
		b.open = '['
		for _, item := range n.items {
			b.subs = append(b.subs, grow(source, item))
		}
	default:
		b.leaf = source[n.at:n.end]
	}
	return b
}

// quoted is a key as JSON.
func quoted(key string) string {
	text, _ := json.Marshal(key)
	return string(text)
}

// all returns every branch that holds others.
func (b *branch) all() []*branch {
	var found []*branch
	if b.open != 0 {
		found = append(found, b)
	}
	for _, sub := range b.subs {
		found = append(found, sub.all()...)
	}
	return found
}

// write writes the text with any white space, and notes the paths in it.
func (b *branch) write(out *strings.Builder, r *rand.Rand, path string, paths map[string]bool) {
	paths[path] = true
	space := func() { out.WriteString([]string{"", "", " ", "\n", "\r\n\t", "\n  "}[r.IntN(6)]) }
	if b.open == 0 {
		out.WriteString(b.leaf)
		return
	}
	out.WriteByte(b.open)
	for i, sub := range b.subs {
		if i > 0 {
			out.WriteByte(',')
		}
		space()
		at := path + "[" + itoa(i) + "]"
		if b.open == '{' {
			out.WriteString(b.keys[i])
			space()
			out.WriteByte(':')
			space()
			var key string
			if err := json.Unmarshal([]byte(b.keys[i]), &key); err != nil {
				panic(err)
			}
			at = memberPath(path, key)
		}
		sub.write(out, r, at, paths)
		space()
	}
	out.WriteByte(partner(b.open))
}

func itoa(i int) string { text, _ := json.Marshal(i); return string(text) }

// leaves are values of every sort, with those that tend to break things.
var leaves = []string{
	"null", "true", "false", "0", "-1", "1", "2", "2.0", "1.5", "1e3", "99999999999999999999", "-1e400", "1e-400", "9007199254740993", `""`, `" "`, `"item"`,
	`"unknown"`, `"extension"`, `"User:Example"`, `"A#b"`, `"\u0000"`, `"\ud83d"`, `"\udc00\ud83d"`, `"\ufeffA"`, `"ａｂｃ"`, `"\u202etxet"`, `"İ"`, `"🙂"`,
	`"a/../b"`, `"~~~~"`, `"` + strings.Repeat("x", 300) + `"`, `"` + strings.Repeat("ß", 3000) + `"`, "{}", "[]", "[[]]", `[{}]`, `{"$comment": 5}`,
}

// anything is one of the leaves.
func anything(r *rand.Rand) *branch {
	text := leaves[r.IntN(len(leaves))]
	p, _ := scan(text, form{"page", "", MaxBytes})
	return grow(text, p.root)
}

// names are keys that somebody could write.
var names = []string{"page", "pages", "Version", "verdict", "verdicts", "", " ", "é", "tables", "preview", "enabled", "$comment", "__proto__", "limits", "a\u0301", "\\ud800"}

// harm does one thing to a page.
func harm(b *branch, r *rand.Rand) string {
	holders := slices.DeleteFunc(b.all(), func(h *branch) bool { return len(h.subs) == 0 })
	if len(holders) == 0 {
		return "nothing"
	}
	h := holders[r.IntN(len(holders))]
	i := r.IntN(len(h.subs))
	other := holders[r.IntN(len(holders))]
	j := r.IntN(len(other.subs))
	insert := func(key string, sub *branch) {
		if h.open == '{' {
			h.keys = slices.Insert(h.keys, i, key)
		}
		h.subs = slices.Insert(h.subs, i, sub)
	}
	anyName := func() string { return `"` + names[r.IntN(len(names))] + `"` }
	switch r.IntN(9) {
	case 0:
		h.subs = slices.Delete(h.subs, i, i+1)
		if h.open == '{' {
			h.keys = slices.Delete(h.keys, i, i+1)
		}
		return "delete"
	case 1:
		key := anyName()
		if h.open == '{' {
			key = h.keys[i]
		}
		insert(key, h.subs[i])
		return "duplicate"
	case 2:
		if h.open == '{' {
			key := []rune(strings.Trim(h.keys[i], `"`))
			switch at := r.IntN(len(key) + 1); {
			case r.IntN(2) == 0:
				h.keys[i] = anyName()
			case at < len(key):
				h.keys[i] = quoted(string(key[:at]) + string(key[at+1:]))
			default:
				h.keys[i] = quoted(string(key) + "s")
			}
		}
		return "rename"
	case 3, 4:
		h.subs[i] = anything(r)
		return "retype"
	case 5:
		if strings.Contains(encode(h.subs[i]), encode(other.subs[j])) || strings.Contains(encode(other.subs[j]), encode(h.subs[i])) {
			return "nothing" // one may be within the other
		}
		h.subs[i], other.subs[j] = other.subs[j], h.subs[i]
		return "swap"
	case 6:
		for range 1 + r.IntN(25) {
			h.subs[i] = &branch{open: '[', subs: []*branch{h.subs[i]}}
		}
		return "nest in lists"
	case 7:
		h.subs[i] = &branch{open: '{', keys: []string{anyName()}, subs: []*branch{h.subs[i]}}
		return "nest in a group"
	}
	insert(anyName(), anything(r))
	return "add"
}

// encode is a branch without white space.
func encode(b *branch) string {
	var out strings.Builder
	if b.open == 0 {
		return b.leaf
	}
	out.WriteByte(b.open)
	for i, sub := range b.subs {
		if b.open == '{' {
			out.WriteString(b.keys[i] + ":")
		}
		out.WriteString(encode(sub) + ",")
	}
	out.WriteByte(partner(b.open))
	return out.String()
}

// goodPages are pages of every version that use everything.
func goodPages(t *testing.T) []string {
	example, err := os.ReadFile("testdata/example.json")
	if err != nil {
		t.Fatal(err)
	}
	pages := []string{string(example), firstRules}
	archive, err := txtar.ParseFile("testdata/version1.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if !strings.HasSuffix(f.Name, givesSuffix) {
			pages = append(pages, string(f.Data))
		}
	}
	return pages
}

func TestHarmedRulesAreTakenWholeOrRefusedWithAPlace(t *testing.T) {
	const times = 2000
	taken, refused, done := 0, 0, map[string]int{}
	pages := goodPages(t)
	for seed := range uint64(times) {
		r := rand.New(rand.NewPCG(seed, 7))
		source := pages[r.IntN(len(pages))]
		p, faults := scan(source, form{"page", "", MaxBytes})
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		b := grow(source, p.root)
		for range 1 + r.IntN(3)/2 {
			done[harm(b, r)]++
		}
		var out strings.Builder
		paths := map[string]bool{}
		b.write(&out, r, "$", paths)
		text := out.String()
		rules, problems := ParseRules(text)
		if bad := halfTaken(text, paths, rules, problems); bad != "" {
			t.Fatalf("seed %d: %s\n%v\n%s", seed, bad, problems, text)
		}
		again, same := ParseRules(text)
		if diff := cmp.Diff(rules, again, asRead) + cmp.Diff(problems, same); diff != "" {
			t.Fatalf("seed %d: another answer the second time:\n%s\n%s", seed, diff, text)
		}
		if rules == nil {
			refused++
		} else {
			taken++
		}
	}
	t.Logf("%d taken, %d refused after %v", taken, refused, done)
	if taken < times/20 || refused < times/4 {
		t.Errorf("%d taken, %d refused: too few of one sort to prove anything", taken, refused)
	}
}

// halfTaken says how an answer breaks what ParseRules promises, "" if it does
// not. Paths are those in the text.
func halfTaken(text string, paths map[string]bool, rules *Rules, list []Problem) string {
	if !json.Valid([]byte(text)) {
		return "the test has made no JSON"
	}
	errors := 0
	if rules != nil {
		if len(list) > 0 {
			return "rules and problems"
		}
		if missing := notTaken(text, rules); missing != "" {
			return "taken in part: " + missing
		}
		list = rules.Warnings
	}
	lines := strings.Split(text, "\n")
	for _, p := range list {
		if p.Severity == Error {
			errors++
		}
		if !paths[p.Path] {
			return "no such path: " + p.String()
		}
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > 1+utf8.RuneCountInString(lines[p.Line-1]) {
			return "no such place: " + p.String()
		}
	}
	if (rules == nil) != (errors > 0) {
		return "refused without a problem, or taken with one"
	}
	return ""
}

// notTaken compares rules with their text, read by another decoder: everything
// that is written must be in force.
func notTaken(text string, rules *Rules) string {
	var written map[string]any
	if err := json.Unmarshal([]byte(text), &written); err != nil {
		return err.Error()
	}
	encoded, err := json.Marshal(rules)
	if err != nil {
		return err.Error()
	}
	var inForce map[string]any
	if err := json.Unmarshal(encoded, &inForce); err != nil {
		return err.Error()
	}
	delete(written, "version") // may be an older one
	delete(written, previewKey)
	return within("$", written, inForce)
}

// within returns the path of what is in one value and not in another, "" if
// everything is.
func within(path string, a, b any) string {
	switch a := a.(type) {
	case map[string]any:
		other, _ := b.(map[string]any)
		for key, value := range a {
			if strings.HasPrefix(key, "$") {
				continue
			}
			if missing := within(path+"."+key, value, other[key]); missing != "" {
				return missing
			}
		}
		return ""
	case []any:
		other, _ := b.([]any)
		if len(a) != len(other) {
			return path
		}
		for i, value := range a {
			if missing := within(path+"["+itoa(i)+"]", value, other[i]); missing != "" {
				return missing
			}
		}
		return ""
	}
	if a != b {
		return path
	}
	return ""
}
