// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which environment variables the program knows.

package main

import (
	"fmt"
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
