// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what becomes of a cursor when the set of streams changes.

package events

import (
	"fmt"
	"slices"
	"strings"
)

// centres are the prefixes of topics: each stream has a topic in each of
// Wikimedia's main data centres.
var centres = []string{"eqiad.", "codfw."}

// aliases are the short names that the service takes for some streams.
var aliases = map[string]string{
	"recentchange":           "mediawiki.recentchange",
	"revision-create":        "mediawiki.revision-create",
	"page-create":            "mediawiki.page-create",
	"page-delete":            "mediawiki.page-delete",
	"page-move":              "mediawiki.page-move",
	"page-undelete":          "mediawiki.page-undelete",
	"page-links-change":      "mediawiki.page-links-change",
	"page-properties-change": "mediawiki.page-properties-change",
	"test":                   "eventgate-main.test.event",
}

// fullNames are the whole names of a set of streams, without repeats.
func fullNames(set string) ([]string, error) {
	var names []string
	for name := range strings.SplitSeq(set, ",") {
		if full, ok := aliases[name]; ok {
			name = full
		}
		if !strings.Contains(name, ".") {
			return nil, fmt.Errorf("topics of stream %q are not known", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Topics are the names of the Kafka topics that the events of a set of streams
// come from, each of Wikimedia's main data centres having its own. The error says
// which name is none of a stream.
func Topics(set string) ([]string, error) {
	names, err := fullNames(set)
	if err != nil {
		return nil, err
	}
	var topics []string
	for _, name := range names {
		for _, prefix := range centres {
			topics = append(topics, prefix+name)
		}
	}
	return topics, nil
}

// streamOf is the name of the stream that a topic is of.
func streamOf(topic string) (string, error) {
	for _, prefix := range centres {
		if name, ok := strings.CutPrefix(topic, prefix); ok {
			return name, nil
		}
	}
	return "", fmt.Errorf("stream of topic %q is not known", shorten(topic))
}

// adapt makes of the cursor of one set of streams one for another set: topics
// of streams that left go, those of added streams start at the newest time
// seen, the others stay where they are. Its margin is taken off when it is
// resumed from. An error means that the id of c cannot be adapted.
func (c Cursor) adapt(set string) (Cursor, error) {
	wanted, err := fullNames(set)
	if err != nil {
		return c, err
	}
	before, err := fullNames(c.Streams)
	if err != nil {
		return c, err
	}
	adapted := c
	adapted.Streams = set
	if slices.Equal(before, wanted) || c.ID == "" {
		return adapted, nil
	}
	old, err := parseID(nil, c.ID)
	if err != nil {
		return c, err
	}
	var places []place
	var stay []string
	for _, p := range old {
		name, err := streamOf(p.topic)
		if err != nil {
			return c, err
		}
		if slices.Contains(wanted, name) {
			places, stay = append(places, p), append(stay, name)
		}
	}
	start := newest(old)
	if !c.Time.IsZero() {
		start = c.Time.UnixMilli()
	}
	if start == 0 {
		return c, fmt.Errorf("id %q has no time for an added stream to start at", shorten(c.ID))
	}
	for _, name := range wanted {
		if slices.Contains(stay, name) {
			continue
		}
		for _, prefix := range centres {
			places = append(places, place{topic: prefix + name, timed: true, stamp: start})
		}
	}
	adapted.ID, adapted.Offsets = formatID(places), nil
	for key, offset := range c.Offsets {
		topic, _, _ := strings.Cut(key, "/")
		if name, err := streamOf(topic); err == nil && slices.Contains(wanted, name) {
			if adapted.Offsets == nil {
				adapted.Offsets = make(map[string]int64)
			}
			adapted.Offsets[key] = offset
		}
	}
	return adapted, nil
}
