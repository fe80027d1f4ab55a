// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the ids of requests, by which a line of our log and one of the wiki's operators can be brought
// together, and the debug line about each request.

package wiki

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// requestIDs numbers the requests of one client. Ids of two processes do not meet.
type requestIDs struct {
	process string
	last    atomic.Int64
}

func newRequestIDs() *requestIDs { return &requestIDs{process: uuid.NewString()[:8]} }

// next returns an id that fits into a URL and a log line.
func (ids *requestIDs) next() string {
	return ids.process + "-" + strconv.FormatInt(ids.last.Add(1), 36)
}

// observe counts a request, and writes a line about it where the log has room for such. Nothing of what was sent or came
// back is in the line but its size: no text, no token.
func (c *Client) observe(r request, id string, last reply, err *Error, took time.Duration) {
	c.metrics.observe(c.cfg.Wiki, r.action, err, took)
	e := c.cfg.Log.Debug()
	if !e.Enabled() {
		return
	}
	code := "ok"
	if err != nil {
		code = err.Code
	}
	e.Str("action", r.action).Str("title", r.title).Str("code", code).Str("request", id).Str("served_by", last.servedBy).
		Dur("took", took).Int("bytes", len(last.body)).Msg("request")
}
