// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how items are kept in memory: as compressed JSON, some at a
// time, since few of them are ever looked at.

package web

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/s2"
)

// perBlock is how many items are compressed together: enough to find what they
// have in common, and few enough that taking one out is nothing.
const perBlock = 32

// spot is where an item is kept.
type spot struct{ block, line int32 }

// blocks are items, a line of JSON each, some lines in a block.
type blocks [][]byte

// get takes an item out.
func (b blocks) get(at spot) (item, error) {
	lines, err := s2.Decode(nil, b[at.block])
	if err != nil {
		return item{}, fmt.Errorf("take an item out of memory: %w", err) // unreachable
	}
	for range at.line {
		_, lines, _ = bytes.Cut(lines, []byte("\n"))
	}
	line, _, _ := bytes.Cut(lines, []byte("\n"))
	var i item
	if err := json.Unmarshal(line, &i); err != nil {
		return item{}, fmt.Errorf("take an item out of memory: %w", err) // unreachable
	}
	return i, nil
}

// blockWriter fills blocks.
type blockWriter struct {
	done  blocks
	raw   bytes.Buffer
	lines int32
}

// add keeps an item.
func (w *blockWriter) add(i item) (spot, error) {
	line, err := json.Marshal(i)
	if err != nil {
		return spot{}, fmt.Errorf("keep item %s: %w", i.Key, err) // unreachable
	}
	at := spot{int32(len(w.done)), w.lines}
	w.raw.Write(line)
	w.raw.WriteByte('\n')
	if w.lines++; w.lines == perBlock {
		w.flush()
	}
	return at, nil
}

// flush ends the block.
func (w *blockWriter) flush() {
	if w.lines > 0 {
		w.done = append(w.done, bytes.Clone(s2.EncodeBetter(nil, w.raw.Bytes())))
		w.raw.Reset()
		w.lines = 0
	}
}
