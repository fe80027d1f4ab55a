// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which environment variables the program knows, and how the
// name of a database takes values from others.

package main

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const (
	envPrefix   = "CODESTEWARD"
	envPassword = envPrefix + "_PASSWORD"
)

// knownVariables returns an error for a CODESTEWARD_ variable that nothing
// reads: a misspelt setting must not be taken for its default.
func knownVariables(model *kong.Application, environ []string) error {
	var known []string
	var add func(n *kong.Node)
	add = func(n *kong.Node) {
		for _, f := range n.Flags {
			known = append(known, f.Envs...)
		}
		for _, c := range n.Children {
			add(c)
		}
	}
	add(model.Node)
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix+"_") || name == envPassword || strings.HasPrefix(name, envPassword+"_") || slices.Contains(known, name) {
			continue
		}
		slices.Sort(known)
		return fmt.Errorf("unknown environment variable %s; known are %s and %s", name, strings.Join(slices.Compact(known), ", "), envPassword)
	}
	return nil
}

// variable is where the value of an environment variable goes.
var variable = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// withVariables puts the values of environment variables in the place of their
// names in the address of a MariaDB database, such as ${TOOL_TOOLSDB_USER}: so a
// platform can change a password that it hands out. An error tells no value.
func withVariables(dsn string, getenv func(string) string) (string, error) {
	if !strings.HasPrefix(dsn, "mysql:") {
		return dsn, nil
	}
	var missing []string
	filled := variable.ReplaceAllStringFunc(dsn, func(braced string) string {
		name := braced[2 : len(braced)-1]
		value := getenv(name)
		if value == "" && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
		return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("the database's address needs the environment variables %s, which are not set", strings.Join(missing, ", "))
	}
	return filled, nil
}
