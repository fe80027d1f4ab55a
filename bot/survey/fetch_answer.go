// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what a Fetcher makes of an answer: its status, its headers,
// its size, and what can be wrong with it.

package survey

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// validators tell whether an answer is still the one that they came with. They
// are kept in the Mark of a Survey.
type validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// maxValidator is more than any sensible validator, in bytes.
const maxValidator = 1024

func validatorsOf(header http.Header) validators {
	v := validators{header.Get("ETag"), header.Get("Last-Modified")}
	if len(v.ETag)+len(v.LastModified) > maxValidator {
		return validators{}
	}
	return v
}

// ask makes a request conditional.
func (v validators) ask(header http.Header) {
	if v.ETag != "" {
		header.Set("If-None-Match", v.ETag)
	}
	if v.LastModified != "" {
		header.Set("If-Modified-Since", v.LastModified)
	}
}

// check looks at the head of an answer: nil if its body may be read,
// ErrUnchanged if the validators still hold.
func (v validators) check(resp *http.Response) error {
	status := strings.TrimSpace(strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode))
	kind := resp.Header.Get("Content-Type")
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotModified:
		if v == (validators{}) {
			return &fetchError{outcome: gotInvalid, reason: "answers that nothing has changed, which nobody asked"}
		}
		return ErrUnchanged
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &busyError{status, pauseOf(resp.Header.Get("Retry-After"), time.Now())}
	default:
		return &fetchError{outcome: gotRefusal, reason: "answers " + status, status: resp.StatusCode}
	}
	switch {
	case !isJSONType(kind):
		if strings.Contains(strings.ToLower(kind), "html") {
			return &fetchError{outcome: gotInvalid, reason: "answers with an HTML page instead of JSON"}
		}
		return &fetchError{outcome: gotInvalid, reason: "answers with something else than JSON"}
	case resp.Header.Get("Content-Encoding") != "":
		// The transport has taken off the one that it asked for.
		return &fetchError{outcome: gotInvalid, reason: "answers in an encoding that nobody asked for"}
	}
	return nil
}

// pauseOf reads the header Retry-After: seconds or a date. Absurd values are
// cut to an hour.
func pauseOf(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	var pause time.Duration
	if n, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		pause = time.Duration(min(n, uint64(longestPause/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		pause = at.Sub(now)
	}
	return max(0, min(pause, longestPause))
}

// fetchError says what is wrong with an answer, in words that follow the
// address. They hold nothing of the answer itself, which may be anything.
type fetchError struct {
	outcome string
	reason  string
	status  int // of HTTP, if that is what is wrong
}

func (e *fetchError) Error() string { return e.reason }

// busyError is the answer of a server that wants to be asked again later.
type busyError struct {
	status string
	after  time.Duration // 0: it does not say when
}

func (e *busyError) Error() string {
	if e.after == 0 {
		return "answers " + e.status
	}
	return fmt.Sprintf("answers %s and wants no requests for %s", e.status, e.after)
}

// errSlow says that a request took longer than it may.
var errSlow = errors.New("does not answer in full")

// outcomeOf is the outcome of a request that an error ended.
func outcomeOf(ctx context.Context, err error) string {
	failed, pause := (*fetchError)(nil), (*busyError)(nil)
	switch {
	case errors.Is(err, ErrUnchanged):
		return gotUnchanged
	case errors.As(err, &failed):
		return failed.outcome
	case errors.As(err, &pause):
		return gotBusy
	case errors.Is(context.Cause(ctx), errSlow):
		return gotTooLate
	}
	return gotNothing
}

// inner takes off what net/http puts around an error: the method, and the
// whole address with its query.
func inner(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// maxValue bounds what of an answer waits in memory until a value is complete:
// twice as much as any record in it, which the toolinfo schema keeps far smaller.
const maxValue = 4 << 20

// boundedReader gives the first bytes of an answer, and ends with an error if
// there are more of them or if one value is too long.
type boundedReader struct {
	r       io.Reader
	n, most int64
	used    func() int64 // how many bytes the values have that were read
	over    error
}

func (b *boundedReader) Read(p []byte) (int, error) {
	switch {
	case b.over != nil:
		return 0, b.over
	case b.n-b.used() > maxValue:
		b.over = &fetchError{outcome: gotTooMuch, reason: fmt.Sprintf("answers with a record of more than %d bytes", maxValue/2)}
		return 0, b.over
	}
	if left := b.most - b.n; int64(len(p)) > left+1 {
		p = p[:left+1]
	}
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > b.most {
		b.over = &fetchError{outcome: gotTooMuch, reason: fmt.Sprintf("answers with more than the %d bytes that are left to it", b.most)}
		return 0, b.over
	}
	return n, err
}

// readList reads a JSON list value by value, so that it is never in memory as a
// whole.
func readList(dec *json.Decoder, each func(json.RawMessage) error) error {
	token, err := dec.Token()
	if err != nil {
		return badJSON(err)
	}
	if token != json.Delim('[') {
		return &fetchError{outcome: gotInvalid, reason: "answers with JSON that is no list of records"}
	}
	for dec.More() {
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return badJSON(err)
		}
		if err := each(value); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return badJSON(err)
}

// readObject reads a JSON object key by key; member reads the value.
func readObject(dec *json.Decoder, member func(key string) error) error {
	token, err := dec.Token()
	if err != nil {
		return badJSON(err)
	}
	if token != json.Delim('{') {
		return &fetchError{outcome: gotInvalid, reason: "answers with JSON that is no list of records"}
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return badJSON(err)
		}
		name, _ := key.(string) // nothing else can stand there
		if err := member(name); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return badJSON(err)
}

// readEnd makes sure that nothing follows.
func readEnd(dec *json.Decoder) error {
	switch _, err := dec.Token(); {
	case err == io.EOF:
		return nil
	case err != nil:
		return badJSON(err)
	}
	return &fetchError{outcome: gotInvalid, reason: "answers with more than one JSON value"}
}

// badJSON says that an answer is broken or was cut off; nil stays nil.
func badJSON(err error) error {
	syntax, mismatch := (*json.SyntaxError)(nil), (*json.UnmarshalTypeError)(nil)
	corrupt := flate.CorruptInputError(0)
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return &fetchError{outcome: gotInvalid, reason: "answers with something that cannot be unpacked"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &fetchError{outcome: gotInvalid, reason: "answers with JSON that is cut off"}
	case errors.As(err, &syntax):
		return &fetchError{outcome: gotInvalid, reason: fmt.Sprintf("answers with broken JSON at byte %d", syntax.Offset)}
	case errors.As(err, &mismatch):
		return &fetchError{outcome: gotInvalid, reason: "answers with JSON of another shape"}
	}
	return err
}
