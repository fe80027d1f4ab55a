// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the HTTP side of the relay: one reader's connection from the
// request to its end.

package relay

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

func (r *Relay) serveHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(r.Stats()); err != nil {
		r.noisy.readers.Debug().Err(err).Msg("health reader went away")
	}
}

func (r *Relay) refuse(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", "application/json")
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		r.noisy.readers.Debug().Err(err).Msg("refused reader went away")
	}
}

func (r *Relay) serveStream(w http.ResponseWriter, req *http.Request) {
	bad := r.misfortune()
	if bad.instead(w) {
		return
	}
	if p := checkStreams(req.PathValue("streams")); p != nil {
		r.refuse(w, p)
		return
	}
	places, p := asked(req)
	if p != nil {
		r.refuse(w, p)
		return
	}
	failure, leave, p := r.enter(req.RemoteAddr)
	if p != nil {
		r.refuse(w, p)
		return
	}
	defer leave()
	out := &output{w: w, control: http.NewResponseController(w), stuck: r.stuck, bad: bad}
	defer out.release()
	if req.Method == http.MethodHead {
		out.header()
		return
	}
	rd := r.ring.seek(places)
	defer rd.files.close()
	err := r.send(req, out, rd, failure)
	if errors.Is(err, errCut) {
		err = bad.cut(req.Context(), out, r.closed)
	}
	if err != nil {
		r.noisy.readers.Debug().Err(err).Str("reader", req.RemoteAddr).Msg("reader cut off")
	}
}

// enter counts a reader in, and returns how to count it out again. It refuses
// one address too many connections, all too many, and everyone after Close.
func (r *Relay) enter(remote string) (*failure, func(), *problem) {
	address, _, err := net.SplitHostPort(remote)
	if err != nil {
		address = remote
	}
	select {
	case <-r.closed:
		return nil, nil, &problem{Status: http.StatusServiceUnavailable, Message: "Service Unavailable", Detail: "shutting down"}
	default:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cfg.Connections > 0 && r.readers[address] >= r.cfg.Connections {
		return nil, nil, &problem{Status: http.StatusTooManyRequests, Message: "Too Many Requests",
			Detail: "too many connections from your address"}
	}
	if r.stats.Readers >= r.cfg.Readers {
		return nil, nil, &problem{Status: http.StatusServiceUnavailable, Message: "Service Unavailable", Detail: "too many readers"}
	}
	r.readers[address]++
	r.stats.Readers++
	r.stats.Connections++
	return r.failure, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stats.Readers--
		if r.readers[address]--; r.readers[address] == 0 {
			delete(r.readers, address)
		}
	}, nil
}

// send writes events until the connection ends for one reason or another. An
// error means that the reader went away, was too slow, or was unlucky.
func (r *Relay) send(req *http.Request, out *output, rd *reader, failure *failure) error {
	var life <-chan time.Time
	if r.cfg.Lifetime > 0 {
		timer := time.NewTimer(r.cfg.Lifetime)
		defer timer.Stop()
		life = timer.C
	}
	ready := make(chan struct{})
	close(ready)
	if err := out.open(); err != nil {
		return err
	}
	if err := out.bad.first(out, rd.id()); err != nil {
		return err
	}
	// ended waits for more to come and reports whether the connection is over.
	ended := func(more <-chan struct{}) (bool, error) {
		select {
		case <-more:
			return false, nil
		case <-req.Context().Done():
			return true, nil
		case <-r.closed:
			return true, nil
		case <-failure.happened:
			return true, out.fail(failure.message, rd.id())
		case <-life:
			if r.cfg.Abrupt {
				panic(http.ErrAbortHandler)
			}
			return true, nil
		}
	}
	for {
		batch, more, err := r.ring.from(rd, 32)
		if err != nil {
			return r.lose(out, rd, err)
		}
		for _, e := range batch {
			rd.number = e.number() + 1
			if !rd.wants(e) {
				continue
			}
			rd.pass(e)
			if err := out.bad.event(out, rd.id(), e.data); err != nil {
				return err
			}
			if over, err := ended(ready); over { // soon, as one of several that are ready is drawn
				return err
			}
		}
		if len(batch) > 0 {
			more = ready
		}
		if over, err := ended(more); over {
			return err
		}
	}
}

// lose cuts off a reader that cannot have its next event.
func (r *Relay) lose(out *output, rd *reader, err error) error {
	message := "events cannot be read"
	if errors.Is(err, errBehind) {
		message = err.Error()
		r.mu.Lock()
		r.stats.Behind++
		r.mu.Unlock()
	} else {
		r.cfg.Log.Error().Err(err).Msg("reader cut off")
	}
	return errors.Join(err, out.fail(message, rd.id()))
}

// output writes a stream. Each line goes out by itself, as the service does it:
// a connection may end between any two of them.
type output struct {
	w       http.ResponseWriter
	control *http.ResponseController
	stuck   time.Duration
	bad     *misfortune
	bytes   int64 // written
}

func (o *output) header() {
	h := o.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Accel-Buffering", "no")
}

func (o *output) open() error {
	o.header()
	return o.write(":ok\n\n")
}

func (o *output) event(name, id string, data []byte) error {
	if err := o.write("event: " + name + "\n"); err != nil {
		return err
	}
	if err := o.write("id: " + id + "\n"); err != nil {
		return err
	}
	return o.write("data: " + string(data) + "\n\n")
}

// fail writes an error event, the last of a connection.
func (o *output) fail(message, id string) error {
	data, err := json.Marshal(map[string]string{"message": message})
	if err != nil {
		panic(err) // unreachable: strings always marshal
	}
	return o.event("error", id, data)
}

func (o *output) write(line string) error {
	if err := o.control.SetWriteDeadline(time.Now().Add(o.stuck)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	line, goesOn := o.bad.limit(line)
	n, err := io.WriteString(o.w, line)
	o.bytes += int64(n)
	if err == nil {
		err = o.control.Flush()
	}
	if err == nil && !goesOn {
		err = errCut
	}
	return err
}

// release takes the deadline off, so that the connection can be used again.
func (o *output) release() {
	if err := o.control.SetWriteDeadline(time.Time{}); err != nil {
		return // the connection is gone
	}
}
