// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader that stands between a connection and the SSE
// library and lets only complete events through.

package events

import (
	"bytes"
	"io"
)

// body reads a stream of events and yields one complete event at a time, with
// plain newlines and a blank line at its end. What is left when the source
// ends is dropped: half an event must not be taken for one, nor half an id for
// a position. Whatever ended the source, the reader of a body sees io.EOF; err
// holds the reason.
type body struct {
	src io.ReadCloser
	// max is the size in bytes above which an event is passed over.
	max int
	// before and after enclose each wait for the source.
	before, after func()
	// skipped is called for each event passed over.
	skipped func()
	err     error

	raw    []byte // the buffer of the last read
	unread []byte // what of raw is not looked at yet
	event  []byte // the event so far
	out    []byte // the complete event being read, from off on
	off    int

	text     bool // the present line is not blank
	cr       bool // the last byte was a carriage return: a newline belongs to it
	skipping bool
}

// roomy is the capacity above which a buffer is not kept for the next event.
const roomy = 1 << 20

func (b *body) Read(p []byte) (int, error) {
	for b.off == len(b.out) {
		if b.next() {
			continue
		}
		if b.err != nil {
			return 0, io.EOF
		}
		b.fill()
	}
	n := copy(p, b.out[b.off:])
	b.off += n
	return n, nil
}

func (b *body) Close() error { return b.src.Close() }

// fill waits for more from the source.
func (b *body) fill() {
	if b.raw == nil {
		b.raw = make([]byte, 32<<10)
	}
	b.before()
	n, err := b.src.Read(b.raw)
	b.after()
	b.unread, b.err = b.raw[:n], err
}

// next moves on through what was read and reports whether an event is
// complete. Lines end with a newline, a carriage return, or both.
func (b *body) next() bool {
	for len(b.unread) > 0 {
		if b.cr {
			b.cr = false
			if b.unread[0] == '\n' {
				b.unread = b.unread[1:]
				continue
			}
		}
		i := bytes.IndexAny(b.unread, "\r\n")
		if i < 0 {
			b.add(b.unread)
			b.unread = nil
			return false
		}
		b.add(b.unread[:i])
		b.cr = b.unread[i] == '\r'
		b.unread = b.unread[i+1:]
		if b.endLine() {
			return true
		}
	}
	return false
}

func (b *body) add(part []byte) {
	if len(part) == 0 {
		return
	}
	b.text = true
	if b.skipping {
		return
	}
	if len(b.event)+len(part) > b.max {
		b.skipping = true
		b.event = nil
		b.skipped()
		return
	}
	b.event = append(b.event, part...)
}

// endLine ends the present line and reports whether that ended an event.
func (b *body) endLine() bool {
	if b.text {
		b.text = false
		if !b.skipping {
			b.event = append(b.event, '\n')
		}
		return false
	}
	if b.skipping || len(b.event) == 0 {
		b.skipping = false
		return false
	}
	spare := b.out[:0]
	if cap(spare) > roomy {
		spare = nil
	}
	b.out, b.off = append(b.event, '\n'), 0
	b.event = spare
	return true
}
