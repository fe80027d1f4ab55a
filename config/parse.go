// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the text of a config page becomes rules.

package config

// MaxBytes is the size of the biggest page that is read as rules, in bytes. A
// page with a hundred tables is a tenth of it.
const MaxBytes = 256 << 10

// ParseRules reads the text of a config page. It returns the rules with their
// defaults filled in and with warnings, or else every problem of the page in the
// order of the text, at most a hundred and a note of how many are left; never
// both. Warnings are among them while there is room. A text that is not JSON, is
// empty, is bigger than MaxBytes, or has a list of more than 5000 entries is one
// problem.
//
// A page of an older version is read as the newest one that means the same.
func ParseRules(text string) (*Rules, []Problem) {
	p, faults := scan(text, form{"page", `{"version": 2}`, MaxBytes})
	var odd []fault
	if p.root != nil {
		faults = append(faults, migrate(p)...)
		faults = append(faults, rulesSchema().check(p.root)...)
		for _, version := range []page{p, pending(p)} {
			if version.root != nil {
				faults = append(faults, checkRegions(version)...)
				faults = append(faults, checkWatch(version)...)
				faults = append(faults, checkMessages(version)...)
				odd = append(odd, warn(version)...)
			}
		}
		odd = append(odd, warnPreview(p)...)
	}
	if len(faults) == 0 {
		rules, err := read(p)
		if err == nil {
			rules.Warnings = problems(p.lines, odd, Warning)
			return rules, nil
		}
		// Unreachable while the schema and the types say the same.
		faults = []fault{{0, "$", err.Error()}}
	}
	list := problems(p.lines, faults, Error)
	if len(list)+len(odd) <= maxProblems {
		list = inOrder(append(list, problems(p.lines, odd, Warning)...))
	}
	return nil, list
}

// read fills in the rules from a page without faults.
func read(p page) (*Rules, error) {
	rules := usual()
	if err := p.root.decode(rules); err != nil {
		return nil, err
	}
	rules.complete()
	rules.written = p
	next := pending(p)
	if next.root == nil {
		return rules, nil
	}
	var err error
	rules.Preview, err = read(next)
	return rules, err
}

// previewKey is the group with a change that is being prepared.
const previewKey = "preview"

// pending returns a page as it would be with the change that it prepares; it is
// empty where there is none. Every value stays at its place in the text.
func pending(p page) page {
	preview := p.root.member(previewKey)
	if preview == nil || !preview.isGroup() {
		return page{}
	}
	root := &node{path: p.root.path, key: p.root.key, at: p.root.at, end: p.root.end}
	for _, key := range p.root.keys {
		if key != previewKey {
			root.put(key, p.root.members[key])
		}
	}
	for _, key := range settings(rulesSchema().at([]string{previewKey})) {
		if group := preview.member(key); group != nil {
			root.put(key, group)
		}
	}
	return page{root, p.lines}
}
