// SPDX-License-Identifier: GPL-3.0-or-later

package config_test

import (
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// A page is taken whole or not at all, and every problem is told at once.
func ExampleParseRules() {
	rules, problems := config.ParseRules(`{
	"version": 1,
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets#List", "kinds": ["gadgets"]}
	]
}`)
	fmt.Println(rules == nil)
	for _, problem := range problems {
		fmt.Println(problem)
	}
	// Output:
	// true
	// line 4, column 29, $.tables[0].page: "#" cannot be in a page title; write the title without brackets or section, as it stands on top of the page
	// line 4, column 63, $.tables[0].kinds[0]: "gadgets" is not a name for this; did you mean "gadget"? Allowed: "extension", "skin", "gadget", "userscript", "tool"
}
