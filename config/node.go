// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tree of a text: its values, each with its place.

package config

import (
	"encoding/json"
	"strconv"
)

// node is a value in the text, with its place.
type node struct {
	path string // such as "$.tables[0].page"
	key  int    // byte offset of the member's key, or of the value elsewhere
	at   int    // byte offset of the value
	end  int    // byte offset behind it
	// value as the schema takes it: string, int64, float64, bool, nil,
	// []any, map[string]any.
	value   any
	keys    []string // of an object, in order
	members map[string]*node
	items   []*node
}

// find follows tokens as in a JSON pointer and stops early where they lead
// nowhere.
func (n *node) find(tokens []string) *node {
	for _, token := range tokens {
		next := n.members[token]
		if i, err := strconv.Atoi(token); err == nil && n.members == nil && i >= 0 && i < len(n.items) {
			next = n.items[i]
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// member returns a member of an object, or nil; n may be nil.
func (n *node) member(key string) *node {
	if n == nil {
		return nil
	}
	return n.members[key]
}

// decode fills in a Go value from a checked tree. It goes by the values, so that
// 1.0 is an integer for it as it is for the schema.
func (n *node) decode(out any) error {
	text, err := json.Marshal(n.value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, out)
}

// text returns the value of a string, "" for anything else; n may be nil.
func (n *node) text() string {
	if n == nil {
		return ""
	}
	s, _ := n.value.(string)
	return s
}

// list returns the items of a list, nil for anything else; n may be nil.
func (n *node) list() []*node {
	if n == nil {
		return nil
	}
	return n.items
}

// integer returns the value of a whole number; n may be nil.
func (n *node) integer() (int, bool) {
	if n == nil {
		return 0, false
	}
	switch v := n.value.(type) {
	case int64:
		return int(v), int64(int(v)) == v
	case float64: // 2.0 is a whole number in JSON Schema
		return int(v), float64(int(v)) == v
	}
	return 0, false
}

// isGroup reports whether a value is a group in { }.
func (n *node) isGroup() bool {
	_, is := n.value.(map[string]any)
	return is
}

// isTrue reports whether a value is true; n may be nil.
func (n *node) isTrue() bool { return n != nil && n.value == true }

// put sets a member of an object, which it makes of a node without a value.
func (n *node) put(key string, member *node) {
	values, _ := n.value.(map[string]any)
	if values == nil {
		values, n.members = map[string]any{}, map[string]*node{}
		n.value = values
	}
	if n.members[key] == nil {
		n.keys = append(n.keys, key)
	}
	n.members[key], values[key] = member, member.value
}
