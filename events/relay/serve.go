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

// stuck is how long one event may take to be written before its reader is
// given up.
const stuck = 30 * time.Second

func (r *Relay) serveHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(r.Stats()); err != nil {
		r.log.Debug().Err(err).Msg("health reader went away")
	}
}

func (r *Relay) refuse(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", "application/json")
	if p.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "5")
	}
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		r.log.Debug().Err(err).Msg("refused reader went away")
	}
}

func (r *Relay) serveStream(w http.ResponseWriter, req *http.Request) {
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
	out := &output{w: w, control: http.NewResponseController(w)}
	defer out.release()
	if err := r.send(req, out, r.ring.seek(places), failure); err != nil {
		r.log.Debug().Err(err).Str("reader", req.RemoteAddr).Msg("reader cut off")
	}
}

// enter counts a reader in, and returns how to count it out again. It refuses
// one address too many connections, and everyone after Close.
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
	r.readers[address]++
	r.stats.Readers++
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
// error means that the reader went away or was too slow.
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
	for {
		batch, more, err := r.ring.from(rd.number, 32)
		if err != nil {
			return errors.Join(err, out.fail(err.Error(), rd.id()))
		}
		for _, e := range batch {
			rd.number++
			if !rd.wants(e) {
				continue
			}
			rd.pass(e)
			if err := out.event("message", rd.id(), e.data); err != nil {
				return err
			}
		}
		if len(batch) > 0 {
			more = ready
		}
		select {
		case <-more:
		case <-req.Context().Done():
			return nil
		case <-r.closed:
			return nil
		case <-failure.happened:
			return out.fail(failure.message, rd.id())
		case <-life:
			if r.cfg.Abrupt {
				panic(http.ErrAbortHandler)
			}
			return nil
		}
	}
}

// output writes a stream. Each line goes out by itself, as the service does it:
// a connection may end between any two of them.
type output struct {
	w       io.Writer
	control *http.ResponseController
}

func (o *output) open() error {
	h := o.w.(http.ResponseWriter).Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Accel-Buffering", "no")
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
	if err := o.control.SetWriteDeadline(time.Now().Add(stuck)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := io.WriteString(o.w, line); err != nil {
		return err
	}
	return o.control.Flush()
}

// release takes the deadline off, so that the connection can be used again.
func (o *output) release() {
	if err := o.control.SetWriteDeadline(time.Time{}); err != nil {
		return // the connection is gone
	}
}
