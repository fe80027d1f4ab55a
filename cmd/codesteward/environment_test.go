// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"strings"
	"testing"
)

func TestAddressOfADatabaseTakesVariables(t *testing.T) {
	env := map[string]string{"TOOL_TOOLSDB_USER": "s12345", "TOOL_TOOLSDB_PASSWORD": "p/q@r:s t+ü", "EMPTY": ""}
	tests := []struct{ name, dsn, want, problem string }{
		{"no variable", "mysql://u:p@db.example/d", "mysql://u:p@db.example/d", ""},
		{
			"a user, a password with all that an address could trip over, and a database",
			"mysql://${TOOL_TOOLSDB_USER}:${TOOL_TOOLSDB_PASSWORD}@tools.db.example/${TOOL_TOOLSDB_USER}__bot",
			"mysql://s12345:p%2Fq%40r%3As%20t%2B%C3%BC@tools.db.example/s12345__bot", "",
		},
		{"a dollar in a password", "mysql://u:pa$word$@db/d", "mysql://u:pa$word$@db/d", ""},
		{"a variable that is not there", "mysql://${TOOL_TOOLSDB_USER}:${NOWHERE}@db/d", "", "NOWHERE"},
		{"a variable that is empty", "mysql://${EMPTY}:x@db/d", "", "EMPTY"},
		{"a file", "sqlite:/data/${TOOL_TOOLSDB_USER}.db", "sqlite:/data/${TOOL_TOOLSDB_USER}.db", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := withVariables(test.dsn, func(name string) string { return env[name] })
			if got != test.want || (err != nil) != (test.problem != "") {
				t.Errorf("got %q, %v", got, err)
			}
			if err != nil && (!strings.Contains(err.Error(), test.problem) || strings.Contains(err.Error(), "s12345")) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
