// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of how sources are read, with sources made up for
// it.

package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry/registrytest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
)

// desk is a bot that serves no wiki, with a registry.
type desk struct {
	*testing.T
	bot  *Bot
	news atomic.Int32
	log  syncLog
}

type syncLog struct {
	mu sync.Mutex
	strings.Builder
}

func (l *syncLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Builder.Write(p)
}

func (l *syncLog) holds(word string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.Builder.String(), word)
}

func newDesk(t *testing.T, path string) *desk {
	t.Helper()
	reg := registrytest.Open(t, path)
	t.Cleanup(func() { reg.Close() })
	d := &desk{T: t}
	d.bot = &Bot{metrics: newMetrics(prometheus.NewRegistry()), Config: Config{
		Registry: reg, RetryAfter: time.Millisecond, SurveyPatience: time.Minute, Log: zerolog.New(&d.log), Now: time.Now,
	}}
	return d
}

// reads starts a reader of the source. It is stopped by what is returned, or at
// the end.
func (d *desk) reads(source survey.Source, set func(*reader)) (r *reader, stop func()) {
	d.Helper()
	r = d.bot.newReader(source.Name, "teawiki", d.bot.Log)
	r.told = func(_, news bool) {
		if news {
			d.news.Add(1)
		}
	}
	if set != nil {
		set(r)
	}
	r.use(&source)
	return r, d.runs(r)
}

func (d *desk) runs(r *reader) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			d.Errorf("the reader ended with %v", err)
		}
	})
	d.Cleanup(stop)
	return stop
}

func (d *desk) await(what string, ok func() bool) {
	d.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-limit.C:
			d.Fatalf("waited in vain: %s", what)
		case <-tick.C:
		}
	}
}

func (d *desk) state(source string) registry.SurveyState {
	d.Helper()
	states, err := d.bot.Registry.Surveys(context.Background(), "teawiki")
	if err != nil {
		d.Fatal(err)
	}
	for _, s := range states {
		if s.Source == source {
			return s
		}
	}
	return registry.SurveyState{}
}

// items returns how many items are there.
func (d *desk) items() int {
	d.Helper()
	view, err := d.bot.Registry.View(context.Background(), registry.Query{Wiki: "teawiki", Now: time.Now()})
	if err != nil {
		d.Fatal(err)
	}
	n := 0
	for _, e := range view.Entries {
		if e.Item.Gone.IsZero() {
			n++
		}
	}
	return n
}

// naming is a survey with the gadgets from one number up to another.
func naming(in survey.Reading, from, to int) registry.Survey {
	s := registry.Survey{At: in.At}
	for i := from; i < to; i++ {
		s.Items = append(s.Items, registry.Item{Key: registry.NewKey(detect.Gadget, "teawiki", fmt.Sprint("g", i)), Name: fmt.Sprint("g", i), Deployed: true})
	}
	return s
}

func TestASourceThatFailsIsTriedAgainAndStaysStaleUntilItIsRead(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "db"))
	var readings atomic.Int32
	var broken atomic.Bool
	r, _ := d.reads(survey.Source{Name: "gadgets", Every: time.Hour, Read: func(_ context.Context, in survey.Reading) (registry.Survey, error) {
		readings.Add(1)
		if broken.Load() {
			return registry.Survey{}, errors.New("it is HTML")
		}
		return naming(in, 0, 5), nil
	}}, nil)
	d.await("the first reading", r.isTried)
	broken.Store(true)
	r.ask()
	d.await("three failures", func() bool { return readings.Load() >= 4 })
	state := d.state("gadgets")
	if state.Failed.IsZero() || state.Reason != "it is HTML" || state.Read.IsZero() || d.items() != 5 {
		t.Errorf("the state is %+v, with %d items", state, d.items())
	}
	broken.Store(false)
	d.await("a good reading", func() bool { return d.state("gadgets").Failed.IsZero() })
}

func TestTheWaitsOfASourceThatFailsGrow(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "db"))
	d.bot.RetryAfter = time.Minute
	r := d.bot.newReader("gadgets", "teawiki", d.bot.Log)
	r.told = func(bool, bool) {}
	source := survey.Source{Name: "gadgets", Every: 24 * time.Hour, Read: func(context.Context, survey.Reading) (registry.Survey, error) {
		return registry.Survey{}, errors.New("no")
	}}
	var waits []time.Duration
	for range 9 {
		if err := r.read(t.Context(), &source); err != nil {
			t.Fatal(err)
		}
		waits = append(waits, r.after.Sub(r.last))
	}
	if got := fmt.Sprint(waits); got != "[1m0s 2m0s 4m0s 8m0s 16m0s 32m0s 1h0m0s 1h0m0s 1h0m0s]" {
		t.Errorf("waits %s", got)
	}
}

func TestAMuchSmallerAnswerIsHeldAndToldUntilASecondOneAgrees(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "db"))
	var clock, much atomic.Int64
	clock.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Unix())
	much.Store(50)
	d.bot.Now = func() time.Time { return time.Unix(clock.Add(60), 0) }
	r, _ := d.reads(survey.Source{Name: "gadgets", Every: time.Hour, Read: func(_ context.Context, in survey.Reading) (registry.Survey, error) {
		return naming(in, 0, int(much.Load())), nil
	}}, nil)
	d.await("the first reading", func() bool { return d.items() == 50 })
	much.Store(20)
	r.ask()
	d.await("the smaller answer is held", func() bool { return !d.state("gadgets").Held.IsZero() })
	if d.items() != 50 {
		t.Errorf("%d items", d.items())
	}
	var notes map[string]string
	d.await("the note on it", func() bool {
		notes, _ = d.bot.Registry.Notes(t.Context(), "teawiki")
		return SourceNotes(notes, "gadgets").Held != ""
	})
	if held := SourceNotes(notes, "gadgets").Held; !strings.HasPrefix(held, "20 items") || !strings.Contains(held, "50") {
		t.Errorf("the note says %q", held)
	}
	held := func() float64 {
		return testutil.ToFloat64(d.bot.metrics.surveys.WithLabelValues("teawiki", "gadgets", readHeld))
	}
	since := d.state("gadgets").Held
	r.ask() // too soon to confirm it
	d.await("it is held again", func() bool { return held() == 2 })
	if state := d.state("gadgets"); !state.Held.Equal(since) || d.items() != 50 {
		t.Errorf("after a minute the state is %+v, with %d items", state, d.items())
	}
	clock.Add(int64(survey.ConfirmAfter / time.Second))
	r.ask()
	d.await("the second reading agrees", func() bool { return d.items() == 20 })
	if state := d.state("gadgets"); !state.Held.IsZero() {
		t.Errorf("it is still held: %+v", state)
	}
	if n := held(); n != 2 {
		t.Errorf("counted %v readings as held", n)
	}
	much.Store(5)
	r.ask()
	d.await("an even smaller one is held", func() bool { return held() == 3 })
	much.Store(22)
	r.ask() // what is not too small is taken in at once
	d.await("it is back", func() bool { return d.items() == 22 })
	if state := d.state("gadgets"); !state.Held.IsZero() || state.Read.Before(since) {
		t.Errorf("it is still held: %+v", state)
	}
}

func TestALongReadingThatIsCutOffGoesOnAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	var reached, begun []string
	source := func(stopAt int) survey.Source {
		return survey.Source{Name: "scripts", Every: time.Hour, Read: func(ctx context.Context, in survey.Reading) (registry.Survey, error) {
			begun = append(begun, in.Last.Checkpoint)
			from := 0
			fmt.Sscan(in.Last.Checkpoint, &from)
			for i := from; i < 90; i += 10 {
				if i == stopAt {
					<-ctx.Done()
					return registry.Survey{}, ctx.Err()
				}
				reached = append(reached, fmt.Sprint(i))
				part := naming(in, i, i+10)
				part.Checkpoint = fmt.Sprint(i + 10)
				if err := in.Keep(ctx, part); err != nil {
					return registry.Survey{}, err
				}
				in.Progress(i+10, 90)
			}
			rest := naming(in, 90, 100)
			rest.Part = true
			return rest, nil
		}}
	}
	d := newDesk(t, path)
	_, stop := d.reads(source(50), func(r *reader) { r.long = true })
	d.await("half of it", func() bool { return d.state("scripts").Checkpoint == "50" })
	stop()
	if d.items() != 50 || !d.state("scripts").Read.IsZero() {
		t.Errorf("after half of it there are %d items, and the state is %+v", d.items(), d.state("scripts"))
	}
	d = newDesk(t, path)
	r, stop := d.reads(source(-1), func(r *reader) { r.long = true })
	d.await("the rest", r.isTried)
	stop()
	if got, want := strings.Join(reached, " "), "0 10 20 30 40 50 60 70 80"; got != want || d.items() != 100 {
		t.Errorf("read %s, want %s; %d items", got, want, d.items())
	}
	// What it said holds now: another start does not begin anew.
	d = newDesk(t, path)
	r, stop = d.reads(source(-1), func(r *reader) { r.long = true })
	d.await("the next look", r.isTried)
	stop()
	if got := fmt.Sprintf("%q", begun); got != `["" "50"]` {
		t.Errorf("readings began at %s", got)
	}
}

func TestASourceThatHasNotChangedKeepsItsMarkAndWhatItSaid(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "db"))
	var clock atomic.Int64
	clock.Store(time.Now().Unix())
	d.bot.Now = func() time.Time { return time.Unix(clock.Load(), 0) }
	var marks []string
	r, _ := d.reads(survey.Source{Name: "list", Every: time.Hour, Read: func(_ context.Context, in survey.Reading) (registry.Survey, error) {
		marks = append(marks, in.Last.Mark)
		if in.Last.Mark != "" {
			return registry.Survey{}, survey.ErrUnchanged
		}
		s := naming(in, 0, 3)
		s.Mark = "etag"
		return s, nil
	}}, nil)
	d.await("the first reading", r.isTried)
	first := d.state("list").Read
	clock.Add(100)
	r.ask()
	d.await("a second one", func() bool { return d.state("list").Read.After(first) })
	if state := d.state("list"); state.Mark != "etag" || d.items() != 3 || fmt.Sprintf("%q", marks) != `["" "etag"]` {
		t.Errorf("the state is %+v, with %d items, after the marks %q", state, d.items(), marks)
	}
}

func TestASourceThatIsNotUsedAnyMoreIsDropped(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "db"))
	r, _ := d.reads(survey.Source{Name: "gadgets", Every: time.Hour, Read: func(_ context.Context, in survey.Reading) (registry.Survey, error) {
		return naming(in, 0, 5), nil
	}}, nil)
	d.await("the first reading", func() bool { return d.items() == 5 })
	r.use(nil)
	d.await("its items are gone", func() bool { return d.items() == 0 })
	if r.hears("teawiki", "Any page") || r.isUsed() || !r.isTried() {
		t.Error("it counts as one that is waited for")
	}
}

func TestAPageThatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "db"))
	var readings atomic.Int32
	reading, goOn := make(chan struct{}, 9), make(chan struct{}, 9)
	r, _ := d.reads(survey.Source{Name: "gadgets", Every: time.Hour,
		Triggers: func(wiki, title string) bool { return wiki == "teawiki" && title == "Definition" },
		Read: func(_ context.Context, in survey.Reading) (registry.Survey, error) {
			readings.Add(1)
			reading <- struct{}{}
			<-goOn
			return naming(in, 0, 3), nil
		}}, nil)
	<-reading
	for _, change := range []struct {
		wiki, title, old string
		heard            bool
	}{{"teawiki", "Another page", "", false}, {"otherwiki", "Definition", "", false}, {"teawiki", "", "Definition", true}, {"teawiki", "Definition", "", true}} {
		if r.hears(change.wiki, change.title, change.old) != change.heard {
			t.Errorf("%v: heard is not %t", change, change.heard)
		}
		if change.heard {
			r.ask()
		}
	}
	goOn <- struct{}{}
	<-reading
	goOn <- struct{}{}
	d.await("both readings", func() bool { return readings.Load() == 2 })
}

func TestASourceThatIsSilentFails(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "db"))
	d.bot.SurveyPatience = 20 * time.Millisecond
	d.reads(survey.Source{Name: "links", Every: time.Hour, Read: func(ctx context.Context, _ survey.Reading) (registry.Survey, error) {
		<-ctx.Done()
		return registry.Survey{}, ctx.Err()
	}}, nil)
	d.await("it fails", func() bool { return strings.Contains(d.state("links").Reason, "does not answer for 20ms") })
}

func TestAFaultOfTheRegistryIsNotTheSources(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "db"))
	r := d.bot.newReader("links", "teawiki", d.bot.Log)
	source := survey.Source{Name: "links", Every: time.Hour, Read: func(ctx context.Context, in survey.Reading) (registry.Survey, error) {
		d.bot.Registry.Close()
		_, err := in.Known(ctx)
		return registry.Survey{}, fmt.Errorf("look up: %v", err) // however it is told
	}}
	if err := r.read(t.Context(), &source); err == nil || strings.Contains(err.Error(), "look up") {
		t.Errorf("the reading ended with %v, want the registry's error", err)
	}
}

func TestALongReadingSaysHowFarItIs(t *testing.T) {
	for _, test := range []struct {
		name     string
		terminal io.Writer
		log, bar bool
	}{
		{"in the log", nil, true, false},
		{"on a terminal", new(syncLog), false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, filepath.Join(t.TempDir(), "db"))
			d.bot.terminal.out = test.terminal
			r := d.bot.newReader("scripts", "teawiki", d.bot.Log)
			m := newMeter(r)
			m.set(t.Context(), 1, 900) // too early to say
			m.told = m.told.Add(-tellEvery)
			m.set(t.Context(), 120, 900)
			m.set(t.Context(), 121, 900)
			notes, err := d.bot.Registry.Notes(t.Context(), "teawiki")
			if got := SourceNotes(notes, "scripts").Progress; err != nil || got != "120 of 900" {
				t.Errorf("the note is %q, %v", got, err)
			}
			if got := d.log.holds(`"done":120,"whole":900`); got != test.log || d.log.holds(`"done":121`) {
				t.Errorf("the log says %s", &d.log.Builder)
			}
			if test.bar && !test.terminal.(*syncLog).holds("teawiki scripts") {
				t.Error("there is no bar")
			}
			ended := m.end(t.Context())
			notes, err = d.bot.Registry.Notes(t.Context(), "teawiki")
			if err != nil || ended != nil || len(notes) != 0 || d.bot.terminal.of != nil {
				t.Errorf("at the end there are %v, %v", notes, err)
			}
		})
	}
}
