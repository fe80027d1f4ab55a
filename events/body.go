// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader that stands between a connection and the SSE
// library and lets only complete events through, and of those only the ones
// that are for the consumer.

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
	// sieve says which events are yielded; nil yields all.
	sieve *sieve
	// before and after enclose each wait for the source.
	before, after func()
	// skipped is called for each event passed over.
	skipped func()
	err     error

	buf []byte
	// What is in buf from start to end is not yielded yet; up to scanned, no
	// event ends.
	start, scanned, end int
	// out is being read, then comes after it.
	out, then []byte

	begun    bool // the first event has been looked at
	cr       bool // the last byte was a carriage return: a newline belongs to it
	skipping bool // the present event is too big
}

const (
	// usual is the size of the buffer unless an event is larger.
	usual = 64 << 10
	// roomy is the size above which it is not kept for the next event.
	roomy = 1 << 20
)

var (
	blankLine = []byte("\n\n")
	// position is what is yielded when the library has to be told nothing but
	// that there is news of the position.
	position = []byte("event: position\ndata: -\n\n")
	// mark may stand at the beginning of a text in UTF-8.
	mark = []byte("\ufeff")
)

func (b *body) Read(p []byte) (int, error) {
	for len(b.out) == 0 {
		switch {
		case len(b.then) > 0:
			b.out, b.then = b.then, nil
		case b.next():
		case b.err != nil && b.sieve.rest():
			b.out = position
		case b.err != nil:
			return 0, io.EOF
		case b.sieve.due():
			b.out = position
		default:
			b.fill()
		}
	}
	n := copy(p, b.out)
	b.out = b.out[n:]
	return n, nil
}

func (b *body) Close() error { return b.src.Close() }

// fill waits for more from the source.
func (b *body) fill() {
	rest := b.buf[b.start:b.end]
	switch {
	case len(b.buf) > roomy && len(rest) < usual || b.buf == nil:
		b.buf = append(make([]byte, 0, usual), rest...)[:usual]
	case len(rest) == len(b.buf):
		b.buf = append(b.buf, make([]byte, len(b.buf))...)
	case b.start > 0:
		copy(b.buf, rest)
	}
	b.scanned -= b.start
	b.start, b.end = 0, len(rest)
	b.before()
	n, err := b.src.Read(b.buf[b.end:])
	b.after()
	b.end += b.normalize(b.buf[b.end : b.end+n])
	b.err = err
}

// normalize makes all ends of lines in part newlines and returns the length
// that is left. A line ends with a newline, a carriage return, or both.
func (b *body) normalize(part []byte) int {
	if !b.cr && bytes.IndexByte(part, '\r') < 0 {
		return len(part)
	}
	n := 0
	for _, c := range part {
		switch {
		case c == '\n' && b.cr:
			b.cr = false
			continue
		case c == '\r':
			b.cr, c = true, '\n'
		default:
			b.cr = false
		}
		part[n] = c
		n++
	}
	return n
}

// next moves on to the end of an event that is to be yielded and reports
// whether there is one in what was read.
func (b *body) next() bool {
	for {
		if !b.skipping {
			for b.start < b.end && b.buf[b.start] == '\n' {
				b.start++
			}
			b.scanned = max(b.scanned, b.start)
		}
		i := bytes.Index(b.buf[b.scanned:b.end], blankLine)
		if i < 0 {
			b.wait()
			return false
		}
		event := b.buf[b.start : b.scanned+i+2]
		b.start = b.scanned + i + 2
		b.scanned = b.start
		if b.skipping {
			b.skipping = false
			continue
		}
		if len(event) > b.max {
			b.skipped()
			continue
		}
		if !b.begun {
			b.begun = true
			event = bytes.TrimPrefix(event, mark)
		}
		if b.sieve == nil {
			b.out = event
			return true
		}
		news, kept := b.sieve.look(event)
		if kept {
			b.out = event
		}
		if news {
			b.out, b.then = position, b.out
		}
		if news || kept {
			return true
		}
	}
}

// wait notes that the present event does not end in what was read, and lets go
// of it if it is too big.
func (b *body) wait() {
	b.scanned = max(b.scanned, b.end-1)
	if !b.skipping && b.end-b.start > b.max {
		b.skipping = true
		b.skipped()
	}
	if b.skipping {
		b.start = b.scanned // the last byte may be the first half of a blank line
	}
}
