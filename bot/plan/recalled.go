// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the bot's own texts tell of what it has sent: the keys in
// messages, the entries of the noticeboard with those whom they pinged, and the
// regions of a page. A store that was lost is filled from them.

package plan

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

var (
	messageMark = regexp.MustCompile(`<!-- codesteward ([^<>\n]+?) -->`)
	regionMark  = regexp.MustCompile(`(?m)^<!-- codesteward begin ([A-Za-z0-9_.-]+)`)
	confirmKey  = regexp.MustCompile(`/confirm-\d{4}-\d\d-\d\d-\d+/User:`)
	pingedUser  = regexp.MustCompile(`\[\[User:([^|\]]+)\|`)
)

// MessagesIn returns the keys of the messages in a text, in their order. A key
// that its mark may stand for in two ways is given in both.
func MessagesIn(text string) []string {
	var keys []string
	add := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, found := range messageMark.FindAllStringSubmatch(text, -1) {
		key := found[1]
		if strings.HasPrefix(key, "begin ") || strings.HasPrefix(key, "end ") {
			continue
		}
		add(key)
		add(strings.ReplaceAll(key, "- -", "--")) // see keyMark
	}
	return keys
}

// ToldBy is what the message with a key on a page of a wiki told whom; ok is
// false for a key of something else. Which step of the ladder it was on, nobody
// can tell: it counts as the first.
func ToldBy(key, wiki, page string) (told registry.Told, ok bool) {
	of, ok := parseKey(key, wiki)
	if !ok {
		return registry.Told{}, false
	}
	told = registry.Told{Wiki: wiki, Key: key, User: of.user, Item: of.item, Rung: config.ToSteward, Way: config.WayTalk, Page: page}
	switch {
	case confirmKey.MatchString(key):
		told.Rung = registry.RungConfirm
	case of.user == "":
		told.Rung, told.Way = config.ToItem, config.WayItem
	}
	return told, true
}

// StoodEntry is an entry that the bot has put on a noticeboard.
type StoodEntry struct {
	Anchor string `json:"anchor"`
	// Pinged are the users whom it pinged.
	Pinged []string `json:"pinged,omitempty"`
	// Page and Revision are where it was first seen, At when that was saved.
	Page     string    `json:"page"`
	Revision int64     `json:"revision"`
	At       time.Time `json:"at"`
}

// EntriesIn returns the entries in the text of a noticeboard or an archive of it,
// without where they stand.
func EntriesIn(text string) []StoodEntry {
	var entries []StoodEntry
	all := entryAnchor.FindAllStringSubmatchIndex(text, -1)
	for i, at := range all {
		until := len(text)
		if i+1 < len(all) {
			until = all[i+1][0]
		}
		e := StoodEntry{Anchor: text[at[2]:at[3]]}
		if names := pinged.FindString(text[at[1]:until]); names != "" {
			for _, user := range pingedUser.FindAllStringSubmatch(names, -1) {
				e.Pinged = append(e.Pinged, user[1])
			}
		}
		entries = append(entries, e)
	}
	return entries
}

// PingedBy are the lines of the log about those whom the entry of a mention
// pinged.
func PingedBy(e StoodEntry, m registry.Mention) []registry.Told {
	var all []registry.Told
	key := BoardKey(m)
	for _, user := range e.Pinged {
		all = append(all, registry.Told{Wiki: m.Wiki, Key: key, User: user, Item: m.Item, Mention: key, Rung: config.ToSteward, Way: config.WayPing, Page: e.Page})
	}
	return all
}

// RegionsIn returns the ids of the regions that begin in a text.
func RegionsIn(text string) []string {
	var ids []string
	for _, found := range regionMark.FindAllStringSubmatch(text, -1) {
		ids = append(ids, found[1])
	}
	return ids
}
