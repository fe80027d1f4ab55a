// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the framing: only complete events get through.

package events

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rs/zerolog"
)

func newTestBody(src io.Reader, most int) (*body, *int) {
	skipped := 0
	return &body{
		src: io.NopCloser(src), max: most,
		before: func() {}, after: func() {}, skipped: func() { skipped++ },
	}, &skipped
}

func TestBodyPassesOnlyCompleteEvents(t *testing.T) {
	tests := []struct {
		name, in, want string
		skipped        int
	}{
		{"two events", "id: 1\ndata: a\n\nid: 2\ndata: b\n\n", "id: 1\ndata: a\n\nid: 2\ndata: b\n\n", 0},
		{"a cut id", "id: 1\ndata: a\n\nid: [{\"topic\":\"eqi", "id: 1\ndata: a\n\n", 0},
		{"a cut between id and data", "id: 1\ndata: a\n\nid: 2\n", "id: 1\ndata: a\n\n", 0},
		{"a cut before the blank line", "data: a\n\ndata: b\n", "data: a\n\n", 0},
		{"carriage returns with newlines", "id: 1\r\ndata: a\r\n\r\ndata: b\r\n\r\n", "id: 1\ndata: a\n\ndata: b\n\n", 0},
		{"carriage returns alone", "id: 1\rdata: a\r\rdata: b\r\r", "id: 1\ndata: a\n\ndata: b\n\n", 0},
		{"a mixture", "id: 1\ndata: a\r\n\ndata: b\n\r\n", "id: 1\ndata: a\n\ndata: b\n\n", 0},
		{"blank lines too many", "\n\n\ndata: a\n\n\n\ndata: b\n\n", "data: a\n\ndata: b\n\n", 0},
		{"an event that is too big", "data: a\n\nid: 2\ndata: " + strings.Repeat("x", 50) + "\n\ndata: c\n\n", "data: a\n\ndata: c\n\n", 1},
		{"too big in many lines", strings.Repeat("data: xxxxxxxx\n", 9) + "\ndata: c\n\n", "data: c\n\n", 1},
		{"too big and cut", "data: a\n\ndata: " + strings.Repeat("x", 50), "data: a\n\n", 1},
		{"nothing", "", "", 0},
	}
	for _, test := range tests {
		for how, reader := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "error with data": iotest.DataErrReader,
		} {
			t.Run(test.name+"/"+how, func(t *testing.T) {
				b, skipped := newTestBody(reader(strings.NewReader(test.in)), 40)
				got, err := io.ReadAll(b)
				if err != nil || string(got) != test.want || *skipped != test.skipped {
					t.Errorf("read %q, %v, %d skipped; want %q, nil, %d", got, err, *skipped, test.want, test.skipped)
				}
				if b.err != io.EOF {
					t.Errorf("reason %v, want EOF", b.err)
				}
			})
		}
	}
}

func TestBodyKeepsTheReason(t *testing.T) {
	broken := errors.New("broken")
	b, _ := newTestBody(io.MultiReader(strings.NewReader("data: a\n\ndata: b"), iotest.ErrReader(broken)), 40)
	got, err := io.ReadAll(b)
	if err != nil || string(got) != "data: a\n\n" {
		t.Errorf("read %q, %v; want one event and a plain end", got, err)
	}
	if b.err != broken {
		t.Errorf("reason %v, want %v", b.err, broken)
	}
}

func TestBodyYieldsOneEventAtATime(t *testing.T) {
	b, _ := newTestBody(strings.NewReader("data: a\n\ndata: b\n\n"), 40)
	buf := make([]byte, 100)
	n, err := b.Read(buf)
	if err != nil || string(buf[:n]) != "data: a\n\n" {
		t.Errorf("first read %q, %v", buf[:n], err)
	}
}

func FuzzBody(f *testing.F) {
	f.Add("id: 1\r\ndata: a\r\n\r\nda", 7)
	f.Add("data: "+strings.Repeat("y", 60)+"\n\n\rdata: z\r\r", 3)
	f.Fuzz(func(t *testing.T, in string, size int) {
		b, _ := newTestBody(strings.NewReader(in), 40)
		var out strings.Builder
		buf := make([]byte, 1+(size&63))
		for {
			n, err := b.Read(buf)
			out.Write(buf[:n])
			if err != nil {
				break
			}
		}
		got := out.String()
		if strings.Contains(got, "\r") || got != "" && !strings.HasSuffix(got, "\n\n") || strings.Contains(got, "\n\n\n") {
			t.Errorf("%q became %q", in, got)
		}
		for _, event := range strings.SplitAfter(got, "\n\n") {
			if len(event) > 2*40+2 {
				t.Errorf("event of %d bytes passed", len(event))
			}
		}
	})
}

// plainly reads the complete events of a stream that have data, as slowly and
// simply as it can be done.
func plainly(in string) (list []string) {
	in = strings.ReplaceAll(strings.ReplaceAll(in, "\r\n", "\n"), "\r", "\n")
	in = strings.TrimLeft(in, "\n")
	blocks := strings.Split(in, "\n\n")
	for i, block := range blocks[:len(blocks)-1] {
		if i == 0 {
			block = strings.TrimPrefix(block, "\ufeff")
		}
		var name, id string
		var data []string
		for line := range strings.SplitSeq(block, "\n") {
			field, value, _ := strings.Cut(line, ":")
			value = strings.TrimPrefix(value, " ")
			switch {
			case field == "data":
				data = append(data, value)
			case !strings.Contains(line, ":"):
			case field == "id":
				id = value
			case field == "event":
				name = value
			}
		}
		if strings.Contains(id, "\x00") {
			id = ""
		}
		if text := strings.Join(data, "\n"); text != "" {
			list = append(list, fmt.Sprintf("%q %q %q", name, id, text))
		}
	}
	return list
}

func FuzzConnection(f *testing.F) {
	f.Add("event: message\r\nid: [1]\r\ndata: {}\r\n\r\n:\n\nid: 5\n\ndata\ndata: x\n\nda", 3)
	f.Add("\ufeffid: [{\"topic\":\"t\",\"partition\":0,\"timestamp\":5}]\ndata: {\"meta\":{\"topic\":\"t\",\"offset\":4}}\n\nevent: error\ndata: y\n\n\n", 50)
	f.Fuzz(func(t *testing.T, in string, size int) {
		chunks := iotest.OneByteReader(strings.NewReader(in))
		if size > 1 {
			chunks = bufio.NewReaderSize(strings.NewReader(in), 16+size&63)
		}
		s := New(Config{URL: "http://wiki.example", Streams: []string{"x"}, Log: zerolog.Nop(), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: io.NopCloser(chunks), Request: r}, nil
		})})
		c := s.open(t.Context(), Cursor{}, nil)
		<-c.accepted
		var got []string
		for frame := range c.frames {
			if frame.event {
				got = append(got, fmt.Sprintf("%q %q %q", frame.name, frame.id, frame.data))
			}
		}
		c.close()
		if c.fault.cause != "end" {
			t.Errorf("ended by %+v", c.fault)
		}
		if want := plainly(in); !slices.Equal(got, want) {
			t.Errorf("%q\ngave %s\nwant %s", in, got, want)
		}
	})
}
