// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds ways to spoil an event.

package events

import (
	"fmt"
	"slices"
	"strings"
)

// part is a member of an object in the text of an event: where its key starts,
// with the quote, where its value starts, and where that ends.
type part struct{ key, value, end int }

// parts finds the members of all objects, as far as it gets.
func parts(data []byte) (all []part) {
	for i := 0; i < len(data); i++ {
		switch {
		case data[i] == '"':
			end := passText(data, i+1)
			if end < 0 {
				return all
			}
			if v := blanks(data, end); at(data, v, ':') {
				v = blanks(data, v+1)
				if e := pass(data, v); e > v {
					all = append(all, part{i, v, e})
				}
			}
			i = end - 1
		}
	}
	return all
}

var oddValues = []string{
	`null`, `""`, `"5"`, `5`, `1e3`, `1.0`, `-0`, `-1`, `+1`, `007`, `"007"`, `"+1"`, `99999999999999999999`, `-9223372036854775808`, `999999999999999999`,
	`[]`, `{}`, `[1,{"wiki":"dewiki"}]`, `{"wiki":"dewiki","namespace":4}`, `true`, `false`, `"canary"`, `"examplewiki"`, `"dewiki"`, `"d\u0065wiki"`,
	`"\ud800"`, `"\ud83d\ude00"`, "\"\xff\"", "\"\x01\"", `"a\/b\\"`, `"\x"`, `"edit"`, `"log"`, `"move"`, `"\u006dove"`, `"delete"`, `"revision"`, `"/mediawiki/recentchange/1.0.0"`,
	`{"domain":"canary"}`, `{"namespace_id":9}`, `{"namespace_id":"9","NAMESPACE_ID":8}`, `{"page_title":"X","namespace_id":3}`, `"2026-05-20T10:00:00Z"`, `tru`, `nul`, `{"a"}`, `[1,]`, `"`,
}

// mutate changes an event in one random way.
func (c *corpus) mutate(data []byte) []byte {
	data = slices.Clone(data)
	all := parts(data)
	if len(all) == 0 || c.rand.IntN(5) == 0 {
		return c.mutateBytes(data)
	}
	p := pick(c, all...)
	if c.rand.IntN(2) == 0 { // most members do not count, so some of those that do
		if named := slices.DeleteFunc(slices.Clone(all), func(p part) bool {
			return !slices.Contains(countedKeys, strings.Trim(string(data[p.key:p.value]), `":`))
		}); len(named) > 0 {
			p = pick(c, named...)
		}
	}
	q := pick(c, all...)
	key, value := string(data[p.key:p.value]), string(data[p.value:p.end])
	replace := func(from, to int, with string) []byte {
		return slices.Concat(data[:from], []byte(with), data[to:])
	}
	switch c.rand.IntN(9) {
	case 0: // another value
		return replace(p.value, p.end, pick(c, oddValues...))
	case 1: // the value of another
		return replace(p.value, p.end, string(data[q.value:q.end]))
	case 2: // the key of another
		return replace(p.key, p.value, string(data[q.key:q.value]))
	case 3: // a letter of the key in another spelling
		return replace(p.key, p.value, c.respell(key))
	case 4: // a letter of the value in another spelling
		return replace(p.value, p.end, c.respell(value))
	case 5: // twice, the second time perhaps with another value or spelling
		return replace(q.key, q.key, pick(c, key, c.respell(key))+pick(c, value, string(data[q.value:q.end]), pick(c, oddValues...))+",")
	case 6: // not at all
		end := p.end
		if at(data, end, ',') {
			end++
		}
		return replace(p.key, end, "")
	case 7: // one level down
		return replace(p.value, p.end, "{"+key+value+"}")
	default: // white space
		return replace(p.value, p.value, pick(c, " ", "\n\t", "\r\n", "\u00a0"))
	}
}

var countedKeys = []string{
	"$schema", "meta", "type", "wiki", "wiki_id", "page_change_kind", "namespace", "page", "namespace_id", "domain", "id", "topic", "stream", "dt", "partition",
	"offset", "log_type", "log_action", "log_params", "title", "target", "revision", "performer", "editor", "content_slots", "content_model", "prior_state",
}

// respell writes one letter in another way.
func (c *corpus) respell(text string) string {
	i := c.rand.IntN(len(text))
	letter := text[i]
	var other string
	switch {
	case c.rand.IntN(3) == 0:
		other = fmt.Sprintf(`\u%04x`, letter)
	case letter == 'k':
		other = pick(c, "K", "\u212a")
	case letter == 's':
		other = pick(c, "S", "\u017f")
	default:
		other = strings.ToUpper(string(rune(letter)))
	}
	return text[:i] + other + text[i+1:]
}

func (c *corpus) mutateBytes(data []byte) []byte {
	if len(data) == 0 {
		return []byte("{}")
	}
	i := c.rand.IntN(len(data))
	switch c.rand.IntN(6) {
	case 0:
		data[i] ^= 1 << c.rand.IntN(8)
		return data
	case 1:
		return data[:i]
	case 2:
		return slices.Insert(data, i, byte(c.rand.IntN(256)))
	case 3:
		return slices.Insert(data, i, []byte(pick(c, `"`, `\`, `{`, `}`, `[`, `]`, `,`, `:`))...)
	case 4:
		return slices.Delete(data, i, min(len(data), i+1+c.rand.IntN(20)))
	default:
		return append(data, pick(c, " \n", "}", `{"wiki":"dewiki"}`, "\x00")...)
	}
}
