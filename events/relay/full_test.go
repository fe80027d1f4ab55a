// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of a store that has no more room: its own bounds,
// and those of the disk.

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
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// fullDisk makes the store's writes fail once so many bytes are written.
func fullDisk(r *Relay, room int) {
	r.ring.store.write = func(f *os.File, record []byte) (int, error) {
		if room < 0 {
			return f.Write(record)
		}
		n := min(room, len(record))
		room -= n
		f.Write(record[:n])
		if n < len(record) {
			return n, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
		}
		return n, nil
	}
}

func TestFullDiskIsSaidAndMemoryGoesOn(t *testing.T) {
	for _, room := range []int{0, 10, 19, 20, 30, 100, 5000} {
		t.Run(fmt.Sprintf("%d bytes left", room), func(t *testing.T) {
			dir, log := t.TempDir(), &bytes.Buffer{}
			r := openTest(t, dir, log)
			fullDisk(r, room)
			now := time.Now()
			add := func(n int) {
				for range n {
					e, err := parsePacket([]byte(edit))
					if err != nil {
						t.Fatal(err)
					}
					e.complete("")
					r.ring.add(0, now, e)
				}
			}
			add(20)
			if got := everything(t, r); len(got) != 20 {
				t.Errorf("%d events, want 20", len(got))
			}
			if n := strings.Count(log.String(), "cannot be written"); n != 1 || !strings.Contains(log.String(), "no space left") {
				t.Errorf("logged %d times: %s", n, log)
			}
			if s := r.Stats(); !strings.Contains(s.StoreError, "no space left") {
				t.Errorf("stats %+v", s)
			}

			// There is room again: all is stored then, at the next try.
			fullDisk(r, -1)
			now = now.Add(retryStore)
			add(1)
			all := everything(t, r)
			if s := r.Stats(); s.StoreError != "" || len(all) != 21 {
				t.Errorf("%d events, stats %+v", len(all), s)
			}
			kill(t, r)
			r = openTest(t, dir, io.Discard)
			same(t, "after a kill", everything(t, r), all)

			// Full again, and killed: what only memory had is gone, and its offsets
			// are not used again.
			fullDisk(r, room)
			add(20)
			before := everything(t, r)
			kill(t, r)
			r = openTest(t, dir, io.Discard)
			add(1)
			after := everything(t, r)
			if n := len(after) - 1; after[n].offset() <= before[len(before)-1].offset() || after[n].stamp < before[len(before)-1].stamp {
				t.Errorf("offset %d after %d", after[n].offset(), before[len(before)-1].offset())
			}
			kill(t, r)
		})
	}
}

func TestFullDiskAndFullMemory(t *testing.T) {
	dir, log := t.TempDir(), &bytes.Buffer{}
	r, err := Open(Config{Dir: dir, StoreBytes: 64 << 10, Events: 5, Log: zerolog.New(log)})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, r, 1, 3)
	fullDisk(r, 0)
	publish(t, r, 4, 20)
	fullDisk(r, -1)
	r.ring.retry = time.Time{}
	publish(t, r, 21, 21)
	var offsets []int64
	for _, e := range everything(t, r) {
		offsets = append(offsets, e.offset())
	}
	if want := []int64{0, 1, 2, 15, 16, 17, 18, 19, 20}; !slices.Equal(offsets, want) {
		t.Errorf("offsets %v, want %v", offsets, want)
	}
	if !strings.Contains(log.String(), `"lost":12`) {
		t.Errorf("logged %s", log)
	}
	r.Close()
}

func TestStoreStaysWithinItsBounds(t *testing.T) {
	dir := t.TempDir()
	limit := int64(64 << 10)
	r := openTest(t, dir, io.Discard)
	r.ring.events = 3 // the rest comes from the files
	slow := r.ring.seek([]place{{topic: 0, offset: new(int64)}})
	for n := range 300 {
		publish(t, r, n, n)
		if stored := r.Stats().StoredBytes; stored > limit {
			t.Fatalf("%d bytes, want at most %d", stored, limit)
		}
	}
	size := int64(0)
	files, err := filepath.Glob(filepath.Join(dir, "*"+fileSuffix))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	all := everything(t, r)
	if s := r.Stats(); size != s.StoredBytes || size < limit*3/4 || s.Oldest.UnixMilli() != all[0].stamp {
		t.Errorf("%d bytes in files, oldest event %d; stats %+v", size, all[0].stamp, s)
	}
	if len(all) < 50 || all[len(all)-1].offset() != 299 || all[0].offset() != 300-int64(len(all)) {
		t.Errorf("%d events from %d", len(all), all[0].offset())
	}
	if _, _, err := r.ring.from(slow, 1); !errors.Is(err, errBehind) {
		t.Errorf("slow reader: %v", err)
	}
	r.Close()
}

func TestLargeEventsFit(t *testing.T) {
	dir := t.TempDir()
	r, err := Open(Config{Dir: dir, StoreBytes: 4 << 20, Events: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		packet := strings.Replace(edit, `"comment":""`, `"comment":"`+strings.Repeat("x", i*12_000)+`"`, 1)
		if err := r.Publish([]byte(packet)); err != nil {
			t.Fatal(err)
		}
	}
	all := everything(t, r)
	if len(all) != 6 || !json.Valid(all[5].data) || len(all[5].data) < 120_000 {
		t.Errorf("%d events", len(all))
	}
	r.Close()
}

// TestUnfinishedRecordIsTakenOffLater shows that nothing is written behind a
// record which could neither be finished nor taken off at first.
func TestUnfinishedRecordIsTakenOffLater(t *testing.T) {
	dir := t.TempDir()
	r, err := Open(Config{Dir: dir, Canary: -1})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, r, 1, 2)
	s := r.ring.store
	good := s.file
	s.write = func(f *os.File, record []byte) (int, error) {
		f.Write(record[:50])
		if s.file, err = os.Open(f.Name()); err != nil { // it cannot be cut
			t.Fatal(err)
		}
		return 50, syscall.EIO
	}
	publish(t, r, 3, 3)
	if !s.torn {
		t.Fatal("it was taken off")
	}
	s.file.Close()
	s.file, s.write = good, (*os.File).Write
	r.ring.retry = time.Time{}
	publish(t, r, 4, 5)
	all := everything(t, r)
	kill(t, r)
	r = openSized(t, dir, 1<<30, io.Discard)
	if same(t, "after a restart", everything(t, r), all); len(all) != 5 {
		t.Errorf("%d events, want 5", len(all))
	}
	kill(t, r)
}
