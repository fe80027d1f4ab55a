// SPDX-License-Identifier: GPL-3.0-or-later

// Package relay turns the change feed of a MediaWiki (RCFeed: JSON datagrams
// over UDP) into an event stream that clients of Wikimedia's EventStreams
// service can read. It is for wikis outside Wikimedia, for tests and for
// demonstrations: datagrams get lost on the way to it, and surveys must make up
// for that. What has arrived is remembered as far as there is room, in memory
// or, with Open, in a folder, so that it outlives the relay.
//
// A slow reader never holds up the feed: it is cut off when what it has not
// read yet is forgotten, and resumes from its last event id.
package relay

import (
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// Config is what a Relay is told once. Zero values mean the defaults.
type Config struct {
	// Prefix is the data centre whose topic the feed goes to at first, "eqiad"
	// or "codfw"; "eqiad" by default. The other topic carries only canaries.
	Prefix string
	// Events and Bytes bound what is remembered in memory for readers that
	// resume: the number of events and the sum of their sizes; 20000 and 64 MiB.
	// With a Dir, only some thousands stay there, unless it cannot be written.
	Events, Bytes int
	// Dir is the folder for Open to keep events in; it is made if it is not
	// there. StoreBytes bounds its size; 1 GiB.
	Dir        string
	StoreBytes int64
	// Allow says from which addresses datagrams are taken. If it is empty they
	// must come to, and then from, a loopback address. UDP sources can be
	// forged: on an open network this is no protection by itself.
	Allow []netip.Prefix
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
	// Readers is how many there may be in all; 1000.
	Connections, Readers int
	// ArticlePath makes page addresses when the feed does not carry them, such
	// as "/wiki/$1". The default is that one for wikis whose script path is
	// /w, and index.php?title=$1 under the script path elsewhere.
	ArticlePath string
	// Faults makes the relay misbehave, for tests of clients.
	Faults *Faults
	Log    zerolog.Logger
}

// Stats is what a Relay has done since it started, and what it has.
type Stats struct {
	// Events is how many were published, canaries included.
	Events int64 `json:"events"`
	// Bad is how many packets were not understood.
	Bad int64 `json:"bad_packets"`
	// Refused is how many packets came from an address that is not allowed.
	Refused int64 `json:"refused_packets"`
	// Connections is how many streams were begun; Readers how many are open.
	Connections int64 `json:"connections"`
	Readers     int   `json:"readers"`
	// Behind is how many readers were cut off for being too slow.
	Behind int64 `json:"slow_readers"`
	// Last is when the last packet arrived; zero if none did.
	Last time.Time `json:"last_packet,omitzero"`
	// Oldest is the time of the oldest event remembered; zero if there is none.
	Oldest time.Time `json:"oldest_event,omitzero"`
	// MemoryBytes and StoredBytes are the sizes of what is in memory and of the
	// files, which hold most of the former, too.
	MemoryBytes int64 `json:"memory_bytes"`
	StoredBytes int64 `json:"stored_bytes"`
	// StoreError is why the store cannot be written at the moment.
	StoreError string `json:"store_error,omitempty"`
}

// Relay keeps the last events and serves them. It is an http.Handler for
// /v2/stream/{streams} and /healthz.
type Relay struct {
	cfg    Config
	mux    *http.ServeMux
	ring   *ring
	noisy  noisy
	stuck  time.Duration // how long a reader may take for a line of an event
	close  sync.Once
	closed chan struct{}

	connections atomic.Int64 // so far

	mu      sync.Mutex
	primary int       // index of the topic that the feed goes to
	canary  time.Time // when the next ones are due
	stats   Stats
	readers map[string]int // by address
	failure *failure
}

// failure is what Fail tells the readers that are there.
type failure struct {
	happened chan struct{} // closed once message is set
	message  string
}

// noisy are loggers for what may come often: a few lines a minute each.
type noisy struct{ packets, refused, readers zerolog.Logger }

func newNoisy(log zerolog.Logger) noisy {
	bounded := func() zerolog.Logger { return log.Sample(&zerolog.BurstSampler{Burst: 5, Period: time.Minute}) }
	return noisy{packets: bounded(), refused: bounded(), readers: bounded()}
}

// New makes a Relay that remembers in memory, whatever Dir says. Nothing runs
// until ServeUDP is called or a request comes.
func New(cfg Config) *Relay {
	setDefaults(&cfg)
	return newRelay(cfg, newRing(cfg.Events, cfg.Bytes))
}

// Open makes a Relay that goes on with the events in cfg.Dir: offsets and times
// follow those of the last run, and readers of it can resume. Call Close, or
// some offsets may be left out next time.
//
// An event that the last run did not finish to write is cut off and logged. If
// files are damaged otherwise, or are in use by another relay, there is an
// error that names the file and says what to do. A folder that cannot be
// written later is logged, shown in Stats, and tried again.
func Open(cfg Config) (*Relay, error) {
	setDefaults(&cfg)
	memory, err := openRing(cfg.Events, cfg.Bytes, cfg.Dir, cfg.StoreBytes, cfg.Log)
	if err != nil {
		return nil, err
	}
	return newRelay(cfg, memory), nil
}

func setDefaults(cfg *Config) {
	setDefault(&cfg.Events, 20_000)
	setDefault(&cfg.Bytes, 64<<20)
	setDefault(&cfg.StoreBytes, 1<<30)
	setDefault(&cfg.Lifetime, 15*time.Minute)
	setDefault(&cfg.Canary, 20*time.Second)
	setDefault(&cfg.Readers, 1000)
}

func newRelay(cfg Config, memory *ring) *Relay {
	r := &Relay{
		cfg:     cfg,
		mux:     http.NewServeMux(),
		ring:    memory,
		noisy:   newNoisy(cfg.Log),
		stuck:   30 * time.Second,
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

func setDefault[T int | int64 | time.Duration](v *T, to T) {
	if *v == 0 {
		*v = to
	}
}

// Publish adds one RCFeed packet to the stream. It keeps no reference to
// packet. An error means that the packet is no JSON object or not a change of
// a wiki; it was counted.
func (r *Relay) Publish(packet []byte) error {
	now := time.Now()
	e, err := parsePacket(packet)
	if err == nil {
		e.complete(r.cfg.ArticlePath)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Last = now
	if err != nil {
		r.stats.Bad++
		return err
	}
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

// Close ends the connections of all readers, refuses new ones, and closes the
// store. It must be called before a server's Shutdown, which waits for the
// readers, and when ServeUDP is done: what is published later is not stored.
func (r *Relay) Close() {
	r.close.Do(func() {
		close(r.closed)
		r.ring.close()
	})
}

// Stats reports what the relay has done so far.
func (r *Relay) Stats() Stats {
	r.mu.Lock()
	s := r.stats
	r.mu.Unlock()
	r.ring.describe(&s)
	return s
}

// ServeHTTP answers /v2/stream/{streams} and /healthz.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.mux.ServeHTTP(w, req) }
