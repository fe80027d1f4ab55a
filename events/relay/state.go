// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the note in which the store keeps what its events do not
// say: whether it was closed, and which offsets must not be used again.

package relay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	stateName = "state.json"
	stateSize = 256
)

// position is what the note says.
type position struct {
	// Boot tells runs of the machine apart. If the machine runs on since the
	// relay was killed, what the relay had written is there.
	Boot  string   `json:"boot"`
	Clean bool     `json:"clean"` // the store was closed
	Next  [2]int64 `json:"next"`  // the least offsets of the next event, by topic
	Stamp int64    `json:"stamp"` // the least time of the next event

	exists bool
}

// lost reports whether events may be missing that were written.
func (p position) lost() bool { return !p.Clean && (!p.exists || p.Boot != bootID()) }

// stateFile is written in place and never grows, so that a full disk does not
// get in its way.
type stateFile struct{ file *os.File }

// openState opens or makes the note. One that does not read is as good as none.
func openState(dir string) (*stateFile, position, error) {
	path := filepath.Join(dir, stateName)
	var p position
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		p.exists = json.Unmarshal(text, &p) == nil
		if !p.exists || p.Next[0] < 0 || p.Next[1] < 0 {
			p = position{}
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, p, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, p, err
	}
	return &stateFile{file: f}, p, nil
}

// write replaces the note.
func (s *stateFile) write(p position) error {
	p.Boot = bootID()
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if len(text) >= stateSize {
		return fmt.Errorf("note of the event store takes %d bytes", len(text))
	}
	padded := append(text, bytes.Repeat([]byte(" "), stateSize-1-len(text))...)
	if _, err := s.file.WriteAt(append(padded, '\n'), 0); err != nil {
		return err
	}
	return s.file.Sync()
}

// bootID is what Linux calls this run of the machine; "" where there is no
// such thing.
func bootID() string {
	f, err := os.Open("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	defer f.Close()
	id, err := io.ReadAll(io.LimitReader(f, 64))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}
