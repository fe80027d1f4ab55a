// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the benchmark of the whole way of an event: over a connection
// of this machine, through the SSE library, to the one who reads it.

package events

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/r3labs/sse/v2"
	"github.com/rs/zerolog"
)

// streamBar is the bar for events/s.
const streamBar = 100_000

// firehose serves one connection at a time with events without end, each line
// as its own chunk, as the service does it. Each event has a number of its own.
type firehose struct {
	net.Listener
	block  []byte
	serial []int // where in block the number of an event stands, in ten digits
	first  int   // the number of the first event of block
}

// newFirehose makes blocks of 100 events, the first so many of which are of
// teawiki.
func newFirehose(b *testing.B, wanted int) *firehose {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	f := &firehose{Listener: listener}
	chunk := func(line string) {
		f.block = fmt.Appendf(f.block, "%x\r\n%s\r\n", len(line), line)
	}
	size := 0
	for i := range 100 {
		wiki := "cupwiki"
		if i%(100/wanted) == 0 {
			wiki = "teawiki"
		}
		// 1798 is in the year 2026; three digits of the number are milliseconds.
		id := `id: [{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":179##########},{"topic":"codfw.mediawiki.recentchange","partition":0,"offset":-1}]` + "\n"
		data := `data: {"$schema":"/mediawiki/recentchange/1.0.0","meta":{"uri":"https://tea.example.org/wiki/Talk:Kettle_and_pot","request_id":"5b0ad9a5-3a3b-4e33-8b53-1d4f6a2f0a11","id":"8c26a5f1-77d2-4f0e-9b3c-00##########","dt":"2026-05-20T12:00:00Z","domain":"` + wiki + `.example.org","stream":"mediawiki.recentchange","topic":"eqiad.mediawiki.recentchange","partition":0,"offset":5##########},"id":2839844572,"type":"edit","namespace":1,"title":"Talk:Kettle and pot","title_url":"https://tea.example.org/wiki/Talk:Kettle_and_pot","comment":"/* Which cup? */ an answer about [[Gadget-Cup.js]]","timestamp":1779278400,"user":"Quill","bot":false,"notify_url":"https://tea.example.org/w/index.php?diff=1026187021&oldid=711357579&rcid=2839844572","minor":false,"patrolled":true,"length":{"old":2244,"new":2281},"revision":{"old":711357579,"new":1026187021},"server_url":"https://tea.example.org","server_name":"tea.example.org","server_script_path":"/w","wiki":"` + wiki + `","parsedcomment":"<span dir=\"auto\"><span class=\"autocomment\"><a href=\"/wiki/Talk:Kettle_and_pot#Which_cup?\" title=\"Talk:Kettle and pot\">→Which cup?</a>: </span> an answer about <a href=\"/w/index.php?title=Gadget-Cup.js&amp;action=edit&amp;redlink=1\" class=\"new\" title=\"Gadget-Cup.js (page does not exist)\">Gadget-Cup.js</a></span>"}` + "\n\n"
		for _, line := range []string{"event: message\n", id, data} {
			size += len(line)
			at := len(f.block)
			chunk(line)
			for {
				i := bytes.Index(f.block[at:], []byte("##########"))
				if i < 0 {
					break
				}
				f.serial = append(f.serial, at+i)
				at += i + 10
			}
		}
	}
	b.SetBytes(int64(size / 100))
	b.ReportMetric(float64(size/100), "B/event")
	go f.serve()
	return f
}

func (f *firehose) serve() {
	for {
		conn, err := f.Accept()
		if err != nil {
			return
		}
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
			for f.write(conn) == nil {
			}
		}
		conn.Close()
	}
}

// write sends the next block.
func (f *firehose) write(conn net.Conn) error {
	for i, at := range f.serial {
		n := f.first + i*100/len(f.serial)
		for d := 9; d >= 0; d-- {
			f.block[at+d] = byte('0' + n%10)
			n /= 10
		}
	}
	f.first += 100
	_, err := conn.Write(f.block)
	return err
}

func BenchmarkStream(b *testing.B) {
	for _, bench := range []struct {
		name   string
		wanted int // per cent
		bar    bool
	}{{"2% wanted", 2, true}, {"all wanted", 100, false}} {
		b.Run(strings.ReplaceAll(bench.name, " ", "_"), func(b *testing.B) {
			server := newFirehose(b, bench.wanted)
			defer server.Close()
			s := New(Config{
				URL: "http://" + server.Addr().String(), Streams: []string{"mediawiki.recentchange"}, Retention: ages, Log: zerolog.Nop(),
				Want: func(wiki []byte, _ int) bool { return string(wiki) == "teawiki" },
			})
			s.progress = time.Hour
			b.ReportAllocs()
			b.ResetTimer()
			left := max(1, b.N*bench.wanted/100)
			for e, err := range s.Events(b.Context(), Cursor{}) {
				if err != nil || e.Kind != Edit {
					b.Fatal(e, err)
				}
				if left--; left == 0 {
					break
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			if bench.bar {
				b.ReportMetric(streamBar, "bar:events/s")
			}
		})
	}
}

// BenchmarkLibrary is the SSE library alone, with all events, for comparison.
func BenchmarkLibrary(b *testing.B) {
	server := newFirehose(b, 100)
	defer server.Close()
	c := sse.NewClient("http://"+server.Addr().String(), sse.ClientMaxBufferSize(1<<20))
	c.ReconnectStrategy = once{}
	ctx, cancel := context.WithCancel(b.Context())
	left := b.N
	b.ReportAllocs()
	b.ResetTimer()
	err := c.SubscribeRawWithContext(ctx, func(*sse.Event) {
		if left--; left == 0 {
			cancel()
		}
	})
	if left > 0 {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
