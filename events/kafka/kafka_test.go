// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of streams that come from brokers.

package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

const (
	stream = "mediawiki.page_change.v1"
	eqiad  = "eqiad." + stream
	codfw  = "codfw." + stream
	margin = 2 * time.Second
)

// cluster is a Kafka cluster within the test.
type cluster struct {
	*testing.T
	*kfake.Cluster
	producer *kgo.Client
	n        int
	at       time.Time // when the last event came into its topic
}

func newCluster(t *testing.T, opts ...kfake.Opt) *cluster {
	t.Helper()
	if opts == nil {
		opts = []kfake.Opt{kfake.SeedTopics(1, eqiad, codfw)}
	}
	c := &cluster{T: t, at: time.Now().Add(-time.Hour).Truncate(time.Millisecond)}
	var err error
	if c.Cluster, err = kfake.NewCluster(append(opts, kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second))...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if c.producer, err = kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(8<<20)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.producer.Close)
	return c
}

// put puts events into a topic, a second after each other, and returns their
// titles.
func (c *cluster) put(topic string, n int) (titles []string) {
	c.Helper()
	for range n {
		c.n++
		c.at = c.at.Add(time.Second)
		title := fmt.Sprintf("Page %d", c.n)
		c.raw(topic, event(c.n, title, c.at, ""))
		titles = append(titles, title)
	}
	return titles
}

func event(n int, title string, at time.Time, comment string) string {
	return fmt.Sprintf(`{"$schema":"/mediawiki/page/change/1.2.0","meta":{"id":"00000000-0000-4000-8000-%012d","domain":"test.example.org","stream":%q,"dt":%q},`+
		`"wiki_id":"testwiki","page_change_kind":"edit","page":{"page_id":7,"page_title":%q,"namespace_id":0},"revision":{"rev_id":%d,"rev_parent_id":1},"comment":%q}`,
		n, stream, at.UTC().Format(time.RFC3339), strings.ReplaceAll(title, " ", "_"), n+1, comment)
}

func (c *cluster) raw(topic, value string) {
	c.Helper()
	r := &kgo.Record{Topic: topic, Value: []byte(value), Timestamp: c.at}
	if err := c.producer.ProduceSync(c.Context(), r).FirstErr(); err != nil {
		c.Fatal(err)
	}
}

func (c *cluster) config(group string) Config {
	return Config{Addresses: c.ListenAddrs(), Group: group, Log: zerolog.Nop(), Patience: 20 * time.Second}
}

func follow(b *Brokers, set func(*events.Config)) *events.Stream {
	cfg := events.Config{URL: b.URL(), Streams: []string{stream}, Transport: b, Margin: margin, Log: zerolog.Nop(), UserAgent: "test"}
	if set != nil {
		set(&cfg)
	}
	return events.New(cfg)
}

// read reads until so many events have come, gaps included, and returns their
// titles, and the last cursor.
func read(t *testing.T, s *events.Stream, from events.Cursor, n int) (titles []string, last events.Cursor) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	last = from
	for e, err := range s.Events(ctx, from) {
		if err != nil {
			t.Fatal(err)
		}
		switch e.Kind {
		case events.Progress:
			continue
		case events.Gap:
			titles = append(titles, fmt.Sprintf("gap %s of %d", e.Gap.Cause, e.Gap.Missing))
		default:
			titles = append(titles, e.Title)
		}
		last = e.Cursor
		if len(titles) == n {
			break
		}
	}
	if len(titles) != n {
		t.Fatalf("%d events came, want %d: %v; %+v", len(titles), n, titles, s.State())
	}
	return titles, last
}

// before is a cursor that stands before everything.
func before(c *cluster) events.Cursor {
	return events.Cursor{Streams: stream, Time: c.at}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestEventsComeFromBothDataCentresAndGoOnAtTheCursor(t *testing.T) {
	for _, group := range []string{"", "codesteward"} {
		t.Run("group "+group, func(t *testing.T) {
			c := newCluster(t)
			from := before(c)
			want := append(c.put(eqiad, 3), c.put(codfw, 2)...)
			s := follow(New(c.config(group)), nil)
			got, at := read(t, s, from, 5)
			same(t, "first", got, want)
			if at.Offsets[eqiad+"/0"] != 2 || at.Offsets[codfw+"/0"] != 1 || len(at.Seen) == 0 {
				t.Errorf("the cursor is %+v", at)
			}
			stored, err := at.MarshalText()
			if err != nil {
				t.Fatal(err)
			}
			want = append(c.put(eqiad, 1), c.put(codfw, 1)...)
			var again events.Cursor
			if err := again.UnmarshalText(stored); err != nil {
				t.Fatal(err)
			}
			got, _ = read(t, follow(New(c.config(group)), nil), again, 2)
			same(t, "after a restart", got, want)
			c.put(eqiad, 10)
			got, _ = read(t, follow(New(c.config(group)), nil), before(c), 3) // two seconds of margin
			same(t, "from a time", got, []string{"Page 15", "Page 16", "Page 17"})
			if group != "" {
				for topic, of := range c.GroupInfo(group).Commits {
					if len(of) > 0 {
						t.Errorf("offsets of %s are committed: %v", topic, of)
					}
				}
			}
		})
	}
}

// Whoever reads from a cursor of EventStreams goes on there, in Kafka, and the
// other way about.
func TestABotMovesBetweenEventStreamsAndKafka(t *testing.T) {
	c := newCluster(t)
	c.put(eqiad, 3)
	id := func(offset string) string {
		return fmt.Sprintf(`[{"topic":%q,"partition":0,"timestamp":%d},{"topic":%q,"partition":0,%s}]`, eqiad, c.at.UnixMilli()+1, codfw, offset)
	}
	from := events.Cursor{Streams: stream, ID: id(`"offset":-1`), Time: c.at, Seen: []string{
		"00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003",
	}, Offsets: map[string]int64{eqiad + "/0": 1_000_002}} // of another Kafka cluster
	want := append(c.put(codfw, 1), c.put(eqiad, 2)...)
	got, at := read(t, follow(New(c.config("")), nil), from, 3)
	same(t, "from EventStreams", got, want)

	asked := make(chan string, 1)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- r.Header.Get("Last-Event-ID"):
		default:
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "id: %s\ndata: %s\n\n", id(`"offset":-1`), event(99, "Page 99", c.at, ""))
	}))
	defer service.Close()
	sse := events.New(events.Config{URL: service.URL, Streams: []string{stream}, Margin: margin, Log: zerolog.Nop()})
	got, _ = read(t, sse, at, 1)
	same(t, "from Kafka", got, []string{"Page 99"})
	back := fmt.Sprintf(`{"topic":%q,"partition":0,"timestamp":%d}`, eqiad, c.at.UnixMilli()+1-margin.Milliseconds())
	if id := <-asked; !strings.Contains(id, back) || !strings.Contains(id, codfw) {
		t.Errorf("EventStreams was asked for %s, want %s in it", id, back)
	}
}

func TestWhatKafkaNoLongerHasIsAGap(t *testing.T) {
	c := newCluster(t)
	from := before(c)
	c.put(eqiad, 2)
	_, at := read(t, follow(New(c.config("")), nil), from, 2)
	c.put(eqiad, 4)
	if err := c.DeleteRecords(eqiad, 0, 6); err != nil {
		t.Fatal(err)
	}
	want := c.put(eqiad, 1)
	got, _ := read(t, follow(New(c.config("")), nil), at, 2)
	same(t, "after retention", got, append(want, "gap hole of 4"))
}

func TestLargeAndStrangeMessages(t *testing.T) {
	c := newCluster(t)
	from := before(c)
	c.put(eqiad, 1)
	c.raw(eqiad, event(50, "Large", c.at, strings.Repeat("x", 3<<20)))
	c.raw(eqiad, "no event")
	c.raw(eqiad, "")
	c.put(eqiad, 1)
	got, at := read(t, follow(New(c.config("")), nil), from, 3)
	same(t, "all", got, []string{"Page 1", "Large", "Page 2"})
	if at.Offsets[eqiad+"/0"] != 4 {
		t.Errorf("the cursor is %+v", at)
	}
	small := follow(New(c.config("")), func(cfg *events.Config) { cfg.MaxEvent = 1 << 20 })
	got, _ = read(t, small, from, 3)
	same(t, "up to a megabyte", got, []string{"Page 1", "gap hole of 1", "Page 2"})
}

func TestBrokersThatAreAwayAreTriedAgain(t *testing.T) {
	c := newCluster(t)
	from := before(c)
	c.ControlKey(fetchKey, func(kmsg.Request) (kmsg.Response, error, bool) {
		return nil, errors.New("away"), true
	})
	want := c.put(eqiad, 2)
	s := follow(New(c.config("")), nil)
	got, _ := read(t, s, from, 2)
	same(t, "events", got, want)
}

func TestSilenceOfTheBrokersEndsAConnectionAndSilenceOfTheTopicsDoesNot(t *testing.T) {
	c := newCluster(t)
	c.put(eqiad, 1)
	s := follow(New(c.config("")), func(cfg *events.Config) { cfg.Idle = quiet + 2*time.Second })
	ctx, cancel := context.WithTimeout(t.Context(), 2*quiet+4*time.Second)
	defer cancel()
	for e, err := range s.Events(ctx, events.Cursor{Streams: stream, Time: c.at.Add(-time.Minute)}) {
		if err != nil || e.Title != "Page 1" {
			t.Fatal(e, err)
		}
	}
	if state := s.State(); state.LastError != "" {
		t.Errorf("the connection ended: %s", state.LastError)
	}
}

func TestTopicsThatAreMissing(t *testing.T) {
	c := newCluster(t, kfake.SeedTopics(1, eqiad))
	from := before(c)
	want := c.put(eqiad, 1)
	got, _ := read(t, follow(New(c.config("")), nil), from, 1)
	same(t, "of one data centre", got, want)
	refused(t, follow(New(c.config("")), func(cfg *events.Config) { cfg.Streams = []string{"mediawiki.page-move"} }), http.StatusNotFound)
	refused(t, follow(New(c.config("")), func(cfg *events.Config) { cfg.Streams = []string{"nonsense"} }), http.StatusBadRequest)
}

func refused(t *testing.T, s *events.Stream, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, err := range s.Events(ctx, events.Cursor{}) {
		if no, ok := errors.AsType[*events.RefusedError](err); !ok || no.Status != status {
			t.Errorf("got %v, want a refusal with status %d", err, status)
		}
		return
	}
	t.Errorf("not refused: %+v", s.State())
}

func TestBrokersThatWantALoginAndEncryption(t *testing.T) {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	c := &cluster{T: t, at: time.Now().Add(-time.Hour)}
	var err error
	c.Cluster, err = kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, eqiad, codfw), kfake.EnableSASL(), kfake.Superuser("PLAIN", "steward", "open"), kfake.TLS(web.TLS.Clone()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	cfg := c.config("")
	cfg.TLS = &tls.Config{RootCAs: roots, ServerName: "example.com"}
	cfg.SASL = plain.Auth{User: "steward", Pass: "open"}.AsMechanism()
	if c.producer, err = kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.DialTLSConfig(cfg.TLS), kgo.SASL(cfg.SASL)); err != nil {
		t.Fatal(err)
	}
	defer c.producer.Close()
	from := before(c)
	want := c.put(eqiad, 1)
	got, _ := read(t, follow(New(cfg), nil), from, 1)
	same(t, "events", got, want)
	// As Kafka answers to another password.
	c.ControlKey(36, func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		resp := r.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		resp.ErrorCode = kerr.SaslAuthenticationFailed.Code
		return resp, nil, true
	})
	refused(t, follow(New(cfg), nil), http.StatusUnauthorized)
}
