// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader of recorded events, as curl or a test leaves them.

package events

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/gzip"
)

// ErrRecording is matched by the error of a recording that could not be read
// any further, as opposed to that of one bad event in it.
var ErrRecording = errors.New("recording cannot be read")

// ErrServer is matched by the error of an event by which the server said that
// it had failed.
var ErrServer = errors.New("server failed")

// errTooBig is the error of a recorded event that is longer than allowed.
var errTooBig = errors.New("event is too big")

// Recording reads recorded events.
type Recording struct {
	// Want says which events are wanted; the others are dropped without being
	// decoded. It is not asked about canaries. If nil, all are wanted.
	Want func(wiki []byte, namespace int) bool
	// Dropped, if not nil, is called for each event that was dropped. The wiki
	// is only good until it returns.
	Dropped func(wiki []byte)
}

// Recorded yields all events of a recording; see Recording.Events.
func Recorded(r io.Reader) iter.Seq2[Event, error] {
	return Recording{}.Events(r)
}

// Events yields the events of a recording: either a stream as the server sent
// it, or JSON lines, as they are or compressed by gzip. An event that cannot be
// decoded is yielded as its error and the next one follows; so is one of more
// than DefaultMaxEvent bytes, and one by which the server said that it had
// failed (ErrServer). If r fails, an error that matches ErrRecording is yielded
// last. A cut event at the end of a stream is dropped.
//
// The Cursor of an event has the recorded id, if there is one, but no streams.
func (rec Recording) Events(r io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		text, err := plainRecording(r)
		if err != nil {
			yield(Event{}, fmt.Errorf("%w: %w", ErrRecording, err))
			return
		}
		p := player{Recording: rec, yield: yield}
		lines := lineReader{src: text, most: DefaultMaxEvent}
		for {
			line, err := lines.next()
			if err != nil && err != io.EOF && err != errTooBig {
				yield(Event{}, fmt.Errorf("%w: %w", ErrRecording, err))
				return
			}
			ended := err == io.EOF
			if ended && len(line) == 0 || !p.line(line, err == errTooBig) || ended {
				return
			}
		}
	}
}

// plainRecording takes the compression off a recording, if there is one, and
// the byte order mark that some editors put before a text.
func plainRecording(r io.Reader) (io.Reader, error) {
	raw := bufio.NewReaderSize(r, 64<<10)
	text := raw
	if magic, _ := raw.Peek(2); string(magic) == "\x1f\x8b" {
		unzipped, err := gzip.NewReader(raw)
		if err != nil {
			return nil, err
		}
		text = bufio.NewReader(unzipped)
	}
	const mark = "\ufeff"
	if begin, _ := text.Peek(len(mark)); string(begin) == mark {
		if _, err := text.Discard(len(mark)); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// player makes events of lines.
type player struct {
	Recording
	yield func(Event, error) bool

	id      []byte // the last one
	data    []byte // of the event so far
	any     bool   // the event so far has data
	failure bool   // the event so far is one of a failure
	tooBig  bool   // the event so far is too big
}

// line takes the next line; tooBig says that it was too long to be kept. It
// reports whether to go on.
func (p *player) line(line []byte, tooBig bool) bool {
	switch {
	case tooBig:
		p.tooBig = true
		return p.yield(Event{}, errTooBig)
	case len(line) == 0:
		return p.dispatch()
	case at(line, blanks(line, 0), '{'):
		p.tooBig = false // what was too big was another line
		return p.event(line, nil)
	}
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) {
	case "event":
		p.failure = string(value) == "error"
	case "id":
		p.id = append(p.id[:0], value...)
	case "data":
		return p.add(value)
	}
	return true
}

// add adds a line to the data of the event.
func (p *player) add(value []byte) bool {
	switch {
	case p.tooBig:
		return true
	case len(p.data)+1+len(value) > DefaultMaxEvent:
		p.tooBig = true
		return p.yield(Event{}, errTooBig)
	case p.any:
		p.data = append(p.data, '\n')
	}
	p.data, p.any = append(p.data, value...), true
	return true
}

// dispatch ends an event.
func (p *player) dispatch() bool {
	data, any, failure, tooBig := p.data, p.any, p.failure, p.tooBig
	p.data, p.any, p.failure, p.tooBig = p.data[:0], false, false, false
	if cap(p.data) > roomy {
		p.data = nil
	}
	switch {
	case tooBig:
		return true
	case failure:
		return p.yield(Event{}, fmt.Errorf("%w: %s", ErrServer, shorten(string(data))))
	case !any:
		return true
	}
	return p.event(data, p.id)
}

// event yields an event if it is wanted.
func (p *player) event(data, id []byte) bool {
	if p.Want != nil {
		if kept, h := keeps(data, p.Want); !kept {
			if p.Dropped != nil {
				p.Dropped(h.wiki)
			}
			return true
		}
	}
	e, err := Decode(data)
	if err != nil {
		return p.yield(Event{}, err)
	}
	e.Cursor = Cursor{ID: string(id), Time: e.Time}
	return p.yield(e, nil)
}

// lineReader reads lines, which end with a newline, a carriage return, or both.
type lineReader struct {
	src  io.Reader
	most int // bytes of a line

	buf        []byte
	start, end int // what of buf is not returned yet
	err        error
	skipNL     bool // the last line ended with a carriage return: a newline belongs to it
}

// next returns a line without its end, which is good until the next call. It
// returns errTooBig for one that is too long, once it is past it, and the error
// of the source together with what was left.
func (l *lineReader) next() ([]byte, error) {
	tooBig := false
	for from := 0; ; {
		if l.skipNL && l.start < l.end {
			if l.buf[l.start] == '\n' {
				l.start++
			}
			l.skipNL = false
		}
		rest := l.buf[l.start:l.end]
		if n := lineEnd(rest[from:]); n >= 0 {
			n += from
			l.skipNL = rest[n] == '\r'
			l.start += n + 1
			if tooBig || n > l.most {
				return nil, errTooBig
			}
			return rest[:n], nil
		}
		from = len(rest)
		if from > l.most {
			tooBig = true
			l.start, from = l.end, 0
		}
		if l.err != nil {
			l.start = l.end
			if tooBig && l.err == io.EOF {
				return nil, errTooBig
			}
			return rest, l.err
		}
		l.fill()
	}
}

// lineEnd is the index of the first end of a line, -1 if there is none.
func lineEnd(text []byte) int {
	n := bytes.IndexByte(text, '\n')
	if n >= 0 {
		text = text[:n]
	}
	if r := bytes.IndexByte(text, '\r'); r >= 0 {
		return r
	}
	return n
}

// fill reads more, and makes room for it.
func (l *lineReader) fill() {
	const size = 64 << 10
	switch {
	case l.start == l.end && cap(l.buf) > roomy || l.buf == nil:
		l.buf, l.start, l.end = make([]byte, size), 0, 0
	case l.start > 0:
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.start = 0
	case l.end == len(l.buf):
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.src.Read(l.buf[l.end:])
	l.end += n
	l.err = err
}
