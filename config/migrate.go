// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how pages of older versions stay good.

package config

import (
	"fmt"
	"maps"
	"slices"
)

// migrations are the steps from each version of the rules to the next, the first
// from version 1 to 2. A step works on a tree that may have any fault, and what
// it adds means what the older version meant: a page that was good never changes
// what the bot does because the bot is newer.
//
// Keys that came with a version have it as "x-since" in the schema; a page of an
// older one cannot have them.
var migrations = []func(root *node){
	// Version 1 had no "enabled", "limits", "bot_flag" and "grace_days": the bot
	// edited, as fast as the wiki let it, every edit was marked, and rows with
	// words of people stayed for ever. Nothing was archived, and nobody was asked
	// again.
	func(root *node) {
		root.supply("enabled", true)
		none := map[string]int64{}
		for _, key := range limitKeys {
			none[key] = 0
		}
		root.supplyGroup("limits", none)
		for _, key := range []string{"noticeboard", "notices"} {
			if group := root.member(key); group != nil && group.isGroup() {
				group.supply("bot_flag", true)
			}
		}
		if board := root.member("noticeboard"); board != nil && board.isGroup() {
			board.supply("archive_months", int64(0))
		}
		root.supplyGroup("verdict", map[string]int64{"reconfirm_months": 0})
		if verdict := root.member("verdict"); verdict.isGroup() {
			verdict.supply("reconfirm_months", int64(0))
		}
		for _, table := range root.member("tables").list() {
			if table.isGroup() {
				table.supply("grace_days", int64(0))
			}
		}
	},
}

// newest is the version that pages are read as.
func newest() int { return len(migrations) + 1 }

// migrate makes a page one of the newest version. A page whose version is unknown
// stays as it is, and the schema tells of it. The faults are keys that are too
// new for the version of the page.
func migrate(p page) []fault {
	written := p.root.member("version")
	version, ok := written.integer()
	if !ok || version < 1 || version >= newest() {
		return nil
	}
	s := rulesSchema()
	faults := s.tooNew(p.root, s.root, version)
	for _, step := range migrations[version-1:] {
		step(p.root)
	}
	p.root.put("version", &node{path: written.path, key: written.key, at: written.at, end: written.end, value: int64(newest())})
	return faults
}

// tooNew finds the keys that came after a version.
func (s *schema) tooNew(n, rule *node, version int) []fault {
	var faults []fault
	for _, key := range n.keys {
		member, setting := n.members[key], s.resolve(rule.member("properties").member(key))
		if since, ok := setting.member("x-since").integer(); ok && since > version {
			faults = append(faults, fault{member.key, member.path, fmt.Sprintf(
				`this key came with version %d of the format, and the page has "version": %d; write %[1]d there, and see what else has changed (with 2 the bot edits nothing without "enabled": true)`,
				since, version)})
			continue
		}
		faults = append(faults, s.tooNew(member, setting, version)...)
	}
	for _, item := range n.items {
		faults = append(faults, s.tooNew(item, s.resolve(rule.member("items")), version)...)
	}
	return faults
}

// supply adds a member that the text does not have, at the place of the group.
func (n *node) supply(key string, value any) {
	if n.members[key] == nil {
		n.put(key, &node{path: memberPath(n.path, key), key: n.at, at: n.at, end: n.at, value: value})
	}
}

// supplyGroup adds a group that the text does not have.
func (n *node) supplyGroup(key string, values map[string]int64) {
	if n.members[key] != nil {
		return
	}
	group := &node{path: memberPath(n.path, key), key: n.at, at: n.at, end: n.at}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		group.put(name, &node{path: memberPath(group.path, name), key: n.at, at: n.at, end: n.at, value: values[name]})
	}
	n.put(key, group)
}

// isSupplied reports whether a value is not in the text.
func (n *node) isSupplied() bool { return n.at == n.end }
