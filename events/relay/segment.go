// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds one file of stored events: how a record looks, how a file is
// checked when the relay starts, and how a reader goes through it.
//
// A file starts with a line that names the format. Each record is a head of 40
// bytes, little-endian, and the event as JSON:
//
//	4 CRC-32C of the head after this field
//	4 length of the event
//	8 time in milliseconds
//	8 next offset of the first topic before this event
//	8 next offset of the second topic
//	4 which topic the event is in, 0 or 1
//	4 CRC-32C of the event
//
// A process that is killed leaves at most one record unfinished, at the end of
// the newest file: less than a head, or a good head with too little behind it.

package relay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sort"
)

const (
	formatLine = "codesteward relay 1\n"
	headSize   = 40
	maxRecord  = 16 << 20 // of the event in one record
	markEvery  = 64 << 10 // bytes between two marks
	readChunk  = 64 << 10 // bytes that a reader takes at a time
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errUnfinished says that bytes end before a record does.
var errUnfinished = errors.New("record is not complete")

// mark is a place in a file where a record starts.
type mark struct {
	spot
	pos int64
}

// segment is a file of stored events, which follow each other without a hole.
type segment struct {
	path  string
	marks []mark // of the first record and then about each markEvery bytes
	last  spot   // of the last record
	size  int64  // of the file up to the end of the last record
}

func (s *segment) first() int64 { return s.marks[0].number() }
func (s *segment) end() int64   { return s.last.number() + 1 }

// add notes a record that takes n bytes at the end of the file.
func (s *segment) add(at spot, n int) {
	if len(s.marks) == 0 || s.size-s.marks[len(s.marks)-1].pos >= markEvery {
		s.marks = append(s.marks, mark{spot: at, pos: s.size})
	}
	s.last = at
	s.size += int64(n)
}

// appendRecord adds an entry to b as it stands in a file.
func appendRecord(b []byte, e entry) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(e.data)))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.stamp))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.next[0]))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.next[1]))
	b = binary.LittleEndian.AppendUint32(b, uint32(e.topic))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(e.data, castagnoli))
	binary.LittleEndian.PutUint32(b[start:], crc32.Checksum(b[start+4:], castagnoli))
	return append(b, e.data...)
}

// readHead reads the head of the record at the start of b, and the length of
// the whole record.
func readHead(b []byte) (at spot, length int, err error) {
	if len(b) < headSize {
		return spot{}, headSize, errUnfinished
	}
	if crc32.Checksum(b[4:headSize], castagnoli) != binary.LittleEndian.Uint32(b) {
		return spot{}, 0, errors.New("checksum of the record's head is wrong")
	}
	size, topic := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[32:])
	at = spot{topic: int(topic), stamp: int64(binary.LittleEndian.Uint64(b[8:])),
		next: [2]int64{int64(binary.LittleEndian.Uint64(b[16:])), int64(binary.LittleEndian.Uint64(b[24:]))}}
	if topic >= uint32(len(topics)) || size > maxRecord || at.next[0] < 0 || at.next[1] < 0 || at.number() < 0 {
		return spot{}, 0, errors.New("record's head makes no sense")
	}
	return at, headSize + int(size), nil
}

// readRecord reads the record at the start of b. The entry's data is part of b.
func readRecord(b []byte) (e entry, length int, err error) {
	e.spot, length, err = readHead(b)
	if err != nil {
		return entry{}, length, err
	}
	if len(b) < length {
		return entry{}, length, errUnfinished
	}
	e.data = b[headSize:length]
	if crc32.Checksum(e.data, castagnoli) != binary.LittleEndian.Uint32(b[36:]) {
		return entry{}, 0, errors.New("checksum of the event is wrong")
	}
	return e, length, nil
}

// recordError says where a file of events cannot be read.
type recordError struct {
	path string
	pos  int64 // all before is good
	err  error
}

func (e *recordError) Error() string {
	return fmt.Sprintf("read event at byte %d of %s: %v", e.pos, e.path, e.err)
}
func (e *recordError) Unwrap() error { return e.err }

// checkSegment reads a whole file. With a recordError it returns the part that
// is good, which has no marks if that is nothing.
func checkSegment(path string) (segment, error) {
	s := segment{path: path, size: int64(len(formatLine))}
	f, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return s, err
	}
	line := make([]byte, len(formatLine))
	if n, err := io.ReadFull(f, line); err != nil {
		if string(line[:n]) != formatLine[:n] {
			err = errors.New("no file of events, or of another version")
		} else if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = errUnfinished
		}
		return s, &recordError{path: path, err: err}
	}
	if string(line) != formatLine {
		return s, &recordError{path: path, err: errors.New("no file of events, or of another version")}
	}
	c := chunk{file: f, pos: s.size}
	for s.size < info.Size() {
		e, n, err := c.next(info.Size())
		if err == nil && len(s.marks) > 0 && (e.number() != s.end() || e.stamp < s.last.stamp) {
			err = errors.New("record does not follow the one before")
		}
		if err != nil {
			return s, &recordError{path: path, pos: s.size, err: err}
		}
		s.add(e.spot, n)
	}
	return s, nil
}

// chunk reads records one after the other, a piece of the file at a time.
type chunk struct {
	file *os.File
	pos  int64  // of rest in the file
	buf  []byte // reused
	rest []byte // of buf, not yet read
}

// next returns the record at pos; nothing behind end is looked at. Its data is
// part of buf, and good until a call of next for which ready was not true.
func (c *chunk) next(end int64) (entry, int, error) {
	e, n, err := readRecord(c.rest)
	if errors.Is(err, errUnfinished) && c.pos+int64(len(c.rest)) < end {
		if err := c.fill(max(n, readChunk), end); err != nil {
			return entry{}, 0, err
		}
		if e, n, err = readRecord(c.rest); errors.Is(err, errUnfinished) && n > len(c.rest) && n > readChunk {
			// The head is there now, and tells of more than a usual piece.
			if err := c.fill(n, end); err != nil {
				return entry{}, 0, err
			}
			e, n, err = readRecord(c.rest)
		}
	}
	if err != nil {
		return entry{}, 0, err
	}
	c.rest = c.rest[n:]
	c.pos += int64(n)
	return e, n, nil
}

// ready reports whether next will need nothing from the file.
func (c *chunk) ready() bool {
	_, n, err := readHead(c.rest)
	return err == nil && n <= len(c.rest)
}

// fill reads up to n bytes from pos on.
func (c *chunk) fill(n int, end int64) error {
	if int64(n) > end-c.pos {
		n = int(end - c.pos)
	}
	if cap(c.buf) < n || cap(c.buf) > 4*max(n, readChunk) {
		c.buf = make([]byte, max(n, readChunk))
	}
	c.rest = nil
	got, err := c.file.ReadAt(c.buf[:n], c.pos)
	if err != nil && (err != io.EOF || got < n) {
		return err
	}
	c.rest = c.buf[:got]
	return nil
}

// fileReader is a reader's place in the stored files.
type fileReader struct {
	chunk
	path   string
	number int64 // of the record at chunk.pos
}

func (f *fileReader) close() {
	if f.file != nil {
		f.file.Close() // nothing was written
	}
	*f = fileReader{}
}

// open goes to the last mark of s for which before holds, or the first.
func (f *fileReader) open(s segment, before func(spot) bool) error {
	if f.path != s.path {
		f.close()
		file, err := os.Open(s.path)
		if err != nil {
			return err
		}
		f.file, f.path = file, s.path
	}
	i := sort.Search(len(s.marks), func(i int) bool { return !before(s.marks[i].spot) })
	m := s.marks[max(i-1, 0)]
	f.pos, f.rest, f.number = m.pos, nil, m.number()
	return nil
}

// read returns some entries of s from a number on, good until the next call;
// none if there are no more. An error is a *recordError, or tells why the file
// cannot be opened.
func (f *fileReader) read(s segment, from int64) ([]entry, error) {
	if f.path != s.path || f.number > from || f.number < from-1000 {
		if err := f.open(s, func(at spot) bool { return at.number() <= from }); err != nil {
			return nil, err
		}
	}
	var got []entry
	for f.number < s.end() && (len(got) == 0 || f.ready()) {
		e, _, err := f.next(s.size)
		if err != nil {
			if len(got) > 0 {
				return got, nil // the error comes back when these are passed
			}
			return nil, &recordError{path: s.path, pos: f.pos, err: err}
		}
		if f.number = e.number() + 1; e.number() >= from {
			got = append(got, e)
		}
	}
	return got, nil
}

// find returns the first record of s that after holds for, which must hold for
// all from some record on, at the latest the last.
func (f *fileReader) find(s segment, after func(spot) bool) (spot, error) {
	if err := f.open(s, func(at spot) bool { return !after(at) }); err != nil {
		return spot{}, err
	}
	for {
		e, _, err := f.next(s.size)
		if err != nil {
			return spot{}, &recordError{path: s.path, pos: f.pos, err: err}
		}
		if f.number = e.number() + 1; after(e.spot) {
			return e.spot, nil
		}
	}
}
