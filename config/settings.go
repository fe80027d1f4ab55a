// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the table of all settings, made from the schema.

package config

import (
	"fmt"
	"strings"
)

// Settings returns a Markdown table of every setting of a rules page: its path,
// type, default and meaning.
func Settings() string {
	var b strings.Builder
	b.WriteString("| Setting | Value | Default | Meaning |\n| --- | --- | --- | --- |\n")
	cell := strings.NewReplacer("|", `\|`, "*", `\*`)
	for _, setting := range rulesSchema().settings() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", setting.path,
			cell.Replace(setting.value), cell.Replace(setting.otherwise), cell.Replace(setting.meaning))
	}
	return b.String()
}

// setting is what people are told of a setting. Words between backquotes are to
// be written as they are.
type setting struct {
	path      string // such as "tables[].page"
	value     string // what it can be
	otherwise string // what holds where it is left out
	meaning   string
}

// settings are all settings in the schema's order.
func (s *schema) settings() []setting {
	var all []setting
	s.each(func(path string, parent, rule *node) {
		if _, key := splitPath(path); !strings.HasPrefix(key, "$") {
			all = append(all, setting{strings.TrimPrefix(path, "$."), s.valueText(rule), s.defaultText(parent, key, rule), rule.member("description").text()})
		}
	})
	return all
}

// each calls visit with every setting in the schema's order: its path, the part
// of the schema for the object that it is in, and its own.
func (s *schema) each(visit func(path string, parent, rule *node)) {
	var walk func(path string, object *node)
	walk = func(path string, object *node) {
		properties := object.member("properties")
		if properties == nil {
			return
		}
		for _, key := range properties.keys {
			rule := s.resolve(properties.members[key])
			visit(path+"."+key, object, rule)
			if path == "$" && key == previewKey {
				continue // has nothing of its own
			}
			walk(path+"."+key, rule)
			if items := rule.member("items"); items != nil {
				walk(path+"."+key+"[]", s.resolve(items))
			}
		}
	}
	walk("$", s.root)
}

// splitPath parts the path of a setting from its name.
func splitPath(path string) (group, key string) {
	dot := strings.LastIndexByte(path, '.')
	return path[:dot], path[dot+1:]
}

// valueText says what a setting can be.
func (s *schema) valueText(rule *node) string {
	if allowed := rule.member("enum").list(); allowed != nil {
		texts := make([]string, len(allowed))
		for i, v := range allowed {
			texts[i] = "`" + s.raw(v) + "`"
		}
		return strings.Join(texts, ", ")
	}
	switch rule.member("type").text() {
	case "array":
		items := s.resolve(rule.member("items"))
		if items.member("type").text() == "array" {
			return "list of lists of " + plural(s.resolve(items.member("items")).member("type").text())
		}
		if items.member("enum") == nil {
			return "list of " + plural(items.member("type").text())
		}
		return "list of " + s.valueText(items)
	case "object":
		return "group"
	case "boolean":
		return "`true` or `false`"
	case "integer":
		return "whole number"
	}
	return "text"
}

func plural(kind string) string {
	return map[string]string{"string": "texts", "integer": "whole numbers", "object": "groups"}[kind]
}

// defaultText says what holds where a setting is left out.
func (s *schema) defaultText(parent *node, key string, rule *node) string {
	for _, required := range parent.member("required").list() {
		if required.text() == key {
			return "needed"
		}
	}
	if words := rule.member("x-default"); words != nil {
		return words.text()
	}
	if value := rule.member("default"); value != nil {
		return "`" + s.raw(value) + "`"
	}
	return ""
}

// raw is how a value is written in the schema, on one line.
func (s *schema) raw(n *node) string {
	return strings.Join(strings.Fields(s.text[n.at:n.end]), " ")
}
