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
	"net"
	"net/http"
	"time"

	"github.com/rs/zerolog"
)

// Config is what a Relay is told once. Zero values mean the defaults.
type Config struct {
	// Events and Bytes bound what is remembered for readers that resume: the
	// number of events and the sum of their sizes; 20000 and 64 MiB.
	Events, Bytes int
	// Lifetime is how long a reader's connection may last; 15 minutes, as at
	// Wikimedia. Negative means no limit.
	Lifetime time.Duration
	// Abrupt ends connections at their Lifetime without a proper end of the
	// answer, as network faults do.
	Abrupt bool
	// Canary is the time between artificial events; 1 minute. Negative means
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

// Relay keeps the last events and serves them. It is an http.Handler for
// /v2/stream/{streams} and /healthz.
type Relay struct {
	cfg Config
	mux *http.ServeMux
}

// New makes a Relay. Nothing runs until ServeUDP is called or a request comes.
func New(cfg Config) *Relay { return &Relay{cfg: cfg, mux: http.NewServeMux()} }

// ServeUDP publishes the datagrams that arrive on conn, and the canaries, until
// ctx ends, which is no error. It does not close conn.
func (r *Relay) ServeUDP(ctx context.Context, conn net.PacketConn) error { return nil }

// Publish adds one RCFeed packet to the stream.
func (r *Relay) Publish(packet []byte) error { return nil }

// Close ends the connections of all readers; a server's Shutdown waits for
// them.
func (r *Relay) Close() {}

// ServeHTTP answers /v2/stream/{streams} and /healthz.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.mux.ServeHTTP(w, req) }
