// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the store: a folder with the relay's events, so that they
// outlive the relay. Events are appended to the newest file; when it is full a
// new one begins, and the oldest goes.
//
// An event is written before any reader gets it, so that killing the relay
// loses nothing. Files are synced within a second, so that a power cut loses
// no more than that; datagrams get lost more easily.

package relay

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	fileSuffix   = ".events"
	lockName     = "lock"
	segmentParts = 32 // the store's bound is this many full files
	largestFile  = 64 << 20
	syncWithin   = time.Second
	// skipAhead is how many offsets are left out when nobody knows which were
	// given out last.
	skipAhead = 10_000
)

// store is the folder. One at a time appends; all may take views.
type store struct {
	dir     string
	limit   int64 // bytes of all files together
	perFile int64
	log     zerolog.Logger
	lock    *os.File
	state   *stateFile
	write   func(*os.File, []byte) (int, error) // of a record; tests make it fail

	// For the one who appends.
	torn   bool   // file has more bytes than its segment says
	record []byte // reused

	// Only the one who appends changes these, and holds mu meanwhile.
	mu       sync.Mutex
	file     *os.File  // the newest segment; nil if a new one is to begin
	segments []segment // oldest first
	bytes    int64     // of all segments
	timer    *time.Timer
	syncs    sync.WaitGroup
	waiting  bool // for a sync
}

// openStore opens or makes a folder of at most limit bytes. It returns what the
// next event's offsets are and the last one's time. Records that were not
// finished are cut off; other damage is an error that says what to do.
func openStore(dir string, limit int64, log zerolog.Logger) (*store, [2]int64, int64, error) {
	s := &store{dir: dir, limit: limit, perFile: min(limit/segmentParts, largestFile), log: log, write: (*os.File).Write}
	next, last, err := s.open()
	if err != nil {
		s.closeFiles()
		return nil, next, 0, fmt.Errorf("open event store: %w", err)
	}
	return s, next, last, nil
}

func (s *store) open() (next [2]int64, last int64, err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return next, 0, err
	}
	if s.lock, err = lockFile(filepath.Join(s.dir, lockName)); err != nil {
		return next, 0, err
	}
	var kept position
	if s.state, kept, err = openState(s.dir); err != nil {
		return next, 0, err
	}
	if err := s.load(kept); err != nil {
		return next, 0, err
	}
	next, last = kept.Next, kept.Stamp
	if n := len(s.segments); n > 0 {
		tail := s.segments[n-1].last
		last = max(last, tail.stamp)
		for topic := range next {
			next[topic] = max(next[topic], tail.after(topic))
		}
	}
	if kept.lost() && (len(s.segments) > 0 || kept.exists) {
		// The machine went down, or the note of where we were is gone: readers may
		// have seen events that are not here.
		next[0] += skipAhead
		next[1] += skipAhead
		s.log.Warn().Int("offsets", skipAhead).Msg("event store was not closed before the machine stopped; offsets go on after a gap")
	}
	if ahead := time.Until(time.UnixMilli(last)); ahead > time.Minute {
		s.log.Warn().Dur("ahead", ahead).Msg("newest stored event is from the future; all events get its time until the clock is there")
	}
	if err := s.state.write(position{Next: next, Stamp: last}); err != nil {
		return next, 0, fmt.Errorf("write %s: %w", stateName, err)
	}
	return next, last, s.resume(next)
}

// load checks all files.
func (s *store) load(kept position) error {
	names, err := filepath.Glob(filepath.Join(escapeGlob(s.dir), "*"+fileSuffix))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for i, path := range names {
		newest := i == len(names)-1
		seg, err := checkSegment(path)
		var bad *recordError
		if errors.As(err, &bad) && newest && (errors.Is(err, errUnfinished) || kept.lost()) {
			if err := s.cut(&seg, bad); err != nil {
				return err
			}
		} else if errors.As(err, &bad) {
			how := "move the file away to go on without its events"
			if bad.pos > 0 && newest {
				how += fmt.Sprintf(", or run \"truncate -s %d %s\" to go on with those before the damage", bad.pos, path)
			}
			return fmt.Errorf("%w; %s", err, how)
		} else if err != nil {
			return err
		}
		if len(seg.marks) == 0 {
			// It was begun, and nothing was written.
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		if want := s.path(seg.first()); path != want {
			return fmt.Errorf("%s holds the events of %s; give it that name or move it away", path, want)
		}
		if n := len(s.segments); n > 0 {
			before := s.segments[n-1]
			if seg.first() < before.end() || seg.marks[0].stamp < before.last.stamp {
				return fmt.Errorf("%s does not follow %s; move one of them away to go on without its events", path, before.path)
			}
			if missing := seg.first() - before.end(); missing > 0 {
				s.log.Warn().Int64("events", missing).Str("before", path).Msg("events are missing in the store")
			}
		}
		s.segments = append(s.segments, seg)
		s.bytes += seg.size
	}
	return nil
}

// cut takes off what follows the last good record of a file.
func (s *store) cut(seg *segment, bad *recordError) error {
	info, err := os.Stat(seg.path)
	if err != nil {
		return err
	}
	if err := os.Truncate(seg.path, bad.pos); err != nil {
		return err
	}
	s.log.Warn().Str("file", seg.path).Int64("bytes", info.Size()-bad.pos).AnErr("because", bad.err).Msg("unfinished end of the event store cut off")
	return nil
}

// resume opens the newest file for more if what comes next belongs there.
func (s *store) resume(next [2]int64) error {
	n := len(s.segments)
	if n == 0 || s.segments[n-1].size >= s.perFile || s.segments[n-1].end() != next[0]+next[1] {
		return nil
	}
	f, err := os.OpenFile(s.segments[n-1].path, os.O_WRONLY|os.O_APPEND, 0)
	s.file = f
	return err
}

func (s *store) path(number int64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%020d%s", number, fileSuffix))
}

// append writes an entry. After an error it is not in the store; the next one
// may be tried, and need not follow.
func (s *store) append(e entry) error {
	if s.torn {
		if err := s.mend(); err != nil {
			return err
		}
	}
	s.record = appendRecord(s.record[:0], e)
	n := int64(len(s.record))
	if s.file == nil || s.newest().end() != e.number() || s.newest().size+n > s.perFile {
		if err := s.begin(e, n); err != nil {
			return fmt.Errorf("begin file of events: %w", err)
		}
	}
	if _, err := s.write(s.file, s.record); err != nil {
		s.torn = true
		return fmt.Errorf("store event: %w", errors.Join(err, s.mend()))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newest().add(e.spot, len(s.record))
	s.bytes += n
	s.syncSoon()
	return nil
}

// newest is the segment of s.file. Only the one who appends may call it.
func (s *store) newest() *segment { return &s.segments[len(s.segments)-1] }

// mend takes off the file what was not written whole.
func (s *store) mend() error {
	if seg := s.newest(); len(seg.marks) > 0 {
		if err := s.file.Truncate(seg.size); err != nil {
			return err
		}
		s.torn = false
		return nil
	}
	// Not even the first record: there is nothing that the file is for.
	if err := os.Remove(s.newest().path); err != nil {
		return err
	}
	s.torn = false
	s.retire()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes -= s.newest().size
	s.segments = s.segments[:len(s.segments)-1]
	return nil
}

// retire closes the newest file.
func (s *store) retire() {
	if s.file == nil {
		return
	}
	if err := errors.Join(s.file.Sync(), s.file.Close()); err != nil {
		s.log.Error().Err(err).Msg("event store may lose events if the power fails")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.file = nil
}

// begin starts a new file for e, and makes room for it.
func (s *store) begin(e entry, n int64) error {
	s.retire()
	size := int64(len(formatLine))
	for len(s.segments) > 0 && s.bytes+max(s.perFile, n+size) > s.limit {
		if err := os.Remove(s.segments[0].path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		s.mu.Lock()
		s.bytes -= s.segments[0].size
		s.segments = slices.Clone(s.segments[1:]) // views go on with the old ones
		s.mu.Unlock()
	}
	path := s.path(e.number())
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := s.write(f, []byte(formatLine)); err != nil {
		return errors.Join(err, f.Close(), os.Remove(path))
	}
	syncDir(s.dir)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.file = f
	s.segments = append(s.segments, segment{path: path, size: size})
	s.bytes += size
	return nil
}

// views returns the segments as they are now, but for those that hold nothing.
func (s *store) views() []segment {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	views := slices.Clone(s.segments)
	if n := len(views); n > 0 && len(views[n-1].marks) == 0 {
		views = views[:n-1]
	}
	return views
}

// syncSoon has the newest file synced, with mu held.
func (s *store) syncSoon() {
	if s.waiting {
		return
	}
	s.waiting = true
	s.syncs.Add(1)
	s.timer = time.AfterFunc(syncWithin, func() {
		defer s.syncs.Done()
		s.mu.Lock()
		f := s.file
		s.waiting = false
		s.mu.Unlock()
		if f == nil {
			return // it was synced when it was closed
		}
		if err := f.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
			s.log.Error().Err(err).Msg("event store may lose events if the power fails")
		}
	})
}

// close ends the store. next is what the next event's offsets would be.
func (s *store) close(next [2]int64, stamp int64) {
	s.mu.Lock()
	if s.timer != nil && s.timer.Stop() {
		s.syncs.Done()
	}
	s.mu.Unlock()
	s.syncs.Wait()
	s.retire()
	if err := s.state.write(position{Clean: true, Next: next, Stamp: stamp}); err != nil {
		s.log.Error().Err(err).Msg("event store could not be closed cleanly; offsets may go on after a gap")
	}
	s.closeFiles()
}

func (s *store) closeFiles() {
	if s.state != nil {
		s.state.file.Close() // it was synced
	}
	if s.lock != nil {
		s.lock.Close() // unlocks it
	}
}

// syncDir makes the names of new files last. Where that cannot be done the
// files are found all the same unless the power fails.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // some file systems cannot
		d.Close()
	}
}

// escapeGlob takes a folder's name literally.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
