// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the rule for answers that name far less than the one before.

package registry

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// ErrHeld says that a survey names far fewer items or claims than its source
// did: over 20 % and at least 3 fewer, or none at all. It waits for a second
// reading that says the same; until then what the source said before stays in
// force.
var ErrHeld = errors.New("the source names far less than before; a second reading has to confirm it")

// alike is how much of two answers must be the same, in percent, for one to
// confirm the other.
const alike = 80

// shrunk reports whether a source that named so many names too few now.
func shrunk(before, now int) bool {
	fewer := before - now
	return before > 0 && (now == 0 || fewer >= 3 && 5*fewer > before)
}

// confirms reports whether an answer, which names too little, says what the
// answer does that is held.
func (s sourceState) confirms(next Survey, answer []uint64) bool {
	if s.Held.IsZero() || !next.At.After(s.Held) {
		return false
	}
	held, err := readAnswer(s.heldAnswer)
	if err != nil {
		return false // it is held anew
	}
	both := 0
	for _, name := range answer {
		if _, ok := slices.BinarySearch(held, name); ok {
			both++
		}
	}
	return 100*both >= alike*max(len(answer), len(held))
}

// answerOf is what a survey names: items and claims, each as a hash, sorted.
func answerOf(items []Item, claims []Claim) []uint64 {
	out := make([]uint64, 0, len(items)+len(claims))
	add := func(parts ...string) {
		h := fnv.New64a()
		h.Write([]byte(strings.Join(parts, "\x00")))
		out = append(out, h.Sum64())
	}
	for _, i := range items {
		add(string(i.Key))
	}
	for _, c := range claims {
		s := c.statement()
		add(string(s.item), string(s.role), string(s.kind), s.holder, s.page)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func writeAnswer(answer []uint64) string {
	var data []byte
	for _, name := range answer {
		data = binary.BigEndian.AppendUint64(data, name)
	}
	return base64.StdEncoding.EncodeToString(data)
}

func readAnswer(text string) ([]uint64, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("read the answer that is held: %w", err)
	}
	var out []uint64
	for ; len(data) >= 8; data = data[8:] {
		out = append(out, binary.BigEndian.Uint64(data))
	}
	return out, nil
}
