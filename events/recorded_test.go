// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of reading recordings.

package events

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// zipped compresses a text.
func zipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	io.WriteString(w, text)
	w.Close()
	return out.String()
}

// played are the titles of a recording, with ! for a bad event, # for a failure
// of the server, !! for the end of a recording that cannot be read.
func played(rec Recording, r io.Reader) string {
	var got []string
	for e, err := range rec.Events(r) {
		switch {
		case errors.Is(err, ErrRecording):
			got = append(got, "!!")
		case errors.Is(err, ErrServer):
			got = append(got, "#")
		case err != nil:
			got = append(got, "!")
		default:
			got = append(got, strings.TrimPrefix(e.Title, "Page "))
		}
	}
	return strings.Join(got, " ")
}

func TestRecorded(t *testing.T) {
	broken := errors.New("broken disk")
	line := func(n int) string { return dataAt(n, noon) + "\n" }
	text := func(parts ...string) io.Reader { return strings.NewReader(strings.Join(parts, "")) }
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	cr := func(s string) string { return strings.ReplaceAll(s, "\n", "\r") }
	big := strings.Repeat("x", DefaultMaxEvent)
	tests := []struct {
		name string
		in   io.Reader
		want string
	}{
		{"a stream", text(":ok\n\n", say(1), "event: message\r\nid: []\r\ndata: ", line(2), "\r\n", say(3)), "1 2 3"},
		{"a stream that is cut", text(say(1), say(2)[:len(say(2))-30]), "1"},
		{"a stream that is cut before a blank line", text(say(1), strings.TrimSuffix(say(2), "\n")), "1"},
		{"a stream with Windows' line ends", text(crlf(say(1) + say(2))), "1 2"},
		{"a stream with the Macintosh's line ends", text(cr(say(1) + say(2))), "1 2"},
		{"an event of several lines", text("data: {\"type\":\"edit\",\ndata:\"wiki\":\"a\",\ndata: \"title\":\"Page 7\"}\n\n"), "7"},
		{"fields without a space, a value, a meaning", text("event\nid\ndata\nretry: 7\nzebra: 8\n\nevent:\ndata:", line(1), "\n"), "! 1"},
		{"comments between", text(": hello\n\n", say(1), ":\n:{\"a\":1}\n\n", say(2)), "1 2"},
		{"what the server says when it fails", text(say(1), "event: error\nid: []\ndata: {\"message\":\"no\"}\n\n", "event: error\n\n", say(2)), "1 # # 2"},

		{"JSON lines", text(line(1), "\n", line(2), strings.TrimSpace(line(3))), "1 2 3"},
		{"JSON lines with Windows' line ends, indented", text(crlf("  " + line(1) + "\t" + line(2))), "1 2"},
		{"lines that are no events", text(line(1), "{}\n", "{\"half\n", line(2)), "1 ! ! 2"},
		{"a mark before the text", text("\ufeff", line(1), line(2)), "1 2"},
		{"a line that is too big", text(line(1), "{", big, "\n", line(2)), "1 ! 2"},
		{"a last line that is too big", text(line(1), "{", big), "1 !"},
		{"an event that is too big", text(say(1), "data: ", big, "\ndata: {}\n\n", say(2)), "1 ! 2"},
		{"an event whose lines are too big together", text(say(1), "data: ", big[1:len(big)/2], "\ndata: ", big[1:len(big)/2], "\ndata: {}\ndata: {}\n\n", say(2)), "1 ! 2"},
		{"a page that is no recording", text("<html>\n\n<p>data: no</p>\n"), ""},

		{"a compressed stream", text(zipped(say(1) + say(2))), "1 2"},
		{"compressed lines with a mark", text(zipped("\ufeff" + line(1) + line(2))), "1 2"},
		{"compressed parts, cut within an event", text(zipped(say(1)+say(2)[:40]), zipped(say(2)[40:]), zipped(""), zipped(say(3))), "1 2 3"},
		{"a compressed stream that is cut", text(zipped(say(1) + say(2))[:len(zipped(say(1)+say(2)))-4]), "1 2 !!"},
		{"the beginning of a compressed stream", text(zipped(say(1))[:5]), "!!"},
		{"a compressed stream with something behind it", text(zipped(say(1)), "data: {}\n\n"), "1 !!"},

		{"a bad disk", io.MultiReader(text(line(1)), iotest.ErrReader(broken)), "1 !!"},
		{"nothing", text(), ""},
		{"one byte", text("\x1f"), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := played(Recording{}, test.in); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	for _, err := range Recorded(iotest.ErrReader(broken)) {
		if !errors.Is(err, ErrRecording) || !errors.Is(err, broken) {
			t.Errorf("a bad disk gives %v", err)
		}
	}
}

func TestRecordedEnd(t *testing.T) {
	text := strings.Repeat(say(1), 3) + "data: {}\n\nevent: error\n\n" + dataAt(2, noon)
	for most := range 6 {
		n := 0
		for range Recorded(strings.NewReader(text)) {
			if n++; n == most+1 {
				break // an iterator that goes on after this panics
			}
		}
		if n != most+1 {
			t.Errorf("%d events, want %d", n, most+1)
		}
	}
}

func TestRecordedCursor(t *testing.T) {
	var got []string
	for e, err := range Recorded(strings.NewReader(say(1) + dataAt(2, noon) + "\n" + say(3))) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Cursor.ID)
		if !e.Cursor.Time.Equal(e.Time) {
			t.Errorf("time %v", e.Cursor.Time)
		}
	}
	if len(got) != 3 || got[0] == "" || got[1] != "" || got[2] == got[0] || got[2] == "" {
		t.Errorf("ids %q", got)
	}
}

func TestRecordingDrops(t *testing.T) {
	event := func(wiki string, n int) string {
		return fmt.Sprintf(`{"type":"edit","wiki":%q,"namespace":4,"title":"Page %d"}`, wiki, n) + "\n"
	}
	text := event("dewiki", 1) + event("enwiki", 2) + `{"meta":{"domain":"canary"}}` + "\n" + event("de\u00fcwiki", 3) + `{"wiki":7}` + "\n" + event("dewiki", 4)
	var dropped []string
	rec := Recording{
		Want:    func(wiki []byte, namespace int) bool { return namespace == 4 && string(wiki) == "dewiki" },
		Dropped: func(wiki []byte) { dropped = append(dropped, string(wiki)) },
	}
	if got, want := played(rec, strings.NewReader(text)), "1  ! 4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := []string{"enwiki", "de\u00fcwiki"}; !slices.Equal(dropped, want) {
		t.Errorf("dropped %q, want %q", dropped, want)
	}
}

var lineEnds = regexp.MustCompile("\r\n|\n|\r")

// FuzzRecorded plays a recording in several ways, and line by line as the
// standard says.
func FuzzRecorded(f *testing.F) {
	f.Add([]byte(":ok\n\n" + say(1) + say(2)))
	f.Add([]byte("event: error\r\ndata: x\r\n\r\n" + dataAt(1, noon) + "\r\r\ndata:{\rdata:}\n\n"))
	f.Add([]byte("\ufeffid\ndata\n\n {}\n\t{\"type\":\"edit\",\"wiki\":\"a\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
			played(Recording{}, bytes.NewReader(data)) // whatever it is
			return
		}
		want := playedSimply(string(data))
		for name, r := range map[string]io.Reader{
			"whole": bytes.NewReader(data), "byte by byte": iotest.OneByteReader(bytes.NewReader(data)),
			"with its end": iotest.DataErrReader(bytes.NewReader(data)), "compressed": strings.NewReader(zipped(string(data))),
		} {
			if got := played(Recording{}, r); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	})
}

func playedSimply(text string) string {
	var got []string
	say := func(e Event, err error) {
		if err != nil {
			got = append(got, "!")
			return
		}
		got = append(got, strings.TrimPrefix(e.Title, "Page "))
	}
	lines := lineEnds.Split(strings.TrimPrefix(text, "\ufeff"), -1)
	var name string
	var data []string
	for i, line := range lines {
		last := i == len(lines)-1
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && !last:
			switch {
			case name == "error":
				got = append(got, "#")
			case data != nil:
				say(Decode([]byte(strings.Join(data, "\n"))))
			}
			name, data = "", nil
		case strings.HasPrefix(strings.TrimLeft(line, " \t"), "{"):
			say(Decode([]byte(line)))
		case key == "event":
			name = value
		case key == "data":
			data = append(data, value)
		}
	}
	return strings.Join(got, " ")
}

// FuzzLines reads lines that are too long more often than not, from a source
// that gives little at a time.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\r\nbcd\r\r\n\ncdefghij\nk"), 4)
	f.Add([]byte("abcdefgh\r"), 8)
	f.Add([]byte("abcdefghi"), 8)
	f.Fuzz(func(t *testing.T, data []byte, most int) {
		if most < 0 || most > 1<<20 {
			return
		}
		want := lineEnds.Split(string(data), -1)
		for name, src := range map[string]io.Reader{"whole": bytes.NewReader(data), "byte by byte": iotest.OneByteReader(bytes.NewReader(data))} {
			l := lineReader{src: src, most: most}
			for i, line := range want {
				got, err := l.next()
				last := i == len(want)-1
				switch {
				case len(line) > most:
					if err != errTooBig || got != nil {
						t.Fatalf("%s: line %d: %q, %v, want it to be too big", name, i, got, err)
					}
				case string(got) != line || last != (err == io.EOF) || !last && err != nil:
					t.Fatalf("%s: line %d: %q, %v, want %q", name, i, got, err, line)
				}
			}
			if got, err := l.next(); len(got) > 0 || err != io.EOF {
				t.Fatalf("%s: then %q, %v", name, got, err)
			}
		}
	})
}

func BenchmarkRecording(b *testing.B) {
	c := newCorpus(7)
	var text bytes.Buffer
	const n = 2000
	for i := range n {
		fmt.Fprintf(&text, "event: message\nid: [{\"topic\":\"eqiad.mediawiki.recentchange\",\"partition\":0,\"timestamp\":%d}]\ndata: %s\n\n",
			1_746_030_241_001+i, streams[i%len(streams)].make(c))
	}
	nobody := func([]byte, int) bool { return false }
	for name, rec := range map[string]Recording{"dropped": {Want: nobody}, "decoded": {}} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				for _, err := range rec.Events(bytes.NewReader(text.Bytes())) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
