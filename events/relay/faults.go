// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the faults that tests of clients ask a relay for: everything
// that servers, proxies and networks have been seen to do to a stream.

package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// Cut is a way in which a connection ends.
type Cut int

// The ways in which a connection ends. CutEnd ends it as if all had been said;
// CutAbort without the end of the answer; CutReset with a TCP reset, which also
// throws away some of what was sent before; CutHang leaves it open and says
// nothing more, until the client goes or the relay closes; CutError sends an
// error event, after the event that is under way, and ends it properly.
const (
	NoCut Cut = iota
	CutEnd
	CutAbort
	CutReset
	CutHang
	CutError
)

// Fault is what befalls one connection. The zero value is none.
type Fault struct {
	// Status is an answer instead of a stream, such as 429, 503, 400 or 500;
	// RetryAfter its header of that name, unless it is "".
	Status     int
	RetryAfter string
	// ContentType is that of a page which is sent, with 200, instead of a
	// stream. To a careless client the page has an event in it.
	ContentType string
	// Cut ends the connection once After bytes of its body are sent: between
	// any two bytes, also within a line.
	Cut   Cut
	After int64
	// Large is the size in bytes of an event of another wiki, LargeWiki, that is
	// sent before all others.
	Large int
	// Duplicate is the probability that an event is sent twice; Replay that up
	// to ten of the last hundred are sent again, with the ids that they had;
	// ShortID that only the start of the id is sent, in an otherwise whole event.
	Duplicate, Replay, ShortID float64
}

// LargeWiki is the wiki of the events that Fault.Large asks for.
const LargeWiki = "largewiki"

// Faults makes a Relay misbehave. The command line has no way to it.
type Faults struct {
	// Seed makes two runs the same, connection by connection.
	Seed uint64
	// Plan says what befalls the nth connection, counted from 0. It may be
	// called by several connections at once; rnd is the connection's own.
	Plan func(n int, rnd *rand.Rand) Fault
}

// misfortune is a Fault at work.
type misfortune struct {
	Fault
	rnd  *rand.Rand
	left int64 // bytes until the cut
	sent []sentEvent
}

type sentEvent struct {
	id   string
	data []byte
}

// errCut ends a connection as its Fault says.
var errCut = errors.New("cut")

// misfortune tells what befalls a new connection; nil if nothing does.
func (r *Relay) misfortune() *misfortune {
	if r.cfg.Faults == nil {
		return nil
	}
	n := r.connections.Add(1) - 1
	rnd := rand.New(rand.NewPCG(r.cfg.Faults.Seed, uint64(n)))
	m := &misfortune{Fault: r.cfg.Faults.Plan(int(n), rnd), rnd: rnd}
	m.left = m.After
	return m
}

// instead answers in place of the stream, and reports whether it did.
func (m *misfortune) instead(w http.ResponseWriter) bool {
	switch {
	case m == nil:
		return false
	case m.Status != 0:
		if m.RetryAfter != "" {
			w.Header().Set("Retry-After", m.RetryAfter)
		}
		http.Error(w, http.StatusText(m.Status), m.Status)
		return true
	case m.ContentType != "":
		w.Header().Set("Content-Type", m.ContentType)
		io.WriteString(w, "<html>\n<p>Please wait.</p>\n\ndata: {\"type\":\"edit\"}\n\n</html>\n") // nobody to tell if the client is gone
		return true
	}
	return false
}

// limit returns what of a line is sent before the cut, and whether that is all.
func (m *misfortune) limit(line string) (string, bool) {
	if m == nil || m.Cut == NoCut || m.Cut == CutError {
		return line, true
	}
	n := min(m.left, int64(len(line)))
	m.left -= n
	return line[:n], m.left > 0
}

// first sends what comes before all events.
func (m *misfortune) first(out *output, id string) error {
	if m == nil || m.Large == 0 {
		return nil
	}
	data, err := json.Marshal(map[string]any{
		"$schema": schema, "type": "log", "wiki": LargeWiki, "title": "Large", "namespace": 0, "log_params": strings.Repeat("x", m.Large),
		"meta": map[string]any{"id": uuid.NewString(), "domain": "large.example", "stream": streamName},
	})
	if err != nil {
		panic(err) // unreachable: strings always marshal
	}
	return out.event("message", id, data)
}

// event sends an event the way it goes here.
func (m *misfortune) event(out *output, id string, data []byte) error {
	if m == nil {
		return out.event("message", id, data)
	}
	shown := id
	if m.happens(m.ShortID) {
		shown = id[:m.rnd.IntN(len(id))]
	}
	events := []sentEvent{{shown, data}}
	if m.happens(m.Duplicate) {
		events = append(events, events[0])
	}
	if m.happens(m.Replay) && len(m.sent) > 0 {
		start := m.rnd.IntN(len(m.sent))
		events = append(events, m.sent[start:min(start+10, len(m.sent))]...)
	}
	for _, e := range events {
		if err := out.event("message", e.id, e.data); err != nil {
			return err
		}
		if m.Cut == CutError && out.bytes >= m.After {
			if err := out.fail("fault", id); err != nil {
				return err
			}
			return errCut
		}
	}
	if m.Replay > 0 {
		m.sent = append(m.sent, sentEvent{id, append([]byte(nil), data...)})
		m.sent = m.sent[max(0, len(m.sent)-100):]
	}
	return nil
}

// happens draws whether something of some probability does.
func (m *misfortune) happens(probability float64) bool {
	return probability > 0 && m.rnd.Float64() < probability
}

// cut ends the connection.
func (m *misfortune) cut(ctx context.Context, out *output, closed <-chan struct{}) error {
	switch m.Cut {
	case CutAbort:
		panic(http.ErrAbortHandler)
	case CutReset:
		conn, _, err := out.control.Hijack()
		if err != nil {
			return fmt.Errorf("reset connection: %w", err)
		}
		defer conn.Close()
		if tcp, ok := conn.(*net.TCPConn); ok {
			return tcp.SetLinger(0)
		}
	case CutHang:
		select {
		case <-ctx.Done():
		case <-closed:
		}
	}
	return nil
}
