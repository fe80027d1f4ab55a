// SPDX-License-Identifier: GPL-3.0-or-later

// Package kafka reads the events that EventStreams serves from where that has
// them: the topics of a Kafka cluster, for those who run inside one.
//
// It stands in for the server and not for the client: Brokers is the Transport
// of an events.Stream, and answers its requests out of the topics as EventStreams
// would. So the position, the margin, the repeats, the gaps and the metrics are
// those of every stream, and a bot may go from one source to the other with the
// cursor that it has.
//
// The rule it keeps: the position is the caller's. What a group has committed is
// never read, and nothing is committed; a group only sees to it that one process
// reads.
package kafka

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// Config is what Brokers are told once.
type Config struct {
	// Addresses are some of the brokers, each with its port.
	Addresses []string
	// Group is the consumer group to be in while events are read. It has to be
	// another one for each process that is to read all; "" reads without one.
	Group string
	// TLS is how to encrypt; nil for not at all.
	TLS *tls.Config
	// SASL is how to log in; nil for not at all.
	SASL sasl.Mechanism
	// Most is the size in bytes of the largest answer that is taken from a broker;
	// events.DefaultMaxEvent and some more if 0.
	Most int32
	// Lifetime is how long an answer goes on: the next one knows of topics and
	// partitions that are new. 15 minutes, as EventStreams has it, if 0.
	Lifetime time.Duration
	// Patience is how long the brokers, and then the group, may take until events
	// can be read; 30 s each if 0.
	Patience time.Duration
	Log      zerolog.Logger
}

const (
	// session is how long a group waits for a process that has ended without a
	// word, beat how often one that is alive says so.
	session, beat = 10 * time.Second, 3 * time.Second
	// atOnce and atOnceEach are how many bytes brokers are asked for at once, in
	// all and of one partition; one event may be larger.
	atOnce, atOnceEach = 4 << 20, 1 << 20
)

// Brokers is an http.RoundTripper. Use it with one events.Stream.
type Brokers struct{ cfg Config }

// New makes Brokers. It connects only when it is asked for a stream.
func New(cfg Config) *Brokers {
	cfg.Most = cmp.Or(cfg.Most, 2*events.DefaultMaxEvent)
	cfg.Lifetime = cmp.Or(cfg.Lifetime, 15*time.Minute)
	cfg.Patience = cmp.Or(cfg.Patience, 30*time.Second)
	return &Brokers{cfg: cfg}
}

// URL names the brokers, as the address of an events.Stream.
func (b *Brokers) URL() string { return "kafka://" + strings.Join(b.cfg.Addresses[:1], "") }

// partition is one of a topic.
type partition struct {
	topic  string
	number int32
}

// RoundTrip answers a request of an events.Stream: with a stream of events, with
// the status that EventStreams has for a request that makes no sense, or with an
// error as long as the brokers cannot be reached. The connections last as long as
// the body of the answer is open.
func (b *Brokers) RoundTrip(req *http.Request) (*http.Response, error) {
	topics, err := events.Topics(path.Base(req.URL.Path))
	if err != nil {
		return refusal(req, http.StatusBadRequest, err), nil
	}
	from, err := placesOf(req)
	if err != nil {
		return refusal(req, http.StatusBadRequest, err), nil
	}
	a := newAnswer(req.Context(), b.cfg)
	status, err := a.open(topics, from)
	if err == nil {
		return respond(req, http.StatusOK, "text/event-stream", a), nil
	}
	a.Close()
	if status != 0 {
		return refusal(req, status, err), nil
	}
	return nil, fmt.Errorf("read from kafka: %w", err)
}

func respond(req *http.Request, status int, kind string, body io.ReadCloser) *http.Response {
	return &http.Response{
		StatusCode: status, Status: strconv.Itoa(status) + " " + http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}}, ContentLength: -1, Body: body, Request: req,
	}
}

func refusal(req *http.Request, status int, err error) *http.Response {
	return respond(req, status, "text/plain", io.NopCloser(strings.NewReader(err.Error())))
}

// places are where to begin to read, as requests for EventStreams have it.
type places struct {
	// at are times in milliseconds, or offsets where timed does not have them.
	at    map[partition]int64
	timed map[partition]bool
	// rest is the time for partitions that are not named.
	rest int64
}

// placesOf reads where a request wants to begin: at its Last-Event-ID, at the
// time since, or now.
func placesOf(req *http.Request) (places, error) {
	p := places{at: map[partition]int64{}, timed: map[partition]bool{}, rest: time.Now().UnixMilli()}
	if since := req.URL.Query().Get("since"); since != "" {
		ms, err := strconv.ParseInt(since, 10, 64)
		if err != nil {
			return p, fmt.Errorf("since: %w", err)
		}
		p.rest = ms
	}
	id := req.Header.Get("Last-Event-ID")
	if id == "" {
		return p, nil
	}
	var entries []struct {
		Topic             string
		Partition         int32
		Timestamp, Offset *int64
	}
	if err := json.Unmarshal([]byte(id), &entries); err != nil {
		return p, fmt.Errorf("Last-Event-ID: %w", err)
	}
	for _, e := range entries {
		at := partition{e.Topic, e.Partition}
		switch {
		case e.Timestamp != nil:
			p.at[at], p.timed[at] = *e.Timestamp, true
			p.rest = min(p.rest, *e.Timestamp) // a new partition may have what is as old
		case e.Offset != nil:
			p.at[at] = *e.Offset
		default:
			return p, errors.New("Last-Event-ID: an entry has no position")
		}
	}
	return p, nil
}

// of is where to begin to read a partition, and the time in milliseconds that it
// stands for, 0 if that is not known.
func (p places) of(at partition) (kgo.Offset, int64) {
	ms := p.rest
	if place, named := p.at[at]; named {
		if !p.timed[at] {
			return kgo.NewOffset().At(place), 0
		}
		ms = place
	}
	return kgo.NewOffset().AfterMilli(max(ms, 0)), ms
}

// find asks the brokers which partitions the topics have. A topic that they do
// not have is left out: not every data centre has every stream. The status is
// that of an answer which asking again would not change soon.
func (a *answer) find(ctx context.Context, topics []string) (found []partition, status int, err error) {
	req := kmsg.NewPtrMetadataRequest()
	for _, name := range topics {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, topic)
	}
	resp, err := req.RequestWith(ctx, a.client)
	if errors.Is(err, kerr.SaslAuthenticationFailed) || errors.Is(err, kerr.UnsupportedSaslMechanism) {
		return nil, http.StatusUnauthorized, err
	}
	if err != nil {
		return nil, 0, err
	}
	for _, topic := range resp.Topics {
		name := *topic.Topic
		switch err := kerr.ErrorForCode(topic.ErrorCode); {
		case errors.Is(err, kerr.UnknownTopicOrPartition):
			a.cfg.Log.Info().Str("topic", name).Msg("the brokers have no such topic")
			continue
		case errors.Is(err, kerr.TopicAuthorizationFailed):
			return nil, http.StatusForbidden, fmt.Errorf("topic %s: %w", name, err)
		case err != nil:
			return nil, 0, fmt.Errorf("topic %s: %w", name, err)
		}
		for _, p := range topic.Partitions {
			found = append(found, partition{name, p.Partition})
		}
	}
	if len(found) == 0 {
		return nil, http.StatusNotFound, fmt.Errorf("the brokers have none of the topics %s", strings.Join(topics, ", "))
	}
	slices.SortFunc(found, func(a, b partition) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.number, b.number))
	})
	return found, 0, nil
}
