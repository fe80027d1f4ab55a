// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a server that treats its readers badly: it cuts every
// connection somewhere, sends events twice and sends old ones again.

package events

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// storm serves a fixed list of events in the topics of two data centres, which
// take turns. Like the real service it gives ids with the time of the last event
// plus one, or with the offset at which a topic starts that has sent nothing,
// and takes them back.
type storm struct {
	net.Listener
	n      int
	topics [2][]int // the events of each topic
	perCut int      // how many events a connection lasts, on average
	// safe is an event from which on the reader remembers all.
	safe atomic.Int64

	wait  sync.WaitGroup
	mu    sync.Mutex
	rand  *rand.Rand
	cuts  map[string]int
	conns int
	ends  int // how many connections came to the end of the list
}

const (
	stormTurn = 7_000 // events in a row from one data centre
	stormHole = 9_973 // of so many events in a topic one is missing
	stormTick = 20    // milliseconds between pairs of events
)

var stormTopics = [2]string{"eqiad.mediawiki.recentchange", "codfw.mediawiki.recentchange"}

func newStorm(t *testing.T, n, perCut int) *storm {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &storm{Listener: listener, n: n, perCut: perCut, rand: rand.New(rand.NewPCG(4, 2)), cuts: map[string]int{}}
	for i := range n {
		topic := i / stormTurn % 2
		s.topics[topic] = append(s.topics[topic], i)
	}
	s.wait.Go(func() {
		for {
			conn, err := s.Accept()
			if err != nil {
				return
			}
			s.wait.Go(func() { s.serve(conn.(*net.TCPConn)) })
		}
	})
	return s
}

func (s *storm) close() {
	s.Listener.Close()
	s.wait.Wait()
}

// stamp is the time of an event in milliseconds: pairs share one, and some come
// out of order by a little.
func (s *storm) stamp(i int) int64 { return noon.UnixMilli() + int64(i/2*stormTick-i%7) }

// offset is the number of the k-th event of a topic. Some numbers are left out.
func (s *storm) offset(topic, k int) int64 {
	return int64(1_000_000*(topic+1) + k + k/stormHole)
}

// holes is how many numbers are left out in all.
func (s *storm) holes() (n int) {
	for _, list := range s.topics {
		n += max(0, len(list)-1) / stormHole
	}
	return n
}

// wanted says which events are for the reader.
func stormWanted(i int) bool { return i%3 != 0 }

// append writes the k-th event of a topic as a frame with an id.
func (s *storm) append(out []byte, id []byte, topic, k int) []byte {
	i := s.topics[topic][k]
	wiki := "cupwiki"
	if stormWanted(i) {
		wiki = "teawiki"
	}
	at := s.stamp(i)
	out = append(append(append(out, "event: message\nid: "...), id...), "\ndata: "...)
	out = append(out, `{"$schema":"/mediawiki/recentchange/1.0.0","meta":{"id":"event-`...)
	out = strconv.AppendInt(out, int64(i), 10)
	out = append(out, `","dt":"`...)
	out = append(out, "2026-05-20T12:00:00Z"...)
	out = append(append(out, `","domain":"wiki.example","stream":"mediawiki.recentchange","topic":"`...), stormTopics[topic]...)
	out = strconv.AppendInt(append(out, `","partition":0,"offset":`...), s.offset(topic, k), 10)
	out = append(append(out, `},"type":"edit","namespace":0,"title":"Page","timestamp":`...), strconv.FormatInt(at/1000, 10)...)
	return append(append(append(out, `,"wiki":"`...), wiki...), "\"}\n\n"...)
}

// start is the first event of a topic that is not before a time, as Kafka finds
// it.
func (s *storm) start(topic int, at int64) int {
	list := s.topics[topic]
	k := sort.Search(len(list), func(k int) bool { return s.stamp(list[k]) >= at-10 })
	for k < len(list) && s.stamp(list[k]) < at {
		k++
	}
	return k
}

// asked is where a request wants to start.
func (s *storm) asked(r *http.Request) (next [2]int, err error) {
	if since := r.URL.Query().Get("since"); since != "" {
		at, err := strconv.ParseInt(since, 10, 64)
		return [2]int{s.start(0, at), s.start(1, at)}, err
	}
	id := r.Header.Get("Last-Event-ID")
	if id == "" {
		return next, nil // there is no live end: all
	}
	var places []wirePlace
	if err := json.Unmarshal([]byte(id), &places); err != nil || len(places) != 2 {
		return next, fmt.Errorf("bad id %s", id)
	}
	for topic, p := range places {
		if p.Topic != stormTopics[topic] || p.Timestamp == nil || p.Offset != nil {
			return next, fmt.Errorf("bad place in %s", id)
		}
		next[topic] = s.start(topic, *p.Timestamp)
	}
	return next, nil
}

// chance is the random numbers of one connection.
func (s *storm) chance() *rand.Rand {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns++
	return rand.New(rand.NewPCG(s.rand.Uint64(), s.rand.Uint64()))
}

func (s *storm) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cuts[what]++
}

// errCut says that a connection has had its share.
var errCut = fmt.Errorf("cut")

// cutWriter writes no more than left bytes.
type cutWriter struct {
	io.Writer
	left int
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if len(p) <= c.left {
		c.left -= len(p)
		return c.Writer.Write(p)
	}
	n, err := c.Writer.Write(p[:c.left])
	c.left -= n
	if err == nil {
		err = errCut
	}
	return n, err
}

func (s *storm) serve(conn *net.TCPConn) {
	defer conn.Close()
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	chance := s.chance()
	next, err := s.asked(r)
	switch trouble := chance.IntN(40); {
	case err != nil:
		s.count("bad request: " + err.Error())
		fmt.Fprintf(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n%v", err)
		return
	case trouble == 0:
		s.count("html")
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>\n\ndata: {}\n\n")
		return
	case trouble == 1:
		s.count("429")
		fmt.Fprint(conn, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nConnection: close\r\n\r\nslow down")
		return
	case trouble == 2:
		s.count("503")
		fmt.Fprint(conn, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\nlater")
		return
	}
	fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
	const frame = 520 // bytes, about
	cut := &cutWriter{Writer: conn, left: s.perCut/2*frame + chance.IntN(s.perCut*frame)}
	out := bufio.NewWriterSize(cut, 8<<10)
	if err := s.send(out, chance, next); err == nil {
		err = out.Flush()
		if err == nil {
			s.mu.Lock()
			s.ends++
			s.mu.Unlock()
		}
	}
	switch how := chance.IntN(8); {
	case how < 4:
		s.count("end")
	case how < 7:
		s.count("reset")
		if err := conn.SetLinger(0); err != nil {
			s.count(err.Error())
		}
	default:
		s.count("hang")
		if _, err := io.Copy(io.Discard, conn); err != nil {
			return // the reader has had enough
		}
	}
}

// send writes the events of both topics from next on, in their order.
func (s *storm) send(out io.Writer, chance *rand.Rand, next [2]int) error {
	var places [2][]byte
	for topic, k := range next {
		offset := int64(-1)
		if k < len(s.topics[topic]) {
			offset = s.offset(topic, k)
		}
		places[topic] = fmt.Appendf(nil, `{"topic":%q,"partition":0,"offset":%d}`, stormTopics[topic], offset)
	}
	var id, buf []byte
	if _, err := io.WriteString(out, ":ok\n\n"); err != nil {
		return err
	}
	for {
		topic := 0
		switch left0, left1 := next[0] < len(s.topics[0]), next[1] < len(s.topics[1]); {
		case !left0 && !left1:
			return nil
		case !left0, left1 && s.topics[1][next[1]] < s.topics[0][next[0]]:
			topic = 1
		}
		k := next[topic]
		next[topic]++
		place := append(append(places[topic][:0], `{"topic":"`...), stormTopics[topic]...)
		place = strconv.AppendInt(append(place, `","partition":0,"timestamp":`...), s.stamp(s.topics[topic][k])+1, 10)
		places[topic] = append(place, '}')
		id = append(append(append(append(append(id[:0], '['), places[0]...), ','), places[1]...), ']')
		buf = s.append(buf[:0], id, topic, k)
		switch luck := chance.IntN(100); {
		case luck < 2: // twice
			buf = s.append(buf, id, topic, k)
		case luck == 2: // one of the last
			buf = s.append(buf, id, topic, max(0, k-chance.IntN(20)))
		case luck == 3: // an old one
			if old := max(0, k-chance.IntN(15_000)); int64(s.topics[topic][old]) > s.safe.Load() {
				buf = s.append(buf, id, topic, old)
			}
		}
		if _, err := out.Write(buf); err != nil {
			return err
		}
	}
}
