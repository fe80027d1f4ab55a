// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is done with each event before the SSE library sees it:
// it is counted, and dropped if nobody wants it.

package events

import (
	"bytes"
	"time"
)

// note goes past the library beside each event that it delivers, and says what
// was found out on the way.
type note struct {
	// event says that the event is one of the stream. If not, it was put in
	// because of the note, which says where the stream stands.
	event bool
	// named says that the event has an id of its own.
	named bool
	// id is the event's own; or else that of the last event dropped, "" if there
	// was none since the last note, and time when that one was.
	id   string
	time time.Time
	// key names the event's place, as the keys of offsets do.
	key     string
	offsets map[string]int64
	gap     *GapInfo
}

// sieve looks at each event of one connection.
type sieve struct {
	want    func(wiki []byte, namespace int) bool
	margin  time.Duration
	offsets *offsets
	// awaited is a gap of which the end is not known: the first event tells.
	awaited *GapInfo
	// tell takes a note for each event that is let through or put in.
	tell func(note)
	// streamOf numbers the streams by their names and topics. passed is told now
	// and then how many events of one were dropped, and the time of the last one,
	// zero if unknown.
	streamOf func(topic []byte) int
	passed   func(stream, dropped int, newest time.Time)
	// broken is told of a frame that is none.
	broken func(frame []byte)
	// every is how often at most the position is told while events are dropped.
	every time.Duration

	id, dt  []byte // those of the last event
	joined  []byte
	unsaid  bool // an event was dropped since the last note
	said    time.Time
	dropped []int // by stream, since passed was told
}

// look looks at an event. It reports whether news have to be put in before it,
// and whether it is let through.
func (s *sieve) look(event []byte) (news, kept bool) {
	name, id, data, strange := s.fields(event)
	if len(data) == 0 {
		if strange {
			s.broken(event)
		}
		return false, false // a comment, at best
	}
	if string(name) == "error" {
		s.tell(note{event: true, named: len(id) > 0})
		return false, true
	}
	kept, h := keeps(data, s.want)
	t, gap := s.count(&h, id)
	if gap != nil {
		n := s.stand()
		n.gap = gap
		s.tell(n)
		if t != nil && gap.Cause == gapHole {
			s.offsets.next(t)
		}
	}
	if len(id) > 0 {
		s.id = append(s.id[:0], id...)
	}
	s.dt = append(s.dt[:0], h.dt...)
	if !kept {
		s.unsaid = true
		s.dropped[s.streamOf(h.topic)]++
		return gap != nil, false
	}
	n := note{event: true, named: len(id) > 0, offsets: s.offsets.snapshot()}
	if t != nil {
		n.key = t.key
	}
	s.unsaid = false
	s.tell(n)
	return gap != nil, true
}

// count counts an event and returns its track, and a gap that lies before it.
// If the gap is a hole, the event itself is not counted yet.
func (s *sieve) count(h *head, id []byte) (*track, *GapInfo) {
	if s.awaited != nil {
		gap := s.awaited
		s.awaited = nil
		at := s.time(h, id)
		if at.IsZero() {
			at = time.Now()
		}
		if at.After(gap.From.Add(2 * s.margin)) {
			gap.To = at.Add(s.margin).UTC()
			*s.offsets = offsets{margin: s.offsets.margin}
			return s.offsets.start(h), gap
		}
	}
	t := s.offsets.find(h)
	switch {
	case t == nil:
		return s.offsets.start(h), nil
	case h.offset == t.last+1:
		s.offsets.next(t)
		return t, nil
	}
	at := s.time(h, id)
	before := stampOf(s.id, h)
	missing := s.offsets.pass(t, h.offset, millis(at), before)
	if missing == 0 {
		return t, nil
	}
	gap := &GapInfo{From: at, To: at.Add(s.margin), Topic: t.topic, Missing: missing, Cause: gapHole}
	if from := max(before, t.at); from > 0 {
		gap.From = time.UnixMilli(from).UTC()
	}
	if at.IsZero() || at.Before(gap.From) {
		gap.To = gap.From.Add(s.margin)
	}
	gap.From = gap.From.Add(-s.margin)
	return t, gap
}

// time is when an event came into its topic, or else when it was made; zero if
// it does not say.
func (s *sieve) time(h *head, id []byte) time.Time {
	if at := stampOf(id, h); at > 0 {
		return time.UnixMilli(at).UTC()
	}
	return eventTime(h.dt)
}

// stampOf is the time in milliseconds that an id gives for the topic of an
// event, 0 if it gives none.
func stampOf(id []byte, h *head) int64 {
	places, err := parseID(nil, string(id))
	if err != nil {
		return 0
	}
	for _, p := range places {
		if p.timed && p.partition == h.partition && p.topic == string(h.topic) {
			return p.stamp
		}
	}
	return 0
}

// eventTime reads the time of an event, zero if it cannot be read.
func eventTime(dt []byte) time.Time {
	at, err := time.Parse(time.RFC3339Nano, string(dt))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// millis is a time in milliseconds, 0 if it is zero.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// stand is a note of where the stream stands.
func (s *sieve) stand() note {
	n := note{offsets: s.offsets.snapshot()}
	if s.unsaid {
		n.id, n.time = string(s.id), eventTime(s.dt)
	}
	s.unsaid = false
	s.said = time.Now()
	return n
}

// due reports whether the position has to be put in now, before the next wait.
func (s *sieve) due() bool {
	if s == nil {
		return false
	}
	s.report()
	if !s.unsaid || time.Since(s.said) < s.every {
		return false
	}
	s.tell(s.stand())
	return true
}

// rest reports whether the position has to be put in at the end.
func (s *sieve) rest() bool {
	if s == nil {
		return false
	}
	s.report()
	if !s.unsaid {
		return false
	}
	s.tell(s.stand())
	return true
}

// report tells what was dropped.
func (s *sieve) report() {
	for stream, n := range s.dropped {
		if n > 0 {
			s.passed(stream, n, eventTime(s.dt))
		}
	}
	clear(s.dropped)
}

var (
	fieldData  = []byte("data:")
	fieldID    = []byte("id:")
	fieldEvent = []byte("event:")
)

// fields takes an event apart. The slices are valid until the next call. It
// reports whether there are lines that SSE does not know.
func (s *sieve) fields(event []byte) (name, id, data []byte, strange bool) {
	lines := 0
	for len(event) > 0 {
		i := bytes.IndexByte(event, '\n') // the event ends with one
		line := event[:i]
		event = event[i+1:]
		switch {
		case bytes.HasPrefix(line, fieldData), string(line) == "data":
			value := fieldValue(line, len(fieldData))
			switch lines++; lines {
			case 1:
				data = value
			case 2:
				s.joined = append(append(append(s.joined[:0], data...), '\n'), value...)
				data = s.joined
			default:
				s.joined = append(append(s.joined, '\n'), value...)
				data = s.joined
			}
		case bytes.HasPrefix(line, fieldID):
			id = fieldValue(line, len(fieldID))
		case bytes.HasPrefix(line, fieldEvent):
			name = fieldValue(line, len(fieldEvent))
		default:
			field, _, _ := bytes.Cut(line, []byte(":"))
			switch string(field) {
			case "", "id", "event", "retry":
			default:
				strange = true
			}
		}
	}
	if bytes.IndexByte(id, 0) >= 0 {
		id = nil // as the specification of SSE has it
	}
	return name, id, data, strange
}

func fieldValue(line []byte, from int) []byte {
	return bytes.TrimPrefix(line[min(from, len(line)):], []byte(" "))
}
