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
)

// ErrRecording is matched by the error of a recording that could not be read
// any further, as opposed to that of one bad event in it.
var ErrRecording = errors.New("recording cannot be read")

// errTooBig is the error of a recorded line that is longer than allowed.
var errTooBig = errors.New("event is too big")

// Recorded yields the events of a recording: either a stream as the server
// sent it, or JSON lines. An event that cannot be decoded is yielded as its
// error and the next one follows; so is one of more than DefaultMaxEvent
// bytes. If r fails, an error that matches ErrRecording is yielded last. A cut
// event at the end of a stream is dropped.
//
// The Cursor of an event has the recorded id, if there is one, but no streams.
func Recorded(r io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		lines := bufio.NewReaderSize(r, 64<<10)
		var id string
		var data []byte
		for {
			line, err := readLine(lines, DefaultMaxEvent)
			if err != nil && err != io.EOF && err != errTooBig {
				yield(Event{}, fmt.Errorf("%w: %w", ErrRecording, err))
				return
			}
			switch {
			case err == errTooBig:
				data = nil
				if !yield(Event{}, err) {
					return
				}
			case bytes.HasPrefix(line, []byte("{")):
				if !yieldDecoded(yield, line, "") {
					return
				}
			case bytes.HasPrefix(line, []byte("id:")):
				id = string(field(line))
			case bytes.HasPrefix(line, []byte("data:")):
				if data != nil {
					data = append(data, '\n')
				}
				data = append(data, field(line)...)
			case len(line) == 0 && data != nil && err == nil:
				if !yieldDecoded(yield, data, id) {
					return
				}
				data = nil
			}
			if err == io.EOF {
				return
			}
		}
	}
}

func yieldDecoded(yield func(Event, error) bool, data []byte, id string) bool {
	e, err := Decode(data)
	if err != nil {
		return yield(Event{}, err)
	}
	e.Cursor = Cursor{ID: id, Time: e.Time}
	return yield(e, nil)
}

// field is the value of a line of a stream, without the one space before it.
func field(line []byte) []byte {
	_, value, _ := bytes.Cut(line, []byte(":"))
	return bytes.TrimPrefix(value, []byte(" "))
}

// readLine reads a line without its end. It returns errTooBig for one of more
// than most bytes, once it is past it.
func readLine(r *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	tooBig := false
	for {
		part, err := r.ReadSlice('\n')
		if tooBig = tooBig || len(line)+len(part) > most; tooBig {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case tooBig && (err == nil || err == io.EOF):
			return nil, errTooBig
		}
		return bytes.TrimRight(line, "\r\n"), err
	}
}
