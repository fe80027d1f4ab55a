// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the EventStreams client as its users see it: what it is
// told, what it tells, and how it ends.

package events

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Defaults of Config.
const (
	DefaultURL      = "https://stream.wikimedia.org/v2/stream"
	DefaultIdle     = 60 * time.Second
	DefaultMargin   = 10 * time.Second
	DefaultMaxEvent = 16 << 20
	// DefaultRetention is the least that Wikimedia's Kafka clusters keep.
	DefaultRetention = 7 * 24 * time.Hour
)

// defaultProgress is how often a position is yielded at most while all events
// are dropped.
const defaultProgress = 5 * time.Second

// Config is what a Stream is told once.
type Config struct {
	// URL is the address that the stream names are appended to; DefaultURL if
	// empty.
	URL string
	// Streams are the names of the streams to read over one connection, such
	// as mediawiki.page_change.v1.
	Streams []string
	// UserAgent names the program and a way to reach its operator; Wikimedia
	// blocks clients that have none.
	UserAgent string
	// Idle is how long a connection may be silent before it is given up;
	// DefaultIdle if 0. Canaries count, so a rare stream needs 20 minutes or
	// more.
	Idle time.Duration
	// Margin is how far before the cursor a connection resumes, because events
	// share milliseconds and come out of order; DefaultMargin if 0.
	Margin time.Duration
	// MaxEvent is the size in bytes above which an event is skipped and
	// counted; DefaultMaxEvent if 0.
	MaxEvent int
	// Want says which events are yielded, by the database name of the wiki and
	// the number of the namespace; nil for all. It is asked for each event, on
	// bytes that must not be kept, and has to be quick. Canaries are yielded
	// without asking.
	Want func(wiki []byte, namespace int) bool
	// Retention is for how long the server keeps events; DefaultRetention if 0.
	Retention time.Duration
	// Transport makes the connections. The default one does not ask for
	// compression, which would hold events back, and bounds dial, handshake
	// and the wait for headers. It must honour the context of the request.
	Transport http.RoundTripper
	Log       zerolog.Logger
	// Metrics is where the stream's counters are registered; nil for none.
	Metrics prometheus.Registerer
}

// Stream reads a set of event streams and keeps the connection up.
type Stream struct {
	cfg     Config
	set     string
	names   []string // of the streams, as labels; the last one is for what says nothing
	url     string
	metrics *metrics
	// log is for what may be repeated for ever: a few lines a minute do.
	log      zerolog.Logger
	retry    retry
	progress time.Duration // see defaultProgress

	arrived atomic.Int64 // when the last event did, in nanoseconds

	mu    sync.Mutex
	state State
}

// State is how a stream is doing, for people.
type State struct {
	// Connected says that the server has accepted the present connection.
	Connected bool
	// Since is when Connected last changed; zero before the first try.
	Since time.Time
	// Tried is when the last connection was begun; zero before the first.
	Tried time.Time
	// LastEvent is when the last event arrived, canaries and dropped events
	// included; zero if there was none.
	LastEvent time.Time
	// Gaps is how many gaps were found since the start, LastGap the newest of
	// them and LastGapAt when it was found; zero if there was none.
	Gaps      int
	LastGap   GapInfo
	LastGapAt time.Time
	// LastError is why the last connection ended or could not be made. It
	// stays after the stream is back.
	LastError string
	// Cause is the sort of LastError, one of a small closed set, such as
	// "network" or "idle": fit to be shown in public, where an address or a
	// port of this machine is not.
	Cause string
}

// RefusedError says that the server will not give this stream: the stream is
// unknown, the client is not welcome, or the address is no event stream.
type RefusedError struct {
	// Status is the HTTP status of the answer.
	Status int
	URL    string
	// Reason is what the server said, shortened to one line.
	Reason string
}

// Error says who refused and why.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("stream %s refused with status %d: %s", e.URL, e.Status, e.Reason)
}

// New makes a Stream. It connects only when Events is ranged over.
func New(cfg Config) *Stream {
	if cfg.URL == "" {
		cfg.URL = DefaultURL
	}
	if cfg.Idle <= 0 {
		cfg.Idle = DefaultIdle
	}
	if cfg.Margin <= 0 {
		cfg.Margin = DefaultMargin
	}
	if cfg.MaxEvent <= 0 {
		cfg.MaxEvent = DefaultMaxEvent
	}
	if cfg.Retention <= 0 {
		cfg.Retention = DefaultRetention
	}
	if cfg.Transport == nil {
		cfg.Transport = defaultTransport()
	}
	set := streamSet(cfg.Streams)
	return &Stream{
		cfg:      cfg,
		set:      set,
		names:    append(strings.Split(set, ","), otherStream),
		url:      strings.TrimRight(cfg.URL, "/") + "/" + set,
		metrics:  newMetrics(cfg.Metrics),
		retry:    defaultRetry,
		progress: defaultProgress,
		log:      cfg.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: time.Minute}),
	}
}

// StreamSet is the names of the streams, sorted and joined by commas: what a
// Cursor of this stream carries in Cursor.Streams.
func (s *Stream) StreamSet() string { return s.set }

// State reports how the stream is doing. It may be called at any time.
func (s *Stream) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.state
	if at := s.arrived.Load(); at > 0 {
		state.LastEvent = time.Unix(0, at)
	}
	return state
}

func (s *Stream) setConnected(up bool, cause, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Since.IsZero() || s.state.Connected != up {
		s.state.Since = time.Now()
	}
	s.state.Connected = up
	if reason != "" {
		s.state.LastError, s.state.Cause = reason, cause
	}
}

// setTried notes that a connection is begun.
func (s *Stream) setTried() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Tried = time.Now()
}

// setArrived notes that an event came.
func (s *Stream) setArrived() { s.arrived.Store(time.Now().UnixNano()) }

// setDropped notes that events of a stream came that nobody wants, and the time
// of the last of them.
func (s *Stream) setDropped(stream, n int, at time.Time) {
	s.setArrived()
	s.metrics.events.WithLabelValues(s.names[stream], unwanted).Add(float64(n))
	s.metrics.lag.note(at)
}

func (s *Stream) setGap(gap GapInfo) {
	s.metrics.gaps.WithLabelValues(gap.Cause).Inc()
	if gap.Missing > 0 {
		s.metrics.missing.WithLabelValues(gap.Cause).Add(float64(gap.Missing))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Gaps++
	s.state.LastGap, s.state.LastGapAt = gap, time.Now()
}

func streamSet(names []string) string {
	set := slices.Clone(names)
	slices.Sort(set)
	return strings.Join(slices.Compact(set), ",")
}
