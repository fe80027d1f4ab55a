// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the check of a page against its JSON Schema, and how what the
// schema finds is told to people.

package config

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed rules.schema.json
var rulesSchemaText string

//go:embed process.schema.json
var processSchemaText string

var (
	rulesSchema   = sync.OnceValue(func() *schema { return newSchema(rulesSchemaText) })
	processSchema = sync.OnceValue(func() *schema { return newSchema(processSchemaText) })
)

// schema is one of the embedded schemas, ready for use and as a tree in which
// the order of its settings is kept.
type schema struct {
	text     string
	compiled *jsonschema.Schema
	root     *node
	// homes are the paths of the groups that have a setting, by its name.
	homes map[string][]string
}

// newSchema compiles an embedded schema. It panics if that is broken, which the
// tests would show.
func newSchema(text string) *schema {
	tree, faults := scan(text, form{"schema", "{}", len(text)})
	if len(faults) > 0 {
		panic(fmt.Sprintf("embedded schema: %v", problems(tree.lines, faults, Error)))
	}
	compiler := newCompiler()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		panic(fmt.Sprintf("embedded schema: %v", err))
	}
	id := tree.root.member("$id").text()
	if err := compiler.AddResource(id, document); err != nil {
		panic(fmt.Sprintf("embedded schema: %v", err))
	}
	s := &schema{text: text, compiled: compiler.MustCompile(id), root: tree.root, homes: map[string][]string{}}
	s.each(func(path string, _, _ *node) {
		if home, key := splitPath(path); !strings.HasPrefix(key, "$") {
			s.homes[key] = append(s.homes[key], home)
		}
	})
	return s
}

// newCompiler knows the formats of the schemas.
func newCompiler() *jsonschema.Compiler {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for name, check := range formats {
		compiler.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if s, ok := v.(string); ok {
				return check(s)
			}
			return nil // the type is told of elsewhere
		}})
	}
	return compiler
}

// resolve follows a reference to the definitions.
func (s *schema) resolve(n *node) *node {
	for n.member("$ref") != nil {
		n = s.root.find(strings.Split(strings.TrimPrefix(n.member("$ref").text(), "#/"), "/"))
	}
	return n
}

// at returns the part of the schema that governs a place in a page, nil where
// nothing does.
func (s *schema) at(location []string) *node {
	n := s.root
	for _, token := range location {
		if properties := n.member("properties"); properties != nil {
			n = properties.member(token)
		} else {
			n = n.member("items")
		}
		if n = s.resolve(n); n == nil {
			return nil
		}
	}
	return n
}

// settings are the keys that an object may have and that do something.
func settings(object *node) []string {
	properties := object.member("properties")
	if properties == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(properties.keys), func(key string) bool { return strings.HasPrefix(key, "$") })
}

// check returns everything in which a page differs from the schema.
func (s *schema) check(root *node) []fault {
	err := s.compiled.Validate(root.value)
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	c := checker{schema: s, root: root, meant: map[*node][]string{}}
	c.walk(invalid, c.unknownKeys)
	c.walk(invalid, c.others)
	return c.faults
}

// checker turns the validator's findings into faults.
type checker struct {
	schema *schema
	root   *node
	faults []fault
	// meant are keys that unknown ones were taken for, by object: they are not
	// called missing as well.
	meant map[*node][]string
}

// walk calls tell with each finding that is not just a group of others.
func (c *checker) walk(e *jsonschema.ValidationError, tell func(*jsonschema.ValidationError, *node, *node)) {
	switch e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference:
		for _, cause := range e.Causes {
			c.walk(cause, tell)
		}
	default:
		if rule := c.schema.at(e.InstanceLocation); rule != nil {
			tell(e, c.root.find(e.InstanceLocation), rule)
		}
	}
}

func (c *checker) add(n *node, message string) {
	c.faults = append(c.faults, fault{n.at, n.path, message})
}

func (c *checker) unknownKeys(e *jsonschema.ValidationError, n, rule *node) {
	extra, ok := e.ErrorKind.(*kind.AdditionalProperties)
	if !ok {
		return
	}
	allowed := settings(rule)
	for _, key := range extra.Properties {
		text := "unknown key. "
		if near := nearest(key, allowed); near != "" {
			text = fmt.Sprintf("unknown key; did you mean %s? ", quote(near))
			c.meant[n] = append(c.meant[n], near)
		} else if homes := c.schema.homes[key]; len(homes) > 0 {
			text = fmt.Sprintf("unknown key here; it belongs in %s. ", strings.Join(homes, " or "))
		}
		member := n.members[key]
		c.faults = append(c.faults, fault{member.key, member.path, text + "Allowed here: " + quoteAll(allowed)})
	}
}

func (c *checker) others(e *jsonschema.ValidationError, n, rule *node) {
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties: // told by unknownKeys
	case *kind.Required:
		for _, key := range k.Missing {
			if !slices.Contains(c.meant[n], key) {
				setting := c.schema.resolve(rule.member("properties").member(key))
				meaning, _, _ := strings.Cut(strings.TrimSuffix(setting.member("description").text(), "."), ". ")
				c.add(n, fmt.Sprintf("%s is missing here: %s%s", quote(key), lowerFirst(meaning), c.schema.example(setting)))
			}
		}
	case *kind.Type:
		c.add(n, c.schema.wrongType(n, k.Want, rule))
	case *kind.Enum:
		c.add(n, notAllowed(n, k.Want))
	case *kind.Format:
		c.add(n, k.Err.Error())
	case *kind.Minimum:
		c.add(n, fmt.Sprintf("this number is too small; the smallest is %s", k.Want.RatString()))
	case *kind.Maximum:
		c.add(n, fmt.Sprintf("this number is too big; the biggest is %s", k.Want.RatString()))
	case *kind.MinLength:
		c.add(n, "this text is empty; fill it in, or leave the key out")
	case *kind.MinItems:
		if k.Want > 1 {
			c.add(n, fmt.Sprintf("the list is too short; it needs %d entries", k.Want)+c.schema.example(rule))
			break
		}
		c.add(n, "the list is empty; it needs at least one entry"+c.schema.example(rule))
	case *kind.MaxItems:
		c.add(n, fmt.Sprintf("the list is too long: it has %d entries, and at most %d are allowed", k.Got, k.Want))
	case *kind.Contains:
		c.add(n, fmt.Sprintf("the list must have %s in it", quote(rule.member("contains").member("const").text())))
	case *kind.UniqueItems:
		c.repeated(n)
	default: // a keyword that the schemas do not use yet
		c.add(n, e.ErrorKind.LocalizedString(message.NewPrinter(language.English)))
	}
}

// repeated tells of every entry of a list that stands in it before.
func (c *checker) repeated(list *node) {
	seen := map[any]bool{}
	for _, item := range list.items {
		switch item.value.(type) {
		case []any, map[string]any:
			continue
		}
		if seen[item.value] {
			c.add(item, "this is in the list twice; delete one of the two")
		}
		seen[item.value] = true
	}
}

// wrongType tells which type is needed.
func (s *schema) wrongType(n *node, want []string, rule *node) string {
	names := map[string]string{
		"string": "text in double quotes", "integer": "a whole number", "boolean": "true or false",
		"array": "a list in [ ]", "object": "a group in { }",
	}
	needed := names[want[0]] + s.example(rule)
	var is string
	switch n.value.(type) {
	case string:
		is = "text"
		if want[0] == "integer" || want[0] == "boolean" {
			needed = names[want[0]] + " without quotes" + s.example(rule)
		}
	case bool:
		is = "true or false"
	case int64, float64:
		is = "a number"
		if want[0] == "integer" {
			return "this must be a whole number" + s.example(rule)
		}
	case nil:
		return fmt.Sprintf("null is not used here; write %s, or leave the key out", needed)
	case []any:
		is = "a list"
	case map[string]any:
		is = "a group"
	}
	return fmt.Sprintf("this is %s, but must be %s", is, needed)
}

// example shows a value that a setting can have, if the schema has one.
func (s *schema) example(rule *node) string {
	shown := rule.member("default")
	if examples := rule.member("examples").list(); len(examples) > 0 {
		shown = examples[0]
	}
	if shown == nil || shown.value == "" || rule.member("type").text() == "boolean" {
		return ""
	}
	return ", such as " + s.raw(shown)
}

// notAllowed tells which values a setting can have.
func notAllowed(n *node, want []any) string {
	allowed := make([]string, len(want))
	for i, v := range want {
		allowed[i] = fmt.Sprint(v)
	}
	value, isText := n.value.(string)
	switch {
	case !isText && len(allowed) > 1:
		return "this value is not allowed; write " + allowed[0]
	case !isText:
		return "this value is not allowed; the only one is " + strings.Join(allowed, ", ")
	case nearest(value, allowed) != "":
		return fmt.Sprintf("%s is not a name for this; did you mean %s? Allowed: %s", quote(value), quote(nearest(value, allowed)), quoteAll(allowed))
	}
	return fmt.Sprintf("%s is not a name for this. Allowed: %s", quote(value), quoteAll(allowed))
}
