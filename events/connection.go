// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds one connection to the server: the SSE library is its reader,
// and nothing but a reader. Whether, when and where to connect again is decided
// elsewhere.

package events

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/r3labs/sse/v2"
)

var (
	errIdle  = errors.New("nothing arrived for too long")
	errEnded = errors.New("server ended the stream")
	errLeft  = errors.New("reader has left")
)

// fault is why a connection ended.
type fault struct {
	// cause is its name as a metric label.
	cause string
	err   error
	// status is that of an answer that was no stream, 0 otherwise.
	status int
	// retryAfter is how long the server asks to be left alone.
	retryAfter time.Duration
}

// final reports whether the server says no to the request as it is, rather than
// for the moment.
func (f fault) final() bool {
	switch f.status {
	case 0, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return f.status < 500
}

// frame is one event as the library delivers it.
type frame struct {
	note
	name string
	data []byte
}

// connection is one request and its answer. It is its own http.RoundTripper,
// because that is where the library lets one see the answer.
type connection struct {
	stream *Stream
	ctx    context.Context
	cancel context.CancelCauseFunc
	idle   *time.Timer
	body   *body

	// accepted receives once, before the first frame, if the answer is a
	// stream.
	accepted chan struct{}
	// notes has one for each event that the library was given and has not
	// delivered yet.
	notes chan note
	// frames is closed when the connection is over; fault is valid then.
	frames chan frame
	// left is closed when nobody wants more frames.
	left  chan struct{}
	fault fault
}

// open starts a connection that resumes from a position. The caller must close
// it. An awaited gap ends where the connection begins.
func (s *Stream) open(ctx context.Context, pos Cursor, awaited *GapInfo) *connection {
	id, since := pos.resume(s.cfg.Margin)
	ctx, cancel := context.WithCancelCause(ctx)
	c := &connection{
		stream:   s,
		ctx:      ctx,
		cancel:   cancel,
		idle:     time.AfterFunc(s.cfg.Idle, func() { cancel(errIdle) }),
		accepted: make(chan struct{}),
		notes:    make(chan note, 8), // the library holds fewer events
		frames:   make(chan frame),
		left:     make(chan struct{}),
	}
	c.body = &body{
		max: s.cfg.MaxEvent,
		sieve: &sieve{
			want: s.cfg.Want, margin: s.cfg.Margin, offsets: newOffsets(pos, s.cfg.Margin), awaited: awaited,
			every: s.progress / 5, said: time.Now(), tell: c.tell, dropped: make([]int, len(s.names)), streamOf: s.nameOf, passed: s.setDropped,
			broken: func(frame []byte) {
				s.metrics.decodeErrors.WithLabelValues("frame").Inc()
				s.log.Warn().Str("frame", shorten(string(frame[:min(len(frame), 500)]))).Msg("frame is no event")
			},
		},
		before: func() { c.idle.Reset(s.cfg.Idle) },
		after:  func() { c.idle.Stop() },
		skipped: func() {
			s.count("", oversized)
			s.log.Warn().Int("most", s.cfg.MaxEvent).Msg("event is too big, passed over")
		},
	}
	target := s.url
	if id == "" && !since.IsZero() {
		target += "?since=" + strconv.FormatInt(since.UnixMilli(), 10)
	}
	// The library must have room for the lines' names as well.
	client := sse.NewClient(target, sse.ClientMaxBufferSize(s.cfg.MaxEvent+4096))
	client.Connection = &http.Client{Transport: c}
	client.ReconnectStrategy = once{}
	if s.cfg.UserAgent != "" {
		client.Headers["User-Agent"] = s.cfg.UserAgent
	}
	if id != "" {
		client.LastEventID.Store([]byte(id))
	}
	go func() {
		defer close(c.frames)
		// RoundTrip carries ctx. The library sees the end of a body instead, the
		// one way in which it leaves no goroutine behind.
		err := client.SubscribeRawWithContext(context.WithoutCancel(ctx), c.deliver)
		c.idle.Stop()
		c.settle(err)
	}()
	return c
}

// close ends the connection and waits until nothing of it is left.
func (c *connection) close() {
	c.cancel(errLeft)
	close(c.left)
	for range c.frames {
	}
}

// tell sends a note along with an event.
func (c *connection) tell(n note) {
	select {
	case c.notes <- n:
	case <-c.left:
	}
}

// deliver takes an event from the library.
func (c *connection) deliver(msg *sse.Event) {
	select {
	case n := <-c.notes:
		f := frame{note: n, name: string(msg.Event), data: msg.Data}
		if n.named {
			f.id = string(msg.ID) // else the library repeats the last one
		}
		select {
		case c.frames <- f:
		case <-c.left:
		}
	case <-c.left:
	}
}

// RoundTrip sends the request and lets the answer through if it is a stream.
func (c *connection) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.stream.cfg.Transport.RoundTrip(req.WithContext(context.WithValue(c.ctx, lifetime{}, c.ctx)))
	if err != nil {
		c.fault = fault{cause: "connect", err: err}
		return nil, err
	}
	if f := examine(resp); f.err != nil {
		resp.Body.Close()
		c.fault = f
		return nil, f.err
	}
	c.idle.Stop()
	c.body.src = resp.Body
	resp.Body = c.body
	select {
	case c.accepted <- struct{}{}:
	case <-c.left:
	}
	return resp, nil
}

// settle finds out why the connection ended, once it has.
func (c *connection) settle(err error) {
	switch {
	case context.Cause(c.ctx) == errIdle:
		c.fault = fault{cause: "idle", err: fmt.Errorf("%w (%v)", errIdle, c.stream.cfg.Idle)}
	case c.fault.err != nil: // seen by RoundTrip
	case c.body.err == io.EOF:
		c.fault = fault{cause: "end", err: errEnded}
	case c.body.err != nil:
		c.fault = fault{cause: "cut", err: fmt.Errorf("read stream: %w", c.body.err)}
	case err != nil:
		c.fault = fault{cause: "connect", err: err}
	default: // unreachable: the library returns only at an error or an end
		c.fault = fault{cause: "end", err: errEnded}
	}
}

// examine tells what is wrong with an answer that is not a stream.
func examine(resp *http.Response) fault {
	if resp.StatusCode == http.StatusOK {
		got := resp.Header.Get("Content-Type")
		if kind, _, _ := mime.ParseMediaType(got); kind != "text/event-stream" {
			return fault{cause: "content_type", status: resp.StatusCode,
				err: fmt.Errorf("content type %q is no event stream", shorten(got))}
		}
		// What compresses holds events back; and nobody asked for it.
		if encoding := resp.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
			return fault{cause: "content_type", status: resp.StatusCode,
				err: fmt.Errorf("content encoding %q was not asked for", shorten(encoding))}
		}
		return fault{}
	}
	f := fault{cause: "status", status: resp.StatusCode}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 1024)) // a part of a reason is better than none
	f.err = fmt.Errorf("%s: %s", resp.Status, shorten(string(said)))
	if to := resp.Header.Get("Location"); to != "" {
		f.err = fmt.Errorf("%s: moved to %s", resp.Status, shorten(to))
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		f.cause = "rate_limit"
		f.retryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	case http.StatusServiceUnavailable:
		f.retryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	}
	return f
}

// once is a back-off that stops the library after its first connection.
type once struct{}

func (once) NextBackOff() time.Duration { return -1 }
func (once) Reset()                     {}

// lifetime is the key under which the context of a request carries itself. What
// the transport dials with has no end: a connection is meant to serve another
// request then. Here there is no other.
type lifetime struct{}

// defaultTransport makes one connection a request over HTTP/1.1. Nothing
// bounds the whole of an answer, which has no end.
func defaultTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		life, ok := ctx.Value(lifetime{}).(context.Context)
		if !ok {
			return dialer.DialContext(ctx, network, address)
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(life, cancel)()
		conn, err := dialer.DialContext(ctx, network, address)
		if err == nil {
			context.AfterFunc(life, func() { conn.Close() })
		}
		return conn, err
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dial,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		DisableCompression:    true,
		DisableKeepAlives:     true,
		ReadBufferSize:        usual,
	}
}
