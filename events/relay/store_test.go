// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what outlives a relay: restarts and damage.

package relay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"
)

// openTest opens a relay that may be left open, as by a kill.
func openTest(t *testing.T, dir string, log io.Writer) *Relay {
	t.Helper()
	return openSized(t, dir, 64<<10, log) // with two events a file
}

func openSized(t *testing.T, dir string, size int64, log io.Writer) *Relay {
	t.Helper()
	r, err := Open(Config{Dir: dir, StoreBytes: size, Canary: -1, Log: zerolog.New(log)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// kill ends a relay as a kill would: what is open is gone, nothing is said.
func kill(t *testing.T, r *Relay) {
	t.Helper()
	s := r.ring.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
	if s.file != nil {
		s.file.Close()
	}
	s.closeFiles()
}

// remembered reads everything from a place on, as a reader would, without
// waiting.
func remembered(t *testing.T, r *ring, rd *reader) []entry {
	t.Helper()
	defer rd.files.close()
	var all []entry
	for {
		batch, _, err := r.from(rd, 32)
		if err != nil {
			t.Fatal(err)
		}
		if len(batch) == 0 {
			return all
		}
		for _, e := range batch {
			rd.number = e.number() + 1
			if rd.wants(e) {
				e.data = bytes.Clone(e.data)
				all = append(all, e)
			}
		}
	}
}

func everything(t *testing.T, r *Relay) []entry {
	t.Helper()
	since := int64(0)
	return remembered(t, r.ring, r.ring.seek([]place{{topic: 0, stamp: &since}, {topic: 1, stamp: &since}}))
}

func same(t *testing.T, what string, got, want []entry) {
	t.Helper()
	if slices.EqualFunc(got, want, func(a, b entry) bool { return a.spot == b.spot && bytes.Equal(a.data, b.data) }) {
		return // cmp is slow
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.AllowUnexported(entry{}, spot{}), cmp.Transformer("text", func(b []byte) string { return string(b) })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestRestartGoesOn(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *Relay){"closed": func(_ *testing.T, r *Relay) { r.Close() }, "killed": kill} {
		t.Run(name, func(t *testing.T) {
			dir, log := t.TempDir(), &bytes.Buffer{}
			var want []entry
			for run := range 4 {
				r := openTest(t, dir, log)
				same(t, "after the restart", everything(t, r), want)
				publish(t, r, run*10, run*10+9)
				r.Canary()
				want = everything(t, r)
				if len(want) != 12*(run+1) {
					t.Fatalf("%d events, want %d", len(want), 12*(run+1))
				}
				end(t, r)
			}
			var next [2]int64
			for i, e := range want {
				if e.offset() != next[e.topic] || i > 0 && e.stamp < want[i-1].stamp {
					t.Errorf("event %d is at offset %d of %d, time %d", i, e.offset(), e.topic, e.stamp)
				}
				next[e.topic]++
			}
			if log.Len() > 0 {
				t.Errorf("logged %s", log)
			}
		})
	}
}

func TestReaderResumesAfterRestart(t *testing.T) {
	dir := t.TempDir()
	r := openTest(t, dir, io.Discard)
	publish(t, r, 1, 5)
	all := everything(t, r)
	rd := r.ring.seek([]place{{topic: 0, offset: new(int64)}, {topic: 1, offset: new(int64)}})
	rd.pass(all[2])
	id := rd.id()
	r.Close()
	time := all[2].stamp + 1

	again, url := startWith(t, openTest(t, dir, io.Discard))
	publish(t, again, 6, 6)
	want := map[string]int{
		"recentchange?since=" + fmt.Sprint(all[0].stamp): 6,
		"recentchange?since=0":                           6,
	}
	for path, n := range want {
		got := frames(t, get(t, url+path, "").Body, n)
		for i, f := range got {
			if f.title != fmt.Sprintf("Page %d", i+1) {
				t.Errorf("%s: event %d is %s", path, i, f.title)
			}
		}
	}
	for _, id := range []string{id, strings.Replace(id, fmt.Sprintf(`"timestamp":%d`, time), `"offset":3`, 1)} {
		got := frames(t, get(t, url+"recentchange", id).Body, 1)
		if n := len(all) - firstAfter(all, id, time); got[0].title != fmt.Sprintf("Page %d", 6-n) {
			t.Errorf("%s: first event is %s, want page %d", id, got[0].title, 6-n)
		}
	}
}

// firstAfter is the index of the first event that an id wants.
func firstAfter(all []entry, id string, stamp int64) int {
	return slices.IndexFunc(append(slices.Clone(all), entry{spot: spot{stamp: 1 << 62}}), func(e entry) bool {
		if strings.Contains(id, `"offset":3`) {
			return e.offset() >= 3 || e.stamp == 1<<62
		}
		return e.stamp >= stamp
	})
}

// emptyDir empties a folder.
func emptyDir(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnfinishedEndIsCutOff(t *testing.T) {
	dir := t.TempDir()
	r := openSized(t, dir, 1<<20, io.Discard)
	publish(t, r, 1, 3)
	all := everything(t, r)
	kill(t, r)
	path := r.ring.store.path(0)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	state, err := os.ReadFile(filepath.Join(dir, stateName))
	if err != nil {
		t.Fatal(err)
	}
	last := len(whole) - headSize - len(all[2].data)
	starts := []int{0, len(formatLine), last, len(whole)}
	for size := range len(whole) {
		if size%37 != 0 && !slices.ContainsFunc(starts, func(at int) bool { return size >= at-1 && size <= at+headSize+1 && (size-at)%4 < 2 }) {
			continue // enough of what is within an event
		}
		emptyDir(t, dir)
		if err := errors.Join(os.WriteFile(path, whole[:size], 0o600), os.WriteFile(filepath.Join(dir, stateName), state, 0o600)); err != nil {
			t.Fatal(err)
		}
		log := &bytes.Buffer{}
		again := openSized(t, dir, 1<<20, log)
		kept := everything(t, again)
		same(t, fmt.Sprintf("%d of %d bytes", size, len(whole)), kept, all[:len(kept)])
		if size >= last && len(kept) != 2 {
			t.Fatalf("%d of %d bytes: %d events", size, len(whole), len(kept))
		}
		if ends := size == 0 || len(kept) == 2 && size == last; !ends && size > last && !strings.Contains(log.String(), "cut off") {
			t.Errorf("%d bytes: logged %s", size, log)
		}
		// What comes next is readable next time.
		publish(t, again, 9, 9)
		want := everything(t, again)
		kill(t, again)
		again = openSized(t, dir, 1<<20, io.Discard)
		same(t, "after another restart", everything(t, again), want)
		kill(t, again)
	}
}

func TestDamagedFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	r := openTest(t, dir, io.Discard)
	publish(t, r, 1, 20)
	all := everything(t, r)
	paths := []string{r.ring.store.segments[0].path, r.ring.store.segments[len(r.ring.store.segments)-1].path}
	after := r.ring.store.segments[0].end()
	r.Close()
	if paths[0] == paths[1] {
		t.Fatal("one file only")
	}
	for i, path := range paths {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, pos := range []int{0, len(formatLine) + 2, len(formatLine) + 5, len(formatLine) + 9, len(formatLine) + headSize + 100} {
			broken := bytes.Clone(whole)
			broken[pos] ^= 0x40
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(Config{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "move the file away") {
				t.Errorf("byte %d of file %d: %v", pos, i, err)
			}
			if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, broken) {
				t.Errorf("byte %d of file %d: file was changed", pos, i)
			}
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The advice helps.
	if err := os.Remove(paths[0]); err != nil {
		t.Fatal(err)
	}
	again := openTest(t, dir, io.Discard)
	same(t, "without the first file", everything(t, again), all[after:])
	kill(t, again)
}

func TestMissingFileIsSaidAndReadOver(t *testing.T) {
	dir, log := t.TempDir(), &bytes.Buffer{}
	r := openTest(t, dir, io.Discard)
	publish(t, r, 1, 20)
	all := everything(t, r)
	gone := r.ring.store.segments[2]
	r.Close()
	if err := os.Remove(gone.path); err != nil {
		t.Fatal(err)
	}
	r = openTest(t, dir, log)
	want := append(slices.Clone(all[:gone.first()]), all[gone.end():]...)
	same(t, "without a file", everything(t, r), want)
	if !strings.Contains(log.String(), "missing") {
		t.Errorf("logged %s", log)
	}
	kill(t, r)
}

// TestDamageWhileRunning shows that a reader gets past what cannot be read.
func TestDamageWhileRunning(t *testing.T) {
	dir, log := t.TempDir(), &bytes.Buffer{}
	r := openTest(t, dir, io.Discard)
	publish(t, r, 1, 20)
	all := everything(t, r)
	r.Close()
	r = openTest(t, dir, log)
	bad, gone := r.ring.store.segments[1], r.ring.store.segments[3]
	f, err := os.OpenFile(bad.path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("?"), bad.size-5); err != nil {
		t.Fatal(err)
	}
	f.Close()
	os.Remove(gone.path)
	want := slices.Clone(all[:bad.end()-1])
	want = append(want, all[bad.end():gone.first()]...)
	want = append(want, all[gone.end():]...)
	same(t, "around the damage", everything(t, r), want)
	if !strings.Contains(log.String(), bad.path) || !strings.Contains(log.String(), gone.path) {
		t.Errorf("logged %s", log)
	}
	kill(t, r)
}

func TestMachineWentDown(t *testing.T) {
	dir, log := t.TempDir(), &bytes.Buffer{}
	r := openSized(t, dir, 1<<20, io.Discard)
	publish(t, r, 1, 3)
	all := everything(t, r)
	kill(t, r)
	// The machine is another one now, and of the file's end there is only space.
	state := filepath.Join(dir, stateName)
	text, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(state, bytes.Replace(text, []byte(bootID()), []byte(strings.Repeat("0", len(bootID()))), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(r.ring.store.path(0), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(headSize + len(all[2].data))
	if _, err := f.WriteAt(make([]byte, n+4096), r.ring.store.segments[0].size-n); err != nil {
		t.Fatal(err)
	}
	f.Close()
	r = openSized(t, dir, 1<<20, log)
	publish(t, r, 4, 4)
	got := everything(t, r)
	same(t, "what was synced", got[:2], all[:2])
	if len(got) != 3 || got[2].offset() < all[2].offset()+1 || !strings.Contains(log.String(), "gap") {
		t.Errorf("%d events, last offset %d; logged %s", len(got), got[len(got)-1].offset(), log)
	}
	r.Close()
	r = openSized(t, dir, 1<<20, io.Discard)
	same(t, "after another restart", everything(t, r), got)
	kill(t, r)
}

func TestOneRelayAStore(t *testing.T) {
	dir := t.TempDir()
	r := openTest(t, dir, io.Discard)
	defer r.Close()
	if _, err := Open(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another relay") {
		t.Errorf("second relay: %v", err)
	}
}

// FuzzSegment opens a store on a file of any bytes: either it names the file, or
// all that it kept can be read.
func FuzzSegment(f *testing.F) {
	record := appendRecord(nil, entry{spot: spot{stamp: 5}, data: []byte(`{"a":1}`)})
	f.Add([]byte(formatLine))
	f.Add(append([]byte(formatLine), record...))
	f.Add(append([]byte(formatLine), appendRecord(bytes.Clone(record), entry{spot: spot{topic: 1, stamp: 5, next: [2]int64{1, 0}}, data: []byte(`{}`)})...))
	f.Add(append([]byte(formatLine), record[:len(record)-1]...))
	f.Fuzz(func(t *testing.T, file []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, fmt.Sprintf("%020d%s", 0, fileSuffix))
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := openRing(10, 1<<20, dir, 1<<20, zerolog.Nop())
		if err != nil {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%q: %v", file, err)
			}
			return
		}
		defer r.close()
		r.add(1, time.UnixMilli(7), newCanary())
		least := int64(offsetEarliest)
		all := remembered(t, r, r.seek([]place{{topic: 0, offset: &least}, {topic: 1, offset: &least}}))
		if len(all) == 0 || !json.Valid(all[len(all)-1].data) {
			t.Errorf("%q: %d events", file, len(all))
		}
	})
}
