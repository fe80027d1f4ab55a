// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how long to wait before connecting again.

package events

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// retry says how long to wait after a connection has ended.
type retry struct {
	// pause is the longest wait after a connection that made progress. Servers
	// end connections by routine; a random wait keeps clients apart.
	pause time.Duration
	// first and most bound the waits after failures, which double.
	first, most time.Duration
	// longest bounds what a server may ask for.
	longest time.Duration
}

var defaultRetry = retry{
	pause:   time.Second,
	first:   time.Second,
	most:    time.Minute,
	longest: 15 * time.Minute,
}

// delay is the wait after so many failures in a row; asked is what the server
// wants, 0 if nothing.
func (r retry) delay(failures int, asked time.Duration) time.Duration {
	var d time.Duration
	if failures == 0 {
		d = rand.N(r.pause + 1)
	} else {
		d = r.most
		if shift := failures - 1; shift < 20 {
			d = min(r.first<<shift, r.most)
		}
		d = d/2 + rand.N(d/2+1)
	}
	return max(d, min(asked, r.longest))
}

// retryAfter reads a Retry-After header, which is a number of seconds or a
// date; 0 if it is neither or in the past.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// sleep waits for d or until ctx ends, and reports whether it was d.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
