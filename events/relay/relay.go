// SPDX-License-Identifier: GPL-3.0-or-later

// Package relay turns the change feed of a MediaWiki (RCFeed: JSON datagrams
// over UDP) into an event stream that clients of Wikimedia's EventStreams
// service can read. It is for wikis outside Wikimedia, for tests and for
// demonstrations: datagrams get lost, and the relay remembers only what fits
// its memory. Surveys must make up for both.
//
// A slow reader never holds up the feed: it is cut off when what it has not
// read yet is forgotten, and resumes from its last event id.
package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Config is what a Relay is told once. Zero values mean the defaults.
type Config struct {
	// Prefix is the data centre whose topic the feed goes to at first, "eqiad"
	// or "codfw"; "eqiad" by default. The other topic carries only canaries.
	Prefix string
	// Events and Bytes bound what is remembered for readers that resume: the
	// number of events and the sum of their sizes; 20000 and 64 MiB.
	Events, Bytes int
	// Lifetime is how long a reader's connection may last; 15 minutes, as at
	// Wikimedia. Negative means no limit.
	Lifetime time.Duration
	// Abrupt ends connections at their Lifetime without a proper end of the
	// answer, as network faults do.
	Abrupt bool
	// Canary is the time between artificial events; 20 seconds. Negative means
	// none. Readers need them to tell a quiet wiki from a dead connection.
	Canary time.Duration
	// Connections is how many readers one address may have; 0 for no limit.
	Connections int
	// ArticlePath makes page addresses when the feed does not carry them, such
	// as "/wiki/$1". The default is that one for wikis whose script path is
	// /w, and index.php?title=$1 under the script path elsewhere.
	ArticlePath string
	Log         zerolog.Logger
}

// Stats is what a Relay has done so far.
type Stats struct {
	// Events is how many were published, canaries included.
	Events int64 `json:"events"`
	// Bad is how many packets were not understood.
	Bad int64 `json:"bad_packets"`
	// Readers is how many connections are open.
	Readers int `json:"readers"`
	// Last is when the last packet arrived; zero if none did.
	Last time.Time `json:"last_packet,omitzero"`
}

// Relay keeps the last events and serves them. It is an http.Handler for
// /v2/stream/{streams} and /healthz.
type Relay struct {
	cfg    Config
	mux    *http.ServeMux
	ring   *ring
	log    zerolog.Logger // for what may come often
	close  sync.Once
	closed chan struct{}

	mu      sync.Mutex
	primary int // index of the topic that the feed goes to
	stats   Stats
	readers map[string]int // by address
	failure *failure
}

// failure is what Fail tells the readers that are there.
type failure struct {
	happened chan struct{} // closed once message is set
	message  string
}

// New makes a Relay. Nothing runs until ServeUDP is called or a request comes.
func New(cfg Config) *Relay {
	setDefault(&cfg.Events, 20_000)
	setDefault(&cfg.Bytes, 64<<20)
	setDefault(&cfg.Lifetime, 15*time.Minute)
	setDefault(&cfg.Canary, 20*time.Second)
	r := &Relay{
		cfg:     cfg,
		mux:     http.NewServeMux(),
		ring:    newRing(cfg.Events, cfg.Bytes),
		log:     cfg.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: time.Minute}),
		closed:  make(chan struct{}),
		readers: map[string]int{},
		failure: &failure{happened: make(chan struct{})},
	}
	if cfg.Prefix == "codfw" {
		r.primary = 1
	}
	r.mux.HandleFunc("GET /v2/stream/{streams}", r.serveStream)
	r.mux.HandleFunc("GET /healthz", r.serveHealth)
	return r
}

func setDefault[T int | time.Duration](v *T, to T) {
	if *v == 0 {
		*v = to
	}
}

// ServeUDP publishes the datagrams that arrive on conn, and the canaries, until
// ctx ends, which is no error. It does not close conn. A packet that is not
// understood is counted and logged, and the rest goes on.
func (r *Relay) ServeUDP(ctx context.Context, conn net.PacketConn) error {
	if c, ok := conn.(interface{ SetReadBuffer(int) error }); ok {
		// Bursts wait in the kernel; the default is too small for an import.
		if err := c.SetReadBuffer(4 << 20); err != nil {
			r.cfg.Log.Warn().Err(err).Msg("receive buffer stays small")
		}
	}
	stop := context.AfterFunc(ctx, func() {
		conn.SetReadDeadline(time.Unix(1, 0)) // fails only when conn is closed, which ends the read too
	})
	defer stop()
	packet := make([]byte, 64<<10)
	canary := time.Now().Add(r.cfg.Canary)
	for {
		var deadline time.Time
		if r.cfg.Canary > 0 {
			deadline = canary
		}
		if err := conn.SetReadDeadline(deadline); err != nil {
			return fmt.Errorf("receive feed: %w", err)
		}
		if ctx.Err() != nil { // after the deadline is set, or it would undo the one above
			return nil
		}
		n, from, err := conn.ReadFrom(packet)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			r.Canary()
			canary = time.Now().Add(r.cfg.Canary)
			continue
		case err != nil:
			return fmt.Errorf("receive feed: %w", err)
		}
		if err := r.Publish(packet[:n]); err != nil {
			r.log.Warn().Err(err).Stringer("from", from).Int("bytes", n).Msg("packet dropped")
		}
	}
}

// Publish adds one RCFeed packet to the stream. It keeps no reference to
// packet. An error means that the packet is no JSON object or not a change of
// a wiki; it was counted.
func (r *Relay) Publish(packet []byte) error {
	now := time.Now()
	e, err := parsePacket(packet)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Last = now
	if err != nil {
		r.stats.Bad++
		return err
	}
	e.complete(r.cfg.ArticlePath)
	r.stats.Events++
	r.ring.add(r.primary, now, e)
	return nil
}

// Canary publishes an artificial event in the topics of both data centres.
func (r *Relay) Canary() {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for topic := range topics {
		r.stats.Events++
		r.ring.add(topic, now, newCanary())
	}
}

// Switch moves the feed to the topic of the other data centre, as happens at
// Wikimedia some times a year.
func (r *Relay) Switch() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.primary = 1 - r.primary
}

// Fail sends an error event to every reader and cuts it off, as the service
// does when something behind it breaks.
func (r *Relay) Fail(message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failure.message = message
	close(r.failure.happened)
	r.failure = &failure{happened: make(chan struct{})}
}

// Close ends the connections of all readers and refuses new ones. It must be
// called before a server's Shutdown, which waits for them.
func (r *Relay) Close() { r.close.Do(func() { close(r.closed) }) }

// Stats reports what the relay has done so far.
func (r *Relay) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// ServeHTTP answers /v2/stream/{streams} and /healthz.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.mux.ServeHTTP(w, req) }
