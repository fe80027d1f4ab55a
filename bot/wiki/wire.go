// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what lies below the API library: it ends requests with their context, reads answers with a bound on
// their size, and keeps what the library drops, such as the status and Retry-After.

package wiki

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxAnswer bounds an answer. MediaWiki cuts results at 8 MiB of text ($wgAPIMaxResultSize), which JSON can make longer.
const maxAnswer = 48 << 20

var errTooBig = fmt.Errorf("the answer is longer than %d bytes", maxAnswer)

// wire carries the requests of one API library client. The library knows no contexts, so the one of the request under
// way is set here beforehand; there is one request at a time.
type wire struct {
	base http.RoundTripper
	ctx  context.Context
	last reply
}

// reply is what one request brought.
type reply struct {
	body       []byte
	code, info string // of the API's error, or our own code; "" when all is well
	retryAfter time.Duration
	servedBy   string // the wiki's server, "" if the answer does not tell
	err        error  // there was no answer
}

// apiAnswer is the part of an answer that every module has.
type apiAnswer struct {
	Error *struct {
		Code, Info string
		BlockInfo  blockData
	}
	ServedBy string
}

// RoundTrip sends a request in the context that was set. The library gets every answer with status 200 and as JSON:
// whatever came instead is told as an API error.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(w.ctx)
	if req.Method == http.MethodPost {
		if q := w.ctx.Value(readOnly{}); q != nil {
			// Lets a wiki with several data centres answer from the nearest one.
			req.Header.Set("Promise-Non-Write-API-Action", "true")
		}
	}
	resp, err := w.base.RoundTrip(req)
	if err != nil {
		w.last = reply{err: err}
		return nil, err
	}
	defer resp.Body.Close()
	w.last = readReply(resp)
	if w.last.err != nil {
		return nil, w.last.err
	}

	header := resp.Header.Clone()
	header.Del("X-Database-Lag") // the library would sleep, or trip over a missing Retry-After
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: resp.Proto, ProtoMajor: resp.ProtoMajor, ProtoMinor: resp.ProtoMinor,
		Header: header, Body: io.NopCloser(bytes.NewReader(w.last.body)), ContentLength: int64(len(w.last.body)), Request: req,
	}, nil
}

// readOnly marks the context of a request that changes nothing although it is sent with POST.
type readOnly struct{}

func readReply(resp *http.Response) reply {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return reply{err: err}
	}
	if len(body) > maxAnswer {
		return reply{err: errTooBig}
	}
	r := reply{body: body, retryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	var answer apiAnswer
	isJSON := json.Unmarshal(body, &answer) == nil
	r.servedBy = excerpt([]byte(answer.ServedBy))
	switch {
	case isJSON && answer.Error != nil && answer.Error.Code != "":
		r.code, r.info = codeOf(answer.Error.Code, answer.Error.BlockInfo), answer.Error.BlockInfo.tell(answer.Error.Info)
		return r
	case isJSON && resp.StatusCode < http.StatusMultipleChoices:
		return r
	case resp.StatusCode >= http.StatusMultipleChoices:
		r.code = "http-" + strconv.Itoa(resp.StatusCode)
		r.info = http.StatusText(resp.StatusCode)
		if to := resp.Header.Get("Location"); to != "" {
			r.info += ", the API has moved to " + excerpt([]byte(to))
		}
	default:
		r.code = "not-json"
		kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if err != nil {
			kind = "something"
		}
		r.info = fmt.Sprintf("expected JSON, got %s: %s", kind, excerpt(body))
	}
	r.body = fmt.Appendf(nil, `{"error":{"code":%q,"info":"not an answer of the API"}}`, r.code)
	return r
}

// excerpt is the start of text that may be anything, fit for a log line.
func excerpt(b []byte) string {
	b = b[:min(len(b), 120)]
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(b), ""), func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
}

// retryAfter reads the header of that name: seconds or a date. Absurd values are cut to an hour.
func retryAfter(value string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		d = time.Duration(min(n, 3600)) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	}
	return max(0, min(d, time.Hour))
}

// fail makes the error of a reply, or returns nil if there is none.
func (r reply) fail(action, title string) *Error {
	e := &Error{Code: r.code, Info: r.info, Action: action, Title: title, RetryAfter: r.retryAfter}
	switch {
	case errors.Is(r.err, errTooBig):
		e.Code, e.Info = "too-big", r.err.Error()
	case r.err != nil:
		e.Code, e.Info = "network", r.err.Error()
	case r.code == "":
		return nil
	}
	e.Class = classOf(e.Code)
	return e
}
