// SPDX-License-Identifier: GPL-3.0-or-later

package config

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlacesAreCountedInCharacters(t *testing.T) {
	for _, test := range []struct {
		name, text   string
		line, column int
	}{
		{"first line", `{"version": 3}`, 1, 13},
		{"behind letters of two bytes", `{"$comment": "äöü", "version": 3}`, 1, 32},
		{"behind letters of four bytes", `{"$comment": "𐍈𐍈", "version": 3}`, 1, 31},
		{"behind LF", "{\n\"version\": 3}", 2, 12},
		{"behind CRLF", "{\r\n\r\n\"version\": 3}", 3, 12},
		{"with tabs", "{\n\t\t\"version\":\t3}", 2, 14},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := ParseRules(test.text)
			if len(problems) != 1 || problems[0].Line != test.line || problems[0].Column != test.column || problems[0].Path != "$.version" {
				t.Errorf("got %v", problems)
			}
		})
	}
}

func TestHopelessPagesAreOneProblem(t *testing.T) {
	for _, test := range []struct{ name, text, said string }{
		{"empty", "", "the page is empty"},
		{"white space", " \n\t\n", "the page is empty"},
		{"byte order mark", "\ufeff{\"version\": 1}", "byte order mark"},
		{"byte order mark and nothing else", "\ufeff", "byte order mark"},
		{"too big", `{"version": 1}` + strings.Repeat(" ", 2<<20), "the page is too big: it has 2097166 bytes, and at most 262144 are read"},
		{"lists without end", strings.Repeat("[", MaxBytes), "nested more than 20 deep"},
		{"groups without end", strings.Repeat(`{"a":`, MaxBytes/5), "nested more than 20 deep"},
		{"closed bomb", strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "nested more than 20 deep"},
		{"not UTF-8", "{\"version\": 1, \"$comment\": \"\xff\"}", "not text in UTF-8"},
		{"control character", "{\"version\": 1, \"$comment\": \"a\x01\"}", "U+0001"},
		{"NUL between", "{\"version\": 1,\x00}", "U+0000"},
		{"list without end", `{"version": 1, "watch": {"namespaces": [` + strings.Repeat("1,", maxEntries) + `1]}}`, "more than 5000 entries"},
		{"keys without end", `{` + strings.Repeat(`"a":1,`, maxEntries) + `"a":1}`, "more than 5000 keys"},
		{"repeated key before the fault", `{"version": 1, "version": 1, }`, "comma after the last entry"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rules, problems := ParseRules(test.text)
			if rules != nil || len(problems) != 1 {
				t.Fatalf("got %v, %v", rules, problems)
			}
			if !strings.Contains(problems[0].Message, test.said) {
				t.Errorf("said %q, want %q", problems[0].Message, test.said)
			}
		})
	}
}

func TestDepthThatIsJustAllowedIsRead(t *testing.T) {
	page, faults := scan(strings.Repeat("[", maxDepth)+strings.Repeat("]", maxDepth), form{"page", "", MaxBytes})
	if page.root == nil || faults != nil {
		t.Errorf("refused: %v", faults)
	}
}

// crowdedPages are pages with as many faults as fit in the bounds.
func crowdedPages() map[string]string {
	fill := func(before, piece, after string) string {
		times := (MaxBytes - len(before) - len(after)) / len(piece)
		if strings.HasSuffix(piece, ",") {
			times = min(times, maxEntries)
		}
		return before + strings.TrimSuffix(strings.Repeat(piece, times), ",") + after
	}
	return map[string]string{
		"repeated keys":     fill(`{`, `"a":1,`, `}`),
		"tables of no type": fill(`{"version":1,"tables":[`, `1,`, `]}`),
		"empty tables":      fill(`{"version":1,"tables":[`, `{},`, `]}`),
		"tables of one id":  fill(`{"version":1,"tables":[`, `{"id":"a","page":"A","kinds":["tool"]},`, `]}`),
		"repeated entries":  fill(`{"version":1,"watch":{"namespaces":[`, `1,`, `]}}`),
		"bad titles":        fill(`{"version":1,"watch":{"ignore_pages":[`, `"|",`, `]}}`),
		"long key":          fill(`{"version":1,"`, `k`, `":1}`),
		"long title":        fill(`{"version":1,"watch":{"ignore_pages":["`, `k`, `"]}}`),
		"long number":       fill(`{"version":`, `9`, `}`),
		"long fraction":     fill(`{"version":0.`, `1`, `}`),
		"blank lines":       fill("{", "\n", "x}"),
		"unknown keys":      unknownKeys(),
	}
}

func unknownKeys() string {
	var b strings.Builder
	b.WriteString(`{"version":1`)
	for i := range maxEntries - 1 {
		b.WriteString(`,"k` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + `":1`)
	}
	b.WriteByte('}')
	return b.String()
}

func TestCrowdedPagesAreToldInBounds(t *testing.T) {
	for name, text := range crowdedPages() {
		t.Run(name, func(t *testing.T) {
			rules, problems := ParseRules(text)
			if rules != nil || len(problems) == 0 || len(problems) > maxProblems+1 {
				t.Fatalf("%d bytes gave %v and %d problems", len(text), rules, len(problems))
			}
			for _, p := range problems {
				if n := utf8.RuneCountInString(p.String()); n > 1000 {
					t.Errorf("a problem has %d characters: %.200s", n, p.String())
				}
			}
		})
	}
}

func BenchmarkParseRulesCrowded(b *testing.B) {
	for name, text := range crowdedPages() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ParseRules(text)
			}
		})
	}
}
