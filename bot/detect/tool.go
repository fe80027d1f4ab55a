// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how tools are named: by their hosts and by the pages of the
// services that list them.

package detect

import (
	"slices"
	"strings"
)

// reservedHosts are labels before toolforge.org that are no tools.
var reservedHosts = []string{"www", "login", "dev", "api", "api-docs", "docs", "iw", "beta", "bastion"}

// reservedProjects are labels before wmcloud.org and wmflabs.org that are
// services for everybody.
var reservedProjects = []string{"www", "tools", "tools-static", "toolsbeta", "codesearch", "login", "bastion", "proxy", "api"}

// toolhubPages are what Toolhub's own interface has where a tool's name stands.
var toolhubPages = []string{"create", "edit", "history", "search"}

// tools returns the tools that an address is about. A host counts if it is
// known itself or one label below a known one.
func tools(to place) []item {
	if to.wiki != "" || to.host == "" {
		return nil
	}
	switch to.host {
	case "iw.toolforge.org", "tools.wmflabs.org":
		return tool(after(to.path, ""))
	case "toolsadmin.wikimedia.org":
		return tool(after(to.path, "tools/id/"))
	case "gitlab.wikimedia.org":
		return tool(strings.TrimSuffix(after(to.path, "toolforge-repos/"), ".git"))
	case "toolhub.wikimedia.org":
		return toolhub(after(to.path, "tools/"))
	}
	label, domain, _ := strings.Cut(to.host, ".")
	switch domain {
	case "toolforge.org":
		if slices.Contains(reservedHosts, label) {
			return nil
		}
		found := tool(label)
		if label == "k8s-status" {
			if name, ok := strings.CutPrefix(after(to.path, "namespaces/"), "tool-"); ok {
				found = append(found, tool(name)...)
			}
		}
		return found
	case "wmcloud.org", "wmflabs.org":
		if !slices.Contains(reservedProjects, label) && isToolName(label) {
			return []item{{kind: Tool, name: "wmcloud:" + label}}
		}
	}
	return nil
}

// tool makes an item of the name of a Toolforge tool.
func tool(name string) []item {
	name = strings.ToLower(name)
	if !isToolName(name) {
		return nil
	}
	return []item{{kind: Tool, name: name}}
}

// toolhub makes an item of a name in Toolhub, where those of Toolforge have a
// prefix.
func toolhub(name string) []item {
	if bare, ok := strings.CutPrefix(name, "toolforge-"); ok {
		return tool(bare)
	}
	if name == "" || len(name) > 255 || slices.Contains(toolhubPages, name) || strings.ContainsAny(name, " <>[]{}|") {
		return nil
	}
	return []item{{kind: Tool, name: "toolhub:" + name}}
}

// isToolName reports whether a Toolforge tool can have the name: a file in the
// root of a web server cannot.
func isToolName(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return name != "" && name[0] != '-' && name[0] != '_'
}
