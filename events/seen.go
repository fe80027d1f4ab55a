// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the memory of which events have been handed over.

package events

// seen is a set of event ids that forgets the oldest when it is full.
type seen struct {
	ids  map[string]struct{}
	ring []string
	next int
}

func newSeen(size int) *seen {
	return &seen{ids: make(map[string]struct{}), ring: make([]string, size)}
}

// add puts id in the set and reports whether it was not there.
func (s *seen) add(id string) bool {
	if _, ok := s.ids[id]; ok {
		return false
	}
	if old := s.ring[s.next]; old != "" {
		delete(s.ids, old)
	}
	s.ring[s.next] = id
	s.next = (s.next + 1) % len(s.ring)
	s.ids[id] = struct{}{}
	return true
}
