// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the answer to one request: Kafka's records, written as
// server-sent events.

package kafka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// errMoved ends an answer when the group has given partitions to another member.
var errMoved = errors.New("the group has taken partitions away")

// fetchKey is the number of the request for records in Kafka's protocol.
const fetchKey = 1

// quiet is how often a reader is told that the brokers answer, but have nothing
// new: far more often than any stream may be idle.
const quiet = 5 * time.Second

// answer is the body of an answer. It is for one reader; Close may come from
// elsewhere.
type answer struct {
	cfg    Config
	ctx    context.Context // that of the request
	stays  context.Context // that of the client, which has a word to say at the end
	end    context.CancelFunc
	client *kgo.Client
	life   *time.Timer
	closed sync.Once

	// parts are all partitions, stands where each has been read to: a time in
	// milliseconds, and for those of which none is known an offset.
	parts  []partition
	stands map[partition]stand
	// begins are where they start.
	begins map[string]map[int32]kgo.Offset
	// given are those that the group gave us; news of that come on changed. lost
	// says that some of them were taken away again.
	mu      sync.Mutex
	given   map[partition]bool
	changed chan struct{}
	lost    atomic.Bool
	// alive says that a broker has answered since that was last looked at.
	alive atomic.Bool

	records []*kgo.Record
	out     []byte
}

type stand struct {
	timed bool
	at    int64
}

func newAnswer(ctx context.Context, cfg Config) *answer {
	a := &answer{cfg: cfg, stands: map[partition]stand{}, begins: map[string]map[int32]kgo.Offset{}, given: map[partition]bool{}, changed: make(chan struct{}, 1)}
	a.ctx, a.life = ctx, time.NewTimer(cfg.Lifetime)
	a.stays, a.end = context.WithCancel(context.WithoutCancel(ctx))
	return a
}

// open connects and sees that all partitions of the topics can be read. Where
// there is a status with the error, that is the answer.
func (a *answer) open(topics []string, from places) (status int, err error) {
	ctx, cancel := context.WithTimeout(a.ctx, a.cfg.Patience)
	defer cancel()
	if a.client, err = kgo.NewClient(a.options()...); err != nil {
		return 0, err
	}
	if a.parts, status, err = a.find(ctx, topics); err != nil {
		return status, err
	}
	for _, p := range a.parts {
		begin, ms := from.of(p)
		if a.begins[p.topic] == nil {
			a.begins[p.topic] = map[int32]kgo.Offset{}
		}
		a.begins[p.topic][p.number] = begin
		a.stands[p] = stand{timed: true, at: ms}
		if ms == 0 {
			a.stands[p] = stand{at: from.at[p]}
		}
	}
	// What a client reads is said when it is made.
	a.client.Close()
	opts := append(a.options(), kgo.ConsumePartitions(a.begins))
	if a.cfg.Group != "" {
		opts = append(a.options(), a.membership()...)
	}
	if a.client, err = kgo.NewClient(opts...); err != nil || a.cfg.Group == "" {
		return 0, err
	}
	return 0, a.join()
}

func (a *answer) options() []kgo.Opt {
	opts := []kgo.Opt{
		kgo.SeedBrokers(a.cfg.Addresses...),
		kgo.WithContext(a.stays),
		kgo.ClientID("codesteward"),
		kgo.DisableClientMetrics(),
		kgo.FetchMaxBytes(atOnce), kgo.FetchMaxPartitionBytes(atOnceEach), kgo.BrokerMaxReadBytes(a.cfg.Most),
		kgo.FetchMaxWait(time.Second), kgo.MaxConcurrentFetches(1),
		kgo.WithHooks(a),
	}
	if a.cfg.TLS != nil {
		opts = append(opts, kgo.DialTLSConfig(a.cfg.TLS.Clone()))
	}
	if a.cfg.SASL != nil {
		opts = append(opts, kgo.SASL(a.cfg.SASL))
	}
	return opts
}

// membership is how a group is joined whose offsets are not asked for.
func (a *answer) membership() []kgo.Opt {
	topics := make([]string, 0, len(a.begins))
	for topic := range a.begins {
		topics = append(topics, topic)
	}
	taken := func(_ context.Context, _ *kgo.Client, from map[string][]int32) {
		if len(from) > 0 {
			a.lost.Store(true)
		}
	}
	return []kgo.Opt{
		kgo.ConsumerGroup(a.cfg.Group), kgo.ConsumeTopics(topics...), kgo.DisableAutoCommit(),
		kgo.SessionTimeout(session), kgo.HeartbeatInterval(beat), kgo.RebalanceTimeout(session),
		kgo.OnPartitionsRevoked(taken), kgo.OnPartitionsLost(taken),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, to map[string][]int32) {
			a.mu.Lock()
			defer a.mu.Unlock()
			for topic, numbers := range to {
				for _, n := range numbers {
					a.given[partition{topic, n}] = true
				}
			}
			select {
			case a.changed <- struct{}{}:
			default:
			}
		}),
		kgo.AdjustFetchOffsetsFn(func(_ context.Context, committed map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
			for topic, numbers := range committed {
				for n := range numbers {
					begin, known := a.begins[topic][n]
					if !known { // it is new: the next answer knows it
						begin = kgo.NewOffset().AtStart()
					}
					numbers[n] = begin
				}
			}
			return committed, nil
		}),
	}
}

// join waits until the group has given us all partitions. Another member would
// read what is meant for us, and we are told of its wikis by nobody else.
func (a *answer) join() error {
	patience := time.NewTimer(a.cfg.Patience)
	defer patience.Stop()
	for {
		a.mu.Lock()
		missing := 0
		for _, p := range a.parts {
			if !a.given[p] {
				missing++
			}
		}
		a.mu.Unlock()
		if missing == 0 {
			return nil
		}
		select {
		case <-a.changed:
		case <-patience.C:
			return fmt.Errorf("group %s: %d of %d partitions are with other members", a.cfg.Group, missing, len(a.parts))
		case <-a.ctx.Done():
			return a.ctx.Err()
		}
	}
}

// OnBrokerE2E is a hook of the client: it notes that a broker has answered.
func (a *answer) OnBrokerE2E(_ kgo.BrokerMetadata, key int16, e2e kgo.BrokerE2E) {
	if key == fetchKey && e2e.Err() == nil {
		a.alive.Store(true)
	}
}

// Read gives an event, or a comment when there is none but the brokers answer.
func (a *answer) Read(p []byte) (int, error) {
	for len(a.out) == 0 {
		if a.lost.Load() {
			return 0, errMoved
		}
		if len(a.records) > 0 {
			a.write(a.records[0])
			a.records[0] = nil
			a.records = a.records[1:]
			continue
		}
		if err := a.poll(); err != nil {
			return 0, err
		}
	}
	n := copy(p, a.out)
	a.out = a.out[n:]
	return n, nil
}

// poll waits for records.
func (a *answer) poll() error {
	select {
	case <-a.life.C:
		return io.EOF
	default:
	}
	ctx, cancel := context.WithTimeout(a.ctx, quiet)
	defer cancel()
	fetches := a.client.PollFetches(ctx)
	if err := a.ctx.Err(); err != nil {
		return err
	}
	for _, f := range fetches.Errors() {
		if !errors.Is(f.Err, context.DeadlineExceeded) {
			return fmt.Errorf("read partition %d of %s: %w", f.Partition, f.Topic, f.Err)
		}
	}
	a.records = fetches.Records()
	if len(a.records) == 0 && a.alive.Swap(false) {
		a.out = append(a.out[:0], ":\n\n"...)
	}
	return nil
}

// write makes a record an event as EventStreams writes it.
func (a *answer) write(r *kgo.Record) {
	at := partition{r.Topic, r.Partition}
	if _, known := a.stands[at]; !known {
		a.parts = append(a.parts, at)
	}
	a.stands[at] = stand{timed: true, at: r.Timestamp.UnixMilli() + 1}
	a.out = append(a.out[:0], "event: message\nid: ["...)
	for i, p := range a.parts {
		if i > 0 {
			a.out = append(a.out, ',')
		}
		name, err := json.Marshal(p.topic)
		if err != nil {
			panic(err) // unreachable: a string always marshals
		}
		a.out = append(append(a.out, `{"topic":`...), name...)
		a.out = strconv.AppendInt(append(a.out, `,"partition":`...), int64(p.number), 10)
		position := `,"offset":`
		if a.stands[p].timed {
			position = `,"timestamp":`
		}
		a.out = strconv.AppendInt(append(a.out, position...), a.stands[p].at, 10)
		a.out = append(a.out, '}')
	}
	a.out = append(a.out, "]\ndata: "...)
	a.out = append(a.out, events.Placed(r.Value, r.Topic, r.Partition, r.Offset)...)
	a.out = append(a.out, "\n\n"...)
}

// Close leaves the group and ends the connections.
func (a *answer) Close() error {
	a.closed.Do(func() {
		a.life.Stop()
		if a.client == nil {
			a.end()
			return
		}
		if a.cfg.Group != "" {
			// The group learns from this that it need not wait for us.
			ctx, cancel := context.WithTimeout(a.stays, 2*time.Second)
			defer cancel()
			if err := a.client.LeaveGroupContext(ctx); err != nil {
				a.cfg.Log.Info().Err(err).Str("group", a.cfg.Group).Msg("group not left; it waits until we are overdue")
			}
		}
		a.end()
		a.client.Close()
	})
	return nil
}
