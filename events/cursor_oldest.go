// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is the position of several readers of one set of streams
// when another reader takes over from all of them.

package events

import "time"

// Oldest returns the position from which nothing is missed that any of the
// cursors has not seen: in each topic that of the one that is furthest behind. It
// has seen what each of them has. Those of different sets of streams, or with no
// id, have only their times in common.
func Oldest(cursors ...Cursor) Cursor {
	if len(cursors) == 0 {
		return Cursor{}
	}
	all := cursors[0]
	all.Seen, all.Offsets = nil, nil
	alike, timed := true, map[partitionKey]bool{}
	places := make([][]place, len(cursors))
	for i, c := range cursors {
		var err error
		places[i], err = parseID(nil, c.ID)
		alike = alike && err == nil && c.ID != "" && c.Streams == all.Streams
		for _, p := range places[i] {
			timed[partitionKey{p.topic, p.partition}] = timed[partitionKey{p.topic, p.partition}] || p.timed
		}
	}
	var earliest []place
	at := map[partitionKey]int{}
	for i, c := range cursors {
		if !c.Time.IsZero() && (all.Time.IsZero() || c.Time.Before(all.Time)) {
			all.Time = c.Time
		}
		all.Seen = append(all.Seen, c.Seen...)
		for key, last := range c.Offsets {
			if all.Offsets == nil {
				all.Offsets = map[string]int64{}
			}
			if first, known := all.Offsets[key]; !known || last < first {
				all.Offsets[key] = last
			}
		}
		for _, p := range places[i] {
			key := partitionKey{p.topic, p.partition}
			if !p.timed && timed[key] && !c.Time.IsZero() {
				p.timed, p.stamp = true, c.Time.UnixMilli() // nothing came up to then
			}
			n, known := at[key]
			switch {
			case !known:
				at[key] = len(earliest)
				earliest = append(earliest, p)
			case p.timed && (!earliest[n].timed || p.stamp < earliest[n].stamp), !p.timed && !earliest[n].timed && p.offset < earliest[n].offset:
				earliest[n] = p
			}
		}
	}
	all.Seen = all.Seen[max(0, len(all.Seen)-maxSeen):]
	if alike {
		all.ID = formatID(earliest)
		return all
	}
	all.ID, all.Offsets = "", nil
	if first := oldest(earliest); first > 0 && first < all.Time.UnixMilli() {
		all.Time = time.UnixMilli(first).UTC()
	}
	return all
}

// partitionKey names one partition of a topic.
type partitionKey struct {
	topic     string
	partition int
}
