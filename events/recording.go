// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds recorded events: what a capture of the stream looks like.

package events

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// MaxRecorded is the longest recorded event that is read, in bytes.
const MaxRecorded = 16 << 20

// Recorded yields the events of a recording, each as its JSON text: a capture
// of server-sent events, or JSON with an object a line. The text is valid until
// the next step. The error is that of reading r, and ends the sequence.
func Recorded(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 64<<10), MaxRecorded)
		var data []byte // of a server-sent event that is not ended yet
		for n := 1; lines.Scan(); n++ {
			line := bytes.TrimSuffix(lines.Bytes(), []byte("\r"))
			rest, isData := bytes.CutPrefix(line, []byte("data:"))
			switch {
			case isData:
				if len(data) > 0 {
					data = append(data, '\n')
				}
				data = append(data, bytes.TrimPrefix(rest, []byte(" "))...)
			case bytes.HasPrefix(line, []byte("{")):
				if !yield(line, nil) {
					return
				}
			case len(line) == 0 && len(data) > 0:
				if !yield(data, nil) {
					return
				}
				data = data[:0]
			}
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(nil, fmt.Errorf("recorded event is longer than %d bytes: %w", MaxRecorded, err))
		} else if err != nil {
			yield(nil, err)
		} else if len(data) > 0 {
			yield(data, nil)
		}
	}
}
